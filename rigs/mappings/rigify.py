"""Rigs that Rigify generates: their FK controls, and what has to be switched to FK.

The spine of a generated rig turns about a pivot: the FK controls below it reach down to the hips and stay at rest,
those above it carry chest and neck. Which are which is seen from the chain under the neck.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from ...inference.skeleton import JOINT_NAMES
from ..controls import Carriers
from .convention import Holds, SkeletonKind, has_body

_TRUNK = {
    "pelvis": ("torso",),
    "neck": ("neck",),
    "head": ("head",),
    "jaw": ("jaw_master",),
}
_LIMBS = {
    "collar": ("shoulder.{s}",),
    "shoulder": ("upper_arm_fk.{s}", "upper_arm.fk.{s}"),
    "elbow": ("forearm_fk.{s}", "forearm.fk.{s}"),
    "wrist": ("hand_fk.{s}", "hand.fk.{s}"),
    "hip": ("thigh_fk.{s}", "thigh.fk.{s}"),
    "knee": ("shin_fk.{s}", "shin.fk.{s}"),
    "ankle": ("foot_fk.{s}", "foot.fk.{s}"),
    "foot": ("toe_fk.{s}", "toe.{s}"),
    "eye_smplhf": ("eye_master.{s}", "master_eye.{s}"),
}
_FINGERS = {"index": "f_index", "middle": "f_middle", "ring": "f_ring", "pinky": "f_pinky", "thumb": "thumb"}
_SPINE = ("spine1", "spine2", "spine3")
_SPINE_CONTROL = re.compile(r"spine_fk(\.\d+)?")


def _bones() -> dict[str, tuple[str, ...]]:
    found = {}
    for joint in JOINT_NAMES:
        side, _, part = joint.partition("_")
        letter = {"left": "L", "right": "R"}.get(side, "")
        if joint in _TRUNK:
            found[joint] = _TRUNK[joint]
        elif part in _LIMBS:
            found[joint] = tuple(name.format(s=letter) for name in _LIMBS[part])
        elif part[:-1] in _FINGERS:
            found[joint] = (f"{_FINGERS[part[:-1]]}.0{part[-1]}.{letter}",)
    return found


def _limb(side: str, joints: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{side}_{joint}" for joint in joints)


def _holds() -> tuple[Holds, ...]:
    found = []
    for letter, side in (("L", "left"), ("R", "right")):
        arm = _limb(side, ("shoulder", "elbow", "wrist"))
        leg = _limb(side, ("hip", "knee", "ankle", "foot"))
        for joints, parent, ends in (
            (arm, "upper_arm_parent", ("hand_ik", "hand.ik")),
            (leg, "thigh_parent", ("foot_ik", "foot.ik")),
        ):
            holder = f"{parent}.{letter}"
            found += [Holds(holder, "IK_FK", 1.0, joints), Holds(holder, "IK/FK", 1.0, joints)]
            found += [Holds(holder, "FK_limb_follow", 0.0, joints)]
            # Rigs of older versions switch the other way round.
            found += [Holds(f"{end}.{letter}", "ikfk_switch", 0.0, joints) for end in ends]
        for control in ("upper_arm_fk", "upper_arm.fk"):
            found.append(Holds(f"{control}.{letter}", "isolate", 0.0, arm))
        for control in ("thigh_fk", "thigh.fk"):
            found.append(Holds(f"{control}.{letter}", "isolate", 0.0, leg))
    for part in ("neck", "head"):
        found += [
            Holds("torso", f"{part}_follow", 1.0, (part,)),
            Holds("torso", f"{part.title()} Isolate", 0.0, (part,)),
        ]
        found += [Holds(part, "isolate", 0.0, (part,)), Holds("head", f"{part}_follow", 1.0, (part,))]
    return (*found, Holds("eyes", "eyes_follow", 1.0, ("left_eye_smplhf", "right_eye_smplhf")))


def _enough(joints: Collection[str]) -> bool:
    return has_body({*joints, "spine2"}) if "spine1" in joints else False


class _Rigify(SkeletonKind):
    """FK controls by name; of the spine's those that carry the neck."""

    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> control; nothing where there are none, or an export lost what ties bones to them."""
        bones = armature.data.bones
        if "torso" not in bones or not any(bone.name.startswith("ORG-") for bone in bones):
            return {}
        if armature.pose is not None and not any(len(bone.constraints) for bone in armature.pose.bones):
            return {}
        found = super().find(armature)
        neck = bones.get("neck") or bones.get("head")
        above = [bone.name for bone in Carriers(armature).above(neck)] if neck is not None else []
        spine = [name for name in reversed(above) if _SPINE_CONTROL.fullmatch(name)]
        if not spine:
            # Older rigs: one control bends the whole chest.
            spine = [name for name in (("spine", "ribs") if "ribs" in bones else ("chest",)) if name in bones]
        found.update(zip(_SPINE, spine, strict=False))
        return {joint: found[joint] for joint in JOINT_NAMES if joint in found}


SKELETON = _Rigify(
    name="rigify", title="Rigify control rig", bones=_bones(), spelling=str, enough=_enough, holds=_holds()
)
