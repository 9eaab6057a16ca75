"""The default character's head as somebody else's: without bones, keys and hair, of other proportions and mesh."""

from __future__ import annotations

import functools
from typing import Any

import bmesh
import bpy
import numpy as np

from soliloquy.inference.character import Character
from soliloquy.inference.looks import look_of
from soliloquy.inference.person import DEFAULT
from soliloquy.rigs.character.default_character import add_character


@functools.cache
def as_added() -> Character:
    """Return the default character with what it wears, as it is added to a scene."""
    return look_of(DEFAULT).character()


def head_alone(
    name: str = "Head", *, grow: tuple[float, float, float] = (1.0, 1.0, 1.0), decimated: bool = False
) -> Any:
    """Add the default character's head as somebody else's: no bones, no keys, other proportions, another mesh."""
    rig = add_character(bpy.context)
    body = rig.meshes[0]
    body.shape_key_clear()
    body.modifiers.clear()
    body.parent = None
    rest = as_added().vertices
    data = body.data
    keep = rest[:, 1] > 1.44
    flat = np.empty(3 * len(data.vertices), np.float32)
    data.vertices.foreach_get("co", flat)
    points = flat.reshape(-1, 3)
    middle = points[keep].mean(axis=0)
    data.vertices.foreach_set("co", ((points - middle) * grow + middle).astype(np.float32).ravel())
    work = bmesh.new()
    work.from_mesh(data)
    layer = work.verts.layers.int.new("was")
    for vertex in work.verts:
        vertex[layer] = vertex.index
    work.verts.ensure_lookup_table()
    hair = [item.name.split()[1].lower() in ("hair", "brows", "lashes") for item in data.materials]
    for face in work.faces:
        if hair[face.material_index]:
            keep[[vertex.index for vertex in face.verts]] = False
    bmesh.ops.delete(work, geom=[work.verts[index] for index in np.nonzero(~keep)[0]], context="VERTS")
    if decimated:
        bmesh.ops.triangulate(work, faces=work.faces[:])
        edges = [edge for edge in work.edges if edge.index % 7 == 0 and not edge.is_boundary]
        bmesh.ops.subdivide_edges(work, edges=edges, cuts=1)
    work.to_mesh(data)
    work.free()
    bpy.data.objects.remove(rig.armature)
    body.vertex_groups.clear()
    body.name = data.name = name
    return body
