"""Pose correctives: shape keys that follow the rotations of the joints by drivers, in the file itself.

A key's value is one entry of a joint's rotation matrix minus identity. Blender computes such expressions itself, with
no Python: they work where scripts of a file may not run, and without this extension.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...inference.body_models.model_file import BodyModel
from .components import POSE, add_components

FULL, JAW, OFF = "FULL", "JAW", "OFF"
_ENTRIES = (
    "-2*(y*y+z*z)", "2*(x*y-w*z)", "2*(x*z+w*y)",
    "2*(x*y+w*z)", "-2*(x*x+z*z)", "2*(y*z-w*x)",
    "2*(x*z-w*y)", "2*(y*z+w*x)", "-2*(x*x+y*y)",
)  # fmt: skip
"""Rotation matrix minus identity of a unit quaternion (w, x, y, z), row by row."""
_NOTHING = 1e-9
"""Metres; a corrective that moves nothing needs no driver."""


def add_correctives(obj: Any, model: BodyModel, armature: Any, which: str) -> int:
    """Add the pose correctives of a model to its mesh object, driven by its armature.

    Parameters
    ----------
    which : str
        :data:`FULL` for all of them, :data:`JAW` for those of the jaw alone, which lips need, or :data:`OFF`.

    Returns
    -------
    int
        How many are driven.
    """
    if which == OFF:
        return 0
    joints = model.joint_names[1:]
    made = add_components(obj, model, POSE, model.correctives)
    driven = 0
    reach = np.abs(model.correctives).max(axis=(0, 1))
    for index, block in enumerate(made):
        joint, entry = joints[index // len(_ENTRIES)], index % len(_ENTRIES)
        if which == JAW and joint != "jaw":
            obj.shape_key_remove(block)
        elif reach[index] > _NOTHING:
            drive_by_rotation(block, armature, joint, _ENTRIES[entry])
            driven += 1
    return driven


def drive_by_rotation(block: Any, armature: Any, bone: str, expression: str) -> None:
    """Let a shape key follow a bone's rotation.

    Parameters
    ----------
    block : bpy.types.ShapeKey
    armature, bone
        The armature object and a bone's name.
    expression : str
        Of the bone's unit quaternion ``w``, ``x``, ``y``, ``z``.
    """
    driver = block.driver_add("value").driver
    driver.type = "SCRIPTED"
    for axis in "wxyz":
        if axis in expression:
            variable = driver.variables.new()
            variable.name, variable.type = axis, "TRANSFORMS"
            target = variable.targets[0]
            target.id, target.bone_target = armature, bone
            # As posed against its parent, whatever turned it: keys in any rotation mode, constraints.
            target.transform_space, target.rotation_mode = "LOCAL_SPACE", "QUATERNION"
            target.transform_type = f"ROT_{axis.upper()}"
    driver.expression = expression
