"""The default character's corrective keys in Blender: each follows other keys by a driver."""

from __future__ import annotations

from typing import Any

from ...inference.correctives import FACE_CORRECTIVES, JAW_CORRECTIVE

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
