"""What gesture networks hear: bounded, local, free of the microphone's gain, on the recording's own clock."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("soundfile")
import soundfile

from soliloquy.inference.gestures.features import (
    CONDITIONS,
    FEATURES,
    FPS,
    SPEECH_FEATURES,
    condition_features,
    frames_of,
    gesture_features,
    speech_features,
)
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.prosody import Prosody, analyse


@pytest.fixture(scope="module")
def samples(speech_wav) -> np.ndarray:
    sound, rate = soundfile.read(speech_wav, dtype="float32")
    assert rate == 16_000
    return sound if sound.ndim == 1 else sound[:, 0]


@pytest.fixture(scope="module")
def prosody(samples) -> Prosody:
    return analyse(samples)


def channel(features: np.ndarray, name: str) -> np.ndarray:
    return features[:, FEATURES.index(name)]


def test_there_is_a_column_for_every_name_and_no_value_is_wild(prosody):
    features = gesture_features(prosody, GestureSettings(), 0.3)
    assert features.shape == (frames_of(prosody), len(FEATURES))
    assert len(set(FEATURES)) == len(FEATURES) == len(SPEECH_FEATURES) + len(CONDITIONS)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert np.abs(features).max() <= 2
    assert (features[:, : len(SPEECH_FEATURES)].std(0) > 0.01).all(), "every heard channel says something"


def test_a_window_has_the_same_values_wherever_it_starts(prosody):
    whole = speech_features(prosody, 150)
    np.testing.assert_allclose(speech_features(prosody, 60, first=47), whole[47:107], atol=1e-6)


def test_the_gain_of_the_microphone_does_not_matter(samples, prosody):
    quiet = speech_features(analyse(0.3 * samples), 150)
    assert np.abs(quiet - speech_features(prosody, 150)).mean() < 0.02


def test_an_accent_is_where_it_was_heard(prosody):
    strongest = prosody.accent_times[prosody.accent_strengths.argmax()]
    features = gesture_features(prosody, GestureSettings(), 0.0)
    frame = round(strongest * FPS)
    assert channel(features, "accent")[frame] > 0.8 * channel(features, "accent").max()


def test_silence_before_and_after_speech_is_silence(prosody):
    beyond = speech_features(prosody, 30, first=frames_of(prosody) + 5)
    assert not beyond.any()
    quiet = speech_features(analyse(np.zeros(32_000, np.float32)), 60)
    assert np.isfinite(quiet).all()
    assert not quiet.any()


def test_what_is_asked_for_is_told():
    asked = GestureSettings(energy=1.5, rate=0.5, handedness=-0.75, posture="seated")
    features = condition_features(asked, np.linspace(-1, 1, 5))
    said = dict(zip(CONDITIONS, features.T, strict=True))
    assert said["energy"] == pytest.approx(0.5)
    assert said["rate"] == pytest.approx(-0.5)
    assert said["left"] == pytest.approx(1.0)
    assert said["right"] == pytest.approx(0.25)
    assert said["seated"] == pytest.approx(1.0)
    assert said["arousal"] == pytest.approx(np.linspace(-1, 1, 5))
