"""Emotions as people write them in markers and on the command line."""

from __future__ import annotations

import pytest

from soliloquy.inference.emotion.words import named_emotion, read_mixture, resembles_emotion, write_mixture
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.settings import EMOTIONS


def mixture(**weights: float) -> tuple[float, ...]:
    return tuple(weights.get(name, 0.0) for name in EMOTIONS)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Happy", mixture(happy=1.0)),
        ("neutral", mixture(neutral=1.0)),
        ("angry 0.8", mixture(angry=0.8)),
        (" ANGER .8 ", mixture(angry=0.8)),
        ("happy 0.5 + surprised 0.3", mixture(happy=0.5, surprised=0.3)),
        ("happy:0.5,surprised:0.3", mixture(happy=0.5, surprised=0.3)),
        ("Surprise and Fear 20%", mixture(surprised=1.0, fear=0.2)),
        ("disgust 0,4 & contempt=1", mixture(disgusted=0.4, contempt=1.0)),
        ("sadness 1, happiness 0", mixture(sad=1.0)),
    ],
)
def test_what_people_write_is_understood(text: str, meant: tuple[float, ...]) -> None:
    assert read_mixture(text) == pytest.approx(meant)
    assert resembles_emotion(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("angry 2", "too strong"),
        ("angry 0.8 sad 0.2", "cannot be read"),
        ("angry -1", "cannot be read"),
        ("bliss 0.5", "'bliss' is none"),
        ("happy + happiness 0.2", "happy twice"),
        ("happy +", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(SoliloquyError, match=words) as error:
        read_mixture(text)
    assert error.value.hint


def test_only_what_looks_like_an_emotion_resembles_one() -> None:
    for text in ("angry 2", "Angry Bob enters", "hapy 0.5", "Suprised .3"):
        assert resembles_emotion(text), text
    for text in ("F_012", "Camera 2", "Saddle", "Angle 3", "take 2", "", "Joyride", "walk and talk"):
        assert not resembles_emotion(text), text
        assert named_emotion(text) is None


def test_a_written_mixture_reads_back() -> None:
    weights = mixture(neutral=0.2, happy=0.25, surprised=0.55)
    assert write_mixture(weights) == "surprised 0.55 + happy 0.25"
    assert read_mixture(write_mixture(weights)) == mixture(happy=0.25, surprised=0.55)
    assert write_mixture(mixture(neutral=1.0)) == "neutral"
