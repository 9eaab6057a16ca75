"""Folds of cloth inside bends: in a sleeve at the elbow, in trousers behind the knee, at armpit, groin and waist."""

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


def folded_armpit(character: Character, cloth: npt.NDArray[np.int64], side: str, sign: float) -> Doubles:
    """Return (V, 3) offsets at rest by which a top folds around the armpit of a hanging arm: in front and behind,
    along lines that run together in the armpit."""
    shoulder, elbow = (character.joints[JOINT_INDEX[f"{side}_{name}"]].astype(float) for name in ("shoulder", "elbow"))
    size = float(np.linalg.norm(elbow - shoulder)) / 0.26
    away = (character.vertices[cloth].astype(float) - shoulder) / size * [sign, 1.0, 1.0]
    inward, up = 0.025 - away[:, 0], away[:, 1] + 0.085
    far = np.hypot(inward, up)
    # From the trunk's side, 0, to above the armpit, 90 degrees; a little uneven, as cloth is.
    turn = np.degrees(np.arctan2(up, inward)) + 6.0 * np.sin(far / 0.02)
    height = np.cos(2.0 * np.pi * (turn - 28.0) / 46.0) * eased(far, 0.015, 0.05) * (1.0 - eased(far, 0.075, 0.14))
    height = height * eased(turn, -50.0, -15.0) * (1.0 - eased(turn, 75.0, 110.0))
    high = 0.006 if "jacket" in character.material_names else 0.0085
    moved = np.zeros((len(character.vertices), 3))
    moved[cloth, 2] = high * size * height * np.tanh(away[:, 2] / 0.03) * (away[:, 0] > -0.2)
    return moved


def folded_groin(character: Character, cloth: npt.NDArray[np.int64], side: str, sign: float) -> Doubles:
    """Return (V, 3) offsets at rest by which trousers fold along the groin of a bent hip."""
    hip, knee = (character.joints[JOINT_INDEX[f"{side}_{name}"]].astype(float) for name in ("hip", "knee"))
    size = float(np.linalg.norm(knee - hip)) / 0.40
    away = (character.vertices[cloth].astype(float) - hip) / size * [sign, 1.0, 1.0]
    # Away from a crease that rises from the crotch to the hip bone, and along it.
    slope = np.radians(28.0)
    off = (away[:, 1] + 0.02) * np.cos(slope) - away[:, 0] * np.sin(slope)
    height = -np.cos(2.0 * np.pi * np.abs(off) / 0.05 + 12.0 * np.clip(away[:, 0], -0.1, 0.1) ** 2 / 0.05)
    height = height * np.exp(-((off / 0.065) ** 2)) * eased(away[:, 2], 0.0, 0.06)
    height = height * eased(sign * character.vertices[cloth, 0] / size, -0.015, 0.025)
    moved = np.zeros((len(character.vertices), 3))
    moved[cloth, 2] = 0.011 * size * height
    return moved


def folded_waist(character: Character, cloth: npt.NDArray[np.int64], side: str, sign: float) -> Doubles:
    """Return (V, 3) offsets at rest by which a top folds across the belly above one bent hip; both hips share it."""
    low, high, shoulder = (
        character.joints[JOINT_INDEX[name]].astype(float) for name in ("left_hip", "neck", "left_shoulder")
    )
    size = float(high[1] - low[1]) / 0.52
    points = character.vertices[cloth].astype(float)
    up = (points[:, 1] - low[1]) / size
    aside = points[:, 0] / size
    trunk = 1.0 - eased(np.abs(points[:, 0]), shoulder[0] - 0.02, shoulder[0] + 0.03)
    # Crests sag in the middle and run together at the sides.
    phase = 2.0 * np.pi * (up - 0.15 - 0.9 * aside**2) / 0.062 + 0.9 * np.sin(9.0 * aside + 0.7)
    height = np.cos(phase) * np.exp(-(((up - 0.15) / 0.085) ** 2)) * trunk
    height = height * eased(points[:, 2] / size, -0.06, 0.05) * eased(sign * aside, -0.09, 0.09)
    flat = "jacket" in character.material_names or "belt" in character.material_names
    moved = np.zeros((len(character.vertices), 3))
    moved[cloth, 2] = (0.006 if flat else 0.010) * size * height
    return moved
