"""The lag between sound and picture of a clip is found."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from soliloquy.training.face.sync import clip_lag

TIMES = np.arange(150) * 0.02


def lips(times: np.ndarray) -> np.ndarray:
    """Syllables of uneven length."""
    return 0.05 * (1 + np.sin(2 * np.pi * (3 * times + 0.5 * np.sin(times)))) * (times > 0.3)


@pytest.mark.parametrize("lag", [-0.06, -0.02, 0.0, 0.04])
def test_lag_is_found(lag: float) -> None:
    found, score = clip_lag(lips(TIMES), lips(TIMES - lag))
    assert found == pytest.approx(lag, abs=0.011)
    assert score > 0.97
