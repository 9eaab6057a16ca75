"""EMOTE's network: closed-form checks of masks, frame counts and conditions, and of its two releases."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from emote_files import (
    SPEECH,
    fill_by_formula,
    formula_inputs,
    small_network,
)

from soliloquy.models.emote.bias import alibi_future, faceformer_future, head_slopes
from soliloquy.models.emote.condition import EMOTIONS, IDENTITIES, condition_rows
from soliloquy.models.emote.flint import Flint, FlintConfig, kl_divergence
from soliloquy.models.emote.squash import StackLinearSquash, pad_frames
from soliloquy.models.emote.talking_head import EmoteConfig, TalkingHead
from soliloquy.models.emote.transformer import BiasedTransformer
from soliloquy.models.wav2vec2.resampled import zero_mean_unit_variance

REFERENCE = Path(__file__).parent / "fixtures" / "emote_reference.json"


@pytest.mark.parametrize("channels", [53, 103])
@pytest.mark.parametrize("post_bug_fix", [True, False])
def test_numbers_are_those_of_the_authors_code(channels: int, post_bug_fix: bool) -> None:
    expected = json.loads(REFERENCE.read_text(encoding="utf-8"))[f"{channels} {post_bug_fix}"]
    config = EmoteConfig(speech=SPEECH, flint=FlintConfig(channels=channels), post_bug_fix=post_bug_fix)
    network = TalkingHead(config).eval()
    fill_by_formula(network)
    samples, condition = formula_inputs(51)
    with torch.inference_mode():
        motion = network(zero_mean_unit_variance(samples), condition)[0]
    assert torch.allclose(motion[[0, 25, 50]], torch.tensor(expected), atol=3e-4)
    assert motion.std(0).mean() > 0.1


def test_slopes_of_eight_heads_are_halved_from_one_to_the_next() -> None:
    assert head_slopes(8) == tuple(2.0**-power for power in range(1, 9))
    # Between powers of two: the series of four, then every second slope of the series of eight.
    assert head_slopes(6) == (0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125)


@pytest.mark.parametrize(("frames", "period"), [(1, 30), (59, 30), (61, 30), (200, 7), (50, 1)])
def test_bias_is_level_within_a_period_and_falls_by_a_slope_with_each(frames: int, period: int) -> None:
    bias = faceformer_future(8, frames, period)
    assert bias.shape == (8, frames, frames)
    assert torch.equal(bias, bias.transpose(1, 2))
    assert torch.equal(bias.diagonal(dim1=1, dim2=2), torch.zeros(8, frames))
    for head, slope in enumerate(head_slopes(8)):
        expected = torch.tensor([-slope * (distance // period) for distance in range(frames)])
        assert torch.equal(bias[head, 0], expected)
        assert torch.equal(bias[head, frames - 1], expected.flip(0))


def test_alibi_falls_with_every_frame() -> None:
    assert torch.equal(alibi_future(4, 20), faceformer_future(4, 20, 1))
    assert alibi_future(8, 5)[0, 0].tolist() == [0, -0.5, -1.0, -1.5, -2.0]


def test_every_sequence_of_a_batch_has_the_same_bias() -> None:
    torch.manual_seed(0)
    transformer = BiasedTransformer(16, 4, 32, 1, period=2).eval()
    hidden = torch.randn(3, 20, 16)
    with torch.inference_mode():
        together = transformer(hidden)
        alone = torch.cat([transformer(row[None]) for row in hidden])
        # The head with the steepest slope tells biased from unbiased.
        unbiased = super(BiasedTransformer, transformer).forward(hidden)
    # Other sizes of a batch add in another order, and processors differ in it.
    assert torch.allclose(together, alone, atol=1e-5)
    assert not torch.allclose(together, unbiased, atol=1e-3)


def test_squash_stacks_eight_frames() -> None:
    squash = StackLinearSquash(3, 5, 8)
    hidden = torch.randn(2, 24, 3)
    latent = squash(hidden)
    assert latent.shape == (2, 3, 5)
    assert torch.allclose(latent[1, 2], squash.linear(hidden[1, 16:24].flatten()), atol=1e-5)


@pytest.mark.parametrize(("frames", "padded"), [(1, 8), (7, 8), (8, 8), (9, 16), (125, 128)])
def test_padding_goes_to_the_next_multiple_of_eight(frames: int, padded: int) -> None:
    hidden = pad_frames(torch.ones(2, frames, 4), 8)
    assert hidden.shape == (2, padded, 4)
    assert hidden[:, :frames].eq(1).all()
    assert hidden[:, frames:].eq(0).all()


@pytest.mark.parametrize("config", [FlintConfig(), FlintConfig(channels=20, width=32, heads=4, halvings=2, layers=2)])
def test_flint_has_one_latent_frame_for_so_many(config: FlintConfig) -> None:
    prior = Flint(config).eval()
    frames = 5 * config.frames_per_latent
    motion = torch.randn(2, frames, config.channels)
    decoded, mean, log_variance = prior(motion, torch.Generator().manual_seed(1))
    assert mean.shape == log_variance.shape == (2, 5, config.width)
    assert decoded.shape == motion.shape
    with pytest.raises(ValueError, match="multiple"):
        prior.motion_encoder(motion[:, :-1])


def test_flint_samples_around_the_mean() -> None:
    prior = Flint(FlintConfig(channels=6, width=16, heads=2, feed_forward=16)).eval()
    motion = torch.randn(1, 16, 6)
    first, mean, log_variance = prior(motion, torch.Generator().manual_seed(1))
    again, _, _ = prior(motion, torch.Generator().manual_seed(1))
    other, _, _ = prior(motion, torch.Generator().manual_seed(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    noise = torch.empty_like(mean).normal_(generator=torch.Generator().manual_seed(1))
    assert torch.allclose(first, prior.motion_decoder(mean + noise * (log_variance / 2).exp()), atol=1e-5)


def test_divergence_from_a_standard_normal_is_known() -> None:
    zeros = torch.zeros(2, 3, 4)
    assert float(kl_divergence(zeros, zeros)) == 0
    assert float(kl_divergence(zeros + 2, zeros)) == pytest.approx(4 * 2**2 / 2)


def test_flint_learns_what_it_sees() -> None:
    torch.manual_seed(0)
    prior = Flint(FlintConfig(channels=4, width=32, heads=4, feed_forward=64))
    times = torch.arange(64) / 25
    motion = torch.stack([torch.sin(times * speed) for speed in (3, 5, 7, 9)], -1)[None]
    optimiser = torch.optim.Adam(prior.parameters(), 3e-3)
    losses = []
    for _ in range(60):
        decoded, mean, log_variance = prior(motion)
        loss = (decoded - motion).square().mean()
        optimiser.zero_grad()
        (loss + 1e-3 * kl_divergence(mean, log_variance)).backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]


@pytest.mark.parametrize("frames", [1, 8, 13, 50])
@pytest.mark.parametrize("channels", [53, 103])
def test_every_frame_asked_for_comes_and_no_other(frames: int, channels: int) -> None:
    network = small_network(channels)
    condition = condition_rows(torch.zeros(frames, 8))[None]
    with torch.inference_mode():
        motion = network(torch.randn(1, 640 * frames), condition)
    assert motion.shape == (1, frames, channels)
    assert motion.isfinite().all()


def test_result_is_deterministic() -> None:
    network = small_network()
    samples, condition = torch.randn(1, 640 * 20), condition_rows(torch.zeros(20, 8))[None]
    with torch.inference_mode():
        assert torch.equal(network(samples, condition), network(samples, condition))


def test_older_release_leaves_the_transformer_aside() -> None:
    fixed, older = small_network(), small_network(post_bug_fix=False)
    older.load_state_dict(fixed.state_dict(), strict=True)
    samples = torch.randn(1, 640 * 40)
    # Only in the last half second is someone happy.
    late = torch.zeros(40, 8)
    late[28:, 1] = 1
    conditions = [condition_rows(weights)[None] for weights in (torch.zeros(40, 8), late)]
    with torch.inference_mode():
        of_fixed, of_older = ([network(samples, row) for row in conditions] for network in (fixed, older))
    assert (of_fixed[0] - of_older[0]).abs().max() > 0.05
    for network in (fixed, older):
        for parameter in network.sequence_decoder.bert_decoder.parameters():
            parameter.data.mul_(0.5)
    with torch.inference_mode():
        assert torch.equal(older(samples, conditions[1]), of_older[1])
        assert not torch.allclose(fixed(samples, conditions[1]), of_fixed[1], atol=1e-3)


def test_emotion_changes_the_face_when_it_changes() -> None:
    network = small_network()
    samples = torch.randn(1, 640 * 200)
    weights = torch.zeros(200, 8)
    neutral = condition_rows(weights)[None]
    weights[100:, 6] = 1
    angry = condition_rows(weights)[None]
    with torch.inference_mode():
        change = (network(samples, angry) - network(samples, neutral)).abs().mean(-1)[0]
    assert change[110:].mean() > 3 * change[:80].mean()


def _row(**weights: float) -> torch.Tensor:
    row = torch.zeros(1, 8)
    for name, value in weights.items():
        row[0, EMOTIONS.index(name)] = value
    return condition_rows(row, identity=5)[0]


def test_full_emotions_are_the_one_hot_vectors_of_the_training() -> None:
    for index, name in enumerate(EMOTIONS):
        row = _row(**{name: 1.0})
        assert row[:8].tolist() == [float(other == index) for other in range(8)]
        # Neutral has one level, as in the authors' demonstration; all else is at its strongest.
        assert row[8:11].tolist() == ([1, 0, 0] if index == 0 else [0, 0, 1])
        assert row[11:].argmax() == 5
        assert row[11:].sum() == 1
    assert torch.equal(_row(), _row(neutral=1.0))


@pytest.mark.parametrize(
    ("strength", "emotion", "levels"),
    [(1 / 6, 0.5, [1, 0, 0]), (1 / 3, 1, [1, 0, 0]), (1 / 2, 1, [0.5, 0.5, 0]), (2 / 3, 1, [0, 1, 0])],
)
def test_strength_brings_the_emotion_in_and_then_climbs_the_levels(
    strength: float, emotion: float, levels: list[float]
) -> None:
    row = _row(sad=strength, neutral=1 - strength)
    assert float(row[2]) == pytest.approx(emotion, abs=1e-5)
    assert float(row[0]) == pytest.approx(1 - emotion, abs=1e-5)
    assert row[8:11].tolist() == pytest.approx(levels, abs=1e-5)


def test_mixtures_are_between_their_emotions() -> None:
    row = _row(happy=0.75, surprise=0.25)
    assert row[1:4].tolist() == pytest.approx([0.75, 0, 0.25])
    assert row[8:11].tolist() == pytest.approx([0, 0, 1])


def test_conditions_change_without_steps() -> None:
    weights = torch.zeros(301, 8)
    weights[:, 3] = torch.linspace(0, 1, 301)
    rows = condition_rows(weights)
    assert (rows[1:] - rows[:-1]).abs().max() < 0.011
    for start, stop in itertools.pairwise((0, 8, 11, 43)):
        assert torch.allclose(rows[:, start:stop].sum(-1), torch.ones(301), atol=1e-5)
        assert (rows[:, start:stop] >= 0).all()


def test_actors_are_the_training_half_of_mead() -> None:
    assert len(IDENTITIES) == len(set(IDENTITIES)) == 32
    assert (IDENTITIES[0], IDENTITIES[16], IDENTITIES[17], IDENTITIES[-1]) == ("M003", "M030", "W009", "W029")
