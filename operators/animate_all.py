"""Animate All: a take for every strip, on the character that speaks it; again, it makes only what is missing or stale.

The orders are built and queued at once; the one worker makes them one after the other. Here is what became of each
until the next Animate All: names and jobs, no Blender data.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty

from ..inference.errors import MissingRuntime, SoliloquyError
from . import jobs, session, speakers, take_list
from .choice import anchor, around_character_reason, chosen_rig
from .progress import busy
from .reason import Reasoned
from .speech_lines import HOW, Line, look_anew, meant, selected_sounds

_lines: list[Line] = []


def lines() -> list[Line]:
    """Return what became of each strip of the last Animate All."""
    return list(_lines)


def keep(made: list[Line]) -> None:
    """Show these lines from now on, and say how it went when the last take is there."""
    _lines[:] = made
    session.add_ticker(watch)
    session.redraw()


def forget() -> None:
    """Forget the last Animate All; what is being made goes on."""
    _lines.clear()


def summary() -> str:
    """Return in one line how the last Animate All stands."""
    words = {"made": "made", "there": "had their take", "failed": "failed", "cancelled": "cancelled"}
    states = [line.state for line in _lines]
    parts = [f"{states.count(state)} {text}" for state, text in words.items() if state in states]
    waiting = states.count("running")
    if waiting:
        parts.append(f"{waiting} to go")
    return f"{len(states)} strip{'s' * (len(states) != 1)}: {', '.join(parts)}"


def watch() -> float | None:
    """Say how it went when the last take is there; the session's timer calls this."""
    if any(line.state == "running" for line in _lines):
        return session.BUSY_INTERVAL
    if _lines:
        session.set_notice(f"{summary()}.")
    return None


class SOLILOQUY_OT_animate_all(Reasoned, bpy.types.Operator):
    """Make a take of every strip on the character that speaks it: the selected strips, else all whose speaker is known.
    Strips that have their take are passed over"""

    bl_idname = "soliloquy.animate_all"
    bl_label = "Animate All"
    # The jobs push the undo steps.
    bl_options = {"REGISTER"}

    anew: BoolProperty(
        name="All Anew", description="Another take also of strips that have one that fits", options={"SKIP_SAVE"}
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        reason = session.unavailable_reason()
        return reason or ("" if meant(context).strips else f"No strip has a known speaker. {HOW}")

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return why there is no runtime."""
        return session.unavailable_reason()

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start and return at once; the takes appear one after the other."""
        return {"FINISHED"} if self._begin(context) is not None else {"CANCELLED"}

    def execute(self, context: Any) -> set[str]:
        """Start and wait for all takes; at the end an error names every strip that has none, and why."""
        made = self._begin(context)
        if made is None:
            return {"CANCELLED"}
        for line in made:
            if line.job is not None:
                try:
                    jobs.wait(line.job)
                except SoliloquyError:
                    continue  # the line says it
        watch()
        take_list.refresh(context)
        failed = [f"'{line.strip}': {line.why}" for line in made if line.why is not None]
        if failed:
            self.report({"ERROR"}, f"{len(failed)} of {len(made)} strips have no take. " + " ".join(failed))
            return {"CANCELLED"}
        return {"FINISHED"}

    def _begin(self, context: Any) -> list[Line] | None:
        """Order what is missing; returns None where nothing could even be tried."""
        from .missing_takes import build

        try:
            session.require_runtime()
            with busy(context, "Animate All: looking at the strips") as show:
                made = build(context, anew=self.anew, show=show)
                for line in made:
                    submit(line)
        except SoliloquyError as error:
            session.set_error(error)
            self.report({"ERROR"}, str(error))
            return None
        keep(made)
        if all(line.state == "there" for line in made):
            session.set_error(None)
            self.report({"INFO"}, "Every strip has its take. Animate makes another one of the active strip.")
        return made


def submit(line: Line) -> None:
    """Hand the order of a line to the worker; what is wrong with it alone stays with the line.

    Raises
    ------
    MissingRuntime
        When no runtime works: no other strip would fare better.
    """
    if line.job is None:
        return
    try:
        line.job = jobs.submit(line.job)
    except MissingRuntime:
        raise
    except SoliloquyError as error:
        line.job, line.error = None, error


class SOLILOQUY_OT_speaks_strips(Reasoned, bpy.types.Operator):
    """Note that the chosen character speaks the selected strips, for Animate All and for clicks on them"""

    bl_idname = "soliloquy.speaks_strips"
    bl_label = "Speaks Selected Strips"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return around_character_reason(context) or ("" if selected_sounds(context) else "Select strips first.")

    def execute(self, context: Any) -> set[str]:
        """Remember it with the scene."""
        from ..rigs.compat import sequencer_scene
        from ..rigs.strip_identity import identify

        rig, panel = chosen_rig(context), context.scene.soliloquy
        strips = selected_sounds(context)
        for strip in strips:
            if rig is not None and identify(strip, sequencer_scene(context)):
                speakers.remember(context.scene, strip, anchor(rig), track=panel.track, channel=panel.channel)
        look_anew()
        self.report({"INFO"}, f"{len(strips)} strip{'s' * (len(strips) != 1)} noted.")
        return {"FINISHED"}


def unregister() -> None:
    """Forget everything."""
    forget()
    look_anew()


CLASSES = (SOLILOQUY_OT_animate_all, SOLILOQUY_OT_speaks_strips)
