"""The jobs of a batch and where each stands: begun, made or failed, in the folder's record and on the terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..inference.errors import Cancelled, MissingRuntime, SoliloquyError
from ..inference.faults import refused_by_system
from ..inference.orders.order import Order
from .batch_record import BatchRecord, fingerprint
from .terminal import fault_text, show, written_text


@dataclass
class Job:
    """One performance of a batch, and where it stands."""

    name: str
    """Of the performance's file."""
    audio: str
    order: Order | None = None
    """None where it cannot even be ordered."""
    state: str = "not yet"
    """Also ``made``, ``done before``, ``failed``."""
    duration: float = 0.0
    """Seconds, once it is there."""
    message: str = ""
    sha256: str = ""
    """Of the performance's file, once it is there."""


@dataclass
class Ledger:
    """Takes each job through its steps; errors of a job stay with it."""

    folder: Path
    record: BatchRecord
    jobs: list[Job]
    _begun: set[str] = field(default_factory=set[str], init=False)

    def lead(self, job: Job) -> str:
        """Return what begins every line about a job."""
        return f"{self.jobs.index(job) + 1} of {len(self.jobs)}, {job.name}: "

    def begin(self, job: Job) -> Order | None:
        """Return what is to be carried out, None where it was done before or cannot be."""
        target = self.folder / job.name
        try:
            if job.order is None:
                raise SoliloquyError(job.message)
            wanted = fingerprint(job.order)
            before = self.record.finished(target, wanted)
            if before is None:
                self.record.begin(target, wanted, job.audio)
                self._begun.add(job.name)
                return job.order
        except Exception as error:
            self.fail(job, error)
            return None
        job.state, job.duration, job.sha256 = "done before", before.duration, before.sha256
        print(f"{self.lead(job)}done before", flush=True)
        return None

    def finish(self, job: Job, result: dict[str, Any]) -> None:
        """Note what an order wrote into the folder."""
        try:
            self.record.finish(self.folder / job.name, result)
        except Exception as error:
            self.fail(job, error)
            return
        job.state, job.duration, job.sha256 = "made", float(result["duration"]), str(result["sha256"])
        print(f"{self.lead(job)}{written_text(result)}", flush=True)

    def fail(self, job: Job, error: Exception) -> None:
        """Note what went wrong; raises what no other job would fare better with."""
        if isinstance(error, (Cancelled, MissingRuntime)):
            raise error
        if isinstance(error, SoliloquyError):
            said: str = str(error)
        else:
            refused = refused_by_system(error)
            said = fault_text(error) if refused is None else str(refused)
        job.state, job.message = "failed", said
        show(f"{self.lead(job)}{said}")
        if job.name in self._begun:
            self.record.fail(self.folder / job.name, said)

    def count(self) -> str:
        """Return in one line how many stand where."""
        states = [job.state for job in self.jobs]
        parts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
        return f"{len(self.jobs)} performance{'s' * (len(self.jobs) != 1)}: {', '.join(parts)}"
