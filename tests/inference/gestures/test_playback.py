"""Playback: smooth joins, living holds, hands that come back to rest, the same at every frame rate."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from made_up_gestures import even_speech, ground, quaternions, rows_of, speech

from soliloquy.inference.body.upper_body import UPPER_BODY, UPPER_BODY_INDEX, upper_body_of
from soliloquy.inference.character import load_character
from soliloquy.inference.gestures.direction import directed
from soliloquy.inference.gestures.library import Library
from soliloquy.inference.gestures.playback import clip_seconds, play, upper_body_track
from soliloquy.inference.gestures.scheduler import plan
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.rotation import quaternion_multiply, quaternion_to_axis_angle
from soliloquy.inference.skeleton import JOINT_INDEX

SECONDS = 40.0


def _turned(rotations: np.ndarray, fps: float) -> np.ndarray:
    """Return (T - 1, J, 3) angular velocity, rad/s."""
    q = quaternions(rotations)
    steps = quaternion_multiply(q[:-1] * np.array([1.0, -1.0, -1.0, -1.0]), q[1:])
    return quaternion_to_axis_angle(steps) * fps


def _made(library: Library, seconds: float = SECONDS, fps: float = 30.0, seed: int = 0, **settings):
    choice = GestureSettings(**settings)
    made = plan(even_speech(seconds), choice, 0.0, seconds, seed, library)
    times, track = ground(seconds, fps, posture=choice.posture)
    return made, times, track, upper_body_track(made, library, track.poses, times)


@pytest.mark.parametrize("style", ["calm", "enthusiastic", "agitated"])
def test_no_pops_at_joins(library: Library, style: str) -> None:
    _, _, _, rotations = _made(library, seconds=20.0, fps=240.0, style=style)
    velocity = _turned(rotations, 240.0)
    assert np.linalg.norm(velocity, axis=-1).max() < 16.0
    # Over 1/240 s even a quick hand changes its speed by little; a jump of one degree would be 4 rad/s.
    assert np.linalg.norm(np.diff(velocity, axis=0), axis=-1).max() < 1.0


def test_a_join_moves_no_harder_than_a_clip(library: Library) -> None:
    clip = library.clips[4]
    alone = quaternion_to_axis_angle(library.sample(clip, np.arange(0, clip.seconds, 1 / 30)))
    _, _, _, rotations = _made(library, style="explaining")
    hardest, typical = (
        np.linalg.norm(np.diff(_turned(item, 30.0), n=2, axis=0), axis=-1).max(1) * 900 for item in (alone, rotations)
    )
    # Sped up by a fifth and on short ways from stroke to stroke, but nothing like a jump, which is ten times this.
    assert np.percentile(typical, 99) < 2.5 * hardest.max()
    assert typical.max() < 6 * hardest.max()


def test_any_stretch_plays_as_in_the_whole(library: Library) -> None:
    made, times, track, whole = _made(library)
    part = upper_body_track(made, library, track.poses[400:700], times[400:700])
    assert np.abs(part - whole[400:700]).max() < 1e-6


def test_the_frame_rate_changes_nothing(library: Library) -> None:
    made, times, track, fast = _made(library, seconds=20.0, fps=48.0)
    slow = upper_body_track(made, library, track.poses[::2], times[::2])
    assert np.abs(fast[::2] - slow).max() < 1e-6


def test_the_stroke_peaks_on_time(library: Library) -> None:
    made, _, _, rotations = _made(library, fps=120.0, style="explaining")
    speed = np.linalg.norm(_turned(rotations[:, 3:11], 120.0), axis=-1).mean(1)
    late = []
    for phrase in made.phrases:
        at = int(phrase.emphasis * 120)
        near = speed[max(0, at - 24) : at + 24]
        late.append((near.argmin() - min(at, 24)) / 120)
    assert np.median(np.abs(late)) < 0.05


def test_hands_rest_when_nothing_is_said(library: Library) -> None:
    times, track = ground(10.0)
    made = plan(speech([], 10.0), GestureSettings(), 0.0, 10.0, 0, library)
    rotations = upper_body_track(made, library, track.poses, times)
    resting = upper_body_of(track.poses, track.poses)
    assert np.degrees(np.abs(rotations - resting)).max() < 9.0
    assert np.degrees(np.ptp(rotations[:, rows_of("left")], axis=0)).max() > 1.0


def test_hands_come_back_in_a_long_pause(library: Library) -> None:
    prosody = speech(list(np.arange(1.0, 8.0, 0.6)), 20.0, [(0.5, 8.0)])
    times, track = ground(20.0)
    rotations = upper_body_track(
        plan(prosody, GestureSettings(style="enthusiastic"), 0.0, 20.0, 0, library), library, track.poses, times
    )
    away = np.degrees(np.abs(rotations - upper_body_of(track.poses, track.poses))[:, 3:11]).max((1, 2))
    assert away[times < 8].max() > 40
    assert away[times > 13].max() < 6


@pytest.mark.parametrize("style", ["calm", "agitated"])
def test_nothing_is_ever_frozen(library: Library, style: str) -> None:
    _, _, _, rotations = _made(library, style=style)
    for side in ("left", "right"):
        speed = np.degrees(np.linalg.norm(_turned(rotations[:, rows_of(side)], 30.0), axis=-1)).mean(1)
        running = np.convolve(speed, np.ones(30) / 30, mode="valid")
        assert running.min() > 0.15


def test_elbows_go_less_far_than_recorded_but_for_signs_of_words(library: Library) -> None:
    made, times, track, rotations = _made(library)
    whole = dataclasses.replace(made, phrases=tuple(dataclasses.replace(phrase, sign=True) for phrase in made.phrases))
    signs = upper_body_track(whole, library, track.poses, times)
    rows = [UPPER_BODY.index(f"{side}_elbow") for side in ("left", "right")]
    talk, said = (np.linalg.norm(turns[:, rows].std(0), axis=-1).mean() for turns in (rotations, signs))
    assert talk < 0.995 * said


def test_what_is_felt_carries_the_hands_higher_and_further_out(library: Library) -> None:
    made, times, track, _ = _made(library, seconds=12.0, rest="sides")
    rows = np.unique([int(phrase.emphasis * 30) for phrase in made.phrases if phrase.hand == "both"])
    assert len(rows) > 2

    def wrists(lift: float, spread: float) -> np.ndarray:
        phrases = tuple(dataclasses.replace(phrase, lift=lift, spread=spread) for phrase in made.phrases)
        poses = play(dataclasses.replace(made, phrases=phrases), library, track, times).poses
        places = joint_positions(poses, track.trans, load_character().joints)
        return places[rows][:, [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]]

    plain, higher, wider = wrists(0, 0), wrists(0.1, 0), wrists(0, 0.1)
    assert (higher - plain)[..., 1].min() > 0.01
    assert np.ptp(wider[..., 0], axis=1).min() > np.ptp(plain[..., 0], axis=1).min() + 0.02


def test_two_hands_are_not_mirror_images(library: Library) -> None:
    made, times, _, rotations = _made(library, style="enthusiastic")
    left, right = rotations[:, rows_of("left")[:4]], rotations[:, rows_of("right")[:4]] * [1.0, -1.0, -1.0]
    for phrase in [phrase for phrase in made.phrases if phrase.hand == "both"]:
        rows = (times > phrase.stroke_start) & (times < phrase.hold_end)
        assert np.degrees(np.abs(left[rows] - right[rows])).max() > 2.0


@pytest.mark.parametrize(("side", "other", "value"), [("left", "right", -1.0), ("right", "left", 1.0)])
def test_handedness_is_seen(library: Library, side: str, other: str, value: float) -> None:
    _, _, track, rotations = _made(library, handedness=value)
    rest = upper_body_of(track.poses, track.poses)
    away = np.abs(directed(rotations, rest, GestureSettings(handedness=value)) - rest).mean((0, 2))
    assert away[rows_of(side)].mean() > 0.02
    assert away[rows_of(other)].max() < 1e-6


def test_a_hand_that_was_taken_over_is_gone(library: Library) -> None:
    made, *_ = _made(library, seconds=60.0, style="enthusiastic")
    taken = 0
    for before, after in pairwise(made.phrases):
        for side in ("left", "right", "trunk"):
            old, new = getattr(before, side), getattr(after, side)
            if before.chained_to and old.amplitude > 0 and new.amplitude > 0:
                taken += 1
                # Else it would show again when the next one goes back.
                assert new.on_end <= old.off_end <= new.on_end + 0.01
    assert taken > 20


def test_only_what_gestures_is_touched(library: Library) -> None:
    made, times, track, _ = _made(library)
    played = play(made, library, track, times)
    others = [joint for joint in range(55) if joint not in UPPER_BODY_INDEX]
    before, after = (item.poses.reshape(-1, 55, 3)[:, others] for item in (track, played))
    assert np.array_equal(before, after)
    assert np.array_equal(played.trans, track.trans)
    assert np.array_equal(played.strokes, made.strokes)
    assert np.ptp(played.poses.reshape(-1, 55, 3)[:, JOINT_INDEX["left_elbow"]], axis=0).max() > 0.5


def test_a_clip_never_runs_backwards(library: Library) -> None:
    made, *_ = _made(library, style="agitated")
    for phrase in made.phrases:
        seconds = clip_seconds(phrase, np.linspace(phrase.start - 1, phrase.end + 1, 300))
        assert np.diff(seconds).min() >= -1e-9
        assert abs(clip_seconds(phrase, [phrase.emphasis])[0] - library.clips[phrase.clip].phases[2]) < 1e-6


def test_seated_hands_lie_still_and_come_up_their_own_way(library: Library) -> None:
    made, _, track, _ = _made(library, posture="seated")
    assert len(made.phrases) > 5
    for phrase in made.phrases:
        # Never the part of a clip in which its arms hang where now the thighs are.
        assert phrase.warp[0][1] >= library.clips[phrase.clip].halfway - 1e-9
        assert phrase.warp[-1][1] <= library.clips[phrase.clip].phases[3] + 1e-6
    quiet = plan(speech([], 10.0), GestureSettings(posture="seated"), 0.0, 10.0, 0, library)
    still = upper_body_track(quiet, library, track.poses[:300], np.arange(300) / 30)
    resting = upper_body_of(track.poses[:300], track.poses[:300])
    assert np.degrees(np.abs(still - resting))[:, 3:11].max() < 2.5
