"""A triangulated surface without its seams: vertices that share a place and face the same way are one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from mathutils import Vector
from mathutils.bvhtree import BVHTree

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_SAME_SIDE = -0.2
"""Cosine between normals below which vertices in one place are kept apart: closed lips touch, seams are continued."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles over points, any unit."""

    points: Doubles
    """(n, 3)."""
    triangles: Ints
    """(m, 3)."""

    @cached_property
    def edges(self) -> Ints:
        """(e, 2) every edge once, the lower vertex first."""
        ends = np.sort(self.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        found = np.unique(ends[:, 0] * len(self.points) + ends[:, 1])
        return np.stack(np.divmod(found, max(1, len(self.points))), axis=1)

    @cached_property
    def lengths(self) -> Doubles:
        """(e,) lengths of the edges."""
        lengths: Doubles = np.linalg.norm(self.points[self.edges[:, 0]] - self.points[self.edges[:, 1]], axis=1)
        return lengths

    @cached_property
    def normals(self) -> Doubles:
        """(n, 3) unit normals, weighted by area."""
        return vertex_normals(self.points, self.triangles)

    @cached_property
    def face_normals(self) -> Doubles:
        """(m, 3) unit normals of the triangles."""
        return unit(cross_products(self.points, self.triangles))

    @cached_property
    def areas(self) -> Doubles:
        """(m,) areas of the triangles."""
        areas: Doubles = 0.5 * np.linalg.norm(cross_products(self.points, self.triangles), axis=1)
        return areas

    @cached_property
    def islands(self) -> Ints:
        """(n,) the lowest vertex that each one is joined to by edges."""
        return connected(len(self.points), self.edges)

    @cached_property
    def tree(self) -> Any:
        """A search tree over the triangles."""
        return BVHTree.FromPolygons(self.points.tolist(), self.triangles.tolist())

    def outside(self, reach: float) -> Flags:
        """Return (n,) vertices that look into the open: nothing of the surface lies before them within ``reach``."""
        cast = self.tree.ray_cast
        start = self.points + self.normals * (0.012 * reach)
        found = [
            cast(Vector(place), Vector(way), reach)[0] is None
            for place, way in zip(start.tolist(), self.normals.tolist(), strict=True)
        ]
        return np.array(found, bool)

    def from_front(self, vertices: Ints) -> Flags:
        """Return (k,) which of some vertices can be seen along -z."""
        start = self.points[vertices] + 5e-4 * self.normals[vertices]
        way = Vector((0.0, 0.0, 1.0))
        return np.array([self.tree.ray_cast(Vector(place), way)[0] is None for place in start.tolist()], bool)

    def part(self, chosen: Flags) -> tuple[Surface, Ints]:
        """Return the surface of the triangles whose corners are all chosen, and the (k,) vertices it keeps."""
        triangles = self.triangles[chosen[self.triangles].all(axis=1)]
        kept = np.unique(triangles)
        place = np.full(len(self.points), -1, np.int64)
        place[kept] = np.arange(len(kept))
        return Surface(self.points[kept], place[triangles]), kept

    def reach(self, seeds: Ints, most: float, passes: int = 200) -> Doubles:
        """Return (n,) lengths of the shortest way along edges from any of ``seeds``, infinite beyond ``most``."""
        far = np.full(len(self.points), np.inf)
        far[seeds] = 0.0
        one, other, length = self.edges[:, 0], self.edges[:, 1], self.lengths
        for _ in range(passes):
            before = far.copy()
            np.minimum.at(far, other, before[one] + length)
            np.minimum.at(far, one, before[other] + length)
            far[far > most] = np.inf
            if np.array_equal(far, before):
                break
        return far


def cross_products(points: Doubles, triangles: Ints) -> Doubles:
    """Return (m, 3) normals of triangles, twice their area long."""
    a, b, c = points[triangles[:, 0]], points[triangles[:, 1]], points[triangles[:, 2]]
    return np.cross(b - a, c - a)


def unit(vectors: Doubles) -> Doubles:
    """Return vectors of length 1; those of no length stay as they are."""
    result: Doubles = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-30)
    return result


def gather(count: int, index: Ints, values: Doubles) -> Doubles:
    """Return (count, k) sums of the rows of ``values`` (m, k) that go to each ``index`` (m,)."""
    sums = [np.bincount(index, values[:, axis], count) for axis in range(values.shape[1])]
    return np.stack(sums, axis=1).astype(np.float64)


def vertex_normals(points: Doubles, triangles: Ints) -> Doubles:
    """Return (n, 3) unit normals, weighted by area."""
    cross = cross_products(points, triangles)
    return unit(gather(len(points), triangles.T.ravel(), np.concatenate([cross] * 3)))


def connected(count: int, edges: Ints) -> Ints:
    """Return (count,) the lowest vertex each is joined to."""
    label = np.arange(count)
    while True:
        low = label.copy()
        np.minimum.at(low, edges[:, 0], label[edges[:, 1]])
        np.minimum.at(low, edges[:, 1], label[edges[:, 0]])
        low = low[low]
        if np.array_equal(low, label):
            return label
        label = low


def welded(points: Doubles, triangles: Ints) -> tuple[Surface, Ints]:
    """Return a surface whose seams are closed, and (n,) its vertex for each of the original ones.

    Exporters split vertices where texture or normals have a border; the pieces lie in one place and face alike. Lips
    that touch lie in one place too, but face each other: they stay apart.
    """
    size = float(np.ptp(points, axis=0).max()) if len(points) else 1.0
    places = np.round(points / max(size * 1e-6, 1e-12)).astype(np.int64)
    _, group = np.unique(places, axis=0, return_inverse=True)
    group = group.reshape(-1)
    normals = vertex_normals(points, triangles)
    first = np.full(int(group.max()) + 1 if len(group) else 0, -1, np.int64)
    first[group[::-1]] = np.arange(len(group))[::-1]
    alike = (normals * normals[first[group]]).sum(axis=1) >= _SAME_SIDE
    kind = 2 * group + ~alike
    _, place = np.unique(kind, return_inverse=True)
    place = place.reshape(-1)
    chosen = np.zeros(int(place.max()) + 1 if len(place) else 0, np.int64)
    chosen[place[::-1]] = np.arange(len(place))[::-1]
    new = place[triangles]
    whole = (new[:, 0] != new[:, 1]) & (new[:, 1] != new[:, 2]) & (new[:, 2] != new[:, 0])
    return Surface(points[chosen], new[whole]), place
