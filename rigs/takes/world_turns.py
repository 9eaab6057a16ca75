"""A performance's rotations against the world, and by what every bone has to turn to show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.rotation import (
    axis_angle_to_quaternion,
    continuous_quaternions,
    matrix_to_quaternion,
    quaternion_multiply,
    quaternion_to_matrix,
    slerp,
)
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES, PARENTS
from ..reference_skeleton import PARENT, PLACES, points_at, unit

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..rig import Rig
    from ..rig_parts import Segment
    from ..segments import Takes

Doubles = npt.NDArray[np.float64]


def inverse(quaternion: Doubles) -> Doubles:
    """Return the inverse (..., 4) of unit quaternions."""
    return quaternion * np.array([1.0, -1.0, -1.0, -1.0])


def turned(quaternion: Doubles, vector: Doubles) -> Doubles:
    """Return (T, 3) a vector (3,) or vectors (T, 3) turned by unit quaternions (T, 4)."""
    axes = "tij,tj->ti" if vector.ndim > 1 else "tij,j->ti"
    found: Doubles = np.einsum(axes, quaternion_to_matrix(quaternion), vector)
    return found


class WorldTurns:
    """What bones of a rig turn by under a performance, each computed when it is first asked for.

    Parameters
    ----------
    performance : Performance
        In the SMPL-X frame; must not be changed afterwards.
    rig : Rig
        The character.
    """

    def __init__(self, performance: Performance, rig: Rig) -> None:
        self.performance, self.rig = performance, rig
        self._joints: dict[str, Doubles] = {}
        self._places: dict[str, Doubles] = {}
        self._taken: dict[Takes, Doubles] = {}
        self._segments = {
            part.bone: part for item in rig.joints.values() for part in (*item.segments, *item.riders)
        }  # fmt: skip
        self._shown: dict[str, Doubles] = {}

    def joint(self, name: str) -> Doubles:
        """Return (T, 4) quaternions of a joint's rotation against the world."""
        found = self._joints.get(name)
        if found is None:
            index = JOINT_INDEX[name]
            turn = self.performance.joint(name).astype(np.float64)
            item = self.rig.joints.get(name)
            if item is not None and item.gain != 1.0:
                turn = turn * item.gain
            found = axis_angle_to_quaternion(turn).astype(np.float64)
            if PARENTS[index] >= 0:
                found = quaternion_multiply(self.joint(JOINT_NAMES[PARENTS[index]]), found).astype(np.float64)
            self._joints[name] = found
        return found

    def place(self, name: str) -> Doubles:
        """Return (T, 3) where a joint of the reference skeleton is performed, in metres; without the travel."""
        found = self._places.get(name)
        if found is None:
            above = PARENT[name]
            if above is None:
                found = np.broadcast_to(PLACES[name], (self.performance.frames, 3))
            else:
                step = turned(self.joint(above), PLACES[name] - PLACES[above])
                found = self.place(above) + step
            self._places[name] = found
        return found

    def show(self, name: str, turn: Doubles) -> None:
        """Show (T, 4) in place of a joint's performed rotation against the world; other joints keep theirs."""
        self._shown[name] = turn
        self._taken.clear()

    def shown(self, name: str) -> Doubles:
        """Return (T, 4) the rotation of a joint against the world that is shown, performed or in its place."""
        found = self._shown.get(name)
        return self.joint(name) if found is None else found

    def as_performed(self, name: str) -> bool:
        """Whether a joint is shown as performed against the one above."""
        return not self._shown or (name not in self._shown and PARENT[name] not in self._shown)

    def taken(self, takes: Takes) -> Doubles:
        """Return (T, 4) quaternions of the rotation a bone takes against the world."""
        found = self._taken.get(takes)
        if found is None:
            found = self._taken[takes] = self._take(takes)
        return found

    def _take(self, takes: Takes) -> Doubles:
        whole = self.shown(takes.joint)
        if takes.below is None or takes.share >= 1.0:
            return whole
        below = self.shown(takes.below)
        if not takes.twist_only:
            return slerp(below, whole, np.full(len(whole), takes.share)).astype(np.float64)
        axis = _axis(takes.joint)
        turn = quaternion_multiply(inverse(below), whole)
        angle = 2.0 * np.arctan2(turn[:, 1:] @ axis, turn[:, 0])
        angle = (angle + np.pi) % (2.0 * np.pi) - np.pi
        back = axis_angle_to_quaternion(-(1.0 - takes.share) * angle[:, None] * axis)
        return quaternion_multiply(whole, back).astype(np.float64)

    def bone(self, segment: Segment) -> Doubles:
        """Return (T, 4) quaternions by which a bone turns in its own axes, continuous in sign."""
        whole = self.taken(segment.takes)
        before = self._under(segment).T
        over = self._segments.get(segment.above) if segment.above is not None else None
        if over is not None:
            whole = quaternion_multiply(inverse(self.taken(over.takes)), whole)
            before = before @ over.correction.T
        elif segment.base is not None:
            whole = quaternion_multiply(inverse(self.joint(segment.base)), whole)
        after = matrix_to_quaternion(segment.correction @ segment.rest)
        turn = quaternion_multiply(quaternion_multiply(matrix_to_quaternion(before), whole), after)
        return continuous_quaternions(turn).astype(np.float64)

    def _under(self, segment: Segment) -> Doubles:
        """Return the (3, 3) axes of a bone where it does not turn by itself and the one above it is at rest.

        These are its axes at rest, unless an artist has posed bones between the two that no performance turns.
        """
        bones = self.rig.armature.pose.bones
        between, bone = [], bones[segment.bone]
        while segment.above is not None and bone.parent is not None and bone.parent.name != segment.above:
            bone = bone.parent
            between.append(bone)
        turn = np.eye(3)
        for item in between if bone.parent is not None else ():
            posed = np.array(item.matrix_basis.to_quaternion(), np.float64)
            if abs(posed[0]) < 1.0 - 1e-9 and not len(item.constraints):
                axes = self.rig.frame.axes.T @ np.array(item.bone.matrix_local.to_3x3(), np.float64)
                turn = axes @ quaternion_to_matrix(posed) @ axes.T @ turn
        under: Doubles = turn @ segment.rest
        return under


def _axis(joint: str) -> Doubles:
    """Return (3,) where a joint's segment points in the reference skeleton."""
    ends: Mapping[str, Doubles] = PLACES
    at = points_at(joint, ends)
    return unit(np.mean([PLACES[name] for name in at], axis=0) - PLACES[joint])
