"""Writes a take in the format that was chosen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..inference.errors import NotSaved
from .export import ExportReport, export_alembic, export_fbx, export_gltf, export_motion, export_usd
from .export_formats import FORMATS
from .export_vrm import export_vrm

if TYPE_CHECKING:
    from .rig import Rig
    from .takes.take import Take

_WRITERS = {"GLTF": export_gltf, "VRM": export_vrm, "USD": export_usd, "ALEMBIC": export_alembic}


def export_take(
    rig: Rig, take: Take, path: str | os.PathLike[str], format: str, preset: str = "standard"
) -> ExportReport:
    """Write a take.

    Parameters
    ----------
    rig, take
        The character and what it plays.
    path : path-like
        The file; the format's ending is added where it has another.
    format : str
        A name of ``export_formats.FORMATS``.
    preset : str
        A name of ``export_preset.PRESETS``, for FBX.

    Returns
    -------
    ExportReport

    Raises
    ------
    NotSaved
        When it cannot be written, or not whole; nothing is left behind then.
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        raise NotSaved(f"There is no format '{format}'.", f"Choose one of {', '.join(FORMATS)}.")
    if chosen.motion:
        return export_motion(rig, take, path, chosen.motion)
    if format == "FBX":
        return export_fbx(rig, take, path, preset)
    return _WRITERS[format](rig, take, path)
