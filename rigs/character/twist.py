"""The twist bones of the default character in Blender: turned by drivers, hidden, and in nobody's way."""

from __future__ import annotations

from typing import Any

from ...inference.twist import TWIST_BONES

COLLECTION = "Hidden"


def drive_twist(armature: Any) -> None:
    """Let the twist bones of an armature turn with its joints, and hide them.

    Plain expressions over rotations: Blender computes them itself, also where scripts of a file may not run. A bone's
    rotation is taken as posed against its parent, whatever turned it.

    Parameters
    ----------
    armature : bpy.types.Object
        In Object Mode, with the bones of ``twist.BONE_NAMES``.
    """
    collection = armature.data.collections.new(COLLECTION)
    for helper in TWIST_BONES:
        collection.assign(armature.data.bones[helper.name])
        bone = armature.pose.bones[helper.name]
        bone.rotation_mode = "XYZ"
        bone.lock_location = bone.lock_rotation = bone.lock_scale = (True, True, True)
        driver = bone.driver_add("rotation_euler", 0).driver
        driver.type = "SCRIPTED"
        terms = []
        for name, source, factor in (("own", helper.joint, -helper.taken_back), ("ahead", helper.end, helper.ahead)):
            if factor == 0:
                continue
            variable = driver.variables.new()
            variable.name, variable.type = name, "TRANSFORMS"
            target = variable.targets[0]
            target.id, target.bone_target = armature, source
            target.transform_space, target.rotation_mode = "LOCAL_SPACE", "SWING_TWIST_X"
            target.transform_type = "ROT_X"
            terms.append(f"{factor:.9f}*{name}")
        driver.expression = "+".join(terms).replace("+-", "-")
    collection.is_visible = False
