"""Rigs of Auto-Rig Pro: their FK controls ``c_...``, and what has to be switched to FK."""

from __future__ import annotations

from typing import Any

from ...inference.skeleton import JOINT_NAMES
from .convention import Holds, SkeletonKind

_TRUNK = {
    "pelvis": ("c_root_master.x", "c_root.x"),
    "spine1": ("c_spine_01.x",),
    "spine2": ("c_spine_02.x",),
    "spine3": ("c_spine_03.x",),
    "neck": ("c_neck.x", "c_neck_01.x"),
    "head": ("c_head.x",),
    "jaw": ("c_jawbone.x",),
}
_LIMBS = {
    "collar": "c_shoulder", "shoulder": "c_arm_fk", "elbow": "c_forearm_fk", "wrist": "c_hand_fk",
    "hip": "c_thigh_fk", "knee": "c_leg_fk", "ankle": "c_foot_fk", "foot": "c_toes_fk", "eye_smplhf": "c_eye",
}  # fmt: skip
_FINGERS = ("index", "middle", "pinky", "ring", "thumb")


def _bones() -> dict[str, tuple[str, ...]]:
    found = {}
    for joint in JOINT_NAMES:
        side, _, part = joint.partition("_")
        if joint in _TRUNK:
            found[joint] = _TRUNK[joint]
        elif part in _LIMBS:
            found[joint] = (f"{_LIMBS[part]}.{side[0]}",)
        elif part[:-1] in _FINGERS:
            found[joint] = (f"c_{part}.{side[0]}",)
    return found


def _holds() -> tuple[Holds, ...]:
    found = []
    for side in ("left", "right"):
        arm = tuple(f"{side}_{part}" for part in ("shoulder", "elbow", "wrist"))
        leg = tuple(f"{side}_{part}" for part in ("hip", "knee", "ankle", "foot"))
        found.append(Holds(f"c_hand_ik.{side[0]}", "ik_fk_switch", 1.0, arm))
        found.append(Holds(f"c_foot_ik.{side[0]}", "ik_fk_switch", 1.0, leg))
    return (*found, Holds("c_head.x", "head_free", 0.0, ("head",)))


class _AutoRigPro(SkeletonKind):
    """FK controls by name."""

    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> control; nothing for a skeleton without such controls."""
        bones = armature.data.bones
        return super().find(armature) if "c_root_master.x" in bones or "c_root.x" in bones else {}


SKELETON = _AutoRigPro(
    name="auto_rig_pro", title="Auto-Rig Pro control rig", bones=_bones(), spelling=str, holds=_holds()
)  # fmt: skip
