"""Pipes of a child process, read and written without ever waiting: no threads in Blender's process.

POSIX has ``O_NONBLOCK``. On Windows an anonymous pipe is peeked at before a read, and its write end is switched to
``PIPE_NOWAIT``, where a write to a full pipe takes nothing instead of waiting.
"""

from __future__ import annotations

import os
import sys
from typing import IO

_CHUNK = 1 << 16


if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _PIPE_NOWAIT = 1

    _kernel32.SetNamedPipeHandleState.argtypes = (
        wintypes.HANDLE,
        ctypes.POINTER(wintypes.DWORD),
        ctypes.POINTER(wintypes.DWORD),
        ctypes.POINTER(wintypes.DWORD),
    )
    _kernel32.SetNamedPipeHandleState.restype = wintypes.BOOL
    _kernel32.PeekNamedPipe.argtypes = (
        wintypes.HANDLE,
        ctypes.c_void_p,
        wintypes.DWORD,
        ctypes.POINTER(wintypes.DWORD),
        ctypes.POINTER(wintypes.DWORD),
        ctypes.POINTER(wintypes.DWORD),
    )
    _kernel32.PeekNamedPipe.restype = wintypes.BOOL
    _kernel32.WriteFile.argtypes = (
        wintypes.HANDLE,
        ctypes.c_char_p,
        wintypes.DWORD,
        ctypes.POINTER(wintypes.DWORD),
        ctypes.c_void_p,
    )
    _kernel32.WriteFile.restype = wintypes.BOOL

    def make_writable_nonblocking(stream: IO[bytes]) -> None:
        """Let :func:`write_some` on this pipe return at once."""
        mode = wintypes.DWORD(_PIPE_NOWAIT)
        handle = msvcrt.get_osfhandle(stream.fileno())
        if not _kernel32.SetNamedPipeHandleState(handle, ctypes.byref(mode), None, None):
            raise ctypes.WinError(ctypes.get_last_error())

    def make_readable_nonblocking(stream: IO[bytes]) -> None:
        """Let :func:`read_available` on this pipe return at once (peeking needs no preparation)."""

    def read_available(stream: IO[bytes]) -> bytes | None:
        """Return the bytes that wait in the pipe, ``b""`` for none yet, ``None`` when the other end is closed."""
        handle = msvcrt.get_osfhandle(stream.fileno())
        waiting = wintypes.DWORD(0)
        if not _kernel32.PeekNamedPipe(handle, None, 0, None, ctypes.byref(waiting), None):
            return None
        if waiting.value == 0:
            return b""
        return os.read(stream.fileno(), min(waiting.value, _CHUNK)) or None

    def write_some(stream: IO[bytes], data: bytes) -> int:
        """Write what the pipe takes now and return how many bytes that was.

        Raises
        ------
        BrokenPipeError
            When the other end is closed.
        """
        handle = msvcrt.get_osfhandle(stream.fileno())
        written = wintypes.DWORD(0)
        # A pipe in this mode takes nothing at all of a write larger than its free space, so offer little at a time.
        piece = data[:512]
        if not _kernel32.WriteFile(handle, piece, len(piece), ctypes.byref(written), None):
            raise BrokenPipeError(ctypes.get_last_error(), "the worker's pipe is closed")
        return int(written.value)

else:

    def make_writable_nonblocking(stream: IO[bytes]) -> None:
        """Let :func:`write_some` on this pipe return at once."""
        os.set_blocking(stream.fileno(), False)

    def make_readable_nonblocking(stream: IO[bytes]) -> None:
        """Let :func:`read_available` on this pipe return at once."""
        os.set_blocking(stream.fileno(), False)

    def read_available(stream: IO[bytes]) -> bytes | None:
        """Return the bytes that wait in the pipe, ``b""`` for none yet, ``None`` when the other end is closed."""
        try:
            return os.read(stream.fileno(), _CHUNK) or None
        except BlockingIOError:
            return b""

    def write_some(stream: IO[bytes], data: bytes) -> int:
        """Write what the pipe takes now and return how many bytes that was.

        Raises
        ------
        BrokenPipeError
            When the other end is closed.
        """
        try:
            return os.write(stream.fileno(), data[:_CHUNK])
        except BlockingIOError:
            return 0
