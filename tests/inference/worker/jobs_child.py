"""A worker process for the tests: the real server, with jobs that misbehave as the audio's path says."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from soliloquy.inference.character import load_character
from soliloquy.inference.errors import BadAudio, MissingRuntime
from soliloquy.inference.saving import not_saved
from soliloquy.inference.worker import server

ENDLESS = 300.0
"""Seconds: longer than any test waits."""


def job(order, progress, cancelled, note, early=None):
    """Run what ``audio.path`` names."""
    what = order.audio.path
    output = Path(order.output)
    if what == "quick":
        progress("Listening", 0.5)
        output.write_text("result")
        return {"frames": 3, "points": len(order.settings.gaze_target)}
    if what == "slow":
        end = time.monotonic() + ENDLESS
        while time.monotonic() < end:
            progress("Thinking", 0.3)
            time.sleep(0.02)
    if what == "careless":  # never looks whether it is cancelled
        progress("Thinking", 0.3)
        end = time.monotonic() + ENDLESS
        while time.monotonic() < end:
            sum(range(1000))
    if what == "deaf":  # no cancel gets through, and a half-written result lies there
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        output.write_text("half")
        time.sleep(ENDLESS)
    if what == "late":  # finishes although it was cancelled
        try:
            time.sleep(0.4)
        finally:
            output.write_text("too late")
        return {}
    if what == "steady":
        for step in range(20):
            progress("Thinking", step / 20)
            time.sleep(0.1)
        output.write_text("result")
        return {}
    if what == "stuck":  # in native code that holds Python's lock: no thread of the process gets a chance
        output.write_text("half")
        ctypes.PyDLL(None).sleep(60)
    if what == "segfault":
        ctypes.string_at(0)
    if what == "chatter":
        print("a library prints to stdout", flush=True)
        os.write(1, b"and C code does too\n")
        subprocess.run([sys.executable, "-c", "print('and so does a child process')"], check=True)
        output.write_text("result")
        return {}
    if what == "memory":
        raise MemoryError
    if what == "full":
        raise not_saved(output, OSError(errno.ENOSPC, "No space left on device"))
    if what == "bad":
        raise BadAudio("The file holds no sound.", "Choose another.")
    if what == "lips":
        progress("Lips", 0.2)
        early.sound(np.ones(16_000, np.float32), 16_000)
        early.face(
            np.zeros((24, 52), np.float32), lambda: np.full(24, 0.2, np.float32), load_character().lip_basis(), 24
        )
        output.write_text("shown" if early.wanted else "nobody looked")
        return {}
    if what == "flood":  # far more than a pipe holds, while nobody reads
        early.sound(np.ones(16_000, np.float32), 16_000)
        began = time.monotonic()
        for _ in range(2000):
            early.face(
                np.zeros((24, 52), np.float32), lambda: np.zeros(24, np.float32), load_character().lip_basis(), 24
            )
        output.write_text("result")
        (output.parent / "seconds.txt").write_text(str(time.monotonic() - began))
        return {}
    if what == "bug":
        raise ZeroDivisionError("division by zero")
    if what == "note":
        note("Continues on the CPU.")
        output.write_text("result")
        return {}
    raise AssertionError(what)


def main():
    """Serve, or pretend to be another version or no worker at all."""
    mode = sys.argv[1] if len(sys.argv) > 1 else ""
    if mode == "old":
        server.PROTOCOL = 0
    if mode == "babble":
        print("Blender 5.2.0 LTS\nread blend: untitled.blend", flush=True)
        time.sleep(ENDLESS)
    if mode == "broken":
        raise ImportError("libcudart.so.13: cannot open shared object file")

    def describe():
        if mode == "refuse":
            raise MissingRuntime("This Python cannot import torch.", "Choose another.")
        return {"torch": "none"}

    server.serve(lambda kind: job, describe)


main()
