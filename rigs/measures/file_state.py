"""What a file holds, so that a take can be shown to leave alone what it must and to leave nothing behind."""

from __future__ import annotations

from typing import Any

import bpy

from .. import compat
from ..rig import Rig
from ..takes import nla
from ..takes.channels import bone_of


def state_of(rig: Rig) -> dict[str, Any]:
    """Return name -> value of what a take might change: bones, keys, objects, actions, tracks, custom properties."""
    found: dict[str, Any] = {}
    if rig.armature is not None:
        for bone in rig.armature.pose.bones:
            found[f"bone {bone.name}"] = [list(row) for row in bone.matrix_basis]
            found[f"mode {bone.name}"] = bone.rotation_mode
            found[f"properties {bone.name}"] = {
                name: value for name, value in bone.items() if isinstance(value, bool | int | float | str)
            }
    for mesh in rig.attached:
        keys = mesh.data.shape_keys
        for block in keys.key_blocks if keys is not None else ():
            found[f"key {mesh.name} {block.name}"] = (block.value, block.slider_min, block.slider_max, block.mute)
    for item in bpy.data.objects:
        found[f"object {item.name}"] = [list(row) for row in item.matrix_basis]
        found[f"names {item.name}"] = sorted(item.keys())
    owners = [item for item in (rig.armature, *(mesh.data.shape_keys for mesh in rig.attached)) if item is not None]
    for owner in owners:
        data = owner.animation_data
        action = data.action if data is not None else None
        slot = compat.active_slot(data) if action is not None else None
        found[f"animation {owner.name}"] = (
            action.name if action is not None else "",
            slot.identifier if slot is not None else "",
            [(track.name, track.mute) for track in data.nla_tracks] if data is not None else [],
        )
    found["actions"] = sorted(action.name for action in bpy.data.actions)
    return found


def animated(rig: Rig) -> set[str]:
    """Return the names of the bones that takes or drivers animate."""
    owner = rig.armature
    data = owner.animation_data if owner is not None else None
    if data is None:
        return set()
    bags = [compat.strip_channelbag(found.strip) for found in nla.owner_tracks(owner)]
    paths = [curve.data_path for bag in bags if bag is not None for curve in bag.fcurves]
    paths += [curve.data_path for curve in data.drivers]
    # What an action of the file moved stands still with it.
    muted = [strip for track in data.nla_tracks if track.mute for strip in track.strips]
    paths += [curve.data_path for strip in muted if (bag := compat.strip_channelbag(strip)) for curve in bag.fcurves]
    found = {bone_of(path) for path in paths}
    return found - {""}


def changed(before: dict[str, Any], after: dict[str, Any], tolerance: float = 0.0) -> list[str]:
    """Return the names of what differs."""
    return sorted(
        name
        for name in {*before, *after}
        if name not in before or name not in after or _far(before[name], after[name]) > tolerance
    )


def _far(one: Any, other: Any) -> float:
    """Return the largest difference of two values; infinite where they are not of a kind."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            return float("inf")
        return max((_far(a, b) for a, b in zip(one, other, strict=True)), default=0.0)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(float(one) - float(other))
    return 0.0 if one == other else float("inf")
