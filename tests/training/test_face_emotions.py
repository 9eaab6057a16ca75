"""Emotions are learnt beside the lips: targets follow the muscles, training lets faces feel and leaves lips alone."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from soliloquy.inference.emotion.facs import EXPRESSIONS
from soliloquy.inference.settings import EMOTIONS
from soliloquy.models.emote.flint import FlintConfig
from soliloquy.models.face.directed import DirectedHeadConfig
from soliloquy.models.face.network import FaceNetwork, FaceNetworkConfig
from soliloquy.models.phones.encoder import PhoneEncoderConfig
from soliloquy.training.face import examples as ex
from soliloquy.training.face.direction import DirectionSettings, train_direction
from soliloquy.training.face.emotions import (
    EXPRESSION_NAMES,
    draw_emotions,
    expression_loss,
    expression_targets,
)
from soliloquy.training.face.prior import PriorSettings, reconstruction, train_prior
from soliloquy.training.face.train import collate
from tests.training.test_face_train import tracked_clip

HAPPY = EMOTIONS.index("happy")


def curve(level: float, frames: int = 100) -> np.ndarray:
    weights = np.zeros((1, frames, len(EMOTIONS)))
    weights[0, frames // 2 :, HAPPY] = level
    return weights


def test_drawn_emotions_are_weights_and_cover_every_emotion() -> None:
    rng = np.random.default_rng(0)
    drawn = np.stack([draw_emotions(150, rng) for _ in range(200)])
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert (drawn.max((0, 1)) > 0.9).all()
    changing = np.ptp(drawn, axis=1).max(1) > 0.1
    assert 0.2 < changing.mean() < 0.6


def test_targets_rise_with_the_onset_and_leave_the_mouth_to_speech() -> None:
    still, room = np.zeros((1, 100)), np.full((1, 100), 0.5)
    target = expression_targets(curve(1.0), still, room)[0]
    face, mouth = (target[:, EXPRESSION_NAMES.index(f"happy {part}")] for part in ("face", "mouth"))
    assert face[:50].max() == 0
    reached = np.flatnonzero(face > 0.8)[0] * 0.02 - 1.0
    assert 0.3 * EXPRESSIONS["happy"].onset < reached < 2 * EXPRESSIONS["happy"].onset
    np.testing.assert_allclose(mouth, 0.5 * face, atol=1e-6)
    others = [index for index, name in enumerate(EXPRESSION_NAMES) if not name.startswith("happy")]
    assert not target[:, others].any()


def test_stress_makes_an_expression_grow() -> None:
    calm, stressed = (
        expression_targets(curve(1.0), np.full((1, 100), accent), np.ones((1, 100)))[0, -1].max() for accent in (0, 1)
    )
    assert stressed == pytest.approx(calm * (1 + EXPRESSIONS["happy"].stress), rel=1e-3)


def test_loss_judges_the_emotion_that_was_meant() -> None:
    still, room, keep = np.zeros((1, 100)), np.ones((1, 100)), torch.ones(1, 100, 1)
    happy, sad = np.zeros((2, 1, 100, len(EMOTIONS)))
    happy[..., HAPPY], sad[..., EMOTIONS.index("sad")] = 1, 1
    target = torch.from_numpy(expression_targets(happy, still, room))
    other = torch.from_numpy(expression_targets(sad, still, room))
    assert expression_loss(target, target, keep).item() < 1e-3
    assert expression_loss(other, target, keep) > 20 * expression_loss(0.95 * target, target, keep)


def test_prior_keeps_mouths_it_never_saw() -> None:
    rng = np.random.default_rng(0)
    times = np.arange(150) * 0.02
    faces = [
        np.stack([np.sin(2 * np.pi * (rate * times + phase)) for phase in np.linspace(0, 0.4, 5)], 1).astype(np.float32)
        for rate in rng.uniform(1, 3, 12)
    ]
    config = FlintConfig(channels=5 + len(EXPRESSION_NAMES), width=32, heads=2, feed_forward=32)
    settings = PriorSettings(steps=60, batch=6, frames=64, rate=5e-3)
    prior = train_prior(faces[:10], config, settings, lambda line: None)
    assert reconstruction(prior, faces[10:]) > 0.6


def test_training_teaches_emotions_and_leaves_the_lips_alone() -> None:
    config = FaceNetworkConfig(
        encoder=PhoneEncoderConfig(width=16, feed_forward=32, heads=2, blocks=2, reach=50),
        width=24,
        dilations=(1, 2),
        directed=DirectedHeadConfig(channels=5 + len(EXPRESSION_NAMES), content=16, heads=2, feed_forward=16),
        expression=EXPRESSION_NAMES,
    )
    torch.manual_seed(0)
    network = FaceNetwork(config)
    network.encoder.log_mel.filters.copy_(torch.eye(201)[:, :80])
    settings = DirectionSettings(batch_seconds=12.0, epochs=20, rate=5e-3, average=0.9)
    examples = [ex.plain(tracked_clip(seed)) for seed in range(8)]
    before = network.head.geometry.weight.clone()
    samples, lengths, _ = collate(examples[:4])
    frames = samples.shape[1] // 320 + 1
    changing = np.repeat(curve(1.0, frames), 4, axis=0)
    target = torch.from_numpy(expression_targets(changing, np.zeros((4, frames)), np.full((4, frames), 0.7)))

    def miss() -> float:
        with torch.inference_mode():
            said = network(samples, lengths, torch.from_numpy(changing).float()).expression
        return expression_loss(said, target, torch.ones(4, frames, 1)).item()

    torch.nn.init.zeros_(network.head.directed.decoder.cross_smooth_layer.weight)
    network.eval()
    untrained = miss()
    for example in examples:
        example.room[:] = 0.7
    train_direction(network, examples, settings, report=lambda line: None)
    assert torch.equal(network.head.geometry.weight, before)
    assert miss() < 0.7 * untrained
    outputs = {}
    with torch.inference_mode():
        for emotion in ("neutral", "happy", "angry"):
            felt = torch.zeros(4, frames, len(EMOTIONS))
            felt[..., EMOTIONS.index(emotion)] = 1
            outputs[emotion] = network(samples, lengths, felt)
    for emotion in ("happy", "angry"):
        shown = outputs[emotion].expression.mean((0, 1))
        assert EXPRESSION_NAMES[int(shown[:7].argmax())] == f"{emotion} face"
        assert shown.max() > 2 * outputs["neutral"].expression.mean((0, 1)).abs().max()
    lips = outputs["neutral"].geometry[..., 0]
    assert (outputs["happy"].geometry[..., 0] - lips).abs().mean() < 0.2 * lips.std()
