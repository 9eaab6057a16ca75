"""A job as its owner sees it: where it stands, and how it ended."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from ..errors import SoliloquyError
from ..settings import AnimateJob

FINISHED = ("done", "failed", "cancelled")


@dataclass(eq=False)
class JobHandle:
    """One submitted job. Its fields change inside ``WorkerClient.tick()`` only."""

    number: int
    order: AnimateJob
    staged: str
    """The worker writes here, beside the output; renamed when the job is done and nobody cancelled it."""
    state: str = "queued"
    """``"queued"``, ``"starting"``, ``"running"``, ``"done"``, ``"failed"`` or ``"cancelled"``."""
    stage: str = "Waiting"
    fraction: float = 0.0
    eta: float | None = None
    """Seconds left, None while unknown."""
    error: SoliloquyError | None = None
    notes: list[str] = field(default_factory=list)
    """What the person should know although the job goes on."""
    result: dict[str, Any] = field(default_factory=dict)
    """When done: ``output`` and ``seconds``; of a performance also ``frames``, ``fps`` and ``duration``."""
    kind: str = "animate"
    """What the worker shall do with the order: ``"animate"``, ``"regenerate"`` a part, or ``"hear"`` the emotion."""

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to this job."""
        return self.state in FINISHED

    @property
    def output(self) -> str:
        """Path of the performance, which exists once the state is ``"done"``."""
        return self.order.output

    def raise_if_failed(self) -> None:
        """Raise the job's error, if it ended with one."""
        if self.error is not None:
            raise self.error

    def fail(self, error: SoliloquyError) -> None:
        """End the job with an error."""
        self.state, self.error, self.eta = "failed", error, None
        self.stage = error.message


def unfinished_files(output: str, pid: int) -> tuple[str, str]:
    """Return the names under which process ``pid`` may have left a half-written ``output``."""
    folder, name = os.path.split(output)
    return output, os.path.join(folder, f".{name}.{pid}.part")
