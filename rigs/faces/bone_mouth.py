"""A mouth that bones move: a jaw, parts of the lips, corners, calibrated on the character's own mesh.

The jaw opens the mouth as far, for its width, as the default character's opens. Lips and corners go where the default
character's skin goes. Then the lips, or the jaw where they have no bones, are set so that they open exactly as large a
share of that as the default character's do: shut where those are shut.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, REGION_COEFFICIENTS
from ...inference.easing import s_curve
from ...inference.rotation import axis_angle_to_matrix
from ..mappings.face_bones import CORNER, JAW, LOWER_LIP, UPPER_LIP
from ..rig_parts import JAW_OPEN_RADIANS
from . import reference_face
from .mouth import Mouth, find_mouth

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from .bone_weights import Skin
    from .face_bone import FaceBone

Doubles = npt.NDArray[np.float64]

_LEAST_TURN, _MOST_TURN = 0.3, 0.42
"""Radians that a jaw turns for the whole opening."""
_FIND = 0.25
"""Radians of the turn with which the mouth is looked for."""
_LIPS = REGION_COEFFICIENTS["lips"]
_LIP_COLUMNS = np.array([ARKIT_INDEX[name] for name in _LIPS])
_JAW_SHIFTS = ("jawLeft", "jawRight", "jawForward")
_ENOUGH = 0.35
"""Share that bones of the lower lip must have in its middle for them to shut it."""
_NEARLY_SHUT = 0.1
"""Share of the opening below which lips come nearer together than the default character's, whose lips are soft."""
_MEETING = 0.3
"""Share of the opening below which lips come to lie on each other to the front too."""
_WORK = {LOWER_LIP: 1.0, UPPER_LIP: 0.35}
"""How readily bones give way where lips have to meet."""
_RIDGE = 3e-4
_TRIED, _TRIES = 0.25, 2
"""Share of the jaw's whole turn on which shutting is tried, and how often."""
_BEYOND = 0.05
_CORNERS = 0.8
"""Share of the way of the default character's corners."""
_SAME = np.eye(3, 4)
_ARM = np.array([0.0, -0.7, 1.7])
"""From the hinge of a jaw to the lips, in widths of the mouth: they go along its arc where a control's place opens."""
_USUAL_WIDTH = 0.05
"""Metres: width of a mouth that is not known yet."""


def _closing(share: Doubles) -> Doubles:
    """Return shares of the opening of which those that are nearly shut are shut."""
    return share * s_curve(share / _NEARLY_SHUT)


def _about_right(angles: npt.ArrayLike) -> Doubles:
    """Return (..., 3, 3) rotations about the axis to the character's left, which lower what lies in front."""
    angles = np.asarray(angles, np.float64)
    return np.asarray(axis_angle_to_matrix(angles[..., None] * np.array([1.0, 0.0, 0.0])), np.float64)


def jaw_drop(skin: Skin, jaw: FaceBone, carried: list[str], angle: float) -> Doubles:
    """Return (V, 3) by how much a turn of the jaw moves a mesh; ``carried`` are the bones that hang on it."""
    share = skin.share([jaw.name] if skin.apart else [jaw.name, *carried])
    away = skin.points - jaw.place
    if skin.slide:
        away = np.broadcast_to(_ARM * _USUAL_WIDTH, away.shape)
    moved: Doubles = share[:, None] * (away @ (_about_right(angle) - np.eye(3)).T)
    return moved


@dataclass(frozen=True, eq=False)
class BoneMouth:
    """The bones of a mouth and the pairs of points where its lips meet."""

    jaw: FaceBone
    lips: list[FaceBone]
    """Bones of lips and corners that may leave their place."""
    mouth: Mouth
    turn: float
    """Radians of the jaw at ``jawOpen`` 1."""
    on_jaw: Doubles
    """(n, 2) share of the jaw and what hangs on it in each pair's points."""
    on_lips: Doubles
    """(n, 2, B) share of each bone of ``lips``."""
    ways: Doubles
    """(B, C, 3) metres by which each bone moves with each coefficient of the lips."""
    opened: Doubles
    """(n,) metres between the points of each pair at ``jawOpen`` 1, beyond those at rest."""
    off: Doubles
    """(n, 3) metres per radian of the jaw by which shut pairs are further apart than reckoned."""
    slide: float = 0.0
    """Metres that the lips go for a metre of the jaw's control, which keeps its turn; 0: it turns."""

    @property
    def shuts(self) -> bool:
        """Whether bones of the lower lip can shut the mouth."""
        low = [index for index, bone in enumerate(self.lips) if bone.role == LOWER_LIP]
        return bool(low) and float(self.on_lips[self.mouth.middle, 1][:, low].sum(axis=1).mean()) > _ENOUGH

    @property
    def whole_gap(self) -> float:
        """Metres between the lips in the middle at ``jawOpen`` 1, beyond those at rest."""
        return float(self.opened[self.mouth.middle].mean())

    def motion(self, performance: Performance) -> tuple[Doubles, Doubles, Doubles]:
        """Return (T, 3) turns and (T, 3) shifts of the jaw, and (B, T, 3) shifts of the lips' bones.

        Shifts are metres in the face's frame as it stands on what carries the bone.
        """
        values = performance.arkit.astype(np.float64)
        turns = performance.joint("jaw").astype(np.float64) * (self.turn / JAW_OPEN_RADIANS)
        size = self.mouth.width / reference_face.mouth()[1]
        ways = np.stack([reference_face.chin(name) for name in _JAW_SHIFTS])
        slid = size * (values[:, [ARKIT_INDEX[name] for name in _JAW_SHIFTS]] @ ways)
        shifts = np.einsum("bkc,tk->btc", self.ways, values[:, _LIP_COLUMNS])
        share = _closing(np.maximum(reference_face.opening(performance.poses, performance.arkit), 0.0))
        if not self.shuts:
            turns[:, 0] = self._turn_for(share, shifts, turns)
            return *self._of_control(turns, slid), shifts
        jaw = np.asarray(axis_angle_to_matrix(turns), np.float64)
        apart = self._gaps(jaw, slid, shifts)
        # Lips that shut meet to the front too; how an open lower lip lies before the upper is the performance's.
        open_part = np.clip(share / _MEETING, 0.0, 1.0)[:, None]
        apart[..., 1] -= self._wanted(share, apart[..., 2] * open_part)
        apart[..., 2] *= 1.0 - open_part
        apart += self.off * (turns[:, :1] * (1.0 - np.clip(share / _MEETING, 0.0, 1.0))[:, None])[..., None]
        apart[..., 0] = 0.0
        return *self._of_control(turns, slid), shifts + self._set(jaw, apart)

    def _of_control(self, turns: Doubles, slid: Doubles) -> tuple[Doubles, Doubles]:
        """Return the (T, 3) turns and shifts of the jaw's control for those of the jaw."""
        if not self.slide:
            return turns, slid
        turned = np.asarray(axis_angle_to_matrix(turns), np.float64) - np.eye(3)
        return np.zeros_like(turns), (slid + turned @ (_ARM * self.mouth.width)) / self.slide

    def _wanted(self, share: Doubles, front: Doubles) -> Doubles:
        """Return (T, n) metres by which pairs part upwards where they open by a share and lie (T, n) metres apart."""
        rest = self.mouth.rest[:, 0] - self.mouth.rest[:, 1]
        gap = np.linalg.norm(rest, axis=1) + share[:, None] * self.opened
        aside = rest[:, 0] ** 2 + (rest[:, 2] + front) ** 2
        wanted: Doubles = np.sqrt(np.maximum(gap**2 - aside, 0.0)) - np.maximum(rest[:, 1], 0.0)
        return np.maximum(wanted, 0.0)

    def _set(self, jaw: Doubles, apart: Doubles) -> Doubles:
        """Return (B, T, 3) shifts of bones that bring pairs together by (T, n, 3), with the jaw turned by (T, 3, 3)."""
        shifts = np.einsum("bp,tpc->btc", self._settings(), apart)
        for index, bone in enumerate(self.lips):
            if bone.with_jaw and not self.slide:
                shifts[index] = np.einsum("tji,tj->ti", jaw, shifts[index])
        return shifts

    def shut_as_seen(self, see: Callable[[dict[str, tuple[Doubles, Doubles]]], Doubles]) -> BoneMouth:
        """Return the mouth with what it lacks to shut on an open jaw, as seen on the evaluated mesh.

        Parameters
        ----------
        see
            Poses bones, by turn and shift, and returns the (V, 3) displacements of the mesh.
        """
        made, turn = self, _TRIED * self.turn
        jaw = _about_right([turn])
        for _ in range(_TRIES):
            apart = made._gaps(jaw, np.zeros((1, 3)), np.zeros((len(made.lips), 1, 3))) + made.off * turn
            apart[..., 0] = 0.0
            shifts = made._set(jaw, apart)[:, 0]
            poses = {bone.name: (np.eye(3), shift) for bone, shift in zip(made.lips, shifts, strict=True)}
            turned, slid = made._of_control(np.array([[turn, 0.0, 0.0]]), np.zeros((1, 3)))
            moved = see({made.jaw.name: (_about_right(turned[0, 0]), slid[0]), **poses})
            seen = moved[made.mouth.upper] - moved[made.mouth.lower]
            reckoned = made._gaps(jaw, np.zeros((1, 3)), shifts[:, None])[0]
            made = dataclasses.replace(made, off=(seen - reckoned) / turn)
        return made

    def _settings(self) -> Doubles:
        """Return (B, n): by how much bones move for a metre that a pair is too far apart; corners stay, most the lower.

        Bones that share a pair share the work.
        """
        reach = self.on_lips[:, 1] - self.on_lips[:, 0]
        may = np.array([_WORK.get(bone.role, 0.0) for bone in self.lips])
        weight = np.ones(len(reach))
        weight[self.mouth.middle] = 4.0
        part = reach * may
        gram = part.T @ (weight[:, None] * part)
        gram += _RIDGE * np.trace(gram) / max(len(part.T), 1) * np.eye(len(part.T))
        found: Doubles = may[:, None] * np.linalg.solve(gram, part.T * weight)
        return found

    def _gaps(self, jaw: Doubles, slid: Doubles, shifts: Doubles) -> Doubles:
        """Return (T, n, 3) metres by which pairs part, for (T, 3, 3) turns, (T, 3) and (B, T, 3) shifts."""
        frames = len(jaw)
        moved = np.zeros((frames, *self.mouth.rest.shape))
        away = self.mouth.rest - self.jaw.place
        if self.slide:
            away = np.broadcast_to(_ARM * self.mouth.width, away.shape)
        moved += self.on_jaw[..., None] * (np.einsum("tij,npj->tnpi", jaw - np.eye(3), away) + slid[:, None, None])
        for index, bone in enumerate(self.lips):
            turned = bone.with_jaw and not self.slide
            shift = np.einsum("tij,tj->ti", jaw, shifts[index]) if turned else shifts[index]
            moved += self.on_lips[None, :, :, index, None] * shift[:, None, None]
        apart: Doubles = moved[:, :, 0] - moved[:, :, 1]
        return apart

    def _distances(self, apart: Doubles) -> Doubles:
        """Return (T, n) metres between pairs that part by (T, n, 3), beyond those at rest."""
        rest = self.mouth.rest[:, 0] - self.mouth.rest[:, 1]
        found: Doubles = np.linalg.norm(rest + apart, axis=2) - np.linalg.norm(rest, axis=1)
        return found

    def _turn_for(self, share: Doubles, shifts: Doubles, turns: Doubles) -> Doubles:
        """Return (T,) turns of the jaw at which the lips open by a share of the whole."""
        steps = np.linspace(0.0, 1.6, 33) * self.turn
        middle = self.mouth.middle
        still = np.zeros((len(self.lips), len(steps), 3))
        by_jaw = self._distances(self._gaps(_about_right(steps), np.zeros((len(steps), 3)), still))
        by_jaw = by_jaw[:, middle].mean(axis=1)
        by_lips = self._gaps(np.tile(np.eye(3), (len(turns), 1, 1)), np.zeros((len(turns), 3)), shifts)
        wanted = share * self.whole_gap - by_lips[:, middle, 1].mean(axis=1)
        order = np.argsort(by_jaw)
        found: Doubles = np.interp(wanted, by_jaw[order], steps[order])
        return found


def measure_mouth(skins: list[Skin], bones: list[FaceBone]) -> BoneMouth | None:
    """Return the mouth that bones move; None where no jaw opens one on any of the meshes."""
    jaw = next((bone for bone in bones if bone.role == JAW), None)
    if jaw is None:
        return None
    lips = [bone for bone in bones if bone.role in (UPPER_LIP, LOWER_LIP, CORNER) and bone.free]
    carried = [bone.name for bone in bones if bone.with_jaw]
    names = [bone.name for bone in lips]
    # Teeth hang on the jaw too: skin has the bones of the lips, or else reaches furthest.
    ordered = sorted(skins, key=lambda skin: (-float(skin.share(names).sum()), -skin.height))
    for skin in ordered:
        mouth = find_mouth(skin.mesh, skin.points, jaw_drop(skin, jaw, carried, _FIND), _SAME)
        if mouth is not None:
            break
    else:
        return None
    mouth = _between_corners(mouth, [bone.place[0] for bone in lips if bone.role == CORNER])
    pairs = np.stack([mouth.upper, mouth.lower], axis=1)
    on_jaw = skin.share([jaw.name] if skin.apart else [jaw.name, *carried])[pairs]
    on_lips = skin.shares[:, [skin.column[name] for name in names]][pairs]
    whole = np.zeros(len(pairs))
    made = BoneMouth(
        jaw, lips, mouth, _MOST_TURN, on_jaw, on_lips, _ways(lips, mouth, skin.apart), whole, np.zeros((len(pairs), 3)),
        skin.slide,
    )  # fmt: skip
    turn = _whole_turn(made)
    opening = np.zeros((1, len(_LIPS)))
    opening[0, _LIPS.index("jawOpen")] = 1.0
    shifts = np.einsum("bkc,tk->btc", made.ways, opening)
    opened = made._distances(made._gaps(_about_right([turn]), np.zeros((1, 3)), shifts))[0]
    return dataclasses.replace(made, turn=turn, opened=opened)


def _between_corners(mouth: Mouth, corners: list[float]) -> Mouth:
    """Return a mouth without the pairs that lie beyond the bones of its corners."""
    if len(corners) < 2:
        return mouth
    across, pad = mouth.rest[:, :, 0].mean(axis=1), _BEYOND * (max(corners) - min(corners))
    kept = np.flatnonzero((across > min(corners) - pad) & (across < max(corners) + pad))
    middle = np.flatnonzero(np.isin(kept, mouth.middle))
    if not len(middle):
        return mouth
    rest = mouth.rest[kept]
    width = min(mouth.width, max(corners) - min(corners))
    return dataclasses.replace(
        mouth, upper=mouth.upper[kept], lower=mouth.lower[kept], middle=middle, rest=rest, width=width
    )


def _ways(lips: list[FaceBone], mouth: Mouth, led: bool) -> Doubles:
    """Return (B, C, 3) metres by which bones of lips move with each coefficient; where ``led``, the jaw leads all."""
    middle, width = reference_face.mouth()
    size = mouth.width / width
    centre = mouth.rest[mouth.middle].mean(axis=(0, 1))
    found = np.zeros((len(lips), len(_LIPS), 3))
    for index, bone in enumerate(lips):
        place = middle + (bone.place - centre) / size
        found[index] = size * reference_face.displacements(bone.role, [place])[0][_LIP_COLUMNS]
        if bone.role == CORNER:
            # One bone takes the skin around it along less smoothly than a shape key does.
            found[index] *= _CORNERS
        if bone.with_jaw or led:
            # The jaw carries it there.
            for name in ("jawOpen", *_JAW_SHIFTS):
                found[index, _LIPS.index(name)] = 0.0
    return found


def _whole_turn(made: BoneMouth) -> float:
    """Return the radians at which the mouth opens as far for its width as the default character's."""
    steps = np.linspace(_LEAST_TURN, _MOST_TURN, 13)
    still = np.zeros((len(made.lips), len(steps), 3))
    gaps = made._gaps(_about_right(steps), np.zeros((len(steps), 3)), still)[:, made.mouth.middle, 1].mean(axis=1)
    return float(np.interp(reference_face.full_opening() * made.mouth.width, gaps, steps))
