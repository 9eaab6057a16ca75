"""Eyes that look at a control: the target is moved to where the performance looks, for the eye cannot be turned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.rotation import axis_angle_to_matrix
from ..rest_frame import RestFrame, rest_turns
from .drive import FaceParts
from .face_bone import FaceBone, is_tied

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..rig_parts import RigJoint
    from ..takes.channels import Channel

Doubles = npt.NDArray[np.float64]

_EYES = ("left_eye_smplhf", "right_eye_smplhf")
_AIMS = ("DAMPED_TRACK", "TRACK_TO", "LOCKED_TRACK")


def aimed(armature: Any, joints: Mapping[str, RigJoint]) -> dict[str, tuple[str, str]]:
    """Return eye joint -> (bone that a constraint aims, bone it aims at) of an armature object."""
    found = {}
    for joint in _EYES:
        if joint not in joints or armature.pose is None:
            continue
        for bone in _with_children(armature.data.bones[joints[joint].bone]):
            for constraint in armature.pose.bones[bone.name].constraints:
                if constraint.type in _AIMS and not constraint.mute and constraint.influence > 0.99:
                    target = armature.pose.bones.get(constraint.subtarget) if constraint.target == armature else None
                    if target is not None and not is_tied(target):
                        found.setdefault(joint, (bone.name, target.name))
    return found


def _with_children(bone: Any) -> Iterator[Any]:
    """Yield a bone and all below it."""
    waiting = [bone]
    while waiting:
        bone = waiting.pop()
        yield bone
        waiting += bone.children


@dataclass(frozen=True, eq=False)
class EyeTargets:
    """The targets that eyes look at."""

    armature: Any
    frame: RestFrame
    targets: dict[str, tuple[FaceBone, Doubles]]
    """Eye joint -> its target, and (3,) metres from the middle of the eye to it, in the face's frame."""
    aimed: Mapping[str, str]
    """Eye joint -> the bone that looks at the target."""

    @property
    def bones(self) -> frozenset[str]:
        """Names of the bones that are moved."""
        return frozenset(target.name for target, _ in self.targets.values())

    @property
    def title(self) -> str:
        """What it is, for people."""
        return "eyes by what they look at"

    @property
    def joints(self) -> frozenset[str]:
        """The eyes, whose own bones a constraint holds."""
        return frozenset(self.targets)

    @property
    def coefficients(self) -> frozenset[str]:
        """None: lids are shown by others."""
        return frozenset()

    def channels(self, performance: Performance, region: str) -> list[Channel]:
        """Return the places of the targets, with the region of the eyes."""
        if region != "eyes":
            return []
        found = []
        for joint, (target, away) in self.targets.items():
            turned = axis_angle_to_matrix(performance.joint(joint).astype(np.float64))
            found.append(target.moved(self.armature, turned @ away - away, self.frame))
        return found


def drive_of(parts: FaceParts) -> EyeTargets | None:
    """Return what moves the targets of eyes; None for eyes that turn by themselves."""
    pairs = aimed(parts.armature, parts.joints) if parts.armature is not None else {}
    if not pairs:
        return None
    turns, targets = rest_turns(parts.armature), {}
    for joint, (eye, name) in pairs.items():
        heads = [np.array(parts.armature.data.bones[bone].head_local, np.float64) for bone in (eye, name)]
        middle, place = (parts.frame.scale * parts.frame.axes.T @ head for head in heads)
        bone = FaceBone(name, "eye target", place, parts.frame.axes.T @ turns[name], False, True)
        targets[joint] = bone, place - middle
    return EyeTargets(parts.armature, parts.frame, targets, {joint: eye for joint, (eye, _) in pairs.items()})
