"""Pictures for the report of a batch: one small frame of each performance, rendered on Soliloquy's own character.

All that are missing are rendered by one Blender process, as frames of one made-up performance. A picture is named after
the hash of its performance, so that the same command once more renders only what is new.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..inference.errors import SoliloquyError
from ..inference.performance import Performance
from ..inference.saving import not_saved
from .blender_process import run_in_blender
from .terminal import ProgressBar

SIZE = 128
"""Width and height in pixels."""
MOST = 300
"""Performances that get a picture; beyond them the page would take minutes."""


def folder_of(page: Path) -> Path:
    """Return the folder beside a report that holds its pictures."""
    return page.with_name(f"{page.stem}_pictures")


def draw_pictures(page: Path, performances: Mapping[str, Path], blender: str | None) -> dict[str, str]:
    """Render what is missing and return each performance's picture, as a path from the report's folder.

    Parameters
    ----------
    page : Path
        The report.
    performances : mapping of str to Path
        The files, by the sha256 of their content; the first :data:`MOST` get pictures.
    blender : str or None
        Blender's program; None for the module bpy of this Python, or the program that is found.

    Raises
    ------
    SoliloquyError
        When there is no Blender, or it fails, or the pictures cannot be written.
    """
    folder = folder_of(page)
    files = {sha256: folder / f"{sha256[:32]}.png" for sha256 in list(performances)[:MOST]}
    missing = [sha256 for sha256, file in files.items() if not file.is_file()]
    if missing:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise not_saved(folder, error) from error
        # Beside them, so that each comes whole, by a rename.
        with tempfile.TemporaryDirectory(prefix=".soliloquy_", dir=folder) as aside:
            frames = _telling_frames([performances[sha256] for sha256 in missing])
            bar = ProgressBar()
            try:
                order = {
                    "command": "stills", "performance": frames.save(Path(aside) / "frames.npz"), "folder": aside,
                    "size": SIZE,
                }  # fmt: skip
                run_in_blender(order, blender, bar, log="pictures.log")
            finally:
                bar.clear()
            for number, sha256 in enumerate(missing):
                os.replace(Path(aside) / f"{number:05d}.png", files[sha256])
    return {sha256: f"{folder.name}/{file.name}" for sha256, file in files.items()}


def _telling_frames(paths: list[Path]) -> Performance:
    """Return a performance with one frame of each file: where the mouth is most open, away from start and end."""
    poses, trans, arkit, aperture = [], [], [], []
    # Blender bakes no single frame.
    for path in paths if len(paths) != 1 else [*paths, *paths]:
        performance = Performance.load(path)
        first, last = performance.frames // 5, max(performance.frames * 4 // 5, performance.frames // 5 + 1)
        frame = first + int(np.argmax(performance.lip_aperture[first:last]))
        poses.append(performance.poses[frame])
        # The camera stands still.
        trans.append(np.zeros(3, np.float32))
        arkit.append(performance.arkit[frame])
        aperture.append(performance.lip_aperture[frame])
    if not paths:
        raise SoliloquyError("There is no performance to draw.", "Animate something first.")
    return Performance(30.0, np.stack(poses), np.stack(trans), np.stack(arkit), np.array(aperture, np.float32))
