"""Recognised words: said plainly where the package is missing, and every phrase heard where it is there."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.errors import MissingRuntime, SoliloquyError
from soliloquy.inference.words.recognise import recognised
from soliloquy.training.benchmarks.word_speech import prosody_of, timed_words

PROSODY = prosody_of(timed_words("Here somebody speaks for a while. " * 30))
SAMPLES = np.zeros(round(PROSODY.phrases[-1, 1] * 16_000), np.float32)


def _package(monkeypatch: pytest.MonkeyPatch, hear: Any) -> None:
    """Stand in for the package: ``hear(seconds)`` returns a line or raises."""

    class Transcriber:
        def __init__(self, **_: Any) -> None:
            pass

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def transcribe_without_streaming(self, samples: list[float], rate: int) -> Any:
            return SimpleNamespace(lines=[SimpleNamespace(text=hear(len(samples) / rate))])

    module: Any = ModuleType("moonshine_voice")
    module.Transcriber, module.ModelArch = Transcriber, SimpleNamespace(TINY=0)
    module.get_model_path = lambda name: name
    monkeypatch.setitem(sys.modules, "moonshine_voice", module)


def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moonshine_voice", None)
    with pytest.raises(MissingRuntime, match=r"moonshine-voice.*pip install moonshine-voice") as caught:
        recognised(SAMPLES, PROSODY)
    assert caught.value.message


def test_all_speech_is_heard_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[float] = []
    _package(monkeypatch, lambda seconds: lengths.append(seconds) or f"Piece {len(lengths)}.")
    text = recognised(SAMPLES, PROSODY)
    assert text.startswith("Piece 1. Piece 2.")
    assert max(lengths) < 26
    assert sum(lengths) > np.diff(PROSODY.phrases, axis=1).sum()


def test_its_errors_are_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: float) -> str:
        raise RuntimeError("code 7")

    _package(monkeypatch, fail)
    with pytest.raises(SoliloquyError, match="recogniser failed: code 7"):
        recognised(SAMPLES, PROSODY)
