"""A small library of made-up recordings and speech with known accents, for tests of the scheduler."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from soliloquy.inference.body.track import BodyTrack
from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.character import load_character
from soliloquy.inference.gestures.library import Library, load_library
from soliloquy.inference.layers.posture import posture_layer
from soliloquy.inference.prosody import STEP, Prosody
from soliloquy.inference.rotation import axis_angle_to_quaternion, compose_axis_angle
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.gestures.motion import arm_paths, upper_body_motion
from soliloquy.training.gestures.pack import PackedClip, write_pack
from soliloquy.training.gestures.selection import SourceClip
from soliloquy.training.gestures.stroke_phases import Phases

KINDS = ("beat", "chop", "offer", "frame", "point", "me", "negate", "shrug")
HANDS = ("left", "right", "both")


def speech(accents: list[float], seconds: float, phrases: list[tuple[float, float]] | None = None) -> Prosody:
    """Return prosody with accents at given seconds, one phrase unless told otherwise."""
    count = int(seconds / STEP) + 1
    times = np.arange(count) * STEP
    spans = np.array(phrases if phrases is not None else [(0.0, seconds)] if accents else [], np.float64).reshape(-1, 2)
    talking = np.zeros(count, np.float32)
    for start, stop in spans:
        talking[(times >= start) & (times < stop)] = 1
    zeros = np.zeros(count, np.float32)
    strengths = (0.35 + 0.6 * np.abs(np.sin(1.7 * np.arange(len(accents))))).astype(np.float32)
    return Prosody(
        times, zeros, talking > 0, zeros, zeros, talking, zeros, np.array(accents, np.float64), strengths, spans
    )


def even_speech(seconds: float, every: float = 0.5) -> Prosody:
    """Return one long phrase with an accent every so many seconds."""
    return speech(list(np.arange(every, seconds - 0.2, every)), seconds)


def ground(seconds: float, fps: float = 30.0, seed: int = 0, posture: str = "standing") -> tuple[np.ndarray, BodyTrack]:
    """Return times and a body at rest."""
    times = np.arange(int(seconds * fps)) / fps
    prosody = speech([], seconds)
    track = posture_layer(times, prosody, load_character().joints, seed, posture=posture)
    return times, track


def made_up_clip(name: str, set_: str, kind: str, hand: str, height: float, still: float = 0.3) -> PackedClip:
    """Return a gesture that raises the forearms, holds and returns; ``height`` 0..1."""
    character = load_character()
    _, resting = ground(1.0)
    rest = resting.poses[0].reshape(-1, 3)
    ready, hit, held, back = still, still + 0.7, still + 1.0, still + 1.8
    seconds = np.arange(int((back + 0.3) * 30)) / 30
    part = np.interp(seconds, [ready, hit, held, back], [0, 1, 1, 0])
    part = part * part * (3 - 2 * part)
    poses = np.repeat(rest[None], len(seconds), 0)
    for side, flip in (("left", np.ones(3)), ("right", np.array([1.0, -1.0, -1.0]))):
        if hand not in (side, "both"):
            continue
        for joint, turn in (("elbow", (0.0, -1.0 - height, 0.0)), ("shoulder", (0.0, -0.3, 0.15 + 0.5 * height))):
            index = JOINT_INDEX[f"{side}_{joint}"]
            poses[:, index] = compose_axis_angle(part[:, None] * np.array(turn) * flip, poses[:, index])
    motion = upper_body_motion(poses)
    paths = arm_paths(motion, character.joints)
    frame = round(hit * 30)
    elbows = arm_paths(motion, character.joints, "elbow") - arm_paths(motion, character.joints, "shoulder")
    speed = np.linalg.norm(np.gradient(paths, 1 / 30, axis=0), axis=-1).max()
    origin = SourceClip(Path(name), name, set_, kind.title(), kind, "", "CC0-1.0", "made up")
    phases = Phases(ready, ready + 0.2, hit, held, back)
    return PackedClip(origin, motion, paths, elbows[frame, :, 1], phases, float(speed), ready + 0.4)


def made_up_library(path: Path) -> Library:
    """Write and read a library of 48 made-up gestures of two performers."""
    clips = [
        made_up_clip(f"{kind}_{hand}_{turn}", f"performer{turn}", kind, hand, (0.13 * row + 0.31 * turn + 0.2 * at) % 1)
        for row, kind in enumerate(KINDS)
        for at, hand in enumerate(HANDS)
        for turn in (0, 1)
    ]
    write_pack(clips, path)
    return load_library(path=path)


def quaternions(rotations: np.ndarray) -> np.ndarray:
    """Return unit quaternions of axis-angle."""
    return axis_angle_to_quaternion(np.asarray(rotations, np.float64))


def rows_of(side: str) -> list[int]:
    """Return the rows of one arm, fingers included, among the joints that gesture."""
    return [row for row, name in enumerate(UPPER_BODY) if name.startswith(side)]
