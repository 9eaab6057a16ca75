"""A small rigged character for tests: 55 bones in the SMPL-X convention and a box with ARKit shape keys."""

from __future__ import annotations

from typing import Any

import numpy as np

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_INDEX, JOINT_NAMES, PARENTS
from soliloquy.rigs.rig import Rig, find_rig

SmallRig = Rig


def joint_places() -> np.ndarray:
    """Return (55, 3) joint positions in Blender's axes: a rough T-pose."""
    places = np.zeros((55, 3))
    places[0] = (0, 0, 0.95)
    for joint in range(1, 55):
        name = JOINT_NAMES[joint]
        side = 1 if "left" in name else -1 if "right" in name else 0
        arm = any(word in name for word in ("collar", "shoulder", "elbow", "wrist")) or joint >= 25
        leg = any(word in name for word in ("hip", "knee", "ankle", "foot"))
        step = (0.12 * side, 0, 0.02) if arm else (0.02 * side, 0, -0.3) if leg else (0.03 * side, -0.02, 0.12)
        if joint >= 25:
            step = (0.04 * side, 0.01 * ((joint - 25) % 15 // 3 - 2), 0)
        places[joint] = places[PARENTS[joint]] + step
    return places


def hang_on(bpy: Any, rig: Rig, name: str, end: tuple[float, float, float]) -> Any:
    """Hang the character on a new bone from the floor to a place; returns it as it is posed."""
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    bones = rig.armature.data.edit_bones
    carrier = bones.new(name)
    carrier.head, carrier.tail = (0.0, 0.0, 0.0), end
    bones["pelvis"].parent = carrier
    bpy.ops.object.mode_set(mode="OBJECT")
    return rig.armature.pose.bones[name]


def add_small_character(bpy: Any, name: str = "Small") -> SmallRig:
    """Build the character in the current scene."""
    scene = bpy.context.scene
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    places = joint_places()
    bones = [armature.data.edit_bones.new(joint) for joint in JOINT_NAMES]
    for index, bone in enumerate(bones):
        bone.head = places[index]
        bone.tail = places[index] + (0, 0, 0.1)
        bone.roll = 0.0
        if PARENTS[index] >= 0:
            bone.parent = bones[PARENTS[index]]
    bpy.ops.object.mode_set(mode="OBJECT")
    for bone in armature.pose.bones:
        bone.rotation_mode = "QUATERNION"
    # One small tetrahedron at every joint, so that each bone moves some vertices.
    corners = np.array([(0, 0, 0), (0.05, 0, 0), (0, 0.05, 0), (0, 0, 0.05)])
    points = (places[:, None] + corners[None]).reshape(-1, 3)
    faces = [
        (4 * j + a, 4 * j + b, 4 * j + c) for j in range(55) for a, b, c in ((0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3))
    ]
    mesh = bpy.data.meshes.new(name + " body")
    mesh.from_pydata(points.tolist(), [], faces)
    body = bpy.data.objects.new(name + " body", mesh)
    scene.collection.objects.link(body)
    body.parent = armature
    for index, joint in enumerate(JOINT_NAMES):
        body.vertex_groups.new(name=joint).add(list(range(4 * index, 4 * index + 4)), 1.0, "REPLACE")
    body.modifiers.new("Armature", "ARMATURE").object = armature
    body.shape_key_add(name="Basis")
    head = 4 * JOINT_INDEX["head"]
    for index, key in enumerate((*[n for n in ARKIT_NAMES if n != "jawOpen"], "jawOpen_corrective")):
        block = body.shape_key_add(name=key)
        block.value = 0.0
        block.data[head + index % 4].co.z += 0.01 + 0.001 * index
    rig = find_rig(armature)
    assert rig is not None
    return rig


def small_performance(frames: int = 60, fps: float = 30.0, seed: int = 0, speed: float = 1.0) -> Performance:
    """Return a smooth, lively performance with sharp blinks; every joint and coefficient moves."""
    rng = np.random.default_rng(seed)
    time = np.arange(frames)[:, None] / fps

    def waves(count: int, amount: float) -> np.ndarray:
        total = np.zeros((frames, count))
        for _ in range(3):
            rate = rng.uniform(0.3, 3.0, count) * speed
            total += np.sin(2 * np.pi * (rate * time + rng.uniform(0, 1, count))) / (1 + rate)
        return amount * total

    arkit = np.clip(0.3 + waves(52, 0.5), 0, 1)
    for key in (0, 7):
        arkit[:, key] = 0.0
        for at in range(12, frames - 4, 47):
            arkit[at : at + 4, key] = (0.6, 1.0, 0.7, 0.3)
    poses = waves(165, 0.25)
    return Performance(fps, poses, waves(3, 0.02), arkit, np.abs(waves(1, 0.2))[:, 0], meta={"seed": seed})
