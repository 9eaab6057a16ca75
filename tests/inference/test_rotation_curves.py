"""Rotations over time: other frame rates, and two motions that meet."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.inference.rotation_curves import difference, dying_offset, meeting, resampled


def swinging(times: np.ndarray, joints: int = 4, seed: int = 0) -> np.ndarray:
    """Smooth (T, J, 3) rotations, some beyond a quarter turn."""
    rng = np.random.default_rng(seed)
    pace, phase = rng.uniform(1, 4, (joints, 3)), rng.uniform(0, 6, (joints, 3))
    return np.sin(times[:, None, None] * pace + phase) * rng.uniform(0.2, 1.2, (joints, 3))


def degrees(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.degrees(np.linalg.norm(difference(first, second), axis=-1))


def test_a_motion_resampled_is_the_motion_at_those_instants() -> None:
    coarse, fine = np.arange(61) / 30, np.arange(121) / 60
    assert degrees(resampled(swinging(coarse), fine * 30), swinging(fine)).max() < 0.4


def test_speed_has_no_kinks_after_resampling() -> None:
    fine = resampled(swinging(np.arange(31) / 30), np.arange(0, 30, 0.125))
    turns = difference(fine[1:], fine[:-1]) * 240
    acceleration = np.linalg.norm(np.diff(turns, axis=0), axis=-1) * 240
    true = swinging(np.arange(0, 30, 0.125) / 30)
    wanted = np.linalg.norm(np.diff(difference(true[1:], true[:-1]) * 240, axis=0), axis=-1) * 240
    assert acceleration.max() < 3 * wanted.max()


def test_places_beyond_the_ends_hold_the_ends() -> None:
    motion = swinging(np.arange(5) / 30)
    held = resampled(motion, [-3.0, 0.0, 4.0, 9.0])
    assert degrees(held[:2], motion[[0, 0]]).max() < 1e-5
    assert degrees(held[2:], motion[[4, 4]]).max() < 1e-5


def test_one_frame_can_be_resampled() -> None:
    assert resampled(swinging(np.zeros(1)), [0.0, 0.5]).shape == (2, 4, 3)


def test_a_difference_applied_first_leads_there() -> None:
    first, second = swinging(np.arange(3) / 30), swinging(np.arange(3) / 30, seed=1)
    there = axis_angle_to_matrix(second) @ axis_angle_to_matrix(difference(first, second))
    assert np.abs(there - axis_angle_to_matrix(first)).max() < 1e-9


def test_an_offset_starts_as_given_and_dies_away() -> None:
    offset, speed = np.full((1, 3), 0.3), np.full((1, 3), 0.02)
    fading = dying_offset(offset, speed, 20, 30)[:, 0, 0]
    assert fading[0] == 0.3
    assert abs(fading[1] - fading[0] - 0.02) < 0.003
    assert np.abs(fading[20:]).max() < 1e-12
    assert np.abs(np.diff(fading, 2)).max() < 0.01


def test_pose_and_speed_meet_at_both_borders() -> None:
    times = np.arange(90) / 30
    kept = swinging(times)
    new = kept + 0.3 * swinging(times, seed=2)
    first, last = 30, 66
    result = kept.copy()
    result[first:last] = meeting(kept, new, first, last, 18)
    bends = np.linalg.norm(np.diff(difference(result[1:], result[:-1]), axis=0), axis=-1)
    own = max(np.linalg.norm(np.diff(difference(m[1:], m[:-1]), axis=0), axis=-1).max() for m in (kept, new))
    # Acceleration across the borders is of the size that the two motions have themselves: nothing snaps.
    assert bends[first - 2 : first + 1].max() < 1.5 * own
    assert bends[last - 2 : last + 1].max() < 1.5 * own
    cut = kept.copy()
    cut[first:last] = new[first:last]
    assert np.linalg.norm(np.diff(difference(cut[1:], cut[:-1]), axis=0), axis=-1)[first - 2 : first].max() > 5 * own


def test_away_from_the_borders_the_new_motion_is_itself() -> None:
    times = np.arange(90) / 30
    kept, new = swinging(times), swinging(times, seed=2)
    part = meeting(kept, new, 20, 70, 15)
    assert degrees(part[16:34], new[36:54]).max() < 1e-6


def test_at_a_recordings_ends_there_is_nothing_to_meet() -> None:
    times = np.arange(90) / 30
    kept, new = swinging(times), swinging(times, seed=2)
    whole = meeting(kept, new, 0, 90, 15)
    assert degrees(whole, new).max() < 1e-6
    part = meeting(kept, new, 0, 60, 15)
    assert degrees(part[:44], new[:44]).max() < 1e-6
    assert degrees(part[-1:], kept[59:60]).max() < 3
    # One kept frame at the very end stands still.
    assert np.isfinite(meeting(kept, new, 1, 89, 15)).all()
