"""The bare body that clothes are cut from, and the fields that say where a garment ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ...inference.drape import LOOSE, TRUNK, Trunk
from ...inference.skeleton import JOINT_INDEX
from .binding import closest_rows
from .garment import LOOSE_STEPS, Cut, Hem, cut_region, sew
from .makehuman import Floats, Ints
from .part import MATERIALS, Part, vertex_normals

HIDDEN = 0.016
"""Metres inside a garment from which the body is left out."""


@dataclass(frozen=True)
class Wearer:
    """The default person in T-pose: ``quads`` (F, 4) of the skin, ``vertices`` (V, 3), ``joints`` (55, 3), ``weights``
    (V, 55)."""

    quads: Ints
    vertices: Floats
    joints: Floats
    weights: Floats
    hangs: Floats | None = None
    """(V,) 0..1, where the vertices are those of hanging cloth already, or None."""

    def joint(self, name: str) -> Floats:
        """Return the (3,) place of a joint."""
        return self.joints[JOINT_INDEX[name]]

    def share(self, *names: str) -> Floats:
        """Return the (V,) share that joints have in the weights."""
        return self.weights[:, [JOINT_INDEX[name] for name in names]].sum(1)

    def draped(self, fit: str = LOOSE) -> Wearer:
        """Return the wearer with the trunk as cloth hangs on it, to cut clothes from; ``fit`` as of ``Trunk.hung``."""
        trunk = Trunk(self.vertices, self.joints, self.share(*TRUNK))
        return replace(self, vertices=trunk.hung(self.vertices, self.joints, fit), hangs=trunk.shares(fit))

    @cached_property
    def normals(self) -> Floats:
        """(V, 3) of the skin."""
        return vertex_normals(self.vertices, self.quads)

    def bound(self, part: Part) -> Part:
        """Return the part with every vertex tied to the closest triangle of the skin."""
        rows = closest_rows(part.vertices, self.vertices, self.quads)
        part.shape_rows, part.face_rows, part.bound = rows, rows, True
        return part

    def sewn(
        self, material: str, cut: Cut, field: Floats, *, steps: int, lift: Floats, hem: Hem, waist: Hem | None = None,
        loose: Floats | None = None, bare: tuple[int, ...] = (), near: Floats | None = None,
        loose_steps: int = LOOSE_STEPS,
    ) -> Part:  # fmt: skip
        """Return the garment of a cut along (V,) ``field``; see ``garment.sew``.

        ``near`` (V,) says which body vertices stay in sight where that is not what the field leaves over.
        """
        sight = field if near is None else near
        shown = np.intersect1d(np.unique(self.quads), np.nonzero(sight < 2.2 * HIDDEN)[0])
        return sew(
            material, cut, self.vertices, self.weights, steps=steps, lift=lift, hem=hem, waist=waist, loose=loose,
            material=MATERIALS.index(material), colour=(0.5, 0.5, 0.5), shown=shown, shown_normals=self.normals[shown],
            bare=bare, loose_steps=loose_steps, even=None if self.hangs is None else cut.rows @ self.hangs,
        )  # fmt: skip

    @staticmethod
    def outside(part: Part, cut: Cut) -> Part:
        """Return a sewn part without its hems, for what is laid onto it."""
        return replace(part, faces=part.faces[: len(cut.faces)])

    def cut(self, field: Floats) -> Cut:
        """Return the skin where a field is positive."""
        return cut_region(self.quads, field)


def smooth_min(*fields: Floats, reach: float = 0.004) -> Floats:
    """Return a minimum of fields without a kink; ``reach`` in their unit."""
    stacked = np.stack(fields)
    lowest = stacked.min(0)
    return lowest - reach * np.log(np.exp(-(stacked - lowest) / reach).sum(0))
