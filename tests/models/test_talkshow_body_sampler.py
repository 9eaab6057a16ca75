"""Drawing row by row is drawing with whole passes, token for token; and what each place draws is its own."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from soliloquy.models.talkshow.body.pixelcnn import GatedPixelCNN, PixelCNNConfig
from soliloquy.models.talkshow.body.sampler import (
    OPEN,
    Draw,
    RowSampler,
    sample_full_grid,
)

pytestmark = pytest.mark.usefixtures("one_thread")

# As deep as the published one: its seventeen rows of history are what has to be remembered.
CONFIG = PixelCNNConfig(codes=13, dim=6, classes=3, audio_width=5, hidden=16)


@pytest.fixture(scope="module")
def network() -> Any:
    """Random weights that make every token depend on the ones around it."""
    torch.manual_seed(0)
    network = GatedPixelCNN(CONFIG).eval().requires_grad_(False)
    for parameter in network.parameters():
        if parameter.dim() == 1:
            torch.nn.init.normal_(parameter, std=0.1)
    for layer in network.layers:
        layer.vert_stack.weight.mul_(3)
        layer.horiz_stack.weight.mul_(3)
    network.output_conv[2].weight.mul_(3)
    return network


def _speech(rows: int, batch: int = 2) -> tuple[Any, Any]:
    torch.manual_seed(rows)
    return torch.randn(batch, 5, rows), torch.arange(batch) % 3


@pytest.mark.parametrize(("seed", "rows"), [(0, 1), (1, 2), (2, 3), (3, 17), (4, 18), (5, 41)])
def test_row_by_row_is_token_for_token_the_whole_grid(network: Any, seed: int, rows: int) -> None:
    audio, classes = _speech(rows)
    expected = sample_full_grid(network, audio, classes, Draw(seed))
    found = RowSampler(network, classes, Draw(seed)).sample(audio)
    assert expected.shape == (2, rows, 2)
    assert torch.equal(found, expected)
    if rows > 10:
        assert expected.unique().numel() > 6
        assert not torch.equal(expected, RowSampler(network, classes, Draw(seed + 100)).sample(audio))


def test_every_row_within_reach_is_remembered(network: Any) -> None:
    # Logits, not draws: what is seventeen rows back moves them by little.
    audio, classes = _speech(30, 1)
    deep = GatedPixelCNN(CONFIG).double().eval().requires_grad_(False)
    deep.load_state_dict({key: value.double() for key, value in network.state_dict().items()})

    class Listening(Draw):
        def token(self, logits: Any, known: Any = None) -> Any:
            heard.append(logits)
            return super().token(logits, known)

    heard: list[Any] = []
    tokens = RowSampler(deep, classes, Listening(3)).sample(audio.double())
    expected = deep(tokens, classes, audio.double()).flatten(1, 2)
    assert torch.allclose(torch.stack(heard, 1), expected, atol=1e-9)


def test_streaming_in_pieces_changes_nothing(network: Any) -> None:
    audio, classes = _speech(40)
    whole = RowSampler(network, classes, Draw(7)).sample(audio)
    sampler = RowSampler(network, classes, Draw(7))
    pieces = [sampler.sample(part) for part in audio.split([1, 2, 16, 21], 2)]
    assert torch.equal(torch.cat(pieces, 1), whole)


@pytest.mark.parametrize("given", [1, 9, 25])
def test_goes_on_from_tokens_that_are_there(network: Any, given: int) -> None:
    audio, classes = _speech(given + 12)
    before = torch.randint(13, (2, given, 2))
    parts = {"previous": before, "previous_audio": audio[:, :, :given]}
    expected = sample_full_grid(network, audio[:, :, given:], classes, Draw(8), **parts)
    sampler = RowSampler(network, classes, Draw(8))
    assert not torch.equal(sampler.sample(audio[:, :, given:]), expected)
    sampler = RowSampler(network, classes, Draw(8))
    sampler.follow(before, audio[:, :, :given])
    assert torch.equal(sampler.sample(audio[:, :, given:]), expected)


def test_seventeen_rows_are_enough_to_go_on_from(network: Any) -> None:
    audio, classes = _speech(50)
    before = torch.randint(13, (2, 30, 2))

    def after(rows: int) -> Any:
        sampler = RowSampler(network, classes, Draw(9))
        sampler.follow(before[:, 30 - rows :], audio[:, :, 30 - rows : 30])
        return sampler.sample(audio[:, :, 30:])

    assert torch.equal(after(CONFIG.history), after(30))


def test_known_tokens_stay_and_others_draw_their_own_numbers(network: Any) -> None:
    audio, classes = _speech(24)
    free = RowSampler(network, classes, Draw(10)).sample(audio)
    known = torch.full((2, 24, 2), OPEN)
    known[:, 6:10] = (free[:, 6:10] + 1) % 13
    known[0, 20, 1] = 4
    found = RowSampler(network, classes, Draw(10)).sample(audio, known)
    assert torch.equal(found[known != OPEN], known[known != OPEN])
    assert torch.equal(found[:, :6], free[:, :6])
    assert not torch.equal(found[:, 10:], free[:, 10:])
    assert torch.equal(found, sample_full_grid(network, audio, classes, Draw(10), known=known))
    # Told what it would have drawn anyway, the rest is drawn as before.
    told = torch.where(torch.rand(free.shape) < 0.5, free, torch.tensor(OPEN))
    assert torch.equal(RowSampler(network, classes, Draw(10)).sample(audio, told), free)


def test_draws_follow_the_probabilities_and_the_temperature() -> None:
    logits = torch.tensor([0.5, 0.3, 0.2]).log().expand(6000, 3)
    for temperature in (1.0, 0.5):
        drawn = torch.bincount(Draw(0, temperature).token(logits), minlength=3) / 6000
        wanted = torch.tensor([0.5, 0.3, 0.2]) ** (1 / temperature)
        assert (drawn - wanted / wanted.sum()).abs().max() < 0.02
    assert (Draw(0, 0.01).token(logits) == 0).all()
    with pytest.raises(ValueError, match="temperature"):
        Draw(0, 0.0)


def test_draws_are_those_of_torch() -> None:
    logits = torch.randn(4, 30)
    torch.manual_seed(3)
    expected = [torch.softmax(logits, -1).multinomial(1)[:, 0] for _ in range(5)]
    draw = Draw(3)
    assert all(torch.equal(draw.token(logits), one) for one in expected)
