"""Pictures of the default character in a pose, drawn by hand: points close together on its smooth shaded surface,
the nearest of which shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from ...inference.character import load_character

Doubles, Floats = npt.NDArray[np.float64], npt.NDArray[np.float32]

_LIGHT = np.array([0.45, 0.65, 0.62])
_AMBIENT, _DIFFUSE = 0.5, 0.62
_FINER = 2  # drawn larger and scaled down, against jagged edges
_CLOSE = 1.1  # points per pixel along the longest edge of a polygon
_MOST = 40  # points along an edge: a polygon larger than the picture is none
_HAIR = (0.05, 0.035, 0.025)
PAPER = (244, 244, 244)


@dataclass(frozen=True)
class View:
    """What part of the world a picture shows, seen without perspective."""

    width: float = 1.25
    """Metres."""
    bottom: float = 0.62
    top: float = 1.86
    """Metres above the ground."""
    pixels_per_metre: float = 300.0
    yaw: float = 20.0
    """Degrees by which the viewer stands to the character's left."""

    @property
    def size(self) -> tuple[int, int]:
        """Pixels."""
        return round(self.width * self.pixels_per_metre), round((self.top - self.bottom) * self.pixels_per_metre)


@lru_cache(maxsize=1)
def _faces() -> tuple[npt.NDArray[np.int32], Doubles]:
    """Return (F, 4) corners, triangles with the last one twice, and (V, 3) colours 0..1, linear."""
    character = load_character()
    starts = np.cumsum(character.sizes) - character.sizes
    corners = character.loops[starts[:, None] + np.minimum(np.arange(4), character.sizes[:, None] - 1)]
    colours = character.colours.astype(np.float64)
    for name in ("hair", "brows", "lashes"):
        # Their colour is a setting of the character; grey would hide what brows do.
        colours[corners[character.materials == character.material_names.index(name)]] = _HAIR
    return corners, colours


def draw_pose(
    poses: npt.ArrayLike, trans: npt.ArrayLike, view: View | None = None, arkit: npt.ArrayLike | None = None
) -> Image.Image:
    """Return the character in (165,) axis-angle with the pelvis moved by (3,) metres, with the face of (52,) ARKit
    coefficients where they are given."""
    return draw_points(load_character().skin(np.asarray(poses), arkit, trans=np.asarray(trans)), view)


def draw_points(points: npt.ArrayLike, view: View | None = None) -> Image.Image:
    """Return the character with its (V, 3) vertices in metres at these places."""
    view = view or View()
    corners, colours = _faces()
    angle = np.radians(view.yaw)
    turn = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    placed = np.asarray(points, np.float64) @ turn.T
    scale = view.pixels_per_metre * _FINER
    width, height = (_FINER * side for side in view.size)
    flat = np.stack([width / 2 + scale * placed[:, 0], scale * (view.top - placed[:, 1]), placed[:, 2]], -1)
    shape = placed[corners]
    normal = np.cross(shape[:, 2] - shape[:, 0], shape[:, 3] - shape[:, 1])
    # Of a triangle the last two corners are one; its second diagonal is an edge, which does as well.
    smooth = np.stack([np.bincount(corners.ravel(), np.repeat(normal[:, a], 4), len(placed)) for a in range(3)], -1)
    smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-12)
    light = _AMBIENT + _DIFFUSE * np.clip(smooth @ (_LIGHT / np.linalg.norm(_LIGHT)), 0, 1)
    # Column, row, depth, red, green, blue of every vertex; all of it runs straight over a polygon.
    shades = 255 * np.clip(colours * light[:, None], 0, 1) ** (1 / 2.2)
    known = np.concatenate([flat, shades], 1).astype(np.float32)
    first, last = flat[corners].min(1), flat[corners].max(1)
    seen = (normal[:, 2] > 0) & (last[:, 0] >= 0) & (last[:, 1] >= 0) & (first[:, 0] < width) & (first[:, 1] < height)
    dots = _dots(known[corners[seen]])
    column, row = dots[:, :2].astype(np.int32).T
    inside = (dots[:, :2] >= 0).all(1) & (column < width) & (row < height)
    place, dots = (row * width + column)[inside], dots[inside]
    nearest = np.full(height * width, -np.inf, np.float32)
    np.maximum.at(nearest, place, dots[:, 2])
    shown = np.flatnonzero(dots[:, 2] >= nearest[place])
    picture = np.tile(np.array(PAPER, np.uint8), (height * width, 1))
    picture[place[shown]] = dots[shown, 3:].astype(np.uint8)
    whole = Image.fromarray(picture.reshape(height, width, 3))
    return whole.resize(view.size, Image.Resampling.LANCZOS)


def _dots(shape: Floats) -> Floats:
    """Return (N, n) points spread over polygons of (F, 4, n), dense enough that none shows a gap."""
    edges = np.linalg.norm(shape[:, :, :2] - np.roll(shape[:, :, :2], 1, axis=1), axis=2).max(1)
    count = np.clip(np.ceil(_CLOSE * edges), 1, _MOST).astype(np.int64)
    found: list[Floats] = []
    for number in np.unique(count).tolist():
        along = (np.arange(number) + 0.5) / number
        across, down = (part.ravel() for part in np.meshgrid(along, along))
        weights = np.stack([(1 - across) * (1 - down), across * (1 - down), across * down, (1 - across) * down])
        weights = weights.astype(np.float32)
        found.append((weights.T @ shape[count == number]).reshape(-1, shape.shape[2]))
    return np.concatenate(found) if found else np.zeros((0, shape.shape[2]), np.float32)
