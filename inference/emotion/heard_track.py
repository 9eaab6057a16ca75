"""The emotion heard in a recording, as an emotion track that an artist goes on with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..audio import read_audio
from ..errors import Cancelled
from ..orders.hear import HearJob
from .track import thinned, write_emotion_track
from .voice import hear

STEP = 0.25
"""Seconds between the moments that are written, before those on a straight line are left out."""


def write_heard_track(
    job: HearJob,
    progress: Callable[[str, float], None] = lambda _stage, _fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[str, ...]:
    """Write what is heard in the job's audio to its ``output``, a file ``emotion_track.read_emotion_track`` reads.

    Returns what was odd about the recording, in sentences.

    Raises
    ------
    SoliloquyError
        For audio that cannot be read, or missing weights.
    Cancelled
        When ``cancelled()`` turned true.
    """
    progress("Reading audio", 0.0)
    clip = read_audio(job.audio, progress=lambda done: progress("Reading audio", 0.5 * done), cancelled=cancelled)
    progress("Listening", 0.5)
    times = np.append(np.arange(0.0, clip.duration, STEP), clip.duration)
    heard = hear(clip.samples, times, job.settings.device, cancelled)
    if cancelled():
        raise Cancelled
    rows = tuple((float(time), *map(float, np.clip(row, 0, 1))) for time, row in zip(times, heard.weights, strict=True))
    write_emotion_track(job.output, thinned(rows, 0.02))
    progress("Listening", 1.0)
    return clip.warnings
