"""The parent's side: starts the worker when there is work, and drives it from a timer without ever waiting.

No threads, no sockets: each :meth:`WorkerClient.tick` reads what the pipe holds, at a cost of microseconds.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .. import early_lips
from ..errors import MissingRuntime, SoliloquyError, WorkerFault, error_of
from ..faults import as_soliloquy_error
from ..orders.order import Order
from ..saving import aside_of, not_saved, remove_unfinished
from .crashes import CrashRecord
from .environment import worker_command
from .job import JobHandle
from .log import NAME, log_tail
from .protocol import Message
from .session import GAP_SECONDS, WorkerSession

DRAIN_SECONDS = 2.0
IDLE_SECONDS = 600.0
STALL_SECONDS = 120.0
"""A job that does not move on for so long is called stalled."""
PATIENCE_SECONDS = 900.0
"""A job that does not move on for so long is ended where nobody sits who could decide it."""


class WorkerClient:
    """Owns at most one worker process and a queue of jobs for it.

    Parameters
    ----------
    python : path
        The Python that has torch.
    log_folder : path
        Where the worker's log goes; created when needed.
    command : sequence of str, optional
        The whole command to start instead of Soliloquy's worker in ``python``.
    starting : str
        What an order waits for while the worker starts.
    environment : mapping of str to str, optional
        What the worker's environment has beside this process's, such as the folder of engines from outside.
    idle_seconds : float or None
        The worker is stopped, and its memory freed, after so long without work; None keeps it.
    stall_seconds : float or None
        A job is called stalled after so long without progress; None: never.
    """

    def __init__(
        self,
        python: str | os.PathLike[str],
        log_folder: str | os.PathLike[str],
        *,
        command: Sequence[str] | None = None,
        starting: str = "Starting the worker",
        idle_seconds: float | None = IDLE_SECONDS,
        stall_seconds: float | None = STALL_SECONDS,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.python = Path(python)
        self.log_folder = Path(log_folder)
        self.idle_seconds = idle_seconds
        self.stall_seconds = stall_seconds
        self._command = list(command) if command is not None else worker_command(python)
        self._starting = starting
        self._environment = dict(environment or {})
        self._session: WorkerSession | None = None
        self._leaving: list[WorkerSession] = []
        self._queue: deque[JobHandle] = deque()
        self._current: JobHandle | None = None
        self._draining: tuple[JobHandle, float] | None = None
        self._crashes = CrashRecord()
        self._idle_since = self._moved_on = self._ticked = time.monotonic()
        self._number = 0
        self._log_path = self.log_folder / NAME

    @property
    def state(self) -> str:
        """``"stopped"``, ``"starting"``, ``"ready"``, ``"busy"`` or ``"unresponsive"``."""
        if self._session is None:
            return "stopped"
        if self._session.unresponsive:
            return "unresponsive"
        if not self._session.hello:
            return "starting"
        return "busy" if self._current or self._draining else "ready"

    @property
    def hello(self) -> Message:
        """What the worker told about itself; empty before the handshake."""
        return self._session.hello if self._session else {}

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None when it does not run."""
        return self._session.pid if self._session else None

    @property
    def busy(self) -> bool:
        """Whether any job waits or runs, or a cancelled one still winds down: keep ticking."""
        return bool(self._queue or self._current or self._draining)

    @property
    def log_path(self) -> Path:
        """The worker's log file; once a worker was started, where its log really is."""
        return self._log_path

    def log_tail(self, lines: int = 20) -> list[str]:
        """Return the last lines of the worker's log."""
        return log_tail(self.log_path, lines)

    def submit(self, order: Order) -> JobHandle:
        """Queue an order; the worker starts at the next tick. Orders are carried out one after the other.

        Raises
        ------
        SoliloquyError
            When the job names no output, or its folder does not exist.
        """
        if not order.output:
            raise SoliloquyError("The job names no output file.", f"Give a path that ends with {order.suffix}.")
        output = Path(order.output).absolute()
        if not output.parent.is_dir():
            raise SoliloquyError(f"There is no folder '{output.parent}'.", "Create it or choose another one.")
        if output.is_dir():
            raise SoliloquyError(f"'{output}' is a folder.", f"Give a file name that ends with {order.suffix}.")
        self._number += 1
        job = JobHandle(self._number, dataclasses.replace(order, output=str(output)), str(aside_of(output)))
        self._queue.append(job)
        return job

    def cancel(self, job: JobHandle) -> None:
        """Cancel a job. It counts as cancelled at once, and its output will never appear.

        The worker stops computing at its next check; if it has not after two seconds, it is ended.
        """
        if job.finished:
            return
        job.cancel()
        if job in self._queue:
            self._queue.remove(job)
        elif job is self._current and self._session is not None:
            self._current = None
            self._draining = (job, time.monotonic() + DRAIN_SECONDS)
            self._session.send({"type": "cancel", "id": job.number})
            self._session.flush()

    def end(self, job: JobHandle) -> None:
        """End a job that does not come to an end, and the worker with it: it fails. What waits gets another worker."""
        if job is self._current and self._session is not None:
            standing = f"'{job.stage}' made no progress for {job.still_for:.0f} seconds, so it was ended."
            error = WorkerFault(standing, f"Try again. What the worker did last is in its log '{self.log_path}'.")
            self._fail_current(error)
            self._end_session()
        elif job in self._queue:
            self.cancel(job)

    def end_stalled(self, patience: float = PATIENCE_SECONDS) -> None:
        """End what runs if it has not moved on for ``patience`` seconds: for where nobody sits who could decide it."""
        if self._current is not None and self._current.still_for > patience:
            self.end(self._current)

    def tick(self) -> None:
        """Move everything on by what has arrived; call every 0.05-0.1 s. Never waits, never raises."""
        try:
            self._tick()
        except Exception as error:
            # The last line of defence: whatever a worker manages to say, the timer that calls this must live on.
            fault = as_soliloquy_error(error)
            self._fail_current(fault)
            self._fail_queue(fault)
            self._end_session()

    def _tick(self) -> None:
        self._leaving = [session for session in self._leaving if not session.reap()]
        now = time.monotonic()
        if now - self._ticked > GAP_SECONDS:
            # The interface or the whole computer slept: that nothing was heard says nothing about the job.
            self._moved_on = now
        self._ticked = now
        session = self._session
        if session is not None:
            for message in session.poll():
                self._handle(message)
            if self._session is session:
                self._watch(session)
        if self._current is not None:
            self._current.still_for = now - self._moved_on
            self._current.stalled = self.stall_seconds is not None and self._current.still_for > self.stall_seconds
        if self._current is None and self._draining is None:
            if self._queue:
                self._dispatch()
            elif self._session is not None and self._session.hello:
                self._unload_when_idle()

    def wait(
        self,
        job: JobHandle,
        timeout: float | None = None,
        on_tick: Callable[[JobHandle], None] | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> JobHandle:
        """Tick until the job has finished or ``timeout`` seconds have passed, and return it.

        Look at ``job.state``, or call ``job.raise_if_failed()``. A job that makes no progress for ``patience`` seconds
        is ended, and fails; so does one before it that this one waits for.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not job.finished and (deadline is None or time.monotonic() < deadline):
            self.tick()
            self.end_stalled(patience)
            if on_tick is not None:
                on_tick(job)
            if not job.finished:
                time.sleep(0.01)
        return job

    def warm_up(self) -> None:
        """Start the worker now, so that the first job need not wait for torch."""
        if self._session is None and not self._crashes.too_many:
            self._start()

    def stop(self) -> None:
        """End the worker and cancel all jobs; returns when the process is gone (at most about a second)."""
        for job in [*self._queue, *([self._current] if self._current else [])]:
            job.cancel()
        unfinished = self._current or (self._draining[0] if self._draining else None)
        self._queue.clear()
        self._current = self._draining = None
        sessions = [*self._leaving, *([self._session] if self._session else [])]
        self._leaving, self._session = [], None
        for session in sessions:
            session.close()
        for session in sessions:
            session.wait()
            if unfinished:
                remove_unfinished(Path(unfinished.staged))

    def forget_crashes(self) -> None:
        """Let the worker start again after it was held back for crashing too often."""
        self._crashes.forget()

    # Starting and dispatching

    def _start(self) -> SoliloquyError | None:
        try:
            self._session = WorkerSession(self._command, self.log_folder, self._environment)
            self._log_path = self._session.log_path
        except SoliloquyError as error:
            return error
        except OSError as error:
            return MissingRuntime(
                f"The worker cannot be started with '{self._command[0]}': {error.strerror or error}.",
                "Choose another Python in the preferences, or let Soliloquy install its own.",
            )
        return None

    def _dispatch(self) -> None:
        if self._session is None:
            error = self._start() if not self._crashes.too_many else self._crashes.error(self.log_path)
            if error is not None:
                self._fail_queue(error)
                return
        session = self._session
        assert session is not None
        job = self._queue[0]
        if not session.hello:
            job.state, job.stage = "starting", self._starting
            return
        self._queue.popleft()
        self._current = job
        job.state, job.stage = "running", "Preparing"
        self._moved_on = time.monotonic()
        payload = dataclasses.replace(job.order, output=job.staged).to_json()
        asked = {} if job.early is None else {"early": early_lips.VERSION}
        session.send({"type": "run", "id": job.number, "kind": job.order.kind, "payload": payload, **asked})
        session.flush()

    def _unload_when_idle(self) -> None:
        if self.idle_seconds is not None and time.monotonic() - self._idle_since >= self.idle_seconds:
            assert self._session is not None
            self._session.close()
            self._leaving.append(self._session)
            self._session = None

    # What the worker says

    def _handle(self, message: Message) -> None:
        kind = message["type"]
        if kind == "hello":
            self._idle_since = time.monotonic()
        elif kind == "refused":
            self._end_session()
            self._fail_queue(error_of(message["kind"], message["message"], message["hint"]))
        elif self._draining is not None and message.get("id") == self._draining[0].number:
            if kind in ("done", "cancelled", "error"):
                remove_unfinished(Path(self._draining[0].staged))
                self._draining = None
                self._idle_since = time.monotonic()
        elif self._current is not None and message.get("id") == self._current.number:
            self._handle_job(self._current, message)

    def _handle_job(self, job: JobHandle, message: Message) -> None:
        kind = message["type"]
        if kind == "progress":
            if (message["stage"], message["fraction"]) != (job.stage, job.fraction):
                self._moved_on = time.monotonic()
            job.stage, job.fraction, job.eta = message["stage"], message["fraction"], message["eta"]
        elif kind == "note":
            job.notes.append(message["text"])
        elif kind == "sound" and job.early is not None:
            job.early.hear(message["seconds"], message["loudness"])
        elif kind == "lips" and job.early is not None:
            job.early.see(message["first"], message["total"], message["rows"])
        elif kind in ("done", "cancelled", "error"):
            self._current = None
            self._idle_since = time.monotonic()
            if kind == "done":
                self._finish(job, message)
            elif kind == "cancelled":
                job.cancel()
            else:
                # The person knows the file by the name that was asked for, not by the one it is staged under.
                staged, name = Path(job.staged).name, Path(job.output).name
                words = (message[part].replace(staged, name) for part in ("message", "hint"))
                job.fail(error_of(message["kind"], *words))
                remove_unfinished(Path(job.staged))

    def _finish(self, job: JobHandle, message: Message) -> None:
        try:
            os.replace(job.staged, job.output)
        except OSError as error:
            job.fail(not_saved(job.output, error))
            remove_unfinished(Path(job.staged))
            return
        job.result = {**message["result"], "output": job.output}
        job.state, job.stage, job.fraction, job.eta = "done", "Done", 1.0, 0.0

    def _watch(self, session: WorkerSession) -> None:
        """Notice a worker that ended, speaks nonsense, or does not stop when told to."""
        if session.failure is not None:
            self._fail_all(session.failure, session)
            self._end_session()
        elif session.exit_code is not None:
            self._crashes.add()
            self._fail_all(session.crash_error(), session)
            self._end_session()
        elif session.unresponsive and self._current is not None:
            self._current.stage = "The worker does not respond: wait, or cancel"
        if self._draining is not None and time.monotonic() > self._draining[1]:
            self._end_session()

    def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.kill()
            if self._draining is not None:
                remove_unfinished(Path(self._draining[0].staged))
            self._draining = None
            self._leaving.append(session)

    def _fail_all(self, error: SoliloquyError, session: WorkerSession) -> None:
        """Fail what runs, or, when the worker never got ready, what waits for it."""
        if self._current is not None:
            self._fail_current(error)
        elif not session.hello:
            self._fail_queue(error)

    def _fail_current(self, error: SoliloquyError) -> None:
        """Fail what runs; the worker ends first, so that it cannot write again what is removed."""
        job, self._current = self._current, None
        if job is not None:
            if self._session is not None:
                self._session.kill()
            job.fail(error)
            remove_unfinished(Path(job.staged))

    def _fail_queue(self, error: SoliloquyError) -> None:
        while self._queue:
            self._queue.popleft().fail(error)
