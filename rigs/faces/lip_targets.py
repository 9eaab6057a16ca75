"""What the lips of the default character do under a performance, in the measures of :mod:`.mouth`; and its visemes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.character import load_character
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES

if TYPE_CHECKING:
    from ...inference.performance import Performance

Doubles = npt.NDArray[np.float64]

_JAW = 3 * JOINT_INDEX["jaw"]
_SIDED = ("mouthStretch", "mouthPress", "mouthUpperUp", "mouthLowerDown")
_UNITS = (0.15, 0.12, 0.12, 0.1)
"""What a viseme changes of the measures after the gap, roughly."""
_SCALES = (0.3, 12.0)
_CAUTION = 0.5
"""How little to trust a scale that few visemes tell."""
_FELT = ("mouthSmile", "mouthFrown", "mouthDimple")
_RECIPES: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {"mouthPress": 0.3, "mouthRollLower": 0.2, "mouthRollUpper": 0.2},
    "FF": {"mouthRollLower": 0.6, "mouthUpperUp": 0.3, "jawOpen": 0.05},
    "TH": {"jawOpen": 0.15, "tongueOut": 0.3},
    "DD": {"jawOpen": 0.12, "mouthLowerDown": 0.1},
    "kk": {"jawOpen": 0.15},
    "CH": {"mouthFunnel": 0.4, "jawOpen": 0.08},
    "SS": {"jawOpen": 0.05, "mouthStretch": 0.25, "mouthLowerDown": 0.1},
    "nn": {"jawOpen": 0.12},
    "RR": {"mouthFunnel": 0.25, "mouthPucker": 0.2, "jawOpen": 0.1},
    "aa": {"jawOpen": 0.45},
    "E": {"jawOpen": 0.25, "mouthStretch": 0.3},
    "I": {"jawOpen": 0.12, "mouthStretch": 0.45},
    "O": {"jawOpen": 0.28, "mouthFunnel": 0.5},
    "U": {"jawOpen": 0.1, "mouthPucker": 0.75},
}
"""Viseme -> coefficients that make it on the default character; those of :data:`_SIDED` on both sides."""


SHUT = 4.5e-4
"""Metres between the default character's lips up to which they are shut: they touch at half of it."""


_JOINS = 5.0
"""Times as far apart from which on lips are parted as performed."""


def parted(gap: Doubles) -> Doubles:
    """Return gaps as other faces take them: shut where the default character's lips touch, else as wide."""
    found: Doubles = np.clip((gap - SHUT) * _JOINS / (_JOINS - 1.0), 0.0, np.maximum(gap, 0.0))
    return found


@functools.lru_cache(maxsize=1)
def full_gap() -> float:
    """Return the metres between the default character's lips at ``jawOpen = 1``."""
    return float(_of_recipes({"jawOpen": {"jawOpen": 1.0}})["jawOpen"][0])


def lip_measures(performance: Performance) -> Doubles:
    """Return (T, 5) :data:`.mouth.MEASURES` of the default character's lips: the first in metres.

    All but the gap are measured without smiles, which are no part of any viseme.
    """
    found = _measured(performance.poses, performance.arkit)
    plain = performance.arkit.copy()
    plain[:, [ARKIT_INDEX[name + side] for name in _FELT for side in ("Left", "Right")]] = 0.0
    found[:, 1:] = _measured(performance.poses, plain)[:, 1:]
    return found


@functools.lru_cache(maxsize=1)
def viseme_measures() -> dict[str, Doubles]:
    """Return viseme -> (5,) measures of the default character where it shows the viseme whole."""
    return _of_recipes(_RECIPES)


def measure_units() -> Doubles:
    """Return (5,) what a viseme changes of each measure, roughly."""
    return np.array([viseme_measures()["aa"][0], *_UNITS])


def alike(own: Mapping[str, Doubles], known: Mapping[str, Doubles]) -> dict[str, Doubles]:
    """Return role -> (5,) measures of mouths in the terms of known ones: as wide open, as wide, as far out as those.

    An artist's mouths may move twice as far, and widen whenever they open. How far, and how much with the gap, is
    fitted over the visemes they have in common; little where they have few.
    """
    unit = measure_units()
    roles = [role for role in own if role in known]
    widest = next((role for role in ("aa", "O", "E", "I") if own.get(role, unit)[0] > 0 and role in own), None)
    gap_scale = own[widest][0] / known[widest][0] if widest else 1.0
    found = {role: np.r_[measured[0] / gap_scale, measured[1:]] for role, measured in own.items()}
    for column in range(1, len(unit)):
        terms = np.array([[known[role][column] / unit[column], known[role][0] / unit[0]] for role in roles])
        wanted = np.array([found[role][column] / unit[column] for role in roles])
        steep = terms.T @ terms + _CAUTION * np.eye(2)
        scale, with_gap = np.linalg.solve(steep, terms.T @ wanted + _CAUTION * np.array([1.0, 0.0]))
        scale = float(np.clip(scale, *_SCALES))
        for measured in found.values():
            measured[column] = (measured[column] - with_gap * measured[0] / unit[0] * unit[column]) / scale
    return found


def viseme_coefficients() -> dict[str, Doubles]:
    """Return viseme -> (52,) coefficients that make it on the default character."""
    return {role: _coefficients(recipe) for role, recipe in _RECIPES.items()}


def _coefficients(recipe: Mapping[str, float]) -> Doubles:
    found = np.zeros(len(ARKIT_NAMES))
    for name, value in recipe.items():
        for end in ("Left", "Right") if name in _SIDED else ("",):
            found[ARKIT_INDEX[name + end]] = value
    return found


def _of_recipes(recipes: Mapping[str, Mapping[str, float]]) -> dict[str, Doubles]:
    poses = np.zeros((len(recipes), 3 * len(JOINT_NAMES)), np.float32)
    arkit = np.array([_coefficients(recipe) for recipe in recipes.values()], np.float32)
    poses[:, _JAW] = load_character().jaw_open_radians * arkit[:, ARKIT_INDEX["jawOpen"]]
    return dict(zip(recipes, _measured(poses, arkit), strict=True))


def _measured(poses: npt.NDArray[np.float32], arkit: npt.NDArray[np.float32]) -> Doubles:
    character = load_character()
    points = character.lip_points(poses, arkit).astype(np.float64)
    rest = character.lip_points(np.zeros((1, poses.shape[1])), np.zeros((1, arkit.shape[1])))[0].astype(np.float64)
    width = float(rest[2, 0] - rest[3, 0])
    moved = points - rest
    found = [
        points[:, 0, 1] - points[:, 1, 1],  # negative where they are pressed into each other
        (points[:, 2, 0] - points[:, 3, 0]) / width - 1.0,
        moved[:, :2, 2].mean(axis=1) / width,
        (moved[:, 1, 2] - moved[:, 0, 2]) / width,
        moved[:, 2:, 1].mean(axis=1) / width,
    ]
    return np.stack(found, axis=1)
