"""ProbTalk's networks against closed forms and against numbers of the authors' classes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from probtalk_files import fill_by_formula, formula_numbers, small_networks

from soliloquy.models.probtalk.blocks import GatedConv
from soliloquy.models.probtalk.layer import StyledDecoderLayer
from soliloquy.models.probtalk.position import PositionTable, grid_positions, sine_table
from soliloquy.models.probtalk.pq_vae import PQVAE, PQVAEConfig
from soliloquy.models.probtalk.predictor import (
    ConditionEncoder,
    Predictor,
    PredictorConfig,
    TokenTransformer,
)
from soliloquy.models.probtalk.quantiser import ProductQuantiser
from soliloquy.models.probtalk.refiner import Refiner, RefinerConfig

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    numbers = json.loads((FIXTURES / "probtalk_reference.json").read_text(encoding="utf-8"))
    return {title: torch.tensor(value) for title, value in numbers.items()}


def _near(found: Any, expected: Any) -> None:
    assert found.shape == expected.shape
    assert float((found - expected).abs().max()) < 1e-4
    assert float(expected.std()) > 0.05


@torch.inference_mode()
def test_autoencoder_gives_the_numbers_of_the_authors_code(reference: dict[str, Any]) -> None:
    vq: Any = fill_by_formula(PQVAE(PQVAEConfig(12, (8, 8, 16, 32), codes=8, code_dim=4)))
    motion = formula_numbers(1, 12, 43).transpose(1, 2)
    codes = vq.encode(motion)
    assert torch.equal(codes[0], reference["codes"])
    assert vq.decode(codes).shape == (1, 40, 12)
    _near(vq.decode(codes)[0, ::8], reference["decoded"])


@torch.inference_mode()
def test_encoders_give_the_numbers_of_the_authors_code(reference: dict[str, Any]) -> None:
    motion = formula_numbers(1, 12, 43)
    _near(fill_by_formula(ConditionEncoder(12, 16))(motion.transpose(1, 2))[0], reference["heard"])
    _near(fill_by_formula(GatedConv(12, 12, 4))(motion)[0].T[::8], reference["gated"])


@torch.inference_mode()
def test_transformers_give_the_numbers_of_the_authors_code(reference: dict[str, Any]) -> None:
    sizes = {"width": 64, "layers": 1, "classes": 3}
    tokens = fill_by_formula(TokenTransformer(PredictorConfig(codes=8, out_width=512, **sizes), 24))
    state = torch.arange(20)[None] % 9
    _near(tokens(state, formula_numbers(1, 24, 5).transpose(1, 2), torch.tensor([1]))[0], reference["logits"])
    refiner = fill_by_formula(Refiner(RefinerConfig(12, 10, **sizes)))
    known = (torch.arange(43) < 9).float()[None]
    motion, audio = formula_numbers(1, 12, 43).transpose(1, 2), formula_numbers(1, 10, 43).transpose(1, 2)
    _near(refiner(motion, known, audio, torch.tensor([1]))[0, ::8], reference["refined"])


def test_position_table_is_zeros_then_sines_of_positions_from_zero() -> None:
    table = sine_table(7, 6)
    assert table.dtype == torch.float64
    assert table.shape == (8, 6)
    assert not table[0].any()
    assert table[1].tolist() == [0, 1, 0, 1, 0, 1]
    expected = [math.sin(1), math.cos(1), math.sin(10000 ** (-1 / 3)), math.cos(10000 ** (-1 / 3))]
    assert table[2, :4].tolist() == pytest.approx(expected, abs=1e-15)


def test_tokens_stand_in_time_first_then_by_group() -> None:
    time, group = PositionTable(5, 8), PositionTable(4, 8)
    places = grid_positions(time(3), group(4))
    assert places.shape == (12, 8)
    for step in range(3):
        for number in range(4):
            expected = time.position_encoding.weight[1 + step] + group.position_encoding.weight[1 + number]
            assert torch.equal(places[4 * step + number], expected)
    with pytest.raises(ValueError, match="6 steps"):
        time(6)


def test_table_becomes_single_where_a_device_has_no_double() -> None:
    def mps(tensor: Any) -> Any:
        if tensor.dtype == torch.float64:
            raise TypeError("Cannot convert a MPS Tensor to float64 dtype")
        return tensor.clone()

    network = small_networks()[1]
    before = network.Predictor.decoder.PE(4)
    network._apply(mps)
    assert network.Predictor.decoder.PE(4).dtype == torch.float32
    assert torch.allclose(network.Predictor.decoder.PE(4).double(), before, atol=1e-7)


def test_an_untrained_layer_adds_nothing_and_pads_are_not_used() -> None:
    layer = StyledDecoderLayer(16, 2, 32, groups=4, dropout=0.0).eval()
    tokens, condition, label = torch.randn(2, 5, 16), torch.randn(2, 3, 16), torch.randn(2, 16)
    expected = layer.norm3(layer.norm2(layer.norm1(tokens)))
    assert torch.allclose(layer(tokens, condition, label), expected, atol=1e-5)
    fill_by_formula(layer)
    moved = layer(tokens, condition, label)
    with torch.no_grad():
        layer.pad_1.fill_(7.0)
    assert torch.equal(layer(tokens, condition, label), moved)
    assert not torch.allclose(layer(tokens, condition, label + 1), moved, atol=1e-3)


@pytest.mark.parametrize(("frames", "steps"), [(8, 1), (15, 1), (97, 12), (176, 22), (180, 22), (181, 22)])
def test_eight_frames_are_one_step(frames: int, steps: int) -> None:
    vq, predictor, refiner = small_networks()
    motion, audio, label = torch.randn(1, frames, 376), torch.randn(1, frames, 24), torch.tensor([3])
    known = torch.zeros(1, frames)
    assert vq.encode(motion).shape == (1, steps, 4)
    assert predictor(torch.zeros(1, 4 * steps, dtype=torch.long), motion, known, audio, label).shape[1:] == (
        4 * steps,
        16,
    )
    assert refiner(motion, known, audio, label).shape == (1, frames, 376)


def test_what_is_not_known_does_not_matter() -> None:
    _, predictor, _ = small_networks()
    motion, audio, label = torch.randn(1, 40, 376), torch.randn(1, 40, 24), torch.tensor([0])
    known = torch.zeros(1, 40)
    known[:, :16] = 1
    tokens = torch.full((1, 20), 16)
    expected = predictor(tokens, motion, known, audio, label)
    other = motion.clone()
    other[:, 16:] = 9
    assert torch.equal(predictor(tokens, other, known, audio, label), expected)
    other[:, :16] = 9
    assert not torch.allclose(predictor(tokens, other, known, audio, label), expected, atol=1e-3)


def test_the_condition_is_the_motion_context_then_the_audio() -> None:
    _, predictor, _ = small_networks()
    motion, known, audio = torch.randn(1, 40, 376), torch.ones(1, 40), torch.randn(1, 40, 24)
    condition = predictor.condition(motion, known, audio)
    assert condition.shape == (1, 5, 4 * 8 + 16)
    assert torch.equal(condition[..., 32:], predictor.AudEnc(audio))
    assert torch.equal(condition[..., :32], predictor.condition(motion, known, -audio)[..., :32])


def test_codes_survive_the_round_trip() -> None:
    quantiser = ProductQuantiser(12, codes=9, groups=3).eval()
    codes = torch.stack(torch.meshgrid(*[torch.arange(9)] * 3, indexing="ij"), -1).reshape(1, -1, 3)
    vectors = quantiser.look_up(codes)
    assert vectors.shape == (1, 729, 12)
    assert torch.equal(quantiser.nearest(vectors), codes)
    assert torch.equal(quantiser(vectors)[0], vectors)
    # Groups are told apart: the second code changes the second third alone.
    other = codes.clone()
    other[..., 1] = (other[..., 1] + 1) % 9
    changed = (quantiser.look_up(other) != vectors).any(1)[0]
    assert changed.tolist() == [False] * 4 + [True] * 4 + [False] * 4


def test_gradient_passes_the_quantiser_and_pulls_towards_the_codes() -> None:
    quantiser = ProductQuantiser(4, codes=5, groups=2).eval()
    vectors = torch.randn(2, 3, 4, requires_grad=True)
    quantised, _, commitment = quantiser(vectors)
    weights = torch.randn(2, 3, 4)
    (quantised * weights).sum().backward()
    assert torch.equal(vectors.grad, weights)
    vectors.grad = None
    commitment.backward()
    assert torch.allclose(vectors.grad, 2 / 24 * (vectors - quantised).detach())


def test_code_books_learn_clusters_and_no_code_stays_unused() -> None:
    torch.manual_seed(1)
    centres = 3 * torch.randn(8, 6)
    quantiser = ProductQuantiser(6, codes=24, groups=1, decay=0.9)
    error, vectors, codes = math.inf, torch.empty(0), torch.empty(0)
    for _ in range(60):
        vectors = (centres[torch.randint(8, (4, 64))] + 0.05 * torch.randn(4, 64, 6)).detach()
        _, codes, commitment = quantiser(vectors)
        error = float(commitment)
    assert error < 0.01
    assert len(codes.unique()) > 20
    quantiser.eval()
    before = quantiser.book(0).clone()
    quantiser(vectors)
    assert torch.equal(quantiser.book(0), before)


def test_a_code_out_of_reach_is_drawn_anew() -> None:
    torch.manual_seed(0)
    quantiser = ProductQuantiser(2, codes=4, groups=1)
    quantiser.book(0).copy_(torch.tensor([[0.0, 0], [1, 0], [500, 500], [-500, 500]]))
    vectors = torch.rand(1, 64, 2)
    quantiser(vectors)
    assert float(quantiser.book(0).abs().max()) < 1.1
    quantiser.train()
    assert len(quantiser(vectors)[1].unique()) >= 3


def test_training_the_autoencoder_lowers_its_loss() -> None:
    torch.manual_seed(0)
    vq = PQVAE(PQVAEConfig(6, (16, 16, 16, 16), blocks=1, codes=16, groups=2, code_dim=8, reset_below=0.2))
    time = torch.arange(32) / 10
    motion = torch.stack([torch.sin(time[None] * rate + torch.arange(4)[:, None]) for rate in (1, 2, 3, 1, 2, 3)], -1)
    losses = []
    for _ in range(40):
        reconstruction, _, commitment = vq(motion)
        loss = (reconstruction - motion).abs().mean() + 0.25 * commitment
        vq.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in vq.parameters():
                parameter -= 0.1 * parameter.grad
        losses.append(float((reconstruction - motion).abs().mean().detach()))
    assert losses[-1] < 0.7 * losses[0]


def test_label_audio_and_known_tokens_all_count() -> None:
    predictor: Predictor = small_networks()[1]
    motion, known, audio = torch.zeros(1, 40, 376), torch.zeros(1, 40), torch.randn(1, 40, 24)
    tokens = torch.full((1, 20), predictor.config.mask_id)
    expected = predictor(tokens, motion, known, audio, torch.tensor([0]))
    some = tokens.clone()
    some[0, 7] = 3
    for other in (
        predictor(tokens, motion, known, audio, torch.tensor([1])),
        predictor(tokens, motion, known, -audio, torch.tensor([0])),
        predictor(some, motion, known, audio, torch.tensor([0])),
    ):
        assert not torch.allclose(other, expected, atol=1e-3)
