"""Where a rig's bones are as it shows a performance, before anything is keyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.rotation import matrix_to_quaternion, quaternion_multiply
from .world_turns import turned

if TYPE_CHECKING:
    from .world_turns import WorldTurns

Doubles = npt.NDArray[np.float64]


class RigPlaces:
    """Places on a rig in the character's SMPL-X frame, in metres of the performance and without its travel.

    Legs are as long in them as the default character's.
    """

    def __init__(self, turns: WorldTurns) -> None:
        rig = turns.rig
        metres = rig.root.metres if rig.root is not None else rig.frame.scale
        self.turns = turns
        self.rest = {
            joint: metres * (rig.frame.axes.T @ np.array(rig.armature.data.bones[item.bone].head_local, np.float64))
            for joint, item in rig.joints.items()
        }
        """Joint -> (3,) where its first bone begins at rest."""
        self._parts = {
            part.bone: part for item in rig.joints.values() for part in (*item.segments, *item.riders)
        }  # fmt: skip
        self._heads = {
            bone: metres * (rig.frame.axes.T @ np.array(rig.armature.data.bones[bone].head_local, np.float64))
            for bone in self._parts
        }
        self._loose = {
            rig.joints[joint].bone: rig.joints[above].segments[-1].bone for joint, above in rig.loose.items()
        }
        self._loose |= {
            rider.bone: next(part.bone for part in item.segments if part.takes == rider.takes)
            for item in rig.joints.values() for rider in item.riders if rider.above is None
        }  # fmt: skip
        self._found: dict[str, Doubles] = {}

    def head(self, bone: str) -> Doubles:
        """Return (3,) where a bone begins at rest."""
        return self._heads[bone]

    def place(self, joint: str) -> Doubles:
        """Return (T, 3) where the first bone of a joint begins."""
        return self.bone_place(self.turns.rig.joints[joint].bone)

    def bone_place(self, bone: str) -> Doubles:
        """Return (T, 3) where a bone begins that the performance turns."""
        found = self._found.get(bone)
        if found is None:
            above = self._parts[bone].above or self._loose.get(bone)
            if above is None:
                found = np.broadcast_to(self._heads[bone], (self.turns.performance.frames, 3))
            else:
                found = self._carried(above, self._heads[bone])
            self._found[bone] = found
        return found

    def _carried(self, bone: str, point: Doubles) -> Doubles:
        part = self._parts[bone]
        turn = self.turns.taken(part.takes)
        if not np.array_equal(part.correction, np.eye(3)):
            turn = quaternion_multiply(turn, matrix_to_quaternion(part.correction)).astype(np.float64)
        return self.bone_place(bone) + turned(turn, point - self._heads[bone])
