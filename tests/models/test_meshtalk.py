"""MeshTalk: the published layout, masks that look back only, and sampling that equals its definition."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from soliloquy.models.meshtalk.config import ContextConfig, MeshTalkConfig
from soliloquy.models.meshtalk.context import ContextModel
from soliloquy.models.meshtalk.decoder import VertexUnet
from soliloquy.models.meshtalk.encoders import MultimodalEncoder, audio_windows, loudness_gain
from soliloquy.models.meshtalk.mel import MelSpectrogram
from soliloquy.models.meshtalk.sampler import ContextSampler

KEYS = Path(__file__).parent / "fixtures" / "meshtalk_keys.json"
SMALL = ContextConfig(heads=5, classes=7, audio_dim=6, hidden=4, dilations=(1, 2, 4))


def context_model(config: ContextConfig, seed: int = 0) -> ContextModel:
    torch.manual_seed(seed)
    model = ContextModel(config).eval().requires_grad_(False)
    for parameter in model.parameters():
        parameter.mul_(3)  # distributions far from even, so that a wrong input shows
    return model


@pytest.mark.parametrize("name", ["encoder", "vertex_unet", "context_model"])
def test_networks_have_the_published_names_and_shapes(name: str) -> None:
    table = {key: tuple(shape) for key, shape in json.loads(KEYS.read_text())[name].items()}
    with torch.device("meta"):
        network = {"encoder": MultimodalEncoder, "vertex_unet": VertexUnet, "context_model": ContextModel}[name]()
    assert {key: tuple(value.shape) for key, value in network.state_dict().items()} == table


def test_mel_spectrum_is_that_of_librosa() -> None:
    librosa = pytest.importorskip("librosa")
    config = MeshTalkConfig()
    samples = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    ours = MelSpectrogram(16_000, config.n_fft, config.win_length, config.mel_hop, config.mels)(
        torch.from_numpy(samples)[None]
    )[0].numpy()
    theirs = librosa.feature.melspectrogram(
        y=samples, sr=16_000, n_fft=2048, win_length=800, hop_length=160, n_mels=80, htk=True, norm=None,
        center=True, pad_mode="reflect",
    )  # fmt: skip
    assert ours.shape == (80, 101)
    np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=1e-3)


@pytest.mark.parametrize(
    ("samples", "frames"), [(16_000, 30), (160_000, 300), (48_000, 90), (534, 0), (535, 1), (0, 0)]
)
def test_every_frame_hears_the_second_around_it(samples: int, frames: int) -> None:
    config = MeshTalkConfig()
    assert config.frames(samples) == frames
    ramp = torch.arange(1, samples + 1, dtype=torch.float32)
    windows = audio_windows(ramp, config)
    assert windows.shape == (frames, 16_000)
    if frames > 1:
        # The middle of window i is sample 267 + 533 i; sample values count from 1.
        np.testing.assert_array_equal(windows[:, 8000], 268 + 533 * np.arange(frames))
        assert windows[0, 0] == 0
        np.testing.assert_array_equal(audio_windows(ramp, config, 7, 12), windows[7:12])


def test_loudness_is_brought_to_that_of_the_training_audio() -> None:
    samples = torch.randn(1000)
    assert float((samples * loudness_gain(samples)).abs().mean()) == pytest.approx(0.01, rel=1e-4)
    assert float(loudness_gain(torch.zeros(1000))) == 1.0


@pytest.mark.parametrize("strict", [True, False])
def test_context_looks_back_over_time_and_heads_and_never_ahead(strict: bool) -> None:
    config = ContextConfig(heads=5, classes=7, audio_dim=6, hidden=4, dilations=(1, 2, 4), strict=strict)
    model = context_model(config)
    time, head, frames = 12, 2, 20
    one_hot = torch.nn.functional.one_hot(torch.randint(7, (1, frames, 5)), 7).float()
    audio = torch.randn(1, frames, 6)
    before = model(one_hot, audio)[0]
    changed = one_hot.clone()
    changed[0, time, head] = changed[0, time, head].roll(1)
    moved = (model(changed, audio)[0] - before).abs().amax(-1) > 1e-6
    assert not moved[:time].any()
    assert not moved[time, : head + 1].any()
    # Strict layers pile up: what the embedding sees one head back, the logits see one head per layer back.
    assert moved[time, head + 1 :].any() != strict
    assert moved[time + 1 : time + 1 + model.reach].any()
    assert not moved[time + 1 + model.reach :].any()
    louder = audio.clone()
    louder[0, time] += 1
    heard = (model(one_hot, louder)[0] - before).abs().amax(-1) > 1e-6
    assert not heard[:time].any()
    assert heard[time].any()
    assert bool(heard[time, 0]) != strict  # as published the first head's distribution is fixed


def sample_naively(model: ContextModel, audio: torch.Tensor, uniform: torch.Tensor | None) -> torch.Tensor:
    """Return (T, heads) classes for (T, audio_dim), running the whole model again for every class.

    ``uniform`` (T, heads, classes) are the random numbers; None takes the likeliest class.
    """
    config = model.config
    one_hot = audio.new_zeros(1, len(audio), config.heads, config.classes)
    for moment in range(len(audio)):
        for head in range(config.heads):
            scores = model(one_hot, audio[None])[0, moment, head]
            if uniform is not None:
                scores = scores - torch.log(-torch.log(uniform[moment, head].clamp(1e-10, 1)))
            one_hot[0, moment, head, scores.argmax()] = 1
    return one_hot[0].argmax(-1)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(("heads", "kernel"), [(5, 2), (11, 2), (4, 4)])
def test_cached_sampling_equals_sampling_from_scratch(strict: bool, heads: int, kernel: int) -> None:
    config = ContextConfig(heads, 7, 6, hidden=4, kernel=kernel, dilations=(1, 2), strict=strict)
    model = context_model(config, heads)
    audio, uniform = torch.randn(14, 6), torch.rand(14, heads, 7)
    expected = sample_naively(model, audio, uniform).numpy()
    heard, chance = audio.numpy(), uniform.numpy()
    np.testing.assert_array_equal(ContextSampler(model).sample(heard, chance), expected)
    pieces = ContextSampler(model)
    cut = [pieces.sample(heard[a:b], chance[a:b]) for a, b in ((0, 1), (1, 9), (9, 14))]
    np.testing.assert_array_equal(np.concatenate(cut), expected)
    likeliest = ContextSampler(model).sample(heard, None)
    np.testing.assert_array_equal(likeliest, sample_naively(model, audio, None))
    assert (likeliest != expected).any()


def test_samples_follow_the_distribution() -> None:
    config = ContextConfig(heads=1, classes=4, audio_dim=2, hidden=4, dilations=(1,), strict=True)
    model = context_model(config)
    uniform = np.random.default_rng(0).random((4000, 1, 4))
    drawn = ContextSampler(model).sample(np.zeros((4000, 2), np.float32), uniform.astype(np.float32))
    wanted = model.logits.masked_linear.bias.softmax(-1)
    np.testing.assert_allclose(np.bincount(drawn[:, 0], minlength=4) / 4000, wanted.numpy(), atol=0.03)


@pytest.mark.parametrize(("points", "channels"), [(12, 3), (23, 1)])
def test_output_may_be_vertices_or_coefficients(points: int, channels: int) -> None:
    config = MeshTalkConfig(points=points, channels=channels, heads=4, classes=8, audio_dim=16, expression_dim=8)
    torch.manual_seed(0)
    encoder, decoder = MultimodalEncoder(config).eval(), VertexUnet(config).eval()
    face = torch.randn(2, 5, points, channels)
    with torch.inference_mode():
        logits = encoder(face, torch.randn(2, 5, 16_000) * 0.01)
        assert logits.shape == (2, 5, 4, 8)
        np.testing.assert_allclose(logits.exp().sum(-1), 1, rtol=1e-4)
        one_hot = torch.nn.functional.one_hot(logits.argmax(-1), 8).float()
        neutral = face[:, :1]
        moving = decoder(neutral, one_hot)
        assert moving.shape == face.shape
        assert torch.allclose(decoder(neutral.expand_as(face), one_hot), moving, atol=1e-5)
        first, state = decoder.decode(neutral, one_hot[:, :3], None)
        second, _ = decoder.decode(neutral, one_hot[:, 3:], state)
    np.testing.assert_allclose(torch.cat([first, second], 1), moving, atol=1e-5)


def test_checkpoints_of_the_published_layout_load_strictly(tmp_path: Path) -> None:
    """The file as published is a plain state_dict; one key more or less, or another size, is refused."""
    config = MeshTalkConfig(points=10, heads=4, classes=8)
    torch.save(VertexUnet(config).state_dict(), tmp_path / "vertex_unet.pkl")
    state = torch.load(tmp_path / "vertex_unet.pkl", weights_only=True)
    network = VertexUnet(config)
    network.load_state_dict(state, strict=True)
    with pytest.raises(RuntimeError, match="vertex_bias"):
        network.load_state_dict({k: v for k, v in state.items() if k != "vertex_bias"}, strict=True)
    with pytest.raises(RuntimeError, match="size mismatch"):
        VertexUnet(MeshTalkConfig(points=11, heads=4, classes=8)).load_state_dict(state, strict=True)
