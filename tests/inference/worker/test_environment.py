"""Nothing of Blender's own Python reaches the worker's."""

from __future__ import annotations

import signal

from soliloquy.inference.worker.environment import clean_environment, describe_exit


def test_what_bends_another_python_is_dropped_and_the_rest_stays() -> None:
    source = {
        "PYTHONHOME": "/opt/blender/python",
        "PYTHONPATH": "/x",
        "BLENDER_USER_SCRIPTS": "/y",
        "LD_LIBRARY_PATH": "/snap/lib",
        "VIRTUAL_ENV": "/z",
        "SystemRoot": "C:\\Windows",
        "HOME": "/home/a",
    }
    kept = clean_environment(source)
    assert kept.pop("PYTHONUTF8") == "1"
    kept.pop("PYTHONUNBUFFERED")
    assert kept.pop("NoDefaultCurrentDirectoryInExePath") == "1"
    assert kept == {"SystemRoot": "C:\\Windows", "HOME": "/home/a"}


def test_ends_are_described_in_words() -> None:
    assert "memory" in describe_exit(-signal.SIGKILL)
    assert "SIGSEGV" in describe_exit(-signal.SIGSEGV)
    assert "exit code 3" in describe_exit(3)
