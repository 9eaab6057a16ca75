"""Other gestures put into the keys of a finished take, which stays the one it is.

Only the keys of spine, arms and fingers in the seconds of a changed gesture are written anew. Where a person edited
keys of these the take is copied first, so that none is lost.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ...inference.errors import SoliloquyError
from ...inference.gestures.planned import read_gestures
from ...inference.shape.reshape import reshaped
from . import curves, kept, nla
from . import take as takes
from .access import own_take, unchanged_when_failing
from .bake import BakeReport
from .gesture_plan import NOTE, keep
from .packed import pack, packed_size
from .regenerate import first_sample, sample_step, take_with_new_part, why_not, write_part
from .reshape import reshape_of

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..rig import Rig
    from .take import Take


def frame_at(rig: Rig, take: Take, second: float) -> float:
    """Return the scene frame at which a second of a take's performance plays, wherever its strips were moved to."""
    found = [item for item in nla.tracks(rig, take.id) if item.region in ("body", "hands")] or nla.tracks(rig, take.id)
    pieces = found[0].pieces
    at = first_sample(take) + second * float(take.meta["fps"]) * sample_step(found[0].strip.action, take)
    piece = next((item for item in pieces if item.action_frame_start <= at <= item.action_frame_end), pieces[0])
    return float(piece.frame_start + (at - piece.action_frame_start) * piece.scale)


def put_gestures(
    performance: Performance,
    rig: Rig,
    take_id: str,
    *,
    file: str,
    sha256: str = "",
    interpolation: str = "BEZIER",
) -> BakeReport:
    """Write the keys of a take where a performance's gestures are others than its own, in place.

    Parameters
    ----------
    performance : Performance
        The take's performance with a new plan, see ``inference.replan``.
    take_id : str
        The take.
    file, sha256 : str
        Where the performance lies, and its hash as whoever wrote it told.

    Raises
    ------
    SoliloquyError
        When the take is gone or cannot be changed, or the performance is not of its length; nothing is changed then.
    """
    begun = time.perf_counter()
    take = takes.find_take(rig, take_id)
    problem = why_not(rig, take, changing=True)
    if problem is not None:
        raise problem
    if performance.frames != take.meta.get("frames"):
        raise SoliloquyError(
            f"The performance has {performance.frames} frames, the take '{take.name}' {take.meta.get('frames')}.",
            "Animate again.",
        )
    remembered = kept.remember(file, sha256)
    planned = read_gestures(performance.meta.get(NOTE))
    own_take(rig, take.id)
    take = takes.find_take(rig, take_id)
    records = performance.meta.get("regenerated", [])
    joints = tuple(records[-1]["joints"]) if len(records) > len(take.meta.get("regenerated", [])) else ()
    if joints and {"body", "hands"} & set(takes.edited_regions(nla.tracks(rig, take.id))):
        report = take_with_new_part(
            performance, rig, take.id, joints, file=file, sha256=sha256, interpolation=interpolation
        )
        said = f"Keys edited by hand are in '{take.name}', which stays as it is, muted."
        return replace(report, warnings=(*report.warnings, said))
    keys, errors = 0, dict[str, float]()
    with unchanged_when_failing(rig, take.id):
        if joints:
            shown = reshaped(performance, reshape_of(rig, take))
            keys, errors = write_part(shown, rig, take, nla.tracks(rig, take.id), joints, interpolation)
        _note(rig, take, {**remembered, "regenerated": records}, errors)
        packed, take = packed_size(rig, take), takes.find_take(rig, take_id)
        keep(rig, take, planned)
        if packed:
            pack(rig, take, Path(file))
    bpy.context.view_layer.update()
    return BakeReport(take, keys, max(errors.values(), default=0.0), time.perf_counter() - begun, errors, keys, ())


def _note(rig: Rig, take: Take, noted: dict[str, Any], errors: dict[str, float]) -> None:
    """Note in a take's actions what it was made from now, how many keys it has, and the largest error of any unit."""
    found = nla.actions(nla.tracks(rig, take.id))
    whole = dict(take.meta.get("max_error") or {})
    whole.update({unit: max(error, whole.get(unit, 0.0)) for unit, error in errors.items()})
    noted = {**noted, "keys": curves.count_keys(found), "max_error": whole}
    for action in found:
        stored = nla.read_info(action)
        if stored is not None:
            stored["meta"].update(noted)
            nla.write_info(action, stored)
