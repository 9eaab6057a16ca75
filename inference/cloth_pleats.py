"""Folds of cloth inside the bend of a limb: in a sleeve at the elbow, in a trouser leg behind the knee."""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .character_model import Character
from .easing import eased
from .skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]


def folded_arm(character: Character, cloth: npt.NDArray[np.int64], side: str, sign: float) -> Doubles:
    """Return (V, 3) offsets at rest by which a sleeve folds inside a bent elbow."""
    elbow, wrist = (character.joints[JOINT_INDEX[f"{side}_{name}"]].astype(float) for name in ("elbow", "wrist"))
    size = float(np.linalg.norm(wrist - elbow)) / 0.24
    high = 0.007 if "jacket" in character.material_names else 0.011
    away = character.vertices[cloth].astype(float) - elbow
    along = sign * away[:, 0] / size
    return _pleats(character, cloth, away, along, 0, (0.0, 1.0), _Pleats(high * size, 0.036, 0.050))


def folded_knee(character: Character, cloth: npt.NDArray[np.int64], side: str, sign: float) -> Doubles:
    """Return (V, 3) offsets at rest by which a trouser leg folds behind a bent knee."""
    knee, ankle = (character.joints[JOINT_INDEX[f"{side}_{name}"]].astype(float) for name in ("knee", "ankle"))
    size = float(np.linalg.norm(ankle - knee)) / 0.38
    away = character.vertices[cloth].astype(float) - knee
    near = sign * character.vertices[cloth, 0] > 0
    away[~near] += 9.0
    return _pleats(character, cloth, away, away[:, 1] / size, 1, (0.0, -1.0), _Pleats(0.013 * size, 0.05, 0.07))


@dataclass(frozen=True)
class _Pleats:
    """Folds across a limb."""

    high: float
    """Metres of their crests."""
    apart: float
    """Metres from crest to crest."""
    reach: float
    """Metres along the limb at which they are gone."""


def _pleats(
    character: Character, cloth: npt.NDArray[np.int64], away: Doubles, along: Doubles, axis: int,
    inside: tuple[float, float], pleats: _Pleats,
) -> Doubles:  # fmt: skip
    """Return (V, 3) offsets of folds inside a bend.

    Parameters
    ----------
    away, along : (n, 3), (n,) arrays
        The cloth from the joint, metres, and its place along the limb in an adult's metres.
    axis : int
        Along which of x and y the limb lies.
    inside : (float, float)
        Where its bend's inside looks, of the other one and z.
    """
    around = away[:, [1 - axis, 2]]
    radius = np.maximum(np.linalg.norm(around, axis=1), 1e-6)
    facing = around @ np.array(inside) / radius
    swing = np.arccos(np.clip(facing, -1.0, 1.0))
    # Crests run together at the sides, where folds of both halves meet.
    phase = 2.0 * np.pi * np.abs(along) / pleats.apart - 1.1 * swing
    height = -np.cos(phase) * np.exp(-((along / pleats.reach) ** 2)) * eased(facing, -0.35, 0.55)
    height = height * pleats.high * (radius < 0.16)
    moved = np.zeros((len(character.vertices), 3))
    for place, part in ((1 - axis, around[:, 0]), (2, around[:, 1])):
        moved[cloth, place] = height * part / radius
    return moved
