"""What a batch has done: a small JSON file among its performances, written whole after every step.

It tells a later run what need not be done again, and which files are the batch's own: only those are ever replaced.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..inference.errors import BadAudio, BadFile, NotSaved
from ..inference.orders.order import Order
from ..inference.performance import Performance
from ..inference.plain_json import read_json
from ..inference.saving import unfinished, write_json
from ..inference.shipped import file_sha256, read_manifest
from ..inference.version import VERSION

FILE = "soliloquy_batch.json"
_FORMAT = 1
_DECIDING = ("models/weights/", "assets/character", "assets/people")
_HINT = "Move it away together with the performances it lists, or choose another folder."


@dataclass
class Entry:
    """What is known about one performance."""

    state: str
    """``running``, ``done`` or ``failed``."""
    fingerprint: str
    """Of what it was or is made from, see :func:`fingerprint`."""
    sha256: str = ""
    """Of the file that this batch last finished under the name; empty where it finished none."""
    audio: str = ""
    duration: float = 0.0
    """Seconds of the performance when done."""
    message: str = ""
    """What went wrong."""


def fingerprint(order: Order) -> str:
    """Return a hash of what decides a performance: the recording, the order, Soliloquy's version, what ships with it.

    Where the recording lies and how the output is called do not count. Of what ships, the networks' weights count and
    the meshes on which the lips are measured; pictures and clothes do not.

    Raises
    ------
    BadAudio
        When the recording cannot be read.
    MissingFiles
        When the list of what ships is missing or damaged.
    """
    path = Path(order.audio.path)
    try:
        recording = file_sha256(path)
    except OSError as error:
        raise BadAudio(f"'{path.name}' cannot be read: {error.strerror}.", "Check its name and permissions.") from error
    values = order.to_json()
    del values["output"], values["audio"]["path"]
    text = json.dumps([VERSION, deciding_files(), recording, order.kind, values], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def deciding_files() -> dict[str, str]:
    """Return name and sha256 of the shipped files that decide a performance.

    Raises
    ------
    MissingFiles
        When the list of what ships is missing or damaged.
    """
    return {name: digest for name, digest in read_manifest().items() if name.startswith(_DECIDING)}


class BatchRecord:
    """The record of a folder.

    Raises
    ------
    BadFile
        When the folder holds a record that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._entries: dict[str, Entry] = {}
        _remove_unfinished(self._path)
        if not self._path.exists():
            return
        try:
            content: Any = read_json(self._path)
            if content["soliloquy_batch"] != _FORMAT:
                raise ValueError("it is of another version")
            self._entries = {str(name): Entry(**values) for name, values in content["jobs"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadFile(f"The record of the batch, '{self._path}', cannot be read.", _HINT) from error

    def finished(self, target: Path, fingerprint: str) -> Entry | None:
        """Return the entry of a performance that is there as it would be made now, None where it is to be made.

        Raises
        ------
        NotSaved
            When a file of the name is there that this batch did not write, or that was changed since.
        """
        entry = self._entries.get(target.name)
        if not target.exists() and not target.is_symlink():
            return None
        try:
            found = file_sha256(target)
        except OSError:
            found = "unreadable"
        if entry is not None and entry.state == "running" and found not in ("unreadable", entry.sha256):
            # Files come whole or not at all, so the run was killed after the last step of the job and before its entry.
            if entry.fingerprint != fingerprint:
                return None
            entry.duration = Performance.load(target).duration
            entry.state, entry.sha256 = "done", found
            self._save()
            return entry
        if entry is None or entry.sha256 != found:
            raise NotSaved(
                f"'{target.name}' is there already, and not as this batch wrote it.",
                "Move it away, or choose another folder.",
            )
        return entry if entry.state == "done" and entry.fingerprint == fingerprint else None

    def begin(self, target: Path, fingerprint: str, audio: str) -> None:
        """Note that a performance is being made; raises :class:`NotSaved` where the record cannot be written."""
        before = self._entries.get(target.name)
        # A file that is gone is not the batch's any more: one that appears in its place is new.
        known = before.sha256 if before is not None and target.exists() else ""
        if before is not None and before.state == "running":
            known = file_sha256(target) if known else ""
            _remove_unfinished(target)
        self._entries[target.name] = Entry("running", fingerprint, known, audio)
        self._save()

    def finish(self, target: Path, result: dict[str, Any]) -> None:
        """Note what an order wrote; raises as :meth:`begin`."""
        entry = self._entries[target.name]
        entry.state, entry.sha256, entry.duration = "done", str(result["sha256"]), float(result["duration"])
        self._save()

    def fail(self, target: Path, message: str) -> None:
        """Note that nothing was written, and why; raises as :meth:`begin`."""
        entry = self._entries[target.name]
        entry.state, entry.message = "failed", message
        self._save()

    def _save(self) -> None:
        jobs = {name: asdict(entry) for name, entry in self._entries.items()}
        write_json(self._path, {"soliloquy_batch": _FORMAT, "version": VERSION, "jobs": jobs})


def _remove_unfinished(target: Path) -> None:
    """Remove what a killed run left beside a file; the record says that it was the batch's."""
    for path in unfinished(target):
        if path != target:
            with contextlib.suppress(OSError):
                path.unlink()
