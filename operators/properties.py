"""What an artist chooses, kept with the scene (``scene.soliloquy``), and the lists that the panels show."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..inference.gestures.settings import GestureSettings
from ..inference.settings import AnimateSettings, AudioRange
from ..inference.words.settings import WordSettings
from ..rigs.compat import PATH_OPTIONS
from ..rigs.export_formats import FORMATS
from ..rigs.export_preset import PRESETS
from ..rigs.takes.bake_options import BakeOptions
from .cast_choice import person_items
from .compare_takes import ghost_aside, ghost_look
from .emotion_properties import MODE_ITEMS, SoliloquyEmotionMix
from .idle import idle_length
from .mouth import MOUTH
from .regenerate import SoliloquyPart
from .setting_properties import setting_property, with_settings
from .speakers import SoliloquySpeaker

LOOK_ITEMS = (
    ("A", "A-Pose", "Arms lowered at rest"),
    ("T", "T-Pose", "Arms stretched out at rest"),
)
FORMAT_ITEMS = tuple((item.name, item.label, item.description) for item in FORMATS.values())
PRESET_ITEMS = tuple((item.name, item.label, item.description) for item in PRESETS.values())


def _is_armature(self: Any, item: bpy.types.Object) -> bool:
    return item.type == "ARMATURE"


def _character_chosen(self: Any, context: Any) -> None:
    from .choice import select
    from .speakers import bring_strip

    if self.character is not None:
        select(context, self.character)
        bring_strip(self.id_data, self.character)


def _take_name_changed(self: Any, context: Any) -> None:
    from . import take_list

    take_list.name_edited(self)


def _take_chosen(self: Any, context: Any) -> None:
    from . import take_list

    take_list.chosen(self, context)


def _follow_strips_changed(self: Any, context: Any) -> None:
    from . import following

    following.check(anew=True)


def _any(name: str, title: str, text: str) -> Any:
    """Return a switch that shows a number's 0, which stands for the one that is found, as what it means."""

    def is_any(self: Any) -> bool:
        return getattr(self, name) == 0

    def set_any(self: Any, value: bool) -> None:
        setattr(self, name, 0 if value else max(1, getattr(self, name)))

    return BoolProperty(name=f"{title}: Automatic", description=text, get=is_any, set=set_any, options={"SKIP_SAVE"})


@with_settings(AnimateSettings, without=MOUTH)
@with_settings(GestureSettings)
@with_settings(WordSettings)
@with_settings(AudioRange, only=("track", "channel"))
class SoliloquySettings(bpy.types.PropertyGroup):
    """Settings of the next performance: those of the performance itself, and where its parts come from and go to."""

    source: EnumProperty(
        name="Speech",
        description="Where the speech comes from",
        items=(
            ("STRIP", "Strip", "The active sound strip of the Sequencer", "SEQUENCE", 0),
            ("FILE", "File", "A sound file", "FILE_SOUND", 1),
        ),
    )
    filepath: StringProperty(name="File", description="The speech", subtype="FILE_PATH", options=PATH_OPTIONS)
    transcript_file: StringProperty(
        name="Transcript",
        description="File with the text of the speech (.txt, .srt, .vtt), or with words and times (.TextGrid, .csv)",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    any_track: _any("track", "Track", "Hear the first sound track in which somebody speaks; off: choose one")
    any_channel: _any("channel", "Channel", "Find the channel with the speech by its sound; off: choose one")
    add_sound: BoolProperty(
        name="Add Sound Strip",
        description="Put the file into the Sequencer at the current frame, so that it is heard",
        default=True,
    )
    character: PointerProperty(
        name="Character",
        description="The armature that speaks where no part of a character is selected. Empty: the scene's only one",
        type=bpy.types.Object,
        poll=_is_armature,
        update=_character_chosen,
    )
    person: EnumProperty(name="Person", description="Whom of the cast Add Character adds", items=person_items)
    look: EnumProperty(name="Rest Pose", description="Rest pose of a new character", items=LOOK_ITEMS)

    emotion_mode: EnumProperty(name="Directed By", description="What decides the emotion", items=MODE_ITEMS)
    emotion_mix: PointerProperty(type=SoliloquyEmotionMix)
    voice_emotion: setting_property(AnimateSettings, "voice_emotion", options=set())
    emotion_track: StringProperty(
        name="Track File", description="JSON file with emotions over time", subtype="FILE_PATH", options=PATH_OPTIONS
    )
    gaze_object: PointerProperty(
        name="Look At",
        description="Object the eyes and the head turn to. Empty: whoever it speaks with, else the camera before it",
        type=bpy.types.Object,
    )
    idle_seconds: idle_length()
    speakers: CollectionProperty(type=SoliloquySpeaker)
    follow_strips: BoolProperty(
        name="Follow Strips",
        description="Takes go where their sound strips go: moved, trimmed, cut, slipped, faster, at another frame rate",
        default=True,
        update=_follow_strips_changed,
    )
    extend_scene: setting_property(BakeOptions, "extend_scene", default=True)
    interpolation: setting_property(BakeOptions, "interpolation")
    part: PointerProperty(type=SoliloquyPart)
    export_format: EnumProperty(name="Format", description="File format of the export", items=FORMAT_ITEMS)
    export_preset: EnumProperty(name="For", description="Program that the FBX is for", items=PRESET_ITEMS)


def _gesture_chosen(shown: Any, context: Any) -> None:
    from . import gesture_list

    gesture_list.chosen(shown, context)


class SoliloquyGesture(bpy.types.PropertyGroup):
    """One row of the list of gestures; the plan itself lies in the take's actions."""

    name: StringProperty(name="Gesture", description="What the gesture is called")
    time: FloatProperty(name="Time", description="Second of the speech at which the hand arrives")
    hand: StringProperty()
    why: StringProperty()
    pinned: BoolProperty()
    act: BoolProperty(description="Whether head, eyes or brows do it as the direction says; no gesture of the plan")


class SoliloquyGestureList(bpy.types.PropertyGroup):
    """The gestures of the take that plays, as the panels show them."""

    gestures: CollectionProperty(type=SoliloquyGesture)
    index: IntProperty(name="Gesture", description="Click to go to its stroke", update=_gesture_chosen)
    owner: StringProperty()


class SoliloquyTake(bpy.types.PropertyGroup):
    """One row of the list of takes; the take itself lives in its actions."""

    name: StringProperty(name="Name", description="Name of the take", update=_take_name_changed)
    take_id: StringProperty()
    active: BoolProperty()
    rating: IntProperty(name="Stars", description="Stars you gave it", min=0, max=5)
    variation: StringProperty()
    engine: StringProperty()
    length: StringProperty()
    strip: StringProperty()
    speech: StringProperty()
    summary: StringProperty()
    warnings: StringProperty()
    state: StringProperty()


class SoliloquyTakeList(bpy.types.PropertyGroup):
    """The takes of the chosen character as the panels show them."""

    takes: CollectionProperty(type=SoliloquyTake)
    index: IntProperty(name="Take", description="The chosen take plays", update=_take_chosen)
    owner: StringProperty()
    other: StringProperty(
        name="With", description="The take to compare the chosen one with. Empty: the one chosen before it"
    )
    aside: ghost_aside()
    look: ghost_look()


CLASSES = (
    SoliloquySpeaker,
    SoliloquyPart,
    SoliloquySettings,
    SoliloquyTake,
    SoliloquyTakeList,
    SoliloquyGesture,
    SoliloquyGestureList,
)


def register() -> None:
    """Attach the settings to scenes, and the lists to the window manager, which files do not save."""
    bpy.types.Scene.soliloquy = PointerProperty(type=SoliloquySettings)
    bpy.types.WindowManager.soliloquy_takes = PointerProperty(type=SoliloquyTakeList)
    bpy.types.WindowManager.soliloquy_gestures = PointerProperty(type=SoliloquyGestureList)


def unregister() -> None:
    """Take the settings back."""
    del bpy.types.WindowManager.soliloquy_gestures
    del bpy.types.WindowManager.soliloquy_takes
    del bpy.types.Scene.soliloquy
