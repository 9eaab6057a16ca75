"""Upper face, mood and blinks of a finished performance, stronger or weaker."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES, REGION_COEFFICIENTS
from ..character import Character
from ..face.lip_solver import solve_aperture
from ..soft_gain import amplified
from ..time_filters import held_part, smooth

Floats = npt.NDArray[np.float32]

_UPPER = [
    ARKIT_INDEX[name] for name in ARKIT_NAMES
    if name.startswith(("brow", "cheekSquint", "nose", "eyeSquint", "eyeWide"))
]  # fmt: skip
_BLINKS = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
_MOUTH = [
    ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]
    if name.startswith(("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch", "mouthPress", "mouthUpperUp"))
]  # fmt: skip
"""What a mood moves of the mouth; the rest of it speaks."""
_MOOD, _LID = 2.0, 2.5
"""Seconds that a mood is held longer than, and that lids are open for between two blinks, the blink included."""


def shape_upper_face(arkit: Floats, fps: float, strength: float, emotion: float, blinks: float, sigma: float) -> None:
    """Weight brows, cheeks, nose and lids of (T, 52) coefficients, in place.

    Parameters
    ----------
    sigma : float
        Standard deviation in frames of the window over which all but the blinks are smoothed.
    """
    values = arkit[:, _UPPER]
    if sigma > 0:
        values = smooth(values, sigma)
    if emotion != 1:
        values = _mood(values, fps, emotion)
    arkit[:, _UPPER] = amplified(values, np.zeros_like(values), np.full(len(_UPPER), strength))
    if blinks != 1:
        lids = arkit[:, _BLINKS]
        open_lids = np.minimum(held_part(lids, _LID * fps, 0.4), lids)
        arkit[:, _BLINKS] = amplified(lids, open_lids, np.full(2, blinks))


def shape_mood(poses: Floats, arkit: Floats, fps: float, emotion: float, character: Character) -> tuple[Floats, Floats]:
    """Return (T, 165) and (T, 52) with the mouth's mood weighted; the lips stay as far apart as they were."""
    values = arkit[:, _MOUTH]
    if emotion == 1 or not values.any():
        return poses, arkit
    aperture = character.lip_aperture(poses, arkit)
    weighted = arkit.copy()
    weighted[:, _MOUTH] = _mood(values, fps, emotion)
    return solve_aperture(poses, weighted, aperture, character)


def _mood(values: Floats, fps: float, gain: float) -> Floats:
    """Return (T, C) shares whose held part is weighted; what moves on top of it stays."""
    held = np.minimum(held_part(values, _MOOD * fps, 0.5), values)
    mood = amplified(held, np.zeros_like(held), np.full(held.shape[1], gain))
    return np.clip(values + mood - held, 0, 1).astype(np.float32)
