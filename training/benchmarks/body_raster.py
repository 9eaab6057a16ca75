"""Pictures of the default character in a pose, drawn by hand: flat shaded polygons, far ones first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ...inference.character import load_character

Doubles = npt.NDArray[np.float64]

_LIGHT = np.array([0.45, 0.65, 0.62])
_AMBIENT, _DIFFUSE = 0.5, 0.62
_FINER = 2  # drawn larger and scaled down, against jagged edges
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
    """Return (F, 4) corners, triangles with the last one twice, and (F, 3) colours 0..1, linear."""
    character = load_character()
    starts = np.cumsum(character.sizes) - character.sizes
    corners = character.loops[starts[:, None] + np.minimum(np.arange(4), character.sizes[:, None] - 1)]
    return corners, character.colours[corners].mean(1).astype(np.float64)


def draw_pose(
    poses: npt.ArrayLike, trans: npt.ArrayLike, view: View | None = None, arkit: npt.ArrayLike | None = None
) -> Image.Image:
    """Return the character in (165,) axis-angle with the pelvis moved by (3,) metres, with the face of (52,) ARKit
    coefficients where they are given."""
    view = view or View()
    corners, colours = _faces()
    angle = np.radians(view.yaw)
    turn = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    points = load_character().skin(np.asarray(poses), arkit, trans=np.asarray(trans)) @ turn.T
    shape = points[corners]
    normal = np.cross(shape[:, 2] - shape[:, 0], shape[:, 3] - shape[:, 1])
    # Of a triangle the last two corners are one; its second diagonal is an edge, which does as well.
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    seen = (normal[:, 2] > 0) & (shape[..., 1].max(1) > view.bottom)
    order = np.flatnonzero(seen)[np.argsort(shape[seen][..., 2].mean(1))]
    light = _AMBIENT + _DIFFUSE * np.clip(normal @ (_LIGHT / np.linalg.norm(_LIGHT)), 0, 1)
    shaded = (255 * np.clip(colours * light[:, None], 0, 1) ** (1 / 2.2)).astype(np.uint8)
    scale = view.pixels_per_metre * _FINER
    width, height = (_FINER * side for side in view.size)
    flat = np.stack([width / 2 + scale * shape[..., 0], scale * (view.top - shape[..., 1])], -1)
    picture = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(picture)
    for face in order:
        colour = tuple(int(value) for value in shaded[face])
        # The outline closes the seams between neighbours.
        draw.polygon([tuple(corner) for corner in flat[face]], fill=colour, outline=colour)
    return picture.resize(view.size, Image.Resampling.LANCZOS)
