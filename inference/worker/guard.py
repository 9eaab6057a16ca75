"""A small process beside the worker that ends it when its owner is gone and it does not end by itself.

A worker leaves when its stdin closes, even while it computes: a thread of its own sees to that. But a thread sees
nothing while the process is stopped, or while code of a library holds Python's lock. The guard needs neither: it waits
on the same pipe, gives the worker a second, then kills it and removes its half-written file.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from pathlib import Path

from ..saving import remove_unfinished

GRACE_SECONDS = 1.0
_MAX_NAME_BYTES = 1 << 16


class Guard:
    """The worker's end: tells the guard what is being written. Make it before any thread is started.

    Where processes cannot fork (Windows) there is none; there the owner holds the worker in a job object.

    Parameters
    ----------
    source : int
        The pipe whose other end the owner holds.
    """

    def __init__(self, source: int) -> None:
        self._sink: int | None = None
        if sys.platform == "win32":
            return
        told, self._sink = os.pipe()
        os.set_blocking(self._sink, False)
        worker = os.getpid()
        if os.fork() == 0:
            with contextlib.suppress(BaseException):
                os.close(self._sink)
                _keep_watch(source, told, worker)
            os._exit(0)
        os.close(told)

    def tell(self, output: str) -> None:
        """Say which file is being written now, empty for none."""
        if self._sink is not None:
            with contextlib.suppress(OSError):
                os.write(self._sink, os.fsencode(output).replace(b"\0", b"") + b"\0")


def _keep_watch(source: int, told: int, worker: int) -> None:
    if sys.platform == "win32":
        return
    # Out of the worker's group: what stops or ends that shall not stop or end the guard.
    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for descriptor in range(256):
        if descriptor not in (source, told):
            with contextlib.suppress(OSError):
                os.close(descriptor)
    names = _Names(told)
    poll = select.poll()
    poll.register(source, 0)  # the hang-up is reported without being asked for
    poll.register(told, select.POLLIN)
    while not any(descriptor == source for descriptor, _ in poll.poll()):
        if not names.read():
            return
    poll.unregister(source)
    deadline = time.monotonic() + GRACE_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        if poll.poll(1000 * left) and not names.read():
            return
    # Still a child of the worker, so the number is the worker's and nobody else's.
    if os.getppid() == worker:
        with contextlib.suppress(OSError):
            os.killpg(worker, signal.SIGKILL) if os.getpgid(worker) == worker else os.kill(worker, signal.SIGKILL)
        poll.poll(5000)
        if names.last:
            remove_unfinished(Path(names.last))


class _Names:
    """What the worker tells, name after name."""

    def __init__(self, told: int) -> None:
        self.last = ""
        self._told = told
        self._buffer = b""

    def read(self) -> bool:
        """Take what has come; False when the worker is gone."""
        data = os.read(self._told, _MAX_NAME_BYTES)
        *complete, self._buffer = (self._buffer + data).split(b"\0")
        if complete:
            self.last = os.fsdecode(complete[-1])
        return bool(data)
