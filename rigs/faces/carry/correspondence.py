"""Which place of the default character's skin belongs to each vertex of another head, and how movements turn there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .landmarks import Face
from .lips import halves, smooth
from .nearest import Found, nearest
from .registration import register
from .source import SourceFace
from .surface import Doubles, Flags, Ints, Surface, gather

_REACH = 0.02
_SURE = 0.004
_SURE_INSIDE = 0.0015
"""Metres from the laid skin up to which a place is sure, on the outside and within lips, lids and nostrils."""
_EVEN = 8
"""Passes by which what lies beyond is evened out."""
_MOST_UNSURE = 4000
_SPREAD = 25
"""Passes by which local turns and sizes are evened out."""


@dataclass(frozen=True, eq=False)
class Correspondence:
    """The source's skin laid onto a target, and what of it lies at each vertex of the target's skin."""

    target: Face
    labels: Ints
    """(n,) which lip the target's vertices belong to."""
    laid: Surface
    """The source's skin where it lies on the target."""
    turns: Doubles
    """(m, 3, 3) what displacements of the source's vertices become there: turned and scaled."""
    found: Found
    """For every vertex of the target's skin, its place on ``laid``."""
    fade: Doubles
    """(n,) 1 on the source's skin, 0 beyond it."""
    beyond: Beyond
    """What lies beyond it, as a beard that is one with the skin does."""
    fill: Filling
    """Spreads displacements from where places are sure to where they are not."""

    def carry(self, deltas: Doubles) -> Doubles:
        """Return (n, 3) displacements of the target's skin for displacements (m, 3) of the source's."""
        turned = np.einsum("vij,vj->vi", self.turns, deltas)
        corners = self.laid.triangles[np.maximum(self.found.triangles, 0)]
        carried = np.einsum("qc,qci->qi", self.found.shares, turned[corners])
        return self.fill(self.beyond(carried, self.fade))


def correspond(source: SourceFace, target: Face) -> Correspondence:
    """Lay the source's face onto a target."""
    labels = halves(target)
    placed = register(source.face, target, source.labels, labels)
    laid = Surface(placed, source.face.skin.triangles)
    turns = _turns(source.face.skin, laid)
    skin = target.skin
    found = nearest(laid, skin.points, skin.normals, _REACH, source.labels, labels, least=0.1)
    lost = found.triangles < 0
    if lost.any():
        places, facing = skin.points[lost], skin.normals[lost]
        again = nearest(laid, places, facing, _REACH, source.labels, labels[lost], least=-2.0)
        for name in ("triangles", "shares", "points", "distances"):
            getattr(found, name)[lost] = getattr(again, name)
    fade = np.clip(2.0 - found.distances / (0.5 * _REACH), 0.0, 1.0)
    unsure = Filling(skin, _unsure(source, target, found))
    return Correspondence(target, labels, laid, turns, found, fade, Beyond(skin, fade >= 1.0), unsure)


def _unsure(source: SourceFace, target: Face, found: Found) -> Flags:
    """Return (n,) vertices whose place may be another part's: insides of lips and lids that differ too much."""
    corners = source.face.skin.triangles[np.maximum(found.triangles, 0)]
    seen = source.face.outside[corners].any(axis=1)
    limit = np.where(target.outside & seen, _SURE, _SURE_INSIDE)
    return (found.distances > limit) & (found.distances < _REACH)


class Beyond:
    """Lets what the source's skin does not reach go with the nearest of what it does, along the surface."""

    def __init__(self, surface: Surface, reached: Flags) -> None:
        one, other = np.concatenate([surface.edges, surface.edges[:, ::-1]]).T
        holder = np.where(reached, np.arange(len(reached)), -1)
        while True:
            step = (holder[one] >= 0) & (holder[other] < 0)
            if not step.any():
                break
            holder[other[step]] = holder[one[step]]
        self._far = np.nonzero(~reached & (holder >= 0))[0]
        self._holder = holder[self._far]
        place = np.full(len(reached), -1, np.int64)
        place[self._far] = np.arange(len(self._far))
        here = place[one] >= 0
        self._to, self._from = place[one[here]], other[here]
        self._degree = np.maximum(np.bincount(self._to, minlength=len(self._far)), 1)[:, None]

    def __call__(self, values: Doubles, fade: Doubles) -> Doubles:
        """Return (n, 3) values of which those beyond fade (n,) into their holders'."""
        if not len(self._far):
            return values
        held = values.copy()
        held[self._far] = values[self._holder]
        for _ in range(_EVEN):
            held[self._far] = gather(len(self._far), self._to, held[self._from]) / self._degree
        result: Doubles = held + fade[:, None] * (values - held)
        return result


class Filling:
    """Fills in values at some vertices of a surface, evenly from their neighbours."""

    def __init__(self, surface: Surface, missing: Flags) -> None:
        self._missing = np.nonzero(missing)[0]
        count = len(self._missing)
        if not count or count > _MOST_UNSURE:
            self._missing = self._missing[:0]
            return
        place = np.full(len(surface.points), -1, np.int64)
        place[self._missing] = np.arange(count)
        ends = np.concatenate([surface.edges, surface.edges[:, ::-1]])
        weight = np.tile(1.0 / np.maximum(surface.lengths, 1e-5), 2)
        here = place[ends[:, 0]] >= 0
        self._to, self._from, self._weight = place[ends[here, 0]], ends[here, 1], weight[here]
        system = np.diag(np.bincount(self._to, self._weight, count) + 1e-3)
        inner = place[self._from] >= 0
        np.add.at(system, (self._to[inner], place[self._from[inner]]), -self._weight[inner])
        self._outer = ~inner
        self._inverse = np.linalg.inv(system)

    def __call__(self, values: Doubles) -> Doubles:
        """Return (n, 3) values with the missing ones filled in."""
        if not len(self._missing):
            return values
        outer = self._outer
        pull = gather(len(self._missing), self._to[outer], self._weight[outer, None] * values[self._from[outer]])
        filled = values.copy()
        filled[self._missing] = self._inverse @ pull
        return filled


def _turns(before: Surface, after: Surface) -> Doubles:
    """Return (n, 3, 3) the turn and the size of each vertex's surroundings, evened out over the surface."""

    def frames(surface: Surface) -> Doubles:
        a, b, c = (surface.points[surface.triangles[:, corner]] for corner in range(3))
        normal = np.cross(b - a, c - a)
        normal /= np.sqrt(np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-15))
        return np.stack([b - a, c - a, normal], axis=2)

    was = frames(before)
    sound = np.abs(np.linalg.det(was)) > 1e-14
    change = np.tile(np.eye(3), (len(was), 1, 1))
    change[sound] = frames(after)[sound] @ np.linalg.inv(was[sound])
    change = np.clip(change, -4.0, 4.0)
    area = before.areas
    count = len(before.points)
    total = np.maximum(np.bincount(before.triangles.T.ravel(), np.tile(area, 3), count), 1e-15)
    flat = area[:, None] * change.reshape(-1, 9)
    mean = np.stack([np.bincount(before.triangles.T.ravel(), np.tile(flat[:, k], 3), count) for k in range(9)], axis=1)
    mean = smooth(before, mean / total[:, None], _SPREAD).reshape(-1, 3, 3)
    turn, scale = _polar(mean)
    usual = float(np.median(scale))
    scale = np.clip(scale, 0.75 * usual, 1.35 * usual)
    result: Doubles = turn * scale[:, None, None]
    return result


def _polar(change: Doubles) -> tuple[Doubles, Doubles]:
    """Return the rotation nearest to each of (n, 3, 3) maps, and (n,) what they do to lengths."""
    turn = change / np.maximum(np.linalg.norm(change, axis=(1, 2), keepdims=True) / np.sqrt(3.0), 1e-9)
    for _ in range(8):
        # Rows of the inverse, transposed, are cross products of columns.
        a, b, c = turn[:, :, 0], turn[:, :, 1], turn[:, :, 2]
        other = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=2)
        size = np.einsum("ni,ni->n", a, other[:, :, 0])
        other /= np.where(np.abs(size) < 1e-6, 1e-6, size)[:, None, None]
        turn = 0.5 * (turn + np.clip(other, -10.0, 10.0))
    flipped = np.einsum("ni,ni->n", turn[:, :, 0], np.cross(turn[:, :, 1], turn[:, :, 2])) < 0.5
    turn[flipped] = np.eye(3)
    return turn, np.einsum("nij,nij->n", turn, change) / 3.0
