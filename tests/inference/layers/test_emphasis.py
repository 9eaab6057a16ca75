"""Accents shared by hands, head and brows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("av")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.audio import read_audio
from soliloquy.inference.layers import brows, head
from soliloquy.inference.layers.emphasis import on_accents, only_strokes, shared_accents
from soliloquy.inference.layers.noise import layer_rng
from soliloquy.inference.prosody import Prosody, analyse
from soliloquy.inference.settings import AudioRange


@pytest.fixture(scope="module")
def spoken(speech_wav: Path) -> tuple[np.ndarray, Prosody]:
    samples = read_audio(AudioRange(str(speech_wav))).samples
    return samples, analyse(samples)


def weak_half(prosody: Prosody) -> np.ndarray:
    order = np.argsort(prosody.accent_strengths)[: len(prosody.accent_times) // 2]
    times = np.sort(prosody.accent_times[order])
    return np.stack([times, np.ones(len(times))], 1)


def test_without_strokes_nothing_changes(spoken) -> None:
    _, prosody = spoken
    assert shared_accents(prosody, np.zeros((0, 2))) is prosody
    assert len(only_strokes(prosody, np.zeros((0, 2))).accent_times) == 0


def test_an_accent_counts_more_under_a_stroke_and_less_beside_it(spoken) -> None:
    _, prosody = spoken
    strokes = weak_half(prosody)
    before, after = prosody.accent_strengths, shared_accents(prosody, strokes).accent_strengths
    under = on_accents(prosody, strokes) > 0
    assert under.sum() == len(strokes)
    assert (after[under] > before[under]).all() or (before[under] >= 0.99).any()
    assert (after[~under] < before[~under]).all()
    np.testing.assert_array_equal(only_strokes(prosody, strokes).accent_times, strokes[:, 0])


def test_a_stroke_far_from_any_accent_lifts_none(spoken) -> None:
    _, prosody = spoken
    assert not on_accents(prosody, np.array([[prosody.times[-1] + 5.0, 1.0]])).any()


def test_head_and_brows_move_with_the_strokes(spoken) -> None:
    _, prosody = spoken
    strokes = weak_half(prosody)
    shared = shared_accents(prosody, strokes)
    times = np.arange(0, prosody.times[-1], 1 / 60)
    near = np.abs(times[:, None] - strokes[:, 0]).min(1) < 0.12
    gains = []
    for seed in range(8):
        nods = [np.abs(head.accent_nods(times, p, layer_rng(seed, "n"))[:, 0])[near].mean() for p in (prosody, shared)]
        rises = [
            brows.brow_layer(times, p, 1.0, layer_rng(seed, "b"))[near, ARKIT_INDEX["browInnerUp"]].mean()
            for p in (prosody, shared)
        ]
        gains.append((nods[1] / max(nods[0], 1e-6), rises[1] / max(rises[0], 1e-6)))
    assert (np.median(gains, axis=0) > 1.3).all()


def test_the_learned_upper_face_rises_with_the_strokes(spoken) -> None:
    pytest.importorskip("torch")
    from soliloquy.inference.layers.upper_face import upper_face_layer

    samples, prosody = spoken
    strokes = weak_half(prosody)
    times = np.arange(0, prosody.times[-1], 1 / 30)
    near = np.abs(times[:, None] - (strokes[:, 0] - 0.08)).min(1) < 0.1
    inner = ARKIT_INDEX["browInnerUp"]
    plain = upper_face_layer(times, samples, prosody, 1.0, 1.0, 3)
    with_hands = upper_face_layer(times, samples, prosody, 1.0, 1.0, 3, strokes)
    assert with_hands.arkit[near, inner].mean() > plain.arkit[near, inner].mean() + 0.03
    assert plain.head is not None
    assert with_hands.head is not None
    assert np.abs(with_hands.head - plain.head).max() > np.radians(0.3)
