"""How the command line speaks: messages and progress on stderr, results on stdout."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

from ..inference.errors import NotSaved, SoliloquyError
from ..inference.runtime.locate import default_runtime_folder
from ..inference.user_folders import given_path
from ..inference.worker.log import open_private, writable_log_folder

EXIT_INTERNAL = 1
EXIT_BAD_INPUT = 2
EXIT_CANCELLED = 130


def show(text: str) -> None:
    """Write one line for the person to stderr."""
    print(f"soliloquy: {' '.join(text.split())}", file=sys.stderr, flush=True)


def log_folder() -> Path:
    """Return where logs go: beside the runtime, or among the temporary files where that folder cannot be written.

    Raises
    ------
    NotSaved
        When no place can be written.
    """
    return writable_log_folder(default_runtime_folder().parent / "logs")


def check_output(path: str | os.PathLike[str], *, suffix: str = "", what: str = "output") -> Path:
    """Return the absolute path of a file to write, after checking that it can be written.

    Raises
    ------
    NotSaved
        When it is a folder, lies in a missing or read-only one, or does not end with ``suffix``.
    """
    target = given_path(path).absolute()
    if target.is_dir():
        raise NotSaved(f"The {what} '{path}' is a folder.", "Give the name of a file.")
    if suffix and target.suffix.lower() not in suffix.split():
        raise NotSaved(f"The {what} '{path}' must end with {' or '.join(suffix.split())}.", "Rename it.")
    if not target.parent.is_dir():
        raise NotSaved(f"There is no folder '{target.parent}' for the {what}.", "Create it first.")
    if not os.access(target.parent, os.W_OK):
        raise NotSaved(f"The folder '{target.parent}' cannot be written.", "Choose another one.")
    return target


def duration_text(seconds: float) -> str:
    """Return seconds as ``4.2 s``, ``1 min 05 s`` or ``2 h 03 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def written_text(result: dict[str, Any]) -> str:
    """Return what an order of a performance wrote: frames, length, frame rate, how long it took."""
    length, took = duration_text(result["duration"]), duration_text(result["seconds"])
    return f"{result['frames']} frames, {length} at {result['fps']:g} fps, made in {took}"


def fault_text(error: Exception) -> str:
    """Log an exception that nobody expected, and return the sentence about it."""
    try:
        path = log_folder() / "command_line.log"
        with open_private(path, os.O_APPEND) as log:
            log.write("".join(traceback.format_exception(error)).encode("utf-8", "replace"))
        where = f"Please report it together with '{path}'."
    except (OSError, SoliloquyError):
        where = "Please report it."
    return f"Something unexpected went wrong inside Soliloquy ({type(error).__name__}: {error}). {where}"


class ProgressBar:
    """A bar on a terminal; elsewhere a line for every tenth."""

    WIDTH = 30

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._terminal = self._stream.isatty()
        self._shown = ""
        self._tenth = 0  # a refusal comes before the first tenth and stays a single line

    def update(self, stage: str, fraction: float, eta: float | None = None) -> None:
        """Show where the work stands: stage in words, 0..1, seconds left or None."""
        fraction = min(1.0, max(0.0, fraction))
        left = f", {duration_text(eta)} left" if eta is not None and fraction < 1.0 else ""
        if not self._terminal:
            tenth = int(fraction * 10)
            if tenth > self._tenth:
                self._tenth = tenth
                print(f"{fraction:4.0%} {stage}{left}", file=self._stream, flush=True)
            return
        filled = round(fraction * self.WIDTH)
        text = f"[{'#' * filled}{'-' * (self.WIDTH - filled)}] {fraction:4.0%} {stage}{left}"
        text = text[: shutil.get_terminal_size().columns - 1]
        if text != self._shown:
            self._stream.write("\r" + text + " " * max(0, len(self._shown) - len(text)))
            self._stream.flush()
            self._shown = text

    def clear(self) -> None:
        """Take the bar away, so that the next line starts afresh."""
        if self._terminal and self._shown:
            self._stream.write("\r" + " " * len(self._shown) + "\r")
            self._stream.flush()
            self._shown = ""
