"""Teeth, gums and tongue of the default character, and a lining around them, fitted into a mouth that is empty."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.character import load_character
from ..character.materials import character_materials
from ..character.materials.mouth import LINING_UV
from ..mappings.arkit import JAW_CORRECTIVE
from .carry.followers import InsideOfMouth
from .carry.head import MeshPart
from .carry.lips import has_slit
from .carry.source import MOUTH_MATERIALS, mouth_material, source_face
from .jaw_movement import jaw_turn
from .key_shapes import rest_points
from .oral_cavity import oral_cavity

if TYPE_CHECKING:
    from ..rest_frame import RestFrame
    from ..rig import Rig
    from .carry.head import Head
    from .carry.shapes import Shapes

Doubles = npt.NDArray[np.float64]

_BEHIND = 0.003
"""Metres by which teeth stay behind the line between the lips."""
_STILL = 5e-5


def add_mouth_kit(
    armature: Any, bearer: MeshPart, head: Head, shapes: Shapes, rig: Rig | None, frame: RestFrame,
    names: Collection[str],
) -> Any | None:  # fmt: skip
    """Add an object with teeth, gums, tongue and lining; returns it, or None where there is no slit or room for it.

    Parameters
    ----------
    armature : bpy.types.Object or None
    bearer : MeshPart
        The mesh that bears the face; the new object hangs where it hangs.
    head, shapes
        The head, and what was carried over onto it.
    rig : Rig, optional
        Whose head and jaw bones move the parts.
    frame : RestFrame
        SMPL-X's frame in the armature.
    names : collection of str
        Shapes to add.
    """
    face, source = shapes.face, source_face()
    inner = InsideOfMouth(face, source, shapes.match.laid)
    if face.lips is None or not has_slit(face, shapes.match.labels) or inner.filled(head.surface, face):
        return None
    points, deltas = inner.points.copy(), inner.deltas
    points[:, 2] -= max(0.0, float(points[:, 2].max() - face.lips[:, 2].max()) + _BEHIND)
    lining = oral_cavity(points, face.lips, face.skin)
    lower = np.concatenate([source.mouth.lower.astype(np.float64), lining.lower])
    triangles = np.concatenate([source.mouth.surface.triangles, lining.triangles + len(points)])
    points = np.concatenate([points, lining.points])
    deltas = np.concatenate([deltas, lining.lower[:, None] * inner.with_jaw(lining.points)], axis=1)
    points, deltas = points / face.unit, deltas / face.unit
    obj = _object(bearer, points, triangles, source.mouth.vertices)
    joints = rig.joints if rig is not None else {}
    new = {name: deltas[ARKIT_INDEX[name]] for name in ARKIT_NAMES if name in names}
    if armature is not None and "head" in joints and bearer.mesh.parent_type != "BONE":
        jaw = joints.get("jaw", joints["head"])
        for bone, shares in ((joints["head"].bone, 1.0 - lower), (jaw.bone, lower)):
            group = obj.vertex_groups.get(bone) or obj.vertex_groups.new(name=bone)
            for share in np.unique(shares[shares > 0.0]):
                group.add(np.nonzero(shares == share)[0].tolist(), float(share), "ADD")
        obj.modifiers.new("Armature", "ARMATURE").object = armature
        if "jaw" in joints and "jawOpen" in new:
            new[JAW_CORRECTIVE] = new["jawOpen"] - lower[:, None] * jaw_turn(armature, points, jaw, frame)
    obj.shape_key_add(name="Basis", from_mix=False)
    rest = rest_points(obj)
    for name, moved in new.items():
        if np.abs(moved).max() > _STILL:
            block = obj.shape_key_add(name=name, from_mix=False)
            block.points.foreach_set("co", (rest + moved @ bearer.to_mesh.T).astype(np.float32).ravel())
            block.value = 0.0
    return obj


def _object(bearer: MeshPart, points: Doubles, triangles: npt.NDArray[np.int64], vertices: Any) -> Any:
    """Return a new object in the bearer's own space, wherever that is.

    Its first points are ``vertices`` of the default character, the others the lining.
    """
    character = load_character()
    offset = bearer.points[0] - np.linalg.inv(bearer.to_mesh) @ rest_points(bearer.mesh)[0]
    data = bpy.data.meshes.new(f"{bearer.mesh.name} Mouth")
    data.from_pydata(((points - offset) @ bearer.to_mesh.T).tolist(), [], triangles.tolist())
    data.polygons.foreach_set("use_smooth", np.ones(len(triangles), bool))
    for material in character_materials(MOUTH_MATERIALS):
        data.materials.append(material)
    kinds = np.full(len(points), MOUTH_MATERIALS.index("mouth"), np.int32)
    kinds[: len(vertices)] = mouth_material(character)[vertices]
    data.polygons.foreach_set("material_index", kinds[triangles[:, 0]])
    places = np.zeros((len(character.vertices), 2), np.float32)
    places[character.loops] = character.uv  # teeth and tongue have no seams: one place a vertex
    flat = np.tile(np.array(LINING_UV, np.float32), (len(points), 1))
    flat[: len(vertices)] = places[vertices]
    data.uv_layers.new(name="UVMap").uv.foreach_set("vector", flat[triangles.ravel()].ravel())
    data.update()
    obj = bpy.data.objects.new(data.name, data)
    for collection in bearer.mesh.users_collection or [bpy.context.scene.collection]:
        collection.objects.link(obj)
    obj.parent, obj.parent_type, obj.parent_bone = bearer.mesh.parent, bearer.mesh.parent_type, bearer.mesh.parent_bone
    obj.matrix_parent_inverse = bearer.mesh.matrix_parent_inverse
    obj.rotation_mode = bearer.mesh.rotation_mode
    obj.matrix_basis = bearer.mesh.matrix_basis
    if bearer.mesh.parent is None:
        obj.parent = bearer.mesh
        obj.matrix_basis.identity()
        obj.matrix_parent_inverse.identity()
        obj.location, obj.scale = (0, 0, 0), (1, 1, 1)
    return obj
