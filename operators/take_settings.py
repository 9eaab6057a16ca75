"""The settings that a take was made with, for another take of the same kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ..inference.errors import SoliloquyError
from ..inference.gestures.settings import GestureSettings
from ..inference.settings import AnimateSettings, recorded_settings
from .setting_properties import shown_settings, shown_value
from .takes import OnTake, meant

if TYPE_CHECKING:
    from ..rigs.takes.take import Take


def settings_of_take(take: Take) -> dict[str, Any]:
    """Return the settings that a take was made with, as operators take them.

    Raises
    ------
    SoliloquyError
        When it does not say them.
    """
    from ..inference.emotion.words import write_mixture

    made = recorded_settings(take.meta)
    curves = made.emotion_curves
    emotion = {"emotion", "intensity"} if curves or made.emotion_track else set()
    given = {
        item.shown_name: shown_value(item, getattr(owner, name))
        for cls, owner in ((AnimateSettings, made), (GestureSettings, made.gestures))
        for name, item in shown_settings(cls).items()
        if name not in emotion and getattr(owner, name) is not None
    }
    if len(curves) == 1:
        given["emotion_mix"] = write_mixture(curves[0][1:])
    return given


class SOLILOQUY_OT_take_settings(OnTake, bpy.types.Operator):
    """Set everything as it was when this take was made: seed, emotion, gestures, engines and parts"""

    bl_idname = "soliloquy.take_settings"
    bl_label = "Use This Take's Settings"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Set the scene's settings."""
        panel = context.scene.soliloquy
        try:
            _rig, take = meant(context, self.take)
            given = settings_of_take(take)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        known = panel.bl_rna.properties
        for name, value in given.items():
            if name in known and known[name].type != "POINTER":
                setattr(panel, name, value)
        if "emotion" in given:
            panel.emotion_mode = "SINGLE"
            self.report({"INFO"}, f"Set as {take.name} was made. Press Animate for another take.")
        else:
            self.report({"WARNING"}, f"Set as {take.name} was made, but for its emotion, which changed or was mixed.")
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_take_settings,)
