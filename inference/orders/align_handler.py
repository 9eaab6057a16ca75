"""Carries out :class:`~.align.AlignJob`."""

from __future__ import annotations

import json
import time
from typing import Any

from ..audio import read_audio
from ..early_lips import Early
from ..errors import SoliloquyError
from ..prosody import analyse
from ..saving import written_aside
from ..words.spoken import spoken_words
from .align import AlignJob
from .order import Cancelled, Note, Progress
from .written import note_warnings, written


def run(
    order: AlignJob, progress: Progress, cancelled: Cancelled, note: Note, _early: Early | None = None
) -> dict[str, Any]:
    """Write the words and their times, and return what was written."""
    start = time.monotonic()
    progress("Reading audio", 0.0)
    clip = read_audio(order.audio, progress=lambda part: progress("Reading audio", 0.4 * part), cancelled=cancelled)
    progress("Listening", 0.4)
    words = spoken_words(order.settings.words, clip.samples, analyse(clip.samples, clip.sample_rate), cancelled)
    if words is None:
        raise SoliloquyError("There is no text to lay over the recording.", "Write what is said.")
    note_warnings(words.warnings, order, note)
    progress("Writing", 0.95)
    with written_aside(order.output) as stream:
        stream.write(json.dumps(words.to_json()).encode())
    return written(order, start)
