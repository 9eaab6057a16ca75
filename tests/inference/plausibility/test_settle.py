"""A settled body: hands outside of it, smooth, alive, and otherwise as it was."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
from scipy.spatial import KDTree

from soliloquy.inference.body.track import BodyTrack
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import Cancelled
from soliloquy.inference.plausibility.capsules import capsules_of, penetration
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.plausibility.settle import settle
from soliloquy.inference.skeleton import JOINT_INDEX, JOINT_NAMES

from .motions import BEFORE_THE_CHEST, CLASPED, FPS, HAND_IN_BELLY, at_rest, hands_up, with_arm

HOLD = slice(70, 120)


@pytest.fixture(scope="module")
def in_belly() -> BodyTrack:
    return with_arm(hands_up(), "left", HAND_IN_BELLY, HOLD)


@pytest.fixture(scope="module")
def settled(in_belly: BodyTrack) -> BodyTrack:
    return settle(in_belly, load_character(), FPS)


def depth(track: BodyTrack) -> np.ndarray:
    return penetration(track.poses, track.trans, capsules_of(load_character()))


def mesh_depth(track: BodyTrack, frame: int) -> float:
    """Metres by which the left hand's skin is behind the belly's, along z."""
    character = load_character()
    strongest = character.weight_joints[np.arange(len(character.vertices)), character.weights.argmax(1)]
    skin = character.skin(track.poses[frame], trans=track.trans[frame])
    hand = skin[np.isin(strongest, [i for i, n in enumerate(JOINT_NAMES) if n.startswith("left") and i >= 25])]
    belly = skin[np.isin(strongest, [JOINT_INDEX[name] for name in ("pelvis", "spine1", "spine2")])]
    belly = belly[belly[:, 2] > 0.03]
    apart, nearest = KDTree(belly[:, :2]).query(hand[:, :2])
    over = np.asarray(apart) < 0.02
    return float(np.max(belly[np.asarray(nearest)[over], 2] - hand[over, 2], initial=0.0))


def test_a_hand_in_the_belly_comes_out(in_belly: BodyTrack, settled: BodyTrack) -> None:
    assert depth(in_belly)[HOLD].min() > 0.02
    assert depth(settled).max() < 0.004
    for frame in (75, 95, 115):
        assert mesh_depth(in_belly, frame) > 0.02
        assert mesh_depth(settled, frame) < 0.012


def test_the_hand_stays_near_where_it_was_sent(in_belly: BodyTrack, settled: BodyTrack) -> None:
    joints = load_character().joints
    wrist = JOINT_INDEX["left_wrist"]
    before, after = (joint_positions(track.poses, track.trans, joints)[:, wrist] for track in (in_belly, settled))
    moved = np.linalg.norm(before - after, axis=1)
    assert 0.01 < moved.max() < 0.22
    assert (after[HOLD, 2] > before[HOLD, 2]).all()  # out to the front


def test_giving_way_brings_no_jitter(in_belly: BodyTrack, settled: BodyTrack) -> None:
    joints = load_character().joints
    wrist = JOINT_INDEX["left_wrist"]

    def jerk(track: BodyTrack) -> np.ndarray:
        path = joint_positions(track.poses, track.trans, joints)[:, wrist]
        return np.linalg.norm(np.diff(path, n=3, axis=0), axis=1) * FPS**3

    assert jerk(settled).max() < 1.3 * jerk(in_belly).max()


def test_only_the_arm_gives_way_and_only_around_the_contact(in_belly: BodyTrack, settled: BodyTrack) -> None:
    arm = [JOINT_INDEX[f"left_{name}"] for name in ("shoulder", "elbow", "wrist")]
    others = np.delete(np.arange(55), arm)
    before, after = (track.poses.reshape(-1, 55, 3) for track in (in_belly, settled))
    assert np.array_equal(before[:, others], after[:, others])
    assert np.array_equal(in_belly.trans, settled.trans)
    assert np.array_equal(before[:15], after[:15])


@pytest.mark.parametrize(("which", "seed"), [("standing", 7), ("seated", 0)])
def test_a_body_at_rest_is_left_alone(which: str, seed: int) -> None:
    track = at_rest(which=which, seed=seed)  # steps of other seeds bring a hand some millimetres into the thigh
    assert np.array_equal(settle(track, load_character(), FPS).poses, track.poses)
    assert depth(track).max() < 0.003  # hands that lie on the thighs press into them by what skin gives


def test_a_free_gesture_is_left_alone() -> None:
    track = with_arm(hands_up(), "right", BEFORE_THE_CHEST, HOLD)
    result = settle(track, load_character(), FPS)
    assert np.abs(result.poses - track.poses).max() < np.radians(0.01)


def test_crossing_hands_part() -> None:
    other = {**CLASPED, "wrist": (6.0, 0.0, -3.0)}  # two hands are never each other's mirror image
    track = with_arm(with_arm(at_rest(seed=2), "left", CLASPED, HOLD), "right", other, HOLD)
    assert depth(track)[HOLD].min() > 0.01
    result = settle(track, load_character(), FPS)
    assert depth(result).max() < 0.008
    turned = np.abs(result.poses - track.poses)[HOLD].max(0).reshape(55, 3).max(1)
    left, right = turned[JOINT_INDEX["left_shoulder"]], turned[JOINT_INDEX["right_shoulder"]]
    assert min(left, right) > 0.2 * max(left, right)  # either gives way


def test_left_and_right_give_way_alike() -> None:
    still = BodyTrack(np.repeat(hands_up().poses[:1], 180, 0), np.zeros((180, 3)))
    for name in JOINT_NAMES:  # a mirror image to start from
        if name.startswith("left"):
            left, right = 3 * JOINT_INDEX[name], 3 * JOINT_INDEX["right" + name[4:]]
            still.poses[:, right : right + 3] = still.poses[:, left : left + 3] * [1, -1, -1]
    still.poses[:, [0, 1, 2, 9, 10, 11, 18, 19, 20, 27, 28, 29]] = 0
    results = {
        side: settle(with_arm(still, side, HAND_IN_BELLY, HOLD), load_character(), FPS).poses.reshape(-1, 55, 3)
        for side in ("left", "right")
    }
    for joint in ("shoulder", "elbow", "wrist"):
        left = results["left"][:, JOINT_INDEX[f"left_{joint}"]]
        right = results["right"][:, JOINT_INDEX[f"right_{joint}"]] * [1, -1, -1]
        assert np.degrees(np.abs(left - right).max()) < 2.0  # the mesh is not quite its own mirror image


def test_shivering_is_calmed_and_movement_kept() -> None:
    track = with_arm(hands_up(), "right", BEFORE_THE_CHEST, HOLD)
    noise = np.random.default_rng(0).normal(0, np.radians(1.0), track.poses.shape)
    wrist = slice(3 * JOINT_INDEX["right_elbow"], 3 * JOINT_INDEX["right_elbow"] + 3)
    shivering = track.poses.copy()
    shivering[:, wrist] += noise[:, wrist]
    result = settle(BodyTrack(shivering, track.trans), load_character(), FPS).poses

    def jerk(poses: np.ndarray) -> float:
        return float(np.sqrt((np.diff(poses[:, wrist], n=3, axis=0) ** 2).mean()))

    assert jerk(result) < 0.45 * jerk(shivering)
    assert np.abs(result - track.poses)[:, wrist].max() < np.radians(3)


def test_fingers_and_resting_hands_stay_alive() -> None:
    track = at_rest(10)
    result = settle(track, load_character(), FPS)
    positions = joint_positions(result.poses, result.trans, load_character().joints)
    window = 2 * round(FPS)
    for name in ("left_index3", "right_pinky3"):
        place = positions[:, JOINT_INDEX[name]] - positions[:, JOINT_INDEX[name.split("_")[0] + "_wrist"]]
        moved = [np.linalg.norm(np.ptp(place[a : a + window], axis=0)) for a in range(0, len(place) - window, 15)]
        assert min(moved) > 1e-5


def test_a_piece_settles_as_it_does_in_the_whole(in_belly: BodyTrack, settled: BodyTrack) -> None:
    rest = at_rest(30)
    long = BodyTrack(np.concatenate([rest.poses, in_belly.poses]), np.concatenate([rest.trans, in_belly.trans]))
    result = settle(long, load_character(), FPS)
    assert np.abs(result.poses[-150:] - settled.poses[-150:]).max() < 1e-6


def test_it_is_the_same_every_time_tells_how_far_it_is_and_can_be_stopped(
    in_belly: BodyTrack, settled: BodyTrack
) -> None:
    assert np.array_equal(settle(in_belly, load_character(), FPS).poses, settled.poses)
    told: list[float] = []
    settle(in_belly, load_character(), FPS, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(Cancelled):
        settle(in_belly, load_character(), FPS, cancelled=lambda: True)


def test_one_frame_and_other_frame_rates() -> None:
    track = at_rest()
    for frames, fps in ((1, 30.0), (2, 24.0), (40, 12.0), (60, 120.0)):
        part = BodyTrack(track.poses[:frames], track.trans[:frames])
        assert settle(part, load_character(), fps).poses.shape == (frames, 165)
