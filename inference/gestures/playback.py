"""Plays a plan: clips, sped and scaled, laid over the body at rest with smooth weights.

Between rest and clip, and from one clip to the next, rotations are blended by quintic weights, so that position, speed
and acceleration are continuous everywhere; every quantity is a function of time alone, so any stretch can be played
for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from ..body.track import BodyTrack
from ..body.upper_body import UPPER_BODY, UPPER_BODY_INDEX, with_upper_body
from ..layers.noise import layer_rng, quintic, smooth_noise
from ..rotation import axis_angle_to_quaternion, quaternion_multiply, quaternion_to_axis_angle, slerp
from .library import Library
from .phrases import GesturePhrase, GesturePlan, HandUse, Pulse, TrunkTurn

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
_CHUNK = 1800  # frames
_CHANNELS = {
    "trunk": np.array([i for i, name in enumerate(UPPER_BODY) if name.startswith("spine")]),
    "left": np.array([i for i, name in enumerate(UPPER_BODY) if name.startswith("left")]),
    "right": np.array([i for i, name in enumerate(UPPER_BODY) if name.startswith("right")]),
}
_SPINE = len(_CHANNELS["trunk"])
_ELBOWS = np.array([UPPER_BODY.index("left_elbow"), UPPER_BODY.index("right_elbow")])
_SCALED = np.array([i for i, name in enumerate(UPPER_BODY) if "collar" in name or "shoulder" in name or i < _SPINE])
"""Rows that take a gesture's amplitude; the elbows do so in their own way."""
_FLIP = np.array([1.0, -1.0, -1.0])
_RECOIL_LEAD = 0.05  # seconds
_BEND = (-1.0, 1.0)  # sign of a bent elbow about y, left and right
_CONJUGATE = np.array([1.0, -1.0, -1.0, -1.0])


def play(plan: GesturePlan, library: Library, ground: BodyTrack, times: npt.ArrayLike) -> BodyTrack:
    """Return the body at rest with the plan's gestures on it.

    Parameters
    ----------
    ground : BodyTrack
        T frames of the body at rest.
    times : (T,) array
        Seconds of the frames, rising.
    """
    rotations = upper_body_track(plan, library, ground.poses, times)
    return BodyTrack(with_upper_body(ground.poses, rotations), ground.trans, plan.strokes, ground.warnings)


def upper_body_track(
    plan: GesturePlan,
    library: Library,
    ground: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    step: Callable[[float], None] | None = None,
) -> Floats:
    """Return (T, 41, 3) axis-angle of the joints that gesture, as :func:`~..upper_body.with_upper_body` takes them.

    Parameters
    ----------
    ground : (T, 165) array
        Poses of the body at rest.
    times : (T,) array
        Seconds of the frames, rising.
    step : callable
        Called with the finished fraction between chunks.
    """
    times = np.asarray(times, np.float64)
    poses = np.asarray(ground).reshape(len(times), -1, 3)
    result = np.empty((len(times), len(UPPER_BODY), 3), np.float32)
    for first in range(0, len(times), _CHUNK):
        rows = slice(first, min(first + _CHUNK, len(times)))
        result[rows] = _chunk(plan, library, poses[rows], times[rows])
        if step is not None:
            step(rows.stop / len(times))
    return result


@dataclass(eq=False)
class Layers:
    """What phrases are laid on: n frames of the body at rest, and the pose so far."""

    resting: Doubles
    """(n, 41, 4) quaternions; the spine is at no turn at all."""
    pose: Doubles
    """(n, 41, 4) likewise."""
    resting_hinges: Doubles
    """(n, 2, 3) the elbows at rest, as :func:`hinge_angles` has them."""
    hinges: Doubles
    """(n, 2, 3) the elbows of the pose so far; its quaternions follow at the end."""

    def rows(self, first: int, last: int) -> Layers:
        """Return a view of some frames."""
        part = slice(first, last)
        return Layers(self.resting[part], self.pose[part], self.resting_hinges[part], self.hinges[part])


def _chunk(plan: GesturePlan, library: Library, ground: npt.NDArray[np.floating[Any]], times: Doubles) -> Doubles:
    resting = axis_angle_to_quaternion(np.asarray(ground, np.float64)[:, UPPER_BODY_INDEX])
    resting[:, :_SPINE] = (1.0, 0.0, 0.0, 0.0)
    hinges = hinge_angles(resting[:, _ELBOWS])
    layers = Layers(resting, resting.copy(), hinges, hinges.copy())
    for phrase in plan.phrases:
        if phrase.start > times[-1] or phrase.end < times[0]:
            continue
        first, last = np.searchsorted(times, [phrase.start, phrase.end + 0.06])
        if last > first:
            _lay(layers.rows(first, last), phrase, library, times[first:last])
    pose = layers.pose
    pose[:, _ELBOWS] = hinge_quaternions(layers.hinges)
    raised = _raised(plan, times)
    seated = plan.settings.posture == "seated"
    _add(pose, _life(plan.seed, times, raised, 0.3 if seated else 1.0), np.arange(_SPINE, len(UPPER_BODY)))
    for pulse in plan.pulses:
        first, last = np.searchsorted(times, [pulse.time - 0.44, pulse.time + 0.6])
        if last > first:
            _beat(pose[first:last], pulse, times[first:last])
    turn = trunk_turn(plan.turns, times)
    _add(pose, np.repeat(turn[:, None] / _SPINE, _SPINE, 1), np.arange(_SPINE))
    return quaternion_to_axis_angle(pose)


def hinge_angles(quaternions: npt.ArrayLike) -> Doubles:
    """Return (..., 3) twist about the forearm and the two components of the bend, radians, of elbow rotations.

    Between a palm that faces up and one that faces down, the shortest rotation of a bent elbow is no movement of a
    human's; between the angles it is: the forearm turns over.
    """
    q = np.asarray(quaternions, np.float64)
    half = np.arctan2(q[..., 1], q[..., 0])
    # Half angles beyond a quarter turn are the same rotation from the other side.
    half = half - np.pi * np.round(half / np.pi)
    twist = np.stack([np.cos(half), np.sin(half), np.zeros_like(half), np.zeros_like(half)], -1)
    swing = quaternion_to_axis_angle(quaternion_multiply(q, twist * _CONJUGATE))
    return np.concatenate([2 * half[..., None], swing[..., 1:]], -1)


def hinge_quaternions(angles: Doubles) -> Doubles:
    """Return (..., 4) elbow rotations of (..., 3) :func:`hinge_angles`."""
    twist, swing = np.zeros_like(angles), angles.copy()
    twist[..., 0], swing[..., 0] = angles[..., 0], 0.0
    return quaternion_multiply(axis_angle_to_quaternion(swing), axis_angle_to_quaternion(twist))


def clip_seconds(phrase: GesturePhrase, times: npt.ArrayLike) -> Doubles:
    """Return (n,) the second of the clip that plays at every instant; it never runs backwards."""
    instants, seconds = np.array(phrase.warp).T
    inside = np.clip(np.asarray(times, np.float64), instants[0], instants[-1])
    return PchipInterpolator(instants, seconds)(inside)


def hand_weight(use: HandUse, times: Doubles) -> Doubles:
    """Return (n,) how far a hand follows its clip, 0..1."""
    rising = quintic((times - use.on) / (use.on_end - use.on))
    return rising * (1 - quintic((times - use.off) / (use.off_end - use.off)))


def settled(phrase: GesturePhrase, times: Doubles) -> Doubles:
    """Return (n,) what is left of a phrase's excursion: all until the emphasis, then the hand recoils and sinks.

    A hand that stops dead and stays looks held by a string; a small way back also marks the instant of the stroke.
    """
    since = times - phrase.emphasis + _RECOIL_LEAD
    return 1 - phrase.recoil * quintic(since / 0.4) - phrase.sink * quintic((since - 0.35) / 1.4)


def _lay(layers: Layers, phrase: GesturePhrase, library: Library, times: Doubles) -> None:
    """Blend one phrase into the layers' n frames, in place."""
    clip = library.clips[phrase.clip]
    seconds = clip_seconds(phrase, times)
    kept = settled(phrase, times)[:, None]
    motion = library.sample(clip, seconds, phrase.mirrored)
    for name, joints in _CHANNELS.items():
        use: HandUse = getattr(phrase, name)
        if use.amplitude <= 0:
            continue
        own = motion
        if use.lag > 0:
            own = library.sample(clip, clip_seconds(phrase, times - use.lag), phrase.mirrored)
        size = use.amplitude * kept
        _lay_joints(layers, own, np.intersect1d(joints, _SCALED), size, hand_weight(use, times))
        # Fingers and wrists keep their shape, whatever the size of the gesture, and relax with it.
        _lay_joints(layers, own, np.setdiff1d(joints, np.union1d(_SCALED, _ELBOWS)), kept, hand_weight(use, times))
        for side in np.flatnonzero(np.isin(_ELBOWS, joints)):
            target = hinge_angles(own[:, _ELBOWS[side]].astype(np.float64))
            resting, angles = layers.resting_hinges[:, side], layers.hinges[:, side]
            # A larger gesture comes from the shoulder: an elbow neither bends nor twists beyond what was recorded.
            target = resting + min(use.amplitude, 1.0) * kept * (target - resting)
            weight = hand_weight(use, times)[:, None]
            angles = angles + weight * (target - angles)
            angles[:, 1:2] += _BEND[side] * use.arc * 4 * weight * (1 - weight)
            layers.hinges[:, side] = angles


def _lay_joints(layers: Layers, motion: Floats, joints: npt.NDArray[np.int64], size: Doubles, weight: Doubles) -> None:
    if not len(joints):
        return
    resting, target = layers.resting[:, joints], motion[:, joints].astype(np.float64)
    away = quaternion_to_axis_angle(quaternion_multiply(resting * _CONJUGATE, target))
    target = quaternion_multiply(resting, axis_angle_to_quaternion(size[..., None] * away))
    layers.pose[:, joints] = slerp(layers.pose[:, joints], target, weight[:, None])


def _raised(plan: GesturePlan, times: Doubles) -> Doubles:
    """Return (n, 2) how far the left and right hand are in a gesture, 0..1."""
    raised = np.zeros((len(times), 2))
    for phrase in plan.phrases:
        first, last = np.searchsorted(times, [phrase.start, phrase.end + 0.06])
        for side, use in enumerate((phrase.left, phrase.right)):
            if last > first and use.amplitude > 0:
                weight = hand_weight(use, times[first:last])
                raised[first:last, side] += (1 - raised[first:last, side]) * weight
    return raised


# Degrees of living movement per joint: axis, at rest, in a gesture.
_LIFE = {
    "shoulder": ((0.6, 0.4, 0.6), (0.5, 0.8, 0.8)),
    "elbow": ((0.4, 1.2, 0.0), (0.6, 1.4, 0.0)),
    "wrist": ((0.9, 0.7, 1.1), (1.2, 1.2, 1.8)),
    "finger": ((0.0, 0.3, 1.6), (0.0, 0.4, 2.0)),
}


def _life(seed: int, times: Doubles, raised: Doubles, resting: float) -> Doubles:
    """Return (n, 38, 3) small rotations of arms and fingers that keep holds and rests alive, radians.

    ``resting`` scales what hands at rest do: on the thighs of a seated body they lie nearly still.
    """
    names = UPPER_BODY[_SPINE:]
    result = np.zeros((len(times), len(names), 3))
    for side, title in enumerate(("left", "right")):
        # A generator each: how much one curve draws depends on where the stretch ends.
        slow = smooth_noise(times, 2.3, layer_rng(seed, f"gesture life {title} slow"), 16)
        quick = smooth_noise(times, 0.9, layer_rng(seed, f"gesture life {title} quick"), 16)
        noise = 0.8 * slow + 0.45 * quick
        mirror = np.ones(3) if side == 0 else _FLIP
        for row, name in enumerate(names):
            if not name.startswith(title):
                continue
            joint = name.split("_")[-1]
            kind = "finger" if joint[-1].isdigit() else joint
            if kind not in _LIFE:
                continue
            # The segments of one finger curl together.
            finger = ("index", "middle", "ring", "pinky", "thumb").index(joint[:-1]) if kind == "finger" else 0
            column = {"shoulder": 0, "elbow": 3, "wrist": 6}.get(kind, 9 + finger)
            calm, busy = (np.radians(values) for values in _LIFE[kind])
            calm = calm * (1.0 if kind == "finger" else resting)
            size = calm + (busy - calm) * raised[:, side, None]
            curves = noise[:, [column]] if kind == "finger" else noise[:, column : column + 3]
            result[:, row] = size * curves * mirror
    return result


def _add(pose: Doubles, rotations: Doubles, joints: npt.NDArray[np.int64]) -> None:
    pose[:, joints] = quaternion_multiply(pose[:, joints], axis_angle_to_quaternion(rotations))


def _beat(pose: Doubles, pulse: Pulse, times: Doubles) -> None:
    """Add one small beat: the hand lifts a little, comes down on the accent and returns, in place."""
    x = times - pulse.time
    lift = quintic((x + 0.42) / 0.24) * (1 - quintic((x + 0.22) / 0.22))
    drop = quintic((x + 0.22) / 0.22) * (1 - quintic(x / 0.34))
    curve = np.radians(11.0) * pulse.strength * (drop - 0.5 * lift)
    for title, share in (("left", pulse.left), ("right", pulse.right)):
        if share == 0:
            continue
        mirror = np.ones(3) if title == "left" else _FLIP
        for joint, axis in (("elbow", (0.0, 0.8, 0.0)), ("wrist", (0.0, 0.0, -0.7)), ("shoulder", (0.0, 0.0, -0.3))):
            row = UPPER_BODY.index(f"{title}_{joint}")
            rotation = share * curve[:, None] * np.array(axis) * mirror
            pose[:, row] = quaternion_multiply(pose[:, row], axis_angle_to_quaternion(rotation))


def trunk_turn(turns: tuple[TrunkTurn, ...], times: Doubles) -> Doubles:
    """Return (n, 3) the trunk's own resting rotation, radians."""
    value = np.zeros((len(times), 3))
    before = np.zeros(3)
    for turn in turns:
        target = np.radians(turn.rotation)
        value += quintic((times - turn.start) / (turn.stop - turn.start))[:, None] * (target - before)
        before = target
    return value
