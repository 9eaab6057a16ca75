"""The shipped face weights: small, complete, and nothing but numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")
from safetensors import safe_open

from soliloquy.inference.face.default.engine import WEIGHTS, load_network


def test_weights_fit_the_network_and_are_finite() -> None:
    network, tuning = load_network(WEIGHTS, "cpu")
    assert all(torch.isfinite(tensor).all() for tensor in network.state_dict().values())
    assert tuning.seal_slope > 0
    assert sum(parameter.numel() for parameter in network.head.parameters()) < 2_500_000


def test_engine_is_small(root: Path) -> None:
    assert WEIGHTS.stat().st_size < 12e6
    assert sum(path.stat().st_size for path in (root / "models" / "weights").iterdir()) < 60e6


def test_every_weights_file_has_a_card(root: Path) -> None:
    files = list((root / "models" / "weights").glob("*.safetensors"))
    assert files
    for path in files:
        card = path.with_suffix(".md").read_text(encoding="utf-8")
        for word in ("licence", "made by"):
            assert word in card.lower(), path.name


def test_metadata_names_licence_and_network() -> None:
    with safe_open(WEIGHTS, "pt") as archive:
        metadata = archive.metadata()
    assert "Apache-2.0" in metadata["licence"]
    assert json.loads(metadata["network"])["encoder"]["reach"] == 100
