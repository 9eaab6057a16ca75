"""The child on its own: it never outlives its owner."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from soliloquy.inference.worker.protocol import Decoder, encode

Command = Callable[..., list[str]]
WAIT = 60.0
"""Seconds after which what did not happen never will; far less than the child's endless jobs last."""


def start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    )


def order(output: Path, what: str) -> bytes:
    payload = {"audio": {"path": what}, "settings": {"gaze_target": []}, "output": str(output)}
    return encode({"type": "run", "id": 1, "kind": "animate", "payload": payload})


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT
    while not path.exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)


def test_closing_stdin_ends_a_computing_child_and_its_half_file(tmp_path: Path, child_command: Command) -> None:
    output = tmp_path / "a.npz"
    with start(child_command()) as child:
        assert child.stdin
        child.stdin.write(order(output, "deaf"))
        wait_for(output, child)
        child.stdin.close()
        assert child.wait(WAIT) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(("what", "stopped"), [("deaf", False), ("deaf", True), ("stuck", False)])
def test_child_ends_when_its_parent_is_killed(tmp_path: Path, child_command: Command, what: str, stopped: bool) -> None:
    output = tmp_path / "a.npz"
    parent_code = (
        "import subprocess, sys, time, json;"
        "child = subprocess.Popen(json.loads(sys.argv[1]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0);"
        "child.stdin.write(bytes.fromhex(sys.argv[2]));"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent_code, json.dumps(child_command()), order(output, what).hex()],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        wait_for(output, parent)
        if stopped:
            os.kill(pid, signal.SIGSTOP)
        parent.kill()
        deadline = time.monotonic() + WAIT
        while output.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline and _running(pid):
        time.sleep(0.02)
    assert not _running(pid)


def _running(pid: int) -> bool:
    """Whether the process still runs; one that nobody has reaped yet does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_heartbeat_goes_on_while_a_job_computes(tmp_path: Path, child_command: Command) -> None:
    output = tmp_path / "a.npz"
    with start(child_command()) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(order(output, "deaf"))
        wait_for(output, child)
        decoder, beats, deadline = Decoder(), 0, time.monotonic() + WAIT
        while beats < 3 and time.monotonic() < deadline:
            beats += sum(
                message["type"] == "heartbeat" for message in decoder.feed(os.read(child.stdout.fileno(), 4096))
            )
        child.stdin.close()
    assert beats >= 3
