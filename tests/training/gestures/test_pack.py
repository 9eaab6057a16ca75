"""One command from a folder of clips to the library and its card."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from soliloquy.inference.character import load_character
from soliloquy.inference.easing import s_curve
from soliloquy.inference.gestures.library import load_library
from soliloquy.inference.rotation import axis_angle_to_quaternion
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.models.gestures.vocabulary import VocabularyConfig
from soliloquy.training.gestures import __main__ as command
from soliloquy.training.gestures.pack import gather
from soliloquy.training.gestures.vocabulary import VocabularyTraining, as_motion, fit, measure

COLUMNS = ("path", "set", "name", "tag", "licence", "base", "source", "dup_of", "flags")


def _clip(folder: Path, row: dict[str, str], turn: float) -> None:
    time = np.arange(90) / 30
    up = s_curve((time - 0.5) / 0.7) * (1 - s_curve((time - 1.7) / 0.8))
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


def test_the_command_writes_a_vocabulary_and_its_card(data: Path, tmp_path: Path, monkeypatch) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache"
    out.mkdir()
    given = ["gestures", "--data", str(data), "--out", str(out), "--cache", str(cache), "--steps", "30"]
    monkeypatch.setattr(sys, "argv", given)
    command.main()
    learned = load_library(path=out / "gestures.safetensors")
    packed = load_library(path=cache / "gestures" / "gestures.npz")
    for library in (learned, packed):
        assert [(clip.name, clip.kind, clip.hands) for clip in library.clips] == [
            ("first", "beat", (1.0, 0.0)),
            ("second", "offer", (1.0, 0.0)),
        ]
        assert all(clip.licence == "LGPL-2.1" and clip.source for clip in library.clips)
    for one, other in zip(learned.clips, packed.clips, strict=True):
        times = np.linspace(0, one.seconds, 50)
        same = np.abs((learned.sample(one, times) * packed.sample(other, times)).sum(-1))
        assert np.degrees(2 * np.arccos(np.clip(same, 0, 1))).mean() < 3
    card = (out / "gestures.md").read_text(encoding="utf-8")
    digest = hashlib.sha256((out / "gestures.safetensors").read_bytes()).hexdigest()
    for words in ("first", "second", "SmartBody", "LGPL-2.1", "rude: one/finger", digest):
        assert words in card
    assert sorted(path.name for path in out.iterdir()) == ["gestures.md", "gestures.safetensors"]


def test_a_vocabulary_comes_closer_to_its_clips_as_it_learns() -> None:
    rng = np.random.default_rng(0)
    times = np.linspace(0, 1, 40)[:, None, None]
    turns = np.sin(6 * times + rng.uniform(0, 6, (1, 41, 3))) * rng.uniform(0.1, 0.5, (1, 41, 3))
    motion = [as_motion(axis_angle_to_quaternion(turns[: 30 + 10 * k])) for k in range(2)]
    losses: list[float] = []
    config = VocabularyConfig(code_dim=3, width=32)
    network = fit(motion, config, VocabularyTraining(steps=400, batch=64), lambda _step, loss: losses.append(loss))
    assert losses[-1] < 0.5 * losses[0]
    decoded = network(torch.arange(70)).double().numpy()
    assert measure(decoded, np.concatenate(motion), load_character().joints).degrees < 8
