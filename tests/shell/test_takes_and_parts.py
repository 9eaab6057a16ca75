"""``soliloquy animate --takes`` and ``--keep``, as a person meets them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("av")

from soliloquy.inference.performance import Performance
from soliloquy.inference.regenerate_job import PARTS
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.shell.cli import main

RESTING = ["--regions", "eyes,head,body,hands", "--upper-face", "rules", "--body", "relaxed"]


def _animate(speech: Path, target: Path, *options: str) -> int:
    return main(["animate", str(speech), "-o", str(target), *options])


@pytest.fixture(scope="module")
def kept(speech_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "kept.npz"
    assert _animate(speech_wav, path, *RESTING, "--start", "0.5", "--seed", "5") == 0
    return path


def _complaint(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if "%" not in line]
    assert len(lines) == 1, lines
    return lines[0]


def test_takes_are_numbered_files_of_following_seeds(
    speech_wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _animate(speech_wav, tmp_path / "line.npz", "--stop", "2", "--takes", "3", "--seed", "7") == 0
    told = capsys.readouterr().out.splitlines()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["line_1.npz", "line_2.npz", "line_3.npz"]
    assert ["line_1.npz" in told[0], "seed 8" in told[1], "line_3.npz" in told[2]] == [True] * 3
    takes = [Performance.load(tmp_path / f"line_{number}.npz") for number in (1, 2, 3)]
    assert [take.meta["seed"] for take in takes] == [7, 8, 9]
    for other in takes[1:]:
        np.testing.assert_allclose(other.lip_aperture, takes[0].lip_aperture, atol=2e-3)
        assert not np.array_equal(other.poses, takes[0].poses)


def test_a_part_is_made_anew_and_the_rest_kept(kept: Path, speech_wav: Path, tmp_path: Path) -> None:
    target = tmp_path / "new.npz"
    options = ["--keep", str(kept), "--range", "1:2", "--range", "3.5:4.5", "--joints", "left_arm,right_wrist"]
    assert _animate(speech_wav, target, *options, "--energy", "0") == 0
    before, after = Performance.load(kept), Performance.load(target)
    (record,) = after.meta["regenerated"]
    assert record["ranges"] == [[1.0, 2.0], [3.5, 4.5]]
    assert set(record["joints"]) == {*PARTS["left_arm"], "right_wrist"}
    assert record["seed"] == 6
    assert record["gestures"]["energy"] == 0
    changed = np.flatnonzero((after.poses != before.poses).reshape(before.frames, 55, 3).any((0, 2)))
    assert set(changed) <= {JOINT_INDEX[name] for name in record["joints"]}
    np.testing.assert_array_equal(after.arkit, before.arkit)
    # The next part gets another seed; several takes of it count on.
    assert _animate(speech_wav, tmp_path / "more.npz", *options[:1], str(target), *options[2:4], "--takes", "2") == 0
    seeds = [Performance.load(tmp_path / f"more_{number}.npz").meta["regenerated"][-1]["seed"] for number in (1, 2)]
    assert seeds == [7, 8]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--range", "1:2"], "--range is given without --keep"),
        (["--joints", "arms"], "--joints is given without --keep"),
        (["--takes", "0"], "--takes 0"),
        (["--keep", "{kept}"], "--keep is given without --range"),
        (["--keep", "{kept}", "--range", "1-2"], "'1-2' is not a range"),
        (["--keep", "{kept}", "--range", "4:99"], "past the end"),
        (["--keep", "{kept}", "--range", "1:2", "--joints", "tail"], "no joint or part 'tail'"),
        (["--keep", "{kept}", "--range", "1:2", "--emotion", "sad"], "--emotion cannot change"),
        (["--keep", "{kept}", "--range", "1:2", "--fps", "25"], "--fps cannot change"),
        (["--keep", "{kept}", "--range", "1:2", "--jaw", "0.5"], "--jaw cannot change"),
        (["--keep", "{kept}", "--range", "1:2", "--posture", "seated"], "posture cannot change"),
        (["--keep", "{kept}", "--range", "1:2", "--body", "puppet"], "no body engine 'puppet'"),
        (["--keep", "{kept}", "--range", "1:2", "--start", "2"], "made from second 0.5 to"),
        (["--keep", "{folder}/gone.npz", "--range", "1:2"], "no performance file"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    options: list[str], words: str, kept: Path, speech_wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [option.format(kept=kept, folder=tmp_path) for option in options]
    assert _animate(speech_wav, tmp_path / "new.npz", *given) == 2
    assert words in _complaint(capsys)
    assert not list(tmp_path.iterdir())


def test_foreign_audio_and_the_kept_file_itself_are_refused(
    kept: Path, speech_wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = tmp_path / "foreign.flac"
    foreign.write_bytes(speech_wav.read_bytes() + b"\0")
    content = kept.read_bytes()
    options = ["--keep", str(kept), "--range", "1:2"]
    assert _animate(foreign, tmp_path / "new.npz", *options) == 2
    assert f"made from '{speech_wav.name}'" in _complaint(capsys)
    assert _animate(speech_wav, kept, *options) == 2
    assert "would replace the one to keep" in _complaint(capsys)
    assert kept.read_bytes() == content
