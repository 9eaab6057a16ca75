"""What is heard in a voice: calm is calm, silence is neutral, level and length do not matter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from soliloquy.inference.audio import read_audio
from soliloquy.inference.emotion import voice as voice_emotion
from soliloquy.inference.emotion.voice import WEIGHTS, feel, hear, load_encoder, load_listener
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.settings import EMOTIONS, AudioRange

NEUTRAL = EMOTIONS.index("neutral")


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    path = Path(__file__).resolve().parents[3] / "assets" / "demo_speech.flac"
    return read_audio(AudioRange(str(path))).samples


def test_a_calm_reader_is_heard_as_mostly_neutral(speech: np.ndarray) -> None:
    times = np.arange(0, len(speech) / 16000, 1 / 30)
    heard = hear(speech, times, device="cpu")
    assert heard.weights.shape == (len(times), 8)
    assert heard.valence.shape == heard.arousal.shape == (len(times),)
    assert heard.weights.min() >= 0
    assert np.allclose(heard.weights.sum(1), 1)
    assert heard.weights[:, NEUTRAL].mean() > 0.6


def test_silence_and_noise_are_neutral() -> None:
    rng = np.random.default_rng(0)
    times = np.arange(0, 6, 0.1)
    for samples in (np.zeros(6 * 16000), 1e-4 * rng.standard_normal(6 * 16000)):
        heard = hear(samples.astype(np.float32), times, device="cpu")
        assert heard.weights[:, NEUTRAL].min() > 0.99
        assert np.abs(heard.arousal).max() < 0.01
    loud = hear((0.1 * rng.standard_normal(6 * 16000)).astype(np.float32), times, device="cpu")
    assert loud.weights[:, NEUTRAL].mean() > 0.8
    assert hear(np.zeros(0, np.float32), np.zeros(1), device="cpu").weights[0, NEUTRAL] == pytest.approx(1)


def test_a_pause_falls_to_neutral_between_two_phrases(speech: np.ndarray) -> None:
    samples = np.concatenate([speech, np.zeros(6 * 16000, np.float32), speech])
    middle = len(speech) / 16000 + 3
    heard = hear(samples, np.array([middle]), device="cpu")
    assert heard.weights[0, NEUTRAL] > 0.97


def test_level_does_not_decide(speech: np.ndarray) -> None:
    times = np.arange(0.5, 6, 0.1)
    loud, quiet = (hear(speech * np.float32(gain), times, device="cpu") for gain in (1.0, 0.03))
    assert np.abs(loud.weights - quiet.weights).max() < 0.05
    assert np.abs(loud.arousal - quiet.arousal).max() < 0.05


def test_a_long_recording_in_blocks_is_seamless(speech: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = np.tile(speech, 4)
    times = np.arange(0, len(samples) / 16000, 0.25)
    whole = hear(samples, times, device="cpu")
    monkeypatch.setattr(voice_emotion, "_BLOCK", 4)
    pieces = hear(samples, times, device="cpu")
    assert np.abs(whole.weights - pieces.weights).max() < 0.15
    assert np.corrcoef(whole.arousal, pieces.arousal)[0, 1] > 0.97


def test_doubt_means_neutral() -> None:
    sure, torn, lost = feel(np.array([[0, 0, 0, 0, 0, 0.95, 0.05], [0, 0.5, 0, 0, 0, 0.5, 0], [1 / 7] * 7]))
    assert sure[EMOTIONS.index("angry")] == pytest.approx(0.95)
    assert 0.1 < torn[EMOTIONS.index("happy")] < 0.3
    assert lost[NEUTRAL] == 1


def test_a_cancel_is_honoured(speech: np.ndarray) -> None:
    with pytest.raises(Cancelled):
        hear(speech, np.zeros(1), device="cpu", cancelled=lambda: True)


def test_the_weights_fit_the_encoder_that_ships_and_no_other(tmp_path: Path) -> None:
    """When this fails, the encoder's lower layers were trained: run ``python -m soliloquy.training.emotion`` again."""
    load_listener("cpu")
    encoder = load_encoder("cpu")
    parameter = encoder.stem.weight
    kept = parameter.data.clone()
    try:
        parameter.data += 0.01
        with pytest.raises(SoliloquyError, match="another speech encoder"):
            load_listener.__wrapped__("cpu")
    finally:
        parameter.data = kept
    (tmp_path / "emotion.safetensors").write_bytes(WEIGHTS.read_bytes()[:5000])
    with pytest.raises(SoliloquyError, match="damaged"):
        load_listener.__wrapped__("cpu", tmp_path / "emotion.safetensors")
    with pytest.raises(SoliloquyError, match="missing"):
        load_listener.__wrapped__("cpu", tmp_path / "none.safetensors")
