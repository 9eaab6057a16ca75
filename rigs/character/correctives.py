"""The default character's corrective keys in Blender: each follows other keys, or a bone, by a driver."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...inference.correctives import FACE_CORRECTIVES, JAW_CORRECTIVE
from ...inference.pose_correctives import PoseCorrective
from ...inference.skeleton import JOINT_NAMES
from ..body_models.correctives import drive_by_rotation

_SHOWN_AS = {"jawOpen": JAW_CORRECTIVE}
"""Coefficients that another key of the character stands for, while a bone does the rest."""


def drive_face(obj: Any) -> None:
    """Let the corrective keys of a mesh object follow the keys that they mend.

    The expressions are plain: Blender computes them without Python, also where scripts of a file may not run.

    Parameters
    ----------
    obj : bpy.types.Object
        With the keys of ``correctives.FACE_CORRECTIVES``, and those that drive them.
    """
    keys = obj.data.shape_keys
    for item in FACE_CORRECTIVES:
        driver = keys.key_blocks[item.name].driver_add("value").driver
        driver.type = "SCRIPTED"
        for letter, name in zip("ab", item.coefficients, strict=False):
            variable = driver.variables.new()
            variable.name, variable.type = letter, "SINGLE_PROP"
            target = variable.targets[0]
            target.id_type, target.id = "KEY", keys
            target.data_path = f'key_blocks["{_SHOWN_AS.get(name, name)}"].value'
        driver.expression = item.expression


def drive_pose(obj: Any, armature: Any, correctives: Iterable[PoseCorrective]) -> None:
    """Let the pose keys of a mesh object follow the bones of an armature object that its skin hangs on."""
    for item in correctives:
        drive_by_rotation(obj.data.shape_keys.key_blocks[item.name], armature, JOINT_NAMES[item.joint], item.expression)
