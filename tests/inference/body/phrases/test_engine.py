"""The body engine of gesture phrases, as the pipeline calls it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from directed_gestures import check_directed
from made_up_gestures import even_speech, ground

from soliloquy.inference.body.phrases.engine import PhrasesEngine
from soliloquy.inference.body.track import SpokenBody
from soliloquy.inference.errors import Cancelled
from soliloquy.inference.gestures.library import Library
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.prosody import analyse


def _speech(seconds: float = 20.0, seed: int = 0, fps: float = 30.0) -> SpokenBody:
    times, track = ground(seconds, fps)
    samples = np.zeros(int(seconds * 16000), np.float32)
    return SpokenBody(samples, even_speech(seconds), fps, track, np.zeros(len(times)), seed)


def test_gestures_with_strokes_and_progress(library: Library) -> None:
    seen: list[float] = []
    track = PhrasesEngine(library).animate(_speech(), GestureSettings(), progress=seen.append)
    assert track.poses.shape == (600, 165)
    assert len(track.strokes) > 3
    assert seen[-1] == 1.0
    assert seen == sorted(seen)


def test_same_seed_same_take_other_seed_another(library: Library) -> None:
    engine = PhrasesEngine(library)
    first, again, other = (engine.animate(_speech(seed=seed), GestureSettings()).poses for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert np.abs(first - other).max() > 0.3


def test_can_be_cancelled(library: Library) -> None:
    with pytest.raises(Cancelled):
        PhrasesEngine(library).animate(_speech(), GestureSettings(), cancelled=lambda: True)


def test_names_the_file_it_was_read_from(library: Library) -> None:
    assert PhrasesEngine(library).weights == library.path


def test_gestures_with_a_real_recording(library: Library, speech_wav: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    samples, _ = soundfile.read(speech_wav, dtype="float32")
    prosody = analyse(samples)
    seconds = len(samples) / 16000
    times, track = ground(seconds)
    spoken = SpokenBody(samples, prosody, 30.0, track, np.zeros(len(times)), 0)
    strokes = PhrasesEngine(library).animate(spoken, GestureSettings(style="enthusiastic")).strokes
    assert len(strokes) >= 2
    assert all(np.abs(prosody.accent_times - second).min() <= 1 / 30 for second in strokes[:, 0])


def test_energy_and_handedness_mean_what_they_mean_everywhere(library: Library) -> None:
    check_directed(PhrasesEngine(library), _speech(), GestureSettings(style="enthusiastic"))
