"""The one exception type that reaches a user: a sentence that says what is wrong, and the next step."""

from __future__ import annotations


class SoliloquyError(Exception):
    """Bad input or a missing prerequisite, worded for the person in front of the screen.

    Parameters
    ----------
    message : str
        One clear sentence: what, where.
    hint : str
        The next step, also one sentence. May be empty when the message holds it.
    kind : str
        What a user interface can act on: ``"bad_input"``, ``"bad_audio"``, ``"missing_runtime"``, ``"missing_model"``,
        ``"bad_checkpoint"``, ``"out_of_memory"``, ``"cancelled"``, ``"worker"`` or ``"internal"``.
    """

    def __init__(self, message: str, hint: str = "", kind: str = "bad_input") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.kind = kind

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Cancelled(SoliloquyError):  # noqa: N818 - an outcome, not a fault
    """The user asked for the job to stop; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Cancelled.", kind="cancelled")
