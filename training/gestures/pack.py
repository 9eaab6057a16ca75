"""Puts the selected clips into one small file, for training; it does not ship."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...inference.body.upper_body import UPPER_BODY
from ...inference.character import load_character
from ...inference.gestures.library import FORMAT, pack_rotations
from ...inference.rotation import quaternion_to_axis_angle
from .motion import arm_paths, smooth_motion, upper_body_motion
from .selection import LeftOut, SourceClip, select_clips
from .stroke_phases import Phases, find_phases, wrist_travel

Doubles = npt.NDArray[np.float64]
_TREMOR = {"PNGestures": 1.2, "adult_male": 0.8}
"""Frames of smoothing per set; inertial gloves shake more than optical markers."""
_STILL_LEFT_FINGERS = ("PNGestures",)
_SAME = 0.02  # metres of wrist distance under which two clips are one
_HALFWAY = 0.6
_FASTEST = 4.0  # metres per second of a wrist; more is a fault of the recording


@dataclass(frozen=True, eq=False)
class PackedClip:
    """One clip as it goes into the file."""

    origin: SourceClip
    rotations: Doubles
    """(T, 41, 4) quaternions."""
    paths: Doubles
    """(T, 2, 3) wrists, metres from the pelvis."""
    elbows: Doubles
    """(2,) metres of the elbows over the shoulders at the emphasis."""
    phases: Phases
    speed: float
    halfway: float


def read_clip(origin: SourceClip, joints: npt.ArrayLike) -> PackedClip | str:
    """Return a clip ready to pack, or why it cannot be used."""
    with np.load(origin.path, allow_pickle=False) as file:
        poses, fps, marks = file["poses"], float(file["fps"]), json.loads(str(file["phases"]) or "{}")
        quality = str(file["phases_quality"])
    motion = upper_body_motion(poses, still_left_fingers=origin.set in _STILL_LEFT_FINGERS)
    if origin.set in _TREMOR:
        motion = smooth_motion(motion, _TREMOR[origin.set])
    paths = arm_paths(motion, joints)
    marked = marks.get("emphasis") if quality != "auto quartiles" else None
    phases = find_phases(paths, fps, marked)
    if phases is None:
        return "no wrist moves enough, or the stroke runs over the clip's end"
    first, hit = int(phases.ready * fps), round(phases.emphasis * fps)
    speed = np.linalg.norm(np.gradient(paths, 1 / fps, axis=0), axis=-1)
    if speed.max() > _FASTEST:
        return f"a wrist moves at {speed.max():.1f} m/s"
    side = int(wrist_travel(paths).argmax())
    away = np.linalg.norm(paths[: hit + 1, side] - paths[0, side], axis=-1)
    halfway = max(first, int(np.flatnonzero(away >= _HALFWAY * away[-1])[0])) / fps
    elbows = arm_paths(motion[hit : hit + 1], joints, "elbow") - arm_paths(motion[hit : hit + 1], joints, "shoulder")
    return PackedClip(origin, motion, paths, elbows[0, :, 1], phases, float(speed[first : hit + 1].max()), halfway)


def gather(folder: Path) -> tuple[list[PackedClip], list[LeftOut]]:
    """Return every clip that can be used, and what was left out."""
    origins, dropped = select_clips(folder)
    joints = load_character().joints
    packed: list[PackedClip] = []
    for origin in origins:
        clip = read_clip(origin, joints)
        reason = clip if isinstance(clip, str) else _twin(clip, packed)
        if reason:
            dropped.append(LeftOut(origin.name, origin.set, reason))
        elif isinstance(clip, PackedClip):
            packed.append(clip)
    return packed, dropped


def _twin(clip: PackedClip, others: list[PackedClip]) -> str:
    for other in others:
        if len(other.paths) == len(clip.paths) and np.abs(other.paths - clip.paths).max() < _SAME:
            return f"the same movement as {other.origin.name}"
    return ""


def table_of(clips: list[PackedClip]) -> dict[str, npt.NDArray[Any]]:
    """Return what is known of every clip, by column: one row a clip, but for ``format``, ``fps`` and ``joints``."""
    hits = [round(clip.phases.emphasis * 30) for clip in clips]
    return {
        "format": np.array(FORMAT),
        "fps": np.array(30.0),
        "joints": np.array(UPPER_BODY),
        "names": np.array([clip.origin.name for clip in clips]),
        "sets": np.array([clip.origin.set for clip in clips]),
        "tags": np.array([clip.origin.tag for clip in clips]),
        "kinds": np.array([clip.origin.kind for clip in clips]),
        "licences": np.array([clip.origin.licence for clip in clips]),
        "sources": np.array([clip.origin.source for clip in clips]),
        "frames": np.array([len(clip.rotations) for clip in clips], np.int32),
        "phases": np.array([clip.phases.values() for clip in clips], np.float32),
        "travel": np.array([wrist_travel(clip.paths) for clip in clips], np.float32),
        "wrists": np.array([clip.paths[hit] for clip, hit in zip(clips, hits, strict=True)], np.float32),
        "rest": np.array([clip.paths[0] for clip in clips], np.float32),
        "elbows": np.array([clip.elbows for clip in clips], np.float32),
        "speed": np.array([clip.speed for clip in clips], np.float32),
        "halfway": np.array([clip.halfway for clip in clips], np.float32),
    }


def write_pack(clips: list[PackedClip], path: Path) -> None:
    """Write the clips' file; an existing one is replaced in one step."""
    rotations = np.concatenate([pack_rotations(quaternion_to_axis_angle(clip.rotations)) for clip in clips])
    content = {**table_of(clips), "rotations": rotations}
    aside = path.with_suffix(".part.npz")
    np.savez_compressed(aside, **content)  # pyright: ignore[reportArgumentType]
    os.replace(aside, path)
