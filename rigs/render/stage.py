"""A temporary scene that holds one character only: the user's scene, selection, mode and takes come back unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import bpy

from ...inference.errors import SoliloquyError
from ..character.strands.worn import strands_of
from ..takes import nla
from ..takes import take as takes
from ..takes.take import Take

if TYPE_CHECKING:
    from ..rig import Rig

_COPIED_RENDER = ("fps", "fps_base")
_COPIED_UNITS = ("system", "scale_length")


def objects_of(rig: Rig) -> list[Any]:
    """Return the armature and every mesh that belongs to a rig, clothes that it only deforms included."""
    found = [rig.armature] if rig.armature is not None else []
    return list(dict.fromkeys([*found, *rig.attached, *rig.meshes]))


def carriers_of(objects: list[Any]) -> list[Any]:
    """Return what objects hang on that is not among them: exporters leave out what hangs on something not there."""
    found: list[Any] = []
    for item in objects:
        above = item.parent
        while above is not None:
            found.append(above)
            above = above.parent
    return [item for item in dict.fromkeys(found) if item not in objects]


@contextmanager
def take_alone(rig: Rig, take: Take | None) -> Iterator[None]:
    """Play one take alone for a while; with None everything stays as it is."""
    if take is None:
        yield
        return
    found = nla.tracks(rig, fixes=True)
    muted = [(item.track, item.track.mute) for item in found]
    # Every piece of a take whose sound strip was cut.
    reach = [(strip, strip.extrapolation) for item in found for strip in item.track.strips]
    try:
        takes.solo(rig, take)
        yield
    finally:
        for track, mute in muted:
            track.mute = mute
        for strip, extrapolation in reach:
            strip.extrapolation = extrapolation


@contextmanager
def _object_mode() -> Iterator[None]:
    """Leave edit, pose or any other mode for a while."""
    layer = bpy.context.view_layer
    active = layer.objects.active if layer is not None else None
    mode = active.mode if active is not None else "OBJECT"
    if mode == "OBJECT":
        yield
        return
    bpy.ops.object.mode_set(mode="OBJECT")
    try:
        yield
    finally:
        if bpy.context.view_layer.objects.active is active:
            bpy.ops.object.mode_set(mode=mode)


@contextmanager
def shown(objects: list[Any]) -> Iterator[None]:
    """Make hidden objects visible for a while."""
    before = [(item, item.hide_viewport, item.hide_render, item.hide_select) for item in objects]
    try:
        for item in objects:
            item.hide_viewport = item.hide_render = item.hide_select = False
        yield
    finally:
        for item, viewport, render, select in before:
            item.hide_viewport, item.hide_render, item.hide_select = viewport, render, select


@contextmanager
def _window_scene(scene: Any) -> Iterator[None]:
    """Show a scene in the window, so that operators and the animation system work on it."""
    window = bpy.context.window or next(iter(bpy.context.window_manager.windows), None)
    if window is None:
        raise SoliloquyError("Blender has no window to work in.", "Start Blender without --no-window-frame.")
    before, layer = window.scene, window.view_layer.name
    current, subframe = before.frame_current, before.frame_subframe
    window.scene = scene
    # Makes the new scene's evaluation the one whose results are written back to bones and keys (needed before 5.0).
    bpy.context.view_layer.update()
    try:
        yield
    finally:
        window.scene = before
        window.view_layer = before.view_layers[layer]
        bpy.context.view_layer.update()
        # Animated values were left where the last sampled frame put them.
        before.frame_set(current, subframe=subframe)


@contextmanager
def temporary_scene(name: str) -> Iterator[Any]:
    """Provide an empty scene in the window for a while; the user's comes back as it was."""
    with ExitStack() as stack:
        stack.enter_context(_object_mode())
        scene = bpy.data.scenes.new(name)
        stack.callback(bpy.data.scenes.remove, scene)
        stack.enter_context(_window_scene(scene))
        yield scene


@contextmanager
def alone(rig: Rig, take: Take | None = None, *, name: str = "Soliloquy", strands: bool = False) -> Iterator[Any]:
    """Provide a temporary scene with only this character, in the window, everything selected.

    Parameters
    ----------
    rig : Rig
        The character.
    take : Take or None
        The take to play alone; None leaves tracks as they are.
    name : str
        Name of the temporary scene.
    strands : bool
        Whether hair as strands is there too: for pictures. Motion is read faster without it, files hold cards.

    Yields
    ------
    bpy.types.Scene
        Frame rate, frame range and units as in the user's scene.
    """
    objects = objects_of(rig)
    origin = bpy.context.scene
    with ExitStack() as stack:
        stack.enter_context(_object_mode())
        stack.enter_context(shown(objects))
        stack.enter_context(take_alone(rig, take))
        scene = bpy.data.scenes.new(name)
        stack.callback(bpy.data.scenes.remove, scene)
        for setting in _COPIED_RENDER:
            setattr(scene.render, setting, getattr(origin.render, setting))
        for setting in _COPIED_UNITS:
            setattr(scene.unit_settings, setting, getattr(origin.unit_settings, setting))
        scene.frame_start, scene.frame_end = origin.frame_start, origin.frame_end
        for item in [*objects, *carriers_of(objects), *(strands_of(rig) if strands else ())]:
            scene.collection.objects.link(item)
        stack.enter_context(_window_scene(scene))
        layer = scene.view_layers[0]
        for item in objects:
            item.select_set(True, view_layer=layer)
        layer.objects.active = objects[0]
        yield scene
