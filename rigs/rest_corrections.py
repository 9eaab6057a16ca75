"""How far each bone is, at rest, from where the T-pose of the performance has it: measured, bone by bone.

Limbs, hands and fingers are turned until they point where those of the reference skeleton point: by the smallest turn
against what they hang on, hands by their palm too, legs by where their feet point. Spine, neck, head, collars, eyes and
jaw stay as the artist made them; feet turn about the vertical alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ..inference.skeleton import JOINT_NAMES
from .reference_skeleton import KNUCKLES, PARENT, PLACES, points_at, unit

Doubles = npt.NDArray[np.float64]

_FAR = np.radians(60.0)
"""A finger's tip that is bent by more is no tip, and feet that are turned by more do not say where knees point."""
_LONG = 0.25
"""Length, as a share of the segment before, from which on a bone without a joint counts as the end of a limb."""
_UP = np.array([0.0, 1.0, 0.0])
_REMEMBERED = 64
_known: dict[bytes, dict[str, Doubles]] = {}
"""What was measured, by :func:`_key`."""


def turn_about(axis: Doubles, angle: float) -> Doubles:
    """Return the (3, 3) rotation about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    found: Doubles = np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * (cross @ cross)
    return found


def smallest_turn(one: Doubles, other: Doubles) -> Doubles:
    """Return the smallest (3, 3) rotation that takes a unit vector to another; about any axis where they oppose."""
    axis = np.cross(one, other)
    sine, cosine = float(np.linalg.norm(axis)), float(one @ other)
    if sine < 1e-9:
        if cosine > 0.0:
            return np.eye(3)
        axis = np.cross(one, np.eye(3)[int(np.argmin(np.abs(one)))])
        return turn_about(unit(axis), np.pi)
    return turn_about(axis / sine, float(np.arctan2(sine, cosine)))


def angle_about(axis: Doubles, turn: Doubles) -> float:
    """Return the radians by which a (3, 3) rotation that keeps a unit axis turns about it."""
    side = unit(np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))]))
    turned = turn @ side
    return float(np.arctan2(axis @ np.cross(side, turned), side @ turned))


class _Rest:
    """A skeleton at rest, in the character's SMPL-X frame."""

    def __init__(
        self,
        chains: Mapping[str, Sequence[str]],
        places: Mapping[str, Doubles],
        axes: Mapping[str, Doubles],
        children: Mapping[str, Sequence[str]],
    ) -> None:
        self.chains, self.places, self.axes, self.children = chains, places, axes, children
        self.heads = {joint: places[chain[0]] for joint, chain in chains.items()}
        self.mapped = {bone for chain in chains.values() for bone in chain}

    def along(self, joint: str) -> tuple[list[Doubles | None], Doubles | None]:
        """Return where each bone of a joint points, and where the reference's segment does; None where unknown."""
        chain = self.chains[joint]
        at = points_at(joint, self.heads)
        if at:
            end = np.mean([self.heads[name] for name in at], axis=0)
            wanted = unit(np.mean([PLACES[name] for name in at], axis=0) - PLACES[joint])
        else:
            end, wanted = self._free_end(joint)
        stops = [*(self.places[bone] for bone in chain[1:]), end]
        pointing = [
            None if stop is None or np.allclose(stop, self.places[bone]) else unit(stop - self.places[bone])
            for bone, stop in zip(chain, stops, strict=True)
        ]
        return pointing, wanted

    def _free_end(self, joint: str) -> tuple[Doubles | None, Doubles | None]:
        """Return where the last bone of a limb ends, and where the reference points there."""
        bone, above = self.chains[joint][-1], PARENT[joint]
        part = joint.rpartition("_")[2]
        if above is None or not (part[-1].isdigit() or part == "wrist"):
            return None, None
        before = self.heads.get(above)
        size = float(np.linalg.norm(self.places[bone] - before)) if before is not None else 0.0
        ends = [self.places[name] for name in self.children.get(bone, ()) if name not in self.mapped]
        ends = [end for end in ends if np.linalg.norm(end - self.places[bone]) > _LONG * size > 0.0]
        if part == "wrist":
            middle = f"{joint[: -len('wrist')]}middle1"
            return (np.mean(ends, axis=0), unit(PLACES[middle] - PLACES[joint])) if ends else (None, None)
        number = int(part[-1])
        wanted = unit(PLACES[f"{joint[:-1]}{max(number, 2)}"] - PLACES[f"{joint[:-1]}{max(number, 2) - 1}"])
        if number == 1 or before is None or size <= 0.0:
            return (ends[0], wanted) if len(ends) == 1 else (None, None)
        straight = unit(self.places[bone] - before)
        # Bones of one finger lie alike in it, so that the last one points as the one before does, seen in its own axes.
        guessed = self.axes[bone] @ self.axes[self.chains[above][-1]].T @ straight
        tip = unit(ends[0] - self.places[bone]) if len(ends) == 1 else guessed
        if np.arccos(np.clip(float(tip @ straight), -1.0, 1.0)) > _FAR:
            return None, None
        return self.places[bone] + size * tip, wanted


def rest_corrections(
    chains: Mapping[str, Sequence[str]],
    places: Mapping[str, Doubles],
    axes: Mapping[str, Doubles],
    children: Mapping[str, Sequence[str]],
) -> dict[str, Doubles]:
    """Return bone -> (3, 3) rotation that takes it from the rest pose to the performance's T-pose.

    Parameters
    ----------
    chains : dict
        Joint -> its bones from the root outwards.
    places : dict
        Bone -> (3,) where it begins, in the character's SMPL-X frame; any unit.
    axes : dict
        Bone -> (3, 3) its own axes as columns, in that frame.
    children : dict
        Bone -> the bones that hang on it.

    Returns
    -------
    dict
        Bones that need none are left out.
    """
    key = _key(chains, places, axes, children)
    if key not in _known:
        rest = _Rest(chains, places, axes, children)
        found: dict[str, Doubles] = {}
        for side in ("left", "right"):
            _arm(rest, side, found)
            _leg(rest, side, found)
        while len(_known) >= _REMEMBERED:
            _known.pop(next(iter(_known)))
        _known[key] = {bone: turn for bone, turn in found.items() if np.abs(turn - np.eye(3)).max() > 1e-6}
    return dict(_known[key])


def _key(
    chains: Mapping[str, Sequence[str]],
    places: Mapping[str, Doubles],
    axes: Mapping[str, Doubles],
    children: Mapping[str, Sequence[str]],
) -> bytes:
    """Return a hash of all that corrections are measured from: characters are looked at all the time."""
    said = hashlib.blake2b(digest_size=16)
    for joint, chain in chains.items():
        said.update(f"{joint}\0".encode())
        for bone in chain:
            said.update(f"{bone}\0".encode() + places[bone].tobytes() + axes[bone].tobytes())
            for child in children.get(bone, ()):
                said.update(f"{child}\0".encode() + places[child].tobytes())
    return said.digest()


def _straighten(rest: _Rest, joint: str, base: Doubles, found: dict[str, Doubles]) -> Doubles:
    """Turn the bones of a joint, which hang on one turned by ``base``, to where the reference's segment points."""
    pointing, wanted = rest.along(joint)
    for bone, way in zip(rest.chains[joint], pointing, strict=True):
        if way is not None and wanted is not None:
            base = smallest_turn(base @ way, wanted) @ base
        found[bone] = base
    return base


def _arm(rest: _Rest, side: str, found: dict[str, Doubles]) -> None:
    base = np.eye(3)
    for part in ("shoulder", "elbow"):
        if f"{side}_{part}" in rest.chains:
            base = _straighten(rest, f"{side}_{part}", base, found)
    wrist, elbow = f"{side}_wrist", f"{side}_elbow"
    if wrist in rest.chains:
        untwisted = _straighten(rest, wrist, base, found)
        base = _by_palm(rest, wrist, untwisted)
        for bone in rest.chains[wrist]:
            found[bone] = base @ untwisted.T @ found[bone]
        along = rest.along(wrist)[1]
        if along is not None and elbow in rest.chains:
            # Forearm bones turn over one another: half of a hand's turn shows in them.
            axis = unit(PLACES[wrist] - PLACES[elbow])
            angle = 0.5 * angle_about(along, base @ untwisted.T)
            bones = rest.chains[elbow]
            for number, bone in enumerate(bones, 1):
                found[bone] = turn_about(axis, angle * number / len(bones)) @ found[bone]
    for joint in JOINT_NAMES:
        if joint in rest.chains and joint.startswith(side) and joint[-1].isdigit():
            above = PARENT[joint]
            while above is not None and above not in rest.chains:
                above = PARENT[above]
            hung = rest.chains[above][-1] if above is not None else ""
            _straighten(rest, joint, found.get(hung, base), found)


def _by_palm(rest: _Rest, wrist: str, turn: Doubles) -> Doubles:
    """Return ``turn`` of a hand, rolled until its knuckles lie as the reference's do."""
    side = wrist[: -len("wrist")]
    known = [side + name for name in KNUCKLES if side + name in rest.heads]
    _, along = rest.along(wrist)
    if len(known) < 2 or along is None:
        return turn
    wanted = PLACES[known[0]] - PLACES[known[-1]]
    across = turn @ (rest.heads[known[0]] - rest.heads[known[-1]])
    wanted, across = wanted - along * (along @ wanted), across - along * (along @ across)
    if np.linalg.norm(across) < 1e-9:
        return turn
    found: Doubles = smallest_turn_about(along, unit(across), unit(wanted)) @ turn
    return found


def smallest_turn_about(axis: Doubles, one: Doubles, other: Doubles) -> Doubles:
    """Return the (3, 3) rotation about a unit axis that takes a unit vector across it to another."""
    return turn_about(axis, float(np.arctan2(axis @ np.cross(one, other), one @ other)))


def _leg(rest: _Rest, side: str, found: dict[str, Doubles]) -> None:
    base, legs = np.eye(3), [joint for part in ("hip", "knee") if (joint := f"{side}_{part}") in rest.chains]
    for joint in legs:
        base = _straighten(rest, joint, base, found)
    ankle, foot = f"{side}_ankle", f"{side}_foot"
    if ankle not in rest.heads or foot not in rest.heads:
        return
    angle = _heading(PLACES[foot] - PLACES[ankle]) - _heading(rest.heads[foot] - rest.heads[ankle])
    angle = float((angle + np.pi) % (2.0 * np.pi) - np.pi)
    if abs(angle) > _FAR:
        return
    yaw = turn_about(_UP, angle)
    for joint in (ankle, foot):
        found.update(dict.fromkeys(rest.chains[joint], yaw))
    for joint in legs:
        # Knees bend the way the feet point.
        axis = rest.along(joint)[1]
        if axis is not None:
            for bone in rest.chains[joint]:
                found[bone] = turn_about(axis, -angle if axis @ _UP < 0.0 else angle) @ found[bone]


def _heading(vector: Doubles) -> float:
    """Return the angle about the vertical by which a vector is turned from the front."""
    return float(np.arctan2(vector[0], vector[2]))


def hanging(chains: Mapping[str, Sequence[str]], places: Mapping[str, Doubles]) -> float:
    """Return the radians by which the upper arms are, at rest, off those of the reference; 0 where there are none."""
    rest = _Rest(chains, places, {}, {})
    angles = [0.0]
    for joint in ("left_shoulder", "right_shoulder"):
        if joint in chains and points_at(joint, rest.heads):
            pointing, wanted = rest.along(joint)
            if pointing[0] is not None and wanted is not None:
                angles.append(float(np.arccos(np.clip(pointing[0] @ wanted, -1.0, 1.0))))
    return max(angles)
