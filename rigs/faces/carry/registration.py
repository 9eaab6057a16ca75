"""Bends the skin of one face onto another: landmarks first, then nearest places, ever less stiffly."""

from __future__ import annotations

import numpy as np

from .landmarks import Face
from .lips import lip_rims
from .nearest import nearest
from .source import SourceFace
from .surface import Doubles, Ints, Surface, vertex_normals
from .warp import similarity, thin_plate

_SHARES = (0.06, 0.2, 0.35, 0.5, 0.65, 0.8, 0.94)
_SCHEDULE = ((20.0, 0.02), (8.0, 0.015), (3.0, 0.012), (1.0, 0.01), (0.4, 0.008), (0.2, 0.006))
"""(stiffness, metres within which places count) of each round."""
_MOUTH = 0.035
"""Metres around the lips whose place tells where teeth and tongue go."""
_PINNED = 4.0
"""Weight of a landmark beside a vertex."""


def register(source: Face, target: Face, source_labels: Ints, target_labels: Ints) -> Doubles:
    """Return (n, 3) where the vertices of the source's skin lie on the target, in the target's metres.

    Parameters
    ----------
    source, target : Face
        What both have in common of landmarks is used.
    source_labels, target_labels : arrays
        Which lip the vertices belong to.
    """
    names = [name for name in source.points if name in target.points]
    one = np.array([source.points[name] for name in names])
    other = np.array([target.points[name] for name in names])
    scale, turn, shift = similarity(one, other)
    rims, goals = lip_rims(source, _SHARES), lip_rims(target, _SHARES)
    sides = np.zeros(len(one), np.int64)
    if rims is not None and goals is not None:
        one, other = np.concatenate([one, *rims]), np.concatenate([other, *goals])
        sides = np.concatenate([sides, np.ones(len(_SHARES), np.int64), -np.ones(len(_SHARES), np.int64)])

    def moved(points: Doubles) -> Doubles:
        return scale * points @ turn.T + shift

    # Lips that touch in one face and not in the other would tear space: their middles bend it.
    bent_one, bent_other = one, other
    if rims is not None and goals is not None:
        points = len(one) - 2 * len(_SHARES)
        bent_one = np.concatenate([one[:points], 0.5 * (rims[0] + rims[1])])
        bent_other = np.concatenate([other[:points], 0.5 * (goals[0] + goals[1])])
    warp = thin_plate(moved(bent_one), bent_other, 0.004)
    start = warp(moved(source.skin.points))
    pins = _pins(source, one, sides, source_labels)
    lifted = warp(moved(one))
    return _fit(source, start, target, source_labels, target_labels, pins, other - lifted)


def similar(source: SourceFace, laid: Surface) -> tuple[float, Doubles, Doubles]:
    """Return scale, rotation and shift that take what is behind the source's lips to where ``laid`` has its mouth."""
    skin = source.face.skin.points
    near = np.linalg.norm(skin - source.face.points["lips"], axis=1) < _MOUTH
    return similarity(skin[near], laid.points[near])


def _pins(source: Face, places: Doubles, sides: Ints, labels: Ints) -> Ints:
    """Return (k,) the vertex that stands for each landmark, -1 where none is near."""
    found = np.full(len(places), -1, np.int64)
    for index, place in enumerate(places):
        away = np.linalg.norm(source.skin.points - place, axis=1)
        if sides[index]:
            away[labels != sides[index]] = np.inf
        if away.min() < 0.004:
            found[index] = int(away.argmin())
    return found


def _fit(
    source: Face, start: Doubles, target: Face, labels: Ints, target_labels: Ints, pins: Ints, misses: Doubles
) -> Doubles:
    """Return the vertices after every round.

    Parameters
    ----------
    pins, misses : arrays
        Vertices that landmarks hang on, and how far each has to go from ``start``.
    """
    goal, skin = target.skin, source.skin
    low, high = goal.points.min(axis=0), goal.points.max(axis=0)
    smoothing = _Smoothing(skin)
    offset = np.zeros_like(start)
    held = pins >= 0
    seen = source.outside & (vertex_normals(start, skin.triangles)[:, 2] > -0.3)
    # Skin that is seen is not laid into sockets and nostrils.
    open_ = target.outside[goal.triangles].any(axis=1)
    goal = Surface(goal.points, goal.triangles[open_])
    for stiffness, reach in _SCHEDULE:
        now = start + offset
        normals = vertex_normals(now, skin.triangles)
        ask = np.nonzero(seen & (now > low - reach).all(axis=1) & (now < high + reach).all(axis=1))[0]
        found = nearest(goal, now[ask], normals[ask], reach, target_labels, labels[ask], least=0.5
        )  # fmt: skip
        hit = found.triangles >= 0
        weights = np.zeros(len(start))
        wanted = np.zeros_like(start)
        chosen = ask[hit]
        weights[chosen] = 1.0 / (1.0 + (found.distances[hit] / (0.4 * reach)) ** 2)
        wanted[chosen] = found.points[hit] - start[chosen]
        total = weights.copy()
        pull = weights[:, None] * wanted
        np.add.at(total, pins[held], _PINNED)
        np.add.at(pull, pins[held], _PINNED * misses[held])
        offset = smoothing.solve(total, pull, stiffness, offset)
    return start + offset


class _Smoothing:
    """Solves for displacements that follow what is wanted where something is, and bend little elsewhere."""

    def __init__(self, skin: Surface) -> None:
        count = len(skin.points)
        self._one, self._other = skin.edges[:, 0], skin.edges[:, 1]
        length = np.maximum(skin.lengths, 1e-5)
        self._weight = np.median(length) / length
        self._count = count
        self._total = np.maximum(
            np.bincount(self._one, self._weight, count) + np.bincount(self._other, self._weight, count), 1e-9
        )

    def _bend(self, values: Doubles) -> Doubles:
        """Return how far each vertex's value is off the mean of its neighbours'."""
        found = np.empty_like(values)
        for axis in range(3):
            column = values[:, axis]
            found[:, axis] = np.bincount(self._one, self._weight * column[self._other], self._count)
            found[:, axis] += np.bincount(self._other, self._weight * column[self._one], self._count)
        return values - found / self._total[:, None]

    def _bend_back(self, values: Doubles) -> Doubles:
        """Apply the transpose of :meth:`_bend`."""
        scaled = values / self._total[:, None]
        found = np.empty_like(values)
        for axis in range(3):
            column = scaled[:, axis]
            found[:, axis] = np.bincount(self._one, self._weight * column[self._other], self._count)
            found[:, axis] += np.bincount(self._other, self._weight * column[self._one], self._count)
        return values - found

    def solve(self, weights: Doubles, pull: Doubles, stiffness: float, start: Doubles, steps: int = 120) -> Doubles:
        """Return (n, 3) displacements u that minimise sum weights |u - wanted|^2 + stiffness |bending of u|^2."""

        def apply(values: Doubles) -> Doubles:
            return (weights[:, None] + 1e-4) * values + stiffness * self._bend_back(self._bend(values))

        ease = 1.0 / (weights[:, None] + 1e-4 + 1.2 * stiffness)
        found = start.copy()
        rest = pull - apply(found)
        along = ease * rest
        step = along.copy()
        before = (rest * along).sum(axis=0)
        for _ in range(steps):
            pushed = apply(step)
            share = before / np.maximum((step * pushed).sum(axis=0), 1e-30)
            found += share * step
            rest -= share * pushed
            along = ease * rest
            now = (rest * along).sum(axis=0)
            step = along + now / np.maximum(before, 1e-30) * step
            before = now
            if float(np.sqrt((rest**2).sum())) < 1e-6:
                break
        return found
