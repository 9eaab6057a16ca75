"""Text from files nobody vouches for: bounded in size, in one encoding, refused in one sentence."""

from __future__ import annotations

import math
import os
from pathlib import Path

from ..errors import BadFile
from ..saving import written_aside


def read_text(path: Path, *, most_bytes: int) -> str:
    """Return a file's text, without a byte order mark and with line ends as ``\\n``.

    Raises
    ------
    BadFile
        When it cannot be read, is larger than ``most_bytes``, or is no UTF-8.
    """
    try:
        with open(path, "rb") as stream:
            if os.fstat(stream.fileno()).st_size > most_bytes:
                raise BadFile(
                    f"'{path.name}' is larger than {most_bytes >> 20} MB.",
                    "Cut it into shorter pieces, or check the file.",
                )
            content = stream.read(most_bytes + 1)
    except OSError as error:
        raise BadFile(f"'{path.name}' cannot be read: {error.strerror}.", "Check the path.") from error
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise BadFile(f"'{path.name}' is no text.", "Choose another file, or save it as UTF-8.") from error


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all; raises :class:`~..errors.NotSaved`."""
    with written_aside(path) as stream:
        stream.write(text.encode("utf-8"))


def delimiter_of(text: str) -> str:
    """Return what parts the cells of a table: a tab, a semicolon or a comma, as its first line shows."""
    first = text.split("\n", 1)[0]
    return "\t" if "\t" in first else ";" if ";" in first else ","


def number(text: str) -> float:
    """Return a finite number that a text stands for; raises :class:`ValueError` otherwise."""
    value = float(text)
    if not math.isfinite(value) or abs(value) > 1e9:
        raise ValueError(f"{text[:20]} is no number")
    return value
