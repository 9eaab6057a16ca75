"""Every difference between Blender 4.2, 4.5 and 5.2 that this extension meets, and nothing else.

The rest of the project calls these functions and never asks for a version.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..inference.errors import SoliloquyError

PATH_OPTIONS: set[str] = (
    {"PATH_SUPPORTS_BLEND_RELATIVE"}
    if "is_path_supports_blend_relative" in bpy.types.StringProperty.bl_rna.properties
    else set()
)
"""Options of a path property; from 4.5 on Blender wants to be told that a path may start with ``//``."""


def has_slots() -> bool:
    """Tell whether one action can hold the curves of several data blocks (Blender 4.4 and later)."""
    return "slots" in bpy.types.Action.bl_rna.properties


# ---------------------------------------------------------------------------------------------------- actions


def new_action(name: str, id_type: str) -> Any:
    """Return a new action; ``id_type`` (``"OBJECT"``, ``"KEY"``) binds it where an action serves one type only."""
    action = bpy.data.actions.new(name)
    if not has_slots():
        action.id_root = id_type
    return action


def channelbag(owner: Any, action: Any, slot_name: str = "") -> Any:
    """Return the container of ``owner``'s F-curves in ``action``, made where it is missing.

    The owner's active action is left as it is. Before slots existed the container is the action itself.

    Parameters
    ----------
    owner : bpy.types.ID
        The data block the curves animate.
    action : bpy.types.Action
        The action to look in.
    slot_name : str
        Name of the slot; the owner's name when empty.
    """
    if not has_slots():
        return action
    name = slot_name or owner.name
    slot = next((s for s in action.slots if s.target_id_type == owner.id_type and s.name_display == name), None)
    if slot is None:
        slot = action.slots.new(id_type=owner.id_type, name=name)
    layer = action.layers[0] if len(action.layers) else action.layers.new("Layer")
    strip = layer.strips[0] if len(layer.strips) else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)


def channelbags(action: Any) -> list[Any]:
    """Return every container of F-curves in ``action``."""
    if not has_slots():
        return [action]
    return [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]


def active_channelbag(owner: Any) -> Any | None:
    """Return the F-curves container of the owner's live action, or None when nothing is live or it holds nothing."""
    data = owner.animation_data
    if data is None or data.action is None:
        return None
    if not has_slots():
        return data.action
    return _slot_channelbag(data.action, data.action_slot)


def _slot_channelbag(action: Any, slot: Any | None) -> Any | None:
    if slot is None:
        return None
    for layer in action.layers:
        for strip in layer.strips:
            bag = strip.channelbag(slot)
            if bag is not None:
                return bag
    return None


def copy_curves(owner: Any, paths: set[str], name: str) -> Any:
    """Return a new action with the F-curves of these paths from the owner's live action, handles and modifiers too."""
    copy = owner.animation_data.action.copy()
    copy.name = name
    if has_slots():
        kept = owner.animation_data.action_slot.identifier
        for slot in [slot for slot in copy.slots if slot.identifier != kept]:
            copy.slots.remove(slot)
    for bag in channelbags(copy):
        for curve in [curve for curve in bag.fcurves if curve.data_path not in paths]:
            bag.fcurves.remove(curve)
    return copy


def drop_curves(owner: Any, paths: set[str]) -> None:
    """Take the F-curves of these paths out of the owner's live action; one that others play stays as it is for them.

    An action that is left empty is unassigned, and removed where nothing uses it.
    """
    data = owner.animation_data
    action = data.action
    if action.users - int(action.use_fake_user) > 1:
        slot = data.action_slot.identifier if has_slots() else None
        data.action = action = action.copy()
        if slot is not None:
            data.action_slot = action.slots[slot]
    bag = active_channelbag(owner)
    for curve in [curve for curve in bag.fcurves if curve.data_path in paths] if bag is not None else ():
        bag.fcurves.remove(curve)
    if bag is None or not len(bag.fcurves):
        data.action = None
        if action.users == 0 and not any(len(other.fcurves) for other in channelbags(action)):
            bpy.data.actions.remove(action)


def new_fcurve(bag: Any, data_path: str, index: int, group: str) -> Any:
    """Add one F-curve to a container, in the named group; the path must not be there yet."""
    if not has_slots():
        return bag.fcurves.new(data_path, index=index, action_group=group)
    if "group_name" in bpy.types.ActionChannelbagFCurves.bl_rna.functions["new"].parameters:
        return bag.fcurves.new(data_path, index=index, group_name=group)
    curve = bag.fcurves.new(data_path, index=index)
    if group:
        curve.group = bag.groups.get(group) or bag.groups.new(group)
    return curve


def deselect_keys(action: Any) -> None:
    """Deselect every key of an action, handles included."""
    if hasattr(action, "deselect_keys"):
        action.deselect_keys()
        return
    for curve in (curve for bag in channelbags(action) for curve in bag.fcurves):
        for name in ("select_control_point", "select_left_handle", "select_right_handle"):
            curve.keyframe_points.foreach_set(name, [False] * len(curve.keyframe_points))


def assign_slot_to_strip(strip: Any, owner: Any, slot_name: str = "") -> None:
    """Make an NLA strip play the part of its action that belongs to ``owner``."""
    if not has_slots():
        return
    name = slot_name or owner.name
    fitting = [slot for slot in strip.action.slots if slot.target_id_type == owner.id_type]
    named = [slot for slot in fitting if slot.name_display == name]
    if named or len(fitting) == 1:
        strip.action_slot = (named or fitting)[0]


def assign_same_slot(strip: Any, source: Any) -> None:
    """Make an NLA strip play the part of its action that ``source`` plays of the action this one was copied from."""
    if has_slots() and source.action_slot is not None:
        strip.action_slot = strip.action.slots[source.action_slot.identifier]


def active_slot(data: Any) -> Any | None:
    """Return the slot of the live action that animation data plays, None where there are none."""
    return data.action_slot if has_slots() else None


def set_action(data: Any, action: Any, slot: Any | None) -> None:
    """Make an action live on animation data; of a copied action the part plays that ``slot`` plays of the original."""
    data.action = action
    if has_slots() and slot is not None:
        data.action_slot = action.slots[slot.identifier]


def replace_action(strip: Any, copy: Any) -> None:
    """Let an NLA strip play a copy of its action, over the same frames."""
    slot = strip.action_slot.identifier if has_slots() and strip.action_slot is not None else None
    first, last = strip.action_frame_start, strip.action_frame_end
    strip.action = copy
    if slot is not None:
        strip.action_slot = copy.slots[slot]
    if (strip.action_frame_start, strip.action_frame_end) != (first, last):
        strip.action_frame_start, strip.action_frame_end = first, last


def strip_channelbag(strip: Any) -> Any | None:
    """Return the F-curves container an NLA strip plays, or None."""
    if strip.action is None:
        return None
    if not has_slots():
        return strip.action
    return _slot_channelbag(strip.action, strip.action_slot)


# -------------------------------------------------------------------------------------------------- sequencer


def sequencer_scene(context: Any) -> Any:
    """Return the scene whose sequence editor the user works in."""
    for holder in (context, getattr(context, "workspace", None)):
        scene = getattr(holder, "sequencer_scene", None)
        if scene is not None:
            return scene
    return context.scene


def show_in_sequencer(context: Any, scene: Any) -> None:
    """Let the Sequencer show a scene's strips where it shows none: since 5.0 a workspace begins with no scene there."""
    workspace = context.workspace
    if workspace is not None and getattr(workspace, "sequencer_scene", scene) is None:
        workspace.sequencer_scene = scene


def top_strips(holder: Any) -> list[Any]:
    """Return the strips directly inside a sequence editor or a meta strip."""
    return list(holder.strips if hasattr(holder, "strips") else holder.sequences)


def new_sound_strip(editor: Any, name: str, path: str, channel: int, frame: int) -> Any:
    """Add a sound strip to a sequence editor."""
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    return strips.new_sound(name, path, channel, frame)


def new_image_strip(editor: Any, name: str, path: str, channel: int, frame: int) -> Any:
    """Add an image strip to a sequence editor."""
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    return strips.new_image(name, path, channel, frame)


def new_text_strip(editor: Any, name: str, channel: int, first: int, last: int) -> Any:
    """Add a text strip to a sequence editor, from frame ``first`` to before ``last``."""
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    span = {"length": last - first} if bpy.app.version >= (5, 0, 0) else {"frame_end": last}
    return strips.new_effect(name=name, type="TEXT", channel=channel, frame_start=first, **span)


def remove_strip(editor: Any, strip: Any) -> None:
    """Remove a strip from a sequence editor."""
    (editor.strips if hasattr(editor, "strips") else editor.sequences).remove(strip)


@dataclass(frozen=True)
class StripTimes:
    """Where a sequencer strip lies, in scene frames (fractions of a frame included)."""

    content_start: float
    """Frame at which the strip's untrimmed content begins."""
    content_end: float
    """Frame at which it ends, exclusive."""
    left: float
    """Left edge: first frame shown."""
    right: float
    """Right edge, exclusive."""
    skipped: float
    """Frames of the source cut off before its content begins (set in the strip's settings, not by trimming)."""


def strip_times(strip: Any) -> StripTimes:
    """Return the times of a sequencer strip.

    The edges that Blender reports are whole frames; a sound's own sub-frame start (``sound_offset``) is left to the
    caller.
    """
    properties = strip.bl_rna.properties
    if "content_start" in properties:
        return StripTimes(
            float(strip.content_start),
            float(strip.content_end),
            float(strip.left_handle),
            float(strip.right_handle),
            float(getattr(strip, "content_trim_start", 0)),
        )
    return StripTimes(
        float(strip.frame_start),
        float(strip.frame_start + strip.frame_duration),
        float(strip.frame_final_start),
        float(strip.frame_final_end),
        float(getattr(strip, "animation_offset_start", 0)),
    )


def retiming_frames(strip: Any) -> list[float]:
    """Return the scene frames of a sound strip's retiming keys, none where it plays as recorded.

    Sound strips have them in 4.2 only where Blender was built with sound.
    """
    return [float(key.timeline_frame) for key in getattr(strip, "retiming_keys", ())]


# -------------------------------------------------------------------------------------------- render and files


def set_movie_output(scene: Any) -> None:
    """Let a scene's render output be a movie file encoded by Blender's own FFmpeg."""
    image = scene.render.image_settings
    if "media_type" in image.bl_rna.properties:
        image.media_type = "VIDEO"
    image.file_format = "FFMPEG"


def set_frame_rate(scene: Any, fps: float) -> None:
    """Set any frame rate; Blender keeps a whole number and a divisor."""
    scene.render.fps = max(1, round(fps))
    scene.render.fps_base = scene.render.fps / fps


def count_seconds_as_gltf_does(scene: Any) -> None:
    """Let Blender's glTF exporter write true seconds: it multiplies by ``fps_base`` where Blender divides.

    The scene itself runs at another rate from then on, so it must be one made for the export.
    """
    scene.render.fps_base = 1.0 / scene.render.fps_base


def usd_options() -> dict[str, Any]:
    """Return those arguments of the USD exporter that differ: names in any script where it can, textures as they are.

    5.2 has lost ``visible_objects_only``, 4.2 and 4.5 leave out what is hidden unless told otherwise.
    """
    known = bpy.ops.wm.usd_export.get_rna_type().properties
    wanted = {"visible_objects_only": False, "allow_unicode": True, "export_textures_mode": "KEEP"}
    if "export_textures_mode" not in known:
        wanted["export_textures"] = False
    return {name: value for name, value in wanted.items() if name in known}


def import_usd(path: Path) -> None:
    """Import a USD into the scene of the window, whose frame range becomes the file's; only what makes a character."""
    known = bpy.ops.wm.usd_import.get_rna_type().properties
    wanted = {
        "set_frame_range": True, "import_materials": False, "import_cameras": False, "import_lights": False,
        "import_skeletons": True, "import_blendshapes": True, "create_world_material": False,
        "import_visible_only": False,
    }  # fmt: skip
    bpy.ops.wm.usd_import(filepath=str(path), **{name: value for name, value in wanted.items() if name in known})


def set_engine(scene: Any, engine: str) -> None:
    """Choose the render engine by its plain name: CYCLES, EEVEE or WORKBENCH.

    Raises
    ------
    SoliloquyError
        When this Blender was built without it.
    """
    names = {"EEVEE": ("BLENDER_EEVEE", "BLENDER_EEVEE_NEXT"), "WORKBENCH": ("BLENDER_WORKBENCH",)}
    for name in names.get(engine, (engine,)):
        try:
            scene.render.engine = name
        except TypeError:
            continue
        return
    raise SoliloquyError(f"This Blender cannot render with {engine.title()}.", "Enable Cycles in the preferences.")


def use_nodes(owner: Any) -> None:
    """Make sure that a material or world is drawn by its nodes (from 5.0 on it always is)."""
    if bpy.app.version < (5, 0):
        owner.use_nodes = True


# ------------------------------------------------------------------------------------------------------- nodes


def set_node_option(node: Any, name: str, value: str) -> None:
    """Set a node's property, or the menu input of that name that took its place (from 5.0 on some did)."""
    if name in node.bl_rna.properties:
        setattr(node, name, value)
    else:
        node.inputs[name.title()].default_value = value.title()


def node_inputs(modifier: Any) -> dict[str, Any]:
    """Return what a Geometry Nodes modifier's inputs are set to, by the identifiers of the group's sockets."""
    if hasattr(modifier, "properties"):  # 5.2
        inputs = modifier.properties.inputs
        found = {item.identifier: getattr(inputs, item.identifier) for item in inputs.bl_rna.properties}
        return {name: item.value for name, item in found.items() if hasattr(item, "value")}
    return {name: modifier[name] for name in modifier.keys()}  # noqa: SIM118 - no dictionary


def set_node_input(modifier: Any, identifier: str, value: Any) -> None:
    """Set an input of a Geometry Nodes modifier, by the identifier of the group's socket."""
    if hasattr(modifier, "properties"):
        getattr(modifier.properties.inputs, identifier).value = value
    else:
        modifier[identifier] = value
