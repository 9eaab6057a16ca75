"""Lay the text over the speech, and put its words into the Sequencer, for the artist to correct."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import bpy
from bpy.props import StringProperty

from ..inference.errors import InternalFault, SoliloquyError
from ..inference.settings import AnimateSettings, AudioRange
from ..inference.words.settings import WordSettings
from ..rigs.compat import PATH_OPTIONS
from ..rigs.takes.bake_options import BakeOptions
from . import jobs, session
from .choice import speech_reason
from .preferences import preferences
from .reason import Reasoned
from .setting_properties import passed, with_settings


@dataclass
class WordsJob(jobs.Job):
    """A text that is being laid over a recording."""

    undo_text: ClassVar[str] = "Words to Sequencer"

    first_frame: float

    def deliver(self) -> str:
        """Put the words into the Sequencer, in place of those that were along the speech."""
        from ..inference.words.transcript import read_transcript
        from ..rigs.compat import sequencer_scene
        from ..rigs.strips import scene_fps
        from ..rigs.word_strips import remove_words, write_words

        if self.scene is None:
            raise SoliloquyError("The scene is gone, so the words could not be written.")
        path = Path(self.order.output)
        words = read_transcript(path).words
        path.unlink(missing_ok=True)
        scene = sequencer_scene(bpy.context)
        editor = scene.sequence_editor_create() if scene.sequence_editor is None else scene.sequence_editor
        fps = scene_fps(self.scene)
        remove_words(editor, self.first_frame, self.first_frame + fps * max(word.end for word in words))
        written = write_words(editor, words, self.first_frame, fps)
        doubtful = [word.text for word in words if word.confidence < _DOUBTFUL]
        remark = f" Check {', '.join(doubtful[:4])}." if doubtful else ""
        return f"{written} words on the channel 'Words'; move, trim or rewrite them, then animate.{remark}"

    def undelivered(self, error: Exception) -> SoliloquyError:
        """Return that nothing could be written."""
        return InternalFault(f"The words could not be written: {error}.", "Please report it.")


_DOUBTFUL = 0.05
"""Confidence under which a word is named to be looked at."""


def aligning() -> bool:
    """Return whether a text is being laid over a recording."""
    from ..inference.orders.align import AlignJob

    return any(job.order.kind == AlignJob.kind for job in jobs.running())


@with_settings(AudioRange)
@with_settings(WordSettings)
@with_settings(BakeOptions, only=("first_frame",))
class SOLILOQUY_OT_align_words(Reasoned, bpy.types.Operator):
    """Find when each word of the text is said, and put the words into the Sequencer, to be corrected there"""

    bl_idname = "soliloquy.align_words"
    bl_label = "Words to Sequencer"
    # The words arrive after the operator has ended: the undo step is pushed then.
    bl_options = {"REGISTER"}

    filepath: StringProperty(
        name="File", description="Sound file; not given: as in the panel", subtype="FILE_PATH", options=PATH_OPTIONS
    )
    transcript_file: StringProperty(
        name="Transcript", description="File with the text, in its place", subtype="FILE_PATH", options=PATH_OPTIONS
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        panel = context.scene.soliloquy
        said = panel.transcript.strip() or panel.transcript_file or panel.recognise
        return (
            cls.call_reason(context)
            or speech_reason(context)
            or ("" if said else "Write what is said, or let it be recognised.")
        )

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return why no text can be laid over a recording now; which, a script may say in the call."""
        return session.unavailable_reason() or ("Already at work." if aligning() else "")

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start and return at once; the words appear when they are ready."""
        return self._begin(context)[0]

    def execute(self, context: Any) -> set[str]:
        """Lay the text over the recording and wait for the words."""
        outcome, job = self._begin(context)
        if job is None:
            return outcome
        if not jobs.waited(self, [job]):
            return {"CANCELLED"}
        return {"FINISHED"}

    def _begin(self, context: Any) -> tuple[set[str], WordsJob | None]:
        from ..inference.orders.align import AlignJob
        from . import request
        from .word_request import asked_words

        scene, given = context.scene, passed(self)
        try:
            audio, first_frame, duration, title = request.speech(context, given)
            # Said anew, whatever stands in the Sequencer.
            panel = scene.soliloquy
            given.setdefault("transcript_file" if not panel.transcript.strip() else "transcript",
                             panel.transcript if panel.transcript.strip() else panel.transcript_file)  # fmt: skip
            words = asked_words(context, given, first_frame, request.scene_fps(scene), audio.start, duration)
            settings = AnimateSettings(words=words, fps=request.scene_fps(scene), device=preferences().device.lower())
            output = request.new_output(f"words {title}", suffix=AlignJob.suffix)
            job = WordsJob(AlignJob(audio, settings, str(output)), title, scene.session_uid, first_frame)
            return {"FINISHED"}, jobs.submit(job)
        except SoliloquyError as error:
            session.set_error(error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}, None


CLASSES = (SOLILOQUY_OT_align_words,)
