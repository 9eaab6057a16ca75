"""Eyebrows and eyelashes of single tapered hairs."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from ...inference.skeleton import JOINT_INDEX
from .hair import HAIR
from .makehuman import RANGES, Floats, Ints
from .part import MATERIALS, Part, blend_rows, vertex_normals

_BROW_HAIRS = 480
_LASH = np.array([0.012, 0.009, 0.007])


class _Face:
    """The front of the face as a height field over x and y."""

    def __init__(self, vertices: Floats, quads: Ints, weights: Floats) -> None:
        normals = vertex_normals(vertices, quads)
        front = (normals[quads][:, :, 2] > 0.15).all(1) & (weights[quads][:, :, JOINT_INDEX["head"]] > 0.5).all(1)
        self.quads = quads[front]
        self.vertices, self.normals = vertices, normals
        self._tree = cKDTree(vertices[self.quads].mean(1)[:, :2])

    def project(self, points: Floats) -> tuple[Floats, Floats, Ints, Floats]:
        """Return (n, 3) surface points, normals, the quads' corners (n, 4) and shares (n, 4) under (n, 2) points."""
        corners = self.quads[self._tree.query(points)[1]]
        u, v = np.full(len(points), 0.5), np.full(len(points), 0.5)
        a, b, c, d = (self.vertices[corners[:, k], :2] for k in range(4))
        for _ in range(6):  # Newton's method on the bilinear map
            along, across = b - a, d - a
            twist = a - b + c - d
            value = a + along * u[:, None] + across * v[:, None] + twist * (u * v)[:, None] - points
            du, dv = along + twist * v[:, None], across + twist * u[:, None]
            determinant = du[:, 0] * dv[:, 1] - du[:, 1] * dv[:, 0]
            u = np.clip(u - (value[:, 0] * dv[:, 1] - value[:, 1] * dv[:, 0]) / determinant, 0, 1)
            v = np.clip(v - (du[:, 0] * value[:, 1] - du[:, 1] * value[:, 0]) / determinant, 0, 1)
        shares = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], 1).astype(np.float64)
        surface = np.einsum("nk,nkc->nc", shares, self.vertices[corners])
        normals: Floats = np.einsum("nk,nkc->nc", shares, self.normals[corners])
        length: Floats = np.linalg.norm(normals, axis=1, keepdims=True)
        return surface, normals / length, corners, shares


def brow_line(t: Floats, eye: Floats, side: float) -> Floats:
    """Return (n, 2) points of the brow's middle line, ``t`` from 0 at the nose to 1 at the temple."""
    x = eye[0] + side * np.interp(t, [0, 1], [-0.0205, 0.0255])
    y = eye[1] + np.interp(t, [0, 0.2, 0.45, 0.66, 0.85, 1], [0.0165, 0.0192, 0.0224, 0.0234, 0.0206, 0.0160])
    return np.column_stack([x, y])


def build_brows(vertices: Floats, quads: Ints, joints: Floats, weights: Floats, *, seed: int = 3) -> Part:
    """Return both eyebrows, bound to the skin."""
    random = np.random.default_rng(seed)
    face = _Face(vertices, quads, weights)
    points, corners, shares = [], [], []
    for name, side in (("left", 1.0), ("right", -1.0)):
        eye = joints[JOINT_INDEX[f"{name}_eye_smplhf"]]
        t = random.beta(1.15, 1.25, _BROW_HAIRS)
        half = np.interp(t, [0, 0.12, 0.5, 0.8, 1], [0.0030, 0.0036, 0.0034, 0.0020, 0.0006])
        across = np.clip(random.normal(0, 0.5, _BROW_HAIRS), -1, 1)
        root = brow_line(t, eye, side) + np.column_stack([np.zeros(_BROW_HAIRS), across * half])
        tangent = brow_line(np.minimum(t + 0.04, 1), eye, side) - brow_line(np.maximum(t - 0.04, 0), eye, side)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        # Upright near the nose, then lying along the brow, upper and lower hairs leaning together.
        steep = np.interp(t, [0, 0.15, 0.4, 1], [1.15, 0.75, 0.3, 0.0]) - 0.35 * across * (t > 0.12)
        steep += random.normal(0, 0.12, _BROW_HAIRS)
        upward = np.array([0.0, 1.0])
        lean = tangent * np.cos(steep)[:, None] + upward * np.sin(steep)[:, None]
        reach = np.interp(t, [0, 0.15, 0.6, 1], [0.0050, 0.0070, 0.0068, 0.0045]) * random.uniform(
            0.75, 1.2, _BROW_HAIRS
        )
        tip = root + lean * reach[:, None]
        tip += 0.12 * (brow_line(np.clip(t + 0.1, 0, 1), eye, side) - tip)
        base, n0, c0, s0 = face.project(root)
        end, n1, c1, s1 = face.project(tip)
        base, end = base + 0.0001 * n0, end + 0.0007 * n1
        wide = np.cross(end - base, n0)
        wide *= (random.uniform(0.00011, 0.00019, _BROW_HAIRS) / np.linalg.norm(wide, axis=1))[:, None]
        points.append(np.stack([base - wide, base + wide, end], 1).reshape(-1, 3))
        corners.append(np.stack([c0, c0, c1], 1).reshape(-1, 4))
        shares.append(np.stack([s0, s0, s1], 1).reshape(-1, 4))
    placed = np.concatenate(points)
    triangles = np.arange(len(placed)).reshape(-1, 3)
    faces = np.column_stack([triangles, triangles[:, 2]])
    tone = np.repeat(random.uniform(0.7, 1.5, len(triangles)), 3)[:, None]
    rows = blend_rows(np.concatenate(corners), np.concatenate(shares), len(vertices))
    material = np.full(len(faces), MATERIALS.index("hair"))
    return Part("brows", placed, faces, material, 1.25 * HAIR * tone, rows @ weights, rows, rows, bound=True)


def build_lashes(vertices: Floats, quads: Ints, weights: Floats, *, seed: int = 5) -> Part:
    """Return the lashes: tapered hairs laid over the source's lash strips."""
    random = np.random.default_rng(seed)
    corners, shares = [], []
    for side in ("left", "right"):
        low, high = RANGES[f"{side}_lashes"]
        centre = vertices[slice(*RANGES[f"{side}_eye"])].mean(0)
        for quad in quads[(quads >= low).all(1) & (quads < high).all(1)]:
            far = np.linalg.norm(vertices[quad] - centre, axis=1)
            first = min(range(4), key=lambda k: far[k] + far[(k + 1) % 4])
            ring = np.roll(quad, -first)
            upper = vertices[quad, 1].mean() > centre[1] - 0.002
            count, length = (3, 1.0) if upper else (1, 0.38)
            for k in range(count):
                u = (k + 0.5 + 0.3 * random.uniform(-1, 1)) / count
                lean = u + 0.2 * random.uniform(-0.5, 1)
                reach = length * random.uniform(0.75, 1.0)
                for across, along in ((u - 0.1, 0.0), (u + 0.1, 0.0), (lean, reach)):
                    s = float(np.clip(across, 0, 1))
                    corners.append(ring)
                    shares.append([(1 - s) * (1 - along), s * (1 - along), s * along, (1 - s) * along])
    rows = blend_rows(np.array(corners), np.array(shares), len(vertices))
    points = rows @ vertices
    triangles = np.arange(len(points)).reshape(-1, 3)
    faces = np.column_stack([triangles, triangles[:, 2]])
    material = np.full(len(faces), MATERIALS.index("hair"))
    colours = np.tile(_LASH, (len(points), 1))
    return Part("lashes", points, faces, material, colours, rows @ weights, rows, rows)
