"""Lids that bones move: turned about the eye until upper and lower meet, found on the character's own mesh."""

from __future__ import annotations

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
    meet: Lids
    """The points that meet, of a mesh in the face's frame."""

    def motion(self, performance: Performance) -> list[tuple[FaceBone, Doubles, Doubles]]:
        """Return each bone with its (T, 3) turns, axis-angle, and (T, 3) shifts, metres, in the face's frame."""
        blink = performance.coefficient(f"eyeBlink{self.side}").astype(np.float64)
        found = []
        for bones, turn, way in ((self.upper, self.turns[0], 1.0), (self.lower, self.turns[1], -1.0)):
            moves = reference_face.lid_moves(bones is self.upper)
            more = sum(
                part * performance.coefficient(f"{name}{self.side}").astype(np.float64)
                for name, part in moves.items() if name != "eyeBlink"
            )  # fmt: skip
            # What is shut by a blink cannot be shut further.
            axes = way * (turn * blink + self.turns[0] * (1.0 - blink) * more)[:, None] * _RIGHT
            turned = axis_angle_to_matrix(axes)
            for bone in bones:
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
                found.append(BoneLids(name, upper, lower, centre, turns, meet))
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
