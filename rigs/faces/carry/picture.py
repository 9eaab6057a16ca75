"""Pictures of a surface from the front: how far off each pixel is and which way it faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from mathutils import Vector

from .surface import Doubles, Flags, Ints, Surface, connected


@dataclass(frozen=True, eq=False)
class Picture:
    """Seen along -z; rows go down, columns to the character's left."""

    left: float
    top: float
    step: float
    """Size of a pixel."""
    depth: Doubles
    """(h, w) z of the nearest surface, -inf where there is none."""
    normals: Doubles
    """(h, w, 3) normal of the triangle that is seen, towards the eye."""
    triangles: Ints
    """(h, w) the triangle that is seen, -1 where there is none."""

    @property
    def xs(self) -> Doubles:
        """(w,) x of the columns."""
        return self.left + self.step * np.arange(self.depth.shape[1])

    @property
    def ys(self) -> Doubles:
        """(h,) y of the rows."""
        return self.top - self.step * np.arange(self.depth.shape[0])

    def point(self, row: int, column: int) -> Doubles:
        """Return the (3,) point a pixel shows."""
        return np.array([self.xs[column], self.ys[row], self.depth[row, column]])

    def column(self, x: float) -> int:
        """Return the column nearest to x."""
        return int(np.clip(round((x - self.left) / self.step), 0, self.depth.shape[1] - 1))

    def row(self, y: float) -> int:
        """Return the row nearest to y."""
        return int(np.clip(round((self.top - y) / self.step), 0, self.depth.shape[0] - 1))

    def pieces(self, jump: float) -> Ints:
        """Return (h, w) labels of the pixels that are joined without a jump in depth; -1 where nothing is seen."""
        height, width = self.depth.shape
        index = np.arange(height * width).reshape(height, width)
        seen = np.isfinite(self.depth)
        edges = []
        for one, other in (((slice(None), slice(1, None)), (slice(None), slice(-1))),
                           ((slice(1, None), slice(None)), (slice(-1), slice(None)))):  # fmt: skip
            both = seen[one] & seen[other]
            with np.errstate(invalid="ignore"):
                near = both & (np.abs(self.depth[one] - self.depth[other]) < jump)
            edges.append(np.stack([index[one][near], index[other][near]], axis=1))
        label = connected(height * width, np.concatenate(edges)).reshape(height, width)
        label[~seen] = -1
        return label


def look(surface: Surface, left: float, right: float, bottom: float, top: float, step: float) -> Picture:
    """Return the picture of a surface within a frame."""
    width, height = max(2, int((right - left) / step)), max(2, int((top - bottom) / step))
    depth = np.full((height, width), -np.inf)
    normals = np.zeros((height, width, 3))
    triangles = np.full((height, width), -1, np.int64)
    start, direction = float(surface.points[:, 2].max()) + step, Vector((0.0, 0.0, -1.0))
    cast = surface.tree.ray_cast
    for row in range(height):
        y = top - step * row
        for column in range(width):
            place, normal, triangle, _ = cast(Vector((left + step * column, y, start)), direction)
            if place is not None:
                depth[row, column] = place.z
                normals[row, column] = normal
                triangles[row, column] = triangle
    normals *= np.where(normals[..., 2:] < 0.0, -1.0, 1.0)
    return Picture(left, top, step, depth, normals, triangles)


def outline(mask: Flags, picture: Picture) -> tuple[Doubles, Doubles]:
    """Return (k, 2) the upper and (k, 2) the lower rim of a blot, column after column."""
    columns = np.nonzero(mask.any(axis=0))[0]
    upper = mask.argmax(axis=0)[columns] - 0.5
    lower = mask.shape[0] - 0.5 - mask[::-1].argmax(axis=0)[columns]
    x = picture.xs[columns]
    return (
        np.stack([x, picture.top - picture.step * upper], axis=1),
        np.stack([x, picture.top - picture.step * lower], axis=1),
    )


def along(line: Doubles, share: float) -> Doubles:
    """Return the (3,) point of a line (k, 3) that goes from right to left, at a share of its width."""
    x = line[0, 0] + share * (line[-1, 0] - line[0, 0])
    return np.array([np.interp(x, line[:, 0], line[:, axis]) for axis in range(3)])
