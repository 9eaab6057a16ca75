"""Skeletons with the names of SMPL-X: the default character, SMPL-X add-ons and their exports, SMPL's motion files."""

from __future__ import annotations

import re

from ...inference.skeleton import JOINT_NAMES
from .convention import SkeletonKind
from .spelling import plain


def _spellings(joint: str) -> tuple[str, ...]:
    spelled = plain(joint)
    return (spelled, spelled.removesuffix("smplhf")) if spelled.endswith("smplhf") else (spelled,)


SKELETON = SkeletonKind(
    name="smplx",
    title="SMPL-X skeleton",
    bones={joint: _spellings(joint) for joint in JOINT_NAMES},
    spelling=plain,
    t_pose=True,
)

_SHAPE = re.compile(r"shape(\d+)", re.IGNORECASE)


def shape_component(key: str) -> int | None:
    """Return the number of the component of body shape that a shape key stands for, None for any other key."""
    found = _SHAPE.fullmatch(key)
    return int(found[1]) if found is not None else None
