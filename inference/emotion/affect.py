"""Valence and arousal, the second way to say an emotion: to a mixture of the eight, and back.

The plane is Russell's circumplex of affect (Russell 1980, "A circumplex model of affect"): valence runs from unpleasant
(-1) to pleasant (1), arousal from asleep (-1) to agitated (1), neutral is the centre. Where each emotion lies is read
from the map of affect words in Scherer 2005, "What are emotions? And how can they be measured?", as Paltoglou and
Thelwall 2013 ("Seeing stars of valence and arousal in blog posts") tabulate it: happy; astonished for surprised; afraid
for fear; angry; contemptuous for contempt; disgusted; sad.

The lower half of the plane has no emotion of its own among the eight but sadness. Three more words of the same map
close the circle there, each shown by the nearest the eight have: content is a soft smile, bored a trace of sadness,
tired a neutral face.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ..setting import Settings, setting
from .names import EMOTIONS

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Affect(Settings):
    """An emotion said by its place in the plane."""

    heading: ClassVar[str] = "emotion"

    valence: float = setting(0.0, "Valence", "From unpleasant (-1) to pleasant (1)", low=-1, high=1)
    arousal: float = setting(0.0, "Arousal", "From asleep (-1) to agitated (1)", low=-1, high=1)


COORDINATES: dict[str, tuple[float, float]] = {
    "neutral": (0.0, 0.0),
    "happy": (0.90, 0.16),
    "sad": (-0.82, -0.40),
    "surprised": (0.37, 0.91),
    "fear": (-0.12, 0.79),
    "disgusted": (-0.67, 0.49),
    "angry": (-0.41, 0.79),
    "contempt": (-0.57, 0.66),
}
"""Valence and arousal of each emotion at full strength."""
BORED = (-0.35, -0.78)
"""Valence and arousal of boredom, which the eight do not name."""

_EXTRA: tuple[tuple[tuple[float, float], dict[str, float]], ...] = (
    (BORED, {"sad": 0.25}),
    ((-0.02, -0.99), {}),
    ((0.81, -0.55), {"happy": 0.4}),
)
_TURNS = np.radians(np.linspace(-10.0, 10.0, 11))
_SHARES = 1 + np.cos(np.linspace(-np.pi, np.pi, 13)[1:-1])


def _circle() -> tuple[Doubles, Doubles, Doubles]:
    """Return angle (K,), place (K, 2) and mixture (K, 8) of the words around the circle, by rising angle."""
    words = [(COORDINATES[name], {name: 1.0}) for name in EMOTIONS if name != "neutral"]
    places = np.array([place for place, _ in (*words, *_EXTRA)])
    rows = np.array([[weights.get(name, 0.0) for name in EMOTIONS] for _, weights in (*words, *_EXTRA)])
    angles = np.arctan2(places[:, 1], places[:, 0]) % (2 * np.pi)
    order = np.argsort(angles)
    return angles[order], places[order], rows[order]


_ANGLES, _PLACES, _ROWS = _circle()


def mixture(valence: npt.ArrayLike, arousal: npt.ArrayLike) -> Doubles:
    """Return (..., 8) weights in the order of ``EMOTIONS``, each row summing to 1, for valence and arousal -1..1.

    A point between two neighbours of the circle and the centre is the mixture of those three whose own coordinates lie
    there; beyond the line from neighbour to neighbour the face is as strong as on it. So the direction says which
    emotion, the distance from the centre how strong. Averaged over a few degrees of direction, so that nothing turns
    abruptly.
    """
    valence, arousal = np.broadcast_arrays(np.asarray(valence, np.float64), np.asarray(arousal, np.float64))
    radius = np.hypot(valence, arousal)[..., None]
    angle = np.asarray(np.arctan2(arousal, valence)[..., None] + _TURNS, np.float64)
    weights = _between_neighbours(angle, np.broadcast_to(radius, angle.shape))
    mixed = np.einsum("...ke,k->...e", weights, _SHARES / _SHARES.sum())
    mixed[..., EMOTIONS.index("neutral")] += np.maximum(1 - mixed.sum(-1), 0.0)
    return mixed


def _between_neighbours(angle: Doubles, radius: Doubles) -> Doubles:
    angle = angle % (2 * np.pi)
    after = np.searchsorted(_ANGLES, angle) % len(_ANGLES)
    before = (after - 1) % len(_ANGLES)
    point = np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1)

    def cross(a: Doubles, b: Doubles) -> Doubles:
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]

    area = cross(_PLACES[before], _PLACES[after])
    shares = np.stack([cross(point, _PLACES[after]) / area, cross(_PLACES[before], point) / area], -1)
    shares = np.maximum(shares, 0.0)
    shares /= np.maximum(shares.sum(-1, keepdims=True), 1.0)
    return shares[..., :1] * _ROWS[before] + shares[..., 1:] * _ROWS[after]


def affect(weights: npt.ArrayLike) -> Doubles:
    """Return (..., 2) valence and arousal of (..., 8) weights: the mean of the emotions' places, weighted."""
    return np.asarray(weights, np.float64) @ np.array([COORDINATES[name] for name in EMOTIONS])
