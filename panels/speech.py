"""Speech: the sound strip or the file the character speaks."""

from __future__ import annotations

from typing import Any

from ..inference.errors import SoliloquyError
from ..inference.settings import AnimateSettings
from ..operators import speakers
from ..rigs.compat import sequencer_scene, strip_times
from .editors import draw_settings, for_both_editors, paragraph


class _Speech:
    """Choose the speech."""

    panel_name = "speech"
    bl_label = "Speech"
    help_page = "blender.md#a-first-performance"

    def draw(self, context: Any) -> None:
        """Draw the choice of the source."""
        from ..rigs.strips import sound_strip, why_no_strip

        speakers.look(context)
        layout = self.layout
        settings = context.scene.soliloquy
        layout.row().prop(settings, "source", expand=True)
        if settings.source == "FILE":
            layout.prop(settings, "filepath", text="")
            return
        try:
            strip = sound_strip(context)
        except SoliloquyError as error:
            paragraph(layout, context, str(error), icon="ERROR")
            return
        if strip is None:
            paragraph(layout, context, why_no_strip(context), icon="INFO")
            return
        render = sequencer_scene(context).render
        times = strip_times(strip)
        seconds = (times.right - times.left) * render.fps_base / render.fps
        column = layout.column(align=True)
        column.label(text=strip.name, icon="FILE_SOUND")
        column.label(text=f"Frames {times.left:g} to {times.right - 1:g}, {seconds:.1f} s", icon="BLANK1")
        other = speakers.other_speaker(context, strip)
        if other is not None:
            box = layout.box()
            paragraph(box, context, f"Spoken by '{other.name}' so far.", icon="ERROR")
            box.operator("soliloquy.choose_speaker", text=f"Choose {other.name}", icon="ARMATURE_DATA")


class _Hearing:
    """Which part of the sound is heard, and how much time there is around it."""

    panel_name = "hearing"
    bl_label = "Timing & Channel"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the time around the speech, and which track and channel are heard."""
        layout = self.layout
        settings = context.scene.soliloquy
        draw_settings(layout.row(align=True), settings, AnimateSettings, "lead_in", "lead_out")
        _draw_channel(layout, settings)
        if settings.source == "FILE":
            layout.prop(settings, "add_sound")


def _draw_channel(layout: Any, settings: Any) -> None:
    """Draw track and channel: their numbers where somebody chose one, else that they are found."""
    row = layout.row(align=True)
    for name in ("track", "channel"):
        part = row.row(align=True)
        if getattr(settings, name):
            part.prop(settings, name)
            part.prop(settings, f"any_{name}", text="", icon="X")
        else:
            part.prop(settings, f"any_{name}", toggle=True)


CLASSES = (*for_both_editors(_Speech), *for_both_editors(_Hearing, parent="speech"))
