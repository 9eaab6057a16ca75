"""Lids that bones move: turned about the eye until upper and lower meet, found on the character's own mesh."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.rotation import axis_angle_to_matrix
from ..mappings.face_bones import LOWER_LID, UPPER_LID
from . import reference_face
from .lids import Lids, find_lids

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from .bone_weights import Skin
    from .face_bone import FaceBone

Doubles = npt.NDArray[np.float64]

_FIND = 0.3
"""Radians of the turn with which the lids are looked for."""
_MOST_TURN = 1.6
_ENOUGH, _LOOKS = 0.01, 6
"""Radians by which the turn that shuts a lid may differ from that with which it was looked for, and how often it is."""
_LOWER_SHARE = 0.2
"""Share of the lower lid's bones from which on a point is of it."""
_UPPER_SHARE, _COLUMNS, _OPEN = 0.3, 12, 0.25
"""The same of the upper lid, columns in which the rims are looked for, and share of the widest that is looked at."""
_STEPS, _RELAX, _PROBE, _DAMPING = 12, 0.7, 0.02, 0.05
_LEAST, _MOST, _DEEP = 0.75, 1.6, 0.9
"""How many times as far as the middle one bone of a lid may turn, and radians from which on no bone turns further: skin
between bones that are turned far sinks into the eye."""
_LOWER_PART = 0.15
"""Part of the way that the lower lid rises."""
_LEFT_OPEN = 0.02
"""Share of the open eye that a blink leaves."""
_SAME = np.eye(3, 4)
_RIGHT = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, eq=False)
class BoneLids:
    """The lids of one eye."""

    side: str
    """``"Left"`` or ``"Right"``."""
    upper: list[FaceBone]
    lower: list[FaceBone]
    centre: Doubles
    """(3,) the middle of the eye."""
    turns: tuple[float, float]
    """Radians by which the upper comes down, and the lower rises, to meet in the middle."""
    each: tuple[float, ...]
    """Radians by which each bone of the upper comes down, so that it meets the lower beside the middle too."""
    meet: Lids
    """The points that meet, of a mesh in the face's frame."""

    def motion(self, performance: Performance) -> list[tuple[FaceBone, Doubles, Doubles]]:
        """Return each bone with its (T, 3) turns, axis-angle, and (T, 3) shifts, metres, in the face's frame."""
        blink = performance.coefficient(f"eyeBlink{self.side}").astype(np.float64)
        found = []
        for bones, way in ((self.upper, 1.0), (self.lower, -1.0)):
            moves = reference_face.lid_moves(bones is self.upper)
            more = sum(
                part * performance.coefficient(f"{name}{self.side}").astype(np.float64)
                for name, part in moves.items() if name != "eyeBlink"
            )  # fmt: skip
            for index, bone in enumerate(bones):
                # What is shut by a blink cannot be shut further.
                shut, wide = (self.each[index],) * 2 if way > 0.0 else self.turns[::-1]
                axes = way * (shut * blink + wide * (1.0 - blink) * more)[:, None] * _RIGHT
                turned = axis_angle_to_matrix(axes)
                away = bone.place - self.centre
                found.append((bone, axes, turned @ away - away))
        return found


def _turned(skin: Skin, bones: list[FaceBone], centre: Doubles, angle: float) -> Doubles:
    """Return (V, 3) by how much a turn of bones about the eye moves a mesh."""
    share = skin.share([bone.name for bone in bones])
    away = skin.points - centre
    moved: Doubles = share[:, None] * (away @ (axis_angle_to_matrix(angle * _RIGHT) - np.eye(3)).T)
    return moved


def measure_lids(
    skins: list[Skin], bones: list[FaceBone], eyes: dict[int, Doubles], face: Any = None
) -> list[BoneLids]:
    """Return the lids that bones shut, of each eye that has any.

    Parameters
    ----------
    skins : list of Skin
        The meshes.
    bones : list of FaceBone
        The bones of the face.
    eyes : dict
        1 for the left and -1 for the right eye -> (3,) its middle, where known.
    face : bpy.types.Object, optional
        The mesh that is looked at first: the one that has the lips.
    """
    found = []
    for side, name in ((1, "Left"), (-1, "Right")):
        upper = [bone for bone in bones if bone.role == UPPER_LID and bone.side == side]
        lower = [bone for bone in bones if bone.role == LOWER_LID and bone.side == side]
        centre = eyes.get(side)
        if not upper or centre is None:
            continue
        names = [bone.name for bone in upper]
        # Lashes hang on the same bones; the lips' mesh is skin.
        for skin in sorted(skins, key=lambda skin: (skin.mesh != face, -float(skin.share(names).sum()))):
            shut = _shut(skin, upper, lower, centre)
            if shut is not None:
                meet, turns = shut
                each = _each(skin, upper, lower, centre, turns)
                found.append(BoneLids(name, upper, lower, centre, turns, each, meet))
                break
    return found


def _shut(
    skin: Skin, upper: list[FaceBone], lower: list[FaceBone], centre: Doubles
) -> tuple[Lids, tuple[float, float]] | None:
    """Return the lids of a mesh and the turns at which they meet in their middle; None where it has none.

    Which points meet shows when they do, so that lids are looked for again as far shut as they were found to be.
    """
    below = skin.share([bone.name for bone in lower]) > _LOWER_SHARE if lower else None
    found, turn = None, _FIND
    for _ in range(_LOOKS):
        closing = _turned(skin, upper, centre, turn)
        lids = find_lids(skin.mesh, skin.points, closing, _SAME, below if below is not None and below.any() else None)
        if lids is None:
            break
        turns = _meeting(skin, upper, lower, centre, lids)
        found = lids, turns
        if below is None or not below.any() or abs(turns[0] - turn) < _ENOUGH:
            break
        turn = turns[0]
    return found


def _meeting(
    skin: Skin, upper: list[FaceBone], lower: list[FaceBone], centre: Doubles, lids: Lids
) -> tuple[float, float]:
    """Return the turns of the upper and the lower lid at which they meet."""
    open_gap = max(lids.rest_gap, 1e-5)
    low = 0.0
    if lower:
        raised = lids.gap(_turned(skin, lower, centre, -_FIND))
        if raised < -1e-5:
            low = min(_FIND * _LOWER_PART * open_gap / float(-raised), 0.5)
    lifted = _turned(skin, lower, centre, -low) if low else np.zeros_like(skin.points)
    steps = np.linspace(0.0, _MOST_TURN, 65)
    gaps = np.array([lids.gap(_turned(skin, upper, centre, step) + lifted) for step in steps])
    wanted = (_LEFT_OPEN - 1.0) * open_gap
    reached = np.flatnonzero(gaps <= wanted)
    if not len(reached):
        return float(steps[int(gaps.argmin())]), low
    stop = int(reached[0])
    part = (gaps[stop - 1] - wanted) / (gaps[stop - 1] - gaps[stop]) if stop else 0.0
    return float(steps[stop - 1] + part * (steps[1] - steps[0])) if stop else 0.0, low


def _each(
    skin: Skin, upper: list[FaceBone], lower: list[FaceBone], centre: Doubles, turns: tuple[float, float]
) -> tuple[float, ...]:
    """Return the turn of each upper bone with which the lids meet all along, by damped least squares (Levenberg).

    The rims are the lowest points of the upper lid and the highest of the lower one, column by column.
    """
    alike = np.full(len(upper), turns[0])
    above = np.flatnonzero(skin.share([bone.name for bone in upper]) > _UPPER_SHARE)
    below = np.flatnonzero(skin.share([bone.name for bone in lower]) > _LOWER_SHARE) if lower else above[:0]
    if len(upper) < 2 or not len(below) or skin.apart:  # controls are measured together: one stands for all
        return tuple(alike.tolist())
    across, up = skin.points[:, 0], skin.points[:, 1]
    low, high = max(across[above].min(), across[below].min()), min(across[above].max(), across[below].max())
    rims = []
    for left, right in itertools.pairwise(np.linspace(low, high, _COLUMNS + 1)):
        rim = [points[(across[points] >= left) & (across[points] <= right)] for points in (above, below)]
        if all(len(points) for points in rim):
            rims.append((rim[0][up[rim[0]].argmin()], rim[1][up[rim[1]].argmax()]))
    pairs = np.array(rims, np.int64).reshape(-1, 2)
    rest = up[pairs[:, 0]] - up[pairs[:, 1]]
    pairs, rest = pairs[rest > _OPEN * rest.max(initial=0.0)], rest[rest > _OPEN * rest.max(initial=0.0)]
    if len(pairs) < len(upper):
        return tuple(alike.tolist())
    rim = pairs.T.ravel()
    rims_alone = dataclasses.replace(skin, points=skin.points[rim], shares=skin.shares[rim])
    lifted = _turned(rims_alone, lower, centre, -turns[1])[:, 1]

    def gaps(angles: Doubles) -> Doubles:
        moved = lifted + sum(
            _turned(rims_alone, [bone], centre, angle)[:, 1] for bone, angle in zip(upper, angles, strict=True)
        )
        found: Doubles = rest + moved[: len(pairs)] - moved[len(pairs) :] - _LEFT_OPEN * rest
        return found

    angles = alike
    for _ in range(_STEPS):
        now = gaps(angles)
        slopes = np.stack([gaps(angles + _PROBE * way) - now for way in np.eye(len(upper))], axis=1) / _PROBE
        damping = _DAMPING * float(np.abs(slopes).max()) ** 2 + 1e-12
        pull = slopes.T @ now + damping * (angles - alike)
        step = np.linalg.solve(slopes.T @ slopes + damping * np.eye(len(upper)), pull)
        angles = np.clip(angles - _RELAX * step, _LEAST * alike, np.clip(_MOST * alike, alike, max(_DEEP, turns[0])))
    return tuple((angles if np.abs(gaps(angles)).max() < np.abs(gaps(alike)).max() else alike).tolist())
