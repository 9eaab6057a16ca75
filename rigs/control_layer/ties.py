"""Drivers and constraints of the controls; every expression is one that Blender computes without Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..takes.channels import bone_path
from .marker import CONSTRAINT


def tie(posed: Any, kind: str, target: str, *, label: str = "", **settings: Any) -> Any:
    """Add a constraint to a pose bone that looks at another bone of the armature; returns it.

    Parameters
    ----------
    kind : str
        Blender's type, such as ``"COPY_ROTATION"``.
    target : str
        The bone.
    label : str
        Goes into its name.
    **settings
        Its properties.
    """
    constraint = posed.constraints.new(kind)
    constraint.name = f"{CONSTRAINT} {label}".strip()
    constraint.target, constraint.subtarget = posed.id_data, target
    if kind.startswith("COPY"):
        constraint.target_space = constraint.owner_space = "POSE"
    for name, value in settings.items():
        setattr(constraint, name, value)
    return constraint


def drive(owner: Any, path: str, index: int, expression: str, variables: Mapping[str, Any]) -> None:
    """Drive a property by an expression.

    Parameters
    ----------
    owner : bpy.types.ID or bpy_struct
        What has the property.
    index : int
        Of the component; -1 for a property of one value.
    variables : mapping
        Letter -> ``(data block, data path)``, or ``(armature object, bone, bone)`` for the distance of their heads.
    """
    curve = owner.driver_add(path, *(() if index < 0 else (index,)))
    # Blender leads a new driver's value through two keys, to which 5.2 snaps what is nearer than 0.0001.
    curve.keyframe_points.clear()
    driver = curve.driver
    driver.type = "SCRIPTED"
    for letter, source in variables.items():
        add_variable(driver, letter, source)
    driver.expression = expression


def add_variable(driver: Any, letter: str, source: Any) -> None:
    """Add a variable to a driver; ``source`` as for :func:`drive`."""
    variable = driver.variables.new()
    variable.name = letter
    if len(source) == 3:
        variable.type = "LOC_DIFF"
        for target, bone in zip(variable.targets, source[1:], strict=True):
            target.id, target.bone_target = source[0], bone
        return
    target = variable.targets[0]
    target.id_type, (target.id, target.data_path) = source[0].id_type, source


def follow_keys(posed: Any, of: Any, *, location: bool = False) -> None:
    """Let a helper turn as the keys turn another pose bone, whatever constraints make of that one."""
    posed.rotation_mode = of.rotation_mode = "QUATERNION"
    for prop, count in (("rotation_quaternion", 4), *((("location", 3),) if location else ())):
        for index in range(count):
            drive(posed, prop, index, "k", {"k": (of.id_data, f"{bone_path(of.name, prop)}[{index}]")})
