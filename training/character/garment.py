"""Turns a region of the body into a garment: cut along a smooth contour, smoothed, lifted off the skin, hemmed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags, identity, vstack
from scipy.spatial import cKDTree

from .makehuman import Floats, Ints
from .part import Part, blend_rows, vertex_normals

LOOSE_STEPS = 300
_CLEARANCE = 0.004
"""Metres a garment keeps from skin that shows beside it."""


@dataclass(frozen=True)
class Cut:
    """The part of a quad mesh where a field is positive; cut edges lie exactly on its zero contour."""

    rows: csr_matrix
    """(n, base vertices) interpolation of the base mesh."""
    faces: Ints
    """(m, 4), triangles repeat their last vertex."""
    border: list[list[int]]
    """Closed loops of vertices along the contour."""


def cut_region(quads: Ints, field: Floats) -> Cut:
    """Cut a quad mesh along the zero contour of a (V,) field and keep the positive side."""
    count = len(field)
    vertex_of: dict[tuple[int, int], int] = {}
    first: list[int] = []
    second: list[int] = []
    shares: list[float] = []

    def vertex(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in vertex_of:
            vertex_of[key] = len(first)
            low, high = key
            share = 0.0 if a == b else float(np.clip(field[low] / (field[low] - field[high]), 0.04, 0.96))
            first.append(low)
            second.append(high)
            shares.append(share)
        return vertex_of[key]

    faces: list[list[int]] = []
    contour: dict[int, list[int]] = defaultdict(list)
    positive = field > 0
    for quad in quads[positive[quads].any(1)]:
        corners = list(dict.fromkeys(int(x) for x in quad))
        polygon: list[int] = []
        crossing: list[int] = []
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
            if positive[a]:
                polygon.append(vertex(a, a))
            if positive[a] != positive[b]:
                crossing.append(vertex(a, b))
                polygon.append(crossing[-1])
        if len(crossing) == 4:
            continue
        if len(polygon) == 5:
            faces += [[*polygon[:4]], [polygon[3], polygon[4], polygon[0], polygon[0]]]
        else:
            faces.append(polygon if len(polygon) == 4 else [*polygon, polygon[-1]])
        if len(crossing) == 2:
            contour[crossing[0]].append(crossing[1])
            contour[crossing[1]].append(crossing[0])
    loops = []
    left = set(contour)
    while left:
        start = min(left)
        loop, current = [], start
        while current in left:
            left.remove(current)
            loop.append(current)
            current = next((x for x in contour[current] if x in left), start)
        if len(loop) > 4:
            loops.append(loop)
    share = np.array(shares, np.float64)
    rows = blend_rows(np.column_stack([first, second]), np.column_stack([1 - share, share]), count)
    return Cut(rows, np.array(faces), loops)


def smoothing(
    cut: Cut, steps: int, loose: Floats | None = None, loose_steps: int = LOOSE_STEPS, even: Floats | None = None
) -> csr_matrix:
    """Return the (n, n) operator that smooths a cut; border vertices move along their border only.

    Where the (n,) field ``loose`` is 1, another ``loose_steps`` steps follow. Before, nothing moves where ``even`` is
    1: large faces would sink deeper than small ones.
    """
    count = cut.rows.get_shape()[0]
    pairs = {(int(a), int(b)) for face in cut.faces for a, b in zip(face, np.roll(face, -1), strict=True) if a != b}
    on_border = np.zeros(count, bool)
    for loop in cut.border:
        on_border[loop] = True
    links = {(a, b) for a, b in pairs | {(b, a) for a, b in pairs} if not on_border[a]}
    for loop in cut.border:
        links |= {(a, b) for a, b in zip(loop, loop[1:] + loop[:1], strict=True)}
        links |= {(b, a) for a, b in zip(loop, loop[1:] + loop[:1], strict=True)}
    index = np.array(sorted(links))
    graph = coo_matrix((np.ones(len(index)), (index[:, 0], index[:, 1])), (count, count)).tocsr()
    degree = np.maximum(np.asarray(graph.sum(1)).ravel(), 1e-9)
    step = 0.5 * identity(count, format="csr") + 0.5 * diags(1 / degree) @ graph
    first = step if even is None else diags(even) + diags(1 - even) @ step
    result = identity(count, format="csr")
    for _ in range(steps):
        result = first @ result
    if loose is not None:
        free = diags(1 - loose) + diags(loose) @ step
        for _ in range(loose_steps):
            result = free @ result
    return csr_matrix(result)


@dataclass(frozen=True)
class Hem:
    """What happens along a border: rings of (metres along the outward tangent, metres along the normal)."""

    rings: tuple[tuple[float, float], ...]


def keep_clear(points: Floats, skin: Floats, normals: Floats, clearance: float = _CLEARANCE) -> Floats:
    """Return (n, 3) points pushed out of the skin where they lie beneath it or closer than ``clearance`` metres."""
    distances, nearest = cKDTree(skin).query(points)
    height = ((points - skin[nearest]) * normals[nearest]).sum(1)
    push = np.where(distances < 0.03, np.maximum(clearance - height, 0), 0)
    return points + push[:, None] * normals[nearest]


def sew(
    name: str,
    cut: Cut,
    vertices: Floats,
    weights: Floats,
    *,
    steps: int,
    lift: Floats,
    hem: Hem,
    waist: Hem | None = None,
    loose: Floats | None = None,
    shown: Ints,
    shown_normals: Floats,
    material: int,
    colour: tuple[float, float, float],
    bare: tuple[int, ...] = (),
    loose_steps: int = LOOSE_STEPS,
    even: Floats | None = None,
) -> Part:
    """Return the garment of a cut.

    Parameters
    ----------
    vertices, weights : (V, 3), (V, 55) arrays
        Of the base mesh.
    steps : int
        Of smoothing; hides what lies beneath.
    lift : (n,) array
        Metres between skin and garment, for the cut's vertices.
    hem : Hem
        Finishes every border.
    waist : Hem or None
        Finishes the uppermost border instead.
    loose : (n,) array or None
        0..1, where the garment hangs in a plain surface, the more so after more ``loose_steps``.
    shown, shown_normals : (k,), (k, 3) arrays
        Body vertices that stay visible near the garment, and their normals.
    even : (n,) array or None
        0..1, where the garment needs no smoothing.
    bare : tuple of int
        Borders, as numbers into ``cut.border``, that get no hem because something else goes on from there.
    """
    rows = csr_matrix(smoothing(cut, steps, loose, loose_steps, even) @ cut.rows)
    flat = rows @ vertices
    normals = vertex_normals(flat, cut.faces)
    points = [keep_clear(flat + normals * lift[:, None], vertices[shown], shown_normals)]
    faces = [cut.faces]
    picked = [rows]
    start = len(flat)
    inner = defaultdict(list)
    for face in cut.faces:
        for a, b in zip(face, np.roll(face, -1), strict=True):
            inner[int(a)].append(int(b))
            inner[int(b)].append(int(a))
    directed = {(int(a), int(b)) for face in cut.faces for a, b in zip(face, np.roll(face, -1), strict=True)}
    highest = max(cut.border, key=lambda loop: flat[loop, 1].mean())
    for number, loop in enumerate(cut.border):
        if number in bare:
            continue
        rings = waist.rings if waist is not None and loop is highest else hem.rings
        if (loop[0], loop[1]) not in directed:
            loop = loop[::-1]
        ring = np.array(loop)
        edge = points[0][ring]
        along = np.roll(edge, -1, 0) - np.roll(edge, 1, 0)
        normal = normals[ring]
        for _ in range(3):
            normal = normal + np.roll(normal, 1, 0) + np.roll(normal, -1, 0)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        outward = np.cross(along, normal)
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        previous = ring
        for out, up in rings:
            current = start + np.arange(len(ring))
            points.append(edge + out * outward + up * normal)
            picked.append(rows[ring])
            faces.append(np.stack([np.roll(previous, -1), previous, current, np.roll(current, -1)], 1))
            previous = current
            start += len(ring)
    follow = csr_matrix(vstack(picked))
    placed = np.concatenate(points)
    quads = np.concatenate(faces)
    return Part(
        name,
        placed,
        quads,
        np.full(len(quads), material),
        np.tile(colour, (len(placed), 1)),
        follow @ weights,
        follow,
        csr_matrix(follow.shape),
    )
