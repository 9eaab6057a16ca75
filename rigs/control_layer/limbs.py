"""Hands and feet: a control that rests on the take's hand, and an elbow or knee that bends so that the hand reaches it.

Blender's own IK gives another arm than the take's even where the control does not move. Here the take's arm is turned
so that the hand points at the control, and bent more or less in the plane it is bent in, by what the control's distance
differs; a control that is not moved changes nothing. What the joints' keys say is read by drivers, for constraints see
what other constraints have made of a bone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..takes.channels import bone_path
from .bones import Added
from .marker import INFLUENCE
from .ties import drive, follow_keys, tie

if TYPE_CHECKING:
    from ..rig import Rig

Doubles = npt.NDArray[np.float64]

HIPS, _TAKE_HIPS = "CTL_hips", "MCH_take_hips"
_TRUNK = {"spine1": "CTL_spine1", "spine2": "CTL_spine2", "spine3": "CTL_chest", "neck": "CTL_neck", "head": "CTL_head"}
_STRAIGHT = 0.0005
"""Metres by which a straight limb counts as bent towards its natural side; a hand misses its control by less."""
_SAME = 1e-5
"""World units of distance below which a control counts as not moved."""


@dataclass(frozen=True)
class Limb:
    """An arm or a leg."""

    control: str
    pole: str
    joints: tuple[str, str, str]
    bends: tuple[float, float, float]
    """Where the middle joint points when it bends, in the SMPL-X frame at rest."""
    grounded: bool
    """Whether its end stays where the take has it while the hips are moved."""

    def helper(self, what: str) -> str:
        """Return the name of a helper bone of this limb."""
        return f"MCH_{what}_{self.control.removeprefix('CTL_')}"


LIMBS = tuple(
    limb
    for s, end in (("left", "L"), ("right", "R"))
    for limb in (
        Limb(f"CTL_hand.{end}", f"CTL_elbow.{end}", (f"{s}_shoulder", f"{s}_elbow", f"{s}_wrist"), (0, 0, -1), False),
        Limb(f"CTL_foot.{end}", f"CTL_knee.{end}", (f"{s}_hip", f"{s}_knee", f"{s}_ankle"), (0, 0, 1), True),
    )
)


def added(rig: Rig) -> list[Added]:
    """Return the bones of trunk, hands and feet; parents come first."""
    bones = rig.bones
    place = np.array(rig.armature.data.bones[bones["pelvis"]].head_local, np.float64)
    found = [Added(_TAKE_HIPS, base_of(rig), like=bones["pelvis"]), *_floating(rig, HIPS, bones["pelvis"], place)]
    for joint, name in _TRUNK.items():
        above = rig.armature.data.bones[bones[joint]].parent
        found.append(Added(name, above.name, like=bones[joint], control=True))
    for limb in LIMBS:
        found += _limb_bones(rig, limb)
    return found


def base_of(rig: Rig) -> str:
    """Return the bone below which the whole body hangs, empty for none."""
    parent = rig.armature.data.bones[rig.bones["pelvis"]].parent
    return parent.name if parent is not None else ""


def goal_of(control: str) -> str:
    """Return the helper that stands where a control takes what it rests on."""
    return f"MCH_goal_{control.removeprefix('CTL_')}"


def _floating(rig: Rig, control: str, like: str, head: Doubles) -> list[Added]:
    """Return a control that stands where a bone stands and moves along the armature's axes, however that one turns."""
    base, ending = base_of(rig), control.removeprefix("CTL_")
    along, up = np.eye(3)[1:]
    return [
        Added(f"MCH_place_{ending}", base, head=head, along=along * 0.05 / rig.frame.scale, front=up),
        Added(f"MCH_turn_{ending}", base, like=like),
        Added(control, f"MCH_place_{ending}", like=like, control=True, world_moves=True),
        Added(goal_of(control), control, like=like),
    ]


def _tie_floating(rig: Rig, control: str, on: str) -> None:
    """Let such a control rest on a bone."""
    posed, ending = rig.armature.pose.bones, control.removeprefix("CTL_")
    tie(posed[f"MCH_place_{ending}"], "COPY_LOCATION", on)
    tie(posed[f"MCH_turn_{ending}"], "COPY_ROTATION", on)
    tie(posed[goal_of(control)], "COPY_ROTATION", f"MCH_turn_{ending}", target_space="LOCAL", owner_space="LOCAL")


def _limb_bones(rig: Rig, limb: Limb) -> list[Added]:
    rest = rig.armature.data.bones
    names = [rig.bones[joint] for joint in limb.joints]
    start, middle, end = (np.array(rest[name].head_local, np.float64) for name in names)
    bend = rig.frame.axes @ np.array(limb.bends, np.float64)
    hook = middle + bend * _STRAIGHT / rig.frame.scale
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length
    side = hook - start - along * ((hook - start) @ along)
    side /= np.linalg.norm(side)
    pole = start + along * length * 0.5 + side * length * 0.7
    above = rest[names[0]].parent.name
    name = limb.helper
    found: list[Added] = []
    for chain, first in (("take", _TAKE_HIPS), ("start", above)) if limb.grounded else (("start", above),):
        for number, joint in enumerate(names):
            found.append(Added(name(f"{chain}{number}"), name(f"{chain}{number - 1}") if number else first, like=joint))

    def inner(what: str, parent: str) -> Added:
        return Added(name(what), name(parent), head=start, along=along * length * 0.2, front=side)

    return [
        *found,
        Added(name("hook"), name("start0"), head=hook, along=along * length * 0.05, front=side),
        inner("aim", "start0"),
        inner("reach", "aim"),
        *_floating(rig, limb.control, names[2], end),
        Added(name("pole"), name("reach"), head=pole, along=along * length * 0.08, front=side),
        *_floating(rig, limb.pole, name("pole"), pole),
        inner("swivel", "reach"),
        inner("upper", "swivel"),
        inner("lower", "swivel"),
        Added(name("held0"), name("aim"), like=names[0]),
        Added(name("held1"), name("aim"), like=names[1]),
        Added(name("turned0"), name("upper"), like=names[0]),
        Added(name("turned1"), name("lower"), like=names[1]),
    ]  # fmt: skip


def tie_trunk(rig: Rig) -> None:
    """Let hips, spine, neck and head turn as their controls say, on top of their keys."""
    posed = rig.armature.pose.bones
    pelvis = posed[rig.bones["pelvis"]]
    follow_keys(posed[_TAKE_HIPS], pelvis, location=True)
    _tie_floating(rig, HIPS, _TAKE_HIPS)
    tie(pelvis, "COPY_TRANSFORMS", goal_of(HIPS))
    for joint, name in _TRUNK.items():
        tie(posed[rig.bones[joint]], "COPY_ROTATION", name, **ADDED)


ADDED = {"target_space": "LOCAL", "owner_space": "LOCAL", "mix_mode": "BEFORE"}
"""Settings with which a copied rotation is added to a bone's own."""


def tie_limb(rig: Rig, limb: Limb) -> None:
    """Let an arm or a leg reach for its control."""
    armature, posed = rig.armature, rig.armature.pose.bones
    joints = [posed[rig.bones[joint]] for joint in limb.joints]
    name = limb.helper
    for chain in ("take", "start") if limb.grounded else ("start",):
        for number, joint in enumerate(joints):
            follow_keys(posed[name(f"{chain}{number}")], joint)
    _tie_floating(rig, limb.control, name("take2" if limb.grounded else "start2"))
    _tie_floating(rig, limb.pole, name("pole"))
    tie(posed[name("aim")], "DAMPED_TRACK", name("start2"), track_axis="TRACK_Y")
    tie(posed[name("aim")], "LOCKED_TRACK", name("hook"), track_axis="TRACK_Z", lock_axis="LOCK_Y")
    tie(posed[name("reach")], "DAMPED_TRACK", limb.control, track_axis="TRACK_Y")
    tie(posed[name("swivel")], "LOCKED_TRACK", limb.pole, track_axis="TRACK_Z", lock_axis="LOCK_Y")
    ends = {"a": ("start0", "start1"), "b": ("start1", "start2"), "d": ("start0", "start2")}
    lengths = {letter: (armature, name(one), name(two)) for letter, (one, two) in ends.items()}
    lengths["e"] = (armature, name("start0"), limb.control)
    for bone, sign, near, far in (("upper", "", "a", "b"), ("lower", "-", "b", "a")):
        # By how much the angle at the near end of the triangle differs: the law of cosines, twice.
        now, then = (f"acos(clamp(({near}*{near}+{x}*{x}-{far}*{far})/(2*{near}*{x}),-1,1))" for x in "ed")
        posed[name(bone)].rotation_mode = "XYZ"
        drive(posed[name(bone)], "rotation_euler", 0, f"0 if abs(e-d)<{_SAME} else {sign}({now}-{then})", lengths)
    for number in (0, 1):
        tie(posed[name(f"held{number}")], "COPY_ROTATION", name(f"start{number}"))
        tie(
            posed[name(f"turned{number}")], "COPY_ROTATION", name(f"held{number}"), target_space="LOCAL",
            owner_space="LOCAL",
        )  # fmt: skip
    control = posed[limb.control]
    control[INFLUENCE] = 1.0
    # What is keyed on top of takes is added to the default, so that has to be 0.
    control.id_properties_ui(INFLUENCE).update(
        min=0.0, max=1.0, soft_min=0.0, soft_max=1.0, default=0.0, description="How much of this control acts"
    )
    path = f'{bone_path(limb.control, "")[:-1]}["{INFLUENCE}"]'
    for joint, source in zip(joints, (name("turned0"), name("turned1"), goal_of(limb.control)), strict=True):
        constraint = tie(joint, "COPY_ROTATION", source)
        drive(constraint, "influence", -1, "k", {"k": (armature, path)})
