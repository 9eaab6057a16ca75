"""Mouth cues of cartoons: Rhubarb's lists and Moho's switch data, to lips and back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.character import load_character
from soliloquy.inference.errors import BadFile
from soliloquy.inference.label_track import LabelTrack
from soliloquy.inference.motion_files.mouth_cues import cues_of
from soliloquy.inference.motion_files.register import read_motion, write_motion

WORDS = [(0.0, "X"), (0.2, "A"), (0.32, "D"), (0.6, "G"), (0.75, "E"), (1.0, "B"), (1.2, "A"), (1.3, "F"), (1.6, "C")]
END = 2.0


def listed(path: Path, kind: str) -> Path:
    """Write the cues of WORDS as Rhubarb would."""
    ends = [*(start for start, _ in WORDS[1:]), END]
    if kind == "tsv":
        text = "".join(f"{start:.2f}\t{mouth}\n" for start, mouth in WORDS) + f"{END:.2f}\tX\n"
    elif kind == "json":
        cues = [{"start": a, "end": b, "value": mouth} for (a, mouth), b in zip(WORDS, ends, strict=True)]
        text = json.dumps({"metadata": {"soundFile": "a.wav", "duration": END}, "mouthCues": cues})
    elif kind == "xml":
        cues = "".join(f'<mouthCue start="{a}" end="{b}">{m}</mouthCue>' for (a, m), b in zip(WORDS, ends, strict=True))
        text = f'<?xml version="1.0" encoding="utf-8"?><rhubarbResult><mouthCues>{cues}</mouthCues></rhubarbResult>'
    else:
        names = {"A": "MBP", "B": "etc", "C": "E", "D": "AI", "E": "O", "F": "U", "G": "FV", "X": "rest"}
        text = "MohoSwitch1\n" + "".join(f"{1 + round(24 * start)} {names[mouth]}\n" for start, mouth in WORDS)
    place = path / f"cues.{kind}"
    place.write_text(text)
    return place


@pytest.mark.parametrize("kind", ["tsv", "xml", "json", "dat"])
def test_lips_show_the_mouths_of_a_list(tmp_path: Path, kind: str) -> None:
    found = read_motion(listed(tmp_path, kind))
    assert found.meta["regions"] == ["lips"]
    shown = load_character().lip_aperture(found.poses, found.arkit)

    def at(seconds: float) -> int:
        return round(seconds * found.fps)

    assert max(shown[at(0.26)], shown[at(1.25)]) < 0.003, "p, b and m shut the lips"
    assert shown[at(0.46)] == pytest.approx(0.13, abs=0.01)
    assert shown[at(1.1)] == pytest.approx(0.03, abs=0.01)
    assert found.coefficient("mouthPucker")[at(1.45)] > 0.5 > found.coefficient("mouthPucker")[at(0.46)]
    assert found.coefficient("mouthRollLower")[at(0.67)] > 0.4
    assert np.abs(np.diff(shown)).max() < 0.08, "no mouth jumps"


def test_what_is_heard_counts_where_the_performance_tells(tmp_path: Path) -> None:
    performance = read_motion(listed(tmp_path, "tsv"))
    # The shut lips at 1.2 s say f.
    performance.tracks["visemes"] = LabelTrack(("PP", "E", "FF"), np.array([[0.2, 0.32], [0.32, 0.6], [1.2, 1.3]]))
    shown = {round(cue.start, 1): cue.mouth for cue in cues_of(performance)}
    assert shown[0.2] == "A"
    assert shown[1.2] == "G"
    performance.tracks.clear()
    assert {round(cue.start, 1): cue.mouth for cue in cues_of(performance)}[1.2] == "A"


@pytest.mark.parametrize(("suffix", "name"), [("tsv", ""), ("xml", ""), ("json", "rhubarb-json"), ("dat", "")])
def test_lists_come_back_as_they_were(tmp_path: Path, suffix: str, name: str) -> None:
    first = read_motion(listed(tmp_path, "tsv"))
    path = write_motion(first, tmp_path / f"again.{suffix}", name)
    again = read_motion(path, fps=60)
    count = min(first.frames, again.frames)
    assert np.corrcoef(first.lip_aperture[:count], again.lip_aperture[:count])[0, 1] > 0.97
    if suffix == "tsv":
        rows = [line.split("\t") for line in path.read_text().strip().split("\n")]
        assert [mouth for _, mouth in rows[: len(WORDS)]] == [mouth for _, mouth in WORDS]
        for (seconds, _), (start, _) in zip(rows, WORDS, strict=False):
            assert float(seconds) == pytest.approx(start, abs=0.04)


def test_switch_data_starts_at_frame_1_with_drawn_mouths(tmp_path: Path) -> None:
    path = write_motion(read_motion(listed(tmp_path, "tsv")), tmp_path / "out.dat", fps=24)
    first, *rows = path.read_text().strip().split("\n")
    assert first == "MohoSwitch1"
    assert rows[0] == "1 rest"
    assert {row.split()[1] for row in rows} == {"rest", "MBP", "AI", "FV", "O", "etc", "U", "E"}


def test_letters_in_switch_data_are_the_letters_of_rhubarb(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_text("MohoSwitch1\n1 X\n5 E\n15 A\n20 X\n")
    (tmp_path / "b.dat").write_text("MohoSwitch1\n1 rest\n5 E\n15 MBP\n20 rest\n")
    letters, vowels = (read_motion(tmp_path / name) for name in ("a.dat", "b.dat"))
    assert letters.coefficient("mouthPucker").max() > 0.2 > vowels.coefficient("mouthPucker").max()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.tsv", "0.00\tX\n0.50\tQ\n", "mouth 'Q'"),
        ("a.tsv", "0.50\tX\n0.20\tA\n", "order of time"),
        ("a.tsv", "0.00\tX\nnan\tA\n", "no time"),
        ("a.tsv", "0.00\tX\n99999999\tA\n", "order of time"),
        ("a.json", '{"mouthCues": 3}', "no mouth cues"),
        ("a.xml", '<!DOCTYPE x [<!ENTITY a "b">]><mouthCue start="0" end="1">&a;</mouthCue>', "entities"),
        ("a.xml", "<mouthCues><mouthCue>", "no XML"),
        ("a.dat", "MohoSwitch1\n1 smirk\n", "mouth 'smirk'"),
        ("a.dat", "1 rest\n", "no switch data"),
    ],
)
def test_what_is_no_list_is_refused_in_words(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadFile, match=sentence):
        read_motion(tmp_path / name)
