"""Faces of VRM characters: expressions that the file names, each a key or a mix of keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..vrm.file import Gaze
from ..vrm.properties import expressions_of
from .convention import GAZES, FaceKind, KeyPose

_ROLES = {"aa": "aa", "ih": "I", "ou": "U", "ee": "E", "oh": "O"}
_SAME = (
    "happy", "angry", "sad", "relaxed", "surprised", "blink", "blinkLeft", "blinkRight",
    "lookUp", "lookDown", "lookLeft", "lookRight",
)  # fmt: skip
_FARTHEST = 35.0


def _reach(role: str, gaze: Gaze) -> float:
    """Return the degrees at which a look shows whole, at most what eyes turn: files say 90 and mean little by it."""
    way = {"lookUp": "up", "lookDown": "down"}.get(role, "out")
    degrees, weight = gaze.ranges.get(way, (_FARTHEST, 1.0))
    return min(degrees / max(weight, 1e-3), _FARTHEST)


class _Expressions(FaceKind):
    """Keys are not known by name: the armature keeps which expression they make."""

    def find_poses(self, meshes: Sequence[Any]) -> tuple[KeyPose, ...]:
        """Return the visemes and expressions of the meshes of a VRM character; none for others."""
        armature = next((found for mesh in meshes if (found := mesh.find_armature()) is not None), None)
        if armature is None:
            return ()
        expressions, gaze = expressions_of(armature, list(meshes))
        poses = {}
        for expression, parts in expressions:
            role = _ROLES.get(expression.preset, expression.preset if expression.preset in _SAME else "")
            if role and parts and role not in poses:
                reach = _reach(role, gaze) if gaze.by_keys and role in GAZES else None
                poses[role] = KeyPose(role, tuple(parts), expression.mouth, expression.blink, reach, expression.binary)
        return tuple(poses.values())


FACE = _Expressions(name="vrm", title="VRM expressions", keys={}, enough_visemes=3)
