"""Rigs that CloudRig generates, Blender Studio's: the bones that copy their FK controls.

``UpperArm.L`` copies ``FK-UpperArm.L`` or an IK chain, as a property says; which controls that makes is searched along
the constraints (``rigs/control_search.py``). Metarigs name their bones as they like, so several names are known.
"""

from __future__ import annotations

from typing import Any

from ...inference.skeleton import JOINT_NAMES
from .convention import SkeletonKind
from .named_skeleton import SPINE
from .spelling import both_sides, fingers, plain

_CONTROL = "FK-"
_MARKS = (_CONTROL, "STR-", "TORSO-")
"""What some bones of every such rig of a body begin with."""
_TORSO = "TORSO-"

_TRUNK = {"neck": ("neck",), "head": ("head",), "jaw": ("jaw",)}
_LIMBS = {
    "collar": "shoulder clavicle", "shoulder": "upperarm arm", "elbow": "forearm lowerarm elbow", "wrist": "hand wrist",
    "hip": "thigh upperleg", "knee": "knee shin calf lowerleg", "ankle": "foot ankle", "foot": "toes toe",
    "eye_smplhf": "eye", **fingers("finger{finger}{number}", "{finger}{number}"),
}  # fmt: skip


class _CloudRig(SkeletonKind):
    """Bones that have an FK control of their own, eyes and jaw; of the spine's those below the neck."""

    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> bone; nothing where the marks of such a rig are missing."""
        bones = armature.data.bones
        if not all(any(bone.name.startswith(mark) for bone in bones) for mark in _MARKS):
            return {}
        found = {
            joint: bone
            for joint, bone in super().find(armature).items()
            if _CONTROL + bone in bones or joint in ("jaw", "left_eye_smplhf", "right_eye_smplhf")
        }
        top = bones[found["neck"]] if "neck" in found else None
        above = top.parent_recursive if top is not None else []
        spine = [bone.name for bone in reversed(above) if _CONTROL + bone.name in bones]
        torso = next((bone.name for bone in above if bone.name.startswith(_TORSO)), None)
        if spine and torso is not None:
            found.update({"pelvis": torso, **dict(zip(SPINE, spine[1:], strict=False))})
        return {joint: found[joint] for joint in JOINT_NAMES if joint in found}


SKELETON = _CloudRig(
    name="cloud_rig",
    title="CloudRig control rig",
    bones={**_TRUNK, **both_sides(_LIMBS)},
    spelling=plain,
)
