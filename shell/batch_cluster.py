"""A batch on several machines: orders go out through Ray, performances come back and are written here.

Only this process writes the folder and its record, so a machine that stops takes nothing along but what it was at, and
that is made once more elsewhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import socket
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from ..inference.errors import MissingRuntime, SoliloquyError, WorkerFault, error_of
from ..inference.faults import first_line
from ..inference.orders.order import Order
from ..inference.saving import written_aside
from .batch_jobs import Job, Ledger
from .cluster_task import Answer, parcel_of, perform
from .terminal import show

PERFORM = perform
"""What a machine does with a parcel."""
RETRIES = 3
"""How often an order is given to another machine when one stops in the middle of it."""
_CONNECT_SECONDS = 5.0
_LOOK_SECONDS = 0.5
_PATIENCE = 30.0
"""Seconds without any machine after which that is said."""


class Cluster:
    """The machines behind an address. Use it in a ``with`` statement.

    Parameters
    ----------
    address : str
        ``"local"`` for the processors of this machine, ``"auto"`` for the cluster this machine belongs to, else
        ``HOST:PORT`` of a cluster that this machine belongs to.

    Raises
    ------
    MissingRuntime
        When Ray is not installed here.
    SoliloquyError
        When no cluster answers.
    """

    def __init__(self, address: str) -> None:
        if importlib.util.find_spec("ray") is None:
            raise MissingRuntime("Ray is not installed in this Python.", "Install it with 'soliloquy[cluster]'.")
        self._address = address
        self._ray: Any = None

    def __enter__(self) -> Cluster:
        # Nothing is told to anybody outside.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        _check_reachable(self._address)
        try:
            alone: dict[str, Any] = {"include_dashboard": False} if self._address == "local" else {}
            ray.init(self._address, log_to_driver=False, logging_level=logging.ERROR, **alone)
        except (Exception, SystemExit) as error:
            if self._address == "auto":
                raise _no_cluster(self._address, "this machine belongs to none") from error
            raise _no_cluster(self._address, first_line(error)) from error
        self._ray = ray
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ray.shutdown()

    def perform(self, ledger: Ledger) -> None:
        """Take every job of a ledger through its steps.

        Raises
        ------
        MissingRuntime
            When a machine has another Soliloquy, or lacks what the networks need.
        """
        task = self._ray.remote(num_cpus=1, max_retries=RETRIES)(PERFORM)
        coming = _to_make(ledger)
        under_way: dict[Any, Job] = {}
        try:
            self._go_round(ledger, task, coming, under_way)
        finally:
            for reference in under_way:
                self._ray.cancel(reference, force=True)

    def _go_round(
        self, ledger: Ledger, task: Any, coming: Iterator[tuple[Job, Order]], under_way: dict[Any, Job]
    ) -> None:
        worked, told, more = time.monotonic(), False, True
        while True:
            # Two for each processor: the next is there when one is done, and no more recordings travel than that.
            processors = self._processors()
            while more and len(under_way) < max(2, 2 * processors):
                job, order = next(coming, (None, None))
                if job is None or order is None:
                    more = False
                    break
                try:
                    under_way[task.remote(parcel_of(order))] = job
                except OSError as error:
                    ledger.fail(job, error)
            if not under_way:
                return
            ready, _ = self._ray.wait(list(under_way), num_returns=1, timeout=_LOOK_SECONDS)
            for reference in ready:
                self._take(ledger, under_way.pop(reference), reference)
            if ready or processors:
                worked, told = time.monotonic(), False
            elif not told and time.monotonic() - worked > _PATIENCE:
                told = True
                show("no machine of the cluster is left; waiting for one. Ctrl-C stops, the same command goes on.")

    def _processors(self) -> int:
        return int(self._ray.cluster_resources().get("CPU", 0))

    def _take(self, ledger: Ledger, job: Job, reference: Any) -> None:
        """Write what came back, or note what went wrong."""
        try:
            answer: Answer = self._ray.get(reference)
            if answer.error is not None:
                raise error_of(*answer.error)
        except self._ray.exceptions.RayError as error:
            stopped = WorkerFault(
                f"No machine could finish it: {first_line(error)}.", "Say the same again to try once more."
            )
            ledger.fail(job, stopped)
            return
        except SoliloquyError as error:
            ledger.fail(job, error)
            return
        for note in answer.notes:
            show(f"{ledger.lead(job)}{note}")
        target = ledger.folder / job.name
        try:
            if hashlib.sha256(answer.performance).hexdigest() != answer.result["sha256"]:
                raise WorkerFault("It was damaged on the way.", "Say the same again to try once more.")
            with written_aside(target) as stream:
                stream.write(answer.performance)
        except (SoliloquyError, OSError) as error:
            ledger.fail(job, error)
            return
        ledger.finish(job, {**answer.result, "output": str(target)})


def _to_make(ledger: Ledger) -> Iterator[tuple[Job, Order]]:
    """Begin the jobs one after the other; those that were done before or cannot be ordered stay out."""
    for job in ledger.jobs:
        order = ledger.begin(job)
        if order is not None:
            yield job, order


def _check_reachable(address: str) -> None:
    """Raise where nothing answers: Ray itself waits for minutes, then ends the process."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        if address not in ("local", "auto"):
            raise _no_cluster(address, "it is no HOST:PORT, nor 'local' or 'auto'")
        return
    try:
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, getattr(error, "strerror", None) or str(error)) from error


def _no_cluster(address: str, why: str) -> SoliloquyError:
    return SoliloquyError(
        f"No Ray cluster answers at '{address}': {why.rstrip('.')}.",
        "Start one with 'ray start --head', or use --address local for this machine alone.",
    )
