"""The nearest places on a surface that face the same way and belong to the same lip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from .surface import Doubles, Ints, Surface


@dataclass(frozen=True, eq=False)
class Found:
    """Places on a surface, one per query."""

    triangles: Ints
    """(q,) triangle of each place, -1 where none was found."""
    shares: Doubles
    """(q, 3) of its corners."""
    points: Doubles
    """(q, 3) the places; where none was found, the query itself."""
    distances: Doubles
    """(q,) infinite where none was found."""


def nearest(
    surface: Surface,
    queries: Doubles,
    facing: Doubles,
    reach: float,
    labels: Ints | None = None,
    query_labels: Ints | None = None,
    least: float = 0.2,
) -> Found:
    """Return the nearest place on a surface for every query.

    Parameters
    ----------
    surface : Surface
        To look on.
    queries, facing : (q, 3) arrays
        Points, and the way each faces.
    reach : float
        The farthest that counts.
    labels, query_labels : (n,), (q,) arrays, optional
        +1 upper lip, -1 lower lip, 0 neither: an upper lip is never found on a lower one.
    least : float
        Smallest cosine between the normals.
    """
    count = len(queries)
    triangle = np.full(count, -1, np.int64)
    place = queries.copy()
    distance = np.full(count, np.inf)
    lean = np.zeros(len(surface.triangles)) if labels is None else labels[surface.triangles].sum(axis=1)
    wanted = np.zeros(count) if query_labels is None else query_labels
    turned = surface.face_normals
    for side in (0, 1, -1):
        chosen = np.nonzero(wanted == side)[0]
        allowed = np.nonzero(lean * side >= 0)[0] if side else np.arange(len(surface.triangles))
        if not len(chosen) or not len(allowed):
            continue
        tree = BVHTree.FromPolygons(surface.points.tolist(), surface.triangles[allowed].tolist())
        for index in chosen:
            query = Vector(queries[index])
            near, _, hit, away = tree.find_nearest(query, reach)
            if near is None:
                continue
            if turned[allowed[hit]] @ facing[index] < least:
                best = None
                for other in tree.find_nearest_range(query, min(reach, 2.0 * away + 0.1 * reach)):
                    if (best is None or other[3] < best[3]) and turned[allowed[other[2]]] @ facing[index] >= least:
                        best = other
                if best is None:
                    continue
                near, _, hit, away = best
            triangle[index], distance[index] = allowed[hit], away
            place[index] = near
    shares = np.zeros((count, 3))
    found = triangle >= 0
    shares[found] = barycentric(surface.points[surface.triangles[triangle[found]]], place[found])
    return Found(triangle, shares, place, distance)


def barycentric(corners: Doubles, points: Doubles) -> Doubles:
    """Return (q, 3) shares of the corners (q, 3, 3) of triangles that points (q, 3) on them have."""
    one, other, to = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0], points - corners[:, 0]
    a, b, c = (one * one).sum(1), (one * other).sum(1), (other * other).sum(1)
    d, e = (to * one).sum(1), (to * other).sum(1)
    below = np.maximum(a * c - b * b, 1e-30)
    v, w = (c * d - b * e) / below, (a * e - b * d) / below
    shares = np.clip(np.stack([1.0 - v - w, v, w], axis=1), 0.0, 1.0)
    result: Doubles = shares / shares.sum(axis=1, keepdims=True)
    return result
