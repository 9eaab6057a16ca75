"""Bearing: a body that stands or sits as it feels, laid on the posture at ease and under the gestures.

What an emotion does is in one table, ``emotion/bodily``; here it becomes rotations of joints.
"""

# numpy and scipy type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..body.track import BodyTrack
from ..character import load_character
from ..emotion.bodily import added, factor
from ..plausibility.kinematics import joint_frames
from ..prosody import Prosody
from ..rotation import compose_axis_angle
from ..skeleton import JOINT_INDEX
from .noise import Doubles, add_bump, quintic, smooth_noise

_SHARES = {"spine1": 0.25, "spine2": 0.35, "spine3": 0.4}
"""How the bend of the spine spreads over its joints: most of it high up, where backs are round."""
_HIPS = 0.5
"""Part of a lean that comes from the hips; the spine does the rest."""
_HIPS_BACK = 0.003
"""Metres by which the hips go back per degree of a lean of somebody who stands: the weight stays over the feet."""
_LEVEL = 0.85
"""Part of the trunk's turning that the neck takes back: people go on looking where they looked."""
_ARMS_HANG = 0.9
"""Part of the collar bones' turning that the shoulders take back, so that arms stay where they are."""
_TREMBLE = 0.11  # seconds
_STRESS = (0.3, 0.7)
"""Seconds in which the body answers a stressed syllable and is back, at a tempo of 1."""
_STRESS_LEVEL = 1.5  # seconds over which accents neither lift nor lower the posture
_FINGERS = {"1": 1.1, "2": 1.0, "3": 0.7}
_THUMB = 0.5
"""How much less than a finger's a joint of the thumb curls."""
_SEATED_FISTS = 0.35
_OFF_THIGHS = (0.13, 0.08)
"""Metres of the wrist over the hips from where on, and within which more of them, a seated person's hand is off the
thighs: there fists are whole."""


def stresses(times: Doubles, prosody: Prosody, feeling: Doubles) -> Doubles:
    """Return (T,) about -1 to 1: how much a body that feels something is stirred by the stressed syllables.

    Parameters
    ----------
    feeling : (T, 8) array
        How strongly the body feels each emotion.
    """
    curve = np.zeros(len(times))
    if not feeling[:, 1:].any():
        return curve
    tempo = factor(feeling, "tempo")
    rows = np.minimum(np.searchsorted(times, prosody.accent_times), len(times) - 1)
    for time, accent, row in zip(prosody.accent_times, prosody.accent_strengths, rows.tolist(), strict=True):
        rise, fall = (seconds / float(tempo[row]) for seconds in _STRESS)
        add_bump(curve, times, float(time), rise, fall, float(accent))
    curve = np.asarray(np.tanh(curve), np.float64)
    frame = float(times[1] - times[0]) if len(times) > 1 else 1.0
    level = np.asarray(gaussian_filter1d(curve, _STRESS_LEVEL / frame, mode="nearest"), np.float64)
    return curve - level


def bear_trunk(
    track: BodyTrack, times: Doubles, feeling: Doubles, stress: Doubles, rng: np.random.Generator, *,
    openness: float | Doubles = 0.0, seated: bool = False, forward: float | Doubles = 0.0,
) -> None:  # fmt: skip
    """Bend and turn the trunk as an emotion does, in place; feet must be planted afterwards.

    Parameters
    ----------
    track : BodyTrack
        T frames of a body at ease; pelvis, spine, neck and ``trans`` are written.
    feeling : (T, 8) array
        How strongly the body feels each emotion.
    stress : (T,) array
        See :func:`stresses`.
    openness : float or (T,) array
        -1 (closed, folded) to 1 (open, chest lifted): the character's own posture.
    forward : float or (T,) array
        Degrees by which it leans in besides.
    """
    if not np.any(openness) and not np.any(forward) and not feeling[:, 1:].any():
        return
    lean, slump, turn, side = (added(feeling, name) for name in ("lean", "slump", "turn", "side"))
    slump = slump - 5.0 * openness
    lean = lean + forward
    if seated:
        lean, turn = 0.8 * lean, 0.7 * turn
    hips = np.radians(np.stack([_HIPS * lean, 0.4 * turn, 0 * side], 1))
    spine = np.radians(np.stack([(1 - _HIPS) * lean + slump, 0.6 * turn, -side], 1))
    spine += np.radians(stress[:, None] * added(feeling, "thrust") * (1.0, 1.0, -1.0))
    tremor = added(feeling, "tremor")
    if tremor.any():
        spine[:, :2] += np.radians(tremor[:, None] * smooth_noise(times, _TREMBLE, rng, 2))
    if seated:
        hips *= 0.3
    _turn(track.poses, "pelvis", hips)
    for name, share in _SHARES.items():
        _turn(track.poses, name, share * spine)
    _turn(track.poses, "neck", -_LEVEL * (hips + spine))
    if not seated:
        track.trans[:, 2] -= _HIPS_BACK * lean


def bear_arms(
    poses: Doubles, feeling: Doubles, stress: Doubles, *, openness: float | Doubles = 0.0, seated: bool = False
) -> Doubles:
    """Return (T, 165) poses whose shoulders and fingers are held as an emotion has them; arms stay where they are.

    Parameters
    ----------
    poses : (T, 165) array
        Of a body that gestures, or not.
    feeling : (T, 8) array
    stress : (T,) array
        As :func:`bear_trunk` has them.
    """
    shrug, hunch, fists, heave = (added(feeling, name) for name in ("shrug", "hunch", "fists", "heave"))
    shrug = shrug + stress * heave
    hunch = hunch - 5.0 * openness
    if not (shrug.any() or hunch.any() or fists.any()):
        return poses
    poses = np.array(poses, np.float64)
    for side, mirror in (("left", 1.0), ("right", -1.0)):
        raised = np.radians(np.stack([0 * shrug, -mirror * hunch, mirror * shrug], 1))
        collar = _at(poses, f"{side}_collar").copy()
        _turn(poses, f"{side}_collar", raised)
        back = compose_axis_angle(-collar, compose_axis_angle(-_ARMS_HANG * raised, collar))
        _turn(poses, f"{side}_shoulder", back)
        if fists.any():
            much = fists * _in_the_air(poses, side) if seated else fists
            curl, fold = np.zeros_like(raised), np.zeros_like(raised)
            curl[:, 2] = -mirror * np.radians(much)
            fold[:, 1] = mirror * np.radians(_THUMB * np.maximum(much, 0.0))
            for joint in ("thumb2", "thumb3"):
                _turn(poses, f"{side}_{joint}", fold)
            for finger in ("index", "middle", "ring", "pinky"):
                for joint, share in _FINGERS.items():
                    _turn(poses, f"{side}_{finger}{joint}", share * curl)
    return poses


def _in_the_air(poses: Doubles, side: str) -> Doubles:
    """Return (T,) how much of a fist a seated person's hand makes: little while it lies on something."""
    wrist, hip = JOINT_INDEX[f"{side}_wrist"], JOINT_INDEX[f"{side}_hip"]
    nowhere = np.zeros((len(poses), 3))
    places = joint_frames(poses, nowhere, np.asarray(load_character().joints, np.float64), [wrist, hip])[1]
    low, more = _OFF_THIGHS
    return _SEATED_FISTS + (1 - _SEATED_FISTS) * quintic((places[:, wrist, 1] - places[:, hip, 1] - low) / more)


def head_in_world(feeling: npt.ArrayLike) -> Doubles:
    """Return (T, 3) radians that the emotions add to the head: down, to its left, tilted."""
    return np.radians(added(feeling, "head"))


def _at(poses: Doubles, joint: str) -> Doubles:
    index = 3 * JOINT_INDEX[joint]
    return poses[:, index : index + 3]


def _turn(poses: Doubles, joint: str, rotation: Doubles) -> None:
    """Turn a joint in its parent's frame, in place."""
    part = _at(poses, joint)
    part[:] = compose_axis_angle(rotation, part)
