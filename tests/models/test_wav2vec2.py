"""wav2vec 2.0: the features are those of ``transformers``, whatever names its weight norm has."""

from __future__ import annotations

import sys
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from soliloquy.models.checkpoint import CheckpointError, load_strict
from soliloquy.models.wav2vec2.resampled import (
    TransformersMissingError,
    Wav2Vec2Resampled,
    Wav2Vec2Sizes,
    normed_weight,
    resample_frames,
    zero_mean_unit_variance,
)

TINY = Wav2Vec2Sizes(
    width=24, layers=2, heads=3, feed_forward=32, conv_widths=(16,) * 7, position_kernel=16, position_groups=4
)


def _stock() -> Any:
    """The same sizes as ``transformers`` runs them."""
    config = transformers.Wav2Vec2Config(
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=32,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
    )
    return transformers.Wav2Vec2Model(config).eval()


def _speech(seconds: float) -> torch.Tensor:
    return torch.randn(2, round(16000 * seconds), generator=torch.Generator().manual_seed(3)) * 0.1


def test_features_and_key_names_are_the_stock_ones() -> None:
    torch.manual_seed(0)
    ours, stock = Wav2Vec2Resampled(TINY), _stock()
    # Norms start as ones and zeros, which would hide a swapped one.
    for parameter in ours.parameters():
        torch.nn.init.normal_(parameter, 0.3, 0.5)
    stock.load_state_dict(ours.state_dict(), strict=True)
    samples = _speech(1.3)
    with torch.inference_mode():
        assert torch.allclose(ours(samples), stock(samples).last_hidden_state, atol=1e-5)


def test_base_sizes_have_the_names_and_shapes_of_wav2vec2_base() -> None:
    with torch.device("meta"):
        ours = Wav2Vec2Resampled()
        stock = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config())
    assert {name: tensor.shape for name, tensor in ours.state_dict().items()} == {
        name: tensor.shape for name, tensor in stock.state_dict().items()
    }
    assert sum(parameter.numel() for parameter in ours.parameters()) == 94_371_712


@pytest.mark.parametrize("align_corners", [True, False])
def test_the_frame_rate_changes_between_extractor_and_projection(align_corners: bool) -> None:
    torch.manual_seed(0)
    ours, stock = Wav2Vec2Resampled(TINY, align_corners=align_corners), _stock()
    stock.load_state_dict(ours.state_dict())
    samples = _speech(2)
    with torch.inference_mode():
        features = ours(samples, frames=50)
        extracted = stock.feature_extractor(samples)
        frames = torch.nn.functional.interpolate(extracted, size=50, mode="linear", align_corners=align_corners)
        hidden, _ = stock.feature_projection(frames.transpose(1, 2))
        expected = stock.encoder(hidden).last_hidden_state
    assert features.shape == (2, 50, 24)
    assert torch.allclose(features, expected, atol=1e-5)


def test_corners_are_hit_or_not() -> None:
    ramp = torch.arange(10.0)[None, None]
    aligned = resample_frames(ramp, 4, align_corners=True)[0, 0]
    assert torch.allclose(aligned, torch.tensor([0.0, 3, 6, 9]))
    edges = resample_frames(ramp, 5, align_corners=False)[0, 0]
    assert torch.allclose(edges, torch.tensor([0.5, 2.5, 4.5, 6.5, 8.5]))


def test_result_is_deterministic_even_in_training_mode() -> None:
    ours = Wav2Vec2Resampled(TINY).train()
    samples = _speech(0.5)
    assert torch.equal(ours(samples), ours(samples))


def test_normalised_waveform_is_that_of_the_stock_processor() -> None:
    samples = _speech(1)[0] + 0.03
    extractor = transformers.Wav2Vec2FeatureExtractor()
    stock = extractor(samples.numpy(), sampling_rate=16000, return_tensors="pt").input_values
    assert torch.allclose(zero_mean_unit_variance(samples[None]), stock, atol=1e-5)


def test_normalising_makes_the_level_unimportant() -> None:
    ours = Wav2Vec2Resampled(TINY, normalise=True)
    samples = _speech(0.5)
    assert torch.allclose(ours(samples), ours(samples * 20), atol=1e-4)
    plain = Wav2Vec2Resampled(TINY)
    plain.load_state_dict(ours.state_dict())
    assert not torch.allclose(plain(samples), ours(samples), atol=1e-3)


@pytest.mark.parametrize("samples", [1, 399, 400, 401, 640, 16000, 16001])
def test_frame_counts_are_known_before(samples: int) -> None:
    ours = Wav2Vec2Resampled(TINY)
    assert TINY.fewest_samples == 400
    if samples < 400:
        with pytest.raises(ValueError, match="at least 400 samples"):
            ours(torch.zeros(1, samples))
    else:
        assert ours(torch.zeros(1, samples)).shape[1] == (samples - 80) // 320
        assert ours(torch.zeros(1, samples), frames=7).shape[1] == 7


def _older(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    names = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
    renamed = {}
    for key, value in state.items():
        for newer, older in names.items():
            key = key.replace(newer, older)
        renamed[key] = value
    return renamed


def test_older_weight_norm_names_give_the_same_features() -> None:
    torch.manual_seed(1)
    source, target = Wav2Vec2Resampled(TINY), Wav2Vec2Resampled(TINY)
    state = source.state_dict()
    older = _older(state)
    assert set(older) != set(state)
    samples = _speech(0.7)
    assert not torch.allclose(target(samples), source(samples), atol=1e-3)
    load_strict(target, older, system="EMOTE")
    assert torch.equal(target(samples), source(samples))


@pytest.mark.filterwarnings("ignore:.*weight_norm.* is deprecated")
def test_newer_names_load_into_an_older_weight_norm() -> None:
    torch.manual_seed(2)
    source, target = Wav2Vec2Resampled(TINY), Wav2Vec2Resampled(TINY)
    embed: Any = target.encoder.pos_conv_embed
    plain = torch.nn.Conv1d(24, 24, 16, padding=8, groups=4)
    embed.conv = torch.nn.utils.weight_norm(plain, name="weight", dim=2)
    assert "encoder.pos_conv_embed.conv.weight_g" in target.state_dict()
    load_strict(target, source.state_dict(), system="EMOTE")
    samples = _speech(0.7)
    assert torch.allclose(target(samples), source(samples), atol=1e-5)


def test_lost_weight_norm_is_not_overlooked() -> None:
    state = Wav2Vec2Resampled(TINY).state_dict()
    del state["encoder.pos_conv_embed.conv.parametrizations.weight.original0"]
    with pytest.raises(CheckpointError, match=r"original0"):
        load_strict(Wav2Vec2Resampled(TINY), state, system="EMOTE")


def test_kernel_is_direction_times_magnitude_per_tap() -> None:
    ours = Wav2Vec2Resampled(TINY)
    embed: Any = ours.encoder.pos_conv_embed
    magnitude, direction = embed.conv.parametrizations.weight.original0, embed.conv.parametrizations.weight.original1
    torch.nn.init.uniform_(magnitude, 0.5, 2)
    weight = normed_weight(embed.conv)
    assert torch.allclose(weight.norm(dim=(0, 1)), magnitude.flatten(), atol=1e-5)
    assert torch.allclose(weight, embed.conv.weight, atol=1e-5)
    assert torch.allclose(
        torch.nn.functional.cosine_similarity(weight.flatten(0, 1), direction.flatten(0, 1), dim=0),
        torch.ones(16),
        atol=1e-5,
    )


def test_missing_transformers_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(TransformersMissingError, match="needs the Python package 'transformers'"):
        Wav2Vec2Resampled(TINY)
