"""Bakes controls down: what they do becomes ordinary keys on joints and face, and they are taken off.

On what a take animates it becomes a fix of that take, one layer per region, which adds to the take's own keys; on the
rest, keys of the live action. Keys set by hand on the take's channels are kept as a fix first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.arkit import REGIONS
from ...inference.errors import BadRig
from ...inference.rotation import continuous_quaternions, matrix_to_quaternion, quaternion_multiply
from .. import compat
from ..takes import curves, fixes, nla
from ..takes import take as takes
from ..takes.access import own_data, own_take, why_locked
from ..takes.channels import bone_path
from ..takes.reduction import reduce_curves
from .layer import remove_controls
from .marker import KEY_ENDING, added_bones, is_ours
from .undeformed import undeformed

if TYPE_CHECKING:
    from ..rig import Rig

Doubles = npt.NDArray[np.float64]

_LIMITS = {"rotation": 0.0004, "location": 0.0002, "coefficient": 0.002}
"""Kind of channel -> largest deviation of the keys: radians, metres, coefficients; a wrist stays within half a mm."""
_NOTHING = {"rotation": 5e-5, "location": 2e-5, "coefficient": 1e-4}
"""Kind of channel -> what counts as nothing added."""


@dataclass(eq=False)
class _Channel:
    """A property that controls may have changed."""

    kind: str
    owner: Any
    path: str
    group: str
    shown: Doubles
    """(T, C) what it must be to show the same without controls."""
    under: Doubles
    """(T, C) what its keys and takes make of it."""

    @property
    def added(self) -> Doubles:
        """(T, C) what has to be added to ``under``."""
        if self.kind != "rotation":
            return self.shown - self.under
        back = self.under * np.array([1.0, -1.0, -1.0, -1.0])
        turn = continuous_quaternions(quaternion_multiply(back, self.shown)).astype(np.float64)
        return turn if turn[0, 0] >= 0.0 else -turn

    @property
    def changed(self) -> bool:
        """Whether anything is added."""
        added = self.added[:, 1:] * 2.0 if self.kind == "rotation" else self.added
        return bool(np.abs(added).max() > _NOTHING[self.kind])


def bake_controls(rig: Rig, scene: Any = None) -> list[str]:
    """Make what the controls do ordinary keys and take the controls off; nothing that is seen changes.

    Parameters
    ----------
    scene : bpy.types.Scene, optional
        The scene whose frames are looked at; the context's when missing.

    Returns
    -------
    list of str
        The regions of the take that got a fix, in order; ``"pose"`` last where keys or values outside takes did.

    Raises
    ------
    SoliloquyError
        When there are no controls, or the character cannot be changed here; nothing is changed then.
    """
    armature = rig.armature
    if not added_bones(armature):
        raise BadRig(f"'{rig.holder.name}' has no controls.", "Press Add Controls first.")
    locked = why_locked(rig)
    if locked is not None:
        raise locked
    scene = scene or bpy.context.scene
    own_data(rig)
    playing = [item for item in nla.tracks(rig) if not item.track.mute]
    for number in dict.fromkeys(item.info["take"] for item in playing):
        own_take(rig, number)
    frames = _frames(rig)
    found = _sampled(rig, scene, frames if frames is not None else np.array([scene.frame_current]))
    hand_made = [takes.find_take(rig, number) for number in dict.fromkeys(item.info["take"] for item in playing)]
    kept = False
    for take in hand_made:
        if take.active and any(item.regions for item in fixes.hand_keys(rig, take)):
            fixes.keep_as_fix(rig, take, scene=scene)
            kept = True
    if kept and frames is not None:
        again = _sampled(rig, scene, frames)
        for channel, other in zip(found, again, strict=True):
            channel.under = other.under
    _drop_control_keys(rig)
    remove_controls(rig)
    regions = _written(rig, [channel for channel in found if channel.changed], frames)
    nla.arrange(rig)
    scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
    return regions


def _frames(rig: Rig) -> npt.NDArray[np.int64] | None:
    """Return the whole frames that takes and live keys reach over; None where nothing is animated."""
    ends: list[float] = []
    for item in nla.tracks(rig, fixes=True):
        if not item.track.mute:
            ends += [end for strip in item.track.strips for end in (strip.frame_start, strip.frame_end)]
    for owner in nla.owners(rig):
        bag = compat.active_channelbag(owner)
        for curve in bag.fcurves if bag is not None else ():
            ends += [*map(float, curve.range())]
    return np.arange(int(np.floor(min(ends))), int(np.ceil(max(ends))) + 1) if ends else None


def _sampled(rig: Rig, scene: Any, frames: npt.NDArray[np.int64]) -> list[_Channel]:
    """Return what joints and face keys show and what lies under the controls, frame by frame."""
    posed = rig.armature.pose.bones
    bones = [bone for bone in posed if any(is_ours(item) for item in bone.constraints)]
    bones = [bone for bone in bones if bone.name in rig.bones.values()]
    blocks = list(_blocks(rig))
    count = len(frames)
    pose, above = np.zeros((count, len(bones), 4, 4)), np.tile(np.eye(4), (count, len(bones), 1, 1))
    turns, places = np.zeros((count, len(bones), 4)), np.zeros((count, len(bones), 3))
    values, more = np.zeros((count, len(blocks))), np.zeros((count, len(blocks)))
    current, subframe = scene.frame_current, scene.frame_subframe
    try:
        with undeformed(rig):
            for row, frame in enumerate(frames):
                scene.frame_set(int(frame))
                for column, bone in enumerate(bones):
                    pose[row, column] = bone.matrix
                    if bone.parent is not None:
                        above[row, column] = bone.parent.matrix
                    turns[row, column], places[row, column] = bone.rotation_quaternion, bone.location
                values[row] = [block.value for _, block, _ in blocks]
                more[row] = [added.value for _, _, added in blocks]
    finally:
        scene.frame_set(current, subframe=subframe)
    found = []
    for column, bone in enumerate(bones):
        rest = np.array(bone.bone.matrix_local)
        over = np.array(bone.parent.bone.matrix_local) if bone.parent is not None else np.eye(4)
        basis = np.linalg.inv(above[:, column] @ np.linalg.inv(over) @ rest) @ pose[:, column]
        turn = basis[:, :3, :3] / np.linalg.norm(basis[:, :3, :3], axis=1, keepdims=True)
        under = turns[:, column] / np.maximum(np.linalg.norm(turns[:, column], axis=1, keepdims=True), 1e-12)
        shown = continuous_quaternions(matrix_to_quaternion(turn)).astype(np.float64)
        found.append(
            _Channel("rotation", rig.armature, bone_path(bone.name, "rotation_quaternion"), bone.name, shown, under)
        )
        if bone.name == rig.bones["pelvis"]:
            path = bone_path(bone.name, "location")
            found.append(_Channel("location", rig.armature, path, bone.name, basis[:, :3, 3], places[:, column]))
    for column, (keys, block, _) in enumerate(blocks):
        path = f'key_blocks["{bpy.utils.escape_identifier(block.name)}"].value'
        under = values[:, column, None]
        found.append(_Channel("coefficient", keys, path, "Shape Keys", under + more[:, column, None], under))
    return found


def _blocks(rig: Rig) -> Iterator[tuple[Any, Any, Any]]:
    """Yield shape keys, a key of them and the key that adds to it."""
    for keys in {mesh.data.shape_keys: None for mesh in rig.attached if mesh.data.shape_keys is not None}:
        for block in keys.key_blocks:
            added = keys.key_blocks.get(block.name + KEY_ENDING)
            if added is not None:
                yield keys, block, added


def _drop_control_keys(rig: Rig) -> None:
    """Take the keys of the controls out of the live action; they have been sampled."""
    bag = compat.active_channelbag(rig.armature)
    starts = tuple(rig.armature.pose.bones[name].path_from_id() for name in added_bones(rig.armature))
    keyed = {curve.data_path for curve in bag.fcurves} if bag is not None else set()
    paths = {path for path in keyed if path.startswith(starts)}
    if paths:
        compat.drop_curves(rig.armature, paths)


def _written(rig: Rig, changed: list[_Channel], frames: npt.NDArray[np.int64] | None) -> list[str]:
    """Write what was added; returns where, see :func:`bake_controls`."""
    if frames is None:
        for channel in changed:
            value = channel.shown[0]
            _set(channel, value)
        return ["pose"] if changed else []
    layers: dict[tuple[Any, str], tuple[nla.TakeTrack, list[_Channel]]] = {}
    alone: list[_Channel] = []
    for owner in nla.owners(rig):
        mine = [channel for channel in changed if channel.owner == owner]
        animated = fixes.animating(owner)
        for channel in mine:
            track = animated.get(channel.path)
            if track is None:
                alone.append(channel)
            else:
                layers.setdefault((owner, track.track.name), (track, []))[1].append(channel)
    for track, channels in layers.values():
        _as_fix(rig, track, channels, frames)
    for channel in alone:
        _as_keys(channel, frames, rig.frame.scale)
    regions = {track.region for track, _ in layers.values()}
    return [*(name for name in REGIONS if name in regions), *(["pose"] if alone else [])]


def _as_fix(rig: Rig, track: nla.TakeTrack, channels: list[_Channel], frames: npt.NDArray[np.int64]) -> None:
    """Add a fix to a take that adds what channels of one region need."""
    owner = track.owner
    action = compat.new_action(takes.action_name(rig, track.info["name"], track.region, fix=True), owner.id_type)
    bag = compat.channelbag(owner, action)
    for channel in channels:
        _write(bag, channel, channel.added, frames, rig.frame.scale)
    fixes.lay_over(track, action, float(frames[0]), float(max(frames[-1], frames[0] + 1)))


def _as_keys(channel: _Channel, frames: npt.NDArray[np.int64], scale: float) -> None:
    """Write a channel that no take animates into the live action."""
    owner = channel.owner
    data = owner.animation_data_create()
    if data.action is None:
        data.action = compat.new_action(f"{owner.name} controls", owner.id_type)
        bag = compat.channelbag(owner, data.action)
        if compat.has_slots():
            data.action_slot = next(slot for slot in data.action.slots if slot.target_id_type == owner.id_type)
    else:
        bag = compat.active_channelbag(owner)
        bag = bag if bag is not None else compat.channelbag(owner, data.action)
    _write(bag, channel, channel.shown, frames, scale)


def _write(bag: Any, channel: _Channel, values: Doubles, frames: npt.NDArray[np.int64], scale: float) -> None:
    limit = _LIMITS[channel.kind] / (scale if channel.kind == "location" else 1.0)
    reduced = reduce_curves(values[None], limit, "BEZIER", rotation=channel.kind == "rotation")[0]
    at = frames[reduced.frames].astype(np.float64)
    curves.write_reduced(bag, channel.path, channel.group, reduced, at, "BEZIER", afresh=True)


def _set(channel: _Channel, value: Doubles) -> None:
    """Let a property that nothing animates stand at a value."""
    holder, _, name = channel.path.rpartition(".")
    setattr(channel.owner.path_resolve(holder), name, float(value[0]) if len(value) == 1 else value)
