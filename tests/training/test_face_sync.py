"""Sound and picture are brought into step, whatever the lag of the clip."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from soliloquy.training.face.examples import Example
from soliloquy.training.face.sync import bring_into_step, clip_lag

TIMES = np.arange(150) * 0.02


def lips(times: np.ndarray) -> np.ndarray:
    """Syllables of uneven length."""
    return 0.05 * (1 + np.sin(2 * np.pi * (3 * times + 0.5 * np.sin(times)))) * (times > 0.3)


def example(aperture: np.ndarray, clip: str, *, original: bool, speed: float = 1.0) -> Example:
    geometry = np.repeat(aperture[:, None], 5, 1).astype(np.float16)
    shut = (aperture < 0.02).astype(np.float16)
    samples, visemes = np.zeros(320 * len(aperture), np.int16), np.zeros(len(aperture), np.int8)
    return Example(samples, geometry, shut, visemes, clip=clip, original=original, speed=speed)


@pytest.mark.parametrize("lag", [-0.06, -0.02, 0.0, 0.04])
def test_lag_is_found(lag: float) -> None:
    found, score = clip_lag(lips(TIMES), lips(TIMES - lag))
    assert found == pytest.approx(lag, abs=0.011)
    assert score > 0.97


def test_labels_of_all_voices_of_a_clip_are_corrected() -> None:
    late = lips(TIMES - 0.04)
    fast_times = TIMES[:100] * 1.5
    examples = [
        example(late, "a", original=True),
        example(lips(fast_times - 0.04), "a", original=False, speed=1.5),
        example(late, "b", original=False),
    ]
    untouched = examples[2].geometry.copy()
    lags = bring_into_step(examples, {"a": lips(TIMES)})
    assert lags == {"a": pytest.approx(0.04, abs=0.011)}
    assert np.corrcoef(examples[0].geometry[5:-5, 0], lips(TIMES)[5:-5])[0, 1] > 0.98
    assert np.corrcoef(examples[1].geometry[5:-5, 0], lips(fast_times)[5:-5])[0, 1] > 0.98
    np.testing.assert_array_equal(examples[2].geometry, untouched)


def test_clip_that_fits_nowhere_loses_its_labels() -> None:
    noise = np.random.default_rng(0).random(150)
    examples = [example(noise, "a", original=True)]
    assert bring_into_step(examples, {"a": lips(TIMES)}) == {}
    assert np.isnan(examples[0].geometry.astype(np.float32)).all()
    assert np.isnan(examples[0].closure.astype(np.float32)).all()
