"""Plays a plan: clips, sped and scaled, laid over the body at rest with smooth weights.

Between rest and clip, and from one clip to the next, rotations are blended by quintic weights, so that position, speed
and acceleration are continuous everywhere; every quantity is a function of time alone, so any stretch can be played
for itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from ..body_track import BodyTrack
from ..layers.noise import layer_rng, smooth_noise
from ..rotation import axis_angle_to_quaternion, quaternion_multiply, quaternion_to_axis_angle, slerp
from ..upper_body import UPPER_BODY, UPPER_BODY_INDEX, with_upper_body
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
_SCALED = ("collar", "shoulder", "elbow", "spine1", "spine2", "spine3")
_FLIP = np.array([1.0, -1.0, -1.0])
_RECOIL_LEAD = 0.05  # seconds
_CONJUGATE = np.array([1.0, -1.0, -1.0, -1.0])


def quintic(part: npt.ArrayLike) -> Doubles:
    """Return 0 below 0, 1 above 1, and between them the curve with no speed and no acceleration at both ends."""
    x = np.clip(np.asarray(part, np.float64), 0, 1)
    return x * x * x * (x * (6 * x - 15) + 10)


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


def _chunk(plan: GesturePlan, library: Library, ground: npt.NDArray[np.floating], times: Doubles) -> Doubles:
    resting = axis_angle_to_quaternion(np.asarray(ground, np.float64)[:, UPPER_BODY_INDEX])
    resting[:, :_SPINE] = (1.0, 0.0, 0.0, 0.0)
    pose = resting.copy()
    for phrase in plan.phrases:
        if phrase.start > times[-1] or phrase.end < times[0]:
            continue
        first, last = np.searchsorted(times, [phrase.start, phrase.end + 0.06])
        if last > first:
            _lay(pose[first:last], resting[first:last], phrase, library, times[first:last])
    raised = _raised(plan, times)
    _add(
        pose,
        _life(plan.seed, times, raised, 0.3 if plan.settings.posture == "seated" else 1.0),
        np.arange(_SPINE, len(UPPER_BODY)),
    )
    for pulse in plan.pulses:
        first, last = np.searchsorted(times, [pulse.time - 0.44, pulse.time + 0.6])
        if last > first:
            _beat(pose[first:last], pulse, times[first:last])
    turn = trunk_turn(plan.turns, times)
    _add(pose, np.repeat(turn[:, None] / _SPINE, _SPINE, 1), np.arange(_SPINE))
    return quaternion_to_axis_angle(pose)


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


def _lay(pose: Doubles, resting: Doubles, phrase: GesturePhrase, library: Library, times: Doubles) -> None:
    """Blend one phrase into (n, 41, 4) poses, in place."""
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
        target = own[:, joints].astype(np.float64)
        # Everything relaxes towards rest a little once the hand has arrived; arms and trunk also take the amplitude.
        scaled = [i for i, joint in enumerate(joints) if UPPER_BODY[joint].split("_")[-1] in _SCALED]
        base = resting[:, joints[scaled]]
        away = quaternion_to_axis_angle(quaternion_multiply(base * _CONJUGATE, target[:, scaled]))
        target[:, scaled] = quaternion_multiply(base, axis_angle_to_quaternion(use.amplitude * kept[..., None] * away))
        others = [i for i in range(len(joints)) if i not in scaled]
        target[:, others] = slerp(resting[:, joints[others]], target[:, others], kept)
        weight = hand_weight(use, times)[:, None]
        pose[:, joints] = slerp(pose[:, joints], target, weight)


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
