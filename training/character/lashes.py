"""Eyelashes: curved, tapered, fanned out, in tufts; planted on the lids where the base mesh has its lash strips."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from .hair_atlas import card_uv, columns
from .hair_cards import Cards, cards_part, join
from .makehuman import RANGES, Floats
from .part import Part, blend_rows

_ROWS = 4
_STRIPS = ((0.0, 1.125), (1.125, 1.275))
"""Distances from the eye's middle, over the least, of the first and the second row of the base mesh's lash strips."""
_FORWARD = 0.8
"""Share of the way from the first row to the second at which lashes grow."""
_REACH = 0.0025
"""Metres over which a lash averages the motion of the strips."""


class Lid:
    """The margin of one eye's lids: where lashes grow on their edge, by the angle about the eye from the front."""

    def __init__(self, vertices: Floats, side: str) -> None:
        self.index = np.arange(*RANGES[f"{side}_lashes"])
        self.eye = vertices[slice(*RANGES[f"{side}_eye"])].mean(0)
        self.out = 1.0 if side == "left" else -1.0
        strips = vertices[self.index] - self.eye
        self.points = vertices[self.index]
        self.heights = strips[:, 1] / np.hypot(strips[:, 0], strips[:, 1])
        far = np.linalg.norm(strips, axis=1)
        # The strips' first row touches the ball, the second lies on the front of the lid's edge, where lashes grow.
        first, second = (np.nonzero((far > low * far.min()) & (far < high * far.min()))[0] for low, high in _STRIPS)
        near = cKDTree(strips[second]).query(strips[first])[1]
        places = strips[first] + _FORWARD * (strips[second[near]] - strips[first])
        angle = np.arctan2(places[:, 1], self.out * places[:, 0])
        order = np.argsort(angle)
        self._angle, self._place = angle[order], places[order]

    def margin(self, angle: Floats) -> Floats:
        """Return (n, 3) points of the margin; angle 0 is outwards, a quarter turn is up."""
        columns = [np.interp(angle, self._angle, self._place[:, k], period=2 * np.pi) for k in range(3)]
        return self.eye + np.column_stack(columns)

    def along(self, start: float, stop: float, share: Floats) -> Floats:
        """Return (n, 3) points at shares of the margin's length between two angles, which are wide in its middle."""
        points = self.margin(np.linspace(start, stop, 400))
        way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        return np.column_stack([np.interp(share * way[-1], way, points[:, k]) for k in range(3)])


def _fan(lid: Lid, count: int, upper: bool, random: np.random.Generator) -> Cards:
    """Return the lashes of one lid."""
    share = (np.arange(count) + random.random(count)) / count
    low, high = (0.12, np.pi - 0.42) if upper else (-0.30, -np.pi + 0.55)
    root = lid.along(low, high, share)  # outer corner to inner corner
    outward = 1 - share
    length = np.interp(share, [0, 0.15, 0.45, 1], [0.0080, 0.0098, 0.0090, 0.0052]) * random.uniform(0.75, 1.08, count)
    length *= 1.0 if upper else 0.52
    # Tufts of three or four share a tip.
    tuft = np.round(share * count / 3.5) * 3.5 / count
    fan = (0.86 * (1 - tuft) - 0.26) + random.normal(0, 0.05, count) + 1.2 * (tuft - share)
    t = np.linspace(0, 1, _ROWS)[None, :, None]
    sign = 1.0 if upper else -1.0
    side = (lid.out * fan)[:, None, None] * np.array([1.0, 0.0, 0.0])
    forward = np.array([0.0, 0.0, 1.0]) * (0.86 - 0.16 * outward)[:, None, None]
    rise = sign * np.array([0.0, 1.0, 0.0])
    path = root[:, None] + length[:, None, None] * (t * (forward + 0.75 * side) + (0.02 * t + 0.78 * t**2) * rise)
    tangent = np.gradient(path, axis=1)
    # Their breadth faces whoever looks at the face.
    across = np.cross(tangent + 0.0004 * rise, np.array([0.0, 0.0, 1.0]))
    across /= np.linalg.norm(across, axis=2, keepdims=True)
    half = random.uniform(0.00020, 0.00028, count)[:, None, None] * (1.0 if upper else 0.8) * (1 - 0.85 * t**1.5)
    points = np.stack([path - across * half, path + across * half], 2).reshape(-1, 3)
    size = 2 * _ROWS
    pattern = np.array([[2 * k, 2 * k + 1, 2 * k + 3, 2 * k + 2] for k in range(_ROWS - 1)])
    faces = (pattern[None] + (size * np.arange(count))[:, None, None]).reshape(-1, 4)
    u, v = np.tile([0.0, 1.0], _ROWS), np.repeat(np.linspace(0.08, 1, _ROWS), 2)
    column = np.full((count, 1), columns("single").start)
    uv = card_uv(column, np.tile(u, (count, 1)), np.tile(v, (count, 1))).reshape(-1, 2)[faces]
    return Cards(points, faces, uv, np.full(len(points), 0.3))


def build_lashes(vertices: Floats, weights: Floats, *, upper: int = 95, lower: int = 55, seed: int = 5) -> Part:
    """Return the lashes of both eyes.

    Every vertex follows the nearest vertices of the base mesh's own lash strips, so that lashes turn with the lids.

    Parameters
    ----------
    vertices : (V, 3) array
        Base mesh, metres.
    weights : (V, 55) array
        Its joint weights.
    upper, lower : int
        Lashes a lid.
    seed : int
        Of their disorder.
    """
    random = np.random.default_rng(seed)
    pieces, index, shares = [], [], []
    for side in ("left", "right"):
        lid = Lid(vertices, side)
        for count, above in ((upper, True), (lower, False)):
            cards = _fan(lid, count, above, random)
            # Each lid has strips of its own; many vertices at once, so that neighbours turn alike.
            strips = np.nonzero(lid.heights > -0.15 if above else lid.heights < 0.15)[0]
            near, which = cKDTree(lid.points[strips]).query(cards.points, k=12)
            which = strips[which]
            share = np.exp(-(near**2 - near[:, :1] ** 2) / (2 * _REACH**2))
            pieces.append(cards)
            index.append(lid.index[which])
            shares.append(share / share.sum(1, keepdims=True))
    rows = blend_rows(np.concatenate(index), np.concatenate(shares), len(vertices))
    return cards_part("lashes", join(pieces), rows, weights, "lashes", bound=False)
