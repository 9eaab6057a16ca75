"""By what the controls on top of takes are known; imports nothing, for detection and panels ask often."""

from __future__ import annotations

from typing import Any

COLLECTION, HELPERS = "Controls", "Control Helpers"
"""Bone collections: what an artist moves, and what computes for it, hidden."""
CONSTRAINT = "Soliloquy Control"
"""What the names of the constraints begin with that let joints follow controls."""
PROPERTY = "soliloquy_controls"
"""Custom property of armature data: names of the bones that were added, one a line."""
KEY_ENDING = "_control"
"""What a shape key is called, after the key whose movement it adds."""
INFLUENCE = "influence"
"""Custom property of a hand's or a foot's control: how much of it acts, 0..1."""
LIMBS = {"CTL_hand.L": "Left Hand", "CTL_hand.R": "Right Hand", "CTL_foot.L": "Left Foot", "CTL_foot.R": "Right Foot"}
"""Controls that have it, and what they are called."""


def is_ours(constraint: Any) -> bool:
    """Tell whether a constraint belongs to the controls on top of takes: it adds to its bone's keys."""
    return str(constraint.name).startswith(CONSTRAINT)


def added_value(keys: Any, name: str) -> float:
    """Return what the face board adds to a shape key as it stands; ``keys`` are the mesh's shape keys."""
    block = keys.key_blocks.get(name + KEY_ENDING)
    return float(block.value) if block is not None else 0.0


def added_bones(armature: Any) -> list[str]:
    """Return the names of the bones that belong to the controls; empty where there are none."""
    said = armature.data.get(PROPERTY) if armature is not None else None
    return said.split("\n") if isinstance(said, str) else []


def has_controls(armature: Any) -> bool:
    """Tell whether an armature object, or None, has controls on top of takes."""
    return bool(added_bones(armature))
