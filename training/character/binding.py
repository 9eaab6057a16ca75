"""Ties loose geometry to a surface: every point becomes a blend of the corners of the closest triangle."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from .makehuman import Floats, Ints
from .part import blend_rows

_CANDIDATES = 24


def triangles(quads: Ints) -> Ints:
    """Return the (F, 3) triangles of (m, 4) faces; a triangle repeats its last vertex."""
    second = quads[quads[:, 2] != quads[:, 3]][:, [0, 2, 3]]
    return np.concatenate([quads[:, :3], second])


def closest_rows(points: Floats, vertices: Floats, quads: Ints) -> csr_matrix:
    """Return (n, V) rows that blend the three corners of the triangle closest to each of (n, 3) points.

    Barycentric coordinates of the foot of the perpendicular, cut off at the triangle's edges (Ericson, Real-Time
    Collision Detection, 3.4), among the triangles whose middles are nearest.
    """
    corners = triangles(quads)
    middles = vertices[corners].mean(1)
    _, near = cKDTree(middles).query(points, k=min(_CANDIDATES, len(corners)))
    a, b, c = (vertices[corners[near, k]] for k in range(3))
    ab, ac, ap = b - a, c - a, points[:, None] - a
    d00, d01, d11 = (ab * ab).sum(-1), (ab * ac).sum(-1), (ac * ac).sum(-1)
    d20, d21 = (ap * ab).sum(-1), (ap * ac).sum(-1)
    scale = np.maximum(d00 * d11 - d01 * d01, 1e-18)
    second, third = (d11 * d20 - d01 * d21) / scale, (d00 * d21 - d01 * d20) / scale
    shares = np.clip(np.stack([1 - second - third, second, third], -1), 0, None)
    shares /= shares.sum(-1, keepdims=True)
    feet = shares[..., :1] * a + shares[..., 1:2] * b + shares[..., 2:] * c
    best = np.linalg.norm(points[:, None] - feet, axis=-1).argmin(1)
    row = np.arange(len(points))
    return blend_rows(corners[near[row, best]], shares[row, best], len(vertices))
