"""A small character whose face is made of bones: a mouth, lids and brows of few points, hung on bones by weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from small_character import add_small_character, joint_places
from small_mouth import COLUMNS, HALF, small_mouth

from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.rigs.rig import Rig, find_rig

_ROWS = 5
EYE_APART = 0.064


def add_bone_face(
    bpy: Any, *, lips: bool = True, keys: bool = False, controls: bool = False, slides: float = 0.0,
    arched: bool = False,
) -> Rig:  # fmt: skip
    """Build the character, without shape keys unless ``keys``.

    Without ``lips`` only a jaw moves the mouth. With ``controls`` the bones deform nothing: others copy them.
    ``arched`` eyes are open in the middle, less at their corners, and have a ball behind the lids.
    With ``slides`` too the place of the jaw's control opens the mouth, by so many times as much, and its turn nothing.
    """
    small = add_small_character(bpy, "Bony")
    armature, body = small.armature, small.meshes[0]
    if not keys:
        body.shape_key_clear()
    places = joint_places()
    head = places[JOINT_INDEX["head"]]
    centre = head + np.array([0.0, -0.1, 0.02])
    mouth = centre
    eyes = {side: centre + np.array([side * EYE_APART / 2, 0.012, 0.065]) for side in (1, -1)}
    layout: dict[str, tuple[str, np.ndarray]] = {"jaw": ("jaw", mouth + np.array([0, 0.08, 0.02]))}
    if lips:
        for name, x in (("c", 0.0), ("l", 0.012), ("r", -0.012)):
            layout[f"{name}_upLip"] = ("head", mouth + np.array([x, 0.0, 0.004]))
            layout[f"{name}_lowLip"] = ("jaw", mouth + np.array([x, 0.0, -0.004]))
        for name, x in (("l", HALF), ("r", -HALF)):
            layout[f"{name}_cornerLip"] = ("head", mouth + np.array([x, 0.002, 0.0]))
    for name, side in (("l", 1), ("r", -1)):
        layout[f"{name}_upperLid"] = ("head", eyes[side] + np.array([0, -0.012, 0.004]))
        layout[f"{name}_lowerLid"] = ("head", eyes[side] + np.array([0, -0.012, -0.004]))
        layout[f"{name}_brow"] = ("head", eyes[side] + np.array([0, -0.012, 0.025]))
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    edit = armature.data.edit_bones
    for name, side in (("left_eye_smplhf", 1), ("right_eye_smplhf", -1)):
        edit[name].head, edit[name].tail = eyes[side], eyes[side] + np.array([0, 0, 0.02])
    for name, (parent, place) in layout.items():
        bone = edit[name] if name in edit else edit.new(name)
        bone.parent = edit[parent]
        bone.head, bone.tail, bone.roll = place, place + np.array([0, 0, 0.01]), 0.7
    bpy.ops.object.mode_set(mode="OBJECT")
    face = _face(bpy, armature, mouth, eyes, lips, arched)
    if controls:
        _copy(bpy, armature, face, list(layout), slides)
    rig = find_rig(armature)
    assert rig is not None
    return rig


def _face(bpy: Any, armature: Any, mouth: np.ndarray, eyes: dict[int, np.ndarray], lips: bool, arched: bool) -> Any:
    """Add a mesh with the mouth, and five points of either lid per eye, weighted to the nearest bones."""
    points, shares = small_mouth(0.0005)
    at = mouth + np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)
    weights: list[dict[str, float]] = []
    for index, share in enumerate(shares):
        row, x = index // COLUMNS, points[index, 0]
        corner = min(1.0, (abs(x) / HALF) ** 4)
        side = "l" if x > 0 else "r"
        if not lips or row >= 2 * _ROWS:
            weights.append({"jaw": float(share), "head": 1.0 - float(share)})
            continue
        kind = "upLip" if row < _ROWS else "lowLip"
        fade = 1.0 - (row % _ROWS) / _ROWS
        middle = max(0.0, 1.0 - abs(x) / 0.012)
        base = "head" if row < _ROWS else "jaw"
        found = {f"{side}_cornerLip": corner * fade, f"c_{kind}": (1 - corner) * fade * middle}
        found[f"{side}_{kind}"] = (1 - corner) * fade * (1 - middle)
        found["head" if corner > 0.99 else base] = 1.0 - fade
        weights.append(found)
    parts = [at]
    for side in (1, -1) if arched else ():
        across = np.linspace(-0.006, 0.006, 5)
        ball = [
            eyes[side] + np.stack([across, np.full(5, -0.012), np.full(5, up)], axis=1) for up in (-0.002, 0.0, 0.002)
        ]
        parts += ball
        weights += [{"head": 1.0}] * 15
    for side, name in ((1, "l"), (-1, "r")):
        for lid, height in (("upperLid", 0.003), ("lowerLid", -0.003)):
            across = np.linspace(-0.01, 0.01, 5)
            heights = height * (2.0 - 1.7 * (across / 0.01) ** 2) if arched else np.full(5, height)
            parts.append(eyes[side] + np.stack([across, np.full(5, -0.013), heights], axis=1))
            weights += [{f"{name}_{lid}": 0.9, "head": 0.1}] * 5
    total = np.concatenate(parts)
    mesh = bpy.data.meshes.new("Bony face")
    faces = [
        (row * COLUMNS + c, row * COLUMNS + c + 1, (row + 1) * COLUMNS + c + 1, (row + 1) * COLUMNS + c)
        for row in range(2 * _ROWS - 1) if row != _ROWS - 1 for c in range(COLUMNS - 1)
    ]  # fmt: skip
    mesh.from_pydata(total.tolist(), [], faces)
    face = bpy.data.objects.new("Bony face", mesh)
    bpy.context.scene.collection.objects.link(face)
    face.parent = armature
    for bone in armature.data.bones:
        face.vertex_groups.new(name=bone.name)
    for index, found in enumerate(weights):
        for name, weight in found.items():
            if weight > 0.0:
                face.vertex_groups[name].add([index], weight, "ADD")
    face.modifiers.new("Armature", "ARMATURE").object = armature
    return face


def _copy(bpy: Any, armature: Any, face: Any, names: list[str], slides: float) -> None:
    """Let copies of bones deform the face, and nothing hang on the bones themselves."""
    bpy.ops.object.mode_set(mode="EDIT")
    edit = armature.data.edit_bones
    for name in names:
        bone, made = edit[name], edit.new(f"DEF-{name}")
        made.head, made.tail, made.roll = bone.head, bone.tail, bone.roll
        bone.use_deform = False
    bpy.ops.object.mode_set(mode="OBJECT")
    for name in names:
        if slides and name == "jaw":
            constraint = armature.pose.bones["DEF-jaw"].constraints.new("COPY_LOCATION")
            constraint.target_space = constraint.owner_space = "LOCAL"
            constraint.influence = slides
        else:
            constraint = armature.pose.bones[f"DEF-{name}"].constraints.new("COPY_TRANSFORMS")
        constraint.target, constraint.subtarget = armature, name
        face.vertex_groups[name].name = f"DEF-{name}"
    for mesh in armature.children:
        group = mesh.vertex_groups.get("jaw")
        if group is not None:
            group.name = "DEF-jaw"
