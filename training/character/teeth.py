"""Procedural teeth and gums along the dental arches of the source mesh.

Crown widths and heights are typical adult averages in millimetres from the midline outwards (Nelson, "Wheeler's Dental
Anatomy").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .makehuman import RANGES, Floats
from .mouth_chart import GUMS, TEETH
from .part import MATERIALS, Part, affine_rows, grid_faces, no_rows, rigid_weights

_AROUND = 14
_LEVELS = np.array([0.0, 0.07, 0.2, 0.45, 0.75, 1.0])
_BACK = 0.0012
"""Metres the arch lies behind the outside of the source's strips, to stay clear of the lips."""


@dataclass(frozen=True)
class _Row:
    strip: str
    joint: str
    up: float
    """Direction from the root to the biting edge along Y."""
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    depths: tuple[float, ...]
    lift: float
    """Metres by which the row stands higher than the source's strips: these meet edge to edge at the line between the
    lips, so that an open mouth would show its lower teeth first (``teeth_shown`` measures it)."""


_ROWS = (
    _Row(
        "upper_teeth", "head", -1,
        (8.6, 6.6, 7.6, 7.0, 6.8, 10.0, 9.4), (10.0, 8.9, 9.8, 8.3, 7.6, 7.0, 6.6), (5.2, 4.8, 6.2, 7.2, 7.2, 9, 9),
        -0.0043,
    ),
    _Row(
        "lower_teeth", "jaw", 1,
        (5.3, 5.9, 6.8, 7.0, 7.2, 10.8, 10.2), (8.6, 8.8, 10, 8.4, 7.8, 7, 6.8), (4.8, 4.5, 5.8, 6.6, 6.8, 8.4, 8.4),
        -0.0043,
    ),
)  # fmt: skip


class _Arch:
    """The dental arch in the horizontal plane, by arc length from the midline (positive to the left)."""

    def __init__(self, strip: Floats, up: float) -> None:
        self.back = strip[:, 2].min() + 0.004
        angles = np.arctan2(strip[:, 0], strip[:, 2] - self.back)
        distances = np.hypot(strip[:, 0], strip[:, 2] - self.back)
        sampled = [(a, distances[near].max()) for a in np.linspace(-1.35, 1.35, 41)
                   if (near := np.abs(angles - a) < 0.16).any()]  # fmt: skip
        table = np.array(sampled)
        curve = np.polyfit(np.abs(table[:, 0]), table[:, 1], 4)
        turn = np.linspace(-1.42, 1.42, 401)
        radius = np.polyval(curve, np.abs(turn)) - _BACK
        self.points = np.stack([radius * np.sin(turn), radius * np.cos(turn) + self.back], 1)
        steps = np.linalg.norm(np.diff(self.points, axis=0), axis=1)
        self.arc = np.concatenate([[0], np.cumsum(steps)])
        self.half = self.arc[-1] / 2
        self.arc -= self.half
        edge = strip[:, 1] * up
        front, rear = strip[:, 2] > strip[:, 2].max() - 0.004, strip[:, 2] < strip[:, 2].min() + 0.008
        self._levels = up * edge[rear].max(), up * edge[front].max()
        self._depths = strip[:, 2].min(), strip[:, 2].max()

    def at(self, arc: float) -> Floats:
        return np.array([np.interp(arc, self.arc, self.points[:, 0]), np.interp(arc, self.arc, self.points[:, 1])])

    def frame(self, arc: float) -> tuple[Floats, Floats, Floats]:
        """Return point, tangent and outward normal, each (2,) in x and z."""
        tangent = self.at(arc + 0.0005) - self.at(arc - 0.0005)
        tangent /= np.linalg.norm(tangent)
        return self.at(arc), tangent, np.array([-tangent[1], tangent[0]])

    def edge(self, depth: float) -> float:
        """Return the height of the biting edge at a depth z."""
        return float(np.interp(depth, self._depths, self._levels))


def _crown(arch: _Arch, row: _Row, place: float, index: int, scale: float) -> Floats:
    """Return (levels, around, 3): a superelliptic loft from biting edge to root, closed at the edge."""
    point, tangent, normal = arch.frame(place)
    width, height, depth = row.widths[index] * scale * 1e-3, row.heights[index] * 1e-3, row.depths[index] * 1e-3
    front = index < 3
    bottom = arch.edge(point[1]) + (0.0008 if index == 1 and row.up < 0 else 0.0)
    turn = 2 * np.pi * np.arange(_AROUND) / _AROUND
    across = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.6
    through = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.6
    levels = []
    for level in _LEVELS:
        half = 0.49 * width * (0.88 + 0.12 * np.sin(np.pi * min(1.0, level * 1.15)))
        half *= 1.0 if level < 0.75 else 1 - 0.35 * (level - 0.75) / 0.25
        half *= 0.93 if level == 0 else 1.0
        profile = [0.22, 0.42, 0.6, 0.88, 1.0, 0.9] if front else [0.62, 0.88, 1.0, 1.0, 0.97, 0.9]
        thick = depth / 2 * float(np.interp(level, _LEVELS, profile))
        shift = 0.0006 - depth / 2 - (0.0012 * level if front else 0.0)
        # The face of a front tooth stays at the arch while it thins towards its edge.
        if front:
            shift += (depth / 2 - thick) * 0.55
        flat = point + np.outer(across * half, tangent) + np.outer(through * thick + shift, normal)
        y = np.full(_AROUND, bottom - row.up * height * level)
        levels.append(np.column_stack([flat[:, 0], y, flat[:, 1]]))
    cap = levels[0].mean(0) + np.array([0, row.up * 0.0003, 0])
    return np.array([np.tile(cap, (_AROUND, 1)), *levels])


def _gum(arch: _Arch, row: _Row, borders: Floats) -> tuple[Floats, int, int]:
    """Return a tube with a scalloped border, (rings * around, 3), and its grid size."""
    around, rings = 12, 90
    points = []
    for arc in np.linspace(-0.94 * arch.half, 0.94 * arch.half, rings):
        point, _, normal = arch.frame(float(arc))
        tooth = int(np.clip(np.searchsorted(borders, abs(arc)) - 1, 0, len(row.heights) - 1))
        inside = np.clip((abs(arc) - borders[tooth]) / (borders[tooth + 1] - borders[tooth]), 0, 1)
        cover = row.heights[tooth] * 0.8e-3 - 0.0022 * abs(2 * inside - 1) ** 2.2
        centre = arch.edge(point[1]) - row.up * (cover + 0.0062)
        turn = 2 * np.pi * np.arange(around) / around
        flat = point + np.outer(0.005 * np.cos(turn) - 0.0038, normal)
        points.append(np.column_stack([flat[:, 0], centre + 0.0062 * np.sin(turn), flat[:, 1]]))
    return np.concatenate(points), rings, around


def build_teeth(vertices: Floats) -> list[Part]:
    """Return upper and lower teeth with their gums; the lower row hangs on the jaw bone."""
    parts = []
    for row in _ROWS:
        source = np.arange(*RANGES[row.strip])
        arch = _Arch(vertices[source], row.up)
        scale = 0.93 * arch.half * 1e3 / sum(row.widths)
        borders = np.concatenate([[0], np.cumsum(row.widths)]) * scale * 1e-3
        crowns = [
            _crown(arch, row, side * (borders[index] + borders[index + 1]) / 2, index, scale)
            for side in (1, -1)
            for index in range(len(row.widths))
        ]
        crown = grid_faces(len(_LEVELS) + 1, _AROUND, closed=True)
        size = (len(_LEVELS) + 1) * _AROUND
        faces = [(crown if row.up > 0 else crown[:, ::-1]) + k * size for k in range(len(crowns))]
        gum, rings, around = _gum(arch, row, borders)
        faces.append(grid_faces(rings, around, closed=True, start=len(crowns) * size))
        points = np.concatenate([np.concatenate([c.reshape(-1, 3) for c in crowns]), gum])
        points[:, 1] += row.lift
        count = len(crowns) * size
        root = np.tile(np.repeat(np.concatenate([[0], _LEVELS]), _AROUND), len(crowns))
        quads = np.concatenate(faces)
        # What the benchmarks' rasteriser draws, which has no pictures.
        colours = np.tile([0.40, 0.13, 0.12], (len(points), 1))
        colours[:count] = np.array([0.74, 0.69, 0.58]) * (1 - 0.14 * root[:, None])
        # One place in the picture a vertex: nothing goes around, so nothing has a seam.
        behind = np.clip((points[:, 2].max() - points[:, 2]) / (points[:, 2].max() - arch.back), 0, 1)
        turn = np.sin(2 * np.pi * np.arange(around) / around)
        place = np.concatenate([
            TEETH.place(behind[:count], 1.0 - root), GUMS.place(behind[count:], 0.5 + 0.5 * np.tile(turn, rings))
        ])  # fmt: skip
        materials = np.where(quads.min(1) < count, MATERIALS.index("teeth"), MATERIALS.index("mouth"))
        base = len(vertices)
        follow = affine_rows(points, source, vertices)
        parts.append(
            Part(
                row.strip, points, quads, materials, colours, rigid_weights(len(points), row.joint),
                follow, follow if row.joint == "jaw" else no_rows(len(points), base), uv=place[quads],
            )
        )  # fmt: skip
    return parts
