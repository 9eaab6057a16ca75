"""The emotion on top of a speaking face: alive, and giving way where speech needs the mouth.

The expressions themselves are in ``facs``; this is the rule-based layer, for engines that are not directed by an
emotion themselves, and what head, body, gaze and blinks do with an emotion.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from ..arkit import ARKIT_INDEX
from ..emotion import facs
from ..emotion.curves import emotion_weights as emotion_weights
from ..prosody import Prosody
from .noise import Doubles, smooth_noise

_YIELD = 0.07  # seconds
_SPOKEN_CLOSURE = 0.012  # Lips nearer than this, in eye-corner distances, while somebody speaks, are meant to be.


def _either(arkit: npt.NDArray[np.floating[Any]], name: str) -> npt.NDArray[np.floating[Any]]:
    if name in ARKIT_INDEX:
        return arkit[:, ARKIT_INDEX[name]]
    return np.maximum(arkit[:, ARKIT_INDEX[f"{name}Left"]], arkit[:, ARKIT_INDEX[f"{name}Right"]])


def influence(weights: Doubles, attribute: str) -> npt.NDArray[np.float64]:
    """Return (T, ...) degrees that the emotions add to ``"head"``, ``"gaze"``, ``"slump"`` or ``"shrug"``."""
    return weights @ facs.of_emotions(attribute)


def mean_blink_rate(weights: Doubles) -> float:
    """Return the factor on how often the character blinks."""
    return float(1 + (weights.mean(0) * (facs.of_emotions("blink_rate") - 1)).sum())


def swell(times: Doubles, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return (T, 1) factors near 1: a held expression swells and ebbs, or it looks like a mask."""
    return (0.98 + 0.04 * np.tanh(smooth_noise(times, 1.7, rng))).astype(np.float32)


def act(times: Doubles, weights: Doubles) -> Doubles:
    """Return (T, 8) how far each emotion has come on the face, see ``facs.muscle_dynamics``."""
    grid = np.arange(0, times[-1] + facs.STEP, facs.STEP)
    even: list[Doubles] = [np.interp(grid, times, column) for column in weights.T]
    acted = facs.muscle_dynamics(np.stack(even, 1))
    shown: list[Doubles] = [np.interp(times, grid, column) for column in acted.T]
    return np.stack(shown, 1)


def emotion_layer(
    times: Doubles, prosody: Prosody, acted: Doubles, arkit: npt.NDArray[np.floating[Any]]
) -> npt.NDArray[np.float32]:
    """Return (T, 52) to add to a face: the expression, giving way to speech.

    Parameters
    ----------
    acted : (T, 8) array
        From :func:`act`.
    arkit : (T, 52) array
        The face as the engine speaks it. Where its lips round or press, the expression leaves the mouth to them. The
        lips' distance must be restored afterwards, see ``lip_solver``.
    """
    speaking = prosody.at(prosody.speaking, times)
    rounding = _either(arkit, "mouthPucker") + _either(arkit, "mouthFunnel")
    pressing = _either(arkit, "mouthPress") + _either(arkit, "mouthRollLower") + _either(arkit, "mouthRollUpper")
    room = facs.mouth_room(speaking, rounding, pressing)
    # A mood does not flicker with every sound: it gives way a little earlier and comes back a little later.
    frame = times[1] - times[0] if len(times) > 1 else 1.0
    room = gaussian_filter1d(room, _YIELD / frame, mode="nearest")
    return facs.expression_curve(*facs.activations(acted, prosody.at(prosody.accent, times) * speaking, room))


def felt_aperture(
    times: Doubles, prosody: Prosody, acted: Doubles, aperture: npt.NDArray[np.floating[Any]]
) -> npt.NDArray[np.float32]:
    """Return the (T,) lip aperture with an emotion: surprise parts the lips, sadness opens them less.

    Where speech shuts the lips they stay as they are. ``aperture`` (T,) is in eye-corner distances.
    """
    frame = times[1] - times[0] if len(times) > 1 else 1.0
    reach = max(1, 2 * round(0.12 / frame) + 1)
    speaking = maximum_filter1d(prosody.at(prosody.speaking, times), reach)
    shut = np.clip(2 - aperture / (0.5 * _SPOKEN_CLOSURE), 0, 1) * np.clip(2.5 * speaking, 0, 1)
    # Lips part and meet over a tenth of a second, and are together for as long as speech has them together.
    held = maximum_filter1d(shut, max(1, 2 * round(0.06 / frame) + 1))
    free = 1 - np.maximum(gaussian_filter1d(held, 0.03 / frame, mode="nearest"), shut)
    opening = acted @ facs.of_emotions("opening")
    parted = np.clip(acted @ facs.of_emotions("parted"), 0, None)
    return (aperture * (1 + opening * free) + parted * free).astype(np.float32)
