"""A text is laid over a recording: here one whose sounds the recogniser is made to hear at known times."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.words import align as aligning
from soliloquy.inference.words.align import STEP, align
from soliloquy.inference.words.language import load_language
from soliloquy.inference.words.pronunciation import phones_of
from soliloquy.models.phones.vocabulary import BLANK, OUTPUTS


def _heard(words: list[str], starts: list[float], seconds: float) -> np.ndarray:
    """Return what the recogniser would give: every phone sure at one instant, 60 ms apart, from the word's start on."""
    likely = np.full((round(seconds / STEP), 191), -14.0, np.float32)
    likely[:, BLANK] = -0.05
    for word, start in zip(words, starts, strict=True):
        for number, phone in enumerate(phones_of(word, load_language("en"))):
            row = round((start + 0.1 + 0.06 * number) / STEP)
            likely[row] = -14.0
            likely[row, OUTPUTS[phone][0]] = -0.05
    return likely


def test_words_are_found_where_they_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    words, starts = ["one", "small", "step", "for", "a", "man"], [0.5, 1.0, 1.6, 2.9, 3.2, 3.4]
    monkeypatch.setattr(aligning, "phone_likelihoods", lambda *_: _heard(words, starts, 5.0))
    found, warnings = align(np.zeros(80_000, np.float32), words, load_language("en"))
    assert [word.text for word in found] == words
    np.testing.assert_allclose([word.start for word in found], starts, atol=0.05)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert found[2].end < 2.3, "a word must not reach into the pause after it"
    assert min(word.confidence for word in found) > 0.9
    assert warnings == ()


def test_a_text_of_another_recording_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    likely = _heard(["one", "small", "step"], [0.5, 1.0, 1.6], 5.0)
    monkeypatch.setattr(aligning, "phone_likelihoods", lambda *_: likely)
    _, warnings = align(np.zeros(80_000, np.float32), ["Jeeves", "found", "havoc"], load_language("en"))
    assert any("hardly fits" in text for text in warnings)


def test_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aligning, "phone_likelihoods", lambda *_: np.full((20, 191), -5.0, np.float32))
    with pytest.raises(SoliloquyError, match=r"too many for 0\.4 s"):
        align(np.zeros(6400, np.float32), ["elephants"] * 9, load_language("en"))


def test_a_long_text_is_followed_all_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aligning, "_BAND", 400)
    words = ["tomorrow"] * 120
    starts = [1.0 + 0.8 * number + (30.0 if number > 60 else 0.0) for number in range(120)]
    likely = _heard(words, starts, starts[-1] + 3)
    monkeypatch.setattr(aligning, "phone_likelihoods", lambda *_: likely)
    found, _ = align(np.zeros(len(likely) * 320, np.float32), words, load_language("en"))
    np.testing.assert_allclose([word.start for word in found], starts, atol=0.05)


def test_the_shipped_recogniser_hears_in_windows_what_it_hears_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    samples = (0.1 * rng.standard_normal(16_000)).astype(np.float32)
    whole = aligning.phone_likelihoods(samples)
    assert whole.shape == (51, 191)
    np.testing.assert_allclose(np.exp(whole).sum(1), 1, atol=1e-4)
    monkeypatch.setattr(aligning, "_WINDOW", 40)
    assert aligning.phone_likelihoods(samples).shape == whole.shape


@pytest.mark.parametrize(
    ("word", "language", "phones"),
    [
        ("speech", "en", "S P IY CH"),
        ("blorf", "en", "B L AO R F"),
        ("2", "en", "T UW"),
        ("schön", "de", "SH OE N"),
        ("ich", "de", "IH X"),
        ("zwei", "de", "T S V AY"),
        ("straße", "de", "SH T R AA S AH"),
    ],
)
def test_words_sound_as_they_are_written(word: str, language: str, phones: str) -> None:
    assert phones_of(word, load_language(language)) == tuple(phones.split())


def test_settings_refuse_what_are_no_words() -> None:
    from soliloquy.inference.words.settings import WordSettings

    wrong: list[Any] = ["hello", [("a", 1.0, "x")], [(2.0, 1.0, "x")], [(0.0, 1.0, " ")], [(0.0, 1.0, "x", 3.0)]]
    for rows in wrong:
        with pytest.raises(SoliloquyError):
            WordSettings(timed=rows)
    assert WordSettings(timed=[(1, 2, "b"), (0, 1, "a")]).timed == ((0.0, 1.0, "a", 1.0), (1.0, 2.0, "b", 1.0))  # type: ignore[arg-type]
