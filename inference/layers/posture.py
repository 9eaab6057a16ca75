"""Body: arms at rest, breathing and shifting weight, standing or on a chair, on planted feet.

All rotations start from the T-pose. Left and right mirror each other: (x, y, z) becomes (x, -y, -z).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..body.track import BodyTrack
from ..prosody import Prosody
from ..skeleton import JOINT_INDEX
from .arms import ARM_POSE, resting_arms
from .hands import SEATED_FINGERS, hands_on_thighs
from .legs import plant_feet
from .noise import Doubles, smooth_noise, smoothstep
from .seat import SEATED_SPINE, seat_offset

_BREATH = 4.3  # seconds: 14 a minute
_SHIFT = 0.014  # metres of the pelvis to one side
_SEATED_SHIFT = 0.003  # on a chair the weight rolls from one side to the other instead
_SEATED_LEAN = 1.6  # degrees of the trunk to the front and back


def posture_layer(
    times: Doubles,
    prosody: Prosody,
    joints: npt.ArrayLike,
    rng: np.random.Generator,
    breath_rng: np.random.Generator,
    *,
    breathing: npt.ArrayLike = 1.0,
    breath_rate: npt.ArrayLike = 1.0,
    weight_shift: npt.ArrayLike = 1.0,
    bearing: Callable[[BodyTrack], None] | None = None,
    posture: str = "standing",
) -> BodyTrack:
    """Return a body at ease: standing with hanging arms, or on a chair with its hands on the thighs.

    Parameters
    ----------
    joints : (55, 3) array
        Rest joints of the character, metres; the legs are solved on them.
    breathing, breath_rate, weight_shift : float or (T,) array
        How deep and how often it breathes, how far the weight shifts: 1 is natural.
    bearing : callable
        Bends the trunk as an emotion does, in place, before the feet are planted; see :mod:`.bearing`.
    posture : str
        ``"standing"`` or ``"seated"``. The feet are on the same place of the same floor in both; on a chair ``trans``
        takes the pelvis back and down to the height of the shins.
    """
    seated = posture == "seated"
    frames = len(times)
    track = BodyTrack(np.zeros((frames, 165)), np.zeros((frames, 3)))
    breath = np.asarray(breathing) * breath_curve(times, prosody, breath_rng, breath_rate)
    weight_shift = np.asarray(weight_shift, np.float64)
    sway = smooth_noise(times, 5.0, rng, 3)

    shift = weight_shift * stance_curve(times, rng) + 0.12 * weight_shift * sway[:, 0]
    shift = 1.8 * np.tanh(shift / 1.8)
    if seated:
        pelvis = np.radians(np.stack([0.3 * weight_shift * sway[:, 1], -0.5 * shift, 0.9 * shift], 1))
    else:
        pelvis = np.radians(np.stack([0.3 * weight_shift * sway[:, 1], -1.6 * shift, 1.7 * shift], 1))
    joint = _writer(track)
    # The spine takes the tilt of the pelvis back, so that the shoulders stay nearly level and the head over the feet.
    counter = -np.stack([pelvis[:, 0], 0.7 * pelvis[:, 1], 1.15 * pelvis[:, 2]], 1)
    bend = np.zeros((frames, 3))
    chest = np.zeros((frames, 3))
    chest[:, 0] = np.radians(-0.8) * breath
    seat = np.zeros((4, 3))
    if seated:
        seat[:, 0] = np.radians([SEATED_SPINE[name] for name in ("pelvis", "spine1", "spine2", "spine3")])
        bend[:, 0] += np.radians(_SEATED_LEAN * weight_shift) * sway[:, 2]
    joint("pelvis", pelvis + seat[0])
    joint("spine1", 0.4 * counter + 0.25 * bend + seat[1])
    joint("spine2", 0.3 * counter + 0.35 * bend + 0.6 * chest + seat[2])
    joint("spine3", 0.3 * counter + 0.4 * bend + chest + seat[3])
    # The head does not nod with the breath.
    joint("neck", -1.6 * chest)
    resting_arms(joint, times, breath, np.zeros(frames), rng, {**ARM_POSE, **SEATED_FINGERS} if seated else ARM_POSE)
    track.trans[:, 0] = (_SEATED_SHIFT if seated else _SHIFT) * shift
    if seated:
        track.trans += seat_offset(joints)
    if bearing is not None:
        bearing(track)
    plant_feet(track, joints)
    if seated:
        hands_on_thighs(track, joints, smooth_noise(times, 4.5, rng, 4))
    return track


def _writer(track: BodyTrack) -> Callable[[str, npt.ArrayLike], None]:
    def write(name: str, rotation: npt.ArrayLike) -> None:
        index = 3 * JOINT_INDEX[name]
        track.poses[:, index : index + 3] = rotation

    return write


def breath_curve(times: Doubles, prosody: Prosody, rng: np.random.Generator, rate: npt.ArrayLike = 1.0) -> Doubles:
    """Return (T,) filling of the lungs, 0..1: a breath before a phrase starts, quiet breathing otherwise.

    ``rate`` (a number or (T,)) is how many times as often as somebody calm it breathes.
    """
    curve = np.zeros(len(times))
    rates = np.broadcast_to(np.asarray(rate, np.float64), times.shape)
    # A breath is only drawn where nobody speaks: pauses and the time before the first word.
    onsets = np.array([start for start, _ in prosody.phrases])
    now = -float(rng.uniform(0.0, _BREATH))
    while now < times[-1]:
        jitter, depth = rng.standard_normal(), 0.8 + 0.15 * rng.standard_normal()
        length = _BREATH * float(np.exp(0.1 * jitter)) / float(np.interp(now, times, rates))
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
