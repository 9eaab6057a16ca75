"""Twist bones: helpers along the arms that share the twist of a joint, so that skin keeps its girth.

Linear blending of two bones that are twisted against each other by an angle ``a`` leaves ``cos(a / 2)`` of the girth
where it is worst (the "candy wrapper"). Helpers between them turn by parts of the twist, so that no two that share a
vertex differ by more than a third of it. The 55 joints stay as they are: a helper hangs on a joint, nothing hangs on
it, and how it turns follows from the rotations of two joints alone.
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .rotation import axis_angle_to_quaternion
from .skeleton import JOINT_INDEX, JOINT_NAMES

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int32]
_INFLUENCES = 4
_SHARES = 256
_ENDS = (0.07, 0.93)
"""Shares of a limb between which its skin goes over from one end's twist to the other's."""


@dataclass(frozen=True)
class TwistBone:
    """A helper between the two joints of a limb; it turns about the limb alone (X, for arms in the T-pose)."""

    name: str
    joint: str
    """On which it hangs."""
    end: str
    """The joint at the other end of the limb."""
    place: float
    """Share of the way from one to the other where it lies."""
    taken_back: float
    """How much of its joint's own twist it undoes."""
    ahead: float
    """How much of the end's twist it takes on."""


def _limb(joint: str, end: str, title: str, places: tuple[float, ...], *, ahead: bool) -> list[TwistBone]:
    return [
        TwistBone(f"{joint.split('_')[0]}_{title}_twist{number}", joint, end, place, 1 - place, place * ahead)
        for number, place in enumerate(places)
    ]


TWIST_BONES: tuple[TwistBone, ...] = tuple(
    bone
    for side in ("left", "right")
    for bone in (
        # What the elbow twists is spread below it, as the bones of a real forearm do; at its end the upper arm turns
        # as the shoulder does.
        *_limb(f"{side}_shoulder", f"{side}_elbow", "upper_arm", (0.0, 1 / 3, 2 / 3), ahead=False),
        *_limb(f"{side}_elbow", f"{side}_wrist", "forearm", (0.0, 1 / 3, 2 / 3, 1.0), ahead=True),
    )
)
"""All helpers, in the order of their indices, which go on after those of the 55 joints."""
BONE_NAMES: tuple[str, ...] = (*JOINT_NAMES, *(bone.name for bone in TWIST_BONES))
"""Joints and helpers: what skin can hang on."""


def twist_places(joints: Floats) -> Floats:
    """Return (helpers, 3) rest places for (55, 3) rest joints."""
    starts = joints[[JOINT_INDEX[bone.joint] for bone in TWIST_BONES]]
    ends = joints[[JOINT_INDEX[bone.end] for bone in TWIST_BONES]]
    return starts + (ends - starts) * np.array([[bone.place] for bone in TWIST_BONES])


def spread_twist(vertices: Floats, joints: Floats, weight_joints: Ints, weights: Floats) -> tuple[Ints, Floats]:
    """Hang skin that hangs on a twisting limb on its helpers instead, by where along the limb it lies.

    Parameters
    ----------
    vertices : (V, 3) array
        At rest: of a body, a garment, hair.
    joints : (55, 3) array
        The body's rest joints.
    weight_joints, weights : (V, 4) arrays
        Joints that move a vertex, and their shares, multiples of 1/256.

    Returns
    -------
    (V, 4) int32, (V, 4) float32
        Indices into :data:`BONE_NAMES`, and shares, multiples of 1/256 that sum to exactly one; vertices that hang on
        none of these limbs keep theirs.
    """
    limbs = _nodes()
    touched = np.nonzero(np.isin(weight_joints, list(limbs)).any(1))[0]
    dense = np.zeros((len(touched), len(BONE_NAMES)))
    for column in range(weight_joints.shape[1]):
        np.add.at(dense, (np.arange(len(touched)), weight_joints[touched, column]), weights[touched, column])
    for joint, (end, nodes) in limbs.items():
        start = joints[joint].astype(np.float64)
        along = joints[end] - start
        share = (vertices[touched] - start) @ along / (along @ along)
        share = np.clip((share - _ENDS[0]) / (_ENDS[1] - _ENDS[0]), 0, 1)
        own = dense[:, joint].copy()
        dense[:, joint] = 0
        places = [place for place, _ in nodes]
        for number, (_, bone) in enumerate(nodes):
            hat = np.zeros(len(nodes))
            hat[number] = 1
            dense[:, bone] += own * np.interp(share, places, hat)
    order = np.argsort(-dense, 1, kind="stable")[:, :_INFLUENCES]
    kept = np.take_along_axis(dense, order, 1)
    whole = _whole_shares(kept / np.maximum(kept.sum(1, keepdims=True), 1e-9))
    indices, shares = weight_joints.astype(np.int32), weights.astype(np.float32)
    indices[touched], shares[touched] = order, whole / _SHARES
    return indices, shares


def _nodes() -> dict[int, tuple[int, list[tuple[float, int]]]]:
    """Return joint -> the joint at the end of its limb, and the places and indices of what skin hangs on along it."""
    found: dict[int, tuple[int, list[tuple[float, int]]]] = {}
    for index, bone in enumerate(TWIST_BONES, start=len(JOINT_NAMES)):
        limb = found.setdefault(JOINT_INDEX[bone.joint], (JOINT_INDEX[bone.end], []))
        limb[1].append((bone.place, index))
    for joint, (_, nodes) in found.items():
        if nodes[-1][0] < 1:
            nodes.append((1.0, joint))
    return found


def _whole_shares(shares: Floats) -> npt.NDArray[np.int64]:
    """Return (n, k) integers that sum to 256 a row for rows that sum to one; what is missing goes to the largest."""
    whole = np.round(shares * _SHARES).astype(np.int64)
    whole[:, 0] += _SHARES - whole.sum(1)
    return whole


def twist_angles(axis_angle: Floats) -> Floats:
    """Return (helpers,) radians about X by which each turns against its joint, for (55, 3) rotations of the joints.

    The twist of a rotation is the part about X of the two into which it falls apart, swing after twist.
    """
    turns = axis_angle_to_quaternion(axis_angle)
    turns = np.where(turns[:, :1] < 0, -turns, turns)
    twist = 2 * np.arctan2(turns[:, 1], turns[:, 0])
    own = twist[[JOINT_INDEX[bone.joint] for bone in TWIST_BONES]]
    ahead = twist[[JOINT_INDEX[bone.end] for bone in TWIST_BONES]]
    return ahead * [bone.ahead for bone in TWIST_BONES] - own * [bone.taken_back for bone in TWIST_BONES]


def twist_transforms(axis_angle: Floats, joints: Floats, transforms: Floats) -> Floats:
    """Return (helpers, 3, 4) what moves rest points along with each helper.

    Parameters
    ----------
    axis_angle, joints : (55, 3) arrays
        Rotations and rest places of the joints.
    transforms : (55, 3, 4) array
        Of the joints, as :func:`~.lbs.joint_transforms` returns them.
    """
    angles = twist_angles(axis_angle)
    places = twist_places(joints.astype(np.float64))
    turns = np.zeros((len(angles), 3, 3))
    turns[:, 0, 0] = 1
    turns[:, 1, 1] = turns[:, 2, 2] = np.cos(angles)
    turns[:, 2, 1] = np.sin(angles)
    turns[:, 1, 2] = -turns[:, 2, 1]
    above = transforms[[JOINT_INDEX[bone.joint] for bone in TWIST_BONES]]
    result = np.empty((len(angles), 3, 4))
    result[:, :, :3] = above[:, :, :3] @ turns
    origins = np.einsum("hij,hj->hi", above[:, :, :3], places) + above[:, :, 3]
    result[:, :, 3] = origins - np.einsum("hij,hj->hi", result[:, :, :3], places)
    return result
