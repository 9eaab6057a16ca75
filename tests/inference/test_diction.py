"""Diction: a character that mumbles or speaks as on a stage, whatever it says."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.diction import articulated
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_INDEX


def spoken() -> Performance:
    character = load_character()
    arkit, poses = np.zeros((60, 52), np.float32), np.zeros((60, 165), np.float32)
    arkit[:, ARKIT_INDEX["jawOpen"]] = 0.25 * np.sin(np.linspace(0, 6 * np.pi, 60)) ** 2
    poses[:, 3 * JOINT_INDEX["jaw"]] = character.jaw_open_radians * arkit[:, ARKIT_INDEX["jawOpen"]]
    return Performance(30.0, poses, np.zeros((60, 3), np.float32), arkit, character.lip_aperture(poses, arkit))


def test_it_opens_the_mouth_more_or_less_and_shuts_what_was_shut() -> None:
    plain = spoken()
    stage, mumbled = articulated(plain, 1.4), articulated(plain, 0.6)
    assert np.quantile(stage.lip_aperture, 0.9) > 1.1 * np.quantile(plain.lip_aperture, 0.9)
    assert np.quantile(mumbled.lip_aperture, 0.9) < 0.8 * np.quantile(plain.lip_aperture, 0.9)
    shut = plain.lip_aperture < 0.004
    assert shut.any()
    for made in (stage, mumbled):
        assert made.lip_aperture[shut].max() < 0.008
        # It is the character's, not a craft that somebody would find on the take's sliders.
        assert "craft" not in made.meta
    assert articulated(plain, 1.0) is plain
