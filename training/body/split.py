"""Who and what is never trained on, in one place.

Gestures: every clip of two sets, so that a held-out gesture was made by nobody whose other gestures are known:
SmartBody's ``Gestures2`` (its own recordings only; the clips it shares with ``Gestures`` are near-copies and dropped
altogether) and Sumerian's ``adult_male``. No clip of the training sets comes as close to one of them as a near-copy
does; tests hold that.

Speech: the actors 08 and 10 of emodb, every fifth recording of ljspeech, the held-out voices of the synthetic corpus,
and 90 clips of grid_s1, as for the face.
"""

from __future__ import annotations

from typing import Literal

Split = Literal["train", "held_out"]

HELD_OUT_SETS: tuple[str, ...] = ("Gestures2", "adult_male")
"""Sets of clips no training sees, neither raw nor scheduled."""
TRAINING_SETS: tuple[str, ...] = ("Gestures", "FemaleGestures", "ChrRachel", "PNGestures", "adult_female")
"""Sets of clips that are trained on."""


def split_of(set_name: str) -> Split:
    """Return the side a set of clips is on."""
    return "held_out" if set_name in HELD_OUT_SETS else "train"
