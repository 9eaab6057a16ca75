"""Figures of a mouth that bones move, as it shows: shut where the performance is shut, open in proportion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from ..faces import reference_face
from ..faces.bones import BoneFace
from ..faces.face_frame import directions, face_frame
from ..faces.mouth import Mouth
from .case import Case

Doubles = npt.NDArray[np.float64]

_SHUT, _OPEN = 0.01, 0.25
"""Shares of the whole opening up to which the lips count as shut, and from which on as open."""
_MOST = 12
"""Frames of either kind that are looked at."""


def mouths(case: Case) -> dict[str, float]:
    """By how much of its width a mouth is open where it is to be shut, and how far off its share is where it is open.

    Both in percent, beyond the gap that the lips have at rest; the share is of what ``jawOpen`` 1 opens.
    """
    found = _mouth_of(case)
    if found is None:
        return {}
    mouth, full = found
    share = reference_face.opening(case.performance.poses, case.performance.arkit)
    shut, wide = (_spread(np.flatnonzero(chosen)) for chosen in (share < _SHUT, share > _OPEN))
    if not len(wide):
        return {}
    figures = {}
    if len(shut):
        gaps = _gaps(case, mouth, shut) - mouth.rest_gap
        figures["lips shut %"] = 100.0 * float(gaps.max()) / mouth.width
    opened = (_gaps(case, mouth, wide) - mouth.rest_gap) / full
    figures["lips share %"] = 100.0 * float(np.abs(opened / share[wide] - 1.0).max())
    return figures


def _spread(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), _MOST)).astype(int)] if len(rows) else rows


def _mouth_of(case: Case) -> tuple[Mouth, float] | None:
    """Return the mouth that bones move, and the metres that ``jawOpen`` 1 opens; None where keys do (:mod:`.face`)."""
    rig = case.rig
    for drive in rig.drives:
        if isinstance(drive, BoneFace) and drive.mouth is not None and "jaw" in drive.joints:
            return drive.mouth.mouth, drive.mouth.whole_gap
    return None


def _gaps(case: Case, mouth: Mouth, rows: npt.NDArray[np.int64]) -> Doubles:
    """Return (n,) metres between the lips in the middle, as shown at some frames."""
    nothing = np.zeros((0, 3))
    rig = case.rig
    frame = face_frame(mouth.mesh, nothing, nothing, rig.armature, rig.joints, rig.frame) if rig.joints else mouth.frame
    found = []
    with _without_masks(mouth.mesh):
        for row in rows.tolist():
            case.show(row)
            shown = mouth.mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
            flat = np.empty(3 * len(shown.vertices), np.float32)
            shown.vertices.foreach_get("co", flat)
            points = flat.reshape(-1, 3).astype(np.float64)
            apart = directions(frame, points[mouth.upper] - points[mouth.lower])
            found.append(float(np.linalg.norm(apart, axis=1)[mouth.middle].mean()))
    return np.array(found)


@contextmanager
def _without_masks(mesh: Any) -> Iterator[None]:
    """Show all points of a mesh for a while, so that they keep their numbers."""
    masks = [(item, item.show_viewport) for item in mesh.modifiers if item.type == "MASK"]
    try:
        for item, _ in masks:
            item.show_viewport = False
        yield
    finally:
        for item, shown in masks:
            item.show_viewport = shown
