"""A performance baked onto a character of a file, and how it shows at twenty of its frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.performance import Performance
from ..reference_skeleton import unit
from ..rest_frame import SMPLX_TO_BLENDER
from ..rig import Rig
from ..takes.bake import BakeReport
from ..takes.world_turns import WorldTurns

Doubles = npt.NDArray[np.float64]

LOOKED_AT = 20
"""Frames that are compared with the performance."""


def angles(one: Doubles, other: Doubles) -> Doubles:
    """Return the angles in degrees between vectors (..., 3)."""
    cosine = (unit(one) * unit(other)).sum(axis=-1)
    found: Doubles = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return found


@dataclass(frozen=True, eq=False)
class Case:
    """What figures are measured on."""

    name: str
    """``"speech"`` or ``"calibration"``."""
    rig: Rig
    """As it was found before the bake."""
    performance: Performance
    report: BakeReport
    first: float = 1.0
    """Scene frame of the performance's first frame."""

    @cached_property
    def rows(self) -> npt.NDArray[np.int64]:
        """(20,) frames of the performance that are looked at."""
        return np.unique(np.linspace(0, self.performance.frames - 1, LOOKED_AT).round().astype(np.int64))

    @cached_property
    def turns(self) -> WorldTurns:
        """The performance on the reference skeleton."""
        return WorldTurns(self.performance, self.rig)

    def performed(self, joint: str) -> Doubles:
        """Return (20, 3) where a joint was performed to be, in metres of the SMPL-X frame, with the travel."""
        return (self.turns.place(joint) + self.performance.trans)[self.rows]

    @cached_property
    def bones(self) -> dict[str, Doubles]:
        """Bone -> (20, 4, 4) in the world as shown, turned into the character's SMPL-X axes."""
        axes = np.eye(4)
        axes[:3, :3] = (self.rig.turn @ SMPLX_TO_BLENDER).T
        found: dict[str, list[Doubles]] = {part: [] for item in self.rig.joints.values() for part in self._parts(item)}
        found.update({bone: [] for bone in self._looking.values()})
        for row in self.rows:
            self.show(int(row))
            shown = self.rig.armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
            world = axes @ np.array(shown.matrix_world)
            for name, matrices in found.items():
                matrices.append(world @ np.array(shown.pose.bones[name].matrix))
        return {name: np.array(matrices) for name, matrices in found.items()}

    @property
    def _looking(self) -> dict[str, str]:
        """Eye joint -> the bone that looks where a target is led, for eyes that no bone of their own turns."""
        return {joint: bone for drive in self.rig.drives for joint, bone in getattr(drive, "aimed", {}).items()}

    @staticmethod
    def _parts(item: Any) -> list[str]:
        return [part.bone for part in item.segments]

    def shown(self, joint: str) -> Doubles:
        """Return (20, 3) where a joint's bone begins as shown, in units of the world and the character's axes."""
        return self.bones[self.rig.joints[joint].bone][:, :3, 3]

    def rest(self, joint: str) -> Doubles:
        """Return (3,) where a joint's bone begins at rest, likewise."""
        bone = self.rig.armature.data.bones[self.rig.joints[joint].bone]
        place = np.array(self.rig.armature.matrix_world @ bone.head_local)
        found: Doubles = (self.rig.turn @ SMPLX_TO_BLENDER).T @ place
        return found

    def turned(self, joint: str) -> Doubles:
        """Return (20, 3, 3) how a joint's last bone is turned against its own rest, in the character's axes."""
        part = self.rig.joints[joint].segments[-1]
        name, rest = self._looking.get(joint, part.bone), part.rest
        if name != part.bone:
            rest = self.rig.frame.axes.T @ np.array(self.rig.armature.data.bones[name].matrix_local.to_3x3())
        matrices = self.bones[name][:, :3, :3]
        found: Doubles = matrices / np.linalg.norm(matrices, axis=1, keepdims=True) @ rest.T
        return found

    def show(self, row: int) -> None:
        """Go to a frame of the performance."""
        scene = bpy.context.scene
        at = self.first + row * scene.render.fps / scene.render.fps_base / self.performance.fps
        scene.frame_set(int(np.floor(at + 1e-6)), subframe=float(max(0.0, at - np.floor(at + 1e-6))))
