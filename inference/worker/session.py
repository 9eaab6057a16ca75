"""One worker process from start to end: its pipes, its handshake, its signs of life."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import MissingRuntime, SoliloquyError, WorkerFault
from ..version import VERSION
from .environment import clean_environment, describe_exit, kill_group, process_flags
from .job_object import bind_to_this_process, unbind
from .log import log_tail, open_log
from .pipes import make_readable_nonblocking, make_writable_nonblocking, read_available, write_some
from .protocol import MAX_EVENT_BYTES, PROTOCOL, Decoder, Message, ProtocolError, encode, read_event

START_SECONDS = 120.0
"""A first start from a slow disk reads a gigabyte of torch."""
SILENCE_SECONDS = 15.0
GRACE_SECONDS = 1.0
GAP_SECONDS = 5.0
"""Two ticks so far apart mean that the owner slept."""

_running: weakref.WeakSet[WorkerSession] = weakref.WeakSet()


def _end_all() -> None:
    # A script that forgot to stop its client; and a worker that is stopped would not see its stdin close.
    for session in list(_running):
        session.kill()


atexit.register(_end_all)


class WorkerSession:
    """A running worker process.

    Parameters
    ----------
    command : sequence of str
        What to start.
    log_folder : path
        Where its stderr goes.
    environment : mapping of str to str, optional
        What its environment has beside this process's.

    Raises
    ------
    NotSaved
        When no log can be written anywhere.
    OSError
        When the command cannot be started.
    """

    def __init__(self, command: Sequence[str], log_folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.hello: Message = {}
        self.failure: SoliloquyError | None = None
        self.exit_code: int | None = None
        self._decoder = Decoder(MAX_EVENT_BYTES)
        self._outbox = bytearray()
        self._closed_at: float | None = None
        log, self.log_path = open_log(log_folder)
        with log:
            self._log_start = log.seek(0, os.SEEK_END)
            # A file and not a pipe: nobody has to read it for the worker to go on.
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=clean_environment() | dict(environment or {}),
                bufsize=0,
                **process_flags(below_normal=True),
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._bond = bind_to_this_process(self._process)
        _running.add(self)
        make_writable_nonblocking(self._stdin)
        make_readable_nonblocking(self._stdout)
        self._started = self._heard = self._ticked = time.monotonic()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def unresponsive(self) -> bool:
        """Whether no sign of life has come for long."""
        return self._ticked - self._heard > SILENCE_SECONDS

    def send(self, message: Message) -> None:
        """Queue a message; :meth:`flush` and :meth:`poll` write as much as the pipe takes."""
        self._outbox += encode(message)

    def flush(self) -> None:
        """Write what the pipe takes now."""
        while self._outbox and self._closed_at is None:
            try:
                written = write_some(self._stdin, bytes(self._outbox[: 1 << 16]))
            except OSError:
                self._outbox.clear()
                return
            if written == 0:
                return
            del self._outbox[:written]

    def poll(self) -> list[Message]:
        """Exchange bytes with the worker and return the messages for the client; sets ``exit_code``, ``failure``."""
        now = time.monotonic()
        if now - self._ticked > GAP_SECONDS:
            # The interface or the whole computer slept: its silence says nothing about the worker.
            self._heard = now
        self._ticked = now
        self.flush()
        # Asked before reading, so that the last words of an ended worker are still heard.
        exit_code = self._process.poll()
        messages = self._receive(now)
        if self.failure is None and not self.hello and exit_code is None and now - self._started > START_SECONDS:
            self.failure = MissingRuntime(
                f"The worker did not get ready within {START_SECONDS:.0f} seconds.",
                "Check the Python it runs in with 'soliloquy doctor'.",
            )
        self.exit_code = exit_code
        return messages

    def _receive(self, now: float) -> list[Message]:
        received: list[Message] = []
        # Bounded, so that a babbling worker cannot hold up the interface.
        for _ in range(16):
            try:
                data = read_available(self._stdout)
                if not data:
                    break
                self._heard = now
                for message in self._decoder.feed(data):
                    event = read_event(message)
                    if event["type"] == "hello":
                        self._greet(event)
                    received.append(event)
            except OSError:
                break
            except ProtocolError as error:
                self.failure = self._nonsense(error)
                break
        return received

    def _nonsense(self, error: ProtocolError) -> SoliloquyError:
        if not self.hello:
            return MissingRuntime(
                f"The program started as the worker is not Soliloquy's worker ({error}).",
                "Choose a Python in the preferences, not another program.",
            )
        return WorkerFault(
            f"The worker sent something that makes no sense ({error}).",
            f"Animate again; a new worker starts by itself. Details are in '{self.log_path}'.",
        )

    def _greet(self, hello: Message) -> None:
        protocol, version = hello.get("protocol"), hello.get("version")
        if protocol == PROTOCOL and version == VERSION:
            self.hello = hello
            return
        self.failure = WorkerFault(
            f"The worker is Soliloquy {str(version)[:40]} (protocol {str(protocol)[:40]}), "
            f"but this is Soliloquy {VERSION} (protocol {PROTOCOL}).",
            "Restart Blender, so that both come from the same version.",
        )

    def crash_error(self) -> SoliloquyError:
        """Return in words how the process ended on its own."""
        how = describe_exit(self.exit_code if self.exit_code is not None else 0)
        if not self.hello:
            last = self.last_words()
            return MissingRuntime(
                f"The worker could not start: {last or how}.",
                "Check the Python it runs in with 'soliloquy doctor', or choose another one in the preferences.",
            )
        return WorkerFault(
            f"The worker stopped unexpectedly: {how}.",
            f"Animate again; a new worker starts by itself. Details are in '{self.log_path}'.",
        )

    def last_words(self) -> str:
        """Return the last line this process wrote to its log, or nothing."""
        try:
            written = self.log_path.stat().st_size > self._log_start
        except OSError:
            return ""
        lines = [line.strip() for line in log_tail(self.log_path, 5) if line.strip()] if written else []
        return lines[-1].rstrip(".") if lines else ""

    def close(self) -> None:
        """Ask the process to end by closing its stdin; it obeys even while it computes."""
        if self._closed_at is None:
            self._closed_at = time.monotonic()
            with contextlib.suppress(OSError):
                self._stdin.close()

    def kill(self) -> None:
        """End the process group at once."""
        self.close()
        kill_group(self._process)

    def reap(self) -> bool:
        """Return whether the process is gone; one that ignores its closed stdin is killed after a second."""
        if self._process.poll() is None:
            if self._closed_at is not None and time.monotonic() - self._closed_at > GRACE_SECONDS:
                self.kill()
            return False
        with contextlib.suppress(OSError):
            self._stdout.close()
        unbind(self._bond)
        self._bond = None
        _running.discard(self)
        return True

    def wait(self) -> None:
        """Return when the process is gone, killing it if a second is not enough."""
        self.close()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5.0)
        self.reap()
