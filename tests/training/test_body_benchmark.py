"""The body benchmark tells seams, settings and what the hands do."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("librosa")

from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.layers.noise import smooth_noise
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.benchmarks.body_baselines import FADE, RandomClips, Relaxed, StillPose
from soliloquy.training.benchmarks.body_long import phase_peak
from soliloquy.training.benchmarks.body_movement import movement, stops_per_minute
from soliloquy.training.benchmarks.body_raster import View, draw_pose
from soliloquy.training.benchmarks.body_sheet import draw_sheet
from soliloquy.training.benchmarks.body_speech import as_speech
from soliloquy.training.benchmarks.body_takes import Take, perform
from soliloquy.training.body.clips import GestureClip
from soliloquy.training.metrics.stillness import longest_stillness


@pytest.fixture(scope="module")
def speech():
    rng = np.random.default_rng(0)
    times = np.arange(6 * 16_000) / 16_000
    syllables = np.clip(np.sin(2 * np.pi * 3 * times), 0, 1) * (np.sin(2 * np.pi * 0.3 * times) > -0.5)
    sound = 0.3 * syllables * np.sign(np.sin(2 * np.pi * 120 * times)) + 0.001 * rng.standard_normal(len(times))
    return as_speech("tones", sound.astype(np.float32))


def _clip(frames: int, tag: str = "BeatLow") -> GestureClip:
    rotations = np.zeros((frames, 41, 3), np.float32)
    for side, sign in (("left", 1), ("right", -1)):
        rotations[:, UPPER_BODY.index(f"{side}_shoulder"), 2] = -1.3 * sign
    rotations[:, UPPER_BODY.index("right_elbow"), 1] = 1.8 * np.sin(np.pi * np.arange(frames) / (frames - 1)) ** 2
    return GestureClip(f"made/{tag}", "made", tag, "Rt", "Idle01", rotations)


def test_a_seam_every_five_seconds_stands_out():
    times = np.arange(30 * 120) / 30
    points = 0.1 * smooth_noise(times, 1.0, np.random.default_rng(1), 3)[:, None]
    assert phase_peak(points, 5.0) < 1.6
    points[:, 0, 0] += 0.01 * (times // 5)
    assert phase_peak(points, 5.0) > 4
    assert phase_peak(points, 7.31) < 2.5


def test_the_raised_hand_is_seen_and_named():
    moving = Take("right", np.tile(_clip(90).rotations.astype(float), (3, 1, 1)))
    found = movement([moving])
    assert found.right > 0.95
    assert 0.2 < found.raised < 0.9
    assert found.both == 0
    assert found.reach > 0.15
    resting = movement([Take("rest", np.repeat(_clip(90).rotations[:1].astype(float), 90, 0))])
    assert (resting.speed, resting.moving, resting.raised, resting.stops) == (0, 0, 0, 0)


def test_stops_are_counted_once_each():
    speed = np.zeros((300, 2))
    for start in (20, 120, 220):
        speed[start : start + 20, 0] = 0.5
    assert stops_per_minute(speed) == pytest.approx(3 * 6)


def test_random_clips_fade_and_do_not_listen(speech):
    player = RandomClips([_clip(60), _clip(75)])
    first = perform(player, speech, 0)
    assert len(first.rotations) == 180
    assert np.linalg.norm(np.diff(first.points, axis=0), axis=-1).max() < 0.2
    assert np.abs(first.rotations - perform(player, speech, 1).rotations).max() > 0.1
    assert 0 < FADE < 1


def test_still_is_frozen_and_relaxed_breathes(speech):
    still, relaxed = perform(StillPose(), speech, 0), perform(Relaxed(), speech, 0)
    assert longest_stillness(still.points, 30) == pytest.approx(still.seconds, abs=0.1)
    assert still.poses is not None
    assert (still.poses == still.poses[0]).all()
    assert relaxed.poses is not None
    assert not (relaxed.poses == relaxed.poses[0]).all()


def test_pictures_show_the_arm_that_is_raised(tmp_path, speech):
    take = perform(RandomClips([_clip(60)]), speech, 0)
    assert take.poses is not None
    assert take.trans is not None
    view = View(pixels_per_metre=60, yaw=0)
    # The body beneath sways: only the arm is as it was at the beginning.
    lowered = take.poses[30].copy()
    arm = [3 * JOINT_INDEX[f"right_{name}"] + axis for name in ("shoulder", "elbow", "wrist") for axis in range(3)]
    lowered[arm] = take.poses[0, arm]
    low, high = (np.asarray(draw_pose(pose, take.trans[30], view), int) for pose in (lowered, take.poses[30]))
    changed = np.abs(low - high).sum(-1) > 60
    half = changed.shape[1] // 2
    # Seen from the front the right hand is to the left of the picture.
    assert changed[:, :half].sum() > 10 * max(changed[:, half:].sum(), 1)
    draw_sheet(take, "made", tmp_path / "sheet.png", view=View(pixels_per_metre=30), strips=1)
    assert (tmp_path / "sheet.png").stat().st_size > 5000


def test_random_clips_differ_from_recording_to_recording():
    player = RandomClips([_clip(60), _clip(75)])
    assert np.abs(player.motion(180, 0, 1) - player.motion(180, 0, 2)).max() > 0.1
    np.testing.assert_array_equal(player.motion(180, 0, 1), player.motion(180, 0, 1))
