"""Motion in other programs' formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import mutations as by
import numpy as np
from reader import JSON, Reader

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.performance import Performance

TEXT = (by.by_lines, by.by_lines, by.by_bytes)


def made(frames: int = 5) -> Performance:
    """Return a performance that moves everything that formats write."""
    random = np.random.default_rng(5)
    return Performance(
        30.0,
        random.normal(0, 0.1, (frames, 165)).astype(np.float32),
        np.zeros((frames, 3), np.float32),
        random.uniform(0, 0.4, (frames, len(ARKIT_NAMES))).astype(np.float32),
        random.uniform(0, 0.1, frames).astype(np.float32),
    )


def written(format: str, suffix: str) -> Callable[[Path], list[bytes]]:
    """Return what makes one good file of a format."""

    def seeds(folder: Path) -> list[bytes]:
        from soliloquy.inference.motion_files.register import write_motion

        return [write_motion(made(), folder / f"seed.{suffix}", format).read_bytes()]

    return seeds


def read(path: Path) -> None:
    """Read as *Load Performance* does."""
    from soliloquy.inference.motion_files.register import read_motion

    assert read_motion(path).frames > 0


READERS: tuple[Reader, ...] = (
    Reader("live link face", 500, "csv", written("livelink", "csv"), TEXT, read),
    Reader("audio2face", 500, "json", written("audio2face", "json"), JSON, read),
    Reader("rhubarb tsv", 300, "tsv", written("rhubarb-tsv", "tsv"), TEXT, read),
    Reader("rhubarb xml", 300, "xml", written("rhubarb-xml", "xml"), TEXT, read),
    Reader("rhubarb json", 300, "json", written("rhubarb-json", "json"), JSON, read),
    Reader("moho", 300, "dat", written("moho", "dat"), TEXT, read),
)
