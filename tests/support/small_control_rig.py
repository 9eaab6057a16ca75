"""A small control rig as Rigify generates them: FK controls, bones in between, an arm that is switched to IK."""

from __future__ import annotations

from typing import Any

import numpy as np

_TRUNK = (("torso", None, 0.9), ("spine_fk.002", "torso", 1.0), ("spine_fk.003", "spine_fk.002", 1.2))
_ARM = (("upper_arm", 0.15, 0.4), ("forearm", 0.4, 0.65), ("hand", 0.65, 0.75))


def add_small_control_rig(bpy: Any, name: str = "Controls") -> Any:
    """Build the rig with a mesh that its DEF bones deform; returns the armature object. Both arms are on IK."""
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    edit = armature.data.edit_bones

    def add(
        bone: str, parent: str | None, head: tuple[float, ...], tail: tuple[float, ...], deform: bool = False
    ) -> None:
        made = edit.new(bone)
        made.head, made.tail, made.use_deform = head, tail, deform
        made.parent = edit[parent] if parent is not None else None

    for bone, parent, height in _TRUNK:
        add(bone, parent, (0, 0, height), (0, 0, height + 0.1))
    add("MCH-neck", "spine_fk.003", (0, 0, 1.45), (0, 0, 1.5))
    add("neck", "MCH-neck", (0, 0, 1.45), (0, 0, 1.55))
    add("head", "neck", (0, 0, 1.55), (0, 0, 1.75))
    for side, way in (("L", 1), ("R", -1)):
        add(f"eye_master.{side}", "head", (0.03 * way, -0.08, 1.65), (0.03 * way, -0.1, 1.65))
        add(f"MCH-eye.{side}", f"eye_master.{side}", (0.03 * way, -0.08, 1.65), (0.03 * way, -0.1, 1.65))
        add(f"DEF-eye.{side}", f"MCH-eye.{side}", (0.03 * way, -0.08, 1.65), (0.03 * way, -0.1, 1.65), deform=True)
        add(f"eye.{side}", "head", (0.03 * way, -0.3, 1.65), (0.03 * way, -0.3, 1.67))
    for bone, source, height in (("DEF-chest", "spine_fk.003", 1.2), ("DEF-head", "head", 1.55)):
        add(bone, source, (0, 0, height), (0, 0, height + 0.2), deform=True)
    for side, way in (("L", 1), ("R", -1)):
        add(f"shoulder.{side}", "spine_fk.003", (0.03 * way, 0, 1.4), (0.15 * way, 0, 1.4))
        add(f"ORG-shoulder.{side}", None, (0.03 * way, 0, 1.4), (0.15 * way, 0, 1.4))
        add(f"upper_arm_parent.{side}", f"ORG-shoulder.{side}", (0.15 * way, 0, 1.4), (0.2 * way, 0, 1.4))
        parents = {"_fk": f"ORG-shoulder.{side}", "_ik": None, "ORG-": f"ORG-shoulder.{side}", "DEF-": None}
        for kind, parent in parents.items():
            for part, start, end in _ARM:
                bone = f"{kind}{part}.{side}" if kind.endswith("-") else f"{part}{kind}.{side}"
                add(bone, parent, (start * way, 0, 1.4), (end * way, 0, 1.4), deform=kind == "DEF-")
                parent = bone
        for part, height in (("thigh", 0.85), ("shin", 0.45), ("foot", 0.08)):
            above = {"thigh": "torso", "shin": f"thigh_fk.{side}", "foot": f"shin_fk.{side}"}[part]
            add(f"{part}_fk.{side}", above, (0.1 * way, 0, height), (0.1 * way, -0.01, max(height - 0.35, 0.01)))
    bpy.ops.object.mode_set(mode="OBJECT")
    for side in ("L", "R"):
        _tie(armature, side)
    _mesh(bpy, armature)
    return armature


def _copy(armature: Any, bone: str, source: str) -> Any:
    constraint = armature.pose.bones[bone].constraints.new("COPY_TRANSFORMS")
    constraint.target, constraint.subtarget = armature, source
    return constraint


def _tie(armature: Any, side: str) -> None:
    """Let ORG bones follow the FK or the IK controls, as a property says, and DEF bones follow those."""
    _copy(armature, f"ORG-shoulder.{side}", f"shoulder.{side}")
    aim = armature.pose.bones[f"MCH-eye.{side}"].constraints.new("DAMPED_TRACK")
    aim.target, aim.subtarget, aim.track_axis = armature, f"eye.{side}", "TRACK_Y"
    holder = armature.pose.bones[f"upper_arm_parent.{side}"]
    holder["IK_FK"] = 0.0
    holder["FK_limb_follow"] = 1
    for part, _, _ in _ARM:
        _copy(armature, f"ORG-{part}.{side}", f"{part}_fk.{side}")
        _copy(armature, f"DEF-{part}.{side}", f"ORG-{part}.{side}")
        constraint = _copy(armature, f"ORG-{part}.{side}", f"{part}_ik.{side}")
        driver = constraint.driver_add("influence").driver
        driver.expression = "1 - var"
        variable = driver.variables.new()
        variable.name = "var"
        variable.targets[0].id = armature
        variable.targets[0].data_path = f'pose.bones["upper_arm_parent.{side}"]["IK_FK"]'


def _mesh(bpy: Any, armature: Any) -> None:
    """Add a mesh with a few points on every bone that deforms."""
    bones = [bone for bone in armature.data.bones if bone.use_deform]
    corners = np.array([(0, 0, 0), (0.03, 0, 0), (0, 0.03, 0), (0, 0, 0.03)])
    points = np.concatenate([corners + np.array(bone.head_local) for bone in bones])
    mesh = bpy.data.meshes.new("Controlled")
    mesh.from_pydata(points.tolist(), [], [(4 * i, 4 * i + 1, 4 * i + 2) for i in range(len(bones))])
    body = bpy.data.objects.new("Controlled", mesh)
    bpy.context.scene.collection.objects.link(body)
    body.parent = armature
    for index, bone in enumerate(bones):
        body.vertex_groups.new(name=bone.name).add(list(range(4 * index, 4 * index + 4)), 1.0, "REPLACE")
    body.modifiers.new("Armature", "ARMATURE").object = armature
