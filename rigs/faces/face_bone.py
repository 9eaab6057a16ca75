"""A bone of a face as it lies at rest, and the channels that move it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..controls import Carriers
from ..mappings.face_bones import JAW, roles_of
from ..rest_frame import RestFrame, rest_turns

if TYPE_CHECKING:
    from ..takes.channels import Channel

Doubles = npt.NDArray[np.float64]

_TIES = (
    "COPY_TRANSFORMS",
    "COPY_LOCATION",
    "COPY_ROTATION",
    "ARMATURE",
    "STRETCH_TO",
    "DAMPED_TRACK",
    "IK",
    "CHILD_OF",
)
"""Constraints with which a bone is no control."""


def is_tied(posed: Any) -> bool:
    """Tell whether a constraint decides where a pose bone is, so that it is no control."""
    return any(not item.mute and item.influence > 0.0 and item.type in _TIES for item in posed.constraints)


@dataclass(frozen=True, eq=False)
class FaceBone:
    """A bone that is part of a face."""

    name: str
    role: str
    place: Doubles
    """(3,) its head in the face's frame, metres."""
    rest: Doubles
    """(3, 3) its own axes at rest, as columns in the face's frame."""
    with_jaw: bool
    """Whether the jaw bone carries it."""
    free: bool
    """Whether its location counts: it is not connected to its parent."""

    @property
    def side(self) -> int:
        """1 on the character's left, -1 on its right."""
        return 1 if self.place[0] > 0.0 else -1

    def moved(self, armature: Any, shift: Doubles, frame: RestFrame) -> Channel:
        """Return the channel of (T, 3) shifts in the face's frame as it stands on what carries the bone, metres."""
        from ..takes.channels import Channel, Target, bone_path

        axes = self.rest if armature.data.bones[self.name].use_local_location else np.eye(3)
        target = Target(armature, bone_path(self.name, "location"), self.name)
        return Channel("location", shift @ axes / frame.scale, [target], unit=frame.scale)

    def turned(self, armature: Any, axis_angle: Doubles) -> Channel:
        """Return the channel of (T, 3) rotations about its head, axis-angle in the face's frame."""
        from ..takes.channels import Channel, Target, bone_path, quaternions

        target = Target(armature, bone_path(self.name, "rotation_quaternion"), self.name)
        return Channel("rotation", quaternions(axis_angle @ self.rest), [target])


def face_bones(armature: Any, frame: RestFrame) -> list[FaceBone]:
    """Return the bones of a face that may be moved: what is tied to another bone, or hangs on one of its part, is not.

    Of several jaws the one nearest to the middle counts, and of those the one nearest to the root.
    """
    roles = roles_of(armature)
    if not roles:
        return []
    carriers, bones = Carriers(armature), armature.data.bones
    above = {name: [bone.name for bone in carriers.above(bones[name])] for name in roles}
    posed = armature.pose.bones
    usable = {
        name: role
        for name, role in roles.items()
        if not is_tied(posed[name]) and not any(roles.get(other) == role for other in above[name])
    }
    turns = rest_turns(armature)
    places = {name: frame.scale * frame.axes.T @ np.array(bones[name].head_local, np.float64) for name in usable}
    jaws = [name for name, role in usable.items() if role == JAW]
    jaw = min(jaws, key=lambda name: (round(abs(places[name][0]), 3), len(above[name])), default="")
    return [
        FaceBone(name, role, places[name], frame.axes.T @ turns[name], jaw in above[name], not bones[name].use_connect)
        for name, role in usable.items()
        if role != JAW or name == jaw
    ]
