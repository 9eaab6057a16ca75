"""Whether a Python can run the worker: a self-test in that Python, remembered until its files change."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ..errors import NotSaved
from ..plain_json import read_json
from ..saving import private_folder, write_json
from ..version import VERSION
from ..worker.environment import clean_environment, describe_exit, kill_group, process_flags, python_command
from .selftest import MARK

SELFTEST = Path(__file__).resolve().parent / "selftest.py"
CHECKS_NAME = "checks.json"
MIN_PYTHON = (3, 10)
_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class CheckReport:
    """What the self-test found."""

    python: str
    ok: bool
    message: str
    mend: str = ""
    python_version: str = ""
    versions: dict[str, str] = field(default_factory=dict[str, str])
    devices: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    seconds: float = 0.0

    @property
    def lines(self) -> list[str]:
        """The report for a person: one finding a line."""
        lines = [self.message] if self.ok else [self.message, self.mend]
        if self.python_version:
            lines.append(f"Python {self.python_version}: {self.python}")
        lines += [f"{name} {version}" for name, version in self.versions.items()]
        lines += [f"device {device['name']}: {device['title']}" for device in self.devices]
        return [line for line in lines if line]


class Check:
    """A self-test on its way: call :meth:`poll` until it returns a report. Never waits."""

    def __init__(self, python: str | os.PathLike[str], folder: Path | None = None, timeout: float = 120.0) -> None:
        self.python = Path(python)
        self._folder = folder
        self._started = time.monotonic()
        self._timeout = timeout
        self._report: CheckReport | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _finish
        try:
            # Output goes to a file: nobody need empty a pipe while it runs.
            self._process = subprocess.Popen[bytes](
                python_command(self.python, str(SELFTEST)),
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                env=clean_environment(),
                **process_flags(),
            )
        except OSError as error:
            self._finish(_failed(self.python, f"'{self.python}' cannot be started: {error.strerror or error}."))

    def poll(self) -> CheckReport | None:
        """Return the report once there is one, None until then."""
        if self._report is None and self._process is not None:
            code = self._process.poll()
            seconds = time.monotonic() - self._started
            if code is not None:
                self._output.seek(0)
                text = self._output.read().decode("utf-8", "replace")
                self._finish(_judge(self.python, code, text, seconds))
            elif seconds > self._timeout:
                kill_group(self._process)
                self._process.wait()
                message = f"'{self.python}' did not answer within {self._timeout:.0f} seconds."
                self._finish(_failed(self.python, message))
        return self._report

    def cancel(self) -> None:
        """End the self-test."""
        if self._process is not None and self._report is None:
            kill_group(self._process)
            self._process.wait()
            self._finish(_failed(self.python, "The check was cancelled."), remember=False)

    def _finish(self, report: CheckReport, *, remember: bool = True) -> None:
        self._report = report
        self._output.close()
        if remember and self._folder is not None:
            _remember(self._folder, self.python, report)


def start_check(python: str | os.PathLike[str], folder: Path | None = None, timeout: float = 120.0) -> Check:
    """Start a self-test of ``python``; its report is remembered in ``folder`` when one is given."""
    return Check(python, folder, timeout)


def check_python(python: str | os.PathLike[str], timeout: float = 120.0, folder: Path | None = None) -> CheckReport:
    """Run the self-test and wait for its report."""
    check = Check(python, folder, timeout)
    while (report := check.poll()) is None:
        time.sleep(0.02)
    return report


def remembered_check(python: str | os.PathLike[str], folder: Path) -> CheckReport | None:
    """Return the last report about ``python`` if neither it nor its packages changed since; reads one small file."""
    found: object = _read_checks(folder).get(os.fspath(python))
    entry = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if entry.get("fingerprint") != _fingerprint(Path(python)):
        return None
    try:
        report = CheckReport(**entry["report"])
        lines: list[Any] = list(report.lines)  # whatever a person may have edited
        return report if all(isinstance(line, str) for line in lines) else None
    except (KeyError, TypeError, AttributeError, ValueError):  # what a person may have edited
        return None


def _fingerprint(python: Path) -> str:
    """Return what changes when the Python or the set of its packages changes."""
    root = python.parent.parent
    places = [python, root / "pyvenv.cfg", root / "Lib" / "site-packages", *root.glob("lib/python3*/site-packages")]
    stamps: list[str] = []
    for place in places:
        with contextlib.suppress(OSError):
            status = place.stat()
            stamps.append(f"{place.name}:{status.st_mtime_ns}:{status.st_size}")
    return f"{VERSION} " + " ".join(stamps)


def _read_checks(folder: Path) -> dict[str, Any]:
    try:
        checks: object = read_json(folder / CHECKS_NAME, most_bytes=_MOST_BYTES)
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", checks) if isinstance(checks, dict) else {}


def _remember(folder: Path, python: Path, report: CheckReport) -> None:
    checks = _read_checks(folder)
    values = {name: getattr(report, name) for name in report.__dataclass_fields__}
    checks[os.fspath(python)] = {"fingerprint": _fingerprint(python), "report": values}
    # Only a memory: where it cannot be written, the check runs again.
    with contextlib.suppress(OSError, NotSaved):
        private_folder(folder)
        write_json(folder / CHECKS_NAME, checks)


def _failed(python: Path, message: str, **details: Any) -> CheckReport:
    mend = "Choose another Python, or let Soliloquy install its own."
    return CheckReport(str(python), False, message, mend, **details)


def _judge(python: Path, code: int, text: str, seconds: float) -> CheckReport:
    answer = next((line for line in reversed(text.splitlines()) if line.startswith(MARK)), None)
    try:
        if answer is None:
            raise ValueError
        found = json.loads(answer[len(MARK) :])
    except ValueError:
        last = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
        why = describe_exit(code) if code else "it is not a Python"
        return _failed(python, f"'{python}' failed the check: {why}. {last[:200]}".rstrip())
    details: dict[str, Any] = {
        "python_version": found["python"],
        "versions": found["versions"],
        "devices": found["devices"],
        "seconds": round(seconds, 2),
    }
    version = tuple(int(part) for part in found["python"].split(".")[:2])
    if version < MIN_PYTHON:
        return _failed(python, f"'{python}' is Python {found['python']}, too old for the worker.", **details)
    missing = [name for name, why in found["errors"].items() if why.startswith("ModuleNotFoundError")]
    if missing:
        return _failed(python, f"'{python}' lacks {', '.join(missing)}.", **details)
    if found["errors"]:
        name, why = next(iter(found["errors"].items()))
        return _failed(python, f"'{python}' cannot import {name} ({why}).", **details)
    name = "torch" if "torch" in found["versions"] else "onnxruntime"
    message = f"Works: {name} {found['versions'][name]} on {found['devices'][0]['title']}."
    if name != "torch":
        message += " The default engines run here; published and sampled ones need torch."
    if "graphics_error" in found:
        message += f" The graphics card cannot be used ({found['graphics_error']})."
    return CheckReport(str(python), True, message, **details)
