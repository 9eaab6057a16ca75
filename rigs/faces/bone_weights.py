"""How strongly bones move the points of a mesh, and where its points lie in the frame of the face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..vertex_weights import shown_points
from .face_frame import places
from .key_shapes import rest_points

Doubles = npt.NDArray[np.float64]


_FAR = -1e3
"""Metres."""


@dataclass(frozen=True, eq=False)
class Skin:
    """A mesh's points and the shares that bones of the face have in moving them."""

    mesh: Any
    """The mesh object."""
    points: Doubles
    """(V, 3) rest points in the face's frame, metres."""
    shares: Doubles
    """(V, B) share of each bone, those that hang on it included, 0..1."""
    column: Mapping[str, int]
    """Bone -> column of ``shares``."""
    apart: bool = False
    """Whether the jaw's share has in it what hangs on the jaw: measured shares tell what each bone does by itself."""
    slide: float = 0.0
    """Metres that the lips go for a metre of the jaw's control, where its place opens the mouth; 0: its turn does."""

    @property
    def height(self) -> float:
        """Metres from its lowest to its highest point that shows."""
        shown = self.points[:, 1][self.points[:, 1] > _FAR]
        return float(np.ptp(shown)) if len(shown) else 0.0

    def share(self, bones: Sequence[str]) -> Doubles:
        """Return (V,) the share of some bones together."""
        total: Doubles = self.shares[:, [self.column[bone] for bone in bones if bone in self.column]].sum(axis=1)
        return total


def without_hidden(mesh: Any, points: Doubles, shares: Doubles) -> None:
    """Take what masks hide out of a mesh's (V, 3) points and (V, B) shares: far away, moved by nothing."""
    hidden = ~shown_points(mesh)
    points[hidden], shares[hidden] = _FAR, 0.0


def skin_of(mesh: Any, armature: Any, bones: Sequence[str], frame: Doubles) -> Skin | None:
    """Return how some bones move a mesh object, by its vertex groups; None where they do not.

    Parameters
    ----------
    mesh, armature : bpy.types.Object
        The mesh and the armature that deforms it.
    bones : sequence of str
        The bones asked about. What hangs on one, and is not asked about itself, moves with it.
    frame : (3, 4) array
        From the mesh's space to the face's frame.
    """
    column = {bone: index for index, bone in enumerate(bones)}
    owner = {}
    for bone in armature.data.bones:
        above = bone
        while above is not None and above.name not in column:
            above = above.parent
        owner[bone.name] = column[above.name] if above is not None else -1
    known = [armature.data.bones.get(group.name) for group in mesh.vertex_groups]
    columns = [owner[bone.name] if bone is not None and bone.use_deform else -2 for bone in known]
    if max(columns, default=-2) < 0:
        return None
    shares = np.zeros((len(mesh.data.vertices), len(bones) + 1))
    for index, vertex in enumerate(mesh.data.vertices):
        for item in vertex.groups:
            to = columns[item.group] if item.group < len(columns) else -2
            if to >= -1:
                shares[index, to] += item.weight
    total = shares.sum(axis=1, keepdims=True)
    shares /= np.where(total > 1e-6, total, 1.0)
    points = places(frame, rest_points(mesh))
    without_hidden(mesh, points, shares)
    if shares[:, :-1].max(initial=0.0) < 0.05:
        return None
    return Skin(mesh, points, shares[:, :-1], column)
