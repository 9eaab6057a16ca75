"""A character with two takes, posed and keyed by hand as an artist does."""

from __future__ import annotations

from typing import Any

import numpy as np
from mathutils import Quaternion
from small_character import SmallRig, add_small_character, small_performance

from soliloquy.rigs.takes.bake import BakeOptions, bake

TURN = Quaternion((0.0, 0.0, 1.0), 0.4)


def with_two_takes(bpy: Any) -> SmallRig:
    """Return a new small character with the takes "One" and "Two", of which the second plays."""
    made = add_small_character(bpy)
    for name, seed in (("One", 1), ("Two", 2)):
        bake(small_performance(60, seed=seed, speed=0.4), made, BakeOptions(name=name))
    return made


def pose_at(bpy: Any, rig: SmallRig, frame: int, bone: str = "head") -> np.ndarray:
    """Return the (4,) quaternion that a bone has at a frame."""
    bpy.context.scene.frame_set(frame)
    return np.array(rig.armature.pose.bones[bone].rotation_quaternion)


def smile(bpy: Any, rig: SmallRig, frame: int) -> float:
    """Return how far the left corner of the mouth smiles at a frame."""
    bpy.context.scene.frame_set(frame)
    return rig.meshes[0].data.shape_keys.key_blocks["mouthSmileLeft"].value


def turn(bpy: Any, rig: SmallRig, frame: int, bone: str = "head") -> np.ndarray:
    """Turn a bone by :data:`TURN` at a frame and key it; returns the (4,) quaternion."""
    bpy.context.scene.frame_set(frame)
    item = rig.armature.pose.bones[bone]
    item.rotation_quaternion = item.rotation_quaternion @ TURN
    item.keyframe_insert("rotation_quaternion", frame=frame)
    return np.array(item.rotation_quaternion)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the angle between two rotations in radians."""
    cosine = abs(one @ other) / np.linalg.norm(one) / np.linalg.norm(other)
    return float(2.0 * np.arccos(min(cosine, 1.0)))
