"""A job as its owner sees it: where it stands, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..early_lips import LipsSoFar
from ..errors import Cancelled, SoliloquyError
from ..orders.order import Order

FINISHED = ("done", "failed", "cancelled")


@dataclass(eq=False)
class JobHandle:
    """One submitted job. Its fields change inside ``WorkerClient.tick()`` only."""

    number: int
    order: Order
    staged: str
    """The worker writes here, beside the output; renamed when the job is done and nobody cancelled it."""
    state: str = "queued"
    """``"queued"``, ``"starting"``, ``"running"``, ``"done"``, ``"failed"`` or ``"cancelled"``."""
    stage: str = "Waiting"
    fraction: float = 0.0
    eta: float | None = None
    """Seconds left, None while unknown."""
    still_for: float = 0.0
    """Seconds since it last moved on, while it runs."""
    stalled: bool = False
    """Whether it stands still for so long that a person should be asked whether to end it."""
    error: SoliloquyError | None = None
    notes: list[str] = field(default_factory=list[str])
    """What the person should know although the job goes on."""
    result: dict[str, Any] = field(default_factory=dict[str, Any])
    """When done: ``output``, its ``sha256``, ``seconds``; of a performance also ``frames``, ``fps``, ``duration``."""

    early: LipsSoFar | None = None
    """Filled with the lips while they are made, where the owner put one here before the job began."""

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to this job."""
        return self.state in FINISHED

    @property
    def output(self) -> str:
        """Path of the result, which exists once the state is ``"done"``."""
        return self.order.output

    def raise_if_failed(self) -> None:
        """Raise the job's error, if it ended with one."""
        if self.error is not None:
            raise self.error

    def cancel(self) -> None:
        """End the job because somebody wants it to."""
        self.state, self.stage, self.eta, self.error = "cancelled", "Cancelled", None, Cancelled()
        self.stalled = False

    def fail(self, error: SoliloquyError) -> None:
        """End the job with an error."""
        self.state, self.error, self.eta = "failed", error, None
        self.stalled = False
        self.stage = error.message
