"""Where a picture of a character looks, and how much it shows: measured, since heads come in every size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from mathutils import Matrix, Vector

from ..faces.key_shapes import rest_points
from ..vertex_weights import weights_on

if TYPE_CHECKING:
    from ..rig import Rig

Doubles = npt.NDArray[np.float64]

_HEAD_SHARE = 2.33
"""Height of a picture of the head and shoulders, in heights of the head from its joint to the crown."""
_HEAD_AIM = 0.2
"""How far above the joint of the head such a picture aims, in the same unit."""
_UPPER_SHARE = 1.85
"""Height of a picture from the hips up, in heights from pelvis to crown; hands at arm's length stay inside."""
_UPPER_AIM = 0.38
"""How far above the pelvis such a picture aims, in the same unit."""
_BODY_SHARE = 1.12
"""Height of a picture of everything, in heights of the character."""


def subject(rig: Rig, view: str) -> tuple[Vector, float, Matrix]:
    """Return what a picture looks at: its centre and height in units of the world, and how the character stands.

    Parameters
    ----------
    rig : Rig
        The character, posed as it is to be shown.
    view : str
        ``"head"``, ``"upper"`` or ``"body"``; where the joints for the first two are unknown, everything is shown.
    """
    turn = Matrix(rig.turn.tolist())
    up = turn @ Vector((0.0, 0.0, 1.0))
    head, pelvis = rig.bones.get("head") or rig.bones.get("neck"), rig.bones.get("pelvis")
    from_joint, share, aim = (head, _HEAD_SHARE, _HEAD_AIM) if view == "head" else (pelvis, _UPPER_SHARE, _UPPER_AIM)
    if view in ("head", "upper") and from_joint is not None and head is not None:
        world = rig.armature.matrix_world
        at_head = np.array(world @ rig.armature.data.bones[head].head_local)
        crown = _crown(rig, head, np.array(up)) or _highest(rig, at_head, np.array(up))
        at_rest = world @ rig.armature.data.bones[from_joint].head_local
        reach = crown - float(np.array(at_rest) @ np.array(up)) if crown is not None else 0.0
        if reach > 0.0:
            posed = world @ rig.armature.pose.bones[from_joint].head
            return posed + up * (aim * reach), share * reach, turn
    corners = np.array([mesh.matrix_world @ Vector(corner) for mesh in rig.attached for corner in mesh.bound_box])
    if not len(corners):
        corners = _joints(rig)
    low, high = corners.min(axis=0), corners.max(axis=0)
    return Vector((low + high) / 2.0), float(max(high[2] - low[2], 0.6 * (high - low).max())) * _BODY_SHARE, turn


def _joints(rig: Rig) -> Doubles:
    """Return (B, 3) places of bones in the world, for a skeleton without a mesh."""
    world = rig.armature.matrix_world
    return np.array([world @ end for bone in rig.armature.pose.bones for end in (bone.head, bone.tail)], np.float64)


def _crown(rig: Rig, head: str, up: Doubles) -> float | None:
    """Return how far up the skin of the head reaches at rest, in the world; None for a head without skin."""
    bone = rig.armature.data.bones[head]
    names = {bone.name, *(child.name for child in bone.children_recursive)}
    highest: float | None = None
    for mesh in rig.attached:
        places = _skin(mesh, names)
        if len(places):
            world = np.array(mesh.matrix_world, np.float64)
            reach = float(np.percentile((places @ world[:3, :3].T + world[:3, 3]) @ up, 99.0))
            highest = reach if highest is None else max(highest, reach)
    return highest


def _highest(rig: Rig, head: Doubles, up: Doubles) -> float | None:
    """Return how far up reaches what stands above the joint of the head: on control rigs other bones move the skin."""
    reach = 0.0
    for mesh in rig.attached:
        world = np.array(mesh.matrix_world, np.float64)
        away = rest_points(mesh) @ world[:3, :3].T + world[:3, 3] - head
        above = away @ up
        aside = np.linalg.norm(away - above[:, None] * up, axis=1)
        near = above[(above > 0.0) & (aside < above)]
        if len(near):
            reach = max(reach, float(np.percentile(near, 99.0)))
    return float(head @ up) + reach if reach > 0.0 else None


def _skin(mesh: Any, bones: set[str]) -> Doubles:
    """Return (N, 3) vertices of a mesh at rest, in its own space, that follow some bones for the most part."""
    return rest_points(mesh)[weights_on(mesh, bones) > 0.5]
