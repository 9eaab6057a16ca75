"""The transformer runs as it was trained, unless it is told to run as the authors' released programs do."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from soliloquy.models.emote.bias import faceformer_future
from soliloquy.models.emote.transformer import BiasedTransformer


def test_what_runs_is_what_was_trained() -> None:
    torch.manual_seed(0)
    transformer, hidden = BiasedTransformer(32, 4, 64, 2, period=5), torch.randn(2, 40, 32)
    trained = transformer(hidden)
    bias = faceformer_future(4, 40, 5).repeat(2, 1, 1)
    assert torch.allclose(trained, torch.nn.TransformerEncoder.forward(transformer, hidden, mask=bias), atol=1e-6)
    with torch.inference_mode():
        assert torch.allclose(transformer.eval()(hidden), trained, atol=1e-5)


def test_the_shortcut_sees_a_period_alone() -> None:
    torch.manual_seed(0)
    transformer = BiasedTransformer(32, 4, 64, 1, period=5, shortcut=True).eval()
    hidden = torch.randn(1, 40, 32)
    far = hidden.clone()
    far[:, 20:] += 1
    with torch.inference_mode():
        assert torch.allclose(transformer(hidden)[:, 0], transformer(far)[:, 0])
        transformer.shortcut = False
        assert not torch.allclose(transformer(hidden)[:, 0], transformer(far)[:, 0])
