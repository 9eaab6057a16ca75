"""Soliloquy's own performances."""

from __future__ import annotations

from pathlib import Path

from ..archive import array_names
from ..performance import Performance
from .motion_format import MotionFormat


def _recognises(path: Path, head: bytes) -> bool:
    return head.startswith(b"PK") and {"poses", "arkit"} <= set(array_names(path))


def _write(performance: Performance, path: Path) -> None:
    performance.save(path)


FORMATS = (MotionFormat("performance", "performance", ".npz", _recognises, Performance.load, _write),)
