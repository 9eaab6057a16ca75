"""What the whole body does with an emotion: one table, and what it comes to over time.

The face says which emotion, the body how much (Ekman and Friesen 1967, "Head and body cues in the judgment of
emotion"); yet people tell emotions from posture and movement alone. Directions are those of Wallbott 1998 ("Bodily
expression of emotion": head, shoulders, trunk, arms, quantity of movement), Coulson 2004 ("Attributing emotion to
static body postures"), and Dael, Mortillaro and Scherer 2012 ("Emotion expression in body action and posture"). The
figures are ours, chosen by looking, at what a person who means it shows while speaking, not at what a mime shows.

Degrees and factors hold at intensity 1 and grow with it in proportion; mixtures add up. Only this table decides: the
trunk and the shoulders wear it (``layers/bearing``), gestures, head, eyes, blinks and breath take their factors.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from .names import EMOTIONS

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bodily:
    """One emotion's body at intensity 1, against the neutral one."""

    lean: float = 0.0
    """Degrees forward from the hips; negative is back."""
    slump: float = 0.0
    """Degrees the spine bends forward; negative lifts the chest."""
    turn: float = 0.0
    """Degrees the trunk turns to its left."""
    side: float = 0.0
    """Degrees the trunk bends to its left."""
    shrug: float = 0.0
    """Degrees the shoulders rise; negative drops them."""
    hunch: float = 0.0
    """Degrees the shoulders come forward; negative draws them back."""
    fists: float = 0.0
    """Degrees every joint of the fingers curls further; negative spreads them."""
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Degrees in the world: down, to its left, tilted. What the trunk does is taken back."""
    head_size: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """How far the head nods, turns and tilts with the voice."""
    thrust: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Degrees by which the trunk bends forward, turns and bends to its left on a strong accent: an emotion stresses its
    words with the whole body, each in its own direction."""
    heave: float = 0.0
    """Degrees by which the shoulders rise on it."""
    tempo: float = 1.0
    """How fast gestures and the accents of the trunk are."""
    tremor: float = 0.0
    """Degrees of fast, small trembling."""
    gesture_size: float = 1.0
    gesture_rate: float = 1.0
    """How many accents get a gesture."""
    gesture_height: float = 0.0
    """Metres by which the hands prefer to be higher."""
    gesture_width: float = 0.0
    """Metres by which they prefer to be further out."""
    kinds: dict[str, float] = field(default_factory=dict[str, float])
    """How many times as often a kind of gesture comes; others stay as the style has them."""
    strike: float = 0.0
    """How hard the forearm comes down on the accent of a gesture, over what was recorded; 1 is a plain beat."""
    stay: float = 0.0
    """Seconds longer that hands stay up between two strokes."""
    poised: float = 0.0
    """How much hands that do nothing like to wait before the body, not lying anywhere, beside the style's shares."""
    rests: dict[str, float] = field(default_factory=dict[str, float])
    """How many times as much the hands like to rest somewhere; other places stay as the style has them."""
    gaze: tuple[float, float] = (0.0, 0.0)
    """Degrees down and to its left at which the eyes rest when they leave the listener."""
    contact: float = 1.0
    """How much of the usual time the eyes stay on the listener."""
    gaze_pace: float = 1.0
    """How often the eyes jump."""
    blink_rate: float = 1.0
    breath_rate: float = 1.0
    breath_depth: float = 1.0
    weight_shift: float = 1.0


BODIES: dict[str, Bodily] = {
    "neutral": Bodily(),
    # Chest and head up, shoulders open, everything a little larger and quicker (Wallbott: elated joy).
    "happy": Bodily(
        lean=1.0, slump=-7.0, hunch=-8.0, shrug=1.0, head=(-2.0, 0.0, 3.0), head_size=(0.95, 1.05, 1.5),
        thrust=(-6.0, 0.0, 0.0), heave=4.0, tempo=1.12,
        gesture_size=0.8, gesture_rate=1.25, gesture_height=0.03, gesture_width=0.05, fists=-4.0,
        kinds={"offer": 1.6, "frame": 1.6, "chop": 0.4, "stop": 0.3, "negate": 0.4},
        rests={"crossed": 0.3, "hip": 0.3, "pockets": 0.5},
        contact=1.1, blink_rate=1.1, breath_rate=1.1, breath_depth=1.15, weight_shift=1.3,
    ),
    # Collapsed: back round, shoulders dropped and forward, head and eyes down, little and slow movement.
    "sad": Bodily(
        lean=3.0, slump=16.0, shrug=-6.0, hunch=13.0, head=(6.0, 2.0, -5.0), head_size=(0.55, 0.5, 0.6), tempo=0.72,
        gesture_size=0.55, gesture_rate=0.4, gesture_height=-0.1, gesture_width=-0.05, fists=4.0,
        kinds={"shrug": 1.6, "me": 1.5, "chop": 0.2, "point": 0.2, "frame": 0.4},
        rests={"hip": 0.1, "wrist": 2.5, "sides": 2.5, "crossed": 2.0},
        gaze=(13.0, 4.0), contact=0.5, gaze_pace=0.6, blink_rate=0.85, breath_rate=0.8, breath_depth=1.35,
        weight_shift=0.6,
    ),
    # Drawn up and back, hands open and off the body.
    "surprised": Bodily(
        lean=-6.0, slump=-6.0, shrug=7.0, hunch=-3.0, head=(-3.0, 0.0, 0.0), head_size=(1.2, 0.7, 0.6),
        thrust=(-4.0, 0.0, 0.0), heave=6.0, tempo=1.1,
        gesture_size=1.25, gesture_rate=0.85, gesture_height=0.06, gesture_width=0.06, fists=-8.0,
        kinds={"offer": 1.8, "stop": 1.5, "shrug": 1.5, "chop": 0.2}, rests={"pockets": 0.2, "sides": 1.2},
        contact=1.25, gaze_pace=0.7, blink_rate=0.6, breath_rate=1.1, breath_depth=1.3, weight_shift=0.8,
    ),
    # Shrinking back behind raised shoulders, turned half away, hands close and quick, eyes everywhere.
    "fear": Bodily(
        lean=-8.0, slump=8.0, turn=8.0, shrug=14.0, hunch=12.0, head=(1.0, -3.0, 0.0), head_size=(0.6, 1.0, 0.6),
        thrust=(-3.0, 1.5, 0.0), heave=5.0, tempo=1.3, tremor=0.22,
        gesture_size=0.6, gesture_rate=0.8, gesture_height=0.04, gesture_width=-0.08, fists=14.0,
        kinds={"stop": 2.5, "negate": 2.0, "me": 1.5, "frame": 0.4, "point": 0.4},
        rests={"hip": 0.1, "pockets": 0.1, "behind": 0.2, "wrist": 2.5, "crossed": 2.5},
        gaze=(3.0, -12.0), contact=0.6, gaze_pace=1.8, blink_rate=1.6, breath_rate=1.6, breath_depth=0.75,
        weight_shift=1.3,
    ),
    # Turned away and back from it, the head pulled aside, arms kept in.
    "disgusted": Bodily(
        lean=-6.0, slump=3.0, turn=-13.0, side=-4.0, shrug=4.0, hunch=5.0, head=(2.0, -4.0, 5.0),
        head_size=(0.6, 1.2, 0.9), thrust=(-2.0, -5.0, -2.0), heave=1.0, tempo=0.9,
        gesture_size=0.75, gesture_rate=0.65, gesture_width=-0.04, fists=6.0,
        kinds={"stop": 2.5, "negate": 2.5, "offer": 0.5, "frame": 0.5}, rests={"crossed": 4.0, "together": 0.5},
        gaze=(4.0, -12.0), contact=0.6, gaze_pace=0.9, blink_rate=1.1, breath_rate=0.9, breath_depth=0.8,
        weight_shift=0.8,
    ),
    # Forward with the chest out, chin a little down, fists, hard and frequent strokes, eyes that do not let go. Hands
    # do not lie in each other: they wait as fists before the body, or are beside the thighs, on the hips, or shut away
    # under crossed arms.
    "angry": Bodily(
        lean=9.0, slump=-7.0, shrug=5.0, hunch=-2.0, head=(5.0, 0.0, 0.0), head_size=(1.15, 0.9, 0.6),
        thrust=(5.0, 0.0, 0.0), heave=1.0, tempo=1.18, tremor=0.06,
        gesture_size=0.85, gesture_rate=1.35, fists=38.0, strike=0.9, stay=1.4, poised=4.0,
        kinds={"chop": 2.6, "point": 2.2, "you": 2.0, "stop": 1.6, "negate": 1.5, "offer": 0.4, "shrug": 0.2},
        rests={"together": 0.0, "wrist": 0.0, "pockets": 0.2, "behind": 0.4, "hip": 1.5, "crossed": 1.5, "sides": 1.5,
               "lap": 0.1, "thighs": 2.0},
        contact=1.35, gaze_pace=0.55, blink_rate=0.6, breath_rate=1.35, breath_depth=1.3, weight_shift=0.8,
    ),
    # Chin up, leaning away on one hip, eyes half down the nose, few and dismissive hands.
    "contempt": Bodily(
        lean=-7.0, slump=-5.0, turn=-6.0, side=6.0, shrug=-3.0, hunch=-4.0, head=(-6.0, -3.0, -6.0),
        head_size=(0.45, 0.5, 0.9), thrust=(-3.0, 0.0, 4.0), tempo=0.8, gesture_size=0.75,
        gesture_rate=0.5, gesture_height=-0.03,
        kinds={"shrug": 2.0, "negate": 1.8, "offer": 1.2, "beat": 0.6, "me": 0.3},
        rests={"crossed": 5.0, "hip": 2.5, "pockets": 2.0, "together": 0.4},
        gaze=(2.0, 11.0), contact=0.8, gaze_pace=0.6, blink_rate=0.8, breath_rate=0.85, breath_depth=1.0,
        weight_shift=0.5,
    ),
}  # fmt: skip
"""Emotion -> its body at intensity 1."""

assert tuple(BODIES) == EMOTIONS


def of_bodies(attribute: str) -> Doubles:
    """Return (8,) or (8, n) one attribute of every emotion's body, in the order of ``EMOTIONS``."""
    return np.array([getattr(BODIES[emotion], attribute) for emotion in EMOTIONS], np.float64)


def added(weights: npt.ArrayLike, attribute: str) -> Doubles:
    """Return (T, ...) what the emotions of (T, 8) weights add: degrees or metres, 0 when neutral."""
    return np.asarray(weights, np.float64) @ of_bodies(attribute)


def factor(weights: npt.ArrayLike, attribute: str) -> Doubles:
    """Return (T,) or (T, n) how many times as large, fast or often the emotions of (T, 8) weights make something, 1
    when neutral."""
    return 1 + np.asarray(weights, np.float64) @ (of_bodies(attribute) - 1)


@dataclass(frozen=True)
class Manner:
    """How an emotion has hands gesture, at moments spread evenly over a recording."""

    size: Doubles
    """(T,) times as large; :attr:`speed` (T,) times as fast, :attr:`rate` (T,) times as often."""
    speed: Doubles
    rate: Doubles
    height: Doubles
    """(T,) metres that the hands prefer to be higher; :attr:`width` (T,) further out."""
    width: Doubles
    kinds: dict[str, Doubles]
    """Kind of gesture -> (T,) how many times as often it comes; kinds that are not named stay as they are."""
    strike: Doubles
    """(T,) how hard the forearm comes down on accents."""
    stay: Doubles
    """(T,) seconds longer that hands stay up between two strokes."""
    poised: Doubles
    """(T,) how much hands that do nothing like to wait before the body."""
    rests: dict[str, Doubles]
    """Rest -> (T,) how many times as much it is liked."""

    def at(self, share: float) -> GestureMood:
        """Return the manner at a part 0..1 of the recording."""
        row = round(min(max(share, 0.0), 1.0) * (len(self.size) - 1))
        values: dict[str, Any] = {}
        for item in dataclasses.fields(GestureMood):
            own = getattr(self, item.name)
            if isinstance(own, dict):
                curves = cast("dict[str, Doubles]", own)
                values[item.name] = {name: float(curve[row]) for name, curve in curves.items()}
            else:
                values[item.name] = float(own[row])
        return GestureMood(**values)


@dataclass(frozen=True)
class GestureMood:
    """How an emotion has hands gesture at one moment, see :class:`Manner`."""

    size: float = 1.0
    speed: float = 1.0
    rate: float = 1.0
    height: float = 0.0
    width: float = 0.0
    kinds: dict[str, float] = field(default_factory=dict[str, float])
    strike: float = 0.0
    stay: float = 0.0
    poised: float = 0.0
    rests: dict[str, float] = field(default_factory=dict[str, float])


def manner(weights: npt.ArrayLike) -> Manner:
    """Return how hands gesture under (T, 8) weights."""
    felt = np.asarray(weights, np.float64)

    def times_as_much(attribute: str) -> dict[str, Doubles]:
        tables: list[dict[str, float]] = [getattr(BODIES[emotion], attribute) for emotion in EMOTIONS]
        return {
            name: np.maximum(1 + felt @ np.array([table.get(name, 1.0) - 1 for table in tables]), 0.0)
            for name in sorted({name for table in tables for name in table})
        }

    return Manner(
        size=factor(felt, "gesture_size"),
        speed=factor(felt, "tempo"),
        rate=factor(felt, "gesture_rate"),
        height=added(felt, "gesture_height"),
        width=added(felt, "gesture_width"),
        kinds=times_as_much("kinds"),
        strike=added(felt, "strike"),
        stay=added(felt, "stay"),
        poised=added(felt, "poised"),
        rests=times_as_much("rests"),
    )
