"""Training of the upper face: blinks are found and taken out, figures tell coupling from chance, training learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("scipy")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from soliloquy.inference.layers.upper_face import load_upper_face, sample_motion
from soliloquy.inference.layers.upper_face_network import TorchVoice
from soliloquy.inference.prosody import Prosody, analyse
from soliloquy.models.upper_face.network import UpperFaceConfig, UpperFaceNetwork
from soliloquy.training.upper_face import statistics
from soliloquy.training.upper_face.__main__ import save_weights
from soliloquy.training.upper_face.tracks import CHANNELS, FPS, TrackedClip, _blink_free, find_blinks
from soliloquy.training.upper_face.train import TrainSettings, codec_loss, mirrored, tensors, train

BLINK = np.array([0, 0.03, 0.76, 1.0, 0.9, 0.72, 0.47, 0.3, 0.19, 0.13, 0.09, 0.05, 0])


def voice(onsets: tuple[float, ...]) -> Prosody:
    """Three seconds with a loud syllable at each onset."""
    time = np.arange(48_000) / 16_000
    level = 0.02 + sum(np.exp(-(((time - onset) / 0.06) ** 2)) for onset in onsets)
    return analyse((0.2 * level * np.sin(2 * np.pi * 140 * time)).astype(np.float32))


def clip(number: int) -> TrackedClip:
    """Brows that rise and a head that nods on the syllables, whose places differ from clip to clip."""
    rng = np.random.default_rng(number)
    onsets = tuple(np.cumsum(rng.uniform(0.45, 0.8, 4)))
    times = np.arange(75) / FPS
    channels = 0.0002 * rng.standard_normal((75, len(CHANNELS))).astype(np.float32)
    bumps = np.sum([np.exp(-(((times - onset) / 0.1) ** 2)) for onset in onsets], axis=0, dtype=np.float32)
    channels[:, :4] += 0.01 * bumps[:, None]
    channels[:, 7] += 0.02 * bumps
    closure = np.zeros(75, np.float32)
    closure[20 : 20 + len(BLINK)] = 0.7 * BLINK
    return TrackedClip(
        f"clip{number}", False, channels, np.zeros(3, np.float32), find_blinks(closure), closure, voice(onsets)
    )


@pytest.fixture(scope="module")
def clips() -> list[TrackedClip]:
    return [clip(number) for number in range(24)]


def test_blinks_are_found_and_taken_out_of_the_lids(clips) -> None:
    assert clips[0].blinks == pytest.approx([23 / FPS])
    assert len(find_blinks(np.zeros(75, np.float32))) == 0
    still = np.linspace(0, 0.01, 75).astype(np.float32)
    np.testing.assert_allclose(_blink_free(still - 0.1 * clips[0].closure, clips[0].blinks), still, atol=2e-3)


def test_blink_figures_are_those_of_the_clips(clips) -> None:
    figures = statistics.blink_figures([*clips, clips[0]])
    assert figures.per_minute == pytest.approx(20, rel=0.01)
    assert figures.in_bouts == 0
    assert figures.profile[3] == pytest.approx(1)
    assert figures.profile[6] == pytest.approx(0.47, abs=0.02)


def test_coupling_to_accents_is_told_from_chance(clips) -> None:
    voices = [one.prosody for one in clips]
    own, chance = statistics.on_accents([one.channels for one in clips], voices, statistics.nod, 0.007)
    assert own > 0.95
    assert chance < 0.9
    shuffled = [one.channels for one in clips[5:] + clips[:5]]
    assert statistics.on_accents(shuffled, voices, statistics.nod, 0.007)[0] < 0.9
    rate, height, _, width = statistics.event_figures([one.channels for one in clips], statistics.brow, 0.004)
    assert 60 < rate < 90
    assert height == pytest.approx(0.01, rel=0.15)
    assert width == pytest.approx(0.17, abs=0.05)


def test_a_mirror_swaps_sides_and_turns_the_head_the_other_way() -> None:
    motion = torch.randn(2, 5, len(CHANNELS))
    mirror = mirrored(motion)
    assert torch.equal(mirrored(mirror), motion)
    assert torch.equal(mirror[..., 0], motion[..., 1])
    assert torch.equal(mirror[..., 7], motion[..., 7])
    assert torch.equal(mirror[..., 8], -motion[..., 8])


def test_training_learns_the_motion_and_what_the_voice_says_about_it(clips, tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = UpperFaceConfig(width=32, heads=2, classes=8, hidden=8, dilations=(1, 2), kernel=2, dropout=0.0)
    network = UpperFaceNetwork(config)
    lines: list[str] = []
    settings = TrainSettings(batch=12, codec_epochs=25, context_epochs=30, codec_rate=5e-3, context_rate=5e-3)
    train(network, clips, settings, lines.append, clips[:6])
    motion, heard = tensors(clips)
    with torch.inference_mode():
        assert float(codec_loss(network, motion, None, 0.0)) < 0.75  # the noise of the other channels cannot be told
    drawn = [sample_motion(TorchVoice(network), one, np.random.default_rng(n)) for n, one in enumerate(heard.numpy())]
    voices = [one.prosody for one in clips]
    own, chance = statistics.on_accents(drawn, voices, statistics.brow, 0.003)
    assert own > chance + 0.15
    save_weights(network, tmp_path / "upper_face.safetensors", settings)
    again = load_upper_face(tmp_path / "upper_face.safetensors")
    one = sample_motion(TorchVoice(again), heard[0].numpy(), np.random.default_rng(0))
    assert np.abs(one - drawn[0]).std() < 0.5 * drawn[0].std()
