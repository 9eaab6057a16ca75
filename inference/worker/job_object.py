"""Windows: a process that ends with the one that started it, however that ends."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel32.CreateJobObjectW.argtypes = (ctypes.c_void_p, wintypes.LPCWSTR)
    _kernel32.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    _kernel32.SetInformationJobObject.restype = wintypes.BOOL
    _kernel32.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    _kernel32.AssignProcessToJobObject.restype = wintypes.BOOL
    _kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)

    _EXTENDED_LIMITS = 9
    _KILL_ON_CLOSE = 0x2000

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("process_time", ctypes.c_int64),
            ("job_time", ctypes.c_int64),
            ("flags", wintypes.DWORD),
            ("least_working_set", ctypes.c_size_t),
            ("most_working_set", ctypes.c_size_t),
            ("active_processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority_class", wintypes.DWORD),
            ("scheduling_class", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("basic", _BasicLimits),
            ("io_counters", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        )


def bind_to_this_process(process: subprocess.Popen[Any]) -> Any:
    """Make ``process`` end when this one does; keep what is returned for as long as it shall live.

    Returns None elsewhere than on Windows, and where the system refuses: then closing its stdin has to do.
    """
    if sys.platform != "win32":
        return None
    job = _kernel32.CreateJobObjectW(None, None)
    if not job:
        return None
    limits = _ExtendedLimits()
    limits.basic.flags = _KILL_ON_CLOSE
    size = ctypes.sizeof(limits)
    # The handle closes with this process, and with the handle ends what is in the job.
    bound = _kernel32.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size) and (
        _kernel32.AssignProcessToJobObject(job, int(process._handle))  # pyright: ignore[reportAttributeAccessIssue]
    )
    if bound:
        return job
    _kernel32.CloseHandle(job)
    return None


def unbind(job: Any) -> None:
    """Give back what :func:`bind_to_this_process` returned; a process that still runs ends."""
    if sys.platform == "win32" and job is not None:
        _kernel32.CloseHandle(job)
