"""Plays a plan: clips, sped and scaled, laid over the body at rest with smooth weights.

Between rest and clip, and from one clip to the next, rotations are blended by quintic weights, so that position, speed
and acceleration are continuous everywhere; every quantity is a function of time alone, so any stretch can be played
for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from ..body.track import BodyTrack
from ..body.upper_body import UPPER_BODY, UPPER_BODY_INDEX, with_upper_body
from ..layers.arms import hold_rests, rest_turns
from ..layers.hinge import hinge_angles, hinge_quaternions
from ..layers.noise import quintic
from ..rotation import (
    axis_angle_to_quaternion,
    quaternion_multiply,
    quaternion_to_axis_angle,
    slerp,
)
from .clearance import BEND, FOREARM, go_round, over_thighs
from .companion import sink_lonely_hands
from .library import Library
from .life import life
from .overlap import HAND_LATE, LATEST, LEADS, drag, late
from .phrases import GesturePhrase, GesturePlan, HandUse, Pulse, TrunkTurn, hand_weight
from .rests import poised

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
_WRISTS = (UPPER_BODY.index("left_wrist"), UPPER_BODY.index("right_wrist"))
_SHOULDERS = (UPPER_BODY.index("left_shoulder"), UPPER_BODY.index("right_shoulder"))
_SCALED = np.array([i for i, name in enumerate(UPPER_BODY) if "collar" in name or "shoulder" in name or i < _SPINE])
"""Rows that take a gesture's amplitude; the elbows do so in their own way."""
_SHARES = np.array([1.5 if "collar" in name else 0.47 if "shoulder" in name else 1.0 for name in UPPER_BODY])
"""Talkers move their hands more from the elbow than actors who were recorded gesture by gesture do, and their collars
more; with a third of the shoulders' way upper arms look glued to the ribs."""
_SEATED_SHARES = np.where(_SHARES == 0.47, 0.35, _SHARES)
"""The same of somebody who sits: over the lap arms have further to go already."""
_BENDS = 0.7
"""How much of their recorded way elbows take, so that two seconds of arms span what they do in talkers."""
_SHAPE = np.array([0.72 if "wrist" in name else 0.6 for name in UPPER_BODY])
"""How much of their recorded shape wrists and fingers take: actors hold their hands out flat, talkers let them curl."""
_SHAPELY = np.where(_SHAPE < 0.7, 0.85, _SHAPE)
"""The same of gestures that are made with the fingers."""
_FINGERED = ("point", "you", "stop")
_SEATED_TURN = np.radians(24.0)
"""By which forearms of somebody who sits are turned further to palms that face down, as they lie on the thighs."""
_SEATED_TWIST = 0.5
"""How much of their turning in gestures is left there: between palms on the thighs and palms up is twice a talker's."""
_CARRIED = 0.4 / FOREARM
"""Radians per metre of a forearm by which hands that an emotion wants higher or further out are carried there, by
elbow and shoulder alike; the rest is which clips are drawn."""
_FLIP = np.array([1.0, -1.0, -1.0])
_RECOIL_LEAD = 0.05  # seconds
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
    poses = with_upper_body(ground.poses, rotations)
    return BodyTrack(poses, ground.trans, plan.strokes, ground.warnings, ground.rests)


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
    """What phrases are laid on: n frames of the pose so far, the body at rest before the first."""

    pose: Doubles
    """(n, 41, 4) quaternions; the spine is at no turn at all at rest."""
    hinges: Doubles
    """(n, 2, 3) the elbows of the pose so far, as ``hinge_angles`` has them; its quaternions follow at the end."""

    def rows(self, first: int, last: int) -> Layers:
        """Return a view of some frames."""
        return Layers(self.pose[first:last], self.hinges[first:last])


def _chunk(plan: GesturePlan, library: Library, ground: npt.NDArray[np.floating[Any]], times: Doubles) -> Doubles:
    resting = axis_angle_to_quaternion(np.asarray(ground, np.float64)[:, UPPER_BODY_INDEX])
    resting[:, :_SPINE] = (1.0, 0.0, 0.0, 0.0)
    layers = Layers(resting, hinge_angles(resting[:, _ELBOWS]))
    below = np.asarray(ground, np.float64).reshape(len(times), -1)
    seated = plan.settings.posture == "seated"
    sunk = sink_lonely_hands(plan, below, layers.pose, layers.hinges, times)
    for phrase in plan.phrases:
        if phrase.start - LEADS > times[-1] or phrase.end + LATEST < times[0]:
            continue
        first, last = np.searchsorted(times, [phrase.start - LEADS, phrase.end + LATEST + 0.06])
        if last > first:
            _lay(layers.rows(first, last), phrase, library, times[first:last], seated)
    pose = layers.pose
    pose[:, _ELBOWS] = hinge_quaternions(layers.hinges)
    raised = _raised(plan, times)
    afloat = np.asarray(np.maximum(raised, poised(plan.rests, times)[:, None]) ** 3, np.float64)
    _add(pose, life(plan.seed, times, afloat), np.arange(_SPINE, len(UPPER_BODY)))
    turn = trunk_turn(plan.turns, times)
    _add(pose, np.repeat(turn[:, None] / _SPINE, _SPINE, 1), np.arange(_SPINE))
    if plan.rests:
        body = with_upper_body(below, quaternion_to_axis_angle(pose)).astype(np.float64)
        hold_rests(body, below, plan.rests, times, np.maximum(raised, sunk))
        go_round(body, plan, times, raised, sunk)
        if seated:
            over_thighs(body, raised)
        arms = list(UPPER_BODY_INDEX[_SPINE:])
        pose[:, _SPINE:] = axis_angle_to_quaternion(body.reshape(len(times), -1, 3)[:, arms])
    for pulse in plan.pulses:
        first, last = np.searchsorted(times, [pulse.time - 0.44, pulse.time + 0.6 + HAND_LATE])
        if last > first:
            _beat(pose[first:last], pulse, times[first:last])
    return quaternion_to_axis_angle(pose)


def clip_seconds(phrase: GesturePhrase, times: npt.ArrayLike) -> Doubles:
    """Return (n,) the second of the clip that plays at every instant; it never runs backwards."""
    instants, seconds = np.array(phrase.warp).T
    inside = np.clip(np.asarray(times, np.float64), instants[0], instants[-1])
    return PchipInterpolator(instants, seconds)(inside)


def settled(phrase: GesturePhrase, times: Doubles) -> Doubles:
    """Return (n,) what is left of a phrase's excursion: all until the emphasis, then the hand recoils and sinks.

    A hand that stops dead and stays looks held by a string; a small way back also marks the instant of the stroke.
    """
    since = times - phrase.emphasis + _RECOIL_LEAD
    return 1 - phrase.recoil * quintic(since / 0.4) - phrase.sink * quintic((since - 0.35) / 1.4)


@lru_cache(maxsize=1)
def _home() -> tuple[Doubles, Doubles]:
    """Return where gestures are at home: (41, 4) hands raised before the body, and (2, 3) hinges of their elbows.

    Sizes count from here, not from where the hands rest: half a gesture of arms that were crossed is not half crossed.
    """
    turns = axis_angle_to_quaternion(np.concatenate([np.zeros((_SPINE, 3)), rest_turns("ready")]))
    return turns, hinge_angles(turns[_ELBOWS])


def _lay(layers: Layers, phrase: GesturePhrase, library: Library, times: Doubles, seated: bool) -> None:
    """Blend one phrase into the layers' n frames, in place."""
    share = np.ones(3) if phrase.sign else _BENDS * np.array([_SEATED_TWIST if seated else 1.0, 1.0, 1.0])
    clip = library.clips[phrase.clip]
    seconds = clip_seconds(phrase, times)
    kept = settled(phrase, times)[:, None]
    shapes = _SHAPELY if phrase.kind in _FINGERED else _SHAPE
    motion = library.sample(clip, seconds, phrase.mirrored)
    for name, joints in _CHANNELS.items():
        use: HandUse = getattr(phrase, name)
        if use.amplitude <= 0:
            continue
        own = motion
        if use.lag > 0:
            own = library.sample(clip, clip_seconds(phrase, times - use.lag), phrase.mirrored)
        size = use.amplitude * kept
        scaled = np.intersect1d(joints, _SCALED)
        reach = size * (1.0 if phrase.sign else (_SEATED_SHARES if seated else _SHARES)[scaled])
        _lay_joints(layers, own, scaled, reach, late(use, times, scaled))
        # Fingers and wrists keep their shape, whatever the size of the gesture, and relax with it.
        shape = np.setdiff1d(joints, np.union1d(_SCALED, _ELBOWS))
        _lay_joints(layers, own, shape, (1.0 if phrase.sign else shapes[shape]) * kept, late(use, times, shape))
        for side in np.flatnonzero(np.isin(_ELBOWS, joints)):
            target = hinge_angles(own[:, _ELBOWS[side]].astype(np.float64))
            home, angles = _home()[1][side] + [_SEATED_TURN * seated, 0.0, 0.0], layers.hinges[:, side]
            # A larger gesture comes from the shoulder: an elbow neither bends nor twists beyond what was recorded.
            target = home + share * min(use.amplitude, 1.0) * kept * (target - home)
            target[:, 1] += BEND[side] * 0.5 * _CARRIED * phrase.lift
            weight = hand_weight(use, times)[:, None]
            if not phrase.sign:
                wrist = layers.pose[:, _WRISTS[side]]
                hanging = drag(use, times, target, target - angles)
                layers.pose[:, _WRISTS[side]] = quaternion_multiply(wrist, axis_angle_to_quaternion(hanging))
            angles = angles + weight * (target - angles)
            between = 4 * weight * (1 - weight)
            angles[:, 1:2] += BEND[side] * use.arc * between
            layers.hinges[:, side] = angles
            outward = use.aside * between + _CARRIED * phrase.spread * weight
            aside = axis_angle_to_quaternion(outward * np.array([-1.0, 0.0, 0.0]))
            forward = axis_angle_to_quaternion(weight * [-0.5 * _CARRIED * phrase.lift, 0.0, 0.0])
            arm = quaternion_multiply(forward, layers.pose[:, _SHOULDERS[side]])
            layers.pose[:, _SHOULDERS[side]] = quaternion_multiply(arm, aside)


def _lay_joints(layers: Layers, motion: Floats, joints: npt.NDArray[np.int64], size: Doubles, weight: Doubles) -> None:
    if not len(joints):
        return
    home, target = _home()[0][joints], motion[:, joints].astype(np.float64)
    away = quaternion_to_axis_angle(quaternion_multiply(home * _CONJUGATE, target))
    target = quaternion_multiply(home, axis_angle_to_quaternion(size[..., None] * away))
    layers.pose[:, joints] = slerp(layers.pose[:, joints], target, weight)


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


def _add(pose: Doubles, rotations: Doubles, joints: npt.NDArray[np.int64]) -> None:
    pose[:, joints] = quaternion_multiply(pose[:, joints], axis_angle_to_quaternion(rotations))


def _beat(pose: Doubles, pulse: Pulse, times: Doubles) -> None:
    """Add one small beat: the hand lifts a little, comes down on the accent and returns, in place."""
    curve = _beat_curve(pulse, times)
    if pulse.together:
        # About the line through both shoulders: two arms turn like one body, and hands stay in each other.
        for title in ("left", "right"):
            row = UPPER_BODY.index(f"{title}_shoulder")
            turn = axis_angle_to_quaternion(curve[:, None] * np.array([0.35, 0.0, 0.0]))
            pose[:, row] = quaternion_multiply(turn, pose[:, row])
        return
    for title, share in (("left", pulse.left), ("right", pulse.right)):
        if share == 0:
            continue
        mirror = np.ones(3) if title == "left" else _FLIP
        for joint, axis in (("elbow", (0.0, 0.8, 0.0)), ("wrist", (0.0, 0.0, -0.7)), ("shoulder", (0.0, 0.0, -0.3))):
            row = UPPER_BODY.index(f"{title}_{joint}")
            # The hand comes after the forearm, and swings on a little when that has stopped.
            moved = _beat_curve(pulse, times - HAND_LATE) if joint == "wrist" else curve
            rotation = share * moved[:, None] * np.array(axis) * mirror
            pose[:, row] = quaternion_multiply(pose[:, row], axis_angle_to_quaternion(rotation))


def _beat_curve(pulse: Pulse, times: Doubles) -> Doubles:
    """Return (n,) radians of one small beat: up, down on the accent, back."""
    x = times - pulse.time
    lift = quintic((x + 0.42) / 0.24) * (1 - quintic((x + 0.22) / 0.22))
    drop = quintic((x + 0.22) / 0.22) * (1 - quintic(x / 0.34))
    return np.radians(11.0) * pulse.strength * (-0.8 * lift if pulse.lying else drop - 0.5 * lift)


def trunk_turn(turns: tuple[TrunkTurn, ...], times: Doubles) -> Doubles:
    """Return (n, 3) the trunk's own resting rotation, radians."""
    value = np.zeros((len(times), 3))
    before = np.zeros(3)
    for turn in turns:
        target = np.radians(turn.rotation)
        value += quintic((times - turn.start) / (turn.stop - turn.start))[:, None] * (target - before)
        before = target
    return value
