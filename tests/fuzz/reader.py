"""What a reader is to the fuzz, and the usual ways to damage what it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutations as by

Read = Callable[[Path], Any]


@dataclass(frozen=True)
class Reader:
    """One reader."""

    name: str
    share: int
    """How many of 20,000 inputs it gets."""
    suffix: str
    seeds: Callable[[Path], list[bytes]]
    """Makes good inputs; a folder to work in is given."""
    ways: tuple[by.Mutation, ...]
    read: Read
    needs: str = ""
    """A package without which it is left out."""


ARCHIVE = (by.by_members, by.by_members, by.by_bytes)
JSON = (by.by_json, by.by_json, by.by_json, by.by_bytes)
