"""Head, brows and body: they follow the voice, never jump, and the feet stay where they stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("av")

from soliloquy.inference.arkit import ARKIT_INDEX, region_of_coefficient
from soliloquy.inference.audio import read_audio
from soliloquy.inference.character import load_character
from soliloquy.inference.emotion.names import EMOTIONS
from soliloquy.inference.layers import brows, emotion, head, posture
from soliloquy.inference.layers.noise import layer_rng
from soliloquy.inference.lbs import joint_transforms
from soliloquy.inference.prosody import Prosody, analyse
from soliloquy.inference.settings import AudioRange
from soliloquy.inference.skeleton import JOINT_INDEX

FPS = 30.0


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> tuple[np.ndarray, Prosody]:
    """The recording five times over with pauses, and its frame times: about 40 s."""
    samples = read_audio(AudioRange(str(speech_wav))).samples
    samples = np.tile(np.concatenate([samples, np.zeros(24000, np.float32)]), 5)
    return np.arange(round(len(samples) / 16000 * FPS)) / FPS, analyse(samples)


def body(speech: tuple[np.ndarray, Prosody], seed: int = 0, **options: float) -> posture.BodyTrack:
    times, prosody = speech
    return posture.posture_layer(times, prosody, load_character().joints, seed, **options)


def places(track: posture.BodyTrack, frame: int) -> np.ndarray:
    rest = load_character().joints.astype(np.float64)
    moves = joint_transforms(track.poses[frame].reshape(55, 3), rest, track.trans[frame])
    return np.einsum("jab,jb->ja", moves[:, :, :3], rest) + moves[:, :, 3]


def test_feet_stay_flat_where_they_are_without_weight_shift(speech) -> None:
    character = load_character()
    soles = np.flatnonzero(character.vertices[:, 1] < 0.05)
    track = body(speech, weight_shift=0.0)
    for frame in range(0, len(track.trans), 197):
        moved = character.skin(track.poses[frame], trans=track.trans[frame])[soles] - character.vertices[soles]
        assert np.abs(moved).max() < 0.0005


def test_arms_hang_beside_the_body(speech) -> None:
    track = body(speech)
    for frame in (0, 400, 900):
        joints = places(track, frame)
        for side, sign in (("left", 1), ("right", -1)):
            shoulder, elbow, wrist = (joints[JOINT_INDEX[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist"))
            down = (shoulder - elbow)[1] / np.linalg.norm(shoulder - elbow)
            assert np.degrees(np.arcsin(down)) > 65
            assert shoulder[1] - wrist[1] > 0.42
            assert 0.15 < sign * wrist[0] < 0.36  # beside the hip, not in it, not held away
            assert -0.05 < wrist[2] - shoulder[2] < 0.2
            tip, knuckle = joints[JOINT_INDEX[f"{side}_middle3"]], joints[JOINT_INDEX[f"{side}_middle1"]]
            assert knuckle[1] - tip[1] > 0.01
    assert np.abs(track.poses[0, 3 * 16 : 3 * 17] + track.poses[0, 3 * 17 : 3 * 18]).max() > 1e-3


def test_breathing_is_as_fast_as_people_breathe_and_can_be_switched_off(speech) -> None:
    times, prosody = speech
    curve = posture.breath_curve(times, prosody, layer_rng(0, "breath"))
    tops = np.flatnonzero((curve[1:-1] > curve[:-2]) & (curve[1:-1] >= curve[2:]) & (curve[1:-1] > 0.3))
    assert 8 < len(tops) / (times[-1] / 60) < 20
    chest = slice(3 * JOINT_INDEX["spine3"], 3 * JOINT_INDEX["spine3"] + 1)
    moving = body(speech, weight_shift=0.0).poses[:, chest]
    still = body(speech, weight_shift=0.0, breathing=0.0).poses[:, chest]
    assert np.ptp(moving) > np.radians(0.4)
    assert np.ptp(still) < 1e-9


def test_breath_is_drawn_before_a_phrase(speech) -> None:
    times, prosody = speech
    filling = np.gradient(posture.breath_curve(times, prosody, layer_rng(0, "breath")), times)
    before = [filling[(times > start - 0.7) & (times < start)].mean() for start, _ in prosody.phrases[1:]]
    assert np.mean(np.array(before) > 0) > 0.6


def test_nothing_jumps(speech) -> None:
    track = body(speech, weight_shift=2.0, breathing=2.0)
    speed = np.degrees(np.abs(np.diff(track.poses, axis=0)).max(0)).reshape(-1, 3).max(1) * FPS
    legs = [JOINT_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("hip", "knee", "ankle", "foot")]
    assert speed[legs].max() < 200  # a step
    assert np.delete(speed, legs).max() < 45
    assert np.abs(np.diff(track.trans, axis=0)).max() * FPS < 0.2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_head_moves_with_speech_and_settles_in_silence(speech, seed: int) -> None:
    times, prosody = speech
    angles = head.head_layer(times, FPS, prosody, 1.0, seed)
    degrees = np.degrees(np.abs(angles))
    assert degrees.max() < 30
    assert (np.ptp(np.degrees(angles), axis=0) > [12, 9, 4]).all()
    speed = np.degrees(np.linalg.norm(np.diff(angles, axis=0), axis=1)) * FPS
    assert speed.max() < 110
    assert 9 < speed.mean() < 20
    jerk = np.degrees(np.abs(np.diff(angles, n=2, axis=0))).max() * FPS**2
    assert jerk < 1500
    talking = prosody.at(prosody.speaking, times)[1:]
    assert speed[talking > 0.9].mean() > 1.2 * speed[talking < 0.05].mean()
    assert speed[talking < 0.05].mean() > 1.5  # never frozen


def test_the_head_nods_on_accents(speech) -> None:
    times, prosody = speech
    nods = sum(head.head_layer(times, FPS, prosody, 1.0, seed)[:, 0] for seed in range(8))
    strong = prosody.accent_times[prosody.accent_strengths > 0.6]
    on = np.interp(strong - 0.05, times, nods)
    before = np.interp(strong - 0.35, times, nods)
    assert (on > before).mean() > 0.75


def test_strength_scales_head_and_brows(speech) -> None:
    times, prosody = speech
    assert np.abs(head.head_layer(times, FPS, prosody, 0.0, 0)).max() == 0
    one, two = (head.head_layer(times, FPS, prosody, s, 0) for s in (1.0, 2.0))
    assert np.corrcoef(one[:, 1], two[:, 1])[0, 1] > 0.99
    assert 1.5 < two.std() / one.std() <= 2.0
    assert np.abs(brows.brow_layer(times, prosody, 0.0, layer_rng(0, "brows"))).max() == 0


def test_who_feels_something_else_turns_elsewhere_at_the_same_words(speech) -> None:
    times, prosody = speech
    felt = {name: np.tile(np.eye(len(EMOTIONS))[EMOTIONS.index(name)], (len(times), 1)) for name in EMOTIONS}
    yaw = {name: head.phrase_poses(times[-1], prosody, 0, felt[name]).at(times)[:, 1] for name in EMOTIONS}
    assert np.array_equal(yaw["neutral"], head.phrase_poses(times[-1], prosody, 0).at(times)[:, 1])
    apart = [np.corrcoef(yaw[a], yaw[b])[0, 1] for a in EMOTIONS for b in EMOTIONS if a < b]
    assert np.median(apart) < 0.5
    assert 0.6 < np.mean([curve.std() for curve in yaw.values()]) / yaw["neutral"].std() < 1.6
    half = head.phrase_poses(times[-1], prosody, 0, 0.5 * (felt["neutral"] + felt["angry"])).at(times)[:, 1]
    assert np.corrcoef(half, yaw["neutral"])[0, 1] > 0.4


def test_brows_rise_on_strong_accents_only_there_and_move_nothing_else(speech) -> None:
    times, prosody = speech
    layer = brows.brow_layer(times, prosody, 1.0, layer_rng(0, "brows"))
    inner = layer[:, ARKIT_INDEX["browInnerUp"]]
    raised = times[1:-1][(inner[1:-1] > inner[:-2]) & (inner[1:-1] >= inner[2:]) & (inner[1:-1] > 0.25)]
    assert 4 < len(raised) < 60
    assert np.abs(raised[:, None] - prosody.accent_times[None]).min(1).max() < 0.25
    assert np.abs(np.diff(inner)).max() < 0.2
    used = [name for name, column in ARKIT_INDEX.items() if layer[:, column].any()]
    assert {region_of_coefficient(name) for name in used} == {"upper_face"}


def test_who_feels_strongly_turns_less_far_aside() -> None:
    turn = np.radians([[5.0, 3.0, 2.0], [5.0, 30.0, 2.0], [5.0, -30.0, 2.0]])
    np.testing.assert_allclose(head.kept_to_listener(turn, np.zeros(3)), turn)
    kept = np.degrees(head.kept_to_listener(turn, np.ones(3)))
    np.testing.assert_allclose(kept[:, [0, 2]], np.degrees(turn)[:, [0, 2]])
    assert 2.5 < kept[0, 1] <= 3.0
    np.testing.assert_allclose(np.abs(kept[1:, 1]), 12, atol=0.5)


def test_a_smile_with_the_chin_up_leaves_the_eyes_open() -> None:
    face = np.full((2, 52), 0.8, np.float32)
    for side in ("Left", "Right"):
        face[:, ARKIT_INDEX[f"eyeLookDown{side}"]] = 0.0, 0.6
    opened = face.copy()
    emotion.open_lids(opened)
    np.testing.assert_array_equal(opened[0], face[0])
    for side in ("Left", "Right"):
        assert opened[1, ARKIT_INDEX[f"eyeSquint{side}"]] < 0.55 * 0.8
        assert opened[1, ARKIT_INDEX[f"cheekSquint{side}"]] == face[1, ARKIT_INDEX[f"cheekSquint{side}"]]
