"""The errors that reach a user: a sentence that says what is wrong, and the next step; one class per kind."""

from __future__ import annotations

from typing import ClassVar


class SoliloquyError(Exception):
    """Bad input or a missing prerequisite, worded for the person in front of the screen.

    Caught as this class everywhere; its subclasses say what a script or a panel can act on.

    Parameters
    ----------
    message : str
        One clear sentence: what, where.
    hint : str
        The next step, also one sentence. May be empty when the message holds it.
    """

    kind: ClassVar[str] = "bad_input"
    """The class in one word, as it travels through the worker's pipe."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class BadAudio(SoliloquyError):
    """A recording that cannot be read, or a strip that plays none."""

    kind = "bad_audio"


class BadFile(SoliloquyError):
    """A performance, record or track that is damaged, of another kind, or too large."""

    kind = "bad_file"


class BadRig(SoliloquyError):
    """A character that cannot be animated as asked: linked, half recognised, held by something else."""

    kind = "bad_rig"


class NotSaved(SoliloquyError):
    """A result that could not be written: a full or read-only disk, a folder that is not there."""

    kind = "not_saved"


class HandMade(SoliloquyError):
    """What was asked for would change keys that a person made, in this file or in one it links."""

    kind = "hand_made"


class MissingRuntime(SoliloquyError):
    """The Python with the networks' libraries is missing, incomplete or does not start."""

    kind = "missing_runtime"


class MissingFiles(SoliloquyError):
    """Weights or model files that an engine needs are not there, or not whole."""

    kind = "missing_files"


class BadCheckpoint(SoliloquyError):
    """A file of weights or a body model that is damaged, of another system, or carries code."""

    kind = "bad_checkpoint"


class OutOfMemory(SoliloquyError):
    """The machine's or the graphics card's memory does not suffice."""

    kind = "out_of_memory"


class WorkerFault(SoliloquyError):
    """The worker process ended, hung or said something that makes no sense."""

    kind = "worker"


class InternalFault(SoliloquyError):
    """A fault inside Soliloquy, to be reported."""

    kind = "internal"


class Cancelled(SoliloquyError):
    """The user asked for the job to stop; nothing was written."""

    kind = "cancelled"

    def __init__(self, message: str = "Cancelled.", hint: str = "") -> None:
        super().__init__(message, hint)


_CLASSES: dict[str, type[SoliloquyError]] = {
    error.kind: error
    for error in (
        SoliloquyError,
        BadAudio,
        BadFile,
        BadRig,
        NotSaved,
        HandMade,
        MissingRuntime,
        MissingFiles,
        BadCheckpoint,
        OutOfMemory,
        WorkerFault,
        InternalFault,
        Cancelled,
    )
}


def error_of(kind: str, message: str, hint: str = "") -> SoliloquyError:
    """Return an error of the class that ``kind`` names; of :class:`InternalFault` for a word that names none.

    Parameters
    ----------
    kind : str
        A class's ``kind``, as another process said it.
    """
    return _CLASSES.get(kind, InternalFault)(message, hint)
