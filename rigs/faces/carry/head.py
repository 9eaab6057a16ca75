"""The head of a character in the scene: its vertices of every mesh, at rest, in the default character's axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...rest_frame import RestFrame, world_matrix
from ...vertex_weights import shown_points, weights_on
from ..key_shapes import rest_points
from .surface import Doubles, Flags, Ints, Surface, welded

_BUST = 4.0
"""Height over width of a head up to which there is no body below it."""
_HEAD = 0.155
"""Share of a body's height that its head takes."""


@dataclass(frozen=True, eq=False)
class MeshPart:
    """The vertices of one mesh object."""

    mesh: Any
    """The mesh object."""
    points: Doubles
    """(n, 3) rest vertices in metres, in SMPL-X's axes (Y up, facing +Z)."""
    triangles: Ints
    """(m, 3)."""
    inside: Flags
    """(n,) belongs to the head."""
    shown: Flags
    """(n,) is not masked away."""
    to_mesh: Doubles
    """(3, 3) takes a displacement in metres to the mesh's own coordinates."""


@dataclass(frozen=True, eq=False)
class Head:
    """What every mesh has of a head, as one surface without seams."""

    parts: list[MeshPart]
    surface: Surface
    shown: Flags
    """(n,) vertices of the surface that no Mask modifier takes away."""
    places: list[Ints]
    """For every part, the surface's vertex of each of its own, -1 for those that are not on the head."""


def gathered(parts: list[MeshPart]) -> Head:
    """Return the head that parts make."""
    points: list[Doubles] = []
    triangles: list[Ints] = []
    shown: list[Flags] = []
    places: list[Ints] = []
    count = 0
    for part in parts:
        corners = part.triangles[part.inside[part.triangles].all(axis=1)]
        whole, place = welded(part.points, corners)
        used = np.zeros(len(whole.points), bool)
        used[whole.triangles] = True
        surface, kept = whole.part(used)
        new = np.full(len(whole.points), -1, np.int64)
        new[kept] = count + np.arange(len(kept))
        seen = np.zeros(len(whole.points), bool)
        seen[place[part.shown]] = True
        points.append(surface.points)
        triangles.append(surface.triangles + count)
        shown.append(seen[kept])
        places.append(new[place])
        count += len(kept)
    return Head(
        parts,
        Surface(np.concatenate([np.zeros((0, 3)), *points]), np.concatenate([np.zeros((0, 3), np.int64), *triangles])),
        np.concatenate([np.zeros(0, bool), *shown]),
        places,
    )


def triangles_of(data: Any) -> Ints:
    """Return (m, 3) triangles of a mesh data block; faces with more corners become fans."""
    count = len(data.polygons)
    starts, totals = np.empty(count, np.int32), np.empty(count, np.int32)
    data.polygons.foreach_get("loop_start", starts)
    data.polygons.foreach_get("loop_total", totals)
    loops = np.empty(len(data.loops), np.int32)
    data.loops.foreach_get("vertex_index", loops)
    found = []
    for corner in range(1, int(totals.max(initial=0)) - 1):
        start = starts[totals > corner + 1]
        found.append(np.stack([loops[start], loops[start + corner], loops[start + corner + 1]], axis=1))
    return np.concatenate(found).astype(np.int64) if found else np.zeros((0, 3), np.int64)


def _rest_matrix(mesh: Any) -> Doubles:
    """Return a mesh object's (4, 4) matrix in the world with every armature at rest."""
    if mesh.parent is not None and mesh.parent.type == "ARMATURE" and mesh.parent_type == "BONE":
        bone = mesh.parent.data.bones.get(mesh.parent_bone)
        if bone is not None:
            tail = np.eye(4)
            tail[1, 3] = bone.length
            held = world_matrix(mesh.parent) @ np.array(bone.matrix_local, np.float64) @ tail
            return held @ np.array(mesh.matrix_parent_inverse, np.float64) @ np.array(mesh.matrix_basis, np.float64)
    return world_matrix(mesh)


def head_parts(armature: Any, meshes: Sequence[Any], head_bone: str, frame: RestFrame) -> list[MeshPart]:
    """Return what every mesh has of the head.

    Parameters
    ----------
    armature : bpy.types.Object or None
    meshes : sequence of bpy.types.Object
    head_bone : str
        Name of the bone that carries the head; empty where none is known, then the top of what stands upright counts.
    frame : RestFrame
        SMPL-X's frame in the armature's space, or in the world where there is no armature.
    """
    bones: set[str] = set()
    if armature is not None and head_bone:
        bone = armature.data.bones[head_bone]
        bones = {bone.name, *(child.name for child in bone.children_recursive)}
    base = np.linalg.inv(world_matrix(armature)) if armature is not None else np.eye(4)
    found = []
    for mesh in meshes:
        if not len(mesh.data.vertices) or not len(mesh.data.polygons):
            continue
        matrix = base @ _rest_matrix(mesh)
        linear = frame.scale * frame.axes.T @ matrix[:3, :3]
        points = rest_points(mesh) @ linear.T + frame.scale * (frame.axes.T @ matrix[:3, 3])
        inside = weights_on(mesh, bones) > 0.5 if bones else np.ones(len(points), bool)
        if inside.any() and abs(np.linalg.det(linear)) > 1e-18:
            triangles = triangles_of(mesh.data)
            found.append(MeshPart(mesh, points, triangles, inside, shown_points(mesh), np.linalg.inv(linear)))
    return found if bones else _tops(found)


def _tops(parts: list[MeshPart]) -> list[MeshPart]:
    """Return parts of which only the head of what stands upright counts; a bust counts as a whole."""
    if not parts:
        return parts
    points = np.concatenate([part.points for part in parts])
    high, low = points[:, 1].max(), points[:, 1].min()
    if high - low < _BUST * np.ptp(points[points[:, 1] >= high - 0.13 * (high - low)][:, 0]):
        return parts
    floor = high - _HEAD * (high - low)
    return [replace(part, inside=part.points[:, 1] > floor) for part in parts]
