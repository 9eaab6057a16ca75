"""``soliloquy batch``: every recording once, whatever happens on the way."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.errors import BadAudio
from soliloquy.inference.orders.order import Order
from soliloquy.inference.performance import Performance
from soliloquy.inference.shipped import read_manifest
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.shell import batch, batch_pictures, batch_rows
from soliloquy.shell.batch_record import FILE
from soliloquy.shell.cli import main


class MadeUpExecution:
    """Writes a still performance whose first channel is the seed; a recording that holds ``noise`` fails."""

    orders: list[Order] = []

    def __init__(self, *_where: Any) -> None:
        pass

    def __enter__(self) -> MadeUpExecution:
        return self

    def __exit__(self, *_error: Any) -> None:
        pass

    def run(self, order: Order, _title: str = "") -> dict[str, Any]:
        self.orders.append(order)
        if Path(order.audio.path).read_bytes() == b"noise":
            raise BadAudio("This is noise.", "Record it again.")
        arkit = np.full((12, len(ARKIT_NAMES)), order.settings.seed / 100, np.float32)
        zeros = np.zeros((12, 3), np.float32)
        poses = np.zeros((12, 3 * len(JOINT_NAMES)), np.float32)
        path = Performance(24.0, poses, zeros, arkit, np.zeros(12, np.float32)).save(Path(order.output))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return {"output": str(path), "sha256": digest, "seconds": 0.1, "frames": 12, "fps": 24.0, "duration": 0.5}


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> list[Order]:
    monkeypatch.setenv("SOLILOQUY_RUNTIME", str(tmp_path_factory.mktemp("data") / "runtime"))
    monkeypatch.setattr(MadeUpExecution, "orders", [])
    monkeypatch.setattr(batch, "Execution", MadeUpExecution)
    return MadeUpExecution.orders


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in ("a.wav", "b.mp3", "c.flac"):
        (folder / name).write_bytes(name.encode())
    (folder / "notes.txt").write_text("not sound")
    (folder / "._a.wav").write_text("what a file system left")
    return folder


def _batch(source: Path, output: Path, *options: str) -> int:
    return main(["batch", str(source), "--output", str(output), *options])


def _names(orders: list[Order]) -> list[str]:
    return [Path(order.output).name for order in orders]


def test_each_recording_is_performed_and_what_is_done_is_not_done_twice(
    recordings: Path,
    tmp_path: Path,
    made_up: list[Order],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "new" / "performances"
    assert _batch(recordings, output, "--seed", "4") == 0
    assert _names(made_up) == ["a.npz", "b.npz", "c.npz"]
    assert "2 of 3, b.npz: 12 frames, 0.5 s at 24 fps" in capsys.readouterr().out
    assert {path.name for path in output.iterdir()} == {"a.npz", "b.npz", "c.npz", FILE}
    made_up.clear()
    assert _batch(recordings, output, "--seed", "4") == 0
    assert not made_up
    assert capsys.readouterr().out.splitlines()[-1] == "3 performances: 3 done before"
    # Another recording under the name, a lost performance: these alone.
    (recordings / "a.wav").write_bytes(b"said better")
    (output / "c.npz").unlink()
    assert _batch(recordings, output, "--seed", "4") == 0
    assert _names(made_up) == ["a.npz", "c.npz"]
    made_up.clear()
    assert _batch(recordings, output, "--seed", "5") == 0
    assert len(made_up) == 3
    assert Performance.load(output / "a.npz").arkit[0, 0] == pytest.approx(0.05)
    made_up.clear()
    with monkeypatch.context() as patch:
        patch.setattr("soliloquy.shell.batch_record.VERSION", "99.0")
        assert _batch(recordings, output, "--seed", "5") == 0
    assert len(made_up) == 3


def test_new_weights_do_it_again_and_new_pictures_of_the_cast_do_not(
    recordings: Path, tmp_path: Path, made_up: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = dict(read_manifest())
    monkeypatch.setattr("soliloquy.shell.batch_record.read_manifest", lambda: listed)
    assert _batch(recordings, tmp_path / "out") == 0
    made_up.clear()
    listed["assets/cast/thumbnails/default.jpg"] = "another picture"
    assert _batch(recordings, tmp_path / "out") == 0
    assert not made_up
    listed["models/weights/face.onnx"] = "trained anew"
    assert _batch(recordings, tmp_path / "out") == 0
    assert len(made_up) == 3


def _drawn(page: Path) -> list[Path]:
    """Return the pictures that a report shows."""
    return [page.parent / unquote(name) for name in re.findall(r'<img src="([^"]+)"', page.read_text())]


def test_the_report_shows_a_picture_of_each_performance_drawn_once(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("bpy", reason="the pictures are drawn by Blender")
    page = tmp_path / "the report.html"
    (recordings / "b.mp3").write_bytes(b"noise")
    assert _batch(recordings, tmp_path / "out", "--report", str(page)) == 1
    first, second = _drawn(page)
    assert first.read_bytes()[:4] == second.read_bytes()[:4] == b"\x89PNG"
    assert {path.name for path in page.with_name("the report_pictures").iterdir()} == {first.name, second.name}
    asked: list[Performance] = []

    def draw(order: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        asked.append(Performance.load(order["performance"]))
        (Path(order["folder"]) / "00000.png").write_bytes(b"a picture")
        return {}

    monkeypatch.setattr(batch_pictures, "run_in_blender", draw)
    assert _batch(recordings, tmp_path / "out", "--report", str(page)) == 1
    assert not asked
    (recordings / "b.mp3").write_bytes(b"mended")
    assert _batch(recordings, tmp_path / "out", "--report", str(page), "--seed", "5") == 0
    # What was made up is the same for all three.
    assert [frames.frames for frames in asked] == [2]
    assert [file.read_bytes() for file in _drawn(page)] == [b"a picture"] * 3


def test_without_blender_the_report_goes_without_pictures_and_says_so(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    gone = str(tmp_path / "no blender")
    assert _batch(recordings, tmp_path / "out", "--report", str(page), "--blender", gone) == 0
    assert "the report has no pictures: Blender's program" in capsys.readouterr().err
    assert "<th>Picture</th>" not in page.read_text()
    assert page.read_text().count("<td>made</td>") == 3


def test_errors_are_a_sentence_each_and_the_rest_goes_on(
    recordings: Path, tmp_path: Path, made_up: list[Order], capsys: pytest.CaptureFixture[str]
) -> None:
    (recordings / "b.mp3").write_bytes(b"noise")
    page = tmp_path / "report <1>.html"
    assert _batch(recordings, tmp_path / "out", "--report", str(page), "--no-pictures") == 1
    said = capsys.readouterr()
    assert said.err.splitlines() == ["soliloquy: 2 of 3, b.npz: This is noise. Record it again."]
    assert said.out.splitlines()[-1] == "3 performances: 2 made, 1 failed"
    assert "<td>b.npz</td><td></td><td>failed</td><td>This is noise. Record it again.</td>" in page.read_text()
    assert "<td>a.npz</td><td>0.5 s</td><td>made</td>" in page.read_text()
    made_up.clear()
    (recordings / "b.mp3").write_bytes(b"mended")
    assert _batch(recordings, tmp_path / "out") == 0
    assert _names(made_up) == ["b.npz"]


def test_rows_choose_what_the_command_leaves_open(recordings: Path, tmp_path: Path, made_up: list[Order]) -> None:
    table = tmp_path / "lines.csv"
    (tmp_path / "said.txt").write_text("Good morning")
    table.write_bytes(
        "\ufeffAudio;output;emotion;intensity;Voice_Emotion;transcript;no-contacts;takes;\r\n"
        "recordings/a.wav;hello;angry;0,7;;said.txt;yes;2;\r\n"
        ";;;;;;;;\r\n"
        "recordings/a.wav;;;;0.5;;no;;\r\n".encode()
    )
    assert _batch(table, tmp_path / "out", "--emotion", "happy", "--seed", "3", "--no-contacts") == 0
    assert _names(made_up) == ["hello_1.npz", "hello_2.npz", "a.npz"]
    first, second, last = (order.settings for order in made_up)
    assert (first.emotion, first.intensity, first.seed, second.seed) == ("angry", 0.7, 3, 4)
    assert first.words.transcript == "Good morning"
    assert (last.emotion, last.voice_emotion, last.seed) == ("happy", 0.5, 3)
    assert (first.gestures.contacts, last.gestures.contacts) == (False, True)


def test_a_row_that_cannot_be_used_leaves_the_others_alone(
    recordings: Path, tmp_path: Path, made_up: list[Order], capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "lines.csv"
    table.write_text(
        "audio,output,fps,no-contacts\n"
        "recordings/a.wav,,25,\n"
        "recordings/a.wav,A.npz,,\n"
        "recordings/b.mp3,../b,,\n"
        "recordings/b.mp3,,fast,\n"
        "recordings/none.wav,,,\n"
        ",c,,\n"
        "recordings/c.flac,,,perhaps\n"
        "recordings/c.flac,,,\n"
    )
    assert _batch(table, tmp_path / "out") == 1
    said = capsys.readouterr().err.splitlines()
    words = ["performance of row 2", "no plain file name", "'fast'", "There is no file", "no audio", "yes nor no"]
    assert len(said) == len(words)
    assert all(word in line for word, line in zip(words, said, strict=True)), said
    assert _names(made_up) == ["a.npz", "c.npz"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column 'audio'"),
        (b"audio\n", "holds no rows"),
        (b"file,emotion\na.wav,sad\n", "no column 'audio'"),
        (b"audio,mood,python\na.wav,sad,x\n", "no options: 'mood', 'python'"),
        (b"audio,emotion,--emotion\na.wav,sad,sad\n", "'emotion' twice"),
        (b"audio,emotion\na.wav,happy:0.5,surprised:0.3\n", "more cells in row 2"),
        (b"audio\n" + b"a" * 200_000 + b"\n", "no CSV"),
        (b"audio\n" + b"a\n" * 10_001, "more than 10,000"),
        ("audio\nä.wav\n".encode("latin-1"), "save it as UTF-8"),
        (b"audio\n" + b"a" * batch_rows.MOST_BYTES, "larger than 4 MB"),
        (b"audio,fps\nrecordings/a.wav,0\n", "fps 0 cannot be used"),
    ],
)
def test_a_table_that_is_none_is_refused_before_anything_is_made(
    content: bytes, words: str, recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "lines.csv"
    table.write_bytes(content)
    assert _batch(table, tmp_path / "out") == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert words in said[0]
    assert not list((tmp_path).glob("out/*"))


def test_places_that_cannot_be_used(recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert _batch(tmp_path / "empty", tmp_path / "out") == 2
    assert _batch(recordings / "a.wav", tmp_path / "out") == 2
    assert _batch(recordings, recordings / "a.wav") == 2
    assert _batch(tmp_path / "gone", tmp_path / "out") == 2
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "out" / FILE).write_text("{")
    assert _batch(recordings, tmp_path / "out") == 2
    said = capsys.readouterr().err.splitlines()
    words = ["no recording in the folder", "neither a folder nor a .csv", "is a file", "no folder or CSV", "record of"]
    assert all(word in line for word, line in zip(words, said, strict=True)), said


def test_a_folder_that_may_not_be_written(
    recordings: Path,
    tmp_path: Path,
    made_up: list[Order],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # By what the system says of it, since root may write everywhere.
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != tmp_path / "out")
    assert _batch(recordings, tmp_path / "out") == 2
    assert "cannot be written" in capsys.readouterr().err
    assert not made_up


def test_only_files_of_the_batch_are_replaced(
    recordings: Path, tmp_path: Path, made_up: list[Order], capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    output.mkdir()
    (output / "a.npz").write_bytes(b"made by hand")
    assert _batch(recordings, output) == 1
    (output / "b.npz").write_bytes(b"crafted since")
    assert _batch(recordings, output, "--seed", "9") == 1
    assert [(output / name).read_bytes() for name in ("a.npz", "b.npz")] == [b"made by hand", b"crafted since"]
    assert _names(made_up) == ["b.npz", "c.npz", "c.npz"]
    assert "'b.npz' is there already, and not as this batch wrote it." in capsys.readouterr().err


def test_ctrl_c_says_how_far_it_came(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = MadeUpExecution.run

    def pressed(self: MadeUpExecution, order: Order, title: str = "") -> dict[str, Any]:
        if order.output.endswith("b.npz"):
            raise KeyboardInterrupt
        return whole(self, order, title)

    monkeypatch.setattr(MadeUpExecution, "run", pressed)
    assert _batch(recordings, tmp_path / "out", "--report", str(tmp_path / "report.html")) == 130
    assert "3 performances: 1 made, 2 not yet." in capsys.readouterr().err
    assert "<td>c.npz</td><td></td><td>not yet</td>" in (tmp_path / "report.html").read_text()


CHILD = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_batch import MadeUpExecution
from soliloquy.inference.saving import aside_of
from soliloquy.shell import batch
from soliloquy.shell.cli import main

def run(self, order, title="", whole=MadeUpExecution.run):
    second = order.output.endswith("b.npz")
    if second and not {late}:
        aside_of(Path(order.output)).write_bytes(b"half of it")
    else:
        result = whole(self, order, title)
    if second:
        print("now", flush=True)
        time.sleep(60)
    return result

MadeUpExecution.run = run
batch.Execution = MadeUpExecution
main(sys.argv[1:])
"""


@pytest.mark.parametrize("late", [False, True], ids=["while it writes", "before it is noted"])
def test_a_killed_run_loses_nothing_and_does_nothing_twice(
    late: bool, recordings: Path, tmp_path: Path, made_up: list[Order]
) -> None:
    output = tmp_path / "out"
    code = CHILD.format(tests=str(Path(__file__).parent), late=late)
    words = [sys.executable, "-c", code, "batch", str(recordings), "--output", str(output)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert any(line == "now\n" for line in child.stdout)
        child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    states = {name: entry["state"] for name, entry in json.loads((output / FILE).read_text())["jobs"].items()}
    assert states == {"a.npz": "done", "b.npz": "running"}
    assert _batch(recordings, output) == 0
    assert _names(made_up) == (["c.npz"] if late else ["b.npz", "c.npz"])
    assert {path.name for path in output.iterdir()} == {"a.npz", "b.npz", "c.npz", FILE}
    made_up.clear()
    assert _batch(recordings, output) == 0
    assert not made_up
