"""Labels land where the sounds are, and training learns from them, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from soliloquy.models.face.network import FaceNetwork, FaceNetworkConfig
from soliloquy.models.face.visemes import VISEME_INDEX
from soliloquy.models.phones.encoder import PhoneEncoderConfig
from soliloquy.training.face import examples as ex
from soliloquy.training.face.corpora import Clip, closure_frames, geometry_frames, viseme_frames
from soliloquy.training.face.train import TrainSettings, predict, train


def tracked_clip(seed: int = 0) -> Clip:
    """Three seconds whose loudness is the lip aperture."""
    rng = np.random.default_rng(seed)
    opening = np.repeat(rng.random(15) > 0.5, 5).astype(np.float32) * 0.1
    opening = np.convolve(opening, np.ones(3) / 3, "same")
    loud = np.interp(np.arange(48_000) / 640, np.arange(75), opening)
    samples = (loud * rng.standard_normal(48_000)).astype(np.float32)
    geometry = np.zeros((75, 5), np.float32)
    geometry[:, 0] = opening + 0.003
    return Clip(f"clip{seed}", "grid_s1", "s1", samples, False, geometry=geometry)


def labelled_clip() -> Clip:
    phones = [
        (0.0, 0.4, "."),
        (0.4, 0.5, "p"),
        (0.5, 0.52, "!p"),
        (0.52, 0.8, "a"),
        (0.8, 0.9, "+lar"),
        (0.9, 1.0, "m"),
    ]
    return Clip("spoken", "emodb", "03", np.zeros(16_000, np.float32), False, phones)


def test_closures_and_vowels_are_labelled_inside_their_phones() -> None:
    shut = closure_frames(labelled_clip())
    assert shut[22] == 1
    assert shut[33] == 0
    assert shut[47] == 1
    assert np.isnan(shut[[5, 25, 42]]).all()


def test_visemes_continue_through_voice_quality_marks() -> None:
    visemes = viseme_frames(labelled_clip())
    assert visemes[10] == VISEME_INDEX["sil"]
    assert visemes[22] == VISEME_INDEX["PP"]
    assert visemes[25] == -1
    assert visemes[42] == VISEME_INDEX["aa"]


def test_video_frames_land_on_every_second_audio_frame() -> None:
    clip = tracked_clip()
    assert clip.geometry is not None
    np.testing.assert_allclose(geometry_frames(clip)[:150:2], clip.geometry, atol=1e-6)


def test_labels_follow_the_speed_of_a_converted_voice() -> None:
    clip = tracked_clip()
    faster = ex.converted(clip, 1.25, 1.25, 1.25)
    assert len(faster.samples) == pytest.approx(len(clip.samples) / 1.25, rel=0.02)
    plain = geometry_frames(clip)[:, 0]
    expected = np.interp(np.arange(faster.frames) * 1.25, np.arange(len(plain)), plain)
    np.testing.assert_allclose(faster.geometry[:, 0].astype(np.float32), expected, atol=0.01)


def test_augmentation_is_the_same_for_the_same_seed() -> None:
    first, again = (ex.augmented(tracked_clip(), np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(first.samples, again.samples)


def test_speechless_examples_keep_the_lips_shut() -> None:
    for example in ex.negatives(8, np.random.default_rng(0)):
        assert example.closure.min() == 1
        assert example.geometry[:, 0].max() < 0.005


def test_training_learns_and_repeats() -> None:
    config = FaceNetworkConfig(
        encoder=PhoneEncoderConfig(width=16, feed_forward=32, heads=2, blocks=2, reach=50), width=24, dilations=(1, 2)
    )
    settings = TrainSettings(batch_seconds=6.0, head_epochs=3, joint_epochs=8, joint_rate=5e-3, first_block=1)
    examples = [ex.plain(tracked_clip(seed)) for seed in range(8)]
    results = []
    for _ in range(2):
        torch.manual_seed(0)
        network = FaceNetwork(config)
        network.encoder.log_mel.filters.copy_(torch.eye(201)[:, :80])
        before = {name: tensor.clone() for name, tensor in network.encoder.blocks[0].state_dict().items()}
        train(network, examples, settings, report=lambda line: None)
        after = network.encoder.blocks[0].state_dict()
        assert all(torch.equal(before[name], after[name]) for name in before)
        results.append(predict(network, [ex.plain(tracked_clip(99))])[0][0][:, 0])
    np.testing.assert_array_equal(results[0], results[1])
    measured = geometry_frames(tracked_clip(99))[:, 0]
    assert np.corrcoef(results[0], measured)[0, 1] > 0.7
