"""Let a character wait or listen for a while, without a recording: a take from the current frame on."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import FloatProperty, StringProperty

from ..inference.emotion.affect import Affect
from ..inference.gestures.settings import GestureSettings
from ..inference.orders.idle import BORNE, LIVED
from ..inference.settings import AnimateSettings
from ..rigs.takes.bake_options import BakeOptions
from . import session
from .choice import character_reason
from .reason import Reasoned
from .setting_properties import passed, setting_property, with_settings
from .take_job import OrdersTakes, TakeJob

SECONDS = 10.0


def idle_length() -> Any:
    """Return the property that says how long a character idles."""
    return FloatProperty(
        name="Length",
        description="How long the character waits or listens, from the current frame on",
        default=SECONDS,
        min=0.1,
        max=6 * 3600,
        soft_max=300,
        step=100,
        precision=1,
        subtype="TIME_ABSOLUTE",
        unit="TIME_ABSOLUTE",
    )


class _WithoutSpeech(OrdersTakes, Reasoned):
    """Needs a runtime, and in the panel a character."""

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button in the panel is disabled, empty when it is not."""
        return session.unavailable_reason() or character_reason(context)

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return why there is no runtime; which character is meant, a script may say in the call."""
        return session.unavailable_reason()


@with_settings(AnimateSettings, only=(*LIVED, "emotion", "intensity"))
@with_settings(GestureSettings, only=BORNE)
@with_settings(Affect)
@with_settings(BakeOptions, only=("first_frame",))
class SOLILOQUY_OT_idle(_WithoutSpeech, bpy.types.Operator):
    """Let the character breathe, blink and look about from this frame on, without speech. Who listens answers where
    phrases of the active strip end, if another character has spoken it"""

    bl_idname = "soliloquy.idle"
    bl_label = "Add Idling"
    bl_options = {"REGISTER"}

    seconds: idle_length()
    character: StringProperty(name="Character", description="Name of the armature; not given: as in the panel")
    take_name: StringProperty(name="Take", description="Name of the new take")
    listen_to: StringProperty(
        name="Listen To",
        description="Name of somebody else's sound strip, to live as long as it lasts and answer where its phrases end",
    )
    emotion_mix: StringProperty(name="Mix", description="Such as 'happy 0.5 + surprised 0.3', for the whole time")
    extend_scene: setting_property(BakeOptions, "extend_scene", default=True)

    def orders(self, context: Any) -> list[TakeJob]:
        """Return the order for the take."""
        from . import request

        return [request.build_idle(context, passed(self))]


@with_settings(AnimateSettings, only=(*LIVED, "emotion", "intensity"))
@with_settings(GestureSettings, only=BORNE)
@with_settings(Affect)
class SOLILOQUY_OT_between_lines(_WithoutSpeech, bpy.types.Operator):
    """Let the character live wherever none of its takes plays, from the scene's first frame to its last: it listens
    where another character speaks, and waits elsewhere"""

    bl_idname = "soliloquy.between_lines"
    bl_label = "Live Between Lines"
    bl_options = {"REGISTER"}

    shortest: FloatProperty(
        name="Shortest Gap", description="Gaps that are shorter stay as they are", default=0.6, min=0.1, max=60.0,
        precision=1, subtype="TIME_ABSOLUTE", unit="TIME_ABSOLUTE",
    )  # fmt: skip
    character: StringProperty(name="Character", description="Name of the armature; not given: as in the panel")
    emotion_mix: StringProperty(name="Mix", description="Such as 'happy 0.5 + surprised 0.3', for the whole time")

    def orders(self, context: Any) -> list[TakeJob]:
        """Return the orders for the takes."""
        from .between_lines import build_between

        return build_between(context, {**passed(self), "shortest": self.shortest})


CLASSES = (SOLILOQUY_OT_idle, SOLILOQUY_OT_between_lines)
