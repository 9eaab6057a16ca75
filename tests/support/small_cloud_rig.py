"""A small control rig as CloudRig generates them: bones that copy FK controls or IK chains, as properties say."""

from __future__ import annotations

from typing import Any

from small_character import joint_places

from soliloquy.inference.skeleton import JOINT_INDEX

NAMES = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Chest", "neck": "Neck", "head": "Head",
    **{
        f"{side}_{part}": f"{name}.{side[0].upper()}"
        for side in ("left", "right")
        for part, name in {
            "collar": "Shoulder", "shoulder": "UpperArm", "elbow": "Forearm", "wrist": "Hand",
            "hip": "Thigh", "knee": "Knee", "ankle": "Foot", "foot": "Toes",
            "index1": "Finger_Index1", "index2": "Finger_Index2",
        }.items()
    },
}  # fmt: skip
"""Joint -> the bone that copies its control."""
_ABOVE = {
    "spine1": "pelvis", "spine2": "spine1", "neck": "spine2", "head": "neck", "collar": "spine2", "shoulder": "collar",
    "elbow": "shoulder", "wrist": "elbow", "hip": "pelvis", "knee": "hip", "ankle": "knee", "foot": "ankle",
    "index1": "wrist", "index2": "index1",
}  # fmt: skip
_LIMBS = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
_LOOSE = ("neck", "shoulder", "hip")
"""Where a chain of FK controls begins that may be carried by the root instead of the body."""


def add_small_cloud_rig(bpy: Any, name: str = "Cloud") -> Any:
    """Build the rig, its limbs, spine and toes switched to IK and its neck carried by the root; returns the armature
    object. It has no mesh.
    """
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    places = joint_places()
    bpy.ops.object.mode_set(mode="EDIT")
    edit = armature.data.edit_bones

    def add(bone: str, joint: str, parent: str | None) -> str:
        made = edit.new(bone)
        made.head = places[JOINT_INDEX[joint]] if joint else (0, 0, 0)
        made.tail, made.roll = (made.head[0], made.head[1], made.head[2] + 0.1), 0.0
        made.use_deform = bone.startswith("DEF-")
        made.parent = edit[parent] if parent is not None else None
        return bone

    add("root", "", None)
    add("Properties", "", "root")
    add("TORSO-Spine", "pelvis", "root")
    add("HIP-Spine", "pelvis", "TORSO-Spine")
    for joint, bone in NAMES.items():
        side, part = (f"{joint.partition('_')[0]}_", joint.partition("_")[2]) if "_" in joint else ("", joint)
        over = _ABOVE.get(part)
        over = f"{side}{over}" if over is not None and f"{side}{over}" in NAMES else over
        above = NAMES[over] if over is not None else "HIP-Spine"
        control = "TORSO-Spine" if part == "spine1" else above if part in ("pelvis", "collar") else f"FK-{above}"
        if part in _LOOSE:
            above = add(f"ROOT-{bone}", joint, above)
            control = add(f"FK-HNG-{bone}", joint, None)
        add(bone, joint, above)
        add(f"FK-{bone}", joint, None if part == "foot" else control)
        add(f"DEF-{bone}", joint, add(f"STR-{bone}", joint, None))
        for limb in _LIMBS:
            if part == limb[2]:
                add(f"IK-M-{bone}", joint, "root")
            elif part in limb:
                add(f"IK-M-{bone}", joint, f"IK-M-{above}" if part == limb[1] else above)
        if part == "ankle":
            add(f"W-FK-{bone}", joint, f"FK-{bone}")
            add(f"IK-M-Toes.{side[0].upper()}", f"{side}foot", f"IK-M-{bone}")
    add("IK-M-Spine", "spine1", "TORSO-Spine")
    add("IK-R-Spine", "neck", "TORSO-Spine")
    bpy.ops.object.mode_set(mode="OBJECT")
    _tie(bpy, armature)
    return armature


def _tie(bpy: Any, armature: Any) -> None:
    """Add shapes, properties and constraints."""
    posed, properties = armature.pose.bones, armature.pose.bones["Properties"]
    shape = bpy.data.objects.new("WGT-circle", None)

    def constrain(bone: str, kind: str, target: str) -> Any:
        made = posed[bone].constraints.new(kind)
        if kind == "ARMATURE":
            item = made.targets.new()
            item.target, item.subtarget = armature, target
        else:
            made.target, made.subtarget = armature, target
        return made

    def drive(item: Any, prop: str, expression: str, source: str) -> None:
        driver = item.driver_add(prop).driver
        driver.expression = expression
        variable = driver.variables.new()
        variable.name, variable.targets[0].id = "var", armature
        variable.targets[0].data_path = f'pose.bones["Properties"]["{source}"]'

    def choose(bone: str, source: str, first: str, second: str) -> None:
        """Carry a bone by one of two others, as a property says."""
        made = constrain(bone, "ARMATURE", first)
        second_target = made.targets.new()
        second_target.target, second_target.subtarget = armature, second
        for index, target in enumerate(made.targets):
            drive(target, "weight", f"1-abs(var-{index})", source)

    for bone in posed:
        if bone.name.startswith(("FK-", "TORSO-", "root")) and "HNG" not in bone.name:
            bone.custom_shape = shape
    for joint, bone in NAMES.items():
        part = joint.rpartition("_")[2]
        constrain(f"STR-{bone}", "ARMATURE", bone)
        if part != "pelvis":
            constrain(bone, "COPY_TRANSFORMS", f"W-FK-{bone}" if part == "ankle" else f"FK-{bone}")
        limb = next((limb for limb in _LIMBS if part in limb), None)
        if limb is not None:
            source = f"ik_{joint.partition('_')[0]}_{limb[0]}"
            properties[source] = 1.0
            drive(constrain(bone, "COPY_TRANSFORMS", f"IK-M-{bone}"), "influence", "var", source)
            if part == limb[1]:
                goal = joint.replace(part, limb[2])
                constrain(f"IK-M-{bone}", "IK", f"IK-M-{NAMES[goal]}").chain_count = 2
        if part in _LOOSE:
            source = f"fk_hinge_{joint}"
            properties[source] = 1.0 if part == "neck" else 0.0
            choose(f"FK-HNG-{bone}", source, f"ROOT-{bone}", "root")
            constrain(f"FK-HNG-{bone}", "COPY_LOCATION", f"ROOT-{bone}")
        if part == "foot":
            side = joint.partition("_")[0]
            choose(f"FK-{bone}", f"ik_{side}_hip", f"FK-{NAMES[f'{side}_ankle']}", f"IK-M-{bone}")
    properties["ik_spine"] = 1.0
    constrain("IK-M-Spine", "DAMPED_TRACK", "IK-R-Spine").track_axis = "TRACK_Y"
    drive(constrain("FK-Spine", "COPY_TRANSFORMS", "IK-M-Spine"), "influence", "var", "ik_spine")
