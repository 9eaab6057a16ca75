"""The shipped weights on actors they were never trained on, and the training itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("librosa")

import torch

from soliloquy.inference.emotion.voice import load_encoder, load_listener
from soliloquy.models.emotion.network import CLASSES, EmotionNetworkConfig
from soliloquy.training.emotion import examples as ex
from soliloquy.training.emotion.train import TrainSettings, best_temperature, measure, train


@pytest.fixture(scope="module")
def unseen(root: Path) -> ex.Examples:
    data = root.parent / "shared" / "data"
    if not (data / "emodb").is_dir():
        pytest.skip("The Berlin database is not beside the repository.")
    recordings = [item for item in ex.load_emodb(data) if item.speaker in ex.EMODB_HELD_OUT]
    return ex.listen(load_encoder("cpu"), recordings)


def test_emotion_is_heard_in_actors_never_trained_on(unseen: ex.Examples) -> None:
    _, network, _ = load_listener("cpu")
    with torch.inference_mode():
        output = network(unseen.statistics)
    report = measure(output.logits, output.affect, unseen)
    assert report.accuracy > 0.70
    assert report.recall > 0.65
    assert report.arousal > 0.88


def examples(count: int, seed: int) -> ex.Examples:
    """Return statistics in which the class is plain to see."""
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, len(CLASSES), count)
    statistics = rng.standard_normal((count, EmotionNetworkConfig().statistics)).astype(np.float32)
    for row, index in enumerate(classes):
        statistics[row, 30 * index : 30 * index + 30] += 2
    return ex.Examples(torch.from_numpy(statistics), torch.from_numpy(classes), np.repeat("a", count))


def test_training_learns_and_repeats_itself() -> None:
    settings = TrainSettings(epochs=12, batch=64)
    first, again = (train(examples(600, 0), settings) for _ in range(2))
    other = examples(200, 1)
    with torch.inference_mode():
        output, same = first(other.statistics), again(other.statistics)
    assert torch.equal(output.logits, same.logits)
    report = measure(output.logits, output.affect, other)
    assert report.accuracy > 0.9
    assert report.recall > 0.9
    assert report.confusion.sum() == 200


def test_the_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(0)
    logits = torch.from_numpy(rng.standard_normal((4000, 7)))
    classes = torch.distributions.Categorical(logits=logits).sample()
    assert best_temperature(3 * logits, classes) == pytest.approx(3.0, abs=0.3)


def test_clips_are_heard_among_others_of_their_speaker_and_emotion() -> None:
    clips = [
        ex.Recording(f"{speaker}{n}", speaker, emotion, np.full(32000, value, np.float32))
        for speaker, emotion, value in (("03", "sad", 0.1), ("03", "angry", 0.2), ("09", "sad", 0.3))
        for n in range(2)
    ]
    for made in ex.among_others(clips):
        assert len(made.samples) == 64000
        assert len(np.unique(made.samples)) == 1
        assert max(made.windows) == 2.0
