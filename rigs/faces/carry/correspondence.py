"""Which place of the default character's skin belongs to each vertex of another head, and how movements turn there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .landmarks import Face
from .lips import lip_labels, smooth
from .nearest import Found, nearest
from .registration import register
from .source import SourceFace
from .surface import Doubles, Ints, Surface

_REACH = 0.02
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
    """(n,) 1 where the place is sure, 0 beyond the source's skin."""

    def carry(self, deltas: Doubles) -> Doubles:
        """Return (n, 3) displacements of the target's skin for displacements (m, 3) of the source's."""
        turned = np.einsum("vij,vj->vi", self.turns, deltas)
        corners = self.laid.triangles[np.maximum(self.found.triangles, 0)]
        carried = np.einsum("qc,qci->qi", self.found.shares, turned[corners])
        return carried * self.fade[:, None]


def correspond(source: SourceFace, target: Face) -> Correspondence:
    """Lay the source's face onto a target."""
    labels = lip_labels(target)
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
    return Correspondence(target, labels, laid, turns, found, fade)


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
    left, sizes, right = np.linalg.svd(mean)
    flip = np.ones_like(sizes)
    flip[:, 2] = np.sign(np.linalg.det(left @ right))
    turn = (left * flip[:, None]) @ right
    scale = np.clip(sizes.mean(axis=1), 0.3, 3.0)
    result: Doubles = turn * scale[:, None, None]
    return result
