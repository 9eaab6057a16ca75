"""Directions in words: what written sentences lead to, and what is said about the rest."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from directed_sentences import ACTS, CLIP, LAST, SENTENCES, UNSEEN, UNSEEN_ACTS, faults, state_at

from soliloquy.inference.direction.acts import ACTS as KNOWN_ACTS
from soliloquy.inference.direction.grammar import MOST_LETTERS, read_direction
from soliloquy.inference.direction.moments import Clip
from soliloquy.inference.direction.placing import directed_by_text
from soliloquy.inference.direction.tracks import directed_setting
from soliloquy.inference.direction.vocabulary import languages, load_vocabulary, nearest
from soliloquy.inference.emotion.names import EMOTIONS
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.presets import shipped_presets
from soliloquy.inference.setting import settings_of
from soliloquy.inference.settings import DIRECTED, AnimateSettings

ALL = [*SENTENCES, *UNSEEN, *LAST, *ACTS, *UNSEEN_ACTS]


@pytest.mark.parametrize("sentence", ALL, ids=[sentence["text"] for sentence in ALL])
def test_a_sentence_is_read_as_it_is_meant(sentence: dict[str, Any]) -> None:
    found, direction = faults(sentence)
    assert bool(found) == ("misread" in sentence), (found, direction.readings())


@pytest.mark.parametrize("code", languages())
def test_a_language_says_nothing_of_the_lips_and_nothing_out_of_range(code: str) -> None:
    words = load_vocabulary(code)
    known = {**settings_of(GestureSettings)}
    for pattern, state in words.states:
        assert set(state) <= {"emotion", "style", "posture", "rest", "lasts", "way", "not", "act", "type", *DIRECTED}, (
            pattern.text
        )
        assert state.get("act", "nod") in {*KNOWN_ACTS, "count"}, pattern.text
        assert state.get("type", "teacher") in shipped_presets(), pattern.text
        assert set(state.get("emotion", {})) <= set(EMOTIONS), pattern.text
        assert all(0 <= weight <= 1 for weight in state.get("emotion", {}).values()), pattern.text
        for name in (name for name in DIRECTED if name in state):
            directed_setting(name).check(state[name])
        for name in ("style", "posture", "rest"):
            if name in state:
                known[name].check(state[name])


def test_what_is_not_understood_is_told_with_what_was_perhaps_meant() -> None:
    missed = read_direction("agnry at 2 s, puckers lips, energy 7, zzyzx").missed
    assert [item.text for item in missed] == ["agnry", "puckers lips", "energy", "zzyzx"]
    assert missed[0].sentence() == "Not understood: 'agnry'. Did you mean 'angry'?"
    assert "Lip Craft" in missed[1].hint
    assert "0 to 2" in missed[2].hint
    assert not missed[3].hint


@pytest.mark.parametrize(
    ("text", "seconds", "reason"),
    [
        ("sad at 30 s", 12.0, "lasts 12 s"),
        ("sad after the word elephant", 12.0, "is not said"),
    ],
)
def test_what_has_no_place_in_the_speech_is_left_out_and_told(text: str, seconds: float, reason: str) -> None:
    settings, direction = directed_by_text(AnimateSettings(direct=text), Clip(seconds, 0.0, CLIP.words))
    assert settings == AnimateSettings(direct=text)
    assert reason in direction.missed[0].sentence()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("angry from 4 s, nods, bows and shrugs at 6 s", {"nod": 6.0, "bow": 6.0, "shrug": 6.0}),
        ("angry from 4 s, nods, shrugs at 6 s", {"nod": 4.0, "shrug": 6.0}),
        ("angry from 4 s and nods and shrugs at 6 s", {"nod": 4.0, "shrug": 6.0}),
        ("angry from 4 s, nods, then shrugs at 6 s", {"nod": 4.0, "shrug": 6.0}),
        ("angry from 4 s, nods and happy at 6 s", {"nod": 4.0}),
    ],
)
def test_a_list_of_acts_is_done_at_the_time_that_it_ends_with(text: str, seconds: dict[str, float]) -> None:
    cues = read_direction(text).cues
    done = {name: cue.start.value for cue in cues if cue.start for state in cue.states for name, _ in state.acts}
    assert done == seconds


def test_a_word_needs_known_words() -> None:
    _, direction = directed_by_text(AnimateSettings(direct="sad at the word never"), Clip(12.0))
    assert "words are not known" in direction.missed[0].sentence()


def test_the_text_goes_before_what_is_directed_otherwise_only_as_long_as_it_says_so() -> None:
    base = AnimateSettings(
        emotion="happy", intensity=0.5, eye_contact=0.6, direction_track=((0.0, "energy", 0.2), (12.0, "energy", 1.4)),
        direct="surprised from 4 to 6 s, energy 1.8 until 3 s",
    )  # fmt: skip
    made, _ = directed_by_text(base, CLIP)
    assert [state_at(made, time)["emotion"] for time in (1, 5, 9)] == ["happy", "surprised", "happy"]
    assert state_at(made, 9)["happy"] == pytest.approx(0.5, abs=1e-3)
    assert state_at(made, 2)["energy"] == 1.8
    assert state_at(made, 9)["energy"] == pytest.approx(state_at(base, 9)["energy"], abs=0.01)
    assert made.eye_contact == base.eye_contact


def test_seconds_count_from_the_speech_not_from_the_lead_in() -> None:
    made, _ = directed_by_text(AnimateSettings(direct="angry at 2 s"), Clip(6.0, 3.0))
    assert [state_at(made, time)["emotion"] for time in (1.0, 4.9, 5.6)] == ["neutral", "neutral", "angry"]


def test_notes_between_spoken_words_stand_at_those_words_or_at_their_share_of_the_text() -> None:
    text = "Well, I never thought you would come back. (angrily) Please sit down."
    for words, start in ((CLIP.words, 7.0), (None, 12.0 * 35 / 48)):
        made, _ = directed_by_text(AnimateSettings(direct=text), Clip(12.0, 0.0, words))
        before, after = (state_at(made, start + step)["emotion"] for step in (-0.3, 0.6))
        assert (before, after) == ("neutral", "angry"), words


def test_a_typing_error_is_two_letters_at_most() -> None:
    known = frozenset({"angry", "sad", "happy"})
    assert (nearest("agnry", known), nearest("hapy", known), nearest("sat", known)) == ("angry", "happy", "sad")
    assert (nearest("elephant", known), nearest("angry", known), nearest("xy", known)) == ("", "", "")


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(SoliloquyError, match="letters"):
        read_direction("sad " * MOST_LETTERS)


def test_any_text_is_read_or_told_never_more() -> None:
    rng = random.Random(4)
    words = sorted({part for code in languages() for part in load_vocabulary(code).known})
    more = 'at until from 3 s 4,5 % not then and , . ( ) [ " the word - 0:03 for end bis dann very more immer 1e9 :'
    more = [*more.split(), "half", "zwei", "'"]
    for _ in range(400):
        text = " ".join(rng.choice(more if rng.random() < 0.6 else words) for _ in range(rng.randrange(14)))
        made, direction = directed_by_text(
            AnimateSettings(direct=text.replace("\0", "")), Clip(rng.uniform(0.1, 30), 1.0)
        )
        assert direction == read_direction(text.replace("\0", "")) or direction.missed
        assert all(isinstance(line, str) for line in (*direction.readings(), *(m.sentence() for m in direction.missed)))
        moments = [row[0] for row in made.emotion_curves]
        assert moments == sorted(moments)
        assert np.isfinite([row[0] for row in made.direction_track]).all()
