"""Body: arms at rest, breathing, a living trunk and shifting weight, standing or on a chair.

All rotations start from the T-pose. Left and right mirror each other: (x, y, z) becomes (x, -y, -z).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ..body.track import BodyTrack, RestSpan
from ..easing import s_curve
from ..prosody import Prosody
from ..skeleton import JOINT_INDEX
from .arms import rest_arms
from .legs import plant_feet
from .noise import Doubles, layer_rng, smooth_noise
from .seat import SEATED_SPINE, Seat, leaning, seated_pelvis, thigh_size
from .stance import stance
from .trunk import living_trunk, turned_towards
from .way_round import go_round

_BREATH = 4.3  # seconds: 14 a minute
_SHIFT = 0.027  # metres of the pelvis to one side
_SWAY = np.array([0.004, 0.006])  # metres sideways and forwards, deviation
_MOST = 1.5  # strength from which on feet and weight go no further
_HIP = np.array([0.0, -2.0, 2.3])  # degrees of the pelvis with the weight on the left leg: that hip is up and back
_SEATED = 0.45  # on a chair the weight rolls from one side to the other: so much of the turns
_SEATED_SHIFT = 0.006
_COUNTER = np.array([0.0, 0.8, 1.1])  # of what the weight does to the pelvis: shoulders stay level and face the front


def posture_layer(
    times: Doubles,
    prosody: Prosody,
    joints: npt.ArrayLike,
    seed: int,
    *,
    breathing: npt.ArrayLike = 1.0,
    breath_rate: npt.ArrayLike = 1.0,
    weight_shift: npt.ArrayLike = 1.0,
    bearing: Callable[[BodyTrack], None] | None = None,
    posture: str = "standing",
    seat: Seat | None = None,
    rests: Sequence[RestSpan] = (),
    looked_at: npt.ArrayLike = (),
    feeling: Doubles | None = None,
) -> BodyTrack:
    """Return a body at ease, standing or on a chair.

    Parameters
    ----------
    joints : (55, 3) array
        Rest joints of the character, metres; the legs are solved on them.
    breathing, breath_rate, weight_shift : float or (T,) array
        How deep and how often it breathes, how far weight, trunk and feet move: 1 is natural; without weight shift
        nothing but the breath moves.
    bearing : callable
        Bends the trunk as an emotion does, in place, before the feet are planted; see :mod:`.bearing`.
    posture : str
        ``"standing"`` or ``"seated"``. The feet begin on the same place of the same floor in both; on a chair they
        stay there, and ``trans`` takes the pelvis back and down.
    seat : Seat
        How high and how far back one sits; None: as the legs have it.
    rests : sequence of RestSpan
        Where the hands lie; beside the body, or on the thighs of a seated one, when there are none.
    looked_at : (1, 3) or (T, 3) array
        Places to which the trunk turns a part of the way, as far as it moves at all; metres in the character's frame,
        empty for none.
    feeling : (T, 8) array
        How strongly each emotion holds; none is neutral.
    """
    seated = posture == "seated"
    frames = len(times)
    track = BodyTrack(np.zeros((frames, 165)), np.zeros((frames, 3)))
    breath = np.asarray(breathing) * breath_curve(times, prosody, layer_rng(seed, "breath"), breath_rate)
    lively = np.broadcast_to(np.asarray(weight_shift, np.float64), (frames,))
    plan = stance(float(times[-1]), min(float(lively.mean()), _MOST), seed)
    weight, aside, forwards = plan.shifted(times).T
    over, dip, hip_turn = np.zeros((3, frames)) if seated else plan.carried(times).T
    if seated:
        weight = _SEATED * weight
    trunk = living_trunk(times, prosody, seed, feeling)
    weighted = weight[:, None] * _HIP
    weighted[:, 1] += hip_turn
    trunk = turned_towards(trunk, times, looked_at)
    pelvis = np.radians(lively[:, None] * trunk.pelvis + weighted)
    spine = np.radians(lively[:, None] * trunk.spine - _COUNTER * weighted)
    chest = np.zeros((frames, 3))
    chest[:, 0] = np.radians(-0.8) * breath
    sitting = np.zeros((4, 3))
    if seated:
        lean = lively * leaning(times, prosody, seed)
        pelvis[:, 0] += np.radians(0.6 * lean)
        spine[:, 0] += np.radians(0.4 * lean)
        sitting[:, 0] = np.radians([SEATED_SPINE[name] for name in ("pelvis", "spine1", "spine2", "spine3")])
    joint = _writer(track)
    joint("pelvis", pelvis + sitting[0])
    joint("spine1", 0.34 * spine + sitting[1])
    joint("spine2", 0.33 * spine + 0.6 * chest + sitting[2])
    joint("spine3", 0.33 * spine + chest + sitting[3])
    # The head does not nod with the breath.
    joint("neck", -1.6 * chest)
    if not seated:
        drift = lively[:, None] * _SWAY * smooth_noise(times, 2.6, layer_rng(seed, "weight"), 2)
        size = thigh_size(np.asarray(joints, np.float64))
        track.trans[:, 0] = size * (_SHIFT * weight + aside + over + drift[:, 0])
        track.trans[:, 1] = -size * dip
        track.trans[:, 2] = size * (forwards + drift[:, 1])
    if bearing is not None:
        bearing(track)
    if seated:
        track.trans[:] = seated_pelvis(track.poses[:, :3], joints, seat)
        track.trans[:, 0] += _SEATED_SHIFT * weight
        plant_feet(track, joints)
    else:
        plant_feet(track, joints, plan.placed(times, joints))
    track.rests = tuple(rests) or (RestSpan(0.0, 1.0, "thighs" if seated else "sides"),)
    rest_arms(track, joints, times, breath, layer_rng(seed, "posture"), track.rests)
    go_round(track, times, track.rests)
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
        out = s_curve((part - fill) / (length - fill))
        curve[first:last] = np.clip(depth, 0.4, 1.2) * np.where(part < fill, s_curve(part / fill), 1 - out)
        now += length
    return curve
