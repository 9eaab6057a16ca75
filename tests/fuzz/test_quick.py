"""A slice of the fuzz: every reader turns a few dozen damaged inputs into sentences; ``make fuzz`` tries 20,000."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.slow
def test_every_reader_refuses_damaged_inputs_in_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, str(HERE), "--inputs", "700", "--keep", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 raw, 0 crashes, 0 hangs" in done.stdout


_BAD = """
import os
import mutations as by
from reader import Reader
def read(path):
    number = int(path.stem) if path.stem.isdigit() else -1
    if number == 1: os.abort()
    if number == 2: raise KeyError("raw")
    if number == 3:
        while True: pass
READERS = (Reader("bad", 5, "bin", lambda _: [b"x" * 40], (by.by_bytes,), read),)
"""


def test_the_fuzz_sees_a_raw_error_a_crash_and_a_hang(tmp_path: Path) -> None:
    """The same machinery around a reader that does all three."""
    place = tmp_path / "fuzz"
    place.mkdir()
    for source in HERE.glob("*.py"):
        text = source.read_text(encoding="utf-8")
        if source.name == "readers.py":
            text += _BAD
        (place / source.name).write_text(text.replace("SECONDS = 10", "SECONDS = 1"), encoding="utf-8")
    command = [sys.executable, str(place), "--keep", str(tmp_path / "kept")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "5 inputs: 2 read, 0 refused in a sentence, 1 raw, 1 crashes, 1 hangs" in done.stdout
    assert "KeyError: 'raw'" in done.stdout
    assert sorted(path.name for path in (tmp_path / "kept").glob("bad-*")) == ["bad-1.bin", "bad-2.bin", "bad-3.bin"]
