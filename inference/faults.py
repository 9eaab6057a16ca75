"""Unexpected exceptions in words: memory that ran out, and faults inside Soliloquy."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from .errors import BadFile, InternalFault, OutOfMemory, SoliloquyError

_OUTSIDE = {
    errno.EACCES: "Ask for the right to it, or choose another one.",
    errno.EPERM: "Ask for the right to it, or choose another one.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.ENOSPC: "Free some space.",
    errno.EDQUOT: "Free some space.",
    errno.EROFS: "Choose another place.",
    errno.EIO: "Check the disk.",
    errno.ESTALE: "Check the network drive.",
}
"""Errors of the operating system that are no fault inside Soliloquy, and the next step."""


def refused_by_system(error: BaseException) -> BadFile | None:
    """Return in words what the operating system refused, None for any other exception."""
    if not isinstance(error, OSError) or error.errno not in _OUTSIDE:
        return None
    what = f"'{Path(os.fsdecode(error.filename)).name}'" if error.filename else "The output"
    return BadFile(f"{what} cannot be used: {error.strerror}.", _OUTSIDE[error.errno])


def as_soliloquy_error(error: Exception) -> SoliloquyError:
    """Return an unexpected exception in words; running out of memory gets its own kind."""
    refused = refused_by_system(error)
    if refused is not None:
        return refused
    if is_out_of_memory(error):
        return OutOfMemory(
            "The computer ran out of memory during this job.",
            "Close other programs, choose the CPU as the device, or animate a shorter stretch.",
        )
    return InternalFault(
        f"Something unexpected went wrong inside Soliloquy ({type(error).__name__}: {first_line(error)}).",
        "Please report it together with the worker's log.",
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether the exception is Python's or torch's way of saying that memory ran out."""
    # By name, since this module must also work where there is no torch.
    named = any(cls.__name__ == "OutOfMemoryError" for cls in type(error).__mro__)
    allocation = isinstance(error, RuntimeError) and (
        "out of memory" in str(error).lower() or "can't allocate memory" in str(error).lower()
    )
    return isinstance(error, MemoryError) or named or allocation


def first_line(error: BaseException) -> str:
    """Return what an exception says, in one line of at most 200 letters."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else "no details"
