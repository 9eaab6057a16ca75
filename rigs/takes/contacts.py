"""Hands that touch the body or each other in a performance still do on a body of other proportions.

Bones point where they were performed to; where a body is wider, its head larger or its arms shorter, a hand then ends
beside what it touched. Around a touch, and only there, the arm is bent and swung by what is missing; a hand that
passes by without touching is left alone. Hands keep their turn. Where proportions are so far off that arms would have
to turn much, a touch is given up as a whole, and arms point as performed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.easing import eased
from ..body_surface import REFERENCE, BodySurface, LimbSurface, body_points, measure_surface
from ..reference_skeleton import PLACES
from .moved_limbs import has_joints, move_limb, needed_turn
from .planted_feet import hold_feet
from .rig_places import RigPlaces
from .touched_limbs import LimbTouch, near_limbs, surfaces_of
from .world_turns import inverse, turned

if TYPE_CHECKING:
    from .world_turns import WorldTurns

Doubles = npt.NDArray[np.float64]

_TOUCH, _AWAY = 0.02, 0.07
"""Metres between joints and a surface, or between joints of two hands, at which hands touch, and from which on they
are apart."""
_MET, _MISSED = 0.02, 0.035
"""Metres that a hand comes near to at least for a touch to be kept in full, and beyond which it only passes by."""
_SMALL, _LARGE = np.radians(10.0), np.radians(18.0)
"""Largest turn of an arm's bone during a touch up to which it is kept in full, and from which on it is given up: in
between less and less, so that no arm turns by more than eleven degrees and no body is at the edge of a step."""
_FAR = {"upper arm": tuple(np.radians((22.0, 40.0, 55.0))), "thigh": tuple(np.radians((11.0, 20.0, 32.0)))}
"""Limb -> turn of an arm's bone up to which a hand is moved towards it; what it would need to reach it from which on it
is moved less, and from which on not at all. Arms that are crossed on nothing look worse than hands beside a thigh."""
_SLIDES = 0.05
"""Metres by which a hand may lie higher or lower on the trunk than performed."""
_CROSSED = 2.0
"""How many times as much arms may turn where hands would otherwise pass through each other."""
_ARM = ("shoulder", "elbow", "wrist")
_EASE = 0.13
"""Seconds by which a correction begins before a touch and lasts after it."""
_FLESH = 0.012
"""Metres of flesh around the joints of a hand."""
_SHARP = 0.01
"""Metres by which a joint must be nearer than others to count alone."""
_FEELERS = ("wrist", "middle1", "middle3", "index3", "thumb3", "pinky3")
_SIDES = ("left", "right")


def keep_contacts(turns: WorldTurns) -> None:
    """Correct what ``turns`` shows of arms and legs; nothing changes where nothing touches."""
    rig = turns.rig
    if rig.armature is None or rig.root is None or rig.root.as_made:
        return
    hold_feet(turns)
    sides = [side for side in _SIDES if has_joints(turns, side, *_ARM)]
    near = {side: _Near(turns, side) for side in sides}
    body = {side: item for side, item in near.items() if item.touched}
    clap = len(sides) == 2 and float(_hands_apart(turns)[0].max(initial=0.0)) > 0.0
    if not body and not clap:
        return
    places = RigPlaces(turns)
    moved = {side: np.zeros((turns.performance.frames, 3)) for side in sides}
    total = {side: np.zeros(turns.performance.frames) for side in sides}

    def touch(
        weight: Doubles,
        by: dict[str, Doubles],
        patience: Doubles | float = 1.0,
        kept: Callable[[float], float] = _whole_or_not,
    ) -> None:
        needed = [needed_turn(turns, places, side, _ARM, weight[:, None] * step) for side, step in by.items()]
        weight = weight * _kept(weight, np.max(needed, axis=0) / patience, kept)
        for side, step in by.items():
            moved[side] += weight[:, None] * step
            total[side] += weight

    if body:
        points = body_points(rig.armature, rig.attached, rig.frame.axes, rig.root.metres)
        thick = surfaces_of(points, places, [limb for item in body.values() for limb in item.limbs])
        surface = measure_surface(points, places.rest) if any(item.parts for item in body.values()) else REFERENCE
        for side, item in body.items():
            for weight, missing in item.missing(places, surface):
                touch(weight, {side: missing})
            for limb, missing in item.missing_on_limbs(places, thick):
                touch(limb.weight, {side: missing}, kept=_as_far_as_it_goes(limb.limb))
    if clap:
        weight, missing = _hands_missing(turns, places)
        across = places.place("left_shoulder") - places.place("right_shoulder")
        patience = np.where((missing * across).sum(axis=1) > 0.0, _CROSSED, 1.0)
        touch(weight, {"left": 0.5 * missing, "right": -0.5 * missing}, patience)
    for side in sides:
        move_limb(turns, places, side, _ARM, moved[side] / np.maximum(total[side], 1.0)[:, None])


def near_touches(turns: WorldTurns) -> npt.NDArray[np.bool_]:
    """Return (T,) whether hands touch something in a performance, or are about to or just did: where arms may give.

    It depends on the performance, and on which joints the rig has, but not on the rig's proportions.
    """
    sides = [side for side in _SIDES if has_joints(turns, side, *_ARM)]
    found = np.zeros(turns.performance.frames, bool)
    for side in sides:
        found |= _Near(turns, side).closeness > 0.0
    if len(sides) == 2:
        found |= _hands_apart(turns)[0] > 0.0
    return found


def _fades(value: Doubles, whole: float, none: float) -> Doubles:
    """Return 1 up to ``whole`` and 0 from ``none`` on, smooth in between."""
    return eased(value, none, whole)


def _touches(weight: Doubles) -> list[slice]:
    """Return the stretches of frames in which something is close."""
    inside = np.concatenate([[False], weight > 0.0, [False]])
    changes = np.flatnonzero(inside[1:] != inside[:-1])
    return [slice(first, stop) for first, stop in zip(changes[::2], changes[1::2], strict=True)]


def _whole_or_not(needed: float) -> float:
    """Return how much of a touch is kept that needs so many radians: all, none, or smoothly in between."""
    return float(_fades(np.array(needed), _SMALL, _LARGE))


def _as_far_as_it_goes(limb: str) -> Callable[[float], float]:
    """Return the same for hands on a limb, which look the better the nearer they are: what an arm may turn, of that."""
    most, off, hopeless = _FAR[limb]
    return lambda needed: min(1.0, most / max(needed, 1e-9)) * float(_fades(np.array(needed), off, hopeless))


def _kept(weight: Doubles, needed: Doubles, kept: Callable[[float], float]) -> Doubles:
    """Return (T,) how much of each touch is kept, the same from its beginning to its end so that nothing jumps.

    Parameters
    ----------
    weight : (T,) array
        Closeness.
    needed : (T,) array
        Radians by which an arm's bone would have to turn.
    kept : callable
        Radians -> share.
    """
    found = np.zeros(len(weight))
    for rows in _touches(weight):
        found[rows] = kept(float(needed[rows].max()))
    return found


def _closeness(distance: Doubles, fps: float) -> Doubles:
    """Return (T,) 1 where something touches, 0 where it is apart or passes by, smooth in between and in time."""
    part = _fades(distance, _TOUCH, _AWAY)
    for rows in _touches(part):
        part[rows] *= _fades(distance[rows].min(), _MET, _MISSED)
    if not part.any():
        return part
    # Begun earlier and ended later by what smoothing takes away, so that a touch stays whole.
    reach = max(1, round(_EASE * fps))
    wide = np.lib.stride_tricks.sliding_window_view(np.pad(part, 2 * reach, mode="edge"), 2 * reach + 1).max(axis=1)
    window = np.hanning(2 * reach + 3)[1:-1]
    found: Doubles = np.convolve(wide, window / window.sum(), mode="valid")
    return np.clip(found, 0.0, 1.0)


def _feelers(turns: WorldTurns, side: str) -> list[str]:
    """Return the joints of a hand that touch, of those that the rig has."""
    return [name for part in _FEELERS if (name := f"{side}_{part}") in turns.rig.joints]


class _Near:
    """How near a hand was performed to the trunk's front, to the head, to thighs and the other arm."""

    def __init__(self, turns: WorldTurns, side: str) -> None:
        self._turns, self._names = turns, _feelers(turns, side)
        self._hands = np.array([turns.place(name) for name in self._names])
        self.parts: list[tuple[str, Doubles, Doubles, Doubles]] = []
        """Trunk or head; where the hand is beside it, metres from its surface, closeness."""
        self.limbs = near_limbs(turns, side, self._names, _FLESH, _closeness)
        joints = turns.rig.joints
        needed = {"pelvis", "head", "left_shoulder", "right_shoulder"} <= set(joints)
        chest = next((name for name in ("spine3", "spine2", "spine1") if name in joints), "")
        for part, holder in (("trunk", chest), ("head", "head")):
            if not needed or not holder:
                continue
            local = self._local(part, holder)
            distance = (_from_trunk if part == "trunk" else _from_head)(local) - _FLESH
            weight = _closeness(distance.min(axis=0), turns.performance.fps)
            if weight.any():
                self.parts.append((part, local, distance, weight))

    @property
    def touched(self) -> bool:
        """Whether the hand is near anything at any time."""
        return bool(self.parts or self.limbs)

    @property
    def closeness(self) -> Doubles:
        """(T,) how close it is to whatever it is closest to."""
        weights = [*(weight for *_, weight in self.parts), *(limb.weight for limb in self.limbs)]
        found: Doubles = np.max([np.zeros(self._hands.shape[1]), *weights], axis=0)
        return found

    def _local(self, part: str, holder: str) -> Doubles:
        """Return (F, T, 3) the hand's joints seen from a part of the performed body as it lies at rest."""
        turn, place = self._turns.joint(holder), self._turns.place(holder)
        back = inverse(turn)
        from_holder = np.array([turned(back, hand - place) for hand in self._hands])
        base = "pelvis" if part == "trunk" else "head"
        found: Doubles = from_holder + (PLACES[holder] - PLACES[base])
        return found

    def missing(self, places: RigPlaces, surface: BodySurface) -> list[tuple[Doubles, Doubles]]:
        """Return, for what is near, (T,) closeness and (T, 3) what the hand has to be moved by on the rig."""
        shown = np.array([places.place(name) for name in self._names])
        joints = self._turns.rig.joints
        chest = next((name for name in ("spine3", "spine2", "spine1") if name in joints), "")
        found = []
        for part, local, distance, weight in self.parts:
            if part == "trunk":
                wanted, holder, base = _onto_trunk(local, surface), chest, "pelvis"
            else:
                wanted, holder, base = local * (surface.head / REFERENCE.head), "head", "head"
            turn = self._turns.joint(holder if holder == "head" else "spine3")
            origin = places.place(holder)
            rest = places.rest[holder] - places.rest[base]
            target = np.array([origin + turned(turn, point - rest) for point in wanted])
            missing = _of_the_nearest(distance, target - shown)
            if part == "trunk":
                up = turned(turn, np.array([0.0, 1.0, 0.0]))
                off = (missing * up).sum(axis=1, keepdims=True)
                missing = missing - np.clip(off, -_SLIDES, _SLIDES) * up
            found.append((weight, missing))
        return found

    def missing_on_limbs(
        self, places: RigPlaces, thick: Mapping[tuple[str, str], LimbSurface]
    ) -> list[tuple[LimbTouch, Doubles]]:
        """Return the same for limbs; ``thick`` says limb and side -> its surface."""
        shown = np.array([places.place(name) for name in self._names])
        found = []
        for limb in self.limbs:
            wanted = limb.targets(places, thick[limb.limb, limb.side], shown)
            found.append((limb, _of_the_nearest(limb.distance, wanted - shown)))
        return found


def _of_the_nearest(distance: Doubles, missing: Doubles) -> Doubles:
    """Return (T, 3) what joints (F, T, 3) are moved by, those that are nearest (F, T) above all."""
    share = np.exp(-(distance - distance.min(axis=0)) / _SHARP)
    share /= share.sum(axis=0)
    found: Doubles = (share[..., None] * missing).sum(axis=0)
    return found


def _level(local: Doubles, height: float, front: Doubles) -> Doubles:
    """Return how far in front of the pelvis the trunk's surface is at the heights of points."""
    steps = (np.arange(len(front)) + 0.5) / len(front)
    found: Doubles = np.interp(local[..., 1] / height, steps, front)
    return found


def _from_trunk(local: Doubles) -> Doubles:
    """Return metres from the front of the reference's trunk; points beside, above or below are farther away."""
    half, height = REFERENCE.trunk[:2]
    before = np.abs(local[..., 2] - _level(local, height, REFERENCE.front))
    beside = np.maximum(np.abs(local[..., 0]) - half, 0.0)
    off = np.maximum(local[..., 1] - height, 0.0) + np.maximum(-local[..., 1], 0.0)
    found: Doubles = np.sqrt(before**2 + beside**2 + off**2)
    return found


def _onto_trunk(local: Doubles, surface: BodySurface) -> Doubles:
    """Return points beside the reference's trunk where they are beside another's: as far from its front."""
    found = local * (surface.trunk / REFERENCE.trunk)
    lower, upper = _level(local, REFERENCE.trunk[1], REFERENCE.front), _level(found, surface.trunk[1], surface.front)
    found[..., 2] = local[..., 2] - lower + upper
    return found


def _from_head(local: Doubles) -> Doubles:
    """Return metres from the surface of the reference's head, an ellipsoid about half its height."""
    centre, radius = np.array([0.0, 0.35, 0.0]) * REFERENCE.head[1], REFERENCE.head * np.array([1.0, 0.65, 1.0])
    part = np.linalg.norm((local - centre) / radius, axis=-1)
    found: Doubles = np.abs(part - 1.0) * float(radius.mean())
    return found


def _hands_apart(turns: WorldTurns) -> tuple[Doubles, Doubles, list[tuple[str, str]]]:
    """Return (T,) how close the hands are, (P, T) metres between pairs of their joints, and the pairs."""
    pairs = [(one, other) for one in _feelers(turns, "left") for other in _feelers(turns, "right")]
    distance = np.array([np.linalg.norm(turns.place(one) - turns.place(other), axis=1) for one, other in pairs])
    distance = distance - 2.0 * _FLESH
    return _closeness(distance.min(axis=0), turns.performance.fps), distance, pairs


def _hands_missing(turns: WorldTurns, places: RigPlaces) -> tuple[Doubles, Doubles]:
    """Return (T,) how close the hands are and (T, 3) what the left one has to be moved by against the right one."""
    weight, distance, pairs = _hands_apart(turns)
    missing = [
        (turns.place(one) - turns.place(other)) - (places.place(one) - places.place(other)) for one, other in pairs
    ]
    return weight, _of_the_nearest(distance, np.array(missing))
