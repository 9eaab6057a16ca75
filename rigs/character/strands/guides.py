"""Reads the hair cards of a character's mesh as guides: where a lock runs, how wide it is, which way it faces.

A card is a strip of quads, two vertices wide, with a column of the hair picture on it; the sheets of short roots that
lie on the skin use the picture's upper part and are no cards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from mathutils.kdtree import KDTree

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

_SHEET_FROM = 0.7475
"""Height in the hair picture above which there are roots and stubble in place of locks."""
COLUMNS = 16
"""Locks that stand side by side in the hair picture."""
TONES = (0.41, 0.43, 0.48, 0.51, 0.55, 0.62, 0.46, 0.57, 0.60, 0.66, 0.36, 0.50, 0.62, 0.42, 0.55, 0.35)
"""How light the lock of each column is, 0..1, as ``training/character/hair_atlas.py`` draws them."""
KINDS = {"dense": range(6), "loose": range(6, 8), "wisp": range(8, 10), "coil": range(10, 13),
         "bristle": range(13, 15), "single": range(15, 16)}  # fmt: skip
"""Columns that hold a kind of lock."""
_LEAST_SPREAD, _MOST_SPREAD = 0.0004, 0.0090
_OVERLAP = 1.25
"""Of the patches of skin that neighbours cover, so that none shows between them, as along a parting."""


@dataclass(frozen=True, eq=False)
class Guides:
    """The cards of one material; ``n`` cards of together ``p`` rows."""

    sizes: Ints
    """(n,) rows of each card."""
    left: Ints
    """(p,) vertices on one side, root first."""
    right: Ints
    """(p,) vertices on the other."""
    columns: Ints
    """(n,) which lock of the picture."""

    def of_kind(self, kind: str) -> npt.NDArray[np.bool_]:
        """Return (n,) whether a card shows a kind of lock."""
        return np.isin(self.columns, KINDS[kind])

    @property
    def starts(self) -> Ints:
        """(n,) first row of each card."""
        return (np.cumsum(self.sizes) - self.sizes).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Planted:
    """Guides at rest, with what strands need to stand around them."""

    points: Floats
    """(p, 3) middle of each row, metres."""
    frame: Floats
    """(p, 3, 3) directions of each row: across the card, out of it, along it."""
    length: Floats
    """(n,) metres."""
    spread: Floats
    """(n,) metres around a guide's root that its strands cover."""
    first: Floats
    """(p, 3) a direction along the skin at the root, in the frame of each row: across, out, along."""
    second: Floats
    """(p, 3) the other."""


def read_cards(mesh: Any, material: int) -> Guides:
    """Return the cards of a mesh that carry a material.

    Parameters
    ----------
    mesh : bpy.types.Mesh
        With the first UV layer of the hair picture.
    material : int
        Number of the material slot.
    """
    count = len(mesh.polygons)
    start, total = np.empty(count, np.int32), np.empty(count, np.int32)
    mesh.polygons.foreach_get("loop_start", start)
    mesh.polygons.foreach_get("loop_total", total)
    materials = np.empty(count, np.int32)
    mesh.polygons.foreach_get("material_index", materials)
    faces = np.nonzero((materials == material) & (total == 4))[0].astype(np.int32)
    corners = start[faces, None] + np.arange(4)
    loops = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", loops)
    uv = np.empty(2 * len(mesh.loops), np.float32)
    if len(mesh.uv_layers):
        mesh.uv_layers[0].uv.foreach_get("vector", uv)
    vertices, places = loops[corners], uv.reshape(-1, 2)[corners]
    strip = (vertices - vertices[:, :1] == [0, 1, 3, 2]).all(1) & (places[..., 1].max(1) < _SHEET_FROM)
    faces, vertices, places = faces[strip], vertices[strip], places[strip]
    first = np.ones(len(faces), np.bool_)
    first[1:] = (vertices[1:, 0] != vertices[:-1, 3]) | (np.diff(faces) != 1)
    heads = np.nonzero(first)[0]
    rows = (np.diff([*heads, len(faces)]) + 1).astype(np.int32)
    begin = np.repeat(vertices[heads, 0], rows)
    within = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows)
    left = (begin + 2 * within).astype(np.int32)
    columns = np.clip(places[heads, :, 0].mean(1) * COLUMNS, 0, COLUMNS - 1).astype(np.int32)
    return Guides(rows, left, left + 1, columns)


def plant(guides: Guides, vertices: Floats, normals: Floats, skin: Ints) -> Planted:
    """Return guides at rest.

    Parameters
    ----------
    guides : Guides
        Of the mesh.
    vertices, normals : (V, 3) arrays
        Of the mesh at rest.
    skin : (k,) array
        Vertices of the skin that hair grows from.
    """
    left, right = vertices[guides.left], vertices[guides.right]
    points, starts = (left + right) / 2, guides.starts
    ends = starts + guides.sizes - 1
    step = np.zeros_like(points)
    step[1:] = points[1:] - points[:-1]
    step[starts] = 0
    length = np.add.reduceat(np.linalg.norm(step, axis=1), starts) if len(starts) else np.zeros(0, np.float32)
    ahead = np.zeros_like(points)
    ahead[:-1] = step[1:]
    ahead[ends] = 0
    along = _unit(_unit(step) + _unit(ahead))
    across = _unit(right - left)
    out = _unit(np.cross(along, across))
    up = _skin_normals(points[starts], vertices, normals, skin)
    # Two directions along the skin, the first of them as near to the card's breadth as it can be.
    first = _unit(across[starts] - (across[starts] * up).sum(1, keepdims=True) * up)
    second = np.cross(up, first)
    owner = np.repeat(np.arange(len(starts)), guides.sizes)
    frame = np.stack([across, out, along], 1)
    return Planted(
        points.astype(np.float32),
        frame.astype(np.float32),
        length.astype(np.float32),
        _spread(points[starts]),
        np.einsum("pkc,pc->pk", frame, first[owner]).astype(np.float32),
        np.einsum("pkc,pc->pk", frame, second[owner]).astype(np.float32),
    )


def _unit(vectors: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.floating[Any]]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def _skin_normals(roots: Floats, vertices: Floats, normals: Floats, skin: Ints) -> Floats:
    """Return (n, 3) normals of the skin nearest to each root."""
    if not len(roots) or not len(skin):
        return np.tile(np.array([0, 0, 1], np.float32), (len(roots), 1))
    low, high = roots.min(0) - 0.03, roots.max(0) + 0.03
    near = skin[((vertices[skin] > low) & (vertices[skin] < high)).all(1)]
    tree = KDTree(len(near))
    for number, place in zip(near.tolist(), vertices[near].tolist(), strict=True):
        tree.insert(place, number)
    tree.balance()
    return normals[[tree.find(root)[1] for root in roots.tolist()]]


def _spread(roots: Floats) -> Floats:
    """Return (n,) metres between a root and its neighbours: the patch of skin that its strands cover."""
    tree = KDTree(len(roots))
    for number, place in enumerate(roots.tolist()):
        tree.insert(place, number)
    tree.balance()
    far = [max((found[2] for found in tree.find_n(root, 4)), default=0.0) for root in roots.tolist()]
    return np.clip(_OVERLAP * np.array(far, np.float32), _LEAST_SPREAD, _MOST_SPREAD)
