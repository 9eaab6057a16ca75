"""Sounds that can be seen are shown: round ones not sealed, th open, ee wide; pauses rest."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.face.default.articulation import lead_by_sounds
from soliloquy.inference.face.lips import MouthMotion

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "RR", "aa", "E", "I", "O", "U")
FRAMES = 100


def saying(sound: str, aperture: float = 0.0, sealed: float = 1.0) -> MouthMotion:
    """Return two seconds at 50 fps in which one sound is certain."""
    flat = np.ones(FRAMES, np.float32)
    visemes = {name: float(name == sound) * flat for name in VISEMES}
    return lead_by_sounds(MouthMotion(aperture * flat, 0 * flat, 0 * flat, 0 * flat, sealed * flat, visemes), 50.0)


@pytest.mark.parametrize("sound", ["U", "O", "TH", "FF", "RR"])
def test_sounds_that_air_passes_through_are_not_sealed(sound: str) -> None:
    led = saying(sound)
    assert led.sealed.max() == 0
    assert led.aperture.min() > 0.03


@pytest.mark.parametrize("sound", ["kk", "SS", "CH"])
def test_sounds_behind_the_lips_do_not_shut_them_unless_p_b_m_may_be_heard(sound: str) -> None:
    assert saying(sound, 0.01).sealed.max() == 0
    flat = np.ones(FRAMES, np.float32)
    visemes = dict.fromkeys(VISEMES, 0 * flat) | {sound: 0.94 * flat, "PP": 0.06 * flat}
    doubtful = lead_by_sounds(MouthMotion(0.01 * flat, 0 * flat, 0 * flat, 0 * flat, flat, visemes), 50.0)
    assert doubtful.sealed.min() > 0.99


def w_after(sound: float) -> MouthMotion:
    """Return a w whose first moments nobody is sure of, lips heard shut throughout, after so much of a p."""
    visemes = {name: np.zeros(FRAMES, np.float32) for name in VISEMES}
    visemes["DD"][:50] = 1 - sound
    visemes["PP"][:50] = sound
    visemes["U"][50:52], visemes["DD"][50:52] = 0.3, 0.7
    visemes["U"][52:] = 0.9
    flat = np.ones(FRAMES, np.float32)
    return lead_by_sounds(MouthMotion(0.01 * flat, 0 * flat, 0 * flat, 0 * flat, flat, visemes), 50.0)


def test_a_w_is_not_sealed_while_it_is_not_yet_sure_but_a_p_before_it_is() -> None:
    assert w_after(0.0).sealed[50:].max() < 0.01
    assert w_after(1.0).sealed[:50].min() > 0.99


def test_the_lower_lip_of_f_stays_by_the_teeth() -> None:
    assert saying("FF", aperture=0.12, sealed=0.0).aperture.max() < 0.051
    assert saying("aa", aperture=0.12, sealed=0.0).aperture.min() > 0.11


def test_p_b_m_stay_sealed() -> None:
    led = saying("PP")
    assert led.sealed.min() == 1
    assert led.aperture.max() == 0


def test_lips_meet_and_part_over_several_hundredths_of_a_second() -> None:
    sealed = np.zeros(FRAMES, np.float32)
    sealed[50:53] = 1
    visemes = {name: np.zeros(FRAMES, np.float32) for name in VISEMES}
    visemes["PP"][:] = 1
    flat = np.ones(FRAMES, np.float32)
    led = lead_by_sounds(MouthMotion(0.1 * flat, 0 * flat, 0 * flat, 0 * flat, sealed, visemes), 50.0).sealed
    assert led[50:53].min() == 1
    assert led[49] == pytest.approx(led[53], abs=1e-3)
    assert 0.2 < led[49] < 0.6
    assert led[:46].max() < 0.01


def test_a_wide_mouth_is_wider_than_a_round_one() -> None:
    assert saying("E").width.min() > saying("aa").width.max() > saying("O").width.max()


def test_lips_do_not_creep_open_in_a_pause_but_get_ready_before_a_word() -> None:
    pause = saying("sil", aperture=0.03, sealed=0.0)
    assert pause.aperture.max() < 1e-4
    speech = MouthMotion(np.full(FRAMES, 0.03, np.float32), *[np.zeros(FRAMES, np.float32)] * 4, {**pause.visemes})
    speech.visemes["sil"][50:] = 0
    speech.visemes["aa"][50:] = 1
    led = lead_by_sounds(speech, 50.0)
    assert led.aperture[:20].max() < 1e-3
    assert led.aperture[45:].min() > 0.029
