"""Bones that are added to an armature: where each lies at rest, said before Edit Mode and written in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from mathutils import Vector

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Added:
    """A bone to be added; it deforms nothing."""

    name: str
    parent: str
    """Name of a bone that is there, or comes before it; empty for none."""
    like: str = ""
    """The bone whose rest it has, where that is given; else the next three say it."""
    head: Doubles | None = None
    """(3,) in the armature's space."""
    along: Doubles | None = None
    """(3,) from head to tail: the bone's Y axis."""
    front: Doubles | None = None
    """(3,) about where its Z axis points."""
    control: bool = False
    """Whether an artist moves it; else it is a helper."""
    world_moves: bool = False
    """Whether its location counts along the armature's axes instead of its own."""


def place(edit_bones: Any, wanted: Iterable[Added]) -> None:
    """Put bones where they belong, in Edit Mode; those that are missing are made."""
    for item in wanted:
        bone = edit_bones.get(item.name) or edit_bones.new(item.name)
        if item.like:
            same = edit_bones[item.like]
            bone.head, bone.tail, bone.roll = same.head, same.tail, same.roll
        else:
            assert item.head is not None
            assert item.along is not None
            assert item.front is not None
            bone.head, bone.tail = item.head, item.head + item.along
            bone.align_roll(Vector(item.front))
        bone.parent = edit_bones[item.parent] if item.parent else None
        bone.use_connect = bone.use_deform = False
        bone.use_local_location = not item.world_moves
