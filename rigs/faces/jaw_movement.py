"""What the bone of a jaw does to a mesh when it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..rig_parts import JAW_OPEN_RADIANS
from ..vertex_weights import weights_on

if TYPE_CHECKING:
    from ..rest_frame import RestFrame
    from ..rig_parts import RigJoint
    from .carry.head import MeshPart

Doubles = npt.NDArray[np.float64]


def jaw_turned(armature: Any, part: MeshPart, jaw: RigJoint, frame: RestFrame) -> Doubles:
    """Return (n, 3) how far the jaw's bone moves every vertex of a mesh at ``jawOpen = 1``, in metres."""
    bone = armature.data.bones[jaw.bone]
    below = {bone.name, *(child.name for child in bone.children_recursive)}
    return weights_on(part.mesh, below)[:, None] * jaw_turn(armature, part.points, jaw, frame)


def jaw_turn(armature: Any, points: Doubles, jaw: RigJoint, frame: RestFrame) -> Doubles:
    """Return (n, 3) how far points (n, 3) that hang on the jaw's bone go at ``jawOpen = 1``, in metres."""
    pivot = frame.scale * frame.axes.T @ np.array(armature.data.bones[jaw.bone].head_local, np.float64)
    angle = JAW_OPEN_RADIANS * jaw.gain
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]], np.float64)
    arm = points - pivot
    moved: Doubles = arm @ turn.T - arm
    return moved
