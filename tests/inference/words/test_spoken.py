"""The words of a recording: given with times, noted with the performance, and found again when a part is made anew."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.notes import checked_notes
from soliloquy.inference.words.settings import WordSettings
from soliloquy.inference.words.spoken import noted_words, spoken_words
from soliloquy.training.benchmarks.word_speech import prosody_of, timed_words

WORDS = timed_words("Das ist kein großes Haus.")
PROSODY = prosody_of(WORDS)
SAMPLES = np.zeros(16_000 * 5, np.float32)
TIMED = WordSettings(timed=tuple(word.to_row() for word in WORDS))


def test_without_words_there_are_none() -> None:
    assert spoken_words(WordSettings(transcript="  "), SAMPLES, PROSODY) is None


def test_timed_words_keep_their_times_and_mean_something() -> None:
    found = spoken_words(TIMED, SAMPLES, PROSODY)
    assert found is not None
    assert found.language == "de"
    assert [item.name for item in found.meanings] == ["negate"]
    assert found.track().labels == ("Das", "ist", "kein", "großes", "Haus.")
    np.testing.assert_allclose(found.track().spans[:, 0], [word.start for word in WORDS], atol=1e-3)


def test_a_part_made_anew_hears_the_words_of_the_performance() -> None:
    found = spoken_words(TIMED, SAMPLES, PROSODY)
    assert found is not None
    meta = checked_notes(json.loads(json.dumps({"words": found.to_json()})))
    text = WordSettings(transcript="Das ist kein großes Haus.")
    assert noted_words(meta, text, text).timed == TIMED.timed
    # Another text, or words that an artist corrected, go first.
    assert noted_words(meta, text, WordSettings(transcript="Doch!")).transcript == "Doch!"
    assert noted_words({}, text, text) == text


def test_notes_of_words_that_were_damaged_are_left_out() -> None:
    for words in ({"language": "de", "rows": [[0, 1, 2, 3]]}, {"language": 3, "rows": []}, [1]):
        assert checked_notes({"words": words}) == {}
