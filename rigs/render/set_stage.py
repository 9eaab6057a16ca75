"""A stage in the user's own scene: a camera that the character looks into, soft lights and a plain background."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import bpy
from mathutils import Matrix, Vector

from ...inference.errors import SoliloquyError
from .. import compat
from . import studio
from .framing import subject

if TYPE_CHECKING:
    from ..rig import Rig

COLLECTION = "Soliloquy Stage"
_BACKDROP = (0.115, 0.125, 0.145)
_STEPS = 8
"""Pieces of the bend between floor and wall."""


def set_stage(context: Any, rig: Rig, *, view: str = "upper") -> Any:
    """Put camera, lights and a backdrop around a character, or move those that are there; returns the camera.

    They stand in a collection of their own; delete it and they are gone. The camera becomes the scene's. The eyes turn
    into it unless something already moves them. World, render settings and other lights stay as they are.

    Parameters
    ----------
    view : str
        ``"head"``, ``"upper"`` or ``"body"``.

    Raises
    ------
    SoliloquyError
        For a view that there is not, or a scene that is linked from another file.
    """
    if view not in studio.VIEWS:
        raise SoliloquyError(f"Unknown view '{view}'.", f"Choose among: {', '.join(studio.VIEWS)}.")
    scene = context.scene
    if scene.library is not None:
        raise SoliloquyError("The scene is linked from another file.", "Switch to a scene of this one.")
    stage = _emptied(scene)
    render = scene.render
    camera = studio.furnish(stage, rig, view=view, size=(render.resolution_x, render.resolution_y), side=0.12)
    scene.camera = camera
    stage.objects.link(_backdrop(rig))
    context.view_layer.update()
    if not _eyes_move(rig):
        studio.look_at_camera(scene, rig)
    return camera


def _emptied(scene: Any) -> Any:
    """Return the scene's collection for the stage, without what stood in it."""
    stage = next((item for item in scene.collection.children if item.name.startswith(COLLECTION)), None)
    if stage is None:
        stage = bpy.data.collections.new(COLLECTION)
        scene.collection.children.link(stage)
    for item in list(stage.objects):
        data = item.data
        bpy.data.objects.remove(item, do_unlink=True)
        for kept in (bpy.data.cameras, bpy.data.lights, bpy.data.meshes):
            if data.users == 0 and kept.get(data.name) == data:
                kept.remove(data)
                break
    return stage


def _eyes_move(rig: Rig) -> bool:
    """Return whether actions, tracks or constraints turn the eyes already."""
    animation = rig.armature.animation_data if rig.armature is not None else None
    return animation is not None and (animation.action is not None or any(t.strips for t in animation.nla_tracks))


def _backdrop(rig: Rig) -> Any:
    """Return floor and wall in one bend, behind and below the character."""
    centre, tall, turn = subject(rig, "body")
    floor, deep, bend, high, wide = -0.5 * tall / 1.12, 2.1 * tall, 0.5 * tall, 2.4 * tall, 3.5 * tall
    profile = [(-1.6 * tall, 0.0), (deep - bend, 0.0)]
    for step in range(1, _STEPS):
        angle = 0.5 * math.pi * step / _STEPS
        profile.append((deep - bend + bend * math.sin(angle), bend - bend * math.cos(angle)))
    profile += [(deep, bend), (deep, high)]
    vertices = [(side * wide, y, z) for y, z in profile for side in (-1.0, 1.0)]
    faces = [(2 * k, 2 * k + 1, 2 * k + 3, 2 * k + 2) for k in range(len(profile) - 1)]
    mesh = bpy.data.meshes.new("Soliloquy Backdrop")
    mesh.from_pydata(vertices, [], faces)
    mesh.shade_smooth()
    material = bpy.data.materials.get("Soliloquy Backdrop") or bpy.data.materials.new("Soliloquy Backdrop")
    compat.use_nodes(material)
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*_BACKDROP, 1.0)
    shader.inputs["Roughness"].default_value = 1.0
    # The lamps that suit a close-up do not reach the wall.
    shader.inputs["Emission Color"].default_value = (*_BACKDROP, 1.0)
    shader.inputs["Emission Strength"].default_value = 0.6
    material.diffuse_color = (*_BACKDROP, 1.0)
    mesh.materials.append(material)
    item = bpy.data.objects.new("Soliloquy Backdrop", mesh)
    place = rig.holder.matrix_world.translation.copy()
    if rig.armature is None:
        place = centre + turn @ Vector((0.0, 0.0, floor))
    item.matrix_world = Matrix.Translation(place) @ turn.to_4x4()
    item.hide_select = True
    return item
