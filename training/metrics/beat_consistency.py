"""Beat consistency: how close the beats of the motion are to those of the speech.

Li et al. 2021 ("AI Choreographer"), as TalkSHOW and ProbTalk have it for arms: a kinematic beat is a local minimum of
the arms' mean angular speed; the consistency is the mean over the beats of the speech of ``exp(-dt^2 / (2 sigma^2))``
with ``dt`` to the nearest kinematic beat and sigma 0.1 s. Two traps:

- Motion with many beats is near any beat: jitter scores high. So it is always given with its chance level, the mean
  over circular shifts of the motion against the speech, and beside the jerk.
- It asks whether speech is answered by motion, not whether motion is asked for by speech; with the two exchanged it
  is the second (``precision``), which jitter does not raise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from ...inference.rotation import axis_angle_to_quaternion

Doubles = npt.NDArray[np.float64]

SIGMA = 0.1
"""Seconds."""
PROMINENCE = 0.3
"""rad/s by which the speed must rise on both sides of a minimum: 0.01 rad per frame at 30 fps, as TalkSHOW's."""
_SHIFTS = 60
_LEAST_SHIFT = 1.5  # seconds


@dataclass(frozen=True)
class BeatScore:
    """A score with what the same motion gets against speech it does not belong to."""

    score: float
    """0..1."""
    chance: float
    """Mean over circular shifts."""
    weight: int
    """Number of beats it is a mean over."""


def angular_speed(rotations: npt.ArrayLike, fps: float) -> Doubles:
    """Return (T,) rad/s, the mean over the J joints of (T, J, 3) axis-angle, centred on the frames."""
    quaternions = axis_angle_to_quaternion(np.asarray(rotations, np.float64))
    cosine = np.abs((quaternions[1:] * quaternions[:-1]).sum(-1))
    steps = 2 * np.arccos(np.clip(cosine, 0, 1)).mean(1) * fps
    if not len(steps):
        return np.zeros(len(quaternions))
    ends = np.concatenate([steps[:1], steps, steps[-1:]])
    return (ends[1:] + ends[:-1]) / 2


def kinematic_beats(rotations: npt.ArrayLike, fps: float, prominence: float = PROMINENCE) -> Doubles:
    """Return seconds of the local minima of :func:`angular_speed`."""
    found, _ = find_peaks(-angular_speed(rotations, fps), prominence=prominence)
    return found / fps


def nearness(beats: npt.ArrayLike, others: npt.ArrayLike, sigma: float = SIGMA) -> float:
    """Return the mean over ``beats`` of how near the nearest of ``others`` is, 0..1; seconds all."""
    first, second = np.asarray(beats, np.float64), np.sort(np.asarray(others, np.float64))
    if not len(first) or not len(second):
        return 0.0
    after = np.searchsorted(second, first)
    gap = np.minimum(
        np.abs(first - second[np.clip(after, 0, len(second) - 1)]), np.abs(first - second[np.clip(after - 1, 0, None)])
    )
    return float(np.exp(-(gap**2) / (2 * sigma**2)).mean())


def beat_scores(speech: npt.ArrayLike, motion: npt.ArrayLike, seconds: float) -> tuple[BeatScore, BeatScore]:
    """Return (consistency, precision) of one recording.

    Parameters
    ----------
    speech, motion : (n,) arrays
        Seconds of the beats.
    seconds : float
        Length of the recording, over which the shifts go round; more than twice 1.5 s.
    """
    heard, seen = np.asarray(speech, np.float64), np.asarray(motion, np.float64)
    shifts = np.linspace(_LEAST_SHIFT, seconds - _LEAST_SHIFT, _SHIFTS)
    moved = [np.sort((seen + shift) % seconds) for shift in shifts]
    consistency = BeatScore(
        nearness(heard, seen), float(np.mean([nearness(heard, beats) for beats in moved])), len(heard)
    )
    precision = BeatScore(nearness(seen, heard), float(np.mean([nearness(beats, heard) for beats in moved])), len(seen))
    return consistency, precision


def pooled(scores: list[BeatScore]) -> BeatScore:
    """Return the mean over recordings, each with the weight of its beats."""
    weights = np.array([score.weight for score in scores], np.float64)
    total = max(weights.sum(), 1.0)
    return BeatScore(
        float(weights @ [score.score for score in scores] / total),
        float(weights @ [score.chance for score in scores] / total),
        int(weights.sum()),
    )
