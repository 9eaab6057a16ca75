"""What has to be arranged while a character is exported, and is put back afterwards.

Blender's scenes, and with them its exporters, begin at frame 0; exporters that keep shape keys leave modifiers out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import bmesh
import bpy
import numpy as np

from . import compat
from .character.strands.worn import STRANDS_PROPERTY
from .control_layer.marker import has_controls
from .render.stage import carriers_of, objects_of
from .vertex_weights import shown_points

if TYPE_CHECKING:
    from .rig import Rig

_HAIR = 2.0**-14
"""Metres (0.06 mm); a power of two, so that shifting back and forth leaves no rounding."""
_NO_MESH = ("CURVE", "SURFACE", "FONT", "META", "CURVES")
"""Types of objects that can show a surface or hair and are no meshes."""


def _animated(rig: Rig) -> list[Any]:
    """Return every data block whose animation shows in an export: of the character and of what it hangs on."""
    found: list[Any] = []
    objects = objects_of(rig)
    for item in [*objects, *carriers_of(objects)]:
        found += [item, item.data]
        if item.type == "MESH":
            found.append(item.data.shape_keys)
    return [owner for owner in dict.fromkeys(found) if owner is not None and owner.animation_data is not None]


@contextmanager
def later(rig: Rig, frames: int) -> Iterator[None]:
    """Let everything that plays on a character play a number of frames later for a while.

    Strips are moved in the NLA, live actions are played from a copy; keys and strips come back as they were.
    """
    with ExitStack() as stack:
        for owner in _animated(rig) if frames else ():
            data = owner.animation_data
            for track in data.nla_tracks:
                if not track.mute:
                    _move(stack, list(track.strips), frames)
            if data.action is not None:
                _play_copy(stack, data, frames)
        yield


def _move(stack: ExitStack, strips: list[Any], frames: int) -> None:
    """Move the strips of a track, the last first so that none meets another."""
    before = [(strip, strip.frame_start) for strip in strips]

    def back() -> None:
        for strip, start in before if frames > 0 else reversed(before):
            strip.frame_start_ui = start

    stack.callback(back)
    for strip, start in reversed(before) if frames > 0 else before:
        strip.frame_start_ui = start + frames


def _play_copy(stack: ExitStack, data: Any, frames: int) -> None:
    action, slot = data.action, compat.active_slot(data)
    copy = action.copy()

    def back() -> None:
        compat.set_action(data, action, slot)
        bpy.data.actions.remove(copy)

    stack.callback(back)
    for bag in compat.channelbags(copy):
        for curve in bag.fcurves:
            for name in ("co", "handle_left", "handle_right"):
                places = np.empty(2 * len(curve.keyframe_points), np.float32)
                curve.keyframe_points.foreach_get(name, places)
                places[::2] += frames
                curve.keyframe_points.foreach_set(name, places)
            curve.update()
    compat.set_action(data, copy, slot)


def _shaping(mesh: Any) -> list[Any]:
    """Return a mesh object's active modifiers other than armatures, which exporters write as skins."""
    return [modifier for modifier in mesh.modifiers if modifier.type != "ARMATURE" and modifier.show_viewport]


@contextmanager
def modifiers_applied(rig: Rig) -> Iterator[list[str]]:
    """Give meshes without shape keys the shape that their modifiers make, for a while, in the scene of the window.

    Yields
    ------
    list of str
        What cannot be in the file, one sentence per mesh.
    """
    remarks: list[str] = []
    meshes = [item for item in objects_of(rig) if item.type == "MESH" and _shaping(item)]
    with ExitStack() as stack:
        for mesh in meshes:
            names = " and ".join(f"'{modifier.name}'" for modifier in _shaping(mesh))
            if mesh.data.shape_keys is not None and mesh.is_editable and all(map(_hides_group, _shaping(mesh))):
                _cut(stack, mesh)
            elif mesh.data.shape_keys is not None:
                remarks.append(f"'{mesh.name}' keeps its shape keys, so what {names} makes of it is not in the file.")
            elif not mesh.is_editable:
                remarks.append(f"'{mesh.name}' is linked from another file, so {names} is not in the file.")
            else:
                _apply(stack, mesh)
        yield remarks


def left_out(rig: Rig) -> list[str]:
    """Return what hangs on a character and shows something, but is no mesh and so not in the file; a sentence each."""
    mine = objects_of(rig)
    hanging = dict.fromkeys(child for item in mine for child in item.children_recursive if child not in mine)
    said: list[str] = []
    for item in hanging:
        if item.hide_render or STRANDS_PROPERTY in item:  # cards are in the file in place of strands
            continue
        if item.type == "EMPTY" and item.instance_type == "COLLECTION" and item.instance_collection is not None:
            said.append(
                f"'{item.name}' shows the collection '{item.instance_collection.name}', which is not in the file. "
                "Choose Object > Apply > Make Instances Real to have it there."
            )
        elif item.type in _NO_MESH and _has_faces(item):
            said.append(
                f"'{item.name}' is no mesh, so it is not in the file. Choose Object > Convert > Mesh to have it there."
            )
    return said


def _has_faces(item: Any) -> bool:
    if item.type == "CURVES":
        return True
    data = item.data
    return item.type == "META" or bool(data.bevel_depth or data.extrude or data.bevel_object or data.dimensions == "2D")


def _hides_group(modifier: Any) -> bool:
    """Tell whether a modifier only hides the vertices of a group, as those that hide a body under clothes do."""
    return modifier.type == "MASK" and modifier.mode == "VERTEX_GROUP"


def _cut(stack: ExitStack, mesh: Any) -> None:
    """Let a mesh with shape keys be without the vertices that its masks hide, for a while."""
    hidden = ~shown_points(mesh)
    original, name = mesh.data, mesh.data.name
    made = original.copy()
    original.name, made.name = f"{name} whole", name
    cut = bmesh.new()
    cut.from_mesh(made)
    vertices = list(cut.verts)
    bmesh.ops.delete(cut, geom=[vertices[index] for index in np.flatnonzero(hidden)], context="VERTS")
    cut.to_mesh(made)
    cut.free()

    def back() -> None:
        mesh.data = original
        bpy.data.meshes.remove(made)
        original.name = name

    mesh.data = made
    stack.callback(back)


def _apply(stack: ExitStack, mesh: Any) -> None:
    armatures = [modifier for modifier in mesh.modifiers if modifier.type == "ARMATURE"]
    shown = [modifier.show_viewport for modifier in armatures]
    try:
        for modifier in armatures:
            modifier.show_viewport = False
        graph = bpy.context.evaluated_depsgraph_get()
        made = bpy.data.meshes.new_from_object(
            mesh.evaluated_get(graph), preserve_all_data_layers=True, depsgraph=graph
        )  # fmt: skip
    finally:
        for modifier, visible in zip(armatures, shown, strict=True):
            modifier.show_viewport = visible
    original = mesh.data
    made.name = original.name

    def back() -> None:
        mesh.data = original
        bpy.data.meshes.remove(made)

    mesh.data = made
    stack.callback(back)


@contextmanager
def pelvis_free(rig: Rig) -> Iterator[None]:
    """Shift the parent of the bone that travels by a hair while an FBX is written.

    Blender's FBX importer connects an only child that lies straight along its parent, and a connected bone ignores
    its location: the character would not move from its place.
    """
    armature = rig.armature
    bone = armature.data.bones[rig.root.bone] if rig.root is not None else None
    # Controls on top of takes are not in the file.
    beside = [child for child in bone.parent.children if child.use_deform] if bone and bone.parent else []
    if bone is None or bone.parent is None or bone.use_connect or len(beside) != 1:
        yield
        return
    if armature.data.library is not None or armature.data.override_library is not None:
        yield
        return
    parent = bone.parent.name

    hair = _HAIR / rig.frame.scale

    def shift(amount: float) -> None:
        bpy.ops.object.mode_set(mode="EDIT")
        moved = armature.data.edit_bones[parent]
        moved.head.x += amount
        moved.tail.x += amount
        bpy.ops.object.mode_set(mode="OBJECT")

    shift(hair)
    try:
        yield
    finally:
        shift(-hair)


def deform_only(armature: Any) -> bool:
    """Tell whether an armature is a control rig, of which other programs want only the bones that deform.

    In a control rig most bones that deform are held by constraints; in a game's skeleton few are, if any.
    """
    if armature is None or armature.pose is None:
        return False
    if has_controls(armature):
        return True
    deforming = [bone for bone in armature.pose.bones if bone.bone.use_deform]
    held = [bone for bone in deforming if any(not item.mute for item in bone.constraints)]
    return len(deforming) < len(armature.pose.bones) and 2 * len(held) > len(deforming)
