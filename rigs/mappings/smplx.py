"""Skeletons with the names of SMPL-X: the default character, the SMPL-X add-on, and its exports."""

from __future__ import annotations

import re

from ...inference.skeleton import JOINT_NAMES
from .convention import SkeletonKind

_ALIASES = {"left_eye_smplhf": ("left_eye",), "right_eye_smplhf": ("right_eye",)}

SKELETON = SkeletonKind(
    name="smplx",
    title="SMPL-X skeleton",
    bones={joint: (joint, *_ALIASES.get(joint, ())) for joint in JOINT_NAMES},
    t_pose=True,
)

_SHAPE = re.compile(r"shape(\d+)", re.IGNORECASE)


def shape_component(key: str) -> int | None:
    """Return the number of the component of body shape that a shape key stands for, None for any other key."""
    found = _SHAPE.fullmatch(key)
    return int(found[1]) if found is not None else None
