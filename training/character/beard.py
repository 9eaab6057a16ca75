"""Beards: stubble, full, moustache, goatee; cards on the lower face that follow the skin at their roots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ...inference.easing import eased
from .hair_atlas import roots_uv
from .hair_cards import Cards, cards_part, cut_cards, join, pick_columns
from .hair_growth import Ground, Strands, clump, grow, scatter, settle, uneven, unit
from .makehuman import RANGES, Floats, Ints
from .part import Part, blend_rows
from .scalp import Scalp


@dataclass(frozen=True)
class Beard:
    """A beard: length in metres and share of full density in each zone: moustache, chin, jaw, neck."""

    cards: int
    length: tuple[float, float, float, float]
    density: tuple[float, float, float, float]
    rise: float
    half_width: float = 0.0026
    segments: int = 2
    kind: str = "bristle"
    sheet: float = 1.0
    """How dark the skin is under it, 0..1."""
    seed: int = 13


BEARDS: dict[str, Beard] = {
    "stubble": Beard(900, (0.0032, 0.0034, 0.0032, 0.0028), (1, 1, 0.8, 0.45), 0.0012, 0.0026, 1),
    "full": Beard(1400, (0.011, 0.022, 0.014, 0.010), (1.3, 1.5, 1, 0.6), 0.0050, 0.0024, 3, "dense"),
    "moustache": Beard(400, (0.011, 0.003, 0.0, 0.0), (1.6, 0, 0, 0), 0.0026, 0.0017, 3, "dense"),
    "goatee": Beard(600, (0.010, 0.017, 0.0, 0.0), (1.2, 1.4, 0, 0), 0.0038, 0.0020, 3, "dense"),
}
"""By the names that a look uses."""


def zones(place: Floats) -> Floats:
    """Return (n, 4) shares of moustache, chin, jaw and neck at places relative to the eyes, for the default face."""
    x, y, z = np.abs(place[:, 0]), place[:, 1], place[:, 2]
    lip = (1 - eased(x, 0.021, 0.031)) * (1 - eased(y, -0.0490, -0.0455))
    low = 0.008 * eased(x, 0.018, 0.026)
    lip *= eased(y, -0.0605 - low, -0.0575 - low)
    # From the mouth's corners a band joins the moustache and the chin.
    chin = (1 - eased(x, 0.021, 0.031)) * (1 - eased(y, -0.080, -0.0765)) * eased(z, -0.002, 0.010)
    patch = (1 - eased(x, 0.004, 0.009)) * (1 - eased(y, -0.0785, -0.077)) * eased(y, -0.090, -0.085)
    band = (
        eased(x, 0.0235, 0.027)
        * (1 - eased(x, 0.031, 0.036))
        * (1 - eased(y, -0.062, -0.056))
        * eased(y, -0.100, -0.09)
    )
    cheek = np.interp(x, [0.026, 0.045, 0.060, 0.068, 0.076], [-0.068, -0.066, -0.054, -0.030, 0.012])
    under = np.interp(x, [0.0, 0.03, 0.05, 0.065, 0.076], [-0.112, -0.108, -0.098, -0.084, -0.058])
    side = eased(x, 0.027, 0.036) * (1 - eased(y, cheek - 0.007, cheek + 0.005)) * eased(z, -0.082, -0.070)
    jaw = side * eased(y, under - 0.004, under + 0.004)
    neck = (
        (1 - eased(y, under - 0.003, under + 0.002)) * eased(y, under - 0.024, under - 0.010) * eased(z, -0.080, -0.06)
    )
    return np.column_stack([lip, np.maximum.reduce([chin, patch, 0.7 * band]), jaw, neck])


class _Chin:
    """The lower face as something to plant a beard on."""

    def __init__(self, scalp: Scalp, quads: Ints, ears: Floats, lips: Floats) -> None:
        vertices, eyes = scalp.vertices, scalp.eyes
        body = np.arange(*RANGES["body"])
        place = vertices[body] - eyes
        axis = np.column_stack([np.zeros(len(body)), vertices[body, 1], np.full(len(body), eyes[2] - 0.10)])
        outward = ((vertices[body] - axis) * scalp.normals[body]).sum(1) > 0.004
        lower = (place[:, 1] < 0.0) & (place[:, 1] > -0.15) & (place[:, 2] > -0.10)
        good = np.zeros(len(vertices), bool)
        good[body] = outward & lower & (ears[body] < 0.2) & (lips[body] < 0.25)
        self.faces = quads[good[quads].all(1)]
        self.index = np.unique(self.faces)
        self.tree = cKDTree(vertices[self.index])
        self.scalp = scalp

    def rows(self, points: Floats) -> tuple[Ints, Floats]:
        """Return base vertices and shares (n, 4) that carry points on the skin."""
        near, which = self.tree.query(points, k=4)
        shares = 1 / (near**2 + 1e-6)
        return self.index[which], shares / shares.sum(1, keepdims=True)


def _flow(strands: Strands, place: Floats, _n: Floats, _h: Floats, _t: float) -> Floats:
    """Down; over the lip outwards, on the cheeks backwards along the jaw at first."""
    lip = (strands.place[:, 1] > -0.066) & (np.abs(strands.place[:, 0]) < 0.034)
    side = np.clip(place[:, 0] / 0.014, -1, 1)
    wish = np.tile(np.array([0.0, -1.0, 0.12]), (len(place), 1))
    wish[:, 0] = np.where(lip, 0.95 * side, 0.1 * side)
    wish[:, 1] = np.where(lip, -0.75, wish[:, 1])
    return wish


def _sheet(chin: _Chin, beard: Beard) -> tuple[Cards, Ints, Floats]:
    """Return the skin of the beard's zones as a sheet of roots, and what carries it."""
    scalp = chin.scalp
    share = (zones(scalp.vertices - scalp.eyes) * np.clip(beard.density, 0, 1)).max(1) * beard.sheet
    faces = chin.faces[share[chin.faces].mean(1) > 0.2]
    used, local = np.unique(faces, return_inverse=True)
    points = scalp.vertices[used] + 0.0003 * scalp.normals[used]
    place = scalp.vertices[used] - scalp.eyes
    around = np.abs(np.arctan2(place[:, 0], place[:, 2] + 0.10)) / np.pi
    faces = local.reshape(-1, 4)
    uv = roots_uv(0.1 + 1.2 * around, 0.5 * share[used], stubble=True)[faces]
    index = np.repeat(used[:, None], 4, 1)
    return Cards(points, faces, uv, np.full(len(points), 0.25)), index, np.tile([1.0, 0, 0, 0], (len(used), 1))


def build_beard(scalp: Scalp, quads: Ints, ears: Floats, lips: Floats, weights: Floats, beard: Beard) -> Part:
    """Return a beard.

    Parameters
    ----------
    scalp : Scalp
        The head.
    quads : (m, 4) array
        The body's faces.
    ears, lips : (V,) arrays
        0..1 where ears and lips are.
    weights : (V, 55) array
        Joint weights of the base mesh.
    beard : Beard
        Which one.
    """
    random = np.random.default_rng(beard.seed)
    chin, ground = _Chin(scalp, quads, ears, lips), Ground(scalp, ears)
    density, lengths = np.array(beard.density), np.array(beard.length)

    def dense(points: Floats) -> Floats:
        share = (zones(points - scalp.eyes) * density).max(1) * (0.85 + 0.4 * uneven(points, 0.009))
        return np.where(share > 0.12, share, 0)

    points = scatter(scalp.vertices, chin.faces, beard.cards, random, dense)
    _, nearest = chin.tree.query(points)
    normals = unit(scalp.normals[chin.index[nearest]])
    place = points - scalp.eyes
    share = zones(place)
    count = len(points)
    strands = Strands(points, normals, place, np.full(count, 0.01), random.random(count), np.sign(place[:, 0]), random)
    used = share * (density > 0)
    length = (used * lengths).sum(1) / np.maximum(used.sum(1), 1e-6)
    # Shorter along the beard's edge.
    strands.length = length * (0.30 + 0.70 * eased(used.max(1), 0.2, 1.0)) * random.uniform(0.65, 1.2, count)
    strands.rise = beard.rise * (0.35 + 0.9 * strands.layer)
    wish = unit(_flow(strands, place, normals, strands.layer, 0.0))
    start = (
        wish - (wish * normals).sum(1, keepdims=True) * normals + 0.5 * normals + 0.22 * random.normal(size=(count, 3))
    )
    grow(strands, ground, scalp.eyes, _flow, start=start, follow=0.12, hug=0.5, ears=False)
    clump(strands, 5, 0.35)
    settle(strands, ground, 0.0004, ears=False)
    # Single hairs along the edge, and some everywhere: a beard is no mat.
    thin = 0.30 + 0.7 * (1 - eased(used.max(1), 0.35, 1.0))
    cards = cut_cards(
        strands.path, ground, pick_columns(random, strands.layer, beard.kind, thin),
        beard.half_width * (0.3 + 0.7 * eased(used.max(1), 0.3, 1.0)) * random.uniform(0.7, 1.1, count),
        random.normal(0, 0.3, count), segments=beard.segments, taper=0.8,
    )  # fmt: skip
    index, shares = chin.rows(points)
    size = len(cards.points) // count
    sheet, sheet_index, sheet_shares = _sheet(chin, beard)
    rows = blend_rows(
        np.concatenate([sheet_index, np.repeat(index, size, 0)]),
        np.concatenate([sheet_shares, np.repeat(shares, size, 0)]),
        len(scalp.vertices),
    )
    rows.sum_duplicates()
    return cards_part("beard", join([sheet, cards]), rows, weights, "beard")
