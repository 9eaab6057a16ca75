"""Hands at rest: they touch what they lie on, are in nothing, stay there, and are about to move."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.body.resting import HOME
from soliloquy.inference.body.track import BodyTrack, RestSpan
from soliloquy.inference.character import load_character
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.layers import posture
from soliloquy.inference.layers.rest_poses import REST_POSES
from soliloquy.inference.plausibility.capsules import SIDES, arm_depths, arm_spheres, capsules_of, obstacles
from soliloquy.inference.plausibility.kinematics import joint_frames, joint_positions
from soliloquy.inference.prosody import analyse
from soliloquy.inference.setting import settings_of
from soliloquy.inference.skeleton import JOINT_INDEX

FPS = 30.0
SEATED = ("lap", "thighs")
OFFERED = [name for name in REST_POSES if name not in ("ready", HOME)]


@lru_cache
def at_rest(*names: str, seconds: int = 4, sway: float = 0.0) -> BodyTrack:
    times = np.arange(seconds * round(FPS)) / FPS
    spans = tuple(RestSpan(1.5 * place, 1.0, name) for place, name in enumerate(names))
    return posture.posture_layer(
        times, analyse(np.zeros(16000 * seconds, np.float32)), load_character().joints, 0, weight_shift=sway,
        posture="seated" if names[0] in SEATED else "standing", rests=spans,
    )  # fmt: skip


def nearest(track: BodyTrack, side: str, *parts: str) -> np.ndarray:
    """(T,) metres between the skin of a hand and some parts of the body; negative inside."""
    capsules = capsules_of(load_character())
    depth = arm_depths(joint_frames(track.poses, track.trans, capsules.rest), capsules, side)[0]
    rows = [row for row, number in enumerate(obstacles(capsules, side)) if capsules.parts[number] in parts]
    return -depth[:, arm_spheres(capsules, side).is_hand][:, :, rows].max((1, 2))


def test_every_rest_can_be_chosen() -> None:
    choices = settings_of(GestureSettings)["rest"].names
    assert not callable(choices)
    assert {choice.name for choice in choices} == {"auto", *OFFERED}


@pytest.mark.parametrize(
    ("rest", "side", "parts"),
    [
        ("together", "right", ("left_palm", "left_finger")),
        ("wrist", "right", ("left_forearm", "left_palm")),
        ("behind", "right", ("left_forearm", "left_palm")),
        ("lap", "right", ("left_palm", "left_finger")),
        ("hip", "left", ("torso",)),
        ("pockets", "left", ("torso", "left_thigh")),
        ("crossed", "left", ("right_upper_arm",)),
        ("crossed", "right", ("left_upper_arm",)),
        ("thighs", "left", ("left_thigh",)),
        ("thighs", "right", ("right_thigh",)),
    ],
)
def test_hands_touch_what_they_lie_on(rest: str, side: str, parts: tuple[str, ...]) -> None:
    gap = nearest(at_rest(rest), side, *parts)
    assert gap.max() < 0.009  # capsules are a little slimmer than the flesh
    assert gap.min() > -0.012


@pytest.mark.parametrize("rest", ["together", "lap", "wrist"])
def test_hands_stay_in_each_other_while_the_body_sways(rest: str) -> None:
    track = at_rest(rest, seconds=12, sway=1.0)
    turns, places = joint_frames(track.poses, track.trans, load_character().joints)
    left, right = JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]
    seen = np.einsum("tji,tj->ti", turns[:, left], places[:, right] - places[:, left])
    assert np.ptp(seen, axis=0).max() < 0.012
    assert np.ptp(places[:, left], axis=0).max() > 0.005  # yet they are somebody's


def test_a_hand_on_the_hip_goes_where_the_hip_goes() -> None:
    track = at_rest("hip", seconds=12, sway=1.0)
    turns, places = joint_frames(track.poses, track.trans, load_character().joints)
    pelvis, wrist = JOINT_INDEX["pelvis"], JOINT_INDEX["left_wrist"]
    seen = np.einsum("tji,tj->ti", turns[:, pelvis], places[:, wrist] - places[:, pelvis])
    assert np.ptp(seen, axis=0).max() < 0.012


def test_mirrored_rests_change_hands() -> None:
    wrists = [JOINT_INDEX[f"{side}_wrist"] for side in SIDES]
    silence = analyse(np.zeros(16000, np.float32))
    plain, other = (
        joint_positions(track.poses, track.trans, load_character().joints)[0, wrists] - track.trans[0]
        for track in (
            posture.posture_layer(
                np.arange(3) / FPS, silence, load_character().joints, 0, weight_shift=0.0, breathing=0.0,
                rests=(RestSpan(0.0, 1.0, "hip", mirrored),),
            )
            for mirrored in (False, True)
        )
    )  # fmt: skip
    assert np.abs(other[::-1] * [-1, 1, 1] - plain).max() < 0.01


def test_changes_are_smooth_and_arrive() -> None:
    track = at_rest("together", "sides", "hip", seconds=6)
    speed = np.abs(np.diff(track.poses, axis=0)) * FPS
    assert speed.max() < np.radians(260)
    assert np.abs(np.diff(speed, axis=0)).max() * FPS < 60
    alone = at_rest("hip", seconds=6)
    wrist = JOINT_INDEX["left_wrist"]
    there, arrived = (
        joint_positions(one.poses, one.trans, load_character().joints)[-1, wrist] for one in (alone, track)
    )
    assert np.linalg.norm(there - arrived) < 0.01
