"""Bounds what FFmpeg may take at a time, before it takes it.

Headers declare how long their parts are, and FFmpeg sets most of them aside, zeroed, before it reads the first byte: a
WAV of 30 kB whose list of titles says that it holds a gigabyte takes one. FFmpeg has a bound for that
(``av_max_alloc``), which PyAV does not hand on.
"""

from __future__ import annotations

import ctypes
import functools
from pathlib import Path

import av

MOST_BYTES = 256 << 20
"""Far more than any packet, frame or index of a recording takes: an index of four hours in AAC takes 16 MB."""


@functools.cache
def bound_memory() -> bool:
    """Bound every single piece of memory that this process's FFmpeg takes; tells whether it could be done.

    It cannot where FFmpeg does not come with PyAV, as in a PyAV built by hand; recordings are read all the same.
    """
    package = Path(av.__file__).parent
    # Where wheels keep the libraries they bring: on Linux and Windows, and on macOS.
    for folder in (package.parent / "av.libs", package / ".dylibs"):
        for library in folder.glob("*avutil*"):
            try:
                ctypes.CDLL(str(library)).av_max_alloc(ctypes.c_size_t(MOST_BYTES))
            except (OSError, AttributeError):
                continue
            return True
    return False
