"""A stool under a character that sits: a plain mesh, fitted to where its hips are on the frame that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ..inference.errors import SoliloquyError

if TYPE_CHECKING:
    from .rig import Rig

NAME = "Soliloquy Stool"
_OF = "soliloquy_stool_of"
_THIGH = 0.391  # metres: the default character's, whose measures these are
_FLESH = 0.088  # from the hip joints down to the seat
_BACK = 0.03  # by which the seat's middle is behind them
_RADIUS, _THICKNESS, _LEG = 0.18, 0.035, 0.016
_SPREAD = 0.78  # of the radius: where the legs stand under the seat
_CORNERS = 40
_LOWEST = 0.08

Doubles = npt.NDArray[np.float64]


def put_stool(context: Any, rig: Rig) -> Any:
    """Put a stool under the hips of a character, or move the one it has; returns the object.

    It stands in the scene by itself, no part of the character and of its exports. Delete it as any object.

    Raises
    ------
    SoliloquyError
        For a character without hips and knees, or one that does not sit on the frame that is shown.
    """
    needed = ("left_hip", "right_hip", "left_knee", "right_knee")
    if rig.armature is None or not set(needed) <= set(rig.joints):
        raise SoliloquyError("The character has no hips and knees to sit on a stool with.", "Choose another one.")
    hips, knees, floor, back = _seated(context, rig)
    thigh = float(np.linalg.norm(knees - hips))
    size = thigh / _THIGH
    height = hips[2] - _FLESH * size - floor
    if height < _LOWEST * size or abs(knees[2] - hips[2]) > 0.96 * thigh:
        raise SoliloquyError(
            "The character does not sit on this frame.", "Animate it seated, and go to a frame of that take."
        )
    middle = hips + _BACK * size * back
    for found in bpy.data.objects:
        if found.get(_OF) == rig.armature.name and found.name in context.scene.objects:
            bpy.data.objects.remove(found, do_unlink=True)
            break
    mesh = bpy.data.meshes.new(NAME)
    mesh.from_pydata(*_shape(size, height))
    mesh.update()
    stool = bpy.data.objects.new(NAME, mesh)
    stool[_OF] = rig.armature.name
    context.scene.collection.objects.link(stool)
    stool.location = (float(middle[0]), float(middle[1]), float(floor))
    return stool


def _seated(context: Any, rig: Rig) -> tuple[Doubles, Doubles, float, Doubles]:
    """Return between the hips, between the knees, the floor's height, and the direction behind, in the world."""
    shown = rig.armature.evaluated_get(context.evaluated_depsgraph_get())

    def at(joint: str) -> Doubles:
        return np.array(shown.matrix_world @ shown.pose.bones[rig.joints[joint].bone].head, np.float64)

    hips, knees = ((at(f"left_{joint}") + at(f"right_{joint}")) / 2 for joint in ("hip", "knee"))
    ahead = (knees - hips) * [1.0, 1.0, 0.0]
    length = float(np.linalg.norm(ahead))
    back = -ahead / length if length > 1e-6 else np.zeros(3)
    return hips, knees, float(rig.armature.matrix_world.translation[2]), back


def _shape(size: float, height: float) -> tuple[list[tuple[float, float, float]], list[Any], list[list[int]]]:
    """Return vertices, no edges and faces of a round seat on four legs, its top ``height`` over the origin."""
    vertices: list[tuple[float, float, float]] = []
    faces: list[list[int]] = []

    def prism(corners: int, radius: float, x: float, y: float, low: float, high: float) -> None:
        first = len(vertices)
        for z in (low, high):
            for number in range(corners):
                angle = 2 * np.pi * (number + 0.5) / corners
                vertices.append((x + radius * float(np.cos(angle)), y + radius * float(np.sin(angle)), z))
        faces.append(list(range(first + corners - 1, first - 1, -1)))
        faces.append(list(range(first + corners, first + 2 * corners)))
        for number in range(corners):
            after = (number + 1) % corners
            faces.append([first + number, first + after, first + corners + after, first + corners + number])

    radius, under = _RADIUS * size, height - min(_THICKNESS * size, 0.5 * height)
    prism(_CORNERS, radius, 0.0, 0.0, under, height)
    for x in (-1, 1):
        for y in (-1, 1):
            off = _SPREAD * radius * np.sqrt(0.5)
            prism(10, _LEG * size, float(x * off), float(y * off), 0.0, under)
    return vertices, [], faces
