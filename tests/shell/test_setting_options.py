"""Options out of settings: what a person types is what is ordered, in the unit that a person counts in."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from soliloquy.inference.craft import LipCraft
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.setting import settings_of
from soliloquy.inference.settings import AnimateSettings, AudioRange
from soliloquy.shell.cli import build_parser, main
from soliloquy.shell.setting_options import add_settings, given_settings

OPTIONS = {
    AudioRange: "start stop",
    AnimateSettings: "face body emotion intensity voice-emotion seed fps device regions upper-face blinks eye-darts "
    "brows head breathing weight-shift",
    GestureSettings: "style energy rate handedness posture no-contacts rest",
    LipCraft: "closure jaw rounding articulation smoothing-ms offset-ms asymmetry upper-lip lower-lip corners tongue",
}
"""Names that people have in their scripts."""


def _given(cls: type[Any], text: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    add_settings(parser, cls)
    return given_settings(parser.parse_args(text.split()), cls)


@pytest.mark.parametrize("cls", OPTIONS, ids=lambda cls: cls.__name__)
def test_options_are_called_as_ever(cls: type[Any]) -> None:
    assert {f"--{name}" for name in OPTIONS[cls].split()} <= {item.option_name for item in settings_of(cls).values()}


def test_every_option_is_heard() -> None:
    given = "--style shy --energy 0.4 --rate 2 --handedness -1 --posture seated --no-contacts --rest lap"
    assert GestureSettings(**_given(GestureSettings, given)) == GestureSettings(
        "shy", 0.4, 2.0, -1.0, "seated", False, "lap"
    )
    given = "--blinks 0 --eye-darts 0.5 --brows 1.5 --head 2 --breathing 3 --weight-shift 4 --regions lips,eyes"
    assert AnimateSettings(**_given(AnimateSettings, given)) == AnimateSettings(
        regions=("lips", "eyes"), blink_strength=0, eye_darts=0.5, brow_strength=1.5, head_motion=2,
        breathing=3, weight_shift=4,
    )  # fmt: skip


def test_what_is_not_given_stays_as_it_was() -> None:
    before = GestureSettings("agitated", 1.5, 0.5, 1.0, "seated", False)
    assert _given(GestureSettings, "") == {}
    assert replace(before, **_given(GestureSettings, "--energy 0")) == replace(before, energy=0.0)


def test_both_ends_of_a_range_in_milliseconds_where_people_count_them() -> None:
    for item in settings_of(LipCraft).values():
        for end in (item.low, item.high):
            assert end is not None
            shown = 1000 * end if item.name in ("smoothing", "offset") else end
            assert _given(LipCraft, f"{item.option_name} {shown}") == {item.name: pytest.approx(end)}


def test_help_tells_range_choices_and_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["animate", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "--offset-ms -500..500 time by which the mouth comes later; negative: earlier (default: 0)" in text
    assert "--posture NAME how the body is held: standing, seated (default: standing)" in text
    assert "--seed N same number" in text
    assert "(see 'soliloquy engines') (default: phrases)" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--style bold", "There is no gesture style 'bold'. Choose one of: calm, explaining"),
        ("--energy 3", "--energy 3 cannot be used. Choose a value between 0 and 2."),
        ("--handedness nan", "--handedness nan cannot"),
        ("--posture lying", "There is no posture 'lying'"),
        ("--body puppet", "There is no body engine 'puppet'"),
        ("--face mask", "There is no face engine 'mask'"),
        ("--device tpu", "There is no device 'tpu'. Choose one of: auto, cpu, cuda, mps."),
        ("--seed -1", "--seed -1 cannot be used. Choose a whole number between 0 and 2147483647."),
        ("--seed 99999999999", "--seed 99999999999 cannot"),
        ("--blinks inf", "--blinks inf cannot be used. Choose a value between 0 and 4."),
        ("--upper-face none", "There is no upper face 'none'"),
        ("--regions ,", "--regions names no region. Choose among: lips"),
        ("--start inf", "--start inf cannot"),
        ("--stop 0", "does not lie after"),
        ("--smoothing-ms 300", "--smoothing-ms 300 cannot be used. Choose a value between 0 and 200."),
        ("--seed 2147483647 --takes 2", "seed=2147483648 cannot"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    options: str, words: str, speech_wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if "engine" in words:
        pytest.importorskip("torch")  # else a worker says it, whose Python may have more engines
    assert main(["animate", str(speech_wav), "-o", str(tmp_path / "a.npz"), *options.split()]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert words in said[0]
    assert not list(tmp_path.iterdir())
