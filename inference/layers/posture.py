"""Body: arms at rest beside it, breathing, and weight that shifts from leg to leg on planted feet.

All rotations start from the T-pose. Left and right mirror each other: (x, y, z) becomes (x, -y, -z).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..body_track import BodyTrack
from ..prosody import Prosody
from ..rotation import axis_angle_to_matrix, compose_axis_angle, matrix_to_axis_angle
from ..skeleton import JOINT_INDEX
from .noise import Doubles, smooth_noise, smoothstep

_BREATH = 4.3  # seconds: 14 a minute
_SHIFT = 0.014  # metres of the pelvis to one side
_LIMB_SLACK = 0.9995

# Left side, degrees; more than one row is applied in turn, the first one first.
ARM_POSE: dict[str, tuple[tuple[float, float, float], ...]] = {
    "collar": ((0.0, 0.0, -3.0),),
    "shoulder": ((6.0, 0.0, 0.0), (0.0, 0.0, -74.0), (-2.0, 0.0, 0.0)),
    "elbow": ((16.0, 0.0, 0.0), (0.0, -15.0, 0.0)),
    "wrist": ((6.0, 0.0, 0.0), (0.0, 0.0, -5.0)),
    "index1": ((0.0, 0.0, -14.0),), "index2": ((0.0, 0.0, -20.0),), "index3": ((0.0, 0.0, -12.0),),
    "middle1": ((0.0, 0.0, -19.0),), "middle2": ((0.0, 0.0, -25.0),), "middle3": ((0.0, 0.0, -15.0),),
    "ring1": ((0.0, 0.0, -23.0),), "ring2": ((0.0, 0.0, -28.0),), "ring3": ((0.0, 0.0, -17.0),),
    "pinky1": ((0.0, 0.0, -26.0),), "pinky2": ((0.0, 0.0, -28.0),), "pinky3": ((0.0, 0.0, -18.0),),
    "thumb1": ((0.0, 16.0, 4.0),), "thumb2": ((0.0, 8.0, 0.0),), "thumb3": ((0.0, 12.0, 0.0),),
}  # fmt: skip
"""Arms hanging loosely: upper arms down and a little forward, elbows soft, palms to the thighs, fingers curled."""
_ASYMMETRY = {"shoulder": (1.5, 0.0, 1.5), "elbow": (2.0, 4.0, 0.0), "wrist": (0.0, 0.0, 2.0)}
"""What the right arm has over the left one, degrees: nobody stands like a mirror image."""


def posture_layer(
    times: Doubles,
    prosody: Prosody,
    joints: npt.ArrayLike,
    rng: np.random.Generator,
    breath_rng: np.random.Generator,
    *,
    breathing: float = 1.0,
    weight_shift: float = 1.0,
    slump: npt.ArrayLike = 0.0,
    shrug: npt.ArrayLike = 0.0,
) -> BodyTrack:
    """Return a body that stands at ease.

    Parameters
    ----------
    joints : (55, 3) array
        Rest joints of the character, metres; the legs are solved on them.
    slump, shrug : float or (T,) array
        Degrees by which the spine bends forward and the shoulders rise, from the emotion.
    """
    frames = len(times)
    track = BodyTrack(np.zeros((frames, 165)), np.zeros((frames, 3)))
    breath = breathing * breath_curve(times, prosody, breath_rng)
    sway = smooth_noise(times, 5.0, rng, 3)
    slump, shrug = np.asarray(slump, np.float64), np.asarray(shrug, np.float64)

    shift = weight_shift * stance_curve(times, rng) + 0.12 * weight_shift * sway[:, 0]
    shift = 1.8 * np.tanh(shift / 1.8)
    pelvis = np.radians(np.stack([0.3 * weight_shift * sway[:, 1], -1.6 * shift, 1.7 * shift], 1))
    joint = _writer(track)
    joint("pelvis", pelvis)
    # The spine takes the tilt of the pelvis back, so that the shoulders stay nearly level and the head over the feet.
    counter = -np.stack([pelvis[:, 0], 0.7 * pelvis[:, 1], 1.15 * pelvis[:, 2]], 1)
    bend = np.zeros((frames, 3))
    bend[:, 0] = np.radians(slump)
    chest = np.zeros((frames, 3))
    chest[:, 0] = np.radians(-0.8) * breath
    joint("spine1", 0.4 * counter + 0.25 * bend)
    joint("spine2", 0.3 * counter + 0.35 * bend + 0.6 * chest)
    joint("spine3", 0.3 * counter + 0.4 * bend + chest)
    # The head does not nod with the breath.
    joint("neck", -1.6 * chest)
    _arms(joint, times, breath, shrug, rng)
    track.trans[:, 0] = _SHIFT * shift
    _plant_feet(track, np.asarray(joints, np.float64))
    return track


def _writer(track: BodyTrack):
    def write(name: str, rotation: npt.ArrayLike) -> None:
        index = 3 * JOINT_INDEX[name]
        track.poses[:, index : index + 3] = rotation

    return write


def breath_curve(times: Doubles, prosody: Prosody, rng: np.random.Generator) -> Doubles:
    """Return (T,) filling of the lungs, 0..1: a breath before a phrase starts, quiet breathing otherwise."""
    curve = np.zeros(len(times))
    # A breath is only drawn where nobody speaks: pauses and the time before the first word.
    onsets = np.array([start for start, _ in prosody.phrases])
    now = -float(rng.uniform(0.0, _BREATH))
    while now < times[-1]:
        jitter, depth = rng.standard_normal(), 0.8 + 0.15 * rng.standard_normal()
        length = _BREATH * float(np.exp(0.1 * jitter))
        coming = onsets[(onsets > now + 2.0) & (onsets < now + length + 1.8)]
        if len(coming):
            length = max(2.0, float(coming[-1]) - 0.75 - now)
        fill = min(1.3, 0.35 * length)
        first, last = np.searchsorted(times, [now, now + length])
        part = times[first:last] - now
        out = smoothstep((part - fill) / (length - fill))
        curve[first:last] = np.clip(depth, 0.4, 1.2) * np.where(part < fill, smoothstep(part / fill), 1 - out)
        now += length
    return curve


def stance_curve(times: Doubles, rng: np.random.Generator) -> Doubles:
    """Return (T,) which leg carries the weight, about -1 (right) to 1 (left), with slow changes."""
    ends, levels = [0.0], [float(rng.uniform(-0.9, 0.9))]
    while ends[-1] < times[-1]:
        ends.append(ends[-1] + float(rng.uniform(5.0, 13.0)))
        side = -np.sign(levels[-1]) if rng.uniform() < 0.75 else np.sign(levels[-1])
        levels.append(float(side * rng.uniform(0.35, 1.0)))
    step = 0.1
    grid = np.arange(0, times[-1] + step, step)
    held = np.array(levels)[np.clip(np.searchsorted(ends, grid, side="right") - 1, 0, None)]
    return np.interp(times, grid, gaussian_filter1d(held, 0.55 / step, mode="nearest"))


def _arms(joint, times: Doubles, breath: Doubles, shrug: Doubles, rng: np.random.Generator) -> None:
    frames = len(times)
    loose = smooth_noise(times, 4.0, rng, 8)
    for number, side in enumerate(("left", "right")):
        mirror = np.array([1.0, 1.0, 1.0]) if side == "left" else np.array([1.0, -1.0, -1.0])
        for name, turns in ARM_POSE.items():
            rotation = np.zeros((frames, 3))
            for turn in turns:
                rotation = compose_axis_angle(np.broadcast_to(np.radians(turn) * mirror, (frames, 3)), rotation)
            if side == "right" and name in _ASYMMETRY:
                extra = np.radians(_ASYMMETRY[name]) * mirror
                rotation = compose_axis_angle(np.broadcast_to(extra, (frames, 3)), rotation)
            moving = np.zeros((frames, 3))
            if name == "collar":
                moving[:, 2] = np.radians(1.1 * breath + shrug)
            elif name == "shoulder":
                # Arms keep hanging while the collar lifts, and swing a little of their own accord.
                moving[:, 2] = np.radians(-0.9 * (1.1 * breath + shrug) + 0.35 * loose[:, 4 * number])
                moving[:, 0] = np.radians(0.7 * loose[:, 4 * number + 1])
            elif name == "elbow":
                moving[:, 1] = np.radians(-0.8 * loose[:, 4 * number + 2])
            elif name[:-1] in ("index", "middle", "ring", "pinky"):
                moving[:, 2] = np.radians(-1.0 * loose[:, 4 * number + 3])
            joint(f"{side}_{name}", compose_axis_angle(moving * mirror, rotation))


def _plant_feet(track: BodyTrack, joints: npt.NDArray[np.float64]) -> None:
    """Solve both legs (and lower the pelvis where they would not reach), so that the feet stay at rest."""
    frames = len(track.trans)
    pelvis = axis_angle_to_matrix(track.poses[:, :3])
    legs = []
    for side in ("left", "right"):
        hip, knee, ankle = (joints[JOINT_INDEX[f"{side}_{name}"]] for name in ("hip", "knee", "ankle"))
        place = joints[0] + pelvis @ (hip - joints[0]) + track.trans
        longest = _LIMB_SLACK * np.linalg.norm(ankle - hip)
        legs.append((side, hip, knee, ankle, place))
        aside = ((place - ankle)[:, [0, 2]] ** 2).sum(1)
        legs[-1] += (ankle[1] + np.sqrt(longest**2 - aside) - place[:, 1],)
    # A soft minimum over the legs (and over no change): the longer leg stays nearly straight, without a kink.
    room = np.stack([legs[0][-1], legs[1][-1], np.zeros(frames)], 1)
    sharp = 1500.0
    track.trans[:, 1] = room.min(1) - np.log(np.exp(-sharp * (room - room.min(1, keepdims=True))).sum(1)) / sharp
    for side, hip, knee, ankle, place, _ in legs:
        reach = ankle - (place + track.trans * [0, 1, 0])
        thigh, shin = knee - hip, ankle - knee
        # |thigh + Rx(bend) shin| = |reach|, as  a cos(bend) + b sin(bend) = c.
        a = thigh[1] * shin[1] + thigh[2] * shin[2]
        b = thigh[2] * shin[1] - thigh[1] * shin[2]
        c = ((reach**2).sum(1) - thigh @ thigh - shin @ shin) / 2 - thigh[0] * shin[0]
        bend = np.zeros((frames, 3))
        bend[:, 0] = np.arctan2(b, a) + np.arccos(np.clip(c / np.hypot(a, b), -1, 1))
        knee_turn = axis_angle_to_matrix(bend)
        limb = thigh + knee_turn @ shin
        hip_local = _between(limb, np.einsum("tji,tj->ti", pelvis, reach))
        foot = np.swapaxes(pelvis @ axis_angle_to_matrix(hip_local) @ knee_turn, 1, 2)
        for name, rotation in (("hip", hip_local), ("knee", bend), ("ankle", matrix_to_axis_angle(foot))):
            index = 3 * JOINT_INDEX[f"{side}_{name}"]
            track.poses[:, index : index + 3] = rotation


def _between(start: Doubles, end: Doubles) -> Doubles:
    """Return (T, 3) shortest axis-angle that turns directions ``start`` onto ``end``."""
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(sine, (start * end).sum(1, keepdims=True))
    return axis * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 0)
