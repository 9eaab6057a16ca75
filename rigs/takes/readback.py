"""After a bake: plays one or two frames of a take and compares what shows with what was performed.

This happens in a scene of its own that holds the character alone, so that the user's scene neither moves nor has to be
evaluated.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.rotation import matrix_to_quaternion
from ..controls import only_parented
from ..render.stage import objects_of, shown
from . import nla
from .channels import Channel

if TYPE_CHECKING:
    from ..rig import Rig

Doubles = npt.NDArray[np.float64]

ALLOWED = {"rotation": 0.03, "coefficient": 0.02, "location": 0.01}
"""How far off a channel may show, beside the tolerance of its keys: radians, share of the largest value, metres."""
_MOVED = 0.3
"""Share of its largest movement from which on a channel counts as moving at a frame."""
_FRAMES = 2
"""Frames looked at: one, and another for regions that rest there."""
_CANDIDATES = 300
"""Samples among which the frames are chosen."""


@dataclass(frozen=True)
class Missed:
    """A channel that shows something else than was performed."""

    owner: Any
    data_path: str
    name: str
    """The bone or the shape key."""
    posed: bool
    """The property is as baked, but the bone is not where it puts it."""
    off: float
    words: str
    """How far off, in words."""


def missed(rig: Rig, by_region: dict[str, list[Channel]], frames: Doubles) -> list[Missed]:
    """Return the channels that do not show as performed at the frames that move most.

    Parameters
    ----------
    rig : Rig
        The character, whose take plays.
    by_region : dict
        What was baked.
    frames : (T,) array
        Scene frames of the channels' samples.
    """
    found: dict[tuple[int, str], Missed] = {}
    moving = {region: [channel for channel in items if channel.kind != "switch"] for region, items in by_region.items()}
    channels = [channel for items in moving.values() for channel in items]
    with _on_its_own(rig) as scene:
        for sample in _samples(moving, _plays_alone(rig, frames)):
            whole = int(np.floor(frames[sample] + 1e-6))
            scene.frame_set(whole, subframe=float(max(0.0, frames[sample] - whole)))
            graph = scene.view_layers[0].depsgraph
            for item in (*_keys(channels, graph, sample), *_bones(rig, channels, graph, sample)):
                said = dataclasses.replace(item, words=f"at frame {frames[sample]:g} {item.words}")
                found.setdefault((item.owner.as_pointer(), item.data_path), said)
    return list(found.values())


@contextmanager
def _on_its_own(rig: Rig) -> Iterator[Any]:
    objects = objects_of(rig)
    scene = bpy.data.scenes.new("Soliloquy read back")
    try:
        for item in objects:
            scene.collection.objects.link(item)
        with shown(objects):
            yield scene
    finally:
        bpy.data.scenes.remove(scene)


def _movement(channel: Channel, step: int) -> Doubles:
    """Return how far a channel is from where it rests, at every ``step``-th sample."""
    values = channel.values[::step]
    if channel.kind == "rotation":
        moved: Doubles = 2.0 * np.arccos(np.clip(np.abs(values[:, 0]), 0.0, 1.0))
        return moved
    return np.abs(values - values[:1]).max(axis=1) + np.abs(values).max(axis=1)


def _plays_alone(rig: Rig, frames: Doubles) -> npt.NDArray[np.bool_]:
    """Return (T,) where a take is not passing over from the one before or into the next."""
    begun, ended = float(frames[0]), float(frames[-1])
    for found in nla.tracks(rig):
        if not found.track.mute and abs(found.strip.frame_start - frames[0]) < 1.0:
            begun = max(begun, found.strip.frame_start + found.strip.blend_in)
            ended = min(ended, found.pieces[-1].frame_end - found.pieces[-1].blend_out)
    alone = (frames >= begun) & (frames <= ended)
    return alone if alone.any() else np.ones(len(frames), bool)


def _samples(by_region: dict[str, list[Channel]], alone: npt.NDArray[np.bool_]) -> list[int]:
    """Return the samples to look at, of those ``alone``: where most moves, and where what rested then moves."""
    moving: list[Doubles] = []
    count = max(len(channel.values) for channels in by_region.values() for channel in channels)
    step = max(1, count // _CANDIDATES)
    for channels in by_region.values():
        amount = np.array([_movement(channel, step) for channel in channels])
        largest = amount.max(axis=1, keepdims=True)
        share = np.where(largest > ALLOWED["rotation"], amount / np.maximum(largest, 1e-9), 0.0)
        moving.append(share)
    chosen: list[int] = []
    while moving and len(chosen) < _FRAMES:
        score = np.sum([share.mean(axis=0) for share in moving], axis=0)
        chosen.append(int(np.argmax(np.where(alone[::step], score, -1.0))))
        moving = [share for share in moving if share.max() >= _MOVED and share[:, chosen[-1]].max() < _MOVED]
    return [step * index for index in chosen]


def _keys(channels: list[Channel], graph: Any, sample: int) -> Iterator[Missed]:
    blocks: dict[int, Any] = {}
    for channel in channels:
        for target in channel.targets if channel.kind == "coefficient" else ():
            if target.owner.id_type != "KEY":
                continue  # a property that drives keys
            pointer = target.owner.as_pointer()
            if pointer not in blocks:
                blocks[pointer] = target.owner.evaluated_get(graph).key_blocks
            name = target.owner.path_resolve(target.data_path.rpartition(".")[0]).name
            wanted, got = float(channel.values[sample, 0]), float(blocks[pointer][name].value)
            if abs(got - wanted) > ALLOWED["coefficient"] * max(1.0, float(np.abs(channel.values).max())):
                words = f"it shows {got:.2f}, performed are {wanted:.2f}"
                yield Missed(target.owner, target.data_path, name, False, abs(got - wanted), words)


def _bones(rig: Rig, channels: list[Channel], graph: Any, sample: int) -> Iterator[Missed]:
    wanted = {
        (channel.kind, channel.targets[0].group): (channel.values[sample], channel.targets[0].data_path)
        for channel in channels if channel.kind != "coefficient"
    }  # fmt: skip
    if not wanted:
        return
    bones = rig.armature.evaluated_get(graph).pose.bones
    order = {name: index for index, name in enumerate(bones.keys())}
    free = {
        part.bone
        for item in rig.joints.values() for part in item.segments
        if part.above is None and not rig.armature.data.bones[part.bone].use_inherit_rotation
    }  # fmt: skip
    # What turns with others as with a parent has no base to be measured from; its own keys are looked at alone.
    elsewhere = {bone.name for bone in bones if bone.constraints and only_parented(bone)}
    bases = _bases(rig.armature, bones, order, free)
    turns, places = _read(bones, "rotation_quaternion", 4), _read(bones, "location", 3)
    for (kind, name), (values, path) in wanted.items():
        basis = bases[order[name]]
        if kind == "rotation":
            turn = basis[:3, :3] / np.maximum(np.linalg.norm(basis[:3, :3], axis=0), 1e-30)
            posed = turns[order[name]] if name in elsewhere else matrix_to_quaternion(turn).astype(np.float64)
            offs = _between(turns[order[name]], values), _between(posed, values)
            words = f"it is {np.degrees(max(offs)):.0f} degrees off"
        else:
            seen = rig.armature.data.bones[name].use_local_location and name not in elsewhere
            posed = basis[:3, 3] if seen else values
            offs = tuple(float(np.linalg.norm(at - values)) * rig.root.metres for at in (places[order[name]], posed))
            words = f"it is {100 * max(offs):.0f} cm off"
        if max(offs) > ALLOWED[kind]:
            yield Missed(rig.armature, path, name, offs[0] <= ALLOWED[kind], max(offs), words)


def _read(items: Any, name: str, width: int) -> Doubles:
    flat = np.empty(width * len(items), np.float32)
    items.foreach_get(name, flat)
    return flat.reshape(len(items), width).astype(np.float64)


def _bases(armature: Any, posed: Any, order: dict[str, int], free: set[str]) -> Doubles:
    """Return (B, 4, 4): how every bone stands to its rest pose, seen from the bone above as that is posed.

    Bones that are ``free`` do not turn with the one above.
    """
    # Blender hands out columns.
    pose = _read(posed, "matrix", 16).reshape(-1, 4, 4).transpose(0, 2, 1)
    rest = _read(armature.data.bones, "matrix_local", 16).reshape(-1, 4, 4).transpose(0, 2, 1)
    known = {name: index for index, name in enumerate(armature.data.bones.keys())}
    rest = rest[[known[name] for name in order]]
    above = np.broadcast_to(np.eye(4), pose.shape).copy()
    parents = [order[bone.parent.name] if bone.parent is not None and bone.name not in free else -1 for bone in posed]
    held = np.array([index for index, parent in enumerate(parents) if parent >= 0], int)
    if len(held):
        over = np.array(parents)[held]
        above[held] = pose[over] @ np.linalg.inv(rest[over])
    bases: Doubles = np.linalg.solve(above @ rest, pose).astype(np.float64)
    return bases


def _between(one: Doubles, other: Doubles) -> float:
    """Return the radians between two quaternions."""
    cosine = abs(float(one @ other)) / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9)
    return 2.0 * float(np.arccos(min(1.0, cosine)))
