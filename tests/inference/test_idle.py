"""Waiting and listening: a character that lives without a recording, and before and after one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("torch")

import soliloquy
from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.performance import Performance
from soliloquy.inference.recording.room import with_room
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.shell.cli import main


def turns(made: Performance, joint: str) -> np.ndarray:
    return np.degrees(made.poses[:, 3 * JOINT_INDEX[joint] : 3 * JOINT_INDEX[joint] + 3])


def test_a_waiting_character_lives_with_its_mouth_shut() -> None:
    made = soliloquy.idle(15.0, seed=3)
    assert made.frames == 450
    assert made.lip_aperture.max() < 0.01
    for second in range(0, 14, 6):
        part = slice(30 * second, 30 * second + 180)
        assert np.ptp(turns(made, "head")[part], axis=0).max() > 1.0
        assert np.ptp(turns(made, "spine3")[part], axis=0).max() > 0.3
        assert np.ptp(turns(made, "left_wrist")[part], axis=0).max() > 0.1
    assert np.ptp(made.trans[:, 0]) > 0.01
    assert made.arkit[:, ARKIT_INDEX["eyeBlinkLeft"]].max() == 1
    np.testing.assert_array_equal(made.poses, soliloquy.idle(15.0, seed=3).poses)


def test_who_sits_looks_straight_ahead_too() -> None:
    for posture in ("standing", "seated"):
        made = soliloquy.idle(6.0, posture=posture, seed=0)
        up, down = (made.arkit[:, ARKIT_INDEX[f"eyeLook{way}Left"]].mean() for way in ("Up", "Down"))
        assert abs(up - down) < 0.25, posture


def test_from_the_command_line_seated_and_felt(tmp_path: Path) -> None:
    path = tmp_path / "waiting.npz"
    asked = ["--seconds", "3", "--posture", "seated", "--emotion", "happy", "--seat-height", "0.6", "-o", str(path)]
    assert main(["idle", *asked]) == 0
    made = Performance.load(path)
    assert made.frames == 90
    assert made.trans[:, 1].max() < -0.2
    assert made.arkit[:, ARKIT_INDEX["mouthSmileLeft"]].max() > 0.1
    assert made.meta["idle"] is True
    assert made.meta["settings"]["seat_height"] == 0.6


def test_what_cannot_be_waited_for_is_said(tmp_path: Path) -> None:
    for seconds in (0.0, -1.0, float("nan"), float("inf"), 1e9):
        with pytest.raises(SoliloquyError, match="waiting"):
            soliloquy.idle(seconds)
    with pytest.raises(SoliloquyError, match="folder"):
        soliloquy.idle(1.0, output=tmp_path / "none" / "a.npz")
    with pytest.raises(Cancelled):
        soliloquy.idle(1.0, output=tmp_path / "a.npz", cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_who_listens_answers_what_is_heard(speech_wav: Path, tmp_path: Path) -> None:
    alone = soliloquy.idle(6.0, seed=3, listening=1.0)
    path = tmp_path / "listening.npz"
    assert main(["idle", "--seconds", "6", "--listen-to", str(speech_wav), "--seed", "3", "-o", str(path)]) == 0
    made = Performance.load(path)
    assert [line["audio"]["path"] for line in made.meta["heard"]] == [str(speech_wav)]
    assert np.abs(turns(made, "head") - turns(alone, "head")).max() > 1.0
    assert made.lip_aperture.max() < 0.01
    late = soliloquy.idle(6.0, seed=3, listening=1.0, heard=speech_wav, heard_at=2.0)
    assert np.abs(turns(made, "head") - turns(late, "head")).max() > 0.5
    both = soliloquy.idle(20.0, seed=3, listening=1.0, heard=[(speech_wav, 0.0), (speech_wav, 10.0)])
    words = ["idle", "--seconds", "20", "--seed", "3", "-o", str(path), "--listen-to", str(speech_wav)]
    assert main([*words, "--listen-to", str(speech_wav), "10"]) == 0
    np.testing.assert_array_equal(Performance.load(path).poses, both.poses)
    assert main([*words, "soon"]) == 2
    once = soliloquy.idle(20.0, seed=3, listening=1.0, heard=speech_wav)
    assert np.abs(turns(both, "head") - turns(once, "head"))[300:].max() > 0.5
    with pytest.raises(SoliloquyError, match="nothing.wav"):
        soliloquy.idle(6.0, listening=1.0, heard=tmp_path / "nothing.wav")


def test_the_character_is_there_before_and_after_the_speech(speech_wav: Path) -> None:
    plain = soliloquy.animate(speech_wav)
    made = soliloquy.animate(speech_wav, lead_in=2.0, lead_out=3.0)
    assert made.frames == plain.frames + 150
    assert made.lip_aperture[:55].max() < 0.01
    assert made.lip_aperture[-80:].max() < 0.01
    # The speech is the same, two seconds later.
    inner = made.lip_aperture[60 : 60 + plain.frames]
    assert np.corrcoef(inner[10:-10], plain.lip_aperture[10:-10])[0, 1] > 0.95
    for part in (slice(0, 55), slice(-80, None)):
        assert np.ptp(turns(made, "head")[part], axis=0).max() > 0.5
    again = soliloquy.regenerate(made, speech_wav, range=(1.0, 2.5), joints="left_arm")
    np.testing.assert_array_equal(again.trans, made.trans)


def test_room_is_quiet_and_changes_nothing_where_none_is_asked_for() -> None:
    speech = 0.1 * np.random.default_rng(1).standard_normal(16000).astype(np.float32)
    assert with_room(speech, 0.0, 0.0) is speech
    roomy = with_room(speech, 0.5, 0.25)
    assert len(roomy) == 16000 + 12000
    assert np.sqrt((roomy[:8000] ** 2).mean()) < 10 ** (-54 / 20)
    np.testing.assert_array_equal(roomy[8000 + 800 : 8000 + 15200], speech[800:15200])


def test_an_order_makes_what_a_script_makes(tmp_path: Path) -> None:
    from soliloquy.inference.orders.idle import IdleJob, silence
    from soliloquy.inference.orders.register import handler_of
    from soliloquy.inference.settings import AnimateSettings

    output, stages = tmp_path / "idle.npz", []
    order = IdleJob(silence(2.0), AnimateSettings(seed=3, listening=1.0), str(output))
    told = handler_of(IdleJob)(order, lambda stage, _part: stages.append(stage), lambda: False, lambda _text: None)
    assert told["duration"] == pytest.approx(2.0)
    assert "Waiting" in stages
    made = Performance.load(output)
    np.testing.assert_array_equal(made.poses, soliloquy.idle(2.0, seed=3, listening=1.0).poses)


def test_the_mouth_rests_as_the_character_has_it_and_lids_hang_a_little() -> None:
    made = soliloquy.idle(6.0, seed=3, mouth_rest=3.0)
    eyes = load_character().lip_basis().eye_distance
    assert np.median(made.lip_aperture) == pytest.approx(0.003 / eyes, rel=0.02)
    lids = made.arkit[:, ARKIT_INDEX["eyeBlinkLeft"]]
    assert 0.04 < np.median(lids) < 0.12
    assert lids.max() == 1
    scared = soliloquy.idle(6.0, seed=3, emotion="fear", intensity=1.0)
    assert np.percentile(scared.arkit[:, ARKIT_INDEX["eyeBlinkLeft"]], 10) < 0.035
