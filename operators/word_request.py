"""From what the panel, the Sequencer or a script says about words to the settings of a performance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..inference.setting import settings_of
from ..inference.words.settings import WordSettings
from .setting_properties import said


def asked_words(
    context: Any, given: dict[str, Any], first_frame: float, fps: float, start: float, duration: float | None
) -> WordSettings:
    """Return what is said along a speech.

    A text or a file that a script passed goes first, then the words in the Sequencer, then the panel's text or file;
    not the panel's where ``given`` says that ``several`` strips are asked for: it is what one of them says.

    Parameters
    ----------
    first_frame : float
        Scene frame where the speech starts.
    start : float
        Second of the recording where it starts, which a file of words counts from.
    duration : float or None
        Seconds of the speech, None when not known.

    Raises
    ------
    SoliloquyError
        When a file cannot be read.
    """
    panel = context.scene.soliloquy
    language = said(settings_of(WordSettings)["language"], given.get("language", panel.language))
    if not {"transcript", "transcript_file"} & set(given):
        words = words_in_sequencer(context, first_frame, fps, duration)
        if words:
            return WordSettings(language=language, timed=tuple(word.to_row() for word in words))
    several = bool(given.get("several"))
    text = given.get("transcript", "" if "transcript_file" in given or several else panel.transcript)
    path = given.get("transcript_file", "" if "transcript" in given or several else panel.transcript_file)
    if text.strip() or not path:
        return WordSettings(text, language, bool(given.get("recognise", panel.recognise)))
    from ..inference.words.transcript import read_transcript

    stop = None if duration is None else start + duration
    return read_transcript(Path(bpy.path.abspath(path))).settings(start, stop, language)


def words_in_sequencer(context: Any, first_frame: float, fps: float, duration: float | None) -> tuple[Any, ...]:
    """Return the words that stand in the Sequencer along a speech, empty for none."""
    from ..rigs.compat import sequencer_scene
    from ..rigs.word_strips import read_words

    editor = sequencer_scene(context).sequence_editor
    return () if editor is None else read_words(editor, first_frame, fps, duration)
