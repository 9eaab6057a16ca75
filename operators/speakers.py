"""Who speaks which strip: remembered with the scene when a take is made, so that one click chooses all of it again.

A click on a sound strip chooses its character, the track and channel that were heard, and the take in the list. A strip
that nobody has spoken yet is taken to be spoken by whoever spoke last from its channel of the Sequencer. Choosing a
character in the panel makes the character's own strip active where the active one is another's.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import bpy
from bpy.app.handlers import persistent
from bpy.props import IntProperty, PointerProperty, StringProperty

from ..inference.errors import SoliloquyError
from . import handlers, session, take_list
from .choice import anchor, chosen_rig, seen, select
from .reason import Reasoned

if TYPE_CHECKING:
    from collections.abc import Sequence

_last: Any = None
"""The active strip as it was looked at last, None when nobody has looked yet."""
_draw_handler: Any = None
_MOST = 1000
_VARIATIONS, _SEEDS = 1000, 2**31


class Line(NamedTuple):
    """A sound strip that somebody speaks."""

    strip: Any
    character: Any
    first_frame: float
    last_frame: float
    """Scene frames between which it is heard."""


class SoliloquySpeaker(bpy.types.PropertyGroup):
    """Who spoke one strip last, and how it was heard."""

    strip: StringProperty()
    character: PointerProperty(type=bpy.types.Object)
    track: IntProperty()
    channel: IntProperty()
    lane: IntProperty()
    """Channel of the Sequencer that the strip was in."""


def remember(scene: Any, strip: Any, character: Any, *, track: int, channel: int) -> None:
    """Note that a character has spoken a strip.

    Parameters
    ----------
    scene : bpy.types.Scene
        The scene of the character.
    track, channel : int
        Of the recording, as the settings say them.
    """
    from ..rigs.strip_identity import identity

    known = identity(strip)
    if not known:
        return
    noted = scene.soliloquy.speakers
    for index in reversed(range(len(noted))):
        gone = noted[index].character is None
        if gone or (noted[index].strip == known and noted[index].character == character):
            noted.remove(index)
    while len(noted) >= _MOST:
        noted.remove(0)  # the oldest
    item = noted.add()
    item.strip, item.character, item.lane = known, character, strip.channel
    item.track, item.channel = track, channel


def likely(scene: Any, strip: Any) -> SoliloquySpeaker | None:
    """Return who speaks a strip: who spoke it, else who spoke last from its channel of the Sequencer."""
    return likely_of_each(scene, [strip])[0]


def likely_of_each(scene: Any, strips: Sequence[Any]) -> list[SoliloquySpeaker | None]:
    """Return :func:`likely` of many strips, for which the scene's notes are read once."""
    from ..rigs.strip_identity import identity

    there = _there(scene)
    by_strip = {item.strip: item for item in reversed(there) if item.strip}
    by_lane = {item.lane: item for item in reversed(there)}
    return [by_strip.get(identity(strip)) or by_lane.get(strip.channel) for strip in strips]


def lines(context: Any) -> list[Line]:
    """Return the sound strips of which it is known who speaks them and when they are heard, muted ones left out."""
    from ..rigs.compat import sequencer_scene
    from ..rigs.strips import heard, sound_strips

    place, found = sequencer_scene(context), []
    strips = sound_strips(place)
    for strip, speaker in zip(strips, likely_of_each(context.scene, strips), strict=True):
        if speaker is None:
            continue
        try:
            line = heard(strip, place)
        except SoliloquyError:
            continue  # nothing is heard of it, or nobody can tell when
        if not line.muted:
            found.append(Line(strip, speaker.character, line.first_frame, line.last_frame))
    return found


def speaking(scene: Any) -> set[Any]:
    """Return the characters in the scene that have spoken, or are noted to speak."""
    return {item.character for item in _there(scene)}


def _there(scene: Any) -> list[Any]:
    """Return what is noted of characters that are still in the scene, newest first."""
    return [
        item
        for item in reversed(scene.soliloquy.speakers)
        if item.character is not None and scene.objects.get(item.character.name) == item.character
    ]


def own_variation(scene: Any, character: Any, seed: int) -> int:
    """Return the seed of one character where takes of several are made at once, so that no two move alike.

    The same for a name each time; where nobody else in the scene speaks, ``seed`` itself.
    """
    own = zlib.crc32(character.name.encode()) % _VARIATIONS if speaking(scene) - {character} else 0
    return (seed + own) % _SEEDS


def other_speaker(context: Any, strip: Any) -> Any:
    """Return the character that spoke a strip, where it is another one than the chosen; else None."""
    noted = [item.character for item in _there(context.scene) if item.strip == strip.get("soliloquy_id", "-")]
    rig = seen(context).rig
    return noted[0] if noted and rig is not None and anchor(rig) not in noted else None


def active_sound(context: Any) -> Any:
    """Return the active strip of the Sequencer where it is a sound, else None."""
    from ..rigs.compat import sequencer_scene

    scene = sequencer_scene(context)
    editor = scene.sequence_editor if scene is not None else None
    strip = editor.active_strip if editor is not None else None
    return strip if strip is not None and strip.type == "SOUND" else None


def look(context: Any) -> None:
    """Notice that another strip is active; what follows from it is done after the drawing, where Blender allows it."""
    global _last
    strip = active_sound(context)
    if strip is None:
        return
    now = (strip.id_data.name, strip.name, strip.get("soliloquy_id", ""))
    before, _last = _last, now
    if before is not None and before[:2] != now[:2] and not bpy.app.timers.is_registered(follow_click):
        bpy.app.timers.register(follow_click, first_interval=0.0)


def follow_click() -> None:
    """Choose the character, the channel and the take of the active strip, unless another character is being posed."""
    context = bpy.context
    strip, panel = active_sound(context), context.scene.soliloquy
    active = context.view_layer.objects.active
    if strip is None or panel.source != "STRIP" or (active is not None and active.mode != "OBJECT"):
        return
    speaker = likely(context.scene, strip)
    if speaker is None:
        return
    if panel.character != speaker.character:
        panel.character = speaker.character  # which selects it
    else:
        select(context, speaker.character)
    panel.track, panel.channel = speaker.track, speaker.channel
    take_list.refresh(context)
    _show_take(context, strip)
    session.redraw()


def _show_take(context: Any, strip: Any) -> None:
    from ..rigs.strip_identity import identity
    from ..rigs.takes import follow
    from ..rigs.takes.take import takes_of

    try:
        rig = chosen_rig(context)
    except SoliloquyError:
        return
    for take in reversed(takes_of(rig) if rig is not None else []):
        link = follow.link_of(rig, take) if rig is not None and take.active else None
        if link is not None and link.strip == identity(strip):
            take_list.show(take.id)
            return


def bring_strip(scene: Any, character: Any) -> None:
    """Make a character's own strip the active one, where the active one is another's."""
    from ..rigs.compat import sequencer_scene
    from ..rigs.strip_identity import strips_with

    global _last
    place = sequencer_scene(bpy.context)
    strip = active_sound(bpy.context)
    spoken_by = {item.character for item in _there(scene) if strip and item.strip == strip.get("soliloquy_id", "-")}
    if not spoken_by or character in spoken_by:
        return
    for item in _there(scene):
        found = strips_with(item.strip, place) if item.character == character else []
        if found and found[0][1] == place:
            place.sequence_editor.active_strip = found[0][0]
            for other, _ in strips_with(strip.get("soliloquy_id", ""), place):
                other.select = False
            found[0][0].select = True
            _last = (place.name, found[0][0].name, item.strip)
            return


class SOLILOQUY_OT_choose_speaker(Reasoned, bpy.types.Operator):
    """Choose the character that has spoken the active strip"""

    bl_idname = "soliloquy.choose_speaker"
    bl_label = "Choose Speaker"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why there is none, empty when there is."""
        strip = active_sound(context)
        return "" if strip is not None and likely(context.scene, strip) is not None else "Nobody spoke the strip yet."

    def execute(self, context: Any) -> set[str]:
        """Choose as a click on the strip does."""
        follow_click()
        return {"FINISHED"}


def looks_at_itself(context: Any) -> bool:
    """Return whether the character that is meant is asked to look at itself: at its own skeleton or body.

    What it holds or wears may be looked at.
    """
    target, rig = context.scene.soliloquy.gaze_object, seen(context).rig
    return target is not None and rig is not None and target in (rig.armature, rig.holder, *rig.meshes)


class SOLILOQUY_OT_look_elsewhere(Reasoned, bpy.types.Operator):
    """Empty Look At where it is the character itself: it looks at the camera, or at somebody before it"""

    bl_idname = "soliloquy.look_elsewhere"
    bl_label = "Look at the Listener"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why there is nothing to mend, empty when there is."""
        return "" if looks_at_itself(context) else "The character is not asked to look at itself."

    def execute(self, context: Any) -> set[str]:
        """Empty the field."""
        context.scene.soliloquy.gaze_object = None
        return {"FINISHED"}


def _sequencer_drawn() -> None:
    look(bpy.context)


@persistent
def _history_or_load(*_: Any) -> None:
    """What undo or a file brings is no click."""
    global _last
    _last = None


HANDLERS = tuple((name, _history_or_load) for name in ("undo_post", "redo_post", "load_post"))


def register() -> None:
    """Notice clicks on strips: the Sequencer draws itself after each."""
    global _draw_handler
    handlers.add(HANDLERS)
    _draw_handler = bpy.types.SpaceSequenceEditor.draw_handler_add(_sequencer_drawn, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    """Stop noticing."""
    global _draw_handler, _last
    _last = None
    handlers.remove(HANDLERS)
    if _draw_handler is not None:
        bpy.types.SpaceSequenceEditor.draw_handler_remove(_draw_handler, "WINDOW")
        _draw_handler = None
    handlers.not_any_more(follow_click)


CLASSES = (SOLILOQUY_OT_choose_speaker, SOLILOQUY_OT_look_elsewhere)
