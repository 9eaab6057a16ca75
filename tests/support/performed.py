"""Where a performance points, and where a rig's bones do, in the same frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from soliloquy.inference.performance import Performance
from soliloquy.rigs.reference_skeleton import points_at, unit
from soliloquy.rigs.rest_frame import SMPLX_TO_BLENDER
from soliloquy.rigs.rig import Rig
from soliloquy.rigs.takes.world_turns import WorldTurns

LIMBS = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "elbow", "hip", "knee"))
HANDS = ("left_wrist", "right_wrist")


def heads(bpy: Any, rig: Rig, frame: int) -> dict[str, np.ndarray]:
    """Return joint -> (3,) where its bone begins at a frame, in the character's SMPL-X axes."""
    bpy.context.scene.frame_set(frame)
    shown = rig.armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    axes = rig.turn @ SMPLX_TO_BLENDER
    return {
        joint: np.array(shown.matrix_world @ shown.pose.bones[item.bone].head) @ axes
        for joint, item in rig.joints.items()
    }


def off(bpy: Any, rig: Rig, performance: Performance, row: int, joints: tuple[str, ...], first: int = 1) -> float:
    """Return the largest angle, in degrees, between where segments point and where they were performed to."""
    turns = WorldTurns(performance, rig)
    places = {joint: turns.place(joint)[row] for joint in rig.joints}
    shown = heads(bpy, rig, first + row)
    angles = []
    for joint in joints:
        at = points_at(joint, rig.joints)
        wanted = unit(np.mean([places[name] for name in at], axis=0) - places[joint])
        found = unit(np.mean([shown[name] for name in at], axis=0) - shown[joint])
        angles.append(float(np.degrees(np.arccos(np.clip(wanted @ found, -1.0, 1.0)))))
    return max(angles)
