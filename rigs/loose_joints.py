"""Joints whose bones hang on none of the body's, so that nothing carries them along but keys of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .reference_skeleton import PARENT

if TYPE_CHECKING:
    from .rig_parts import RigJoint

_PLACING = ("COPY_LOCATION", "COPY_TRANSFORMS", "CHILD_OF", "ARMATURE")
"""Constraints that take a bone where another one is."""


def loose_joints(armature: Any, joints: Mapping[str, RigJoint]) -> dict[str, str]:
    """Return joint -> the joint above whose bone its own does not hang on, though it should and may leave its place."""
    found = {}
    body = {part.bone for item in joints.values() for part in item.segments}
    for joint, item in joints.items():
        bone = armature.data.bones[item.bone]
        first = item.segments[0]
        above = PARENT[joint]
        while above is not None and above not in joints:
            above = PARENT[above]
        if first.above is not None or first.base is not None or above is None or bone.use_connect:
            continue
        if not any(parent.name in body for parent in bone.parent_recursive) and not _placed(armature, bone):
            found[joint] = above
    return found


def _placed(armature: Any, bone: Any) -> bool:
    """Tell whether a constraint takes a bone, or one that it hangs on, where another bone of the armature is."""
    posed = armature.pose.bones if armature.pose is not None else {}
    return any(
        constraint.type in _PLACING and not constraint.mute and constraint.influence > 0.0
        and (constraint.type == "ARMATURE" or constraint.target == armature)
        for item in (bone, *bone.parent_recursive) if item.name in posed
        for constraint in posed[item.name].constraints
    )  # fmt: skip
