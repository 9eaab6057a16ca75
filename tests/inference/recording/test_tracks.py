"""Of several sound tracks the one with the speech is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av")
soundfile = pytest.importorskip("soundfile")

from films import film_of

from soliloquy.inference.audio import read_audio
from soliloquy.inference.settings import AudioRange


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> np.ndarray:
    return soundfile.read(speech_wav, dtype="float32")[0]


@pytest.mark.parametrize("kind", ["silence", "tone", "noise"])
def test_the_track_in_which_somebody_speaks_is_taken(tmp_path: Path, speech: np.ndarray, kind: str) -> None:
    tone = 0.5 * np.sin(np.arange(len(speech)) * 0.118)
    noise = 0.1 * np.random.default_rng(1).standard_normal(len(speech))
    other = {"silence": 0 * speech, "tone": tone, "noise": noise}[kind]
    clip = read_audio(AudioRange(str(film_of(tmp_path / "film.mkv", other, speech))))
    assert np.corrcoef(clip.samples, speech)[0, 1] > 0.999
    assert clip.warnings == ("Sound track 2 of 'film.mkv' is used: nobody speaks in track 1.",)


def test_the_track_that_players_play_is_kept_where_it_speaks_or_none_does(tmp_path: Path, speech: np.ndarray) -> None:
    tone = 0.5 * np.sin(np.arange(len(speech)) * 0.118)
    for first, second in ((speech, tone), (speech, 0.9 * speech[::-1]), (tone, 0 * speech)):
        clip = read_audio(AudioRange(str(film_of(tmp_path / "film.mkv", first, second))))
        assert np.corrcoef(clip.samples, first)[0, 1] > 0.999
        assert clip.warnings == ()
