"""A piece of the character and the linear rows that make it follow the base mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from .makehuman import Floats, Ints

CLOTH = (
    "sweater", "jeans", "shirt", "suit trousers", "jacket", "dress", "tshirt", "shorts", "belt", "leather shoes",
    "sneakers", "flats", "laces", "rubber", "leather soles",
)  # fmt: skip
MATERIALS = (
    "skin", "eye", "iris", "pupil", "hair", "teeth", "mouth", "top", "trousers", "shoes", "soles", "face skin",
    "beard", "brows", "lashes", *CLOTH, "acetate", "metal", "lens",
)  # fmt: skip
"""Material names; a part's ``materials`` are indices into this."""


@dataclass
class Part:
    """One connected or repeated piece: body, eyeballs, teeth, garment, hair."""

    name: str
    vertices: Floats
    """(n, 3) T-pose, metres."""
    faces: Ints
    """(m, 4) local indices; a triangle repeats its last vertex."""
    materials: Ints
    """(m,) index into MATERIALS."""
    colours: Floats
    """(n, 3) linear RGB."""
    weights: Floats
    """(n, 55)."""
    shape_rows: csr_matrix
    """(n, base vertices): what the part takes over from shape components."""
    face_rows: csr_matrix
    """(n, base vertices): what it takes over from the face units."""
    uv: Floats | None = None
    """(m, 4, 2) or None."""
    bound: bool = False
    """Whether every row is a convex combination of up to four body vertices; such parts cost almost nothing on disk."""
    kind: str = "body"
    """What of the cast it can be exchanged for: ``"outfit"``, ``"hair"``, ``"brows"``; ``"body"`` stays."""


def no_rows(count: int, base: int) -> csr_matrix:
    """Return rows that follow nothing."""
    return csr_matrix((count, base))


def pick_rows(indices: Ints, base: int) -> csr_matrix:
    """Return rows that copy single base vertices."""
    return csr_matrix((np.ones(len(indices)), (np.arange(len(indices)), indices)), (len(indices), base))


def blend_rows(indices: Ints, shares: Floats, base: int) -> csr_matrix:
    """Return rows that blend (n, k) base vertices by (n, k) shares."""
    rows = np.repeat(np.arange(len(indices)), indices.shape[1])
    return csr_matrix((shares.ravel(), (rows, indices.ravel())), (len(indices), base))


def affine_rows(points: Floats, source: Ints, vertices: Floats) -> csr_matrix:
    """Return rows by which rigid geometry follows some base vertices: the least-squares affine motion of those.

    Parameters
    ----------
    points : (n, 3) array
        New geometry.
    source : (k,) array
        Base vertices to follow.
    vertices : (V, 3) array
        Template of the base mesh.
    """
    anchors = np.column_stack([vertices[source], np.ones(len(source))])
    shares = np.column_stack([points, np.ones(len(points))]) @ np.linalg.pinv(anchors)
    return blend_rows(np.tile(source, (len(points), 1)), shares, len(vertices))


def rigid_weights(count: int, joint: str) -> Floats:
    """Return (count, 55) weights of geometry that hangs on one joint."""
    weights = np.zeros((count, len(JOINT_NAMES)))
    weights[:, JOINT_INDEX[joint]] = 1
    return weights


def vertex_normals(vertices: Floats, quads: Ints) -> Floats:
    """Return (V, 3) unit normals of a quad mesh."""
    a, b, c, d = (vertices[quads[:, k]] for k in range(4))
    face = np.cross(c - a, d - b)
    normals = np.zeros_like(vertices)
    for k in range(4):
        np.add.at(normals, quads[:, k], face)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def grid_faces(rows: int, columns: int, *, closed: bool, start: int = 0) -> Ints:
    """Return the quads of a (rows, columns) grid of vertices; ``closed`` joins the last column to the first."""
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij")
    following = (column + 1) % columns
    corners = (row * columns + column, row * columns + following, (row + 1) * columns + following)
    last = (row + 1) * columns + column
    return np.stack([*corners, last], -1).reshape(-1, 4) + start
