"""One command from a folder of clips to the library and its card."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.gestures.library import load_library
from soliloquy.inference.layers.noise import smoothstep
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.gestures import __main__ as command
from soliloquy.training.gestures.pack import gather

COLUMNS = ("path", "set", "name", "tag", "licence", "base", "source", "dup_of", "flags")


def _clip(folder: Path, row: dict[str, str], turn: float) -> None:
    time = np.arange(90) / 30
    up = smoothstep((time - 0.5) / 0.7) * (1 - smoothstep((time - 1.7) / 0.8))
    poses = np.zeros((90, 55, 3), np.float32)
    poses[:, JOINT_INDEX["left_shoulder"], 2] = -1.3
    poses[:, JOINT_INDEX["right_shoulder"], 2] = 1.3
    poses[:, JOINT_INDEX["left_elbow"], 1] = -turn * up
    marks = {"emphasis": 1.3}
    np.savez(
        folder / row["path"], poses=poses, fps=np.float32(30), phases=json.dumps(marks), phases_quality="ok"
    )  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two clips, a copy of the first, one that does not move and a rude one."""
    folder = tmp_path / "data" / "gestures"
    folder.mkdir(parents=True)
    rows = []
    for name, tag, turn in (
        ("first", "BeatLow", 1.2), ("again", "BeatMid", 1.2), ("second", "Offer", 1.7), ("still", "You", 0.01),
        ("finger", "ScrewYou", 1.0),
    ):  # fmt: skip
        row = dict.fromkeys(COLUMNS, "") | {
            "path": f"{name}.npz", "set": "one", "name": name, "tag": tag, "licence": "LGPL-2.1", "base": "Idle01",
            "source": "somewhere:else",
        }  # fmt: skip
        rows.append(row)
        _clip(folder, row, turn)
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path / "data"


def test_copies_and_still_clips_are_left_out(data: Path) -> None:
    kept, dropped = gather(data / "gestures")
    assert [clip.origin.name for clip in kept] == ["first", "second"]
    reasons = {row.name: row.reason for row in dropped}
    assert "the same movement as first" in reasons["again"]
    assert "no wrist moves" in reasons["still"]
    assert reasons["finger"] == "rude"


def test_the_command_writes_library_and_card(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["gestures", "--data", str(data), "--out", str(tmp_path)])
    command.main()
    library = load_library(path=tmp_path / "gestures.npz")
    assert [(clip.name, clip.kind, clip.hands) for clip in library.clips] == [
        ("first", "beat", (1.0, 0.0)),
        ("second", "offer", (1.0, 0.0)),
    ]
    assert all(clip.licence == "LGPL-2.1" and clip.source for clip in library.clips)
    card = (tmp_path / "gestures.md").read_text(encoding="utf-8")
    for words in ("first", "second", "SmartBody", "LGPL-2.1", "rude: one/finger"):
        assert words in card
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["gestures.md", "gestures.npz"]
