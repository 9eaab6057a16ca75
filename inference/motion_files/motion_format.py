"""What a format of motion is to the register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..performance import Performance


@dataclass(frozen=True)
class MotionFormat:
    """One format that motion comes or goes in; each module of this folder that stands for any has it in ``FORMATS``."""

    name: str
    """What scripts and the command line call it."""
    label: str
    """What a person reads."""
    suffix: str
    """The file name's ending, in small letters with its dot."""
    recognises: Callable[[Path, bytes], bool]
    """Tells from a file, and its first :data:`HEAD_BYTES`, whether it is of this format; it raises nothing."""
    read: Callable[[Path], Performance] | None = None
    """Reads a file, or raises :class:`~..errors.BadFile`; None where only writing makes sense."""
    write: Callable[[Performance, Path], None] | None = None
    """Writes a file whole or not at all, or raises :class:`~..errors.NotSaved`; None where only reading makes sense."""
    read_at: Callable[[Path, float], Performance] | None = None
    """In place of ``read`` for files that count frames and do not say at which rate: the rate is given."""


HEAD_BYTES = 1 << 16
"""Bytes of a file's beginning that are looked at to tell its format."""
