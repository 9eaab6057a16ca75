"""Mends face shapes: triangles that a displacement flips or squashes are turned back, lids are kept off the eyeballs.

A triangle that folds is pulled towards its shape at rest where it is now, again and again until none folds any more
(position based dynamics: Mueller et al., "Position Based Dynamics", 2007); a little smoothing spreads the change over
its neighbours. Vertices that measure something are never moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags

from ...inference.easing import eased
from .makehuman import Floats, Ints

TURNED = 0.1
"""Cosine of the turn of a triangle's normal below which it counts as folding; an audit complains only below -0.2."""
SQUASHED = 0.16
"""Share of a triangle's area below which it counts as folding; an audit complains below 0.12."""
GAP = 2.0e-4
"""Metres between lids and eyeballs."""


@dataclass(frozen=True)
class Ball:
    """An eyeball that lids slide over."""

    centre: Floats
    """(3,)."""
    radius: float


def triangles(quads: Ints) -> Ints:
    """Return (2F, 3) triangles of (F, 4) quads, fans from the first corner as renderers and the audit cut them."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def neighbour_mean(quads: Ints, count: int) -> csr_matrix:
    """Return the (count, count) matrix that takes the mean over the edges of a quad mesh."""
    rows = quads.ravel()
    columns = np.roll(quads, -1, 1).ravel()
    links = coo_matrix((np.ones(2 * len(rows)), (np.r_[rows, columns], np.r_[columns, rows])), (count, count)).tocsr()
    links.data[:] = 1
    degree = np.maximum(np.asarray(links.sum(1)).ravel(), 1)
    return csr_matrix(diags(1 / degree) @ links)


class ShapeMender:
    """Relaxes displacements of a part of the skin.

    Parameters
    ----------
    vertices : (V, 3) array
        At rest.
    quads : (F, 4) array
        Of the part, the face.
    fixed : (n,) array
        Vertices that are never moved.
    balls : sequence of Ball
        Skin that lies outside of one at rest stays outside.
    limits : (float, float)
        Cosine and share of area below which a triangle counts as folding. The more they ask for, the further lips and
        lids are drawn from the shape that they should have.
    """

    def __init__(
        self,
        vertices: Floats,
        quads: Ints,
        fixed: Ints,
        balls: Sequence[Ball] = (),
        limits: tuple[float, float] = (TURNED, SQUASHED),
    ) -> None:
        self._limits = limits
        self._vertices = vertices
        self._triangles = triangles(quads)
        self._mean = neighbour_mean(quads, len(vertices))
        self._free = np.ones(len(vertices), bool)
        self._free[fixed] = False
        self._normals, self._areas = self._measure(vertices)
        used = np.unique(quads)
        self._lids: list[tuple[Ball, Ints, Floats]] = []
        for ball in balls:
            distance = np.linalg.norm(vertices[used] - ball.centre, axis=1)
            outside = distance > ball.radius - 1e-4
            self._lids.append((ball, used[outside], np.minimum(distance[outside], ball.radius + GAP)))

    def _measure(self, vertices: Floats) -> tuple[Floats, Floats]:
        a, b, c = (vertices[self._triangles[:, k]] for k in range(3))
        normals = np.cross(b - a, c - a)
        areas = np.linalg.norm(normals, axis=1)
        return normals / np.maximum(areas, 1e-15)[:, None], areas

    def folded(self, moved: Floats, turned: float = -0.2, squashed: float = 0.12) -> np.ndarray:
        """Return (triangles,) whether (V, 3) moved vertices turn each over or squash it."""
        normals, areas = self._measure(moved)
        return ((normals * self._normals).sum(1) < turned) | (areas < squashed * self._areas)

    def relax(self, displacement: Floats, rounds: int = 300) -> Floats:
        """Return a (V, 3) displacement that folds nothing, as near to the given one as that lets it be."""
        result = self.off_balls(displacement.copy())
        for number in range(rounds):
            bad = self.folded(self._vertices + result, *self._limits)
            if not bad.any():
                break
            result += self._pull(result, bad)
            if number < rounds // 2:  # the change is smoothed, not the shape
                change = result - displacement
                near = self._mean @ (np.abs(change).max(1) > 1e-9) > 0
                result += (0.1 * near * self._free)[:, None] * (self._mean @ change - change)
            result = self.off_balls(result)
        return result

    def _pull(self, displacement: Floats, bad: np.ndarray) -> Floats:
        """Return (V, 3) by how much the corners of some triangles go towards their shapes at rest."""
        corners = self._triangles[bad]
        rest, free = self._vertices[corners], self._free[corners]
        now = rest + displacement[corners]
        held = np.where(free.all(1)[:, None], True, ~free)[..., None]  # turned about what cannot move
        middle = ((now - rest) * held).sum(1, keepdims=True) / held.sum(1, keepdims=True)
        total, count = np.zeros_like(displacement), np.zeros(len(displacement))
        np.add.at(total, corners, rest + middle - now)
        np.add.at(count, corners, 1)
        return (0.3 * self._free / np.maximum(count, 1))[:, None] * total

    def smooth(self, displacement: Floats, share: Floats, rounds: int) -> Floats:
        """Return a displacement smoothed by (V,) shares, 0..1, in each of a number of rounds."""
        result = displacement.copy()
        weight = (share * self._free)[:, None]
        for _ in range(rounds):
            result += 0.5 * weight * (self._mean @ result - result)
        return result

    def steepness(self, displacement: Floats) -> Floats:
        """Return (V,) shares, 0..1, of how much a displacement changes from one vertex to the next."""
        bend = np.linalg.norm(self._mean @ displacement - displacement, axis=1)
        bend[np.asarray(self._mean.sum(1)).ravel() == 0] = 0
        share = np.clip(bend / max(0.3 * float(bend.max()), 1e-12), 0, 1)
        for _ in range(2):
            share = np.maximum(share, self._mean @ share)
        return share

    def near_balls(self, inner: float, outer: float) -> Floats:
        """Return (V,) shares: 1 within so many radii of an eyeball's centre, 0 beyond the outer, smooth between."""
        share = np.zeros(len(self._vertices))
        for ball, _, _ in self._lids:
            distance = np.linalg.norm(self._vertices - ball.centre, axis=1) / ball.radius
            share = np.maximum(share, eased(distance, outer, inner))
        return share

    def off_balls(self, displacement: Floats) -> Floats:
        """Return a displacement under which no skin comes nearer to an eyeball than :data:`GAP`, or than at rest."""
        result = displacement
        for ball, lids, least in self._lids:
            away = self._vertices[lids] + result[lids] - ball.centre
            distance = np.linalg.norm(away, axis=1)
            inside = (distance < least) & self._free[lids]
            if inside.any():
                result = result.copy() if result is displacement else result
                result[lids[inside]] += away[inside] * (least[inside] / distance[inside] - 1)[:, None]
        return result
