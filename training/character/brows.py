"""Eyebrows in four forms: narrow cards with a few hairs each over a soft shade; and the face as something to plant
hair on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ...inference.skeleton import JOINT_INDEX
from .hair_atlas import card_uv, columns, roots_uv
from .hair_cards import Cards, cards_part, join
from .makehuman import Floats, Ints
from .part import Part, blend_rows, vertex_normals


class FaceFront:
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


@dataclass(frozen=True)
class Brow:
    """The form of a brow; heights and lengths in metres, by the share of the way from the nose to the temple."""

    cards: int
    """A side."""
    height: tuple[float, float, float, float]
    """Of the middle line above the eye at 0, .35, .68 and 1."""
    half: tuple[float, float, float, float]
    """Half of its thickness at 0, .2, .65 and 1."""
    reach: float
    """Length of a hair."""
    ends: tuple[float, float] = (-0.0200, 0.0265)
    """Where it starts and stops, outwards from the eye's centre."""
    even: float = 0.64
    """Spread of the hairs about the middle line, in halves of the thickness: small ones gather in a line."""
    shade: float = 0.55
    """0..1, how dark the shade of the shortest hairs below it is, as from afar a brow is an area and not its hairs."""


BROWS: dict[str, Brow] = {
    "natural": Brow(300, (0.0158, 0.0181, 0.0190, 0.0152), (0.0026, 0.0042, 0.0033, 0.0010), 0.0076, (-0.0205, 0.0280)),
    "full": Brow(390, (0.0154, 0.0172, 0.0180, 0.0144), (0.0033, 0.0051, 0.0041, 0.0013), 0.0082, (-0.0212, 0.0285)),
    "thin": Brow(
        270, (0.0165, 0.0189, 0.0200, 0.0160), (0.0021, 0.0033, 0.0025, 0.0007), 0.0066, (-0.0192, 0.0274), shade=0.45
    ),
    "straight": Brow(
        350, (0.0171, 0.0178, 0.0175, 0.0145), (0.0028, 0.0043, 0.0037, 0.0012), 0.0080, (-0.0200, 0.0290)
    ),
}
"""By the names that a look uses."""
PLAIN = Brow(
    210, (0.0166, 0.0188, 0.0197, 0.0157), (0.0032, 0.0038, 0.0029, 0.0009), 0.0070, (-0.0205, 0.0280), 0.5, 0.0
)
"""The pack's own: what lips and body are measured on stays as it is."""
_SHEET_ROWS = np.array([-1.25, -0.6, 0.0, 0.6, 1.25])
_SHEET_SHADE = np.array([0.0, 0.75, 1.0, 0.75, 0.0])
_SHEET_COLUMNS = 29
_DENSITY = [0, 0.06, 0.20, 0.75, 1], [0.25, 0.55, 1.0, 0.9, 0.35]
"""Share of the way along a brow, and how close its hairs stand there."""


def brow_line(brow: Brow, t: Floats, eye: Floats, side: float) -> Floats:
    """Return (n, 2) points of the brow's middle line, ``t`` from 0 at the nose to 1 at the temple."""
    x = eye[0] + side * np.interp(t, [0, 1], brow.ends)
    # A cubic through the four heights: no corner at the arch.
    cubic = np.polynomial.Polynomial.fit([0, 0.35, 0.68, 1], brow.height, 3)
    return np.column_stack([x, eye[1] + cubic(t)])


def _thinned(even: Floats) -> Floats:
    """Return where hairs stand along a brow, 0..1, of (n,) even ones: fewer of them at both ends."""
    t = np.linspace(0, 1, 101)
    total = np.cumsum(np.interp(t, *_DENSITY))
    return np.interp(even, (total - total[0]) / (total[-1] - total[0]), t)


def _shade(face: FaceFront, brow: Brow, eye: Floats, side: float) -> tuple[Cards, tuple[Ints, Floats]]:
    """Return a sheet on the skin that fades out at its edges; and the corners (n, 4) and shares (n, 4) under it."""
    t = np.linspace(0.0, 1.0, _SHEET_COLUMNS)
    half = np.interp(t, [0, 0.2, 0.65, 1], brow.half)
    middle = brow_line(brow, t, eye, side)
    middle[:, 1] += 0.0008  # hairs lean upwards from where they grow
    places = np.repeat(middle[:, None], len(_SHEET_ROWS), 1)
    places[..., 1] += half[:, None] * _SHEET_ROWS
    surface, normals, corners, shares = face.project(places.reshape(-1, 2))
    fade = np.interp(t, [0, 0.10, 0.30, 0.70, 1], [0.0, 0.35, 1.0, 0.85, 0.0])
    up = brow.shade * fade[:, None] * _SHEET_SHADE
    first = (np.arange(_SHEET_COLUMNS - 1)[:, None] * len(_SHEET_ROWS) + np.arange(len(_SHEET_ROWS) - 1)).ravel()
    faces = np.stack([first, first + len(_SHEET_ROWS), first + len(_SHEET_ROWS) + 1, first + 1], 1)
    if side < 0.0:
        faces = faces[:, ::-1]
    across = np.broadcast_to(0.2 + 0.6 * t[:, None], up.shape)
    uv = roots_uv(across, up, stubble=True).reshape(-1, 2)[faces]
    return Cards(surface + 0.0002 * normals, faces, uv, np.full(len(surface), 0.4)), (corners, shares)


def build_brows(
    vertices: Floats, quads: Ints, joints: Floats, weights: Floats, *, brow: Brow = PLAIN, seed: int = 3
) -> Part:
    """Return both eyebrows, bound to the skin.

    Parameters
    ----------
    vertices, quads, joints, weights : arrays
        Of the base mesh.
    brow : Brow
        Its form.
    seed : int
        Of the hairs' disorder.
    """
    random = np.random.default_rng(seed)
    face = FaceFront(vertices, quads, weights)
    pieces, rows = [], []
    for name, side in (("left", 1.0), ("right", -1.0)):
        eye = joints[JOINT_INDEX[f"{name}_eye_smplhf"]]
        count = brow.cards
        t = _thinned((np.arange(count) + random.random(count)) / count)
        half = np.interp(t, [0, 0.2, 0.65, 1], brow.half)
        across = np.clip(random.normal(0, brow.even, count), -1.25, 1.25) * (0.75 + 0.25 * np.minimum(t / 0.2, 1))
        root = brow_line(brow, t, eye, side) + np.column_stack([np.zeros(count), across * half])
        after, before = (
            brow_line(brow, np.minimum(t + 0.04, 1), eye, side),
            brow_line(brow, np.maximum(t - 0.04, 0), eye, side),
        )
        tangent = (after - before) / np.linalg.norm(after - before, axis=1, keepdims=True)
        # Upright near the nose, then lying along the brow, upper and lower hairs leaning together.
        steep = np.interp(t, [0, 0.15, 0.4, 1], [1.15, 0.75, 0.3, 0.0]) - 0.35 * across * (t > 0.12)
        steep += random.normal(0, 0.10, count)
        lean = tangent * np.cos(steep)[:, None] + np.array([0.0, 1.0]) * np.sin(steep)[:, None]
        reach = brow.reach * np.interp(t, [0, 0.15, 0.6, 1], [0.75, 1.0, 0.95, 0.6]) * random.uniform(0.8, 1.2, count)
        middle = root + 0.55 * lean * reach[:, None]
        tip = root + lean * reach[:, None]
        tip += 0.18 * (brow_line(brow, np.clip(t + 0.1, 0, 1), eye, side) - tip)
        strip, bound = [], []
        for place, lift in ((root, 0.0001), (middle, 0.0007), (tip, 0.0009)):
            surface, normals, corners, shares = face.project(place)
            strip.append(surface + lift * normals)
            bound.append((corners, shares, normals))
        path = np.stack(strip, 1)
        wide = np.cross(path[:, 2] - path[:, 0], bound[0][2])
        wide *= (
            random.uniform(0.00030, 0.00052, count)
            * np.interp(t, [0, 0.12, 0.85, 1], [0.7, 1, 1, 0.7])
            / np.linalg.norm(wide, axis=1)
        )[:, None]
        shape = np.array([0.8, 1.0, 0.45])[None, :, None] * wide[:, None]
        points = np.stack([path - shape, path + shape], 2).reshape(-1, 3)
        pattern = np.array([[0, 1, 3, 2], [2, 3, 5, 4]])
        faces = (pattern[None] + 6 * np.arange(count)[:, None, None]).reshape(-1, 4)
        # Single hairs at both ends and along the edges, more of them in the middle.
        sparse = random.random(count) < np.clip(0.25 + np.abs(across) ** 2 + 0.6 * (t < 0.10) + 0.4 * (t > 0.85), 0, 1)
        few, many = columns("wisp"), columns("bristle")
        column = np.where(
            sparse, random.integers(few.start, few.stop, count), random.integers(many.start, many.stop, count)
        )[:, None]
        u, v = np.tile([0.0, 1.0], 3)[None], np.repeat([0.0, 0.55, 1.0], 2)[None]
        uv = card_uv(column, np.repeat(u, count, 0), np.repeat(v, count, 0)).reshape(-1, 2)[faces]
        pieces.append(Cards(points, faces, uv, np.full(len(points), 0.4)))
        corners = np.repeat(np.stack([corner for corner, _, _ in bound], 1), 2, 1).reshape(-1, 4)
        shares = np.repeat(np.stack([share for _, share, _ in bound], 1), 2, 1).reshape(-1, 4)
        rows.append((corners, shares))
        if brow.shade > 0.0:
            sheet, bound_to = _shade(face, brow, eye, side)
            pieces.append(sheet)
            rows.append(bound_to)
    corners, shares = (np.concatenate([row[k] for row in rows]) for k in (0, 1))
    return cards_part("brows", join(pieces), blend_rows(corners, shares, len(vertices)), weights, "brows")
