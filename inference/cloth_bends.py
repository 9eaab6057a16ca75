"""What cloth does where a body bends: sleeves that hang from the point of the shoulder, and folds inside bends.

Linear blending turns the cap of a T-pose's sleeve into a dome when the arm comes down, and leaves cloth as smooth in a
bend as it was at rest. The pose correctives follow the joints already, so cloth gets offsets of its own on them, which
cost no further pass over the mesh: a field is drawn once on the garment, in the pose in which it is right, and carried
by the mixture of the joint's keys that comes closest to 1 in such poses and to 0 in the others.
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .character_model import Character, SparseDelta
from .cloth_pleats import folded_arm, folded_armpit, folded_groin, folded_knee, folded_waist
from .drape import FITS
from .easing import eased
from .lbs import joint_transforms
from .pose_correctives import pose_corrective_values
from .skeleton import JOINT_INDEX
from .twist import twist_transforms

Doubles = npt.NDArray[np.float64]
TOPS = tuple(FITS)
"""Materials of garments with sleeves."""
_HANGING = (0.63, -0.34, -1.34)
"""Radians of a left shoulder whose arm hangs."""
_SHOULDER: tuple[tuple[tuple[float, float, float], float], ...] = (
    (_HANGING, 1.0), ((0.55, -0.55, -1.19), 1.0), ((0.88, -1.11, -0.83), 0.9), ((1.38, -0.24, -0.94), 0.9),
    ((0.73, -0.02, -1.21), 1.0), ((0.44, -1.07, -1.11), 1.0), ((0.36, -0.4, -1.33), 1.0), ((0.67, -0.79, -1.02), 1.0),
    ((0.0, 0.0, 0.0), 0.0), ((0.0, 0.0, 1.08), 0.0), ((0.0, -1.4, 0.0), 0.2), ((0.0, 0.0, -0.7), 0.5),
)  # fmt: skip
"""Rotations of a left shoulder, and how much of the hanging sleeve's shape belongs there."""
_CROSSING = (0.44, -1.07, -1.11)
"""Radians of a left shoulder whose arm lies across the chest."""
_ACROSS: tuple[tuple[tuple[float, float, float], float], ...] = (
    (_CROSSING, 1.0), ((0.88, -1.11, -0.83), 0.8), ((0.0, -1.4, 0.0), 0.6), ((0.67, -0.79, -1.02), 0.5),
    ((0.55, -0.55, -1.19), 0.3), (_HANGING, 0.0), ((1.38, -0.24, -0.94), 0.0), ((0.73, -0.02, -1.21), 0.0),
    ((0.36, -0.4, -1.33), 0.0), ((0.0, 0.0, 0.0), 0.0), ((0.0, 0.0, 1.08), 0.0), ((0.0, 0.0, -0.7), 0.0),
)  # fmt: skip
"""The same of the shape of a sleeve that lies across the chest, beyond the hanging one's."""
_AXIS = 0.125
"""Lengths of an upper arm that the axis of the shoulder's cap lies below the joint."""
_CAP = ((30.0, 0.275), (45.0, 0.24), (60.0, 0.222))
"""Degrees from upright towards the side, and how far from the axis, in upper arms, the cap of a sleeve reaches; from
there it runs straight to the elbow."""
_NECK = 0.38
"""Half widths of the shoulders from the middle where the shoulder line begins, beside the neck."""
_MOST, _SHARE = 0.065, 0.8
"""Upper arms that a cap is let down at most, and share of the way that it is."""
_SEEN = ("skin", "face skin")
_SKIN = (0.012, 0.034)
"""Metres from skin that is seen: up to the one a cap stays where it is, from the other on it is let down."""
_BROAD = 0.70
"""Half the distance of the shoulder joints, in upper arms, beyond which sleeves are cut narrower."""
_NARROWER = 0.4
BOTTOMS = ("jeans", "suit trousers", "shorts")
"""Materials of garments with legs."""
_FLAT = ((0.0, 0.0, 0.0), 0.0)
_ELBOW = tuple(
    ((twist, -turn, 0.1 * twist), 1.0 - float(np.cos(turn)))
    for turn in (0.0, 0.35, 0.8, 1.2, 1.6, 2.1)
    for twist in (-0.6, 0.0, 0.6)
)
_KNEE = (_FLAT, *(((turn, 0.0, 0.0), 1.0 - float(np.cos(turn))) for turn in (0.35, 0.8, 1.2, 1.6, 2.1)))
_HIP = (
    _FLAT, ((0.5, 0.0, 0.0), 0.0),
    *(((-turn, 0.0, 0.0), 1.0 - float(np.cos(turn))) for turn in (0.4, 0.9, 1.5, 1.9)),
)  # fmt: skip
"""Rotations of a left joint, and how much of a bend's folds belongs there: all at a right angle."""


def bend_cloth(character: Character) -> Character:
    """Return the character with what its clothes do in bends added to the pose correctives."""
    if not character.pose_correctives:
        return character
    tops, bottoms = worn(character, TOPS), worn(character, BOTTOMS)
    bent = character
    for side, sign in (("left", 1.0), ("right", -1.0)):
        if len(tops):
            bent = _carried(bent, f"{side}_elbow", _ELBOW, sign, folded_arm(bent, tops, side, sign))
            bent = _carried(bent, f"{side}_shoulder", _SHOULDER, sign, folded_armpit(bent, tops, side, sign))
            bent = _carried(bent, f"{side}_hip", _HIP, sign, folded_waist(bent, tops, side, sign))
            for turn, wanted in ((_HANGING, _SHOULDER), (_CROSSING, _ACROSS)):
                bent = _carried(bent, f"{side}_shoulder", wanted, sign, _let_down(bent, tops, side, sign, turn))
        if len(bottoms):
            bent = _carried(bent, f"{side}_hip", _HIP, sign, folded_groin(bent, bottoms, side, sign))
            bent = _carried(bent, f"{side}_knee", _KNEE, sign, folded_knee(bent, bottoms, side, sign))
    return bent


def _carried(
    character: Character,
    joint: str,
    wanted: Sequence[tuple[tuple[float, float, float], float]],
    sign: float,
    moved: Doubles,
) -> Character:
    """Return the character with (V, 3) offsets at rest on a joint's keys, as much as is wanted of them; see
    :func:`_mixture`."""
    keys = list(character.pose_keys)
    for number, share in _mixture(character, joint, wanted, sign):
        keys[number] = _sparse(keys[number].dense(len(character.vertices)) + share * moved)
    return replace(character, pose_keys=tuple(keys))


def worn(character: Character, materials: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the vertices of faces of some materials, ascending."""
    numbers = [number for number, name in enumerate(character.material_names) if name in materials]
    return np.unique(character.loops[np.repeat(np.isin(character.materials, numbers), character.sizes)]).astype(
        np.int64
    )


def _sparse(key: npt.NDArray[Any]) -> SparseDelta:
    moved = np.nonzero(np.abs(key).max(1) > 1e-5)[0].astype(np.int32)
    return SparseDelta(moved, key[moved].astype(np.float32))


def _mixture(
    character: Character, joint: str, wanted: Sequence[tuple[tuple[float, float, float], float]], sign: float
) -> list[tuple[int, float]]:
    """Return numbers of a joint's keys and how much of a field each carries.

    Parameters
    ----------
    wanted : sequence of (rotation, float)
        Axis-angle of the left joint, and how much of the field should show there.
    sign : float
        -1 mirrors them.
    """
    numbers = [k for k, item in enumerate(character.pose_correctives) if item.joint == JOINT_INDEX[joint]]
    if not numbers:
        return []
    values: list[Doubles] = []
    for turn, _ in wanted:
        pose = np.zeros((len(JOINT_INDEX), 3))
        pose[JOINT_INDEX[joint]] = np.multiply(turn, (1.0, sign, sign))
        values.append(pose_corrective_values([character.pose_correctives[k] for k in numbers], pose))
    shares = np.linalg.lstsq(np.array(values), np.array([share for _, share in wanted]), rcond=None)[0]
    return list(zip(numbers, shares.tolist(), strict=True))


def _posed(character: Character, pose: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Return (V, 3) skinned vertices, (V, 3, 3) what turns offsets at rest into the pose, and the (55, 3) joints."""
    transforms = joint_transforms(pose, character.joints)
    placed = np.einsum("nij,nj->ni", transforms[:, :, :3], character.joints) + transforms[:, :, 3]
    transforms = np.concatenate([transforms, twist_transforms(pose, character.joints, transforms)])
    bones, weights = character.hung
    turns = np.einsum("vk,vkij->vij", weights, transforms[bones][:, :, :, :3])
    return character.skin(pose), turns, placed


def _let_down(
    character: Character, cloth: npt.NDArray[np.int64], side: str, sign: float, turn: tuple[float, float, float]
) -> Doubles:
    """Return (V, 3) offsets at rest by which a sleeve's cap hangs from the point of the shoulder where the arm is
    turned, as a left one, by ``turn`` radians.

    Around an axis from front to back inside the shoulder the cloth keeps its angles and loses some of its radius, so
    that what lies inside stays inside.
    """
    pose = np.zeros((len(JOINT_INDEX), 3))
    for name, mirror in (("left", 1.0), ("right", -1.0)):
        pose[JOINT_INDEX[f"{name}_shoulder"]] = np.multiply(turn, (1.0, mirror, mirror))
    points, turns, joints = _posed(character, pose)
    shoulder, elbow = joints[JOINT_INDEX[f"{side}_shoulder"]], joints[JOINT_INDEX[f"{side}_elbow"]]
    arm = float(np.linalg.norm(elbow - shoulder))
    rest = character.joints[JOINT_INDEX[f"{side}_shoulder"]]
    broad = max(abs(float(rest[0])) / arm - _BROAD, 0.0) * arm * _NARROWER
    away = points[cloth] - shoulder + [0.0, _AXIS * arm, 0.0]
    aside, up = sign * away[:, 0], away[:, 1]
    angle, radius = np.degrees(np.arctan2(aside, up)), np.hypot(aside, up)
    rows, reach = _outline(angle, radius)
    along = ((points[cloth] - shoulder) @ (elbow - shoulder)) / arm**2
    sleeve: Doubles = along[(along > 0.2) & (aside > 0.0)]
    if not len(sleeve):
        return np.zeros_like(points)
    end = min(float(np.percentile(sleeve, 98)), 1.0)  # a short sleeve shows the arm at its end
    outermost = int(np.argmax(np.where((along > 0.85 * end) & (along < 1.05 * end), aside, -9.0)))
    last = np.array([aside[outermost], up[outermost]])
    drop = np.interp(angle, rows, _lowered(rows, reach, last, arm, abs(float(rest[0]))))
    edge = np.maximum(np.interp(angle, rows, reach), np.maximum(radius, 1e-3))
    drop = drop + broad * eased(angle, 20.0, 70.0) * eased(-angle, -160.0, -100.0)
    drop = drop * (1.0 - eased(along, 0.55 * end, 1.15 * end)) * eased(sign * points[cloth, 0], 0.0, 0.3 * abs(rest[0]))
    drop[drop > 0.0] *= eased(_bare(character, cloth[drop > 0.0]), *_SKIN)
    moved = np.stack([sign * np.sin(np.radians(angle)), np.cos(np.radians(angle)), np.zeros(len(angle))], 1)
    moved *= -(drop * radius / edge)[:, None]
    result = np.zeros_like(points)
    result[cloth] = np.linalg.solve(turns[cloth], moved[:, :, None])[:, :, 0]
    return result


def _bare(character: Character, cloth: npt.NDArray[np.int64]) -> Doubles:
    """Return (n,) metres at rest from cloth to the nearest skin that is seen, or has been left below its edges."""
    points = character.vertices[cloth]
    skin = character.vertices[worn(character, _SEEN)]
    low, high = points.min(0, initial=9.0) - 0.05, points.max(0, initial=-9.0) + 0.05
    near = skin[((skin > low) & (skin < high)).all(1)]
    if not len(near):
        return np.full(len(points), 1.0)
    squares = (points**2).sum(1)[:, None] + (near**2).sum(1) - 2.0 * points @ near.T
    return np.sqrt(np.maximum(squares.min(1), 0.0)).astype(np.float64)


def _outline(angle: Doubles, radius: Doubles) -> tuple[Doubles, Doubles]:
    """Return angles in degrees from -180 to 180, and the outermost of (n,) radii, without steps, at each."""
    rows = np.arange(-180.0, 181.0, 5.0)
    reach = np.array([radius[np.abs(angle - row) < 8.0].max(initial=0.0) for row in rows])
    return rows, _evened(reach)


def _lowered(rows: Doubles, reach: Doubles, end: Doubles, arm: float, half: float) -> Doubles:
    """Return metres by which the outline of a shoulder comes down at each angle: to a straight line from the neck to
    the point of the shoulder, and from there to the cap.

    Parameters
    ----------
    rows, reach : see :func:`_outline`
    end : (2,) array
        Outermost point of the sleeve's end, or of the elbow: metres aside and up from the axis.
    arm, half : float
        Lengths of the upper arm and of half the shoulders.
    """
    degrees: Doubles = np.array([place for place, _ in _CAP])
    lengths: Doubles = np.array([length for _, length in _CAP])
    turn = np.radians(rows)
    outline = reach[:, None] * np.stack([np.sin(turn), np.cos(turn)], 1)
    above = (rows > -85.0) & (rows <= 0.0)
    neck = outline[above][np.argmin(np.abs(outline[above, 0] + (1.0 - _NECK) * half))]
    ends = np.radians(degrees[[0, -1]])
    point, cap = arm * lengths[[0, -1], None] * np.stack([np.sin(ends), np.cos(ends)], 1)
    start, last = np.degrees(np.arctan2(*neck)), np.degrees(np.arctan2(*end))
    wanted = np.asarray(arm * np.interp(rows, degrees, lengths), np.float64)
    wanted = np.where(rows < degrees[0], _line(neck, point, turn), wanted)
    wanted = np.where(rows > degrees[-1], _line(cap, end, turn), wanted)
    drop = np.where((rows > start) & (rows < last), np.clip(_SHARE * (reach - wanted), 0.0, _MOST * arm), 0.0)
    for _ in range(6):
        drop = _evened(drop)
    return drop


def _line(one: Doubles, other: Doubles, turn: Doubles) -> Doubles:
    """Return how far from the middle the straight line through two points lies in (n,) directions, radians."""
    across = np.array([one[1] - other[1], other[0] - one[0]])
    return (one @ across) / np.maximum(np.sin(turn) * across[0] + np.cos(turn) * across[1], 1e-6)


def _evened(values: Doubles) -> Doubles:
    return 0.5 * values + 0.25 * (np.roll(values, 1) + np.roll(values, -1))
