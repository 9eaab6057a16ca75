"""Where a new character goes: a collection that takes it, in view, out of any mode; rest bones opened for a while."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import bpy

from ...inference.errors import BadRig


def home_collection(context: Any) -> tuple[Any, str]:
    """Return a collection in which a new object can be seen and selected, and a remark where it is not the active one.

    Raises
    ------
    BadRig
        When the whole scene comes from another file.
    """
    scene, view_layer = context.scene, context.view_layer
    if scene.library is not None:
        raise BadRig(f"The scene '{scene.name}' is linked from another file.", "Switch to a scene of this file.")
    chain = _chain(view_layer.layer_collection, view_layer.active_layer_collection)
    reason = _why_not(chain)
    if not reason:
        return chain[-1].collection, ""
    name = chain[-1].collection.name
    return scene.collection, f"The collection '{name}' {reason}, so the character went to the scene's own collection."


def _chain(layer: Any, wanted: Any) -> list[Any]:
    """Return the layer collections from ``layer`` down to ``wanted``."""
    if layer == wanted:
        return [layer]
    for child in layer.children:
        below = _chain(child, wanted)
        if below:
            return [layer, *below]
    return []


def _why_not(chain: list[Any]) -> str:
    """Return in words why a new object in the last of these collections would be out of reach; empty when it is not."""
    collection = chain[-1].collection
    if collection.library is not None or collection.override_library is not None:
        return "is linked from another file"
    if chain[-1].exclude:
        return "is excluded from the view layer"
    if not chain[-1].is_visible:
        return "is hidden"
    if any(layer.collection.hide_select for layer in chain):
        return "lets nothing be selected"
    return ""


def leave_mode(context: Any) -> None:
    """Go to Object Mode, from whatever mode the active object is in.

    Raises
    ------
    BadRig
        When Blender does not let go of the mode, as with a hidden object.
    """
    active = context.view_layer.objects.active
    if active is None or active.mode == "OBJECT":
        return
    with contextlib.suppress(RuntimeError):
        bpy.ops.object.mode_set(mode="OBJECT")
    if active.mode != "OBJECT":
        mode = active.mode.replace("_", " ").title()
        raise BadRig(f"'{active.name}' is in {mode} Mode, which cannot be left here.", "Switch to Object Mode first.")


def view_of(context: Any) -> Any | None:
    """Return the 3D View that is meant: the one the mouse is in, else the window's largest; None without a window."""
    if context.window is None:
        return None
    if context.area is not None and context.area.type == "VIEW_3D":
        return context.area
    views = [area for area in context.window.screen.areas if area.type == "VIEW_3D"]
    return max(views, key=lambda area: area.width * area.height, default=None)


def show_in_local_view(area: Any, objects: list[Any]) -> None:
    """Make objects part of what a 3D View in local view shows."""
    space = area.spaces.active
    if space.local_view is None:
        return
    for item in objects:
        item.local_view_set(space, True)


def frame_selected(context: Any, area: Any) -> None:
    """Turn a 3D View towards what is selected; a view through a camera stays, for it may be locked to the camera."""
    space = area.spaces.active
    region = next((item for item in area.regions if item.type == "WINDOW"), None)
    if region is None or space.region_3d is None or space.region_3d.view_perspective == "CAMERA":
        return
    context.view_layer.update()
    with context.temp_override(window=context.window, area=area, region=region):
        if bpy.ops.view3d.view_selected.poll():
            bpy.ops.view3d.view_selected()


@contextlib.contextmanager
def edit_bones(armature: Any) -> Iterator[Any]:
    """Open an armature's rest bones and put mode, active object and visibility back afterwards."""
    layer = bpy.context.view_layer
    active = layer.objects.active
    mode = active.mode if active is not None else "OBJECT"
    hidden = armature.hide_get(), armature.hide_viewport
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    selected = armature.select_get()
    armature.hide_viewport = False
    armature.hide_set(False)
    layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        yield armature.data.edit_bones
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
        armature.select_set(selected)
        armature.hide_set(hidden[0])
        armature.hide_viewport = hidden[1]
        layer.objects.active = active
        if mode != "OBJECT":
            bpy.ops.object.mode_set(mode=mode)
