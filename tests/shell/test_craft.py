"""``soliloquy craft`` as a person meets it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.craft import LipCraft
from soliloquy.inference.performance import Performance
from soliloquy.shell.cli import main


@pytest.fixture
def performance(tmp_path: Path) -> Path:
    arkit = np.zeros((90, 52), np.float32)
    arkit[:, ARKIT_INDEX["jawOpen"]] = 0.2 - 0.2 * np.cos(np.arange(90) / 4)
    poses = np.zeros((90, 165), np.float32)
    poses[:, 66] = load_character().jaw_open_radians * arkit[:, ARKIT_INDEX["jawOpen"]]
    zeros = np.zeros((90, 3), np.float32)
    made = Performance(30.0, poses, zeros, arkit, load_character().lip_aperture(poses, arkit), meta={"seed": 7})
    return made.save(tmp_path / "performance.npz")


def test_round_trip(performance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "crafted.npz"
    before = performance.read_bytes()
    options = "--jaw 0.5 --offset-ms -40 --smoothing-ms 20 --asymmetry 0.2 --upper-lip 1.1 --closure 1.3"
    assert main(["craft", str(performance), "-o", str(target), *options.split()]) == 0
    told = capsys.readouterr().out
    assert "90 frames" in told
    assert "jaw 0.5" in told
    assert "offset -0.04" in told
    done = Performance.load(target)
    assert done.meta["seed"] == 7
    assert done.meta["craft"] == LipCraft(
        jaw=0.5, offset=-0.04, smoothing=0.02, asymmetry=0.2, upper_lip=1.1, closure=1.3
    ).to_json()  # fmt: skip
    assert done.coefficient("jawOpen").max() < 0.6 * Performance.load(performance).coefficient("jawOpen").max()
    assert performance.read_bytes() == before


def test_without_options_nothing_changes(performance: Path, tmp_path: Path) -> None:
    target = tmp_path / "same.npz"
    assert main(["craft", str(performance), "-o", str(target)]) == 0
    one, other = Performance.load(performance), Performance.load(target)
    assert np.array_equal(one.arkit, other.arkit)
    assert np.array_equal(one.poses, other.poses)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--jaw", "3"], "--jaw 3 cannot be used. Choose a value between 0 and 2."),
        (["--offset-ms", "900"], "between -500 and 500"),
        (["--closure", "nan"], "--closure nan"),
        (["--lisp", "1"], "--lisp"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    performance: Path, tmp_path: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "never.npz"
    assert main(["craft", str(performance), "-o", str(target), *options]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert words in said[0]
    assert not target.exists()


def test_files_that_are_no_performance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.npz"
    wrong.write_bytes(b"nothing")
    assert main(["craft", str(wrong), "-o", str(tmp_path / "out.npz")]) == 2
    assert "not a Soliloquy performance" in capsys.readouterr().err
    assert main(["craft", str(tmp_path / "gone.npz"), "-o", str(tmp_path / "out.npz")]) == 2
    assert "no performance file" in capsys.readouterr().err


def test_everything_else_is_reshaped_by_the_same_command(
    performance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "calm.npz"
    options = "--blinks 0.5 --gestures 0.6 --motion-offset-ms 100 --jaw 0.9"
    assert main(["craft", str(performance), "-o", str(target), *options.split()]) == 0
    told = capsys.readouterr().out
    assert "jaw 0.9, blinks 0.5, gestures 0.6, motion offset 0.1" in told
    meta = Performance.load(target).meta
    assert meta["reshape"]["gestures"] == 0.6
    assert meta["craft"]["jaw"] == 0.9
    assert main(["craft", str(performance), "-o", str(target), "--head", "3"]) == 2
    assert "--head 3 cannot be used. Choose a value between 0 and 2." in capsys.readouterr().err
