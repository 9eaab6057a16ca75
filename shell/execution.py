"""Where an order runs: in this Python when it can, else in a worker process."""

from __future__ import annotations

import importlib.util
from types import TracebackType
from typing import Any

from ..inference.errors import Cancelled, InternalFault, MissingRuntime
from ..inference.faults import as_soliloquy_error, is_out_of_memory
from ..inference.orders.order import Order
from ..inference.orders.register import handler_of
from ..inference.outside_engines import worker_environment
from ..inference.runtime.locate import find_runtime
from ..inference.worker.client import PATIENCE_SECONDS, WorkerClient
from ..inference.worker.progress import EtaEstimate
from .terminal import ProgressBar, duration_text, log_folder, show

NEEDED = ("torch|onnxruntime", "scipy", "safetensors", "av")


class Execution:
    """Runs orders one after the other; a worker, once started, serves all of them. Use it in a ``with`` statement.

    Parameters
    ----------
    worker : bool
        Run in a worker process even where this Python could.
    python : str, optional
        The Python of that process; implies ``worker``.
    """

    def __init__(self, worker: bool = False, python: str | None = None) -> None:
        self._here = runs_here(worker, python)
        self._python = python
        self._client: WorkerClient | None = None
        self._bar = ProgressBar()

    def __enter__(self) -> Execution:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.clear()
        if self._client is not None:
            self._client.stop()

    def run(self, order: Order, title: str = "") -> dict[str, Any]:
        """Carry out an order and return what was written.

        Parameters
        ----------
        title : str
            Goes before the stage of the progress bar.

        Raises
        ------
        SoliloquyError
            What went wrong.
        Cancelled
            When the order was cancelled.
        """
        self._bar = ProgressBar()  # off a terminal every order counts its own tenths
        try:
            return self._run_here(order, title) if self._here else self._run_in_worker(order, title)
        finally:
            self._bar.clear()

    def _note(self, text: str) -> None:
        self._bar.clear()
        show(text)

    def _run_here(self, order: Order, title: str) -> dict[str, Any]:
        eta = EtaEstimate()
        self._bar.update(f"{title}Starting", 0.0)
        try:
            return handler_of(type(order))(
                order,
                lambda stage, fraction: self._bar.update(f"{title}{stage}", fraction, eta(fraction)),
                lambda: False,
                self._note,
            )
        except Exception as error:
            if is_out_of_memory(error):
                raise as_soliloquy_error(error) from error
            raise

    def _run_in_worker(self, order: Order, title: str) -> dict[str, Any]:
        if self._client is None:
            status = find_runtime(self._python)
            if not status.ok or status.python is None:
                raise MissingRuntime(status.message, status.mend)
            self._client = WorkerClient(status.python, log_folder(), environment=worker_environment())
        handle = self._client.submit(order)
        shown, told = 0, False
        while not handle.finished:
            self._client.wait(handle, timeout=0.1)
            self._bar.update(f"{title}{handle.stage}", handle.fraction, handle.eta)
            if handle.stalled and not told:
                limit = duration_text(PATIENCE_SECONDS)
                self._note(
                    f"no progress for {duration_text(handle.still_for)} at '{handle.stage}': wait, or press Ctrl-C; "
                    f"after {limit} it ends by itself."
                )
            told = handle.stalled
            for text in handle.notes[shown:]:
                self._note(text)
            shown = len(handle.notes)
        if handle.state == "cancelled":
            raise Cancelled
        if handle.error is not None and handle.error.kind == "internal":
            hint = f"Please report it together with '{self._client.log_path}'."
            raise InternalFault(handle.error.message, hint)
        handle.raise_if_failed()
        return handle.result


def runs_here(worker: bool = False, python: str | None = None) -> bool:
    """Return whether an order runs in this Python, see :class:`Execution`."""
    return not (worker or python) and all(any(map(_is_there, name.split("|"))) for name in NEEDED)


def _is_there(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
