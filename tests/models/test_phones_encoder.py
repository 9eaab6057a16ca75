"""The phone encoder hears what the recogniser it comes from hears, alone, in batches and in windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
soundfile = pytest.importorskip("soundfile")
pytest.importorskip("safetensors")
from safetensors.torch import load_file

from soliloquy.models.phones.encoder import PhoneEncoder, PhoneEncoderConfig

REFERENCE = Path(__file__).with_name("phones_reference.npz")


def encoder(root: Path, reach: int | None) -> PhoneEncoder:
    network = PhoneEncoder(PhoneEncoderConfig(reach=reach))
    state = load_file(root / "models" / "weights" / "phones.safetensors")
    network.load_state_dict({name: tensor.float() for name, tensor in state.items()}, strict=True)
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> torch.Tensor:
    return torch.from_numpy(soundfile.read(speech_wav, dtype="float32")[0])


def test_agrees_with_the_native_recogniser(root: Path, speech: torch.Tensor) -> None:
    """The reference was written by hama 1.7.0's own engine on the demo recording."""
    network = encoder(root, None)
    found = network.phones(network(speech[None])[-1]).log_softmax(-1)[0].numpy()
    with np.load(REFERENCE, allow_pickle=False) as reference:
        np.testing.assert_array_equal(found.argmax(-1), reference["phone"])
        np.testing.assert_allclose(found.max(-1), reference["log_prob"].astype(np.float32), atol=0.02)
        np.testing.assert_allclose(found[:, -1], reference["blank"].astype(np.float32), atol=0.03)


def test_padding_in_a_batch_changes_nothing_before_the_end(root: Path, speech: torch.Tensor) -> None:
    network = encoder(root, 100)
    alone = network(speech[None])[-1][0]
    batch = torch.zeros(2, len(speech) + 16_000)
    batch[0, : len(speech)] = speech
    batch[1] = 0.05 * torch.randn(batch.shape[1], generator=torch.Generator().manual_seed(0))
    together = network(batch, torch.tensor([len(speech), batch.shape[1]]))[-1][0, : len(alone)]
    # The recording's end is reflected when alone and followed by zeros in a batch.
    assert (together - alone)[:-20].abs().max() < 0.2
    assert (together - alone)[:-20].abs().mean() < 0.01


def test_finite_reach_makes_far_sound_irrelevant(root: Path, speech: torch.Tensor) -> None:
    network = encoder(root, 10)
    config = network.config
    reach = config.blocks * (10 + config.kernel // 2) + 2
    assert reach == 4 * (10 + 15) + 2
    changed = speech.clone()
    changed[: 320 * 100] = 0
    difference = (network(speech[None])[-1] - network(changed[None])[-1])[0].abs().amax(-1)
    assert difference[:100].max() > 0.1
    assert difference[100 + reach + 1 :].max() < 1e-4


def test_frame_count(root: Path) -> None:
    network = encoder(root, 100)
    for samples in (320, 16_000, 16_001, 16_319, 16_320):
        assert network(torch.zeros(1, samples))[0].shape[1] == network.frames(samples)
