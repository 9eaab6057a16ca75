"""TalkSHOW's body networks: the authors' numbers, what may not be seen, what training does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from soliloquy.models.talkshow.body.audio_encoder import AudioEncoder, AudioEncoderConfig
from soliloquy.models.talkshow.body.pixelcnn import GatedPixelCNN, PixelCNNConfig
from soliloquy.models.talkshow.body.vqvae import VQVAE, VQVAEConfig

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL_CODES = VQVAEConfig(in_dim=5, width=32, code_width=6, codes=40, blocks=2)


def _formula(module: Any) -> Any:
    """Give a module weights that are the same on every machine."""
    result = {}
    for index, (key, value) in enumerate(sorted(module.state_dict().items())):
        if not value.is_floating_point():
            result[key] = value
            continue
        count, shape = value.numel(), tuple(value.shape)
        numbers = torch.sin(torch.arange(count, dtype=torch.float64) * 12.9898 + index).reshape(shape)
        scale = math.sqrt(2 * shape[0] / count) if len(shape) > 2 else (1.0 if len(shape) == 2 else 0.1)
        numbers = numbers * scale
        if "norm" in key and key.endswith(("weight", "running_var")):
            numbers = numbers + 1
        result[key] = numbers.float()
    module.load_state_dict(result)
    return module.eval()


def _steps(count: int) -> Any:
    return torch.arange(count, dtype=torch.float64)[:, None]


def _random_network(config: PixelCNNConfig) -> Any:
    torch.manual_seed(0)
    network = GatedPixelCNN(config).eval()
    for parameter in network.parameters():
        if parameter.dim() == 1:
            torch.nn.init.normal_(parameter, std=0.1)
    return network.requires_grad_(False)


# Numbers of the authors' classes with the same sizes and weights.


def test_motion_codes_give_the_authors_numbers() -> None:
    codes = _formula(VQVAE(VQVAEConfig(in_dim=5, width=16, code_width=6, codes=32)))
    motion = torch.sin(_steps(40) * 0.37 + torch.arange(5))[None].float()
    assert codes.encode(motion).tolist() == [[1, 1, 1, 1, 1, 1, 28, 1, 1, 1]]
    with torch.no_grad():
        encoded = codes.encoder(motion.transpose(1, 2))[0]
        decoded = codes.decode(torch.arange(10)[None] * 3)
    expected = [[-2.61917, -3.66533, -2.83253], [-8.29139, -13.69785, -8.18756], [-3.08344, -5.63719, -2.83919]]
    np.testing.assert_allclose(encoded[[0, 3, 5]][:, [0, 4, 9]].numpy(), expected, atol=1e-4)
    assert decoded.shape == (1, 40, 5)
    expected = [
        [0.00356, -0.80386, 0.3974, 0.87776, -0.50405],
        [-0.03711, -2.20942, 0.78275, 2.18882, -1.2109],
        [0.39615, -1.37169, 0.14406, 1.50772, -0.40518],
    ]
    np.testing.assert_allclose(decoded[0, [0, 17, 39]].numpy(), expected, atol=1e-4)


def test_audio_encoder_gives_the_authors_numbers() -> None:
    encoder = _formula(AudioEncoder(AudioEncoderConfig(width=16)))
    with torch.no_grad():
        audio = encoder(torch.sin(_steps(40) * 0.21 + torch.arange(64) * 0.7)[None].float())
    assert audio.shape == (1, 16, 10)
    expected = [[0.0, 0.0, 0.02987], [0.0, 0.0, 0.47856], [1.30987, 2.12281, 0.0]]
    np.testing.assert_allclose(audio[0, [0, 7, 15]][:, [0, 4, 9]].numpy(), expected, atol=1e-4)


def test_logits_are_the_authors_numbers() -> None:
    network = _formula(GatedPixelCNN(PixelCNNConfig(codes=12, dim=8, layers=4)))
    audio = torch.sin(torch.arange(256, dtype=torch.float64)[:, None] * 0.3 + torch.arange(6))[None].float()
    tokens = torch.arange(12).reshape(1, 6, 2) * 5 % 12
    with torch.no_grad():
        logits = network(tokens, torch.tensor([3]), audio)
    assert logits.shape == (1, 6, 2, 12)
    expected = [[-0.7675, 0.95292, -0.75864], [-0.79848, 0.98439, -0.79057], [-0.80052, 0.9862, -0.79215]]
    np.testing.assert_allclose(logits[0, [0, 2, 5], 1, :3].numpy(), expected, atol=1e-4)
    np.testing.assert_allclose(logits[0, 5, 0, :3].numpy(), [-0.73649, 0.92183, -0.72748], atol=1e-4)


def _moved_by(network: Any, rows: int, place: tuple[int, int]) -> Any:
    """(rows, 2): which tokens' logits another token at a place changes; the average of several tries in doubles."""
    network = network.double()
    torch.manual_seed(1)
    audio = torch.randn(1, network.config.audio_width, rows, dtype=torch.float64)
    moved = torch.zeros(rows, 2, dtype=torch.bool)
    for code in range(1, 4):
        tokens = torch.randint(network.config.codes, (1, rows, 2))
        changed = tokens.clone()
        changed[0, *place] = (tokens[0, *place] + code) % network.config.codes
        classes = torch.zeros(1, dtype=torch.int64)
        moved |= (network(tokens, classes, audio) != network(changed, classes, audio)).any(-1)[0]
    return moved


def test_no_token_sees_itself_or_a_later_one() -> None:
    network = _random_network(PixelCNNConfig(codes=7, dim=6, layers=4, audio_width=4, hidden=8))
    # The authors' checkpoint holds weights where the mask is, as their optimiser left them.
    assert network.layers[0].vert_stack.weight[:, :, -1].abs().min() > 0
    body, hands = _moved_by(network, 9, (4, 0)), _moved_by(network, 9, (4, 1))
    assert not body[:4].any()
    assert not hands[:4].any()
    assert body[4].tolist() == [False, True]
    assert hands[4].tolist() == [False, False]
    assert body[5:].all()
    assert hands[5:].all()


def test_a_token_sees_seventeen_rows_back_and_no_further() -> None:
    assert PixelCNNConfig().history == 17
    network = _random_network(PixelCNNConfig(codes=5, dim=4, audio_width=4, hidden=8))
    # Without the squashing of fifteen layers what is far away is not lost in rounding.
    for layer in network.layers:
        layer.vert_stack.weight.mul_(2)
    moved = _moved_by(network, 24, (2, 0))
    assert moved[3 : 2 + 17 + 1].all()
    assert not moved[2 + 17 + 1 :].any()


def test_classes_and_audio_matter() -> None:
    network = _random_network(PixelCNNConfig(codes=5, dim=6, layers=3, classes=6, audio_width=4, hidden=8))
    tokens, audio = torch.zeros(6, 3, 2, dtype=torch.int64), torch.randn(1, 4, 3).expand(6, -1, -1)
    logits = network(tokens, torch.arange(6), audio)
    assert (logits[1:] - logits[:-1]).abs().amax((1, 2, 3)).min() > 1e-3
    louder = network(tokens, torch.arange(6), audio * torch.tensor([1.0, 1.0, 2.0]))
    changed = (louder != logits).any(-1)
    assert changed[:, 2].all()
    assert not changed[:, :2].any()


def test_a_row_of_audio_is_left_out_in_training_only() -> None:
    network = _random_network(PixelCNNConfig(codes=5, dim=6, layers=3, audio_width=4, hidden=8, audio_dropout=0.5))
    tokens, audio = torch.zeros(1, 40, 2, dtype=torch.int64), torch.randn(1, 4, 40)
    assert torch.equal(network(tokens, torch.tensor([0]), audio), network(tokens, torch.tensor([0]), audio))
    network.train()
    assert not torch.equal(network(tokens, torch.tensor([0]), audio), network(tokens, torch.tensor([0]), audio))


@pytest.mark.parametrize("rows", [1, 5, 33])
def test_pieces_join_to_the_whole(rows: int) -> None:
    torch.manual_seed(0)
    codes = VQVAE(SMALL_CODES).double().eval()
    tokens = torch.randint(40, (1, rows))
    whole = codes.decode(tokens)
    assert whole.shape == (1, 4 * rows, 5)
    for piece in (1, 7):
        assert torch.allclose(torch.cat(list(codes.decode_pieces(tokens, piece)), 1), whole, atol=1e-12)
    encoder = AudioEncoder(AudioEncoderConfig(in_dim=6, width=16)).double().eval()
    features = torch.randn(1, 4 * rows, 6, dtype=torch.float64)
    for piece in (1, 7):
        joined = torch.cat(list(encoder.encode_pieces(features, piece)), 2)
        assert joined.shape == (1, 16, rows)
        assert torch.allclose(joined, encoder(features), atol=1e-12)


def test_codes_learn_motion_and_come_into_use() -> None:
    torch.manual_seed(0)
    codes = VQVAE(VQVAEConfig(in_dim=3, width=64, blocks=1, code_width=8, codes=32, restart_below=0.05)).train()
    optimizer = torch.optim.Adam(codes.parameters(), lr=5e-3)
    frames = torch.arange(16) / 4
    losses, used = [], 0
    for _ in range(40):
        motion = torch.sin(frames[None, :, None] + torch.rand(8, 1, 3) * 6.3)
        decoded, tokens, commitment = codes(motion)
        loss = (decoded - motion).abs().mean()
        optimizer.zero_grad()
        (loss + commitment).backward()
        optimizer.step()
        losses.append(loss.item())
        used = tokens.unique().numel()
    # Nothing at all, the best guess that does not look, is 2 / pi away.
    assert np.mean(losses[-10:]) < 0.5
    assert used > 6
    before = codes.eval().vq_layer.embeddings.clone()
    codes(torch.sin(frames[None, :, None] + torch.rand(8, 1, 3) * 6.3))
    assert torch.equal(before, codes.vq_layer.embeddings), "codes move outside training"


def test_codebook_is_the_corrected_average_of_what_was_assigned() -> None:
    codes = VQVAE(VQVAEConfig(in_dim=3, width=16, code_width=2, codes=2, decay=0.9, epsilon=0.1)).train().vq_layer
    codes.embeddings.copy_(torch.tensor([[-1.0, 0.0], [1.0, 0.0]]))
    first = torch.tensor([[[-2.0, 0.0], [2.0, 1.0], [4.0, 1.0]]])
    quantised, tokens, loss = codes(first)
    assert tokens.tolist() == [[0, 1, 1]]
    np.testing.assert_allclose(quantised[0].numpy(), [[-1, 0], [1, 0], [1, 0]])
    assert float(loss) == pytest.approx(0.25 * (1 + 1 + 1 + 9 + 1) / 6)

    def expected(counts: tuple[float, float], sums: tuple[tuple[float, float], ...]) -> np.ndarray:
        total = sum(counts)
        smoothed = (np.array(counts) + 0.1) / (total + 2 * 0.1) * total
        return np.array(sums) / smoothed[:, None]

    np.testing.assert_allclose(codes.embeddings.numpy(), expected((1, 2), ((-2, 0), (6, 2))), atol=1e-5)
    codes(torch.tensor([[[-2.0, 0.0], [2.0, 4.0]]]))
    # The step before counts by 0.9, this one by 1; both together are 1.9.
    counts, sums = (1.0, 2.8 / 1.9), ((-2.0, 0.0), (7.4 / 1.9, 5.8 / 1.9))
    np.testing.assert_allclose(codes.embeddings.numpy(), expected(counts, sums), atol=1e-4)


def test_unused_codes_restart_where_the_encoder_is_if_asked() -> None:
    for restart, moved in ((0.0, False), (0.5, True)):
        torch.manual_seed(0)
        config = VQVAEConfig(in_dim=3, width=16, code_width=2, codes=5, decay=0.9, restart_below=restart)
        codes = VQVAE(config).train().vq_layer
        codes.embeddings.copy_(torch.tensor([[0.0, 0.0], [90.0, 0.0], [0.0, 90.0], [-90.0, 0.0], [0.0, -90.0]]))
        codes(torch.randn(1, 50, 2))
        given = torch.randn(1, 50, 2)
        codes(given)
        nearest = torch.cdist(codes.embeddings[1:], given[0]).min(1).values
        # An unused code of the published kind shrinks to nothing, its moving sum being empty.
        assert bool((codes.embeddings[1:].abs().amax(1) > 0).all()) == moved
        if moved:
            assert codes(given)[1].unique().numel() == 5
            assert nearest.max() < 1
