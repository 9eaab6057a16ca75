"""docs/add_an_engine.md does what it says: its folders, as they stand there, animate and are listed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from engine_page import write_engines

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.audio import read_audio
from soliloquy.inference.outside_engines import use_folder
from soliloquy.inference.performance import Performance
from soliloquy.inference.prosody import analyse
from soliloquy.inference.settings import AudioRange
from soliloquy.shell.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_engines(tmp_path / "engines")


@pytest.fixture(autouse=True)
def _no_folder_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SOLILOQUY_ENGINES", raising=False)
    yield
    use_folder(None)


def _loudness(path: Path, frames: int) -> np.ndarray:
    samples = read_audio(AudioRange(str(path))).samples
    return np.array([np.sqrt(np.mean(np.square(part))) for part in np.array_split(samples, frames)])


def _animate(speech: Path, output: Path, *options: str) -> Performance:
    assert main(["animate", str(speech), "-o", str(output), *options]) == 0
    return Performance.load(output)


@pytest.mark.parametrize("where", [(), ("--python", sys.executable)], ids=["here", "in a worker"])
def test_the_face_of_the_page_opens_with_the_voice(
    speech_wav: Path, folder: Path, tmp_path: Path, where: tuple[str, ...]
) -> None:
    made = _animate(
        speech_wav, tmp_path / "hum.npz", "--engines", str(folder), "--face", "hum", "--body", "relaxed", *where
    )
    opening = made.arkit[:, ARKIT_INDEX["jawOpen"]]
    assert np.corrcoef(opening, _loudness(speech_wav, made.frames))[0, 1] > 0.95
    assert made.meta["engines"]["face"] == "hum"


def test_the_body_of_the_page_beats_on_the_accents(speech_wav: Path, folder: Path, tmp_path: Path) -> None:
    made = _animate(
        speech_wav,
        tmp_path / "beat.npz",
        "--engines",
        str(folder),
        "--body",
        "beat",
        "--regions",
        "body,hands",
        "--rest",
        "sides",
        "--no-contacts",
    )
    prosody = analyse(read_audio(AudioRange(str(speech_wav))).samples, 16_000)
    loudest = prosody.accent_times[np.argmax(prosody.accent_strengths)]
    bend = np.linalg.norm(made.joint("right_elbow"), axis=1)
    frame = round(loudest * made.fps)
    # Several accents may be as loud, and the arm at rest sways by a dozen degrees beneath the beats.
    assert bend[frame - 6 : frame + 7].max() > bend.max() - 0.1
    assert bend[frame - 6 : frame + 7].argmax() in range(2, 11)
    assert np.ptp(bend) > 0.5
    assert np.ptp(np.linalg.norm(made.joint("left_elbow"), axis=1)) < 0.25


def test_both_are_listed_with_what_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["engines", "--engines", str(folder), "--json"]) == 0
    known = {(item["kind"], item["name"]): item for item in json.loads(capsys.readouterr().out)}
    assert known["face", "hum"]["available"]
    assert known["face", "hum"]["licence"] == "CC0"
    assert known["body", "beat"]["abilities"] == ["gesture"]
    assert str(folder / "beat") in known["body", "beat"]["source"]


def test_without_the_folder_the_name_is_refused(
    speech_wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "hum.npz"
    assert main(["animate", str(speech_wav), "-o", str(output), "--face", "hum"]) == 2
    assert "There is no face engine 'hum'." in capsys.readouterr().err
    assert main(["animate", str(speech_wav), "-o", str(output), "--engines", str(tmp_path / "nowhere")]) == 2
    assert "no engines folder" in capsys.readouterr().err
    assert not output.exists()
