"""Words: the text of the speech, its language, and what stands of it in the Sequencer."""

from __future__ import annotations

from typing import Any

from ..inference.errors import SoliloquyError
from ..operators import words
from .editors import NEXT, for_both_editors, paragraph


class _Words:
    """Say what is said, so that gestures follow its meaning."""

    panel_name = "words"
    bl_label = "Words"
    header_icon = NEXT
    help_page = "words.md"
    bl_order = 2  # after Body & Gestures
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the text or its file, the language, and how many words stand in the Sequencer."""
        layout = self.layout
        settings = context.scene.soliloquy
        layout.prop(settings, "transcript", text="", placeholder="What is said")
        row = layout.row()
        row.active = not settings.transcript.strip()
        row.prop(settings, "transcript_file", text="")
        row = layout.row()
        row.active = not (settings.transcript.strip() or settings.transcript_file)
        row.prop(settings, "recognise")
        layout.prop(settings, "language")
        there = len(_standing(context))
        if there:
            paragraph(layout, context, f"{there} words in the Sequencer direct the gestures.", icon="INFO")
        if words.aligning():
            row = layout.row()
            row.label(text="Listening", icon="TIME")
            row.operator("soliloquy.cancel", text="", icon="X")
            return
        button = layout.row()
        button.enabled = not words.SOLILOQUY_OT_align_words.disabled_reason(context)
        button.operator_context = "INVOKE_DEFAULT"
        button.operator("soliloquy.align_words", icon="FONT_DATA")


def _standing(context: Any) -> tuple[Any, ...]:
    """Return the words in the Sequencer along the speech that is meant, empty where no speech is."""
    from ..operators import request
    from ..operators.word_request import words_in_sequencer

    try:
        _, first_frame, duration, _ = request.speech(context, {})
    except SoliloquyError:
        return ()
    return words_in_sequencer(context, first_frame, request.scene_fps(context.scene), duration)


CLASSES = tuple(for_both_editors(_Words, parent="performance"))
