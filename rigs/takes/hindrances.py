"""What would keep a freshly baked take from showing: live actions, soloed tracks, rotation modes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import compat
from . import nla
from .channels import Channel

if TYPE_CHECKING:
    from ..rig import Rig


def _bones(rig: Rig, by_region: dict[str, list[Channel]]) -> list[Any]:
    names = {t.group for found in by_region.values() for c in found if c.kind == "rotation" for t in c.targets}
    return [bone for bone in rig.armature.pose.bones if bone.name in names] if names else []


def use_quaternions(rig: Rig, by_region: dict[str, list[Channel]]) -> None:
    """Switch the bones that a bake keys to quaternion rotation."""
    for bone in _bones(rig, by_region):
        if bone.rotation_mode != "QUATERNION":
            bone.rotation_mode = "QUATERNION"


def hindrances(rig: Rig, by_region: dict[str, list[Channel]]) -> list[str]:
    """Return in words what keeps the baked channels from showing as baked; empty when nothing does."""
    found: list[str] = []
    paths: dict[int, set[str]] = {}
    for target in (t for items in by_region.values() for c in items for t in c.targets):
        paths.setdefault(target.owner.as_pointer(), set()).add(target.data_path)
    for owner in nla.owners(rig):
        bag, data = compat.active_channelbag(owner), owner.animation_data
        mine = paths.get(owner.as_pointer(), set())
        covered = {curve.data_path for curve in bag.fcurves if curve.data_path in mine} if bag is not None else set()
        if covered:
            how = "plays over" if data.action_blend_type == "REPLACE" else "is added to"
            found.append(
                f"The action '{data.action.name}' on '{owner.name}' has keys on {len(covered)} of the animated "
                f"properties and {how} the take."
            )
        if data is not None and not data.use_nla:
            found.append(f"The NLA of '{owner.name}' is switched off, so the take does not show.")
        if data is not None and any(track.is_solo for track in data.nla_tracks):
            found.append(f"An NLA track of '{owner.name}' is soloed and hides the take.")
    turned = [bone.name for bone in _bones(rig, by_region) if bone.rotation_mode != "QUATERNION"]
    if turned:
        found.append(
            f"{len(turned)} bones, among them '{turned[0]}', were switched to quaternion rotation; "
            "keys on their other rotation channels no longer act."
        )
    return found
