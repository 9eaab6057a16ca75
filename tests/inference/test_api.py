"""What a script calls: one line each, with the settings' own names, and every mistake in words."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.api import animate, chosen_settings, craft, regenerate
from soliloquy.inference.craft import LipCraft, apply_craft
from soliloquy.inference.errors import BadAudio, Cancelled, InternalFault, MissingRuntime, OutOfMemory, SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.performance import Performance
from soliloquy.inference.settings import AnimateSettings, AudioRange

SECONDS = 3.0


@pytest.fixture(scope="module")
def performed(speech_wav: Path) -> Performance:
    """Three seconds of the demo, happy and lively."""
    pytest.importorskip("torch")
    return animate(speech_wav, stop=SECONDS, emotion="happy", intensity=0.6, seed=4, energy=1.3, closure=1.2)


def test_choices_are_the_settings_by_their_names() -> None:
    base = AnimateSettings(seed=7, gestures=GestureSettings(rate=0.5), craft=LipCraft(jaw=0.8))
    chosen = chosen_settings(base, {"emotion": "sad", "energy": 1.4, "style": "calm", "closure": 1.3})
    assert chosen == AnimateSettings(
        emotion="sad",
        seed=7,
        gestures=GestureSettings(style="calm", energy=1.4, rate=0.5),
        craft=LipCraft(closure=1.3, jaw=0.8),
    )
    assert base.seed == 7
    assert base.emotion == "neutral"
    whole = chosen_settings(base, {"gestures": GestureSettings(style="shy"), "energy": 0.5})
    assert whole.gestures == GestureSettings(style="shy", energy=0.5)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"enrgy": 1.0}, "no setting 'enrgy'.*mean 'energy'"),
        ({"xyzzy": 1.0}, "no setting 'xyzzy'.*There are: .*emotion"),
        ({"emotion": "joyful"}, "joyful"),
        ({"intensity": 2.0}, "intensity"),
        ({"closure": 9.0}, "closure"),
        ({"style": "wild"}, "wild"),
    ],
)
def test_a_choice_that_cannot_be_used_is_named(choices: dict[str, object], words: str) -> None:
    with pytest.raises(SoliloquyError, match=words):
        chosen_settings(AnimateSettings(), choices)


def test_animate_does_what_the_pipeline_does(speech_wav: Path, performed: Performance) -> None:
    from soliloquy.inference.pipeline import animate as run

    settings = AnimateSettings(
        emotion="happy", intensity=0.6, seed=4, gestures=GestureSettings(energy=1.3), craft=LipCraft(closure=1.2)
    )
    expected = run(AnimateJob(AudioRange(str(speech_wav), 0.0, SECONDS), settings))
    assert performed.frames == 90
    for name in ("poses", "trans", "arkit", "lip_aperture"):
        np.testing.assert_array_equal(getattr(performed, name), getattr(expected, name))


def test_animate_reports_writes_and_can_be_cancelled(speech_wav: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    told: list[tuple[str, float]] = []
    made = animate(
        speech_wav,
        stop=1.0,
        body="none",
        output=tmp_path / "speech.npz",
        progress=lambda stage, done: told.append((stage, done)),
    )
    np.testing.assert_array_equal(Performance.load(tmp_path / "speech.npz").poses, made.poses)
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert told[-1] == ("Writing", 1.0)
    assert {"Reading audio", "Lips"} <= {stage for stage, _ in told}
    with pytest.raises(Cancelled):
        animate(speech_wav, output=tmp_path / "never.npz", cancelled=lambda: True)
    assert [path.name for path in tmp_path.iterdir()] == ["speech.npz"]


def test_missing_libraries_name_both_ways_on(speech_wav: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingRuntime, match=r"scipy.*soliloquy\[worker\].*bpy\.ops\.soliloquy\.animate"):
        animate(speech_wav)


@pytest.mark.parametrize(("fault", "kind"), [(MemoryError(), OutOfMemory), (ValueError("odd"), InternalFault)])
def test_what_nobody_expected_has_a_class_too(
    speech_wav: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, kind: type[SoliloquyError]
) -> None:
    pytest.importorskip("torch")
    from soliloquy.inference import pipeline

    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(pipeline, "animate", fail)
    with pytest.raises(kind) as caught:
        animate(speech_wav)
    assert caught.value.__cause__ is fault


def test_a_recording_that_is_not_there_is_bad_audio(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    with pytest.raises(BadAudio, match="no file"):
        animate(tmp_path / "nothing.wav")


def test_regenerate_changes_the_part_and_finds_the_recording(performed: Performance, tmp_path: Path) -> None:
    before = performed.poses.copy()
    path = performed.save(tmp_path / "kept.npz")
    made = regenerate(path, range=(1.0, 2.0), joints="left_arm,right_hand", output=tmp_path / "new.npz")
    np.testing.assert_array_equal(performed.poses, before)
    changed = np.flatnonzero((made.poses != before).any(1))
    assert changed[0] >= 30
    assert changed[-1] <= 60
    joints = np.flatnonzero((made.poses != before).reshape(performed.frames, 55, 3).any((0, 2)))
    from soliloquy.inference.regenerate_job import read_joints
    from soliloquy.inference.skeleton import JOINT_NAMES

    assert {JOINT_NAMES[index] for index in joints} <= set(read_joints("left_arm,right_hand"))
    np.testing.assert_array_equal(made.arkit, performed.arkit)
    (record,) = made.meta["regenerated"]
    assert record["seed"] == 5  # none that was used
    np.testing.assert_array_equal(Performance.load(tmp_path / "new.npz").poses, made.poses)
    again = regenerate(made, range=[(0.5, 1.0), (1.5, 2.0)], joints=["left_arm"], energy=0.4)
    assert again.meta["regenerated"][1]["seed"] == 6
    assert again.meta["regenerated"][1]["gestures"]["energy"] == 0.4


def test_regenerate_says_what_cannot_be(performed: Performance, root: Path) -> None:
    for bad, words in (
        ({"range": 3}, "3 is no range"),
        ({"range": (1.0,)}, "no range"),
        ({"range": "1:2"}, "no range"),
        ({"range": (1.0, 2.0), "emotion": "sad"}, "'emotion' cannot change"),
        ({"range": (1.0, 2.0), "posture": "seated"}, "'posture' cannot change"),
        ({"range": (1.0, 2.0), "joints": "tail"}, "tail"),
        ({"range": (1.0, 2.0), "joints": 5}, "5 names no joints"),
        ({"range": (1.0, 2.0), "joints": ("left_arm", 3)}, "names no joints"),
        ({"range": (2.0, 9.0)}, "past the end"),
        ({"range": (1.0, 2.0), "audio": root / "assets" / "no.flac"}, "no file"),
    ):
        with pytest.raises(SoliloquyError, match=words):
            regenerate(performed, **bad)  # pyright: ignore[reportArgumentType]


def test_regenerate_asks_for_a_recording_that_has_moved(performed: Performance, tmp_path: Path) -> None:
    gone = Performance.load(performed.save(tmp_path / "kept.npz"))
    gone.meta["audio"]["path"] = str(tmp_path / "gone.flac")
    with pytest.raises(BadAudio, match=r"no longer where.*audio="):
        regenerate(gone, range=(1.0, 2.0))


def test_craft_is_the_crafting_of_lips(tmp_path: Path) -> None:
    frames = 40
    arkit = np.zeros((frames, 52), np.float32)
    performance = Performance(
        fps=30.0,
        poses=np.zeros((frames, 165), np.float32),
        trans=np.zeros((frames, 3), np.float32),
        arkit=arkit,
        lip_aperture=np.zeros(frames, np.float32),
    )
    performance.coefficient("jawOpen")[:] = np.sin(np.linspace(0, 9, frames)) ** 2
    path = performance.save(tmp_path / "kept.npz")
    made = craft(path, closure=1.4, offset=0.1, output=tmp_path / "crafted.npz")
    expected = apply_craft(performance, LipCraft(closure=1.4, offset=0.1))
    np.testing.assert_array_equal(made.arkit, expected.arkit)
    assert not np.array_equal(made.arkit, performance.arkit)
    np.testing.assert_array_equal(Performance.load(tmp_path / "crafted.npz").arkit, made.arkit)
    with pytest.raises(SoliloquyError, match="closur"):
        craft(performance, closur=1.4)
