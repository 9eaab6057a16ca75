"""Made-up humanoid skeletons: any proportions, any names, and whatever bones a test adds to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np

from soliloquy.inference.skeleton import JOINT_NAMES, PARENTS

Bones = dict[str, tuple[str, np.ndarray]]
"""Bone -> parent (empty for none) and place."""


def made_up_body(seed: int = 0, arms: float = 0.0) -> Bones:
    """Return the 55 joints of a body in metres, Z up, facing -Y, named after the joints.

    Parameters
    ----------
    seed : int
        Draws its proportions: small children, long necks, broad shoulders.
    arms : float
        Radians by which the arms hang below the horizontal.
    """
    draw = np.random.default_rng(seed).uniform
    leg, torso, arm, wide = draw(0.5, 1.0), draw(0.4, 0.7), draw(0.35, 0.7), draw(0.7, 1.4)
    down = np.array([np.cos(arms), 0.0, -np.sin(arms)])
    place = {"pelvis": np.array([0.0, 0.0, leg + 0.08])}
    for name, at in (("spine1", 0.2), ("spine2", 0.45), ("spine3", 0.65), ("neck", 1.0)):
        place[name] = place["pelvis"] + (0.0, 0.01 * np.sin(9 * at), at * torso)
    place["head"] = place["neck"] + (0.0, -0.02, 0.1 * draw(0.7, 1.3))
    place["jaw"] = place["head"] + (0.0, -0.03, 0.01)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        way = down * (sign, 1.0, 1.0)
        put = {
            "hip": (0.1 * sign * wide, 0.0, leg), "knee": (0.11 * sign * wide, -0.03, 0.52 * leg + 0.04),
            "ankle": (0.11 * sign * wide, 0.0, 0.08), "foot": (0.12 * sign * wide, -0.14, 0.02),
            "collar": (0.03 * sign, 0.0, place["neck"][2] - 0.06),
            "eye_smplhf": (0.03 * sign, -0.1, 0.06 + place["head"][2]),
        }  # fmt: skip
        place.update({f"{side}_{part}": np.array(at) for part, at in put.items()})
        shoulder = np.array([0.17 * sign * wide, 0.01, place["neck"][2] - 0.08])
        elbow = shoulder + 0.52 * arm * way + (0.0, 0.01, 0.0)
        wrist = shoulder + arm * way
        place.update({f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": wrist})
        for row, finger in enumerate(("index", "middle", "ring", "pinky")):
            for link in range(3):
                along = (0.1 - 0.006 * row + 0.03 * link) * way
                place[f"{side}_{finger}{link + 1}"] = wrist + along + (0.0, -0.03 + 0.02 * row, 0.0)
        for link in range(3):
            place[f"{side}_thumb{link + 1}"] = (
                wrist + (0.02 + 0.025 * link) * way + (0.0, -0.02 * (link + 1), -0.01 * link)
            )
    above = {
        name: JOINT_NAMES[parent] if parent >= 0 else "" for name, parent in zip(JOINT_NAMES, PARENTS, strict=True)
    }
    return {name: (above[name], place[name]) for name in JOINT_NAMES}


def renamed(bones: Bones, names: Mapping[str, str]) -> Bones:
    """Return the bones under other names; those that have none there are left out, their children move up."""

    def above(parent: str) -> str:
        while parent and parent not in names:
            parent = bones[parent][0]
        return names.get(parent, "")

    return {names[name]: (above(parent), place) for name, (parent, place) in bones.items() if name in names}


def add_skeleton(bones: Bones, name: str = "Made up", turn: np.ndarray | None = None, mesh: bool = True) -> Any:
    """Add an armature of these bones, each in its own direction, and a mesh of a point per bone that hangs on it.

    Parameters
    ----------
    turn : array, (3, 3), optional
        Turns and scales the data.
    """
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    turn = np.eye(3) if turn is None else turn
    size = 0.03 * np.cbrt(abs(np.linalg.det(turn)))
    draw = np.random.default_rng(len(bones)).normal
    made = {}
    for bone, (_, place) in bones.items():
        made[bone] = armature.data.edit_bones.new(bone)
        tip = draw(size=3)
        made[bone].head = turn @ place
        made[bone].tail = turn @ place + size * tip / np.linalg.norm(tip)
        made[bone].roll = float(draw())
    for bone, (parent, _) in bones.items():
        if parent:
            made[bone].parent = made[parent]
    bpy.ops.object.mode_set(mode="OBJECT")
    if mesh:
        data = bpy.data.meshes.new(name + " body")
        data.from_pydata([tuple(turn @ place) for _, place in bones.values()], [], [])
        body = bpy.data.objects.new(name + " body", data)
        bpy.context.scene.collection.objects.link(body)
        body.parent = armature
        for index, bone in enumerate(bones):
            body.vertex_groups.new(name=bone).add([index], 1.0, "REPLACE")
        body.modifiers.new("Armature", "ARMATURE").object = armature
    return armature
