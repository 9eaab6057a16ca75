"""A character that is there without speaking: breath, weight, small turns of the head, glances, blinks, for minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from .arkit import ARKIT_INDEX
from .audio import read_audio
from .body.body import body_track, moves_body
from .character import load_character
from .direction.moments import Clip
from .direction.placing import directed_by_text
from .emotion.curves import emotion_weights
from .engines import body_engine
from .errors import Cancelled, SoliloquyError
from .face.track import FaceTrack
from .layers.listening import Heard, heard_from, heard_together
from .orders.idle import HeardLine
from .perform import perform
from .performance import MOST_FRAMES, Performance
from .prosody import analyse
from .settings import AnimateSettings
from .version import VERSION

_RATE = 16_000
SHORTEST = 0.1
"""Seconds."""


def idle(
    seconds: float,
    settings: AnimateSettings,
    output: str = "",
    progress: Callable[[float], None] = lambda _fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
    heard: Sequence[HeardLine] = (),
) -> Performance:
    """Return a performance of somebody who listens or waits; no recording and no network of the lips is needed.

    Everything that lives in the pauses of speech lives here: what the settings say about posture, head, weight, breath,
    gaze, blinks, emotion and listening holds; hands stay at rest. The same settings give the same performance.

    Parameters
    ----------
    seconds : float
        At least :data:`SHORTEST`.
    output : str
        An ``.npz`` to write too; empty for none.
    progress : callable
        Called with the finished fraction, 0..1.
    heard : sequence of HeardLine
        What others say meanwhile: a listener answers where their phrases come to an end.

    Raises
    ------
    SoliloquyError
        For a length that cannot be, a recording that cannot be read, or a place that cannot be written.
    Cancelled
        When ``cancelled()`` turned true; nothing is written.
    """
    frames = round(seconds * settings.fps) if np.isfinite(seconds) else 0
    if not seconds >= SHORTEST or not 1 <= frames <= MOST_FRAMES:
        raise SoliloquyError(
            f"{seconds:g} s of waiting cannot be made.", f"Choose {SHORTEST:g} s to {MOST_FRAMES / settings.fps:.0f} s."
        )
    if output and not Path(output).resolve().parent.is_dir():
        raise SoliloquyError(f"The folder of '{output}' does not exist.", "Create it, or choose another.")
    settings = settings.for_frames(frames)
    silence = np.zeros(round(frames / settings.fps * _RATE), np.float32)
    prosody = analyse(silence, _RATE)
    parts: list[Heard] = []
    for line in heard:
        clip = read_audio(line.audio, cancelled=cancelled)
        parts.append(heard_from(analyse(clip.samples, clip.sample_rate), line.at))
    others = heard_together(parts) if parts else None
    settings, direction = directed_by_text(settings, Clip(frames / settings.fps))
    weights = emotion_weights(np.arange(frames) / settings.fps, settings)
    character = load_character()
    progress(0.1)
    # Where nobody speaks the gesture phrases have no stroke to place: they keep resting arms and fingers alive.
    engine = body_engine("phrases") if moves_body(settings) else None
    body = body_track(silence, prosody, settings, character, weights, engine, cancelled=cancelled, heard=others)
    face = FaceTrack(np.zeros((frames, len(ARKIT_INDEX)), np.float32), np.zeros((frames, 3), np.float32))
    performance = perform(
        face, prosody, settings, character, lambda part: progress(0.4 + 0.5 * part), weights, silence, body,
        heard=others,
    )  # fmt: skip
    if cancelled():
        raise Cancelled
    performance.meta = {
        "soliloquy": VERSION,
        "idle": True,
        "engines": {"face": "none", "body": "none", "weights": {}},
        "seed": settings.seed,
        "settings": settings.to_json(),
        "emotion_track": [list(key) for key in settings.emotion_curves or settings.emotion_track],
        "heard": [line.to_json() for line in heard],
        "warnings": [missed.sentence() for missed in direction.missed],
    }
    if settings.direct.strip():
        performance.meta["direction"] = direction.to_json()
    if output:
        performance.save(output)
    progress(1.0)
    return performance
