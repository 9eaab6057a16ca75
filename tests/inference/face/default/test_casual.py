"""Casual speech opens its lips for the sounds and shuts them for p, b and m only; clear speech and silence stay."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.face.default.articulation import lead_by_sounds
from soliloquy.inference.face.default.casual import aperture_of_sounds, casualness
from soliloquy.inference.face.default.vocal_effort import BANDS, COLUMNS
from soliloquy.inference.face.lips import MouthMotion
from soliloquy.models.face.visemes import VISEMES

FRAMES = 200
SIL, PP, DD, KK, AA = (VISEMES.index(name) for name in ("sil", "PP", "DD", "kk", "aa"))


def heard(*sounds: int, sure: float) -> np.ndarray:
    """Return (FRAMES, 14) in which the sounds take turns of a tenth of a second, as sure as said."""
    turns = np.repeat(np.resize(sounds, FRAMES // 5), 5)
    visemes = np.full((FRAMES, len(VISEMES)), (1 - sure) / (len(VISEMES) - 1), np.float32)
    visemes[np.arange(FRAMES), turns] = sure
    return visemes


def led(visemes: np.ndarray, casual: float, sealed: float = 1.0) -> MouthMotion:
    flat = np.ones(FRAMES, np.float32)
    named = dict(zip(VISEMES, visemes.T, strict=True))
    shut = MouthMotion(0.01 * flat, 0 * flat, 0 * flat, 0 * flat, sealed * flat, named, casual * flat, 0.1 * flat)
    return lead_by_sounds(shut, 50.0)


def test_speech_is_casual_where_its_sounds_are_unsure() -> None:
    assert casualness(heard(DD, AA, sure=0.65)).min() > 0.99
    assert casualness(heard(DD, AA, sure=0.85)).max() == 0


def test_silence_is_not_casual_however_unsure_it_is() -> None:
    assert casualness(heard(SIL, sure=0.97)).max() < 0.15
    mixed = heard(DD, AA, sure=0.65)
    mixed[80:] = heard(SIL, sure=0.999)[80:]
    assert casualness(mixed)[140:].max() < 0.01


def test_a_closure_heard_at_a_t_opens_in_casual_speech_alone() -> None:
    visemes = heard(DD, AA, sure=0.75)
    clear, casual = led(visemes, 0.0), led(visemes, 1.0)
    assert clear.sealed.min() > 0.99
    assert casual.sealed.max() < 0.01
    assert casual.aperture.min() > 0.06


def test_p_b_m_stay_shut_in_casual_speech() -> None:
    assert led(heard(PP, AA, sure=0.75), 1.0).sealed[:5].min() > 0.99


def test_lips_surely_shut_for_nobody_knows_which_sound_stay_shut_but_not_where_a_word_is_cut() -> None:
    visemes = np.zeros((FRAMES, len(VISEMES)), np.float32)
    visemes[:, [DD, KK]] = 0.5
    shut = led(visemes, 1.0).sealed
    assert shut[3:-3].min() > 0.99
    assert max(shut[:3].max(), shut[-3:].max()) < 0.01
    assert led(visemes, 1.0, sealed=0.9).sealed.max() < 0.01
    visemes[:, [SIL, DD, KK]] = 0.45, 0.3, 0.25
    assert led(visemes, 1.0).sealed.max() < 0.1, "the end of a sound"


def test_lips_wait_shut_for_the_first_word_and_part_when_the_last_is_said() -> None:
    visemes = heard(AA, sure=0.75)
    silent = heard(SIL, sure=0.995)
    visemes[:15], visemes[-15:] = silent[:15], silent[-15:]
    made = led(visemes, 1.0)
    assert made.sealed[:14].min() > 0.99, "before"
    assert made.sealed[-15:].max() < 0.01, "after"
    visemes[40:140] = silent[40:140]
    made = led(visemes, 1.0)
    assert made.sealed[45:55].max() < 0.01, "what was said sounds on"
    assert made.sealed[100:139].min() > 0.95, "after a rest"


def test_sounds_ask_for_their_own_aperture_and_lips_take_time() -> None:
    weights = np.zeros(3 * len(VISEMES) + COLUMNS + 1)
    weights[len(VISEMES) + AA], weights[-1] = 0.1, 0.01
    said = aperture_of_sounds(heard(DD, AA, sure=1.0), np.zeros((FRAMES, BANDS), np.float32), weights)
    assert said[2] == pytest.approx(0.01, abs=1e-3)
    assert said[7] == pytest.approx(0.11, abs=2e-3)
    assert np.abs(np.diff(said)).max() < 0.05
