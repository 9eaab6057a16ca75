"""Recognises English words with Moonshine, where its package is in the worker's Python.

The package (``moonshine-voice``, MIT) carries its small English model (Jeffries et al., "Moonshine: Speech Recognition
for Live Transcription and Voice Commands", 2024); nothing is fetched. It writes whole sentences with punctuation; when
each word is said is found by :mod:`.align`, as of any text.
"""

# The package has no types.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from ..errors import Cancelled, MissingRuntime, SoliloquyError
from ..prosody import Prosody

_RATE = 16_000
_LONGEST = 25.0
"""Seconds of speech that are recognised at once; longer stretches are cut between phrases."""
_EDGE = 0.2  # seconds heard around a stretch
_MODEL = "tiny-en"


def recognised(samples: npt.NDArray[np.float32], prosody: Prosody, cancelled: Callable[[], bool] | None = None) -> str:
    """Return what is said, as text with punctuation; empty where nobody speaks.

    Parameters
    ----------
    samples : (n,) array
        The recording, mono at 16 kHz.

    Raises
    ------
    MissingRuntime
        When the package is not there.
    SoliloquyError
        When it fails.
    Cancelled
        When ``cancelled`` returned True.
    """
    try:
        from moonshine_voice import ModelArch, Transcriber, get_model_path
    except (ImportError, OSError) as error:
        raise MissingRuntime(
            "Words cannot be recognised: the package moonshine-voice is not in the worker's Python.",
            "Install it there with 'python -m pip install moonshine-voice==0.0.49', or write what is said.",
        ) from error
    said: list[str] = []
    try:
        with Transcriber(model_path=str(get_model_path(_MODEL)), model_arch=ModelArch.TINY) as transcriber:
            for start, stop in _stretches(prosody, len(samples) / _RATE):
                if cancelled is not None and cancelled():
                    raise Cancelled
                piece = samples[round(start * _RATE) : round(stop * _RATE)]
                found = transcriber.transcribe_without_streaming(piece.tolist(), _RATE)
                said += [line.text.strip() for line in found.lines]
    except Cancelled:
        raise
    except Exception as error:  # a library of others, with errors of its own
        raise SoliloquyError(f"The recogniser failed: {error}.", "Write what is said instead.") from error
    return " ".join(text for text in said if text)


def _stretches(prosody: Prosody, duration: float) -> Iterator[tuple[float, float]]:
    """Yield stretches of speech: whole phrases together as far as they fit, one that is too long in pieces."""
    first: float | None = None
    last = 0.0
    for start, stop in prosody.phrases.tolist():
        if first is not None and stop - first > _LONGEST:
            yield max(first - _EDGE, 0.0), min(last + _EDGE, duration)
            first = None
        while stop - start > _LONGEST:
            yield start, start + _LONGEST
            start += _LONGEST
        first = start if first is None else first
        last = stop
    if first is not None:
        yield max(first - _EDGE, 0.0), min(last + _EDGE, duration)
