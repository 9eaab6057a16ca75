"""Figures of a face: lips shut where performed, vowels as open, visemes with the lips, lids that meet.

Measured on the mesh as it shows, for faces that keys move; for lips of bones see :mod:`.mouths`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from ..faces.face_frame import face_frame
from ..faces.heard_visemes import heard_shares
from ..faces.key_shapes import key_shape, rest_points
from ..faces.lids import Lids, find_lids
from ..faces.lip_targets import full_gap, lip_measures
from ..faces.mouth import Mouth
from ..faces.visemes import Visemes
from ..rig import Rig
from .case import Case, Doubles

_SHUT, _OPEN = 3.5e-4, 4e-3
"""Metres between the default character's lips: up to which they are shut, and from which on they say a vowel."""
_MOST = 60
"""Frames that are looked at for one figure."""
_BLINKS = 0.99


def lips(case: Case) -> dict[str, float]:
    """Lips on p, b, m: largest gap over the rest gap in per cent of the mouth's width; vowels, visemes.

    ``lips share %``: how far the share of the jaw's gap is from the default character's, at open vowels.
    ``viseme 1-r``: 1 less the correlation of the gap with the default character's.
    """
    mouth = mouth_of(case.rig)
    if mouth is None or case.name != "speech":
        return {}
    gap = lip_measures(case.performance)[:, 0]
    inner = np.arange(1, len(gap) - 1)
    low = inner[(gap[inner] <= gap[inner - 1]) & (gap[inner] <= gap[inner + 1]) & (gap[inner] < _SHUT)]
    high = inner[(gap[inner] >= gap[inner - 1]) & (gap[inner] >= gap[inner + 1]) & (gap[inner] > _OPEN)]
    found: dict[str, float] = {}
    low = low[~_bitten(case)[low]]
    if len(low):
        found["lips shut %"] = float(100.0 * _apart(case, mouth, mouth.middle, _few(low)).max() / mouth.width)
    full, speaks = _jaw_gap(case.rig, mouth), any(isinstance(drive, Visemes) for drive in case.rig.drives)
    if len(high) and full > 0.0 and not speaks:
        rows = _few(high)
        share = _apart(case, mouth, mouth.middle, rows) / full / (gap[rows] / full_gap())
        found["lips share %"] = float(100.0 * np.abs(share - 1.0).max())
    if speaks:
        rows = np.arange(len(gap))
        shown = _apart(case, mouth, mouth.middle, rows)
        found["viseme 1-r"] = float(1.0 - np.corrcoef(shown, case.performance.lip_aperture[rows])[0, 1])
    return found


def _bitten(case: Case) -> npt.NDArray[np.bool_]:
    """Return (T,) where f or v is heard: the lower lip is under the teeth, and a face's own mouth for it may open."""
    heard = heard_shares(case.performance, ("FF",)) or {}
    return heard.get("FF", np.zeros(case.performance.frames)) > 0.0


def lids(case: Case) -> dict[str, float]:
    """Largest part of the open gap that is left between lids in a blink, in per cent."""
    if case.name != "speech":
        return {}
    worst = []
    for side in ("Left", "Right"):
        closed = np.flatnonzero(case.performance.coefficient(f"eyeBlink{side}") > _BLINKS)
        found = _lids_of(case.rig, f"eyeBlink{side}") or _lids_of_bones(case.rig, side)
        if found is not None and len(closed) and found.rest_gap > 0.0:
            left = found.rest_gap + _apart(case, found, np.arange(len(found.upper)), _few(closed))
            worst.append(100.0 * float(left.max()) / found.rest_gap)
    return {"lids %": max(worst)} if worst else {}


def mouth_of(rig: Rig) -> Mouth | None:
    """Return the mouth that keys of a rig move; None for a face without, or whose lips are not found."""
    for drive in rig.drives:
        found = getattr(drive, "mouth", None)
        if isinstance(found, Mouth):
            return found
    return rig.lip_fit.mouth if rig.lip_fit is not None else None


def _jaw_gap(rig: Rig, mouth: Mouth) -> float:
    """Return the metres by which the jaw alone parts the lips, 0 where nothing is a jaw."""
    if rig.lip_fit is not None and rig.lip_fit.by_bone:
        return rig.lip_fit.jaw_gap
    keys = [key for key in rig.keys if key.mesh == mouth.mesh and key.shows.mix and key.shows.mix[0][0] == "jawOpen"]
    return max((float(mouth.gap(key_shape(mouth.mesh, key.name))) for key in keys), default=0.0)


def _lids_of(rig: Rig, coefficient: str) -> Lids | None:
    for key in rig.keys:
        if coefficient in [name for name, _ in key.shows.mix] and not key.shows.greatest:
            moved, points = key_shape(key.mesh, key.name), rest_points(key.mesh)
            frame = face_frame(key.mesh, moved, points, rig.armature, rig.joints, rig.frame)
            found = find_lids(key.mesh, points, moved, frame)
            if found is not None:
                return found
    return None


def _lids_of_bones(rig: Rig, side: str) -> Lids | None:
    for lids in (lids for drive in rig.drives for lids in getattr(drive, "lids", ()) if lids.side == side):
        still = np.zeros_like(rest_points(lids.meet.mesh))
        frame = face_frame(lids.meet.mesh, still, still, rig.armature, rig.joints, rig.frame)
        return dataclasses.replace(lids.meet, frame=frame)
    return None


def _few(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), _MOST)).astype(int)]


def _apart(case: Case, part: Mouth | Lids, pairs: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> Doubles:
    """Return (rows,) metres by which pairs of a mesh's points part more than at rest, upwards as the head has it."""
    mesh, found = part.mesh, []
    ends = np.asarray(part.upper)[pairs], np.asarray(part.lower)[pairs]
    to_world = np.array(mesh.matrix_world, np.float64)[:3, :3]
    up = to_world @ np.linalg.inv(part.frame[:, :3])[:, 1]
    metre = float(np.linalg.norm(up))
    points = _still_points(case.rig, mesh)
    rest = (points[ends[0]] - points[ends[1]]) @ to_world.T @ up
    with _plainly(mesh):
        for row in rows:
            case.show(int(row))
            shown = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
            flat = np.empty(3 * len(shown.data.vertices), np.float32)
            shown.data.vertices.foreach_get("co", flat)
            world = flat.reshape(-1, 3).astype(np.float64) @ np.array(shown.matrix_world)[:3, :3].T
            apart = (world[ends[0]] - world[ends[1]]) @ (_head_turn(case.rig) @ up) - rest
            found.append(apart.mean() / metre**2)
    return np.array(found)


def _still_points(rig: Rig, mesh: Any) -> Doubles:
    """Return the (V, 3) points of a mesh at rest, in the shape that keys give it which no take moves."""
    moving = {key.name for key in rig.keys if key.mesh == mesh}
    for drive in rig.drives:
        moving |= set(getattr(drive, "keys_of_meshes", {}).get(mesh.name, ()))
    found = rest_points(mesh)
    for block in mesh.data.shape_keys.key_blocks[1:] if mesh.data.shape_keys is not None else ():
        if block.name not in moving and not block.mute and block.value != 0.0:
            found = found + block.value * key_shape(mesh, block.name)
    return found


def _head_turn(rig: Rig) -> Doubles:
    """Return (3, 3) how the head is turned in the world against its rest."""
    if "head" not in rig.joints:
        return np.eye(3)
    shown = rig.armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    bone = shown.pose.bones[rig.joints["head"].bone]
    world = np.array(shown.matrix_world.to_quaternion().to_matrix())
    turn = np.array((bone.matrix @ bone.bone.matrix_local.inverted()).to_quaternion().to_matrix())
    found: Doubles = (world @ turn @ world.T).astype(np.float64)
    return found


@contextmanager
def _plainly(mesh: Any) -> Iterator[None]:
    """Show a mesh for a while with none but its armatures' modifiers: others add points and take them away."""
    off = [item for item in mesh.modifiers if item.type != "ARMATURE" and item.show_viewport]
    for item in off:
        item.show_viewport = False
    try:
        yield
    finally:
        for item in off:
            item.show_viewport = True
