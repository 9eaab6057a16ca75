"""What words of English and German mean: gestures that fit, and traps that get none."""

from __future__ import annotations

import pytest

pytest.importorskip("scipy")

from soliloquy.inference.words.language import guess_language, load_language
from soliloquy.inference.words.meaning import Meaning, read_meanings, stressed
from soliloquy.inference.words.names import NOTHING
from soliloquy.training.benchmarks.word_speech import read_sentences, timed_words


def _meanings(text: str, language: str = "en") -> dict[str, str]:
    found = read_meanings(timed_words(text), load_language(language))
    return {meaning.word: meaning.name for meaning in found if meaning.strength >= 0.4 and meaning.name != NOTHING}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("That is not a big house.", "en", {"not": "negate"}),
        ("It was a big house.", "en", {"big": "big"}),
        ("Das ist kein großes Haus.", "de", {"kein": "negate"}),
        ("Groß ist er nicht.", "de", {"nicht": "negate"}),
        ("There is no doubt about it.", "en", {}),
        ("I know that well, you know.", "en", {}),
        ("Right now a number of shops are closed.", "en", {}),
        ("On the one hand yes, on the other hand no.", "en",
         {"On the one hand": "contrast", "yes": "assent", "on the other hand": "other", "no": "negate"}),
        ("I couldn't agree more.", "en", {"couldn't agree more": "assent"}),
        ("It is not impossible.", "en", {}),
        ("Isn't it late?", "en", {"late": "question"}),
        ("One, two, three.", "en", {"One": "count1", "two": "count2", "three": "count3"}),
        ("One day he left.", "en", {}),
        ("Einerseits ja, andererseits nein.", "de",
         {"Einerseits": "contrast", "andererseits": "other", "nein": "negate"}),
    ],
)  # fmt: skip
def test_words_mean_what_people_would_show(text: str, language: str, expected: dict[str, str]) -> None:
    assert _meanings(text, language) == expected


def test_no_sentence_of_the_list_gets_what_contradicts_it() -> None:
    for sentence in read_sentences():
        found = read_meanings(sentence.words, load_language(sentence.language))
        for call in sentence.calls:
            word = sentence.words[call.word]
            shown = {item.name for item in found if item.start == word.start}
            assert not shown & call.contrary, f"{word.text} in: {sentence.text}"


def test_weak_words_need_a_stress() -> None:
    (meaning,) = (item for item in read_meanings(timed_words("Then I left."), load_language("en")) if item.name == "me")
    assert stressed([meaning], []) == ()
    (on_accent,) = stressed([meaning], [(meaning.start + 0.02, 0.8)])
    assert on_accent.time == meaning.start + 0.02


def test_contrary_meanings_are_never_shown_at_once() -> None:
    found = read_meanings(timed_words("Yes no, maybe."), load_language("en"))
    times: dict[str, Meaning] = {item.name: item for item in found}
    assert not {"negate", "assent"} <= set(times)


def test_the_language_is_told_from_its_commonest_words() -> None:
    assert guess_language(["der", "Hund", "ist", "nicht", "in", "dem", "Haus"]) == "de"
    assert guess_language(["the", "dog", "is", "not", "in", "the", "house"]) == "en"
    assert guess_language(["xyzzy"]) == "en"
