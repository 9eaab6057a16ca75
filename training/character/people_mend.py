"""Mends the face keys that a person of the cast takes over from the default one, where they fold on the other face.

Every key is relaxed alone (:class:`~.shape_mender.ShapeMender`), then the sums that performances make of several, then
the correctives. What a person keeps is the difference from the carried key, which is zero nearly everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...inference.correctives import EXCESS, FACE_CORRECTIVES, HALF, FaceCorrective
from ...inference.skeleton import JOINT_INDEX
from .face_shapes import STRETCH, face_mender
from .jaw_corrective import jaw_corrective
from .lid_rings import eye_lids, with_lashes
from .makehuman import Floats, Ints
from .mouth import JawFit, LipSeal, jaw_motion, mend_mouth_close

Keys = dict[str, Floats]
"""Name -> (V, 3) displacement of the base mesh."""


def _both(name: str) -> dict[str, float]:
    return {f"{name}Left": 1.0, f"{name}Right": 1.0}


_SUMS: tuple[tuple[str, dict[str, float]], ...] = (
    ("mouthSmile", _both("mouthSmile")),
    ("mouthSmile", _both("mouthSmile") | _both("eyeBlink")),
    ("mouthSmile", _both("mouthSmile") | {"jawOpen": 0.5}),
    ("mouthFunnel", {"mouthFunnel": 1.0, "jawOpen": 0.3}),
    ("mouthPucker", {"mouthPucker": 1.0, "jawOpen": 0.2}),
    ("mouthRollLower", {"mouthRollLower": 1.0, "jawOpen": 0.35}),
    ("mouthShrugLower", {"mouthShrugLower": 1.0} | _both("mouthFrown")),
)
"""Keys that give way, at 1, where a sum that no corrective goes with folds; and the sum."""
_ROUNDS = 3
_LIMITS = (-0.1, 0.13)
"""A little more than the audit asks for, and less than on the default person: on other faces a wide margin pulls lips
into other shapes."""
_LIDS = (1.3, 2.6)
"""Radii of the eyeball between which ``face_correctives`` lets go of what else moves shut lids."""
_MIDDLE = 0.01
"""Metres over which a change passes from one side's key to the other's."""


@dataclass(frozen=True)
class RestFace:
    """What of a person the mender must know."""

    vertices: Floats
    """(V, 3) of the base mesh, T-pose, metres."""
    quads: Ints
    eyes: Mapping[str, Floats]
    """Joint -> (3,) centre."""
    weights: Floats
    """(V, 55)."""
    jaw: JawFit
    seal: LipSeal
    lips: Ints
    """Base vertices in the middle of both lips, which every key moves as the carried one does: mouths open as far."""


class PersonMender:
    """Mends the keys of one person."""

    def __init__(self, face: RestFace) -> None:
        self._face = face
        self._mender = face_mender(face.vertices, face.quads, face.eyes, face.lips, _LIMITS)
        self._lids = eye_lids(face.vertices, face.quads, face.eyes)
        self._share = face.weights[:, [JOINT_INDEX["jaw"]]]

    def units(self, carried: Mapping[str, Floats]) -> tuple[Keys, Floats]:
        """Return the (V, 3) face units by name and the (V, 3) corrective of the jaw bone.

        ``mouthClose`` is solved anew: the contact lines of the lips meet while the jaw falls, whatever is mended.
        """
        face, result = self._face, dict(carried)
        for name, unit in carried.items():
            if name != "mouthClose":
                result[name] = self._mender.relax(unit)
            if name.startswith("eyeBlink"):
                lids = self._lids[name.removeprefix("eyeBlink")]
                result[name] = self._mender.relax(lids.shut(result[name]))

        def motion(points: Floats) -> Floats:
            return jaw_motion(points, face.jaw, 1.0)

        corrective = jaw_corrective(face.vertices, face.weights, result["jawOpen"], motion)
        for _ in range(_ROUNDS):
            for giving, coefficients in _SUMS:
                self._mend_sum(result, giving, coefficients, corrective)
        close = mend_mouth_close(face.seal, face.vertices, face.weights, face.jaw, corrective, carried["mouthClose"])
        result["mouthClose"] = self._closed(close, corrective)
        return result, corrective

    def _shape(self, units: Mapping[str, Floats], coefficients: Mapping[str, float], corrective: Floats) -> Floats:
        """Return the (V, 3) displacement of a shape, the jaw turned by its bone."""
        total = np.zeros_like(self._face.vertices)
        for name, value in coefficients.items():
            total += value * (corrective if name == "jawOpen" else units[name])
        amount = coefficients.get("jawOpen", 0.0)
        if amount:
            total += self._share * jaw_motion(self._face.vertices + total, self._face.jaw, amount)
        return total

    def _mend_sum(self, units: Keys, giving: str, coefficients: Mapping[str, float], corrective: Floats) -> None:
        """Change, in ``units``, the keys whose names begin with ``giving`` so that a sum folds nothing."""
        total = self._shape(units, coefficients, corrective)
        change = self._mender.relax(total) - total
        if not change.any():
            return
        for name in (name for name in coefficients if name.startswith(giving)):
            units[name] = self._mender.relax(units[name] + self._side(name) * change)

    def _side(self, name: str) -> Floats:
        """Return (V, 1) how much of a change to both sides falls to the key of one."""
        if not name.endswith(("Left", "Right")):
            return np.ones((len(self._share), 1))
        towards = self._face.vertices[:, :1] * (1 if name.endswith("Left") else -1)
        return np.clip(0.5 + towards / _MIDDLE, 0, 1)

    def _closed(self, close: Floats, corrective: Floats) -> Floats:
        """Return ``mouthClose`` that folds nothing where the jaw is open; the contact lines stay where they met."""
        face = self._face
        held = np.union1d(face.lips, face.seal.contacts)
        total = self._shape({"mouthClose": close}, {"jawOpen": 1.0, "mouthClose": 1.0}, corrective)
        change = face_mender(face.vertices, face.quads, face.eyes, held, _LIMITS).relax(total) - total
        origin, *ends = jaw_motion(np.vstack([np.zeros(3), np.eye(3)]), face.jaw, 1.0)
        systems = np.eye(3) + self._share[:, :, None] * (np.array(ends) - origin).T
        return close + np.linalg.solve(systems, change[..., None])[..., 0]

    def correctives(self, units: Keys, carried_units: Mapping[str, Floats], carried: Mapping[str, Floats]) -> Keys:
        """Return the (V, 3) correctives by name.

        Parameters
        ----------
        units : dict
            The mended units.
        carried_units, carried : mapping
            Units and correctives as they were carried from the default person.
        """
        result: Keys = {}
        for item in FACE_CORRECTIVES:
            if item.how == EXCESS:
                result[item.name] = -units[item.first]
                continue
            made = carried[item.name]
            if item.how != HALF and item.first.startswith("eyeBlink"):  # shut lids stay shut
                change = units[item.second] - carried_units[item.second]
                made = made - self._mender.near_balls(*_LIDS)[:, None] * change
            first, second = _amounts(item)
            total = first * units[item.first] + second * made
            if item.second:
                total += second * units[item.second]
            result[item.name] = made + (self._mender.relax(total) - total) / second
        for side in ("Left", "Right"):
            self._mend_squeezed(result, units, side)
        self._mend_stretched(result, units)
        return result

    def _mend_squeezed(self, correctives: Keys, units: Mapping[str, Floats], side: str) -> None:
        """Change the correctives of a shut lid, which must not fold under ``eyeSquint`` with ``cheekSquint`` either."""
        names = (f"eyeBlink{side}", f"eyeSquint{side}", f"cheekSquint{side}")
        pairs = [name for name, item in _BY_NAME.items() if item.first in names and item.second in names]
        shut = [name for name in pairs if _BY_NAME[name].first == names[0]]
        for _ in range(_ROUNDS):
            total = sum((units[name] for name in names), np.zeros_like(self._face.vertices))
            total = sum((correctives[name] for name in pairs), total)
            change = self._mender.relax(total) - total
            if not change.any():
                return
            for name in shut:
                pair = units[_BY_NAME[name].first] + units[_BY_NAME[name].second]
                wanted = pair + correctives[name] + change / len(shut)
                correctives[name] = self._mender.relax(wanted) - pair

    def _mend_stretched(self, correctives: Keys, units: Mapping[str, Floats]) -> None:
        """Change the correctives of a smile with stretched lips, which were mended a side at a time, for both sides."""
        pairs = [item for item in FACE_CORRECTIVES if item.second.startswith("mouthStretch")]
        for _ in range(_ROUNDS):
            total = np.zeros_like(self._face.vertices)
            for item in pairs:
                total += units[item.first] + STRETCH * (units[item.second] + correctives[item.name])
            change = self._mender.relax(total) - total
            if not change.any():
                return
            for item in pairs:
                correctives[item.name] = correctives[item.name] + self._side(item.first) * change / STRETCH

    def with_lashes(self, change: Floats) -> Floats:
        """Return a (V, 3) change of the skin in which the lash strips, which lie in none of its faces, take part."""
        return with_lashes(change, self._face.vertices, self._lids.values())


_BY_NAME = {item.name: item for item in FACE_CORRECTIVES}


def _amounts(item: FaceCorrective) -> tuple[float, float]:
    """Return how far the first key and, with the corrective, the second one go where a corrective is mended."""
    if item.how == HALF:
        return 0.5, 1.0
    return 1.0, STRETCH if item.second.startswith("mouthStretch") else 1.0
