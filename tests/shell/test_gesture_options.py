"""The options of hands and body: what a person types is what is ordered."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.shell.cli import main
from soliloquy.shell.gesture_options import add_gesture_options, gesture_settings


def _parsed(text: str, base: GestureSettings | None = None) -> GestureSettings:
    parser = argparse.ArgumentParser()
    add_gesture_options(parser)
    return gesture_settings(parser.parse_args(text.split()), base)


def test_every_option_is_heard() -> None:
    given = "--style shy --energy 0.4 --rate 2 --handedness -1 --posture seated --no-contacts"
    assert _parsed(given) == GestureSettings("shy", 0.4, 2.0, -1.0, "seated", False)


def test_what_is_not_given_stays_natural_or_as_it_was() -> None:
    assert _parsed("") == GestureSettings()
    before = GestureSettings("agitated", 1.5, 0.5, 1.0, "seated", False)
    assert _parsed("", before) == before
    assert _parsed("--energy 0", before) == GestureSettings("agitated", 0.0, 0.5, 1.0, "seated", False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--style", "bold"], "'bold'"),
        (["--energy", "3"], "--energy 3 cannot be used. Choose a value between 0 and 2."),
        (["--handedness", "nan"], "--handedness nan"),
        (["--posture", "lying"], "'lying'"),
        (["--body", "puppet"], "There is no body engine 'puppet'"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    options: list[str], words: str, speech_wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if "--body" in options:
        pytest.importorskip("torch")
    assert main(["animate", str(speech_wav), "-o", str(tmp_path / "a.npz"), *options]) == 2
    said = capsys.readouterr().err.splitlines()
    assert words in said[-1]
    assert not list(tmp_path.iterdir())
