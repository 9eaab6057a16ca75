"""Hands and body on a body at rest: seated or standing, with the emotion's arousal, only where asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("av")

from soliloquy.inference.audio import read_audio
from soliloquy.inference.body.body import arousal_of, body_track, ground_track, moves_body
from soliloquy.inference.body.track import BodyTrack, SpokenBody
from soliloquy.inference.character import load_character
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.plausibility.capsules import capsules_of, penetration
from soliloquy.inference.prosody import analyse
from soliloquy.inference.settings import EMOTIONS, AnimateSettings, AudioRange
from soliloquy.inference.skeleton import JOINT_INDEX


class Waving:
    """An engine that lifts the left arm."""

    name, weights = "waving", Path("waving.npz")

    def __init__(self) -> None:
        self.told: list[SpokenBody] = []

    def animate(self, speech: SpokenBody, settings: GestureSettings, **_: object) -> BodyTrack:
        self.told.append(speech)
        poses = speech.ground.poses.copy()
        poses[:, 3 * JOINT_INDEX["left_shoulder"] + 2] = 0.5
        return BodyTrack(poses, speech.ground.trans, np.array([[1.0, 0.8]]))


def made(speech_wav: Path, engine: Waving | None, emotion: str = "neutral", **settings) -> BodyTrack:
    samples = read_audio(AudioRange(str(speech_wav))).samples
    weights = np.zeros((90, len(EMOTIONS)))
    weights[:, EMOTIONS.index(emotion)] = 1
    return body_track(samples, analyse(samples), AnimateSettings(**settings), load_character(), weights, engine)


def test_an_engine_is_told_the_speech_and_moves_the_body(speech_wav: Path) -> None:
    engine = Waving()
    track = made(speech_wav, engine, "angry", seed=4, fps=30.0)
    # Shoulders that anger raises leave the arm where the engine has it.
    np.testing.assert_allclose(track.poses[:, 3 * JOINT_INDEX["left_shoulder"] + 2], 0.5, atol=0.15)
    told = engine.told[0]
    assert (told.seed, told.frames, told.times[30]) == (4, 90, 1.0)
    assert told.arousal.min() > 0.5
    assert told.feeling is not None
    np.testing.assert_array_equal(track.trans, told.ground.trans)


def test_no_energy_no_body_and_no_region_leave_the_engine_alone(speech_wav: Path) -> None:
    engine = Waving()
    made(speech_wav, engine, gestures=GestureSettings(energy=0.0))
    assert not made(speech_wav, engine, body="none").poses.any()
    assert not made(speech_wav, engine, regions=("lips", "head")).poses.any()
    assert engine.told == []
    assert moves_body(AnimateSettings(regions=("hands",)))


def test_impossible_joints_are_mended_unless_the_artist_wants_them(speech_wav: Path) -> None:
    class Breaking(Waving):
        def animate(self, speech: SpokenBody, settings: GestureSettings, **_: object) -> BodyTrack:
            poses = speech.ground.poses.copy()
            poses[:, 3 * JOINT_INDEX["left_elbow"] + 1] = 1.5  # backwards
            return BodyTrack(poses, speech.ground.trans)

    elbow = 3 * JOINT_INDEX["left_elbow"] + 1
    kept = made(speech_wav, Breaking(), gestures=GestureSettings(contacts=False))
    mended = made(speech_wav, Breaking())
    assert np.degrees(kept.poses[:, elbow].max()) > 80
    assert np.degrees(mended.poses[:, elbow].max()) < 20


def test_arousal_follows_the_emotion() -> None:
    arousal = dict(zip(EMOTIONS, arousal_of(np.eye(len(EMOTIONS))), strict=True))
    assert arousal["angry"] > 0.5 > arousal["happy"] > 0 > arousal["sad"]
    assert arousal["neutral"] == 0


def test_a_seated_body_sits(speech_wav: Path) -> None:
    samples = read_audio(AudioRange(str(speech_wav))).samples
    weights, times = np.zeros((60, len(EMOTIONS))), np.arange(60) / 30
    height = {}
    for posture in ("standing", "seated"):
        settings = AnimateSettings(gestures=GestureSettings(posture=posture))
        track = ground_track(times, analyse(samples), settings, load_character(), weights)
        height[posture] = track.trans[:, 1].mean()
        knee = np.degrees(track.poses[:, 3 * JOINT_INDEX["left_knee"]].mean())
        assert (knee > 60) == (posture == "seated")
    assert height["seated"] < height["standing"] - 0.3


def test_a_body_that_only_rests_keeps_its_hands_out_of_itself(speech_wav: Path) -> None:
    inside: list[float] = []
    for contacts in (False, True):
        gestures = GestureSettings(rest_track=((0.0, "together"), (1.0, "crossed")), contacts=contacts)
        track = made(speech_wav, None, seed=1, fps=30.0, gestures=gestures)
        inside.append(float(penetration(track.poses, track.trans, capsules_of(load_character())).max()))
    assert inside[0] > 0.012 > inside[1]
