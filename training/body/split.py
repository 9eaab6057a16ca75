"""Who and what is never trained on, in one place.

Gestures: every clip of two sets, so that a held-out gesture was made by nobody whose other gestures are known:
SmartBody's ``Gestures2`` (its own recordings only; the clips it shares with ``Gestures`` are near-copies and dropped
altogether) and Sumerian's ``adult_male``. No clip of the training sets comes as close to one of them as a near-copy
does; tests hold that with :func:`path_distance`.

Speech: the actors 08 and 10 of emodb, every fifth recording of ljspeech, the held-out voices of the synthetic corpus,
and 90 clips of grid_s1, as for the face.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from ...inference.body.upper_body import UPPER_BODY
from ...inference.rotation import axis_angle_to_matrix

Split = Literal["train", "held_out"]
Doubles = npt.NDArray[np.float64]

HELD_OUT_SETS: tuple[str, ...] = ("Gestures2", "adult_male")
"""Sets of clips no training sees, neither raw nor scheduled."""
TRAINING_SETS: tuple[str, ...] = ("Gestures", "FemaleGestures", "ChrRachel", "PNGestures", "adult_female")
"""Sets of clips that are trained on."""
_UPPER_ARM, _FOREARM = 0.28, 0.25  # metres
_OVERLAP = 0.7


def split_of(set_name: str) -> Split:
    """Return the side a set of clips is on."""
    return "held_out" if set_name in HELD_OUT_SETS else "train"


def wrist_path(rotations: npt.ArrayLike) -> Doubles:
    """Return (T, 4, 3) elbows and wrists (left, left, right, right) from the shoulders, metres, for (T, 41, 3)."""
    rotations = np.asarray(rotations, np.float64)
    points = []
    for side, outward in (("left", 1.0), ("right", -1.0)):
        shoulder = axis_angle_to_matrix(rotations[:, UPPER_BODY.index(f"{side}_shoulder")])
        elbow = shoulder @ axis_angle_to_matrix(rotations[:, UPPER_BODY.index(f"{side}_elbow")])
        upper = shoulder[..., 0] * outward * _UPPER_ARM
        points += [upper, upper + elbow[..., 0] * outward * _FOREARM]
    return np.stack(points, 1)


def path_distance(first: Doubles, second: Doubles) -> float:
    """Return how differently two :func:`wrist_path` move, over all shifts in time: 0 the same, about 1 or more unlike.

    The rms of their difference without its mean (skeletons rest differently) over the rms of the first one's own
    movement. At least 70 % of the shorter one must lie within the longer one.
    """
    a, b = first.reshape(len(first), -1), second.reshape(len(second), -1)
    needed = int(_OVERLAP * min(len(a), len(b)))
    least = np.inf
    for shift in range(needed - len(a), len(b) - needed + 1):
        length = min(len(a) - max(0, -shift), len(b) - max(0, shift))
        here = a[max(0, -shift) :][:length]
        movement = here.var(0).sum()
        least = min(least, float((here - b[max(0, shift) :][:length]).var(0).sum() / max(movement, 1e-6)))
    return float(np.sqrt(least))
