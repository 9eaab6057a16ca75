"""``soliloquy convert``: formats of motion from the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.performance import Performance
from soliloquy.shell.cli import main


@pytest.fixture
def performance(tmp_path: Path) -> Path:
    """A second of a mouth that opens."""
    arkit = np.zeros((30, 52), np.float32)
    arkit[:, 17] = np.linspace(0, 0.5, 30)
    aperture = np.linspace(0, 0.2, 30)
    return Performance(30.0, np.zeros((30, 165)), np.zeros((30, 3)), arkit, aperture).save(tmp_path / "p.npz")


def test_a_performance_goes_out_and_comes_back(
    performance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(performance), str(tmp_path / "a.csv")]) == 0
    assert main(["convert", str(tmp_path / "a.csv"), str(tmp_path / "b.npz"), "--fps", "30"]) == 0
    assert "livelink" in capsys.readouterr().out
    back, was = Performance.load(tmp_path / "b.npz"), Performance.load(performance)
    assert back.fps == 30
    assert np.abs(back.arkit - was.arkit).max() < 1e-5
    assert back.regions == ("lips", "upper_face", "eyes")
    assert was.regions == ("lips", "upper_face", "eyes", "head", "body", "hands")


def test_formats_that_share_an_ending_are_named(performance: Path, tmp_path: Path) -> None:
    assert main(["convert", str(performance), str(tmp_path / "a.json"), "--format", "rhubarb-json"]) == 0
    assert '"mouthCues"' in (tmp_path / "a.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none.npz", "a.csv"], "There is no performance file"),
        (["p.npz", "a.xyz"], "no known format"),
        (["p.npz", "a.csv", "--format", "wmf"], "no format 'wmf'"),
        (["p.npz", "a.csv", "--fps", "0"], "no frame rate"),
    ],
)
def test_what_cannot_be_is_one_line(
    performance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["convert", *arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert sentence in said
    assert "\n" not in said
    assert not (tmp_path / "a.csv").exists()
