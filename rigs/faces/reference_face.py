"""How parts of a face move in the default character: lips, corners, brows, chin, by coefficient.

What another character's bones shall do is taken from where they lie in its face, brought to this one's size.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.character import load_character
from ...inference.skeleton import JOINT_INDEX
from ..mappings.face_bones import BROW, CORNER, LOWER_LIP, UPPER_LIP

Doubles = npt.NDArray[np.float64]

_MOVED_BY = {
    UPPER_LIP: ("mouthUpperUpLeft", "mouthUpperUpRight"),
    LOWER_LIP: ("mouthLowerDownLeft", "mouthLowerDownRight"),
    CORNER: ("mouthSmileLeft", "mouthSmileRight"),
    BROW: ("browInnerUp", "browOuterUpLeft", "browOuterUpRight", "browDownLeft", "browDownRight"),
}
"""Coefficients that tell which points of the skin are meant."""
_MUCH = 0.3
_NEAREST = 6
LID_MOVES = ("eyeBlink", "eyeWide", "eyeSquint", "eyeLookDown", "eyeLookUp")
"""What lids do, without the side."""


def _moved(name: str) -> Doubles:
    """Return (V, 3) what a key adds."""
    character = load_character()
    return character.arkit[ARKIT_INDEX[name]].dense(len(character.vertices)).astype(np.float64)


@functools.cache
def _region(role: str) -> tuple[Doubles, Doubles]:
    """Return (n, 3) points of a role's skin and (52, n, 3) what the keys add to them."""
    amount = np.max([np.linalg.norm(_moved(name), axis=1) for name in _MOVED_BY[role]], axis=0)
    points = np.flatnonzero(amount > _MUCH * amount.max())
    places = load_character().vertices[points].astype(np.float64)
    return places, np.stack([_moved(name)[points] for name in ARKIT_NAMES])


@functools.cache
def mouth() -> tuple[Doubles, float]:
    """Return (3,) the middle of the mouth, between its lips, and its width in metres."""
    rest = load_character().lip_basis().rest.astype(np.float64)
    return rest[:2].mean(axis=0), float(np.linalg.norm(rest[2] - rest[3]))


@functools.cache
def eyes() -> tuple[Doubles, float]:
    """Return (3,) the place between the eyes, and the metres from one to the other."""
    joints = load_character().joints.astype(np.float64)
    left, right = (joints[JOINT_INDEX[f"{side}_eye_smplhf"]] for side in ("left", "right"))
    return 0.5 * (left + right), float(np.linalg.norm(left - right))


@functools.cache
def full_opening() -> float:
    """Return the distance of the lips at ``jawOpen`` 1, beyond that at rest, as a share of the mouth's width."""
    basis = load_character().lip_basis()
    opened = basis.rest + basis.deltas[ARKIT_INDEX["jawOpen"]]
    gaps = [float(np.linalg.norm(points[0] - points[1])) for points in (opened, basis.rest)]
    return (gaps[0] - gaps[1]) / mouth()[1]


def opening(poses: npt.ArrayLike, arkit: npt.ArrayLike) -> Doubles:
    """Return (T,) how far the lips open, as a share of what ``jawOpen`` 1 opens; 0 is at rest, less is pressed."""
    character = load_character()
    ends = np.zeros((2, len(ARKIT_NAMES)), np.float32)
    ends[1, ARKIT_INDEX["jawOpen"]] = 1.0
    turns = np.zeros((2, 3 * len(JOINT_INDEX)), np.float32)
    turns[1, 3 * JOINT_INDEX["jaw"]] = character.jaw_open_radians
    rest, full = _parted(character.lip_points(turns, ends))
    share: Doubles = (_parted(character.lip_points(poses, arkit)) - rest) / (full - rest)
    return share


def _parted(points: npt.ArrayLike) -> Doubles:
    """Return (T,) metres between the lips, negative where they are pressed past each other."""
    apart = np.asarray(points, np.float64)[:, 0] - np.asarray(points, np.float64)[:, 1]
    found: Doubles = np.linalg.norm(apart, axis=1) * np.where(apart[:, 1] < 0.0, -1.0, 1.0)
    return found


def displacements(role: str, places: npt.ArrayLike) -> Doubles:
    """Return (N, 52, 3) metres by which the skin of a role moves at (N, 3) places of the default character's face."""
    points, keys = _region(role)
    away = np.linalg.norm(points[None] - np.asarray(places, np.float64)[:, None], axis=2)
    nearest = np.argsort(away, axis=1)[:, :_NEAREST]
    close = np.take_along_axis(away, nearest, axis=1)
    weights = 1.0 / (close + 1e-3)
    weights /= weights.sum(axis=1, keepdims=True)
    found: Doubles = np.einsum("knsc,ns->nkc", keys[:, nearest], weights)
    return found


def chin(name: str) -> Doubles:
    """Return (3,) metres by which the chin moves with a coefficient of the jaw."""
    found: Doubles = np.median(_region(LOWER_LIP)[1][ARKIT_INDEX[name]], axis=0)
    return found


@functools.cache
def lid_moves(upper: bool) -> dict[str, float]:
    """Return what part of a blink's way each of :data:`LID_MOVES` closes the upper, or raises the lower, lid."""
    keys = {name: _moved(f"{name}Left")[:, 1] for name in LID_MOVES}
    blink = keys["eyeBlink"]
    way = float(-blink.min())
    if upper:
        rim = np.argsort(blink)[:40]
        return {name: float(-np.median(moved[rim]) / way) for name, moved in keys.items()}
    squint = keys["eyeSquint"]
    rim = np.argsort(-squint)[:40]
    return {name: float(np.median(moved[rim]) / way) for name, moved in keys.items()}
