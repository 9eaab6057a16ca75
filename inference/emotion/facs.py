"""Eight emotions as action units: which muscles act, how strongly on which side, how fast, and what else goes along.

Every expression is a set of action units of the Facial Action Coding System (Ekman, Friesen and Hager, 2002; prototypes
as in EMFACS), written as ARKit coefficients at intensity 1. docs/emotions.md shows the table in words. The default
engine's network says how strongly each emotion works the face and the mouth at every moment; the table then says what
that looks like, so that a change of a coefficient here asks for no training, a change of the dynamics does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES, REGION_COEFFICIENTS
from .names import EMOTIONS

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Expression:
    """One emotion at intensity 1; names without a side act on both sides."""

    units: str
    """The action units, for readers."""
    face: dict[str, float] = field(default_factory=dict[str, float])
    left: float = 0.0
    """Share by which the left side of two-sided units is stronger, and the right side weaker."""
    onset: float = 0.3
    """Seconds in which it comes."""
    offset: float = 0.6
    """Seconds in which it goes."""
    stress: float = 0.08
    """Share by which it grows on an accented syllable."""
    parted: float = 0.0
    """Eye-corner distances by which the lips are further apart wherever no sound shuts them."""
    opening: float = 0.0
    """Share by which open lips open further."""
    mouth: float = 1.0
    """Factor on the mouth's coefficients: above 1 they still arrive in full where speech takes a part of the mouth."""
    pucker: float = 1.0
    """What is left of the pucker of speech: narrow lips cannot smile."""
    brows: float = 1.0
    """What is left of the brows' own movement with the voice."""
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
        "6 + 12 + 25",
        {"mouthSmile": 1.0, "mouthDimple": 0.55, "mouthStretch": 0.3, "mouthUpperUp": 0.35, "mouthLowerDown": 0.3,
         "cheekSquint": 0.95, "eyeSquint": 0.3, "browOuterUp": 0.1},
        left=0.05, onset=0.35, offset=0.6, stress=0.1, opening=0.12, mouth=1.35, pucker=0.35, brows=0.4,
        head=(-1.5, 0.0, 1.5), slump=-1.0, blink_rate=1.1,
    ),
    "sad": Expression(
        "1 + 4 + 15 + 17",
        {"browInnerUp": 1.0, "browDown": 0.15, "mouthFrown": 1.0, "mouthShrugLower": 0.55, "mouthShrugUpper": 0.4,
         "mouthRollLower": 0.3,
         "eyeSquint": 0.1, "eyeBlink": 0.08, "cheekSquint": 0.1},
        left=0.04, onset=0.6, offset=0.9, stress=0.04, opening=-0.35, mouth=1.3, pucker=0.7, brows=0.4,
        head=(3.0, 0.0, -2.5), slump=4.0, shrug=-1.5, blink_rate=0.8, gaze=(3.0, 0.0),
    ),
    "surprised": Expression(
        "1 + 2 + 5 + 26",
        {"browInnerUp": 1.0, "browOuterUp": 1.0, "eyeWide": 1.0, "mouthFunnel": 0.1},
        left=0.02, onset=0.16, offset=0.5, stress=0.12, parted=0.13, opening=0.25, brows=0.6,
        head=(-3.0, 0.0, 0.0), slump=-1.5, shrug=1.0, blink_rate=0.7,
    ),
    "fear": Expression(
        "1 + 4 + 5 + 20 + 25",
        {"browInnerUp": 1.0, "browDown": 0.35, "eyeWide": 0.75, "mouthStretch": 1.0, "mouthFrown": 0.7,
         "mouthLowerDown": 0.7, "mouthRollLower": 0.15},
        left=0.03, onset=0.2, offset=0.7, stress=0.08, parted=0.05, opening=0.05, mouth=1.35, pucker=0.4, brows=0.4,
        head=(-2.5, 3.0, 0.0), slump=-2.0, shrug=4.0, blink_rate=1.5,
    ),
    "disgusted": Expression(
        "9 + 10 + 15 + 17 (4, 7)",
        {"noseSneer": 1.0, "mouthUpperUp": 1.0, "mouthFrown": 0.9, "mouthLowerDown": 0.3, "browDown": 0.7,
         "eyeSquint": 0.75, "cheekSquint": 1.0, "mouthShrugLower": 0.1, "mouthRollLower": 0.2},
        left=-0.08, onset=0.35, offset=0.7, stress=0.08, opening=-0.05, mouth=1.35, pucker=0.5, brows=0.2,
        head=(-3.0, 5.0, 2.0), slump=-1.0, blink_rate=1.1,
    ),
    "angry": Expression(
        "4 + 5 + 7 + 10 + 15 + 24",
        {"browDown": 1.0, "noseSneer": 0.95, "eyeWide": 0.45, "eyeSquint": 0.6, "mouthPress": 0.65, "mouthFrown": 0.95,
         "mouthShrugLower": 0.35, "mouthShrugUpper": 0.2, "mouthRollLower": 0.03},
        left=0.02, onset=0.25, offset=0.8, stress=0.14, opening=0.1, mouth=1.15, pucker=0.7, brows=0.1,
        head=(8.0, 0.0, 0.0), slump=2.0, shrug=1.0, blink_rate=0.6,
    ),
    "contempt": Expression(
        "R12 + R14 (L2, 43)",
        {"mouthSmileRight": 1.0, "mouthDimpleRight": 0.5, "mouthPressRight": 0.2, "mouthRight": 0.1,
         "mouthUpperUpRight": 0.3, "mouthLowerDownLeft": 0.25, "mouthFrownLeft": 0.3,
         "cheekSquintRight": 0.5, "browOuterUpLeft": 0.55,
         "browDownRight": 0.35, "eyeSquint": 0.22, "eyeBlink": 0.12, "noseSneerRight": 0.1},
        onset=0.45, offset=0.9, stress=0.05, opening=-0.05, mouth=1.3, pucker=0.5, brows=0.4,
        head=(-5.0, -2.0, -3.0), slump=-1.0, blink_rate=0.8,
    ),
}  # fmt: skip
"""Emotion -> its expression at intensity 1. Around the mouth each is balanced so that it moves the lips little in depth
and sideways, which no jaw could take back (a rolled lip makes up for a raised chin); ``lip_solver`` keeps the lips as
far apart as speech and emotion want them. Figures were chosen by looking at the default character and by what
independent recognisers called it."""

STEP = 0.02
"""Seconds between the values on which dynamics run."""
_MOUTH = [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]]


def expression_table() -> npt.NDArray[np.float32]:
    """Return (8, 52) coefficients of the emotions at intensity 1, in the order of ``EMOTIONS``."""
    table = np.zeros((len(EMOTIONS), len(ARKIT_NAMES)), np.float32)
    for row, emotion in enumerate(EMOTIONS):
        expression = EXPRESSIONS[emotion]
        for name, value in expression.face.items():
            if name in ARKIT_INDEX:
                table[row, ARKIT_INDEX[name]] = value
            else:
                table[row, ARKIT_INDEX[f"{name}Left"]] = min(1.0, value * (1 + expression.left))
                table[row, ARKIT_INDEX[f"{name}Right"]] = min(1.0, value * (1 - expression.left))
    return table


def of_emotions(attribute: str) -> Doubles:
    """Return (8,) or (8, n) one attribute of every emotion's expression, in the order of ``EMOTIONS``."""
    return np.array([getattr(EXPRESSIONS[emotion], attribute) for emotion in EMOTIONS], np.float64)


def muscle_dynamics(weights: npt.ArrayLike, step: float = STEP) -> Doubles:
    """Return how far each emotion has come on the face that was told how strongly to feel it.

    Two first-order lags in a row, each with its emotion's onset while it rises and its offset while it falls: an
    S-shaped onset, an apex as long as it is held, a slower end. It starts at its first value.

    Parameters
    ----------
    weights : (T, ..., 8) array
        0..1, ``step`` s apart; several curves at once when there are dimensions between.
    """
    wanted = np.asarray(weights, np.float64)
    rise = 1 - np.exp(-step * 3.4 / of_emotions("onset"))
    fall = 1 - np.exp(-step * 3.4 / of_emotions("offset"))
    result = np.empty_like(wanted)
    if not len(wanted) or bool((wanted == wanted[0]).all()):
        return wanted.copy()
    first = second = wanted[0]
    for index, goal in enumerate(wanted):
        first = first + np.where(goal > first, rise, fall) * (goal - first)
        second = second + np.where(first > second, rise, fall) * (first - second)
        result[index] = second
    return result


def activations(acted: npt.ArrayLike, accent: npt.ArrayLike, room: npt.ArrayLike) -> tuple[Doubles, Doubles]:
    """Return how strongly each emotion works the face and the mouth, both (T, 8).

    Parameters
    ----------
    acted : (T, 8) array
        From :func:`muscle_dynamics`.
    accent : (T,) array
        0..1, how much the syllable stands out: expressions grow with it.
    room : (T,) array
        0..1, what speech leaves of the mouth to the expression, see :func:`mouth_room`.
    """
    face = np.asarray(acted, np.float64) * (1 + np.asarray(accent)[:, None] * of_emotions("stress"))
    return face, face * np.asarray(room, np.float64)[:, None]


def expression_curve(face: npt.ArrayLike, mouth: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return (T, 52) coefficients to add, 0..1, from the (T, 8) activations of the face and of the mouth."""
    table = expression_table()
    curve = np.asarray(face, np.float32) @ table
    asked = np.asarray(mouth, np.float64) * of_emotions("mouth")
    curve[:, _MOUTH] = asked.astype(np.float32) @ table[:, _MOUTH]
    return np.clip(curve, 0, 1)


def mouth_room(speaking: npt.ArrayLike, rounding: npt.ArrayLike, pressing: npt.ArrayLike) -> Doubles:
    """Return (T,) what speech leaves of the mouth to an expression: less while it rounds or presses the lips.

    All three are (T,) arrays, 0..1.
    """
    return (
        (1 - 0.1 * np.asarray(speaking, np.float64))
        * (1 - 0.35 * np.clip(rounding, 0, 1))
        * (1 - 0.3 * np.clip(pressing, 0, 1))
    )
