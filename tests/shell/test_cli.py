"""The command line as a person meets it: results, one line for every mistake, nothing half-written."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from kept_worker import SHELL, kept_workers

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.inference.version import VERSION
from soliloquy.shell.cli import main
from soliloquy.shell.terminal import ProgressBar, duration_text

WORKER_PYTHON = os.environ.get("SOLILOQUY_WORKER_PYTHON") or (
    sys.executable if importlib.util.find_spec("torch") else ""
)
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")
needs_worker = pytest.mark.skipif(not WORKER_PYTHON, reason="needs a Python with torch (SOLILOQUY_WORKER_PYTHON)")
needs_bpy = pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="needs bpy")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep logs and the private runtime of whoever runs the tests out of them."""
    monkeypatch.setenv("SOLILOQUY_RUNTIME", str(tmp_path_factory.mktemp("data") / "runtime"))


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr that is not progress."""
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.lstrip()[:1].isdigit()]
    assert len(lines) == 1, lines
    assert lines[0].startswith("soliloquy: ")
    return lines[0]


def small_performance(path: Path, frames: int = 12) -> Path:
    poses = np.zeros((frames, 3 * len(JOINT_NAMES)), np.float32)
    arkit = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    arkit[:, ARKIT_NAMES.index("mouthSmileLeft")] = np.linspace(0, 1, frames)
    zeros = np.zeros((frames, 3), np.float32)
    return Performance(24.0, poses, zeros, arkit, np.zeros(frames, np.float32)).save(path)


def test_version_is_that_of_the_project(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tomllib = pytest.importorskip("tomllib")
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"soliloquy {VERSION}\n"
    for name in ("pyproject.toml", "blender_manifest.toml"):
        values = tomllib.loads((root / name).read_text(encoding="utf-8"))
        assert values.get("project", values)["version"] == VERSION


@pytest.mark.parametrize("command", ["animate", "bake", "craft", "engines", "doctor"])
def test_help_of_each_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert f"usage: soliloquy {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required: COMMAND"),
        (["sing"], "'sing'"),
        (["animate", "a.wav"], "required: -o"),
        (["animate", "{there}", "-o", "{new}", "--emotion", "joyful"], "'joyful'"),
        (["animate", "{there}", "-o", "{new}", "--intensity", "2"], "--intensity 2 cannot be used"),
        (["animate", "{there}", "-o", "{new}", "--fps", "0"], "--fps 0 cannot"),
        (["animate", "{there}", "-o", "{new}", "--fps", "nan"], "--fps nan cannot"),
        (["animate", "{there}", "-o", "{new}", "--start", "-1"], "--start -1"),
        (["animate", "{there}", "-o", "{new}", "--start", "3", "--stop", "2"], "does not lie after"),
        (["animate", "{there}", "-o", "{new}", "--head", "-2"], "--head -2 cannot"),
        (["animate", "{there}", "-o", "{new}", "--regions", "lips,nose"], "'nose'"),
        (["animate", "{there}", "-o", "{new}", "--emotion-track", "{folder}/none.json"], "none.json"),
        (["animate", "{there}", "-o", "{folder}"], "is a folder"),
        (["animate", "{there}", "-o", "{folder}/none/a.npz"], "There is no folder"),
        (["animate", "{there}", "-o", "{folder}/a.wav"], "must end with .npz"),
        (["animate", "{folder}/none.wav", "-o", "{new}"], "There is no file"),
        (["animate", "{there}", "-o", "{new}", "--python", "{folder}/none"], "There is no Python"),
        (["bake", "{folder}/none.npz", "-o", "{folder}/a.blend"], "no performance file"),
        (["bake", "{there}", "-o", "{folder}/a.blend"], "not a Soliloquy performance"),
    ],
)
def test_mistakes_are_one_line_with_exit_code_2(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "speech.wav"
    there.write_bytes(b"RIFF")
    values = {"folder": str(tmp_path), "there": str(there), "new": str(tmp_path / "new.npz")}
    assert main([argument.format(**values) for argument in arguments]) == 2
    assert words in complaint(capsys)
    assert list(tmp_path.iterdir()) == [there]


@needs_torch
@pytest.mark.parametrize("content", [b"", b"To be or not to be, that is the question.\n" * 50])
def test_what_is_no_sound_is_one_line_with_exit_code_2(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audio = tmp_path / "speech.wav"
    audio.write_bytes(content)
    for source in (audio, tmp_path):
        assert main(["animate", str(source), "-o", str(tmp_path / "a.npz")]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("soliloquy: ")
        assert len(said.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == [audio]


@needs_torch
@pytest.mark.usefixtures("one_worker")
def test_animates_here_and_in_a_worker_alike(
    speech_wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--start", "0.5", "--stop", "2.5", "--fps", "25", "--emotion", "happy", "--seed", "3", "--blinks", "0"]
    assert main(["animate", str(speech_wav), "-o", str(tmp_path / "here.npz"), *options]) == 0
    assert main(["animate", str(speech_wav), "-o", str(tmp_path / "worker.npz"), *options, "--worker"]) == 0
    assert "50 frames, 2.0 s at 25 fps" in capsys.readouterr().out
    here, worker = Performance.load(tmp_path / "here.npz"), Performance.load(tmp_path / "worker.npz")
    assert here.lip_aperture.max() > here.lip_aperture.min()
    np.testing.assert_array_equal(here.poses, worker.poses)
    np.testing.assert_array_equal(here.arkit, worker.arkit)
    assert here.meta["settings"]["blink_strength"] == 0.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here.npz", "worker.npz"]


@pytest.fixture(scope="module")
def one_worker() -> Iterator[None]:
    """One worker for every command."""
    with kept_workers(SHELL):
        yield


@needs_torch
@pytest.mark.usefixtures("one_worker")
@pytest.mark.parametrize("worker", [[], ["--worker"]])
def test_what_is_odd_about_a_recording_is_said(
    worker: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Silent, and cut off in the middle: one line each that names the file; also when a part is made anew."""
    for name, samples in (("silent", np.zeros(32000)), ("cut", 0.3 * np.sin(np.arange(32000) * 0.05))):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            file.writeframes((32767 * samples).astype("<i2").tobytes())
    cut = (tmp_path / "cut.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(cut[:40000])
    for name, words in (("silent", "is silent"), ("cut", "is cut short")):
        made = str(tmp_path / f"{name}.npz")
        audio = str(tmp_path / f"{name}.wav")
        assert main(["animate", audio, "-o", made, "--regions", "body", *worker]) == 0
        assert f"'{name}.wav' {words}" in complaint(capsys)
        again = ["--keep", made, "--range", "0.2:0.9"]
        assert main(["animate", audio, "-o", str(tmp_path / "b.npz"), *again, *worker]) == 0
        assert f"'{name}.wav' {words}" in complaint(capsys)


@needs_worker
@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
@pytest.mark.parametrize("where", ["here", "worker"])
def test_ctrl_c_cancels_and_leaves_nothing(where: str, tmp_path: Path) -> None:
    if where == "here" and importlib.util.find_spec("torch") is None:
        pytest.skip("needs torch")
    options = ["--python", WORKER_PYTHON] if where == "worker" else []
    audio = tmp_path / "two_minutes.wav"
    with wave.open(str(audio), "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes(np.random.default_rng(0).integers(-3000, 3000, 120 * 16000, dtype=np.int16).tobytes())
    command = [sys.executable, "-m", "soliloquy", "animate", str(audio), "-o", str(tmp_path / "a.npz"), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert "10%" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=120)
    assert process.returncode == 130
    assert rest.splitlines()[-1] == "soliloquy: cancelled; nothing was written."
    assert list(tmp_path.iterdir()) == [audio]


@needs_bpy
def test_bakes_scene_and_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    performance = small_performance(tmp_path / "p.npz")
    outputs = {name: tmp_path / f"out.{name}" for name in ("blend", "fbx", "glb")}
    arguments = ["bake", str(performance), "-o", str(outputs["blend"]), "--name", "Smile"]
    assert main([*arguments, "--fbx", str(outputs["fbx"]), "--glb", str(outputs["glb"])]) == 0
    printed = capsys.readouterr().out
    assert "take 'Smile'" in printed
    assert str(outputs["fbx"]) in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.blend", "out.fbx", "out.glb", "p.npz"]

    # The scene that was just made serves as the character of the next bake.
    again = tmp_path / "again.blend"
    assert main(["bake", str(performance), "-o", str(again), "--rig", str(outputs["blend"]), "--fps", "30"]) == 0
    assert again.stat().st_size > 100_000


@needs_bpy
def test_failed_bake_leaves_the_earlier_scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    performance = small_performance(tmp_path / "p.npz")
    scene, rig = tmp_path / "scene.blend", tmp_path / "hero.blend"
    scene.write_text("the earlier scene")
    rig.write_text("this is no scene")
    assert main(["bake", str(performance), "-o", str(scene), "--rig", str(rig)]) == 2
    assert "hero.blend" in complaint(capsys)
    assert scene.read_text() == "the earlier scene"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hero.blend", "p.npz", "scene.blend"]


def test_blender_that_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLENDER", sys.executable)  # a program that exists must not stand in for the one that was named
    performance = small_performance(tmp_path / "p.npz")
    arguments = ["bake", str(performance), "-o", str(tmp_path / "a.blend"), "--blender", str(tmp_path / "blender")]
    assert main(arguments) == 2
    assert "was not found" in complaint(capsys)


def test_engines_names_licences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["engines"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "default" in printed
    assert "relaxed" in printed
    assert "Licence: GPL-3.0-or-later" in printed


def test_doctor_says_problem_and_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--python", str(tmp_path / "none")]) == 2
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("problem"))
    assert "There is no Python at" in line
    assert "Choose another one" in line


def test_fault_inside_is_one_line_that_names_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("soliloquy.shell.engines.list_engines", fail)
    assert main(["engines"]) == 1
    line = complaint(capsys)
    assert "ZeroDivisionError" in line
    log = Path(line.split("'")[1])
    assert "Traceback" in log.read_text()


def test_progress_off_a_terminal_is_a_line_for_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    bar = ProgressBar(sys.stderr)
    for step in range(101):
        bar.update("Lips", step / 100, 5.0)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[4] == " 50% Lips, 5.0 s left"


def test_durations_are_said_as_people_do() -> None:
    assert [duration_text(value) for value in (4.21, 59, 65, 7380)] == ["4.2 s", "59 s", "1 min 05 s", "2 h 03 min"]


LONG = "n" * 300


@pytest.mark.parametrize(
    "arguments",
    [
        ["animate", f"{LONG}.wav", "-o", "a.npz"],
        ["animate", __file__, "-o", f"{LONG}.npz"],
        ["craft", f"{LONG}.npz", "-o", "a.npz"],
        ["engines", "--engines", LONG],
        ["doctor", "--python", LONG],
        ["animate", "~nobody_of_this_name/a.wav", "-o", "a.npz"],
        ["animate", __file__, "-o", "~nobody_of_this_name/a.npz"],
    ],
)
def test_names_that_cannot_be_are_the_persons_to_mend(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert "unexpected" not in complaint(capsys)


@pytest.mark.parametrize("letters", ["ascii", "cp1252"])
def test_names_that_the_terminal_cannot_write_are_written_with_escapes(
    letters: str, root: Path, tmp_path: Path
) -> None:
    small_performance(tmp_path / "a.npz")
    target = tmp_path / "\u65e5.npz"
    done = subprocess.run(
        [sys.executable, "-m", "soliloquy", "craft", str(tmp_path / "a.npz"), "-o", str(target)],
        env={**os.environ, "PYTHONIOENCODING": letters, "PYTHONPATH": str(root.parent)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u65e5.npz: 12 frames" in done.stdout
    assert target.is_file()
