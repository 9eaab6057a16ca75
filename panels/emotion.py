"""Emotion: one, a mixture, valence and arousal, markers or a file, and the voice's share."""

from __future__ import annotations

from typing import Any

from ..inference.settings import EMOTIONS
from ..operators import emotion_hearing
from ..operators.emotion_properties import AFFECT, directing
from .editors import NEXT, for_both_editors, paragraph


class _Emotion:
    """Direct the emotion."""

    panel_name = "emotion"
    bl_label = "Emotion"
    header_icon = NEXT
    help_page = "emotions.md"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw what the chosen way to direct asks for, and how much the voice has a say."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = directing(context).group
        layout.prop(settings, "emotion_mode")
        column = layout.column(align=True)
        column.active = settings.voice_emotion < 1.0
        if settings.emotion_mode == "SINGLE":
            column.prop(settings, "emotion")
            strength = column.row()
            strength.active = settings.emotion != "NEUTRAL"
            strength.prop(settings, "intensity", slider=True)
        elif settings.emotion_mode == "FILE":
            column.prop(settings, "emotion_track", text="File")
        elif settings.emotion_mode == "MARKERS":
            _draw_markers(column, context)
        else:
            # The dots beside the sliders key them.
            column.use_property_decorate = True
            for name in EMOTIONS[1:] + EMOTIONS[:1] if settings.emotion_mode == "MIX" else AFFECT:
                column.prop(settings.emotion_mix, name, slider=True)
        layout.prop(settings, "voice_emotion", slider=True)
        layout.prop(settings, "emotion_dynamics", text="Dynamics", slider=True)
        if emotion_hearing.listening():
            row = layout.row()
            row.label(text="Listening", icon="TIME")
            row.operator("soliloquy.cancel", text="", icon="X")
        elif settings.emotion_mode in ("MIX", "AFFECT", "MARKERS"):
            button = layout.row()
            button.enabled = not emotion_hearing.SOLILOQUY_OT_hear_emotion.disabled_reason(context)
            button.operator_context = "INVOKE_DEFAULT"
            what = "Markers" if settings.emotion_mode == "MARKERS" else "Keys"
            operator = button.operator("soliloquy.hear_emotion", text=f"{what} from Voice", icon="REC")
            operator.target = settings.emotion_mode


def _draw_markers(layout: Any, context: Any) -> None:
    from ..operators.emotion_request import markers_in_use

    found = markers_in_use(context)
    count = len(found.markers)
    if count:
        text = "1 marker directs the emotion." if count == 1 else f"{count} markers direct the emotion."
        paragraph(layout, context, text, icon="MARKER_HLT")
    else:
        paragraph(layout, context, "Name timeline markers 'angry 0.8' or 'happy 0.5 + surprised 0.3'.", icon="INFO")
    if found.complaint:
        paragraph(layout, context, found.complaint, icon="ERROR")


CLASSES = tuple(for_both_editors(_Emotion, parent="performance"))
