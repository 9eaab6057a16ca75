"""What expressions that stand for whole faces show of a performance: blinks, the way of the eyes, emotions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.rotation import axis_angle_to_matrix

if TYPE_CHECKING:
    from ...inference.performance import Performance

Doubles = npt.NDArray[np.float64]

_FELT_SECONDS = 0.5
"""An emotion does not come and go with a syllable."""
_GREAT_REACH = 30.0
"""Degrees at which a look shows whole, where nothing says so."""


def signal(performance: Performance, role: str, reach: float | None = None) -> Doubles:
    """Return (T,) how far an expression shows, 0..1.

    Parameters
    ----------
    role : str
        One of the mappings' ``EXPRESSIONS`` or ``GAZES``.
    reach : float, optional
        Degrees at which a look shows whole.
    """
    if role.startswith("look"):
        return _look(performance, role, reach or _GREAT_REACH)
    found: Doubles = np.clip(_SIGNALS[role](performance), 0.0, 1.0)
    return found


def _look(performance: Performance, role: str, reach: float) -> Doubles:
    ahead = np.zeros((performance.frames, 3))
    for side in ("left", "right"):
        turn = axis_angle_to_matrix(performance.joint(f"{side}_eye_smplhf").astype(np.float64))
        ahead += turn[:, :, 2]
    across = np.degrees(np.arctan2(ahead[:, 0], ahead[:, 2]))
    up = np.degrees(np.arctan2(ahead[:, 1], np.hypot(ahead[:, 0], ahead[:, 2])))
    degrees = {"lookLeft": across, "lookRight": -across, "lookUp": up, "lookDown": -up}[role]
    found: Doubles = np.clip(degrees / reach, 0.0, 1.0)
    return found


def _mean(performance: Performance, *names: str) -> Doubles:
    found: Doubles = np.mean(
        [performance.coefficient(name + side) for name in names for side in ("Left", "Right")], axis=0
    ).astype(np.float64)
    return found


def _felt(performance: Performance, values: Doubles, least: float, whole: float) -> Doubles:
    """Return values smoothed over the time of a feeling, from 0 at the least to 1 at the whole."""
    count = min(max(1, round(_FELT_SECONDS * performance.fps)), performance.frames)
    padded = np.pad(values, (count // 2, count - 1 - count // 2), mode="edge")
    slow = np.convolve(padded, np.full(count, 1.0 / count), mode="valid")
    found: Doubles = np.clip((slow - least) / (whole - least), 0.0, 1.0)
    return found


def _blink(performance: Performance) -> Doubles:
    """Return the greater of the two lids': a face with one blink alone cannot wink."""
    left, right = performance.coefficient("eyeBlinkLeft"), performance.coefficient("eyeBlinkRight")
    return np.maximum(left, right).astype(np.float64)


def _happy(performance: Performance) -> Doubles:
    return _felt(performance, _mean(performance, "mouthSmile"), 0.12, 0.75)


def _sad(performance: Performance) -> Doubles:
    brows = performance.coefficient("browInnerUp").astype(np.float64)
    return _felt(performance, _mean(performance, "mouthFrown") + 0.3 * np.maximum(brows - 0.3, 0.0), 0.12, 0.6)


def _angry(performance: Performance) -> Doubles:
    return _felt(performance, _mean(performance, "browDown"), 0.3, 0.85) * (1.0 - _happy(performance))


def _surprised(performance: Performance) -> Doubles:
    return _felt(performance, _mean(performance, "eyeWide"), 0.2, 0.7)


_SIGNALS: dict[str, Callable[[Performance], Doubles]] = {
    "blink": _blink,
    "blinkLeft": lambda performance: performance.coefficient("eyeBlinkLeft").astype(np.float64),
    "blinkRight": lambda performance: performance.coefficient("eyeBlinkRight").astype(np.float64),
    "smile": lambda performance: 1.4 * _mean(performance, "mouthSmile"),
    "frown": lambda performance: 1.4 * _mean(performance, "mouthFrown"),
    "happy": _happy,
    "sad": _sad,
    "angry": _angry,
    "surprised": _surprised,
    "relaxed": lambda performance: np.zeros(performance.frames),
}
