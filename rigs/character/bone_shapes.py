"""What an animator sees of the default character's bones: shapes along the limbs, rings at head, hips and eyes.

The bones themselves point up, so that their axes are SMPL-X's; only what is drawn follows the body.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt
from mathutils import Matrix, Vector

from ...inference.skeleton import FINGER_JOINTS, JOINT_INDEX, JOINT_NAMES, PARENTS

COLOURS = {"Body": "THEME04", "Left Hand": "THEME03", "Right Hand": "THEME01", "Face": "THEME09"}
"""Blender's bone colours by bone collection."""
_LIMB, RING = "Soliloquy Limb Shape", "Soliloquy Ring Shape"
_NEXT = {"pelvis": "spine1", "spine3": "neck", "left_wrist": "left_middle1", "right_wrist": "right_middle1"}
"""Where a bone with several children, or with none that lies on it, leads."""
_RINGS: dict[str, tuple[float, tuple[float, float, float], float]] = {
    "root": (0.34, (0.0, 0.0, 0.0), 0.0),
    "pelvis": (0.20, (0.0, 0.0, 0.0), 0.0),
    "neck": (0.075, (0.0, 0.04, 0.0), 0.0),
    "head": (0.10, (0.0, 0.19, 0.0), 0.0),
    "jaw": (0.022, (0.0, -0.085, 0.075), 0.0),
    "left_eye_smplhf": (0.014, (0.0, 0.0, 0.045), 90.0),
    "right_eye_smplhf": (0.014, (0.0, 0.0, 0.045), 90.0),
}
"""Bone -> radius and place of a ring in the bone's own axes (x left, y up, z ahead), metres, and its pitch, degrees."""
_SEGMENTS = 24


def shape(name: str, points: npt.NDArray[np.floating[Any]], edges: list[tuple[int, int]]) -> Any:
    """Return the object of a shape, of no scene; made once a file."""
    known = bpy.data.objects.get(name)
    if known is not None and known.library is None:
        return known
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points.tolist(), edges, [])
    return bpy.data.objects.new(name, mesh)


def _limb() -> Any:
    """Return a slim octahedron of length 1 along Y."""
    wide, at = 0.07, 0.14
    points = np.array([(0, 0, 0), (wide, at, 0), (0, at, wide), (-wide, at, 0), (0, at, -wide), (0, 1, 0)], float)
    edges = [(end, corner) for end in (0, 5) for corner in range(1, 5)] + [(k, k % 4 + 1) for k in range(1, 5)]
    return shape(_LIMB, points, edges)


def ring() -> Any:
    """Return a circle of radius 1 about Y."""
    turn = 2 * math.pi * np.arange(_SEGMENTS) / _SEGMENTS
    points = np.column_stack([np.cos(turn), np.zeros(_SEGMENTS), np.sin(turn)])
    return shape(RING, points, [(k, (k + 1) % _SEGMENTS) for k in range(_SEGMENTS)])


def _leads(joint: str, joints: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return where a bone leads from its joint, (3,) metres in the bone's axes, which are those of the pack."""
    index = JOINT_INDEX[joint]
    here = joints[index]
    if joint.endswith("_foot"):
        return np.array([0.0, -0.02, 0.075])
    child = _NEXT.get(joint)
    if child is None:
        children = [name for number, name in enumerate(JOINT_NAMES) if PARENTS[number] == index]
        child = children[0] if len(children) == 1 else None
    if child is not None:
        return joints[JOINT_INDEX[child]] - here
    # The tips of fingers go on as the segment before.
    return 0.8 * (here - joints[PARENTS[index]]) if joint in FINGER_JOINTS else np.array([0.0, 0.1, 0.0])


def draw_bones(armature: Any, joints: npt.NDArray[np.floating[Any]], collections: Mapping[str, Any]) -> None:
    """Give the bones of a character shapes and colours.

    Parameters
    ----------
    armature : bpy.types.Object
        In Object Mode, with bones called as ``JOINT_NAMES`` and ``root``.
    joints : (55, 3) array
        Rest joints, metres, in the SMPL-X frame.
    collections : mapping
        Title -> bone collection; see ``COLOURS``.
    """
    limb, circle, places = _limb(), ring(), np.asarray(joints, np.float64)
    for title, collection in collections.items():
        for bone in collection.bones:
            bone.color.palette = COLOURS[title]
            bone.show_wire = True
            posed = armature.pose.bones[bone.name]
            posed.use_custom_shape_bone_size = False
            if bone.name in _RINGS:
                radius, place, pitch = _RINGS[bone.name]
                posed.custom_shape = circle
                posed.custom_shape_scale_xyz = (radius, radius, radius)
                posed.custom_shape_translation = place
                posed.custom_shape_rotation_euler = (math.radians(pitch), 0.0, 0.0)
                continue
            along = Vector(_leads(bone.name, places))
            posed.custom_shape = limb
            posed.custom_shape_scale_xyz = (along.length,) * 3
            turn: Matrix = Vector((0.0, 1.0, 0.0)).rotation_difference(along).to_matrix()
            posed.custom_shape_rotation_euler = turn.to_euler()
