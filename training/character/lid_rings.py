"""The rings of the base mesh around an eye, and what a shut eye asks of them: a crease that unfolds, lids that meet.

The mesh runs in rings from the edge of the lids to the orbit. The artist's blink draws the
crease of the upper lid down as it is, a fold that stays a ridge above a hollow; in life it unfolds over the ball.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from scipy.spatial import cKDTree

from .makehuman import RANGES, Floats, Ints

EDGE = (0, 1, 2)
"""Rings of the lids' edge: where it touches the ball, between, and its front."""
_SKIN = (2, 8)
"""The rings between which the skin of the upper lid unfolds."""
_BEFORE, _AFTER = -1, 3
"""Rings beside the edge that half go with it."""
_NEAR = 1.125
"""Distances from the eye's middle, over the least, of the row of the lash strips that touches the ball."""
_HOLLOW = 0.7
"""0 lets the distance from the eye grow evenly from the lid's edge to the orbit, 1 leaves all of it to the end."""
_OVER = 6.0e-4
"""Metres by which a shut upper lid overlaps the lower one."""
_MOVING = 0.35
"""Share of the farthest way of the edge from which on a column belongs to the upper lid in full."""


class LidRings:
    """The columns of vertices that run over the lids of one eye, from behind their edge outwards.

    Parameters
    ----------
    vertices : (V, 3) array
        Of the base mesh at rest, metres.
    quads : (F, 4) array
        Of the base mesh.
    centre : (3,) array
        Of the eyeball.
    """

    def __init__(self, vertices: Floats, quads: Ints, centre: Floats) -> None:
        body = quads[quads.max(1) < RANGES["body"][1]]
        near = body[np.linalg.norm(vertices[body].mean(1) - centre, axis=1) < 0.06]
        beside: dict[int, set[int]] = defaultdict(set)
        for quad in near.tolist():
            for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
                beside[a].add(b)
                beside[b].add(a)
        loop = _edge_loop(vertices, beside, centre)
        number = dict.fromkeys(loop, 0)
        # The socket behind the edge; its deepest vertex is the one furthest back.
        pole = min((x for x in beside if np.linalg.norm(vertices[x] - centre) < 0.022), key=lambda x: vertices[x, 2])
        inside = set(_grown([pole], beside, number))
        for ring in range(1, _SKIN[1] + 1):
            last = [x for x, k in number.items() if k == ring - 1]
            number |= {y: ring for x in last for y in beside[x] if y not in number and y not in inside}
        number |= {y: _BEFORE for x in loop for y in beside[x] if y in inside}
        columns = []
        for first in loop:
            column = [first]
            for ring in (_BEFORE, *range(1, _SKIN[1] + 1)):
                onwards = [y for y in beside[first if ring < 1 else column[-1]] if number.get(y) == ring]
                if not onwards:
                    break
                before = vertices[column[-1]]
                found = min(onwards, key=lambda y: float(np.linalg.norm(vertices[y] - before)))
                column.insert(0 if ring < 1 else len(column), found)
            if len(column) == _SKIN[1] + 1 - _BEFORE:
                columns.append(column)
        self.columns = np.array(columns)
        """(columns, rings from ``_BEFORE`` to the last of ``_SKIN``) vertices."""
        self._vertices, self._centre = vertices, centre

    @property
    def edge(self) -> Ints:
        """(n,) vertices of the edge of both lids."""
        return self._rings(EDGE).ravel()

    def _rings(self, which: tuple[int, ...]) -> Ints:
        return self.columns[:, [ring - _BEFORE for ring in which]]

    def shut(self, blink: Floats) -> Floats:
        """Return a (V, 3) ``eyeBlink`` whose lids meet from corner to corner and whose crease unfolds."""
        result = blink.copy()
        self._meet(result)
        self._unfold(result)
        return result

    def _upper(self, blink: Floats) -> Floats:
        """Return (columns,) shares, 1 on the upper lid, 0 on the lower one and in the corners."""
        down = -blink[self._rings(EDGE[-1:])[:, 0], 1]
        return np.clip(down / (_MOVING * down.max()), 0, 1)

    def _meet(self, blink: Floats) -> None:
        """Draw the edge of the upper lid down to the lower one where a gap is left, in place."""
        rows = self._rings(EDGE)
        down = -blink[rows[:, -1], 1]
        upper = down > 0.1 * down.max()
        place = self._vertices + blink
        low = place[rows[~upper]].reshape(-1, 3)
        for column in np.nonzero(upper)[0]:
            # As high as the lower lid reaches at this place.
            here = place[rows[column]]
            beside = np.abs(low[:, 0] - here[:, 0].mean()) < 0.0016
            if not beside.any():
                continue
            gap = here[:, 1].min() - low[beside, 1].max() + _OVER
            if gap > 0:
                blink[rows[column], 1] -= gap
                blink[self._rings((_BEFORE, _AFTER))[column], 1] -= gap / 2

    def _unfold(self, blink: Floats) -> None:
        """Spread the rings of the upper lid's skin between its edge and the orbit as they lie at rest, in place."""
        skin = self.columns[:, _SKIN[0] - _BEFORE :]
        rest, shut = self._vertices[skin], (self._vertices + blink)[skin] - self._centre
        along = np.cumsum(np.linalg.norm(np.diff(rest, axis=1), axis=2), axis=1)
        t = np.concatenate([np.zeros((len(skin), 1)), along / along[:, -1:]], 1)
        far = np.linalg.norm(shut, axis=2)
        ends = shut[:, [0, -1]] / far[:, [0, -1], None]
        angle = np.arccos(np.clip((ends[:, 0] * ends[:, 1]).sum(1), -1, 1))[:, None]
        # Along the great circle from one end to the other.
        first, last = (np.sin(part * angle)[..., None] for part in (1 - t, t))
        direction = (first * ends[:, :1] + last * ends[:, 1:]) / np.sin(angle)[..., None]
        out = far[:, :1] + (far[:, -1:] - far[:, :1]) * ((1 - _HOLLOW) * t + _HOLLOW * t**2)
        share = self._upper(blink)[:, None, None]
        change = share * (out[..., None] * direction - shut)
        blink[skin[:, 1:-1]] += change[:, 1:-1]


def _edge_loop(vertices: Floats, beside: dict[int, set[int]], centre: Floats) -> list[int]:
    """Return the closed line of skin vertices that runs below the row of the lash strips that touches the ball."""
    strips = [np.arange(*RANGES[f"{side}_lashes"]) for side in ("left", "right")]
    strip = min(strips, key=lambda rows: float(np.linalg.norm(vertices[rows].mean(0) - centre)))
    away = vertices[strip] - centre
    far = np.linalg.norm(away, axis=1)
    row = far < _NEAR * far.min()
    row = strip[row][np.argsort(np.arctan2(away[row, 1], away[row, 0]))]
    skin = np.array(list(beside))
    ends = [int(x) for x in skin[cKDTree(vertices[skin]).query(vertices[row])[1]]]
    loop: list[int] = []
    for start, stop in zip(ends, ends[1:] + ends[:1], strict=True):
        loop += _path(start, stop, beside)
    return list(dict.fromkeys(loop))


def _path(start: int, stop: int, beside: dict[int, set[int]]) -> list[int]:
    """Return vertices along the fewest edges from one to another, without the last."""
    came = {start: start}
    front = [start]
    while stop not in came:
        found = {y: x for x in front for y in sorted(beside[x]) if y not in came}
        came |= found
        front = list(found)
    path = [stop]
    while path[-1] != start:
        path.append(came[path[-1]])
    return path[:0:-1]


def _grown(seeds: list[int], beside: dict[int, set[int]], border: dict[int, int]) -> list[int]:
    """Return what can be reached from some vertices without those of a border."""
    found = dict.fromkeys(seeds)
    front = seeds
    while front:
        front = list(dict.fromkeys(y for x in front for y in beside[x] if y not in found and y not in border))
        found |= dict.fromkeys(front)
    return list(found)


_LASHES = 4
"""Vertices of the lids' edge that one of the lash strips follows."""


def eye_lids(vertices: Floats, quads: Ints, centres: Mapping[str, Floats]) -> dict[str, LidRings]:
    """Return the lids by side, ``"Left"`` and ``"Right"``; ``centres`` holds each eye's under its joint's name."""
    return {
        side: LidRings(vertices, quads, centres[f"{side.lower()}_eye_smplhf"]) for side in ("Left", "Right")
    }  # fmt: skip


def with_lashes(change: Floats, vertices: Floats, lids: Iterable[LidRings]) -> Floats:
    """Return a (V, 3) change of the skin in which the lash strips, which lie in none of its faces, take part.

    They hang on the edge of the lids alone: what unfolds above it leaves them where they are.
    """
    result = change.copy()
    edge = np.concatenate([each.edge for each in lids])
    for side in ("left", "right"):
        strip = np.arange(*RANGES[f"{side}_lashes"])
        far, near = cKDTree(vertices[edge]).query(vertices[strip], k=_LASHES)
        share = 1 / np.maximum(far, 1e-5)
        result[strip] = np.einsum("nk,nkc->nc", share / share.sum(1, keepdims=True), change[edge[near]])
    return result
