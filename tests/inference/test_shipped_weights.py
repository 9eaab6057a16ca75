"""Weights are read whole, or refused in one sentence with a next step."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.shipped_weights import read_weights, refusing_damaged


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "some.safetensors"
    tensors = {"encoder.a": torch.ones(2, dtype=torch.float16), "head.b": torch.zeros(3)}
    safetensors.save_file(tensors, path, metadata={"network": "{}"})
    return path


def test_tensors_come_as_floats_with_their_metadata(weights: Path) -> None:
    state, metadata = read_weights(weights)
    assert set(state) == {"encoder.a", "head.b"}
    assert state["encoder.a"].dtype == torch.float32
    assert metadata == {"network": "{}"}


def test_a_part_comes_without_its_prefix(weights: Path) -> None:
    assert set(read_weights(weights, "encoder.")[0]) == {"a"}


def test_missing_file_is_one_sentence(tmp_path: Path) -> None:
    missing = refusing_damaged(tmp_path / "no.safetensors", "The lips' weights")
    with (
        pytest.raises(SoliloquyError, match="The lips' weights 'no.safetensors' are missing. Install") as caught,
        missing,
    ):
        pass
    assert caught.value.kind == "missing_files"


def test_truncated_file_is_one_sentence(weights: Path) -> None:
    weights.write_bytes(weights.read_bytes()[:-4])
    with pytest.raises(SoliloquyError, match="are damaged or of another version"), refusing_damaged(weights, "These"):
        read_weights(weights)


def test_weights_of_another_network_are_one_sentence(weights: Path) -> None:
    with pytest.raises(SoliloquyError, match="are damaged or of another version"), refusing_damaged(weights, "These"):
        torch.nn.Linear(2, 2).load_state_dict(read_weights(weights)[0])
