"""Characters whose data lies turned, scaled or rolled in their armature, and look the same in the scene."""

from __future__ import annotations

from typing import Any

import numpy as np
from mathutils import Matrix

from soliloquy.rigs.rig import Rig


def turn_data(bpy: Any, rig: Rig, turn: Matrix) -> None:
    """Apply a matrix to the data of armature and meshes, and its inverse to the armature object."""
    for item in (rig.armature, *rig.armature.children_recursive):
        if item.type == "MESH":
            item.data.transform(turn, shape_keys=True)
        elif item.type == "ARMATURE":
            item.data.transform(turn)
    rig.armature.matrix_world = rig.armature.matrix_world @ turn.inverted()
    bpy.context.view_layer.update()


def roll_bones(bpy: Any, armature: Any) -> None:
    """Turn every bone's axes by an amount of its own: along the limb where there is one, rolled."""
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    size = max(bone.length for bone in armature.data.edit_bones)
    for index, bone in enumerate(armature.data.edit_bones):
        along = bone.children[0].head - bone.head if bone.children else bone.vector
        if along.length > 0.01 * size:
            bone.tail = bone.head + along
        bone.roll = 0.3 * index
    bpy.ops.object.mode_set(mode="OBJECT")


def joint_heads(bpy: Any, rig: Rig, frame: int) -> np.ndarray:
    """Return (J, 3) places of the rig's joints in the world at a frame."""
    bpy.context.scene.frame_set(frame)
    shown = rig.armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return np.array([shown.matrix_world @ shown.pose.bones[item.bone].head for item in rig.joints.values()])


def hang_arms(bpy: Any, armature: Any, angle: float) -> None:
    """Turn everything from the shoulders on downwards, in the rest pose."""
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for side, sign in (("left", -1.0), ("right", 1.0)):
        turn_rest(armature, f"{side}_shoulder", Matrix.Rotation(-sign * angle, 4, "Y"))
    bpy.ops.object.mode_set(mode="OBJECT")


def turn_rest(armature: Any, name: str, turn: Matrix) -> None:
    """Turn a bone and all below it about its head, in Edit Mode."""
    top = armature.data.edit_bones[name]
    about = Matrix.Translation(top.head) @ turn @ Matrix.Translation(-top.head)
    for bone in [top, *top.children_recursive]:
        bone.transform(about)
