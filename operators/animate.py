"""Turn speech into a performance and bake it onto a character, as a new take."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ..inference.emotion.affect import Affect
from ..inference.gestures.settings import GestureSettings
from ..inference.settings import AnimateSettings, AudioRange, Series
from ..inference.words.settings import WordSettings
from ..rigs.compat import PATH_OPTIONS
from ..rigs.takes.bake_options import BakeOptions
from . import session
from .choice import character_reason, speech_reason
from .reason import Reasoned
from .setting_properties import passed, setting_property, with_settings
from .take_job import OrdersTakes, TakeJob


@with_settings(AudioRange)
@with_settings(AnimateSettings)
@with_settings(GestureSettings)
@with_settings(WordSettings)
@with_settings(Affect)
@with_settings(Series, options={"SKIP_SAVE"})
@with_settings(BakeOptions, only=("first_frame",))
class SOLILOQUY_OT_animate(OrdersTakes, Reasoned, bpy.types.Operator):
    """Make the character speak: keys for lips, face, eyes, head and body, as a new take. Earlier takes stay"""

    bl_idname = "soliloquy.animate"
    bl_label = "Animate"
    bl_options = {"REGISTER"}

    filepath: StringProperty(
        name="File",
        description="Sound file; not given: as in the panel",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    character: StringProperty(name="Character", description="Name of the armature; not given: as in the panel")
    strip: StringProperty(
        name="Strip", description="Name of a sound strip in the Sequencer; not given: as in the panel"
    )
    take_name: StringProperty(name="Take", description="Name of the new take")
    emotion_mix: StringProperty(name="Mix", description="Such as 'happy 0.5 + surprised 0.3', for the whole clip")
    use_markers: BoolProperty(name="Markers", description="Take the emotions from the timeline markers")
    emotion_track: StringProperty(
        name="Emotion Track", description="JSON file with emotions over time", subtype="FILE_PATH", options=PATH_OPTIONS
    )
    transcript_file: StringProperty(
        name="Transcript", description="File with the text of the speech", subtype="FILE_PATH", options=PATH_OPTIONS
    )
    add_sound: BoolProperty(name="Add Sound Strip", description="Put the file into the Sequencer", default=True)
    extend_scene: setting_property(BakeOptions, "extend_scene", default=True)

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why Animate in the panel is disabled, empty when it is not."""
        return session.unavailable_reason() or speech_reason(context) or character_reason(context)

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return why there is no runtime; which speech and character are meant, a script may say in the call."""
        return session.unavailable_reason()

    def orders(self, context: Any) -> list[TakeJob]:
        """Return an order per take."""
        from . import request

        return request.build_takes(context, passed(self), self.takes)


CLASSES = (SOLILOQUY_OT_animate,)
