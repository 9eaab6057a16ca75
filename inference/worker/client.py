"""The parent's side: starts the worker when there is work, and drives it from a timer without ever waiting.

No threads, no sockets: each :meth:`WorkerClient.tick` reads what the pipe holds, at a cost of microseconds.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import Cancelled, MissingRuntime, SoliloquyError, WorkerFault, error_of
from ..settings import AnimateJob
from .environment import worker_command
from .job import JobHandle, unfinished_files
from .log import NAME, log_tail
from .protocol import Message
from .session import WorkerSession

CRASH_LIMIT = 3
CRASH_WINDOW_SECONDS = 300.0
DRAIN_SECONDS = 2.0
IDLE_SECONDS = 600.0


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
    idle_seconds : float or None
        The worker is stopped, and its memory freed, after so long without work; None keeps it.
    """

    def __init__(
        self,
        python: str | os.PathLike[str],
        log_folder: str | os.PathLike[str],
        *,
        command: Sequence[str] | None = None,
        idle_seconds: float | None = IDLE_SECONDS,
    ) -> None:
        self.python = Path(python)
        self.log_folder = Path(log_folder)
        self.idle_seconds = idle_seconds
        self._command = list(command) if command is not None else worker_command(python)
        self._session: WorkerSession | None = None
        self._leaving: list[WorkerSession] = []
        self._queue: deque[JobHandle] = deque()
        self._current: JobHandle | None = None
        self._draining: tuple[JobHandle, float] | None = None
        self._crashes: list[float] = []
        self._idle_since = time.monotonic()
        self._number = 0

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
        """The worker's log file."""
        return self.log_folder / NAME

    def log_tail(self, lines: int = 20) -> list[str]:
        """Return the last lines of the worker's log."""
        return log_tail(self.log_path, lines)

    def submit(self, order: AnimateJob, kind: str = "animate") -> JobHandle:
        """Queue a job; the worker starts at the next tick. Jobs run one after the other.

        ``kind`` is ``"animate"``, ``"regenerate"`` for a :class:`~..regenerate_job.RegenerateJob`, or ``"hear"`` for a
        track file of the emotion in the voice instead of a performance.

        Raises
        ------
        SoliloquyError
            When the job names no output, or its folder does not exist.
        """
        if not order.output:
            raise SoliloquyError("The job names no output file.", "Give a path that ends with .npz.")
        output = Path(order.output).absolute()
        if not output.parent.is_dir():
            raise SoliloquyError(f"There is no folder '{output.parent}'.", "Create it or choose another one.")
        if output.is_dir():
            raise SoliloquyError(f"'{output}' is a folder.", "Give a file name that ends with .npz.")
        self._number += 1
        staged = output.with_name(f".{output.stem}.{os.getpid()}-{self._number}.part{output.suffix}")
        job = JobHandle(self._number, dataclasses.replace(order, output=str(output)), str(staged), kind=kind)
        self._queue.append(job)
        return job

    def cancel(self, job: JobHandle) -> None:
        """Cancel a job. It counts as cancelled at once, and its output will never appear.

        The worker stops computing at its next check; if it has not after two seconds, it is ended.
        """
        if job.finished:
            return
        job.state, job.stage, job.eta, job.error = "cancelled", "Cancelled", None, Cancelled()
        if job in self._queue:
            self._queue.remove(job)
        elif job is self._current and self._session is not None:
            self._current = None
            self._draining = (job, time.monotonic() + DRAIN_SECONDS)
            self._session.send({"type": "cancel", "id": job.number})
            self._session.flush()

    def tick(self) -> None:
        """Move everything on by what has arrived; call every 0.05-0.1 s. Never waits, never raises."""
        self._leaving = [session for session in self._leaving if not session.reap()]
        session = self._session
        if session is not None:
            for message in session.poll():
                self._handle(message)
            if self._session is session:
                self._watch(session)
        if self._current is None and self._draining is None:
            if self._queue:
                self._dispatch()
            elif self._session is not None and self._session.hello:
                self._unload_when_idle()

    def wait(
        self, job: JobHandle, timeout: float | None = None, on_tick: Callable[[JobHandle], None] | None = None
    ) -> JobHandle:
        """Tick until the job has finished or ``timeout`` seconds have passed, and return it.

        Look at ``job.state``, or call ``job.raise_if_failed()``.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not job.finished and (deadline is None or time.monotonic() < deadline):
            self.tick()
            if on_tick is not None:
                on_tick(job)
            if not job.finished:
                time.sleep(0.01)
        return job

    def warm_up(self) -> None:
        """Start the worker now, so that the first job need not wait for torch."""
        if self._session is None and not self._too_many_crashes():
            self._start()

    def stop(self) -> None:
        """End the worker and cancel all jobs; returns when the process is gone (at most about a second)."""
        for job in [*self._queue, *([self._current] if self._current else [])]:
            job.state, job.stage, job.eta, job.error = "cancelled", "Cancelled", None, Cancelled()
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
                self._discard(unfinished, session.pid)

    def forget_crashes(self) -> None:
        """Let the worker start again after it was held back for crashing too often."""
        self._crashes.clear()

    # Starting and dispatching

    def _too_many_crashes(self) -> bool:
        now = time.monotonic()
        self._crashes = [moment for moment in self._crashes if now - moment < CRASH_WINDOW_SECONDS]
        return len(self._crashes) >= CRASH_LIMIT

    def _start(self) -> SoliloquyError | None:
        try:
            self._session = WorkerSession(self._command, self.log_folder)
        except OSError as error:
            return MissingRuntime(
                f"The worker cannot be started with '{self._command[0]}': {error.strerror or error}.",
                "Choose another Python in the preferences, or let Soliloquy install its own.",
            )
        return None

    def _dispatch(self) -> None:
        if self._session is None:
            error = self._start() if not self._too_many_crashes() else self._crash_error()
            if error is not None:
                self._fail_queue(error)
                return
        session = self._session
        assert session is not None
        job = self._queue[0]
        if not session.hello:
            job.state, job.stage = "starting", "Starting the worker"
            return
        self._queue.popleft()
        self._current = job
        job.state, job.stage = "running", "Preparing"
        payload = dataclasses.replace(job.order, output=job.staged).to_json()
        session.send({"type": "run", "id": job.number, "kind": job.kind, "payload": payload})
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
                self._discard(self._draining[0], self.pid)
                self._draining = None
                self._idle_since = time.monotonic()
        elif self._current is not None and message.get("id") == self._current.number:
            self._handle_job(self._current, message)

    def _handle_job(self, job: JobHandle, message: Message) -> None:
        kind = message["type"]
        if kind == "progress":
            job.stage, job.fraction, job.eta = message["stage"], message["fraction"], message["eta"]
        elif kind == "note":
            job.notes.append(message["text"])
        elif kind in ("done", "cancelled", "error"):
            self._current = None
            self._idle_since = time.monotonic()
            if kind == "done":
                self._finish(job, message)
            elif kind == "cancelled":
                job.state, job.stage, job.error = "cancelled", "Cancelled", Cancelled()
            else:
                job.fail(error_of(message["kind"], message["message"], message["hint"]))
                self._discard(job, self.pid)

    def _finish(self, job: JobHandle, message: Message) -> None:
        try:
            os.replace(job.staged, job.output)
        except OSError as error:
            job.fail(
                SoliloquyError(
                    f"The result cannot be moved to '{job.output}': {error.strerror}.",
                    "Close programs that have the file open, then animate again.",
                )
            )
            self._discard(job, self.pid)
            return
        job.result = {**message["result"], "output": job.output}
        job.state, job.stage, job.fraction, job.eta = "done", "Done", 1.0, 0.0

    def _watch(self, session: WorkerSession) -> None:
        """Notice a worker that ended, speaks nonsense, or does not stop when told to."""
        if session.failure is not None:
            self._fail_all(session.failure, session)
            self._end_session()
        elif session.exit_code is not None:
            self._crashes.append(time.monotonic())
            self._fail_all(session.crash_error(self.log_path), session)
            self._end_session()
        elif session.unresponsive and self._current is not None:
            self._current.stage = "The worker does not respond: wait, or cancel"
        if self._draining is not None and time.monotonic() > self._draining[1]:
            session.kill()
            self._discard(self._draining[0], session.pid)
            self._draining = None
            self._end_session()

    def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.kill()
            for job in (self._current, self._draining[0] if self._draining else None):
                if job is not None:
                    self._discard(job, session.pid)
            self._draining = None
            self._leaving.append(session)

    def _fail_all(self, error: SoliloquyError, session: WorkerSession) -> None:
        """Fail what runs, or, when the worker never got ready, what waits for it."""
        if self._current is not None:
            job, self._current = self._current, None
            job.fail(error)
            session.kill()
            self._discard(job, session.pid)
        elif not session.hello:
            self._fail_queue(error)

    def _fail_queue(self, error: SoliloquyError) -> None:
        while self._queue:
            self._queue.popleft().fail(error)

    def _crash_error(self) -> SoliloquyError:
        return WorkerFault(
            f"The worker crashed {len(self._crashes)} times within {CRASH_WINDOW_SECONDS / 60:.0f} minutes and is not "
            "started again.",
            f"Check the Python it runs in (soliloquy doctor) and its log '{self.log_path}'; retry in a few minutes.",
        )

    def _discard(self, job: JobHandle, pid: int | None) -> None:
        """Remove what an unfinished job left beside its output."""
        for path in unfinished_files(job.staged, pid or 0):
            with contextlib.suppress(OSError):
                os.unlink(path)
