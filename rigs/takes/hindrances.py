"""What keeps a freshly baked take from showing, in words: drivers, constraints, muted and clamped keys, live actions.

Some of it can be seen without playing anything; the rest explains what :mod:`readback` finds to be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import bpy

from ...inference.arkit import region_of_joint
from .. import compat
from ..faces.key_shapes import masked_out
from . import nla
from .channels import Channel
from .locks import locked_axes

if TYPE_CHECKING:
    from ..rig import Rig
    from .readback import Missed

_PLAY = 1e-3
"""How far outside a slider's range a value may lie without a word."""


@dataclass
class Hindrances:
    """Sentences, and which channels they account for."""

    sentences: list[str] = field(default_factory=list)
    accounted: set[tuple[int, str]] = field(default_factory=set)
    """Address of the data block and data path."""

    def say(self, sentence: str, channels: Iterable[tuple[int, str]] = ()) -> None:
        """Add a sentence that accounts for channels."""
        self.sentences.append(sentence)
        self.accounted.update(channels)


def listed(names: Sequence[str], many: str) -> str:
    """Return names as the subject of a sentence: ``'jawOpen'``, or ``12 shape keys, among them 'jawOpen',``."""
    return f"'{names[0]}'" if len(names) == 1 else f"{len(names)} {many}, among them '{names[0]}',"


def be(names: Sequence[str]) -> str:
    """Return the verb that goes with :func:`listed`."""
    return "is" if len(names) == 1 else "are"


def hindrances(rig: Rig, by_region: dict[str, list[Channel]]) -> Hindrances:
    """Return what can be seen to keep baked channels from showing, before anything is played."""
    found = Hindrances()
    paths: dict[int, dict[str, str]] = {}
    for target in (t for items in by_region.values() for c in items for t in c.targets):
        paths.setdefault(target.owner.as_pointer(), {})[target.data_path] = target.group
    same = {
        (target.owner.as_pointer(), target.data_path): channel
        for items in by_region.values() for channel in items for target in channel.targets
    }  # fmt: skip
    for owner in nla.owners(rig):
        _animation(owner, _called(rig, owner), paths.get(owner.as_pointer(), {}), same, found)
    for switch in rig.switches:
        if switch.path.endswith("].influence") and switch.regions & set(by_region):
            constraint = rig.armature.path_resolve(switch.path.rpartition(".")[0])
            found.say(f"The constraint '{constraint.name}' of '{switch.bone}' is switched off while the take plays.")
    if rig.armature is not None and any(c.kind == "rotation" for items in by_region.values() for c in items):
        _armature(rig, by_region, found)
    _keys(rig, by_region, found)
    return found


def _called(rig: Rig, owner: Any) -> str:
    """Return the name of the object that an artist knows a data block by."""
    meshes = (mesh for mesh in rig.meshes if mesh.data.shape_keys == owner)
    return str(next((mesh.name for mesh in meshes), owner.name))


def _name(owner: Any, data_path: str, group: str) -> str:
    """Return the bone or the shape key that a data path leads to."""
    if owner.id_type == "KEY":
        return next((b.name for b in owner.key_blocks if f'"{b.name}"' in data_path), data_path)
    return group


def _follows(owner: Any, curve: Any, same: dict[tuple[int, str], Channel]) -> bool:
    """Tell whether a driver only hands on what the take gives to another property: brows that follow the face."""
    driver = curve.driver
    if len(driver.variables) != 1 or driver.variables[0].type != "SINGLE_PROP":
        return False
    variable = driver.variables[0]
    if driver.type == "SCRIPTED" and driver.expression.strip() != variable.name:
        return False
    source = variable.targets[0]
    channel = same.get((source.id.as_pointer(), source.data_path)) if source.id is not None else None
    return channel is not None and channel is same.get((owner.as_pointer(), curve.data_path))


def _animation(
    owner: Any, called: str, mine: dict[str, str], same: dict[tuple[int, str], Channel], found: Hindrances
) -> None:
    """Look at what else animates a data block."""
    data, pointer = owner.animation_data, owner.as_pointer()
    if data is None or not mine:
        return
    bag = compat.active_channelbag(owner)
    live = (
        [c for c in bag.fcurves if not c.mute and not (c.group is not None and c.group.mute)] if bag is not None else []
    )
    covered = {curve.data_path for curve in live if curve.data_path in mine} if data.action_influence > 0.0 else set()
    if covered:
        how = "plays over" if data.action_blend_type == "REPLACE" else "is added to"
        names = list(dict.fromkeys(_name(owner, path, mine[path]) for path in mine if path in covered))
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        found.say(
            f"The action '{data.action.name}' on '{called}' has keys on '{names[0]}'{more} and {how} the take. "
            "Press Keep as Fix to lay them over this take alone, or unlink the action in the Action Editor.",
            ((pointer, path) for path in covered),
        )
    if not data.use_nla:
        found.say(
            f"The NLA of '{called}' is switched off, so the take does not show. Tick its checkbox in the NLA editor.",
            ((pointer, path) for path in mine),
        )
    if any(track.is_solo for track in data.nla_tracks):
        found.say(
            f"An NLA track of '{called}' is soloed and hides the take. Click its star in the NLA editor.",
            ((pointer, path) for path in mine),
        )
    driven = {
        d.data_path
        for d in data.drivers
        if d.data_path in mine and not d.mute and d.driver.is_valid and not _follows(owner, d, same)
    }
    if driven:
        names = [_name(owner, path, mine[path]) for path in mine if path in driven]
        many = "shape keys" if owner.id_type == "KEY" else "bones"
        found.say(
            f"{listed(names, many)} of '{called}' {be(names)} moved by a driver, over which keys have no effect. "
            "Delete the driver, or animate what drives it.",
            ((pointer, path) for path in driven),
        )


def _armature(rig: Rig, by_region: dict[str, list[Channel]], found: Hindrances) -> None:
    armature = rig.armature
    everything = [
        (armature.as_pointer(), t.data_path) for items in by_region.values() for c in items for t in c.targets
    ]
    if armature.data.pose_position == "REST":
        found.say(
            f"'{armature.name}' is shown in its rest position, so the take does not show. Choose Pose Position in its "
            "Data properties.",
            everything,
        )
    if armature.mode == "EDIT":
        found.say(f"'{armature.name}' is in Edit Mode; the take shows once you leave it.", everything)
    _locks(rig, by_region, found)
    for mesh in rig.attached:
        off = [m.name for m in mesh.modifiers if m.type == "ARMATURE" and m.object == armature and not m.show_viewport]
        if off:
            found.say(
                f"The modifier '{off[0]}' of '{mesh.name}' is switched off, so the mesh does not follow the bones. "
                "Switch it on in the Modifiers properties."
            )
            continue
        off = [m.name for m in mesh.modifiers if m.type == "ARMATURE" and m.object == armature and not m.show_render]
        if off:
            found.say(f"The modifier '{off[0]}' of '{mesh.name}' is switched off for renders. Switch its camera on.")


def _locks(rig: Rig, by_region: dict[str, list[Channel]], found: Hindrances) -> None:
    """Say which bones of the regions turn less than performed, or not at all, since they are locked."""
    parts = [
        rig.armature.pose.bones[part.bone]
        for joint, item in rig.joints.items() if region_of_joint(joint) in by_region for part in item.segments
    ]  # fmt: skip
    for whole, stay in ((True, "not turned"), (False, "turned about their other axes alone")):
        names = [bone.name for bone in parts if locked_axes(bone) and (locked_axes(bone) == "XYZ") == whole]
        if names:
            stay = stay.replace("their", "its") if len(names) == 1 else stay
            found.say(
                f"{listed(names, 'bones')} {be(names)} locked against turning (Lock Rotation), and {stay} by the take. "
                "Unlock what shall turn and animate again."
            )


def _keys(rig: Rig, by_region: dict[str, list[Channel]], found: Hindrances) -> None:
    """Look at shape keys: muted, clamped by their sliders, pinned, or not relative."""
    ranges = {
        (target.owner.as_pointer(), target.data_path): _range(channel)
        for items in by_region.values()
        for channel in items
        if channel.kind == "coefficient"
        for target in channel.targets
    }
    for mesh in rig.meshes:
        keys = mesh.data.shape_keys
        paths = _key_paths(keys) if keys is not None else {}
        mine = {name: (keys.as_pointer(), path) for name, path in paths.items() if (keys.as_pointer(), path) in ranges}
        if not mine:
            continue
        if mesh.show_only_shape_key:
            found.say(
                f"'{mesh.name}' shows one shape key alone (Solo Active Key), so the face does not move. "
                "Switch the pin off beside its shape keys."
            )
        if not keys.use_relative:
            found.say(
                f"The shape keys of '{mesh.name}' are absolute, so their values do not show. "
                "Switch Relative on beside its shape keys."
            )
        muted = [name for name in mine if keys.key_blocks[name].mute]
        if muted:
            found.say(
                f"{listed(muted, 'shape keys')} of '{mesh.name}' {be(muted)} muted and not shown. "
                "Tick the checkbox beside the name."
            )
        empty = masked_out(mesh, [keys.key_blocks[name] for name in mine])
        if empty:
            group = keys.key_blocks[empty[0]].vertex_group
            found.say(
                f"{listed(empty, 'shape keys')} of '{mesh.name}' {be(empty)} masked by the vertex group '{group}', in "
                "which nothing has weight, and not shown. Clear the key's vertex group, or paint it."
            )
        for name, place in mine.items():
            _clamped(mesh, keys.key_blocks[name], ranges[place], place, found)


def _key_paths(keys: Any) -> dict[str, str]:
    """Return shape key -> data path of its value."""
    return {b.name: f'key_blocks["{bpy.utils.escape_identifier(b.name)}"].value' for b in keys.key_blocks}


def _range(channel: Channel) -> tuple[float, float]:
    """Return the lowest and the highest value that a slider may be too short for."""
    return (0.0, 0.0) if channel.widens else (float(channel.values.min()), float(channel.values.max()))


def _clamped(mesh: Any, block: Any, values: tuple[float, float], place: tuple[int, str], found: Hindrances) -> None:
    low, high = values
    if high > block.slider_max + _PLAY:
        found.say(
            f"'{block.name}' of '{mesh.name}' stops at {block.slider_max:.2g}, the end of its slider; "
            f"performed are up to {high:.2g}. Raise Range Max of the shape key.",
            [place],
        )
    if low < block.slider_min - _PLAY:
        found.say(
            f"'{block.name}' of '{mesh.name}' stops at {block.slider_min:.2g}, the start of its slider; "
            f"performed are down to {low:.2g}. Lower Range Min of the shape key.",
            [place],
        )


def explain(rig: Rig, missed: Sequence[Missed], known: Hindrances) -> list[str]:
    """Return why channels do not show what was performed, where ``known`` does not account for it."""
    reasons: dict[str, list[Missed]] = {}
    for item in missed:
        if (item.owner.as_pointer(), item.data_path) not in known.accounted:
            reasons.setdefault(_reason(rig, item), []).append(item)
    found = []
    for reason, items in reasons.items():
        names = list(dict.fromkeys(item.name for item in items))
        worst = max(items, key=lambda item: item.off)
        many = "shape keys" if worst.owner.id_type == "KEY" else "bones"
        found.append(f"{listed(names, many)} of '{_called(rig, worst.owner)}' {be(names)} {reason} ({worst.words}).")
    return found


def _reason(rig: Rig, item: Missed) -> str:
    """Return what holds a channel, as the rest of a sentence that begins with its name."""
    driven = item.owner.animation_data.drivers if item.owner.animation_data is not None else ()
    if any(curve.data_path == item.data_path and not curve.mute for curve in driven):
        return "moved by a driver; delete the driver, or animate what drives it"
    if not item.posed:
        return "not where the take's keys put it: something else animates it"
    bone = rig.armature.pose.bones[item.name]
    active = [
        (other, constraint)
        for other in rig.armature.pose.bones
        for constraint in other.constraints
        if not constraint.mute and constraint.influence > 0.0
    ]
    override = "which overrides the take; switch it off or lower its influence"
    for other, constraint in active:
        if constraint.type in ("IK", "SPLINE_IK"):
            chain = [other, *other.parent_recursive]
            if bone in (chain[: constraint.chain_count] if constraint.chain_count else chain):
                return f"moved by the constraint '{constraint.name}' of '{other.name}', {override}"
    for other, constraint in active:
        if other == bone:
            return f"held by the constraint '{constraint.name}', {override}"
    if not bone.bone.use_inherit_rotation:
        return "set not to inherit the rotation of the bone above; switch Inherit Rotation on in the Bone properties"
    return "not where the take's keys put it: something else moves it"
