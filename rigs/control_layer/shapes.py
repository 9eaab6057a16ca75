"""How the controls are drawn: boxes at hands and feet, balls at elbows and knees, rings, a face board."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt
from mathutils import Matrix, Vector

from ..character.bone_shapes import RING, ring, shape
from .board import BOARD, HIGH, KNOBS, TRAVEL, WIDE
from .limbs import LIMBS, goal_of
from .marker import COLLECTION

if TYPE_CHECKING:
    from ..rig import Rig

_COLOURS = {".L": (0.35, 0.9, 0.4), ".R": (1.0, 0.4, 0.35), "": (1.0, 0.8, 0.2), BOARD: (0.62, 0.66, 0.7)}
"""Side, or control, -> colour; those of Blender's themes are too dark for lines on grey."""
_CHOSEN, _ACTIVE = (1.0, 1.0, 1.0), (0.7, 0.95, 1.0)
_THICK = 2.0
"""Pixels of the lines."""
_RINGS = {
    "CTL_hips": (0.24, 0.0), "CTL_spine1": (0.19, 0.0), "CTL_spine2": (0.18, 0.0), "CTL_chest": (0.22, 0.06),
    "CTL_neck": (0.10, 0.03), "CTL_head": (0.13, 0.22),
}  # fmt: skip
"""Control -> radius, and height above its joint, metres."""
_DOT = 0.007
_BOX, _BALL, _FRAME = "Soliloquy Box Shape", "Soliloquy Ball Shape", "Soliloquy Face Board Shape"


def _box() -> Any:
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    edges = [(a, b) for a in range(8) for b in range(a) if (a ^ b) in (1, 2, 4)]
    return shape(_BOX, np.array(corners, float), edges)


def _ball() -> Any:
    turn = 2 * math.pi * np.arange(16) / 16
    flat = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(16)])
    points = np.concatenate([flat, flat[:, [0, 2, 1]], flat[:, [2, 0, 1]]])
    edges = [(16 * k + n, 16 * k + (n + 1) % 16) for k in range(3) for n in range(16)]
    return shape(_BALL, points, edges)


def _board() -> Any:
    """Return the frame of the board, an outline of a face, and the way of every knob."""
    points: list[tuple[float, float]] = []
    edges: list[tuple[int, int]] = []

    def line(*places: tuple[float, float], closed: bool = False) -> None:
        first = len(points)
        points.extend(places)
        edges.extend((first + k, first + k + 1) for k in range(len(places) - 1))
        if closed:
            edges.append((first + len(places) - 1, first))

    w, h = WIDE / 2, HIGH / 2
    line((-w, -h), (w, -h), (w, h), (-w, h), closed=True)
    ways = {knob.name: knob.place for knob in KNOBS}
    outlines = [((0.0, -0.01), 0.115, 0.165), (ways["lips"], 0.06, 0.047)]
    outlines += [(ways[f"lids.{end}"], 0.03, 0.014) for end in "LR"]
    for (x, y), across, up in outlines:
        turns = [2 * math.pi * k / 32 for k in range(32)]
        line(*((x + across * math.sin(t), y + up * math.cos(t)) for t in turns), closed=True)
    for knob in KNOBS:
        x, y = knob.place
        across = TRAVEL if "x" in knob.axes else 0.0
        left, right = x - across, x + across
        if knob.outwards:
            left, right = min(x, x + knob.outwards * across), max(x, x + knob.outwards * across)
        if across:
            line((left, y - TRAVEL), (right, y - TRAVEL), (right, y + TRAVEL), (left, y + TRAVEL), closed=True)
        else:
            line((x, y - TRAVEL), (x, y + TRAVEL))
            for end in (-TRAVEL, 0.0, TRAVEL):
                line((x - 0.004, y + end), (x + 0.004, y + end))
    flat: npt.NDArray[np.floating[Any]] = np.array([(x, y, 0.0) for x, y in points])
    return shape(_FRAME, flat, edges)


def draw_controls(rig: Rig) -> None:
    """Give the controls of a character shapes and colours, of a size with the character."""
    armature, metre = rig.armature, 1.0 / rig.frame.scale
    posed = armature.pose.bones
    size = _size(rig)
    axes = Matrix(rig.frame.axes.tolist())

    def draw(name: str, what: Any, scale: tuple[float, ...], at: tuple[float, float] = (0, 0), turn: Any = 0) -> None:
        """Draw a shape ``at`` so many metres up and ahead of the joint."""
        bone = posed[name]
        bone.custom_shape, bone.use_custom_shape_bone_size = what, False
        bone.custom_shape_scale_xyz = [value * metre for value in scale]
        aside = axes @ Vector((0.0, at[0] * metre, at[1] * metre))
        bone.custom_shape_translation = bone.bone.matrix_local.to_3x3().inverted() @ aside
        bone.custom_shape_transform = posed.get(goal_of(name))
        if turn:
            bone.custom_shape_rotation_euler = turn

    def as_frame(name: str) -> Any:
        """Return what turns a shape made in the SMPL-X frame into a bone's own axes."""
        return (posed[name].bone.matrix_local.to_3x3().inverted() @ axes).to_euler()

    for name, (radius, up) in _RINGS.items():
        draw(name, ring(), (radius * size,) * 3, (up * size, 0.0), as_frame(name))
    for limb in LIMBS:
        foot = limb.grounded
        draw(limb.control, _box(), tuple(size * v for v in ((0.06, 0.05, 0.13) if foot else (0.07, 0.05, 0.06))),
             (-0.03 * size, 0.06 * size) if foot else (0.0, 0.0), as_frame(limb.control))  # fmt: skip
        draw(limb.pole, _ball(), (0.025 * size,) * 3)
    if BOARD in posed:
        draw(BOARD, _board(), (1.0, 1.0, 1.0))
        for knob in KNOBS:
            draw(knob.bone, _ball(), (_DOT,) * 3)
    for bone in armature.data.collections[COLLECTION].bones:
        bone.color.palette = "CUSTOM"
        colours = bone.color.custom
        colours.normal = _COLOURS.get(bone.name, _COLOURS.get(bone.name[-2:], _COLOURS[""]))
        colours.select, colours.active = _CHOSEN, _ACTIVE
        bone.show_wire = True
        posed[bone.name].custom_shape_wire_width = _THICK


def remove_shapes() -> None:
    """Remove the objects of shapes that no bone of the file is drawn with any more."""
    drawn = {
        bone.custom_shape
        for item in bpy.data.objects if item.pose is not None
        for bone in item.pose.bones
    }  # fmt: skip
    for name in (_BOX, _BALL, _FRAME, RING):
        found = bpy.data.objects.get(name)
        if found is None or found.library is not None or found in drawn or found.users_collection:
            continue
        mesh = found.data
        bpy.data.objects.remove(found)
        if mesh.users == 0:
            bpy.data.meshes.remove(mesh)


def _size(rig: Rig) -> float:
    """Return the length of the trunk over that of the default character."""
    bones = rig.armature.data.bones
    trunk = bones[rig.bones["head"]].head_local - bones[rig.bones["pelvis"]].head_local
    return float(trunk.length * rig.frame.scale / 0.61)
