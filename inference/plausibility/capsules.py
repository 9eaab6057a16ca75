"""The character's body as capsules, measured on its mesh, and how deep hands and arms are inside it.

A capsule is a line between two points that hang on one joint, with a radius at either end. Trunk and head are stacks of
lying capsules, one per slice of the mesh, as they are wider than deep; limbs and fingers are one along each bone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..character import Character
from ..skeleton import JOINT_INDEX, JOINT_NAMES
from .distance import Floats, carried, depths
from .flesh import limb, middle, off_line, outer_skin, slices, unit
from .kinematics import joint_frames

Doubles = npt.NDArray[np.float64]

SIDES = ("left", "right")
_FINGERS = ("index", "middle", "ring", "pinky", "thumb")
_TRUNK = ("pelvis", "spine1", "spine2", "spine3")
_SLACK = 0.002  # metres that skin and cloth give when touched
_CHUNK = 300  # frames


@dataclass(frozen=True, eq=False)
class Capsules:
    """Capsules in the rest pose, metres; ``N`` of them."""

    rest: Doubles
    """(55, 3) the character's rest joints."""
    joints: npt.NDArray[np.intp]
    """(N,) joint that each hangs on."""
    ends: Doubles
    """(N, 2, 3) both ends of its line in the rest pose."""
    radii: Doubles
    """(N, 2) radius at either end."""
    parts: tuple[str, ...]
    """Part of each: "torso", "neck", "head", or with its side "left_thigh", "left_upper_arm", "left_forearm",
    "left_palm", "left_finger"."""

    def rows(self, *parts: str) -> npt.NDArray[np.intp]:
        """Return the numbers of the capsules of some parts."""
        return np.array([row for row, part in enumerate(self.parts) if part in parts], np.intp)


@dataclass(frozen=True, eq=False)
class Spheres:
    """Balls along an arm, from the elbow to the finger tips: what is tested against capsules; ``M`` of them."""

    joints: npt.NDArray[np.intp]
    """(M,) joint that each hangs on."""
    centres: Doubles
    """(M, 3) in the rest pose."""
    radii: Doubles
    """(M,) metres."""
    is_hand: npt.NDArray[np.bool_]
    """(M,) palm or finger, not forearm."""


@lru_cache(maxsize=4)
def capsules_of(character: Character) -> Capsules:
    """Return the capsules of a character, measured on its mesh and skin weights."""
    found: list[tuple[int, Doubles, tuple[float, float], str]] = []
    rest = character.joints.astype(np.float64)
    points = character.vertices.astype(np.float64)
    strongest = character.weight_joints[np.arange(len(points)), character.weights.argmax(1)]
    outside = outer_skin(character, points)

    def skin(*names: str) -> Doubles:
        return points[outside[np.isin(strongest[outside], [JOINT_INDEX[name] for name in names])]]

    # The flesh beside the pelvis hangs on the thighs, that beside the neck on the collars.
    beside = skin("left_hip", "right_hip")
    beside = beside[beside[:, 1] > rest[JOINT_INDEX["left_hip"], 1] - 0.04]
    trunk = np.concatenate([skin(*_TRUNK, "left_collar", "right_collar"), beside])
    for part, cloud, bones in (("torso", trunk, _TRUNK), ("head", skin("head", "jaw"), ("head",))):
        for height, line, radius in slices(cloud):
            found.append((_bone_at(rest, height, bones), line, (radius, radius), part))
    neck = np.stack([rest[JOINT_INDEX["neck"]], rest[JOINT_INDEX["head"]]])
    found.append((JOINT_INDEX["neck"], *limb(skin("neck"), neck, (0.25, 0.9)), "neck"))
    for side in SIDES:
        place = {name: rest[JOINT_INDEX[f"{side}_{name}"]] for name in ("hip", "knee", "shoulder", "elbow", "wrist")}
        for part, bone, first, last, cut in (
            ("thigh", "hip", "hip", "knee", (0.15, 0.97)),
            ("upper_arm", "shoulder", "shoulder", "elbow", (0.2, 1.0)),
            ("forearm", "elbow", "elbow", "wrist", (0.0, 1.0)),
        ):
            line, radii = limb(skin(f"{side}_{bone}"), np.stack([place[first], place[last]]), cut)
            found.append((JOINT_INDEX[f"{side}_{bone}"], line, radii, f"{side}_{part}"))
        palm = skin(f"{side}_wrist")
        thick = 0.5 * float(np.ptp(np.percentile(palm[:, 1], (8, 92))))
        wrist = JOINT_INDEX[f"{side}_wrist"]
        for finger in ("index", "middle", "pinky"):
            knuckle = rest[JOINT_INDEX[f"{side}_{finger}1"]]
            line = np.stack([place["wrist"] + 0.25 * (knuckle - place["wrist"]), knuckle])
            line[:, 1] = middle(palm[:, 1])
            found.append((wrist, line, (thick, 0.85 * thick), f"{side}_palm"))
        for finger in _FINGERS:
            names = [f"{side}_{finger}{segment}" for segment in (1, 2, 3)]
            first, second, third = (rest[JOINT_INDEX[name]] for name in names)
            flesh = skin(*names)
            tip = third + max(0.0, float(((flesh - third) @ unit(third - second)).max())) * unit(third - second)
            for name, line in ((names[0], np.stack([first, second])), (names[1], np.stack([second, tip]))):
                radius = float(np.median(off_line(skin(*names[1:]) if name == names[1] else skin(name), *line)))
                end = line[1] - (radius * unit(line[1] - line[0]) if name == names[1] else 0)
                found.append((JOINT_INDEX[name], np.stack([line[0], end]), (radius, 0.9 * radius), f"{side}_finger"))
    joints, lines, radii, parts = zip(*found, strict=True)
    widths = np.maximum(np.array(radii) - _SLACK, 0.004)
    return Capsules(rest, np.array(joints, np.intp), np.stack(lines), widths, parts)


@lru_cache(maxsize=8)
def arm_spheres(capsules: Capsules, side: str) -> Spheres:
    """Return the balls of one arm: elbow and forearm, palm, and middle and tip of every finger.

    Parameters
    ----------
    side : str
        ``"left"`` or ``"right"``.
    """
    rows: list[tuple[int, Doubles, float, bool]] = []
    for part, shares in (("forearm", (0.0, 0.35, 0.7, 1.0)), ("palm", (0.45, 1.0)), ("finger", (1.0,))):
        for row in capsules.rows(f"{side}_{part}"):
            joint = int(capsules.joints[row])
            # The tip turns with the last joint, though its capsule reaches from the middle one on.
            joint += part == "finger" and JOINT_NAMES[joint].endswith("2")
            for share in shares:
                weights = np.array([1 - share, share])
                rows.append(
                    (joint, weights @ capsules.ends[row], float(weights @ capsules.radii[row]), part != "forearm")
                )
    joints, centres, radii, hand = zip(*rows, strict=True)
    return Spheres(np.array(joints, np.intp), np.stack(centres), np.array(radii), np.array(hand))


@lru_cache(maxsize=8)
def obstacles(capsules: Capsules, side: str) -> npt.NDArray[np.intp]:
    """Return the capsules that an arm must not go through: trunk, head, thighs and the other arm with its hand."""
    other = SIDES[1 - SIDES.index(side)]
    arm = tuple(f"{other}_{part}" for part in ("upper_arm", "forearm", "palm", "finger"))
    return capsules.rows("torso", "neck", "head", "left_thigh", "right_thigh", *arm)


def penetration(poses: npt.ArrayLike, trans: npt.ArrayLike, capsules: Capsules) -> Doubles:
    """Return (T,) metres by which the deepest point of either arm is inside trunk, head, thighs or the other arm.

    Zero where nothing touches. The flesh's own give is already taken off the capsules.

    Parameters
    ----------
    poses : (T, 165) array
        Axis-angle, radians.
    trans : (T, 3) array
        Pelvis translation, metres.
    """
    poses, trans = np.asarray(poses), np.asarray(trans)
    result = np.zeros(len(poses))
    for begin in range(0, len(poses), _CHUNK):
        rows = slice(begin, begin + _CHUNK)
        frames = joint_frames(poses[rows], trans[rows], capsules.rest)
        for side in SIDES:
            result[rows] = np.maximum(result[rows], arm_depths(frames, capsules, side)[0].max((1, 2)))
    return result


def arm_depths(
    frames: tuple[Doubles, Doubles], capsules: Capsules, side: str
) -> tuple[Floats, Floats, Doubles, Doubles]:
    """Return how deep one arm's balls are in its obstacles.

    Parameters
    ----------
    frames : (T, 55, 3, 3) and (T, 55, 3) arrays
        What ``joint_frames`` returns.

    Returns
    -------
    depth : (T, M, N) array
        Metres; balls as :func:`arm_spheres`, capsules as :func:`obstacles` has them.
    share : (T, M, N) array
        See :func:`depths`.
    centres : (T, M, 3) array
        The balls.
    lines : (T, N, 2, 3) array
        The obstacles.
    """
    spheres, rows = arm_spheres(capsules, side), obstacles(capsules, side)
    centres = carried(spheres.centres, spheres.joints, capsules.rest, frames)
    ends = capsules.ends[rows].reshape(-1, 3)
    lines = carried(ends, np.repeat(capsules.joints[rows], 2), capsules.rest, frames)
    lines = lines.reshape(len(centres), len(rows), 2, 3)
    return *depths(centres, spheres.radii, lines, capsules.radii[rows]), centres, lines


def _bone_at(rest: Doubles, height: float, names: tuple[str, ...]) -> int:
    """Return the joint of a chain that a slice at a height hangs on: the highest one not above it."""
    below = [name for name in names if rest[JOINT_INDEX[name], 1] <= height]
    return JOINT_INDEX[below[-1] if below else names[0]]
