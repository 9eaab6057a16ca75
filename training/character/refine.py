"""Finer rows of faces across limbs, where cloth needs them to fold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, vstack

from .garment import Cut
from .makehuman import Floats

_ALONG = 0.75
"""Cosine between an edge and the limb from which it is split."""
_SHORTEST = 0.009
"""Metres of an edge that is split."""


def refined(cut: Cut, vertices: Floats, axis: int, where: Floats) -> Cut:
    """Return a cut with edges along a limb split in the middle.

    Parameters
    ----------
    cut, vertices : Cut, (V, 3) array
        The base mesh's vertices, metres.
    axis : int
        0 for arms, 1 for trunk and legs, as they lie in the T-pose.
    where : (n,) array
        Positive at vertices of the cut between which edges are split; borders stay as they are.
    """
    points = cut.rows @ vertices
    border = {
        pair
        for loop in cut.border
        for a, b in zip(loop, [*loop[1:], loop[0]], strict=True)
        for pair in ((a, b), (b, a))
    }
    middle: dict[tuple[int, int], int] = {}
    pairs: list[tuple[int, int]] = []

    def split(a: int, b: int) -> int | None:
        key = min(a, b), max(a, b)
        if key in middle:
            return middle[key]
        apart = points[b] - points[a]
        length = float(np.linalg.norm(apart))
        if key in border or length < _SHORTEST or abs(apart[axis]) < _ALONG * length or min(where[a], where[b]) <= 0:
            return None
        middle[key] = len(points) + len(pairs)
        pairs.append(key)
        return middle[key]

    faces: list[list[int]] = []
    for face in cut.faces.tolist():
        corners = list(dict.fromkeys(face))
        polygon: list[int] = []
        new: list[int] = []
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
            polygon.append(a)
            between = split(a, b)
            if between is not None:
                new.append(len(polygon))
                polygon.append(between)
        faces += _parts(polygon, new)
    first, second = np.array(pairs, int).reshape(-1, 2).T
    rows = csr_matrix(vstack([cut.rows, 0.5 * (cut.rows[first] + cut.rows[second])])) if pairs else cut.rows
    return replace(cut, rows=rows, faces=np.array(faces))


def _parts(polygon: list[int], new: list[int]) -> list[list[int]]:
    """Return the quads and triangles, which repeat their last vertex, of a face whose corners at ``new`` are middles
    of edges."""
    if not new:
        return [polygon if len(polygon) == 4 else [*polygon, polygon[-1]]]
    if len(new) == 2 and len(polygon) == 6:
        a, b = new
        ring = polygon[a:] + polygon[:a]
        cut = b - a
        return [_quad(ring[: cut + 1]), _quad([*ring[cut:], ring[0]])] if cut == 3 else _fan(ring)
    start = new[0]
    return _fan(polygon[start:] + polygon[:start])


def _quad(ring: list[int]) -> list[int]:
    return ring if len(ring) == 4 else [*ring, ring[-1]]


def _fan(ring: list[int]) -> list[list[int]]:
    """Return quads and at most one triangle around the first corner."""
    faces = [_quad([ring[0], *ring[k : k + 3]]) for k in range(1, len(ring) - 1, 2)]
    return [face for face in faces if len(set(face)) > 2]
