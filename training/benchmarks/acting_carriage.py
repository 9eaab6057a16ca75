"""How a performance carries its arms beside recorded talkers: quartiles while somebody speaks with a forearm raised."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.body.upper_body import with_upper_body
from ...inference.character import load_character
from ..body.clips import FPS, load_clips
from ..metrics.carriage import BENT, NAMES, Carriage, carriage
from .acting_takes import ActedTake, speaking

Doubles = npt.NDArray[np.float64]
TITLES = {
    "off_trunk": ("upper arm away from the trunk sideways", "deg"),
    "forward": ("upper arm forward", "deg"),
    "bend": ("elbow, 0 straight", "deg"),
    "height": ("wrist between hips, 0, and shoulders, 100", "%"),
    "outside": ("wrist outside of its shoulder", "% of the shoulders' width"),
    "sag": ("wrist bent to the palm, back negative", "deg"),
    "curl": ("bend of a finger's joint", "deg"),
    "spread": ("index from little finger", "deg"),
}
_QUARTILES = (25, 50, 75)
_FEWEST = 100
"""Frames of a performer below which there is nothing to be said of them."""


def talkers(data: Path) -> dict[str, Doubles]:
    """Return by the names of :class:`Carriage` (3,) quartiles, each the median over the recorded performers' own.

    Parameters
    ----------
    data : Path
        The folder that holds ``gestures``; counted from the stroke to the way back, arms whose forearm is raised.
    """
    joints = load_character().joints
    found: dict[str, list[tuple[Carriage, npt.NDArray[np.bool_]]]] = {}
    for clip in load_clips(data, mirrored=False):
        begin, end = clip.phases.get("strokeStart"), clip.phases.get("relax")
        if begin is None or end is None:
            continue
        poses = with_upper_body(np.zeros((len(clip.rotations), 165)), clip.rotations)
        one, times = carriage(poses, joints), np.arange(len(poses)) / FPS
        gesturing = (times >= begin) & (times <= end)
        found.setdefault(clip.set, []).append((one, gesturing[:, None] & (one.bend > BENT)))
    known = [rows for rows in found.values() if sum(int(raised.sum()) for _, raised in rows) >= _FEWEST]
    return {name: np.median([_quartiles(rows, name) for rows in known], axis=0) for name in NAMES}


def of_takes(takes: Sequence[ActedTake]) -> dict[str, Doubles]:
    """Return the same quartiles of performances, over all their frames in which somebody speaks."""
    rows: list[tuple[Carriage, npt.NDArray[np.bool_]]] = []
    for one in takes:
        made = carriage(one.performance.poses, load_character().joints)
        said = speaking(one.recording.prosody, one.performance.frames, one.performance.fps)
        rows.append((made, said[:, None] & (made.bend > BENT)))
    return {name: _quartiles(rows, name) for name in NAMES}


def carriage_table(takes: Sequence[ActedTake], data: Path) -> str:
    """Return a table of both."""
    ours, theirs = of_takes(takes), talkers(data)
    lines = ["| a raised forearm, while speaking: median (quartiles) | ours | recorded performers |", "|---|---|---|"]
    for name, (title, unit) in TITLES.items():
        times = 100 if unit.startswith("%") else 1
        cells = (
            f"{times * middle:.0f} ({times * low:.0f} to {times * high:.0f})"
            for low, middle, high in (ours[name], theirs[name])
        )
        lines.append(f"| {title}, {unit} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _quartiles(rows: Sequence[tuple[Carriage, npt.NDArray[np.bool_]]], name: str) -> Doubles:
    values = np.concatenate([getattr(one, name)[raised] for one, raised in rows])
    return np.percentile(values, _QUARTILES) if len(values) else np.full(3, np.nan)
