"""The emotion on top of a speaking face, giving way where speech needs the mouth.

The expressions themselves are in ``emotion.facs``, how they come and go in ``emotion.course``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from ..arkit import ARKIT_INDEX
from ..emotion import facs
from ..prosody import Prosody
from .noise import Doubles

_YIELD = 0.07  # seconds
_LOWERED = 0.8
"""Part of a squint that eyes which look down as far as they go take away."""
_SPOKEN_CLOSURE = 0.02  # Lips nearer than this, in eye-corner distances, while somebody speaks, are meant to be.


def _either(arkit: npt.NDArray[np.floating[Any]], name: str) -> npt.NDArray[np.floating[Any]]:
    if name in ARKIT_INDEX:
        return arkit[:, ARKIT_INDEX[name]]
    return np.maximum(arkit[:, ARKIT_INDEX[f"{name}Left"]], arkit[:, ARKIT_INDEX[f"{name}Right"]])


def mouth_share(times: Doubles, prosody: Prosody, arkit: npt.NDArray[np.floating[Any]]) -> Doubles:
    """Return (T, 1) 0..1 what speech leaves of the mouth to an expression, for engines that do not say so themselves.

    Parameters
    ----------
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
    return np.asarray(gaussian_filter1d(room, _YIELD / frame, mode="nearest"), np.float64)[:, None]


def open_lids(arkit: npt.NDArray[np.floating[Any]]) -> None:
    """Let lids that are lowered with the eyes be squinted less, in place: a smile with the chin up does not shut them.

    (T, 52) coefficients, the ``eyeLook*`` written.
    """
    for side in ("Left", "Right"):
        lowered = np.clip(arkit[:, ARKIT_INDEX[f"eyeLookDown{side}"]], 0, 1)
        arkit[:, ARKIT_INDEX[f"eyeSquint{side}"]] *= 1 - _LOWERED * lowered


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
