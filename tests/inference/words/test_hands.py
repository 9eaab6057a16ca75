"""Hands show what a word means, on the word, and say nothing else."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.gestures.library import load_library
from soliloquy.inference.gestures.phrases import GesturePlan
from soliloquy.inference.gestures.scheduler import plan
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.words.hands import meanings_of
from soliloquy.inference.words.language import load_language
from soliloquy.inference.words.meaning import read_meanings, stressed
from soliloquy.inference.words.signs import with_signs
from soliloquy.training.benchmarks.word_speech import prosody_of, timed_words


def _plan(text: str, seed: int = 0, style: str = "explaining") -> GesturePlan:
    words = timed_words(text)
    prosody = prosody_of(words, seed)
    accents = list(zip(prosody.accent_times.tolist(), prosody.accent_strengths.tolist(), strict=True))
    meanings = stressed(read_meanings(words, load_language("en")), accents)
    duration = words[-1].end + 1.2
    return plan(
        prosody, GestureSettings(style=style), 0.0, duration, seed, with_signs(load_library()), meanings=meanings
    )


@pytest.mark.parametrize(
    ("text", "word", "meaning"),
    [
        ("They caught an enormous fish.", "enormous", "big"),
        ("The whole thing is tiny.", "tiny", "small"),
        ("That is not true at all.", "not", "negate"),
        ("The idea was my own.", "my", "me"),
        ("This letter is for you.", "you", "you"),
        ("There are three ways to do it.", "three", "count3"),
    ],
)
def test_a_stroke_falls_on_the_word_and_means_it(text: str, word: str, meaning: str) -> None:
    said = next(item for item in timed_words(text) if item.plain == word)
    gestures = _plan(text)
    clips = with_signs(load_library()).clips
    near = [item for item in gestures.phrases if said.start - 0.25 <= item.emphasis <= said.end + 0.25]
    assert [meaning in meanings_of(clips[item.clip], item.mirrored) for item in near] == [True]
    assert f"means {meaning}" in gestures.explain()


def test_the_sides_of_a_contrast_have_a_hand_each() -> None:
    for seed in range(4):
        gestures = _plan("On the one hand it is quite cheap, on the other hand it breaks quickly.", seed)
        sides = {
            text: item.hand for item in gestures.phrases for text in ("one hand", "other hand") if text in item.why
        }
        assert sides == {"one hand": "left", "other hand": "right"}


def test_pointing_goes_to_the_side_that_is_named() -> None:
    library = with_signs(load_library())
    for seed in range(4):
        gestures = _plan("The kitchen is on the left.", seed)
        (phrase,) = (item for item in gestures.phrases if "means left" in item.why)
        clip = library.clips[phrase.clip]
        wrists = clip.wrists * [1, 1, 1] if not phrase.mirrored else clip.wrists[::-1] * [-1, 1, 1]
        side = 0 if phrase.hand == "left" else 1
        busy = wrists.mean(0) if phrase.hand == "both" else wrists[side]
        assert busy[0] > 0.1


def test_without_a_meaning_only_neutral_hands_move() -> None:
    clips = with_signs(load_library()).clips
    text = "The committee considered several further questions during yesterday evening and decided about money. " * 3
    for seed in range(3):
        gestures = _plan(text, seed, "agitated")
        assert len(gestures.phrases) > 5
        assert all(not meanings_of(clips[item.clip], item.mirrored) for item in gestures.phrases)


def test_knowing_no_words_changes_nothing() -> None:
    words = timed_words("Somebody was talking about something altogether different yesterday evening.")
    prosody, library = prosody_of(words), load_library()
    plain = plan(prosody, GestureSettings(), 0.0, 6.0, 3, library)
    assert plain == plan(prosody, GestureSettings(), 0.0, 6.0, 3, library, meanings=None)
    assert any(meanings_of(library.clips[item.clip], item.mirrored) for seed in range(6) for item in
               plan(prosody, GestureSettings(), 0.0, 6.0, seed, library).phrases)  # fmt: skip


def test_signs_show_what_they_are_named_after() -> None:
    library = with_signs(load_library())
    signs = {clip.tag: clip for clip in library.clips if clip.set == "signs"}

    def apart(tag: str) -> float:
        return float(np.linalg.norm(signs[tag].wrists[0] - signs[tag].wrists[1]))

    assert apart("Small") < 0.2 < 0.6 < apart("Big") < apart("Wide")
    assert signs["Tall"].wrists[1, 1] > 0.45
    for number in range(1, 6):
        # A raised finger is straight: its tip lies far from the wrist.
        clip = signs[f"Count{number}"]
        pose = library.sample(clip, np.array([clip.phases[2]]))[0]
        from soliloquy.inference.body.upper_body import UPPER_BODY

        bends = [
            2 * np.arccos(min(1.0, abs(float(pose[UPPER_BODY.index(f"right_{finger}2"), 0]))))
            for finger in ("index", "middle", "ring", "pinky")
        ]
        straight = sum(bend < 0.5 for bend in bends)
        assert straight == min(number, 4)
