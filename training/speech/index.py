"""The files of the synthetic corpus: JSON lines that can be added to at any time and survive an interruption.

``clips/NAME.flac`` is the sound (int16, 16 kHz), ``index.jsonl`` how it was made, ``labels.jsonl`` what is known of it.
"""

from __future__ import annotations

import json
from pathlib import Path


def read_lines(path: Path) -> dict[str, dict]:
    """Return name -> object of a JSON-lines file; the last of a name counts, lines cut short are left out."""
    entries = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                continue
            entries[str(entry["name"])] = entry
    return entries


def read_index(cache: Path) -> dict[str, dict]:
    """Return clip name -> its line of the index, for the clips whose sound is there."""
    entries = read_lines(cache / "index.jsonl")
    return {name: entry for name, entry in entries.items() if (cache / "clips" / f"{name}.flac").is_file()}


def read_labels(cache: Path) -> dict[str, dict]:
    """Return clip name -> its labels."""
    return read_lines(cache / "labels.jsonl")
