"""Eight emotions as expression layers: which muscles act, and what head, body, gaze and blinks do with them.

Every expression is a set of action units of the Facial Action Coding System (Ekman, Friesen and Hager, 2002; prototypes
as in EMFACS), written as ARKit coefficients at intensity 1. docs/emotions.md shows the table in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..arkit import ARKIT_INDEX, ARKIT_NAMES, REGION_COEFFICIENTS
from ..prosody import Prosody
from ..settings import EMOTIONS, AnimateSettings
from .noise import Doubles, smooth_noise


@dataclass(frozen=True)
class Expression:
    """One emotion at intensity 1; names without a side act on both sides."""

    units: str
    """The action units, for readers."""
    face: dict[str, float] = field(default_factory=dict)
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Degrees down, to its left, tilted."""
    slump: float = 0.0
    """Degrees the spine bends forward."""
    shrug: float = 0.0
    """Degrees the shoulders rise."""
    blink_rate: float = 1.0
    gaze: tuple[float, float] = (0.0, 0.0)
    """Degrees the gaze drops and turns to its left."""


EXPRESSIONS: dict[str, Expression] = {
    "neutral": Expression("-"),
    "happy": Expression(
        "6 + 12 (25)",
        {"mouthSmile": 0.8, "cheekSquint": 0.75, "eyeSquint": 0.35, "mouthDimple": 0.2, "mouthUpperUp": 0.24,
         "mouthLowerDown": 0.2, "browInnerUp": 0.1, "browOuterUp": 0.18},
        head=(-1.5, 0.0, 1.5), slump=-1.0, blink_rate=1.1,
    ),
    "sad": Expression(
        "1 + 4 + 15 + 17 (24, 43)",
        {"browInnerUp": 1.0, "browDown": 0.18, "mouthFrown": 0.8, "mouthShrugLower": 0.32, "mouthShrugUpper": 0.45,
         "mouthRollLower": 0.17, "eyeSquint": 0.14, "eyeBlink": 0.1, "cheekSquint": 0.1, "mouthStretch": 0.1},
        head=(6.0, 0.0, -2.5), slump=4.0, shrug=-1.5, blink_rate=0.8, gaze=(4.0, 0.0),
    ),
    "surprised": Expression(
        "1 + 2 + 5 (26)",
        {"browInnerUp": 0.95, "browOuterUp": 1.0, "eyeWide": 0.95, "mouthUpperUp": 0.12, "mouthFunnel": 0.1},
        head=(-3.0, 0.0, 0.0), slump=-1.5, shrug=1.0, blink_rate=0.7,
    ),
    "fear": Expression(
        "1 + 2 + 4 + 5 + 20",
        {"browInnerUp": 1.0, "browOuterUp": 0.25, "browDown": 0.4, "eyeWide": 0.95, "eyeSquint": 0.1,
         "mouthStretch": 0.9, "mouthFrown": 0.3, "noseSneer": 0.05},
        head=(-2.5, 3.0, 0.0), slump=-2.0, shrug=4.0, blink_rate=1.5,
    ),
    "disgusted": Expression(
        "9 + 10 + 17 (4, 7)",
        {"noseSneer": 1.0, "mouthUpperUp": 0.55, "browDown": 0.6, "eyeSquint": 0.5, "cheekSquint": 0.5,
         "mouthFrown": 0.4, "mouthShrugLower": 0.2, "mouthRollLower": 0.12},
        head=(-3.0, 5.0, 2.0), slump=-1.0, blink_rate=1.1,
    ),
    "angry": Expression(
        "4 + 5 + 7 + 23",
        {"browDown": 1.0, "eyeWide": 0.35, "eyeSquint": 0.45, "noseSneer": 0.4, "mouthPress": 0.4, "mouthFrown": 0.35,
         "mouthShrugLower": 0.14, "mouthShrugUpper": 0.25, "mouthRollLower": 0.08, "mouthLowerDown": 0.2},
        head=(3.0, 0.0, 0.0), slump=2.0, shrug=1.0, blink_rate=0.6,
    ),
    "contempt": Expression(
        "R12 + R14 (L2, 43)",
        {"mouthSmileRight": 0.75, "mouthDimpleRight": 0.3, "mouthPressRight": 0.12, "mouthRight": 0.12,
         "mouthUpperUpRight": 0.35, "mouthLowerDownLeft": 0.25,
         "cheekSquintRight": 0.45, "mouthFrownLeft": 0.2, "browOuterUpLeft": 0.55, "browInnerUp": 0.1,
         "browDownRight": 0.3, "eyeSquint": 0.22, "eyeBlink": 0.12, "noseSneerRight": 0.1},
        head=(-5.0, -2.0, -3.0), slump=-1.0, blink_rate=0.8,
    ),
}  # fmt: skip
"""Emotion -> its expression at intensity 1. Around the mouth each is balanced so that the lips neither part nor overlap
by themselves: what ``lip_solver`` has to take back is small."""

_YIELD = 0.07  # seconds
_LIPS = [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]]


def _columns(name: str) -> list[int]:
    if name in ARKIT_INDEX:
        return [ARKIT_INDEX[name]]
    return [ARKIT_INDEX[f"{name}Left"], ARKIT_INDEX[f"{name}Right"]]


def expression_table() -> npt.NDArray[np.float32]:
    """Return (8, 52) coefficients of the emotions at intensity 1, in the order of ``EMOTIONS``."""
    table = np.zeros((len(EMOTIONS), len(ARKIT_NAMES)), np.float32)
    for row, emotion in enumerate(EMOTIONS):
        for name, value in EXPRESSIONS[emotion].face.items():
            table[row, _columns(name)] = value
    return table


def emotion_weights(times: Doubles, settings: AnimateSettings) -> Doubles:
    """Return (T, 8) how strongly each emotion holds: constant, or blended between the keys of the track."""
    if not settings.emotion_track:
        weights = np.zeros((len(times), len(EMOTIONS)))
        weights[:, EMOTIONS.index(settings.emotion)] = settings.intensity
        return weights
    keys = sorted(settings.emotion_track, key=lambda key: key[0])
    moments = np.array([key[0] for key in keys], np.float64)
    levels = np.zeros((len(keys), len(EMOTIONS)))
    for row, (_, emotion, intensity) in enumerate(keys):
        levels[row, EMOTIONS.index(emotion)] = np.clip(intensity, 0, 1)
    # A face needs about a third of a second for an onset, however close the keys are.
    step = 0.02
    grid = np.arange(0, times[-1] + step, step)
    blended = np.stack([np.interp(grid, moments, level) for level in levels.T], 1)
    blended = gaussian_filter1d(blended, 0.12 / step, axis=0, mode="nearest")
    return np.stack([np.interp(times, grid, level) for level in blended.T], 1)


def influence(weights: Doubles, attribute: str) -> npt.NDArray[np.float64]:
    """Return (T, ...) degrees that the emotions add to ``"head"``, ``"gaze"``, ``"slump"`` or ``"shrug"``."""
    return weights @ np.array([getattr(EXPRESSIONS[emotion], attribute) for emotion in EMOTIONS], np.float64)


def mean_blink_rate(weights: Doubles) -> float:
    """Return the factor on how often the character blinks."""
    rates = np.array([EXPRESSIONS[emotion].blink_rate for emotion in EMOTIONS])
    return float(1 + (weights.mean(0) * (rates - 1)).sum())


def emotion_layer(
    times: Doubles,
    prosody: Prosody,
    weights: Doubles,
    arkit: npt.NDArray[np.floating],
    rng: np.random.Generator,
) -> npt.NDArray[np.float32]:
    """Return (T, 52) to add to a face: the expression, alive and giving way to speech.

    Parameters
    ----------
    weights : (T, 8) array
        From :func:`emotion_weights`.
    arkit : (T, 52) array
        The face as the engine speaks it. Where its lips round or press, the expression leaves the mouth to them. The
        lips' distance must be restored afterwards, see ``lip_solver``.
    """
    layer = (weights @ expression_table()).astype(np.float32)
    speaking = prosody.at(prosody.speaking, times)
    # An expression swells and ebbs, and rises a little with the voice.
    swell = 0.93 + 0.06 * np.tanh(smooth_noise(times, 1.7, rng, 2))
    voice = 0.06 * prosody.at(prosody.accent, times) * speaking
    layer *= np.clip(swell[:, :1] + voice[:, None], 0.8, 1.05).astype(np.float32)

    def column(name: str) -> npt.NDArray[np.floating]:
        return arkit[:, _columns(name)].max(1)

    rounding = np.clip(column("mouthPucker") + column("mouthFunnel"), 0, 1)
    pressing = np.clip(column("mouthPress") + column("mouthRollLower") + column("mouthRollUpper"), 0, 1)
    room = (1 - 0.2 * speaking) * (1 - 0.65 * rounding) * (1 - 0.35 * pressing)
    # A mood does not flicker with every sound: it gives way a little earlier and comes back a little later.
    frame = times[1] - times[0] if len(times) > 1 else 1.0
    room = gaussian_filter1d(room, _YIELD / frame, mode="nearest")
    layer[:, _LIPS] *= room[:, None].astype(np.float32)
    return layer
