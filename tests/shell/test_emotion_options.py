"""Emotion on the command line: names, mixtures, valence and arousal, tracks, and the voice's share."""

from __future__ import annotations

from pathlib import Path

import pytest

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.settings import EMOTIONS, AnimateSettings
from soliloquy.shell.animate import build_job
from soliloquy.shell.cli import build_parser


def settings(speech: Path, folder: Path, *options: str) -> AnimateSettings:
    return build_job(
        build_parser().parse_args(["animate", str(speech), "-o", str(folder / "a.npz"), *options])
    ).settings


def weight(row: tuple[float, ...], name: str) -> float:
    return row[1 + EMOTIONS.index(name)]


def test_one_emotion_and_its_intensity(speech_wav: Path, tmp_path: Path) -> None:
    made = settings(speech_wav, tmp_path, "--emotion", "Anger", "--intensity", "0.7", "--voice-emotion", "0.25")
    assert (made.emotion, made.intensity, made.emotion_curves, made.voice_emotion) == ("angry", 0.7, (), 0.25)
    plain = settings(speech_wav, tmp_path)
    assert (plain.emotion, plain.emotion_curves, plain.voice_emotion) == ("neutral", (), 0.0)


def test_a_mixture_scaled_by_the_intensity(speech_wav: Path, tmp_path: Path) -> None:
    (row,) = settings(speech_wav, tmp_path, "--emotion", "happy:0.5,surprised:0.3", "--intensity", "0.5").emotion_curves
    assert weight(row, "happy") == pytest.approx(0.25)
    assert weight(row, "surprised") == pytest.approx(0.15)
    assert sum(row[1:]) == pytest.approx(0.4)


def test_valence_and_arousal(speech_wav: Path, tmp_path: Path) -> None:
    (row,) = settings(speech_wav, tmp_path, "--valence", "0.9", "--arousal=0.16").emotion_curves
    assert weight(row, "happy") > 0.8
    (row,) = settings(speech_wav, tmp_path, "--valence=-0.8", "--arousal=-0.4").emotion_curves
    assert weight(row, "sad") > 0.8


def test_a_track(speech_wav: Path, tmp_path: Path) -> None:
    track = tmp_path / "track.json"
    track.write_text('{"keys": [{"time": 1, "emotion": "sad"}, {"time": 0, "emotions": {"fear": 0.5}}]}')
    first, second = settings(speech_wav, tmp_path, "--emotion-track", str(track)).emotion_curves
    assert (first[0], weight(first, "fear")) == (0.0, 0.5)
    assert (second[0], weight(second, "sad")) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--emotion", "bliss"], "'bliss'"),
        (["--emotion", "happy:3"], "too strong"),
        (["--intensity", "1.5"], "--intensity 1.5 cannot be used"),
        (["--intensity", "nan"], "--intensity nan cannot"),
        (["--valence", "0.5"], "without --arousal"),
        (["--valence=-2", "--arousal", "0"], "--valence -2 cannot"),
        (["--emotion", "sad", "--valence", "0", "--arousal", "0"], "--emotion and --arousal"),
        (["--emotion", "sad", "--emotion-track", "x.json"], "--emotion and --emotion-track"),
        (["--voice-emotion", "7"], "--voice-emotion 7 cannot"),
    ],
)
def test_what_cannot_be_used_is_refused(speech_wav: Path, tmp_path: Path, options: list[str], words: str) -> None:
    with pytest.raises(SoliloquyError, match=words) as error:
        settings(speech_wav, tmp_path, *options)
    assert error.value.hint
