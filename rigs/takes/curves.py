"""Bulk writes of F-curves: our keys are tagged GENERATED, and keys of any other type are never touched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .. import compat

if TYPE_CHECKING:
    from .reduction import ReducedCurve

Floats = npt.NDArray[np.float32]

# Integer values of Blender's enums; foreach_set takes nothing else.
CONSTANT, LINEAR, BEZIER = 0, 1, 2
GENERATED = 5
FREE, ALIGNED, AUTO_CLAMPED = 0, 3, 4


@dataclass(frozen=True)
class Keys:
    """Keyframes of one F-curve."""

    points: Floats
    """(K, 2) frame and value, sorted by frame."""
    left: Floats
    """(K, 2) left handles."""
    right: Floats
    """(K, 2) right handles."""
    handles: npt.NDArray[np.int32]
    """(K,) type of both handles: FREE, ALIGNED or AUTO_CLAMPED."""
    interpolation: int = BEZIER


def write_curve(bag: Any, data_path: str, index: int, group: str, keys: Keys, *, unfinished: bool = False) -> Any:
    """Write keys to one F-curve of a channelbag, tagged GENERATED.

    A curve that exists already loses its generated keys within the written range only. Keys of every other type stay
    as they are, and where one lies on the same frame it wins.

    Parameters
    ----------
    unfinished : bool
        The caller calls :func:`finish` on the action when all its curves, which are new, are written; that is quicker.

    Returns
    -------
    bpy.types.FCurve
    """
    curve = bag.fcurves.find(data_path, index=index)
    if curve is None:
        curve = compat.new_fcurve(bag, data_path, index, group)
    else:
        _clear_generated(curve, float(keys.points[0, 0]), float(keys.points[-1, 0]))
    old = len(curve.keyframe_points)
    if old:
        frames = _get(curve, "co", 2)[:, 0]
        keys = _without(keys, frames)
    _append(curve, keys, selected=unfinished)
    if not unfinished:
        curve.update()
    return curve


def finish(action: Any) -> None:
    """Deselect all keys of an action whose curves were written unfinished, and shape its handles."""
    # In this order: Blender shapes the aligned handles of selected keys in another way.
    compat.deselect_keys(action)
    for bag in compat.channelbags(action):
        for curve in bag.fcurves:
            curve.update()


def splice(curve: Any, keys: Keys, *, from_key: bool, to_key: bool) -> None:
    """Replace all keys of an F-curve between the first and the last of the given ones, whoever made them.

    Parameters
    ----------
    from_key, to_key : bool
        The first, or last, given key lies on the curve and leads over from it: the curve before, or after, keeps its
        shape. Otherwise that key is one of the new ones.
    """
    low, high = float(keys.points[0, 0]), float(keys.points[-1, 0])
    points = curve.keyframe_points
    for frame, wanted in ((low, from_key), (high, to_key)):
        if wanted and not (np.abs(_get(curve, "co", 2)[:, 0] - frame) < 1e-3).any():
            _divide(curve, frame)
    frames = _get(curve, "co", 2)[:, 0]
    inside = (frames > low + (1e-3 if from_key else -1e-3)) & (frames < high - (1e-3 if to_key else -1e-3))
    for index in np.flatnonzero(inside)[::-1]:
        points.remove(points[int(index)], fast=True)
    part = slice(1 if from_key else 0, -1 if to_key else None)
    _append(
        curve, Keys(keys.points[part], keys.left[part], keys.right[part], keys.handles[part], keys.interpolation)
    )  # fmt: skip
    curve.update()
    for frame, wanted, side, place in ((low, from_key, "right", keys.right[0]), (high, to_key, "left", keys.left[-1])):
        if wanted:
            key = points[int(np.abs(_get(curve, "co", 2)[:, 0] - frame).argmin())]
            key.handle_left_type = key.handle_right_type = "FREE"
            setattr(key, f"handle_{side}", place)
            if side == "right":
                key.interpolation = "BEZIER" if keys.interpolation == BEZIER else "LINEAR"
    curve.update()


def _divide(curve: Any, frame: float) -> None:
    """Add a generated key where an F-curve plays at a frame, and shape the handles so that it plays as before.

    Handles that Blender moves by itself become free ones on the two keys beside it.
    """
    points = curve.keyframe_points
    value = curve.evaluate(frame)
    after = int(np.searchsorted(_get(curve, "co", 2)[:, 0], frame))
    parts = None
    if 0 < after < len(points):
        before, behind = points[after - 1], points[after]
        if before.interpolation == "BEZIER":
            corners = (before.co, before.handle_right, behind.handle_left, behind.co)
            parts = _parted([np.array(corner, np.float64) for corner in corners], frame)
    points.insert(frame, value, options={"FAST"}, keyframe_type="GENERATED")
    key = points[after]
    for index in range(max(after - 1, 0), min(after + 2, len(points))):
        points[index].handle_left_type = points[index].handle_right_type = "FREE"
    key.handle_left, key.handle_right = (frame - 0.3, value), (frame + 0.3, value)
    if 0 < after < len(points) - 1:
        key.interpolation = points[after - 1].interpolation
    if parts is not None:
        # Only now: Blender shapes the neighbours' handles when it inserts a key, though not exactly.
        points[after - 1].handle_right, key.handle_left, key.handle_right, points[after + 1].handle_left = parts
    key.select_control_point = key.select_left_handle = key.select_right_handle = False


def _parted(corners: list[npt.NDArray[np.float64]], frame: float) -> list[npt.NDArray[np.float64]]:
    """Return the four inner handles of a Bezier segment cut in two at a frame (de Casteljau)."""
    start, one, two, stop = corners
    length = stop[0] - start[0]
    # As Blender does, so that the curve never runs backwards.
    one = start + (one - start) * min(1.0, length / max(abs(one[0] - start[0]), 1e-9))
    two = stop + (two - stop) * min(1.0, length / max(abs(two[0] - stop[0]), 1e-9))

    def cut(part: float) -> list[npt.NDArray[np.float64]]:
        first, middle, last = (a + part * (b - a) for a, b in ((start, one), (one, two), (two, stop)))
        return [first, first + part * (middle - first), middle + part * (last - middle), last]

    part, low, high = 0.5, 0.0, 1.0
    places = [float(corner[0]) for corner in (start, one, two, stop)]
    for _ in range(50):
        part = (low + high) / 2
        # Plain numbers: hundreds of segments are cut for one gesture.
        row = places
        while len(row) > 1:
            row = [a + part * (b - a) for a, b in pairwise(row)]
        if row[0] < frame:
            low = part
        else:
            high = part
    return cut(part)


def _append(curve: Any, keys: Keys, *, selected: bool = False) -> None:
    """Add generated keys after all others; ``curve.update()`` puts them in order."""
    points = curve.keyframe_points
    old, count = len(points), len(keys.points)
    points.add(count)
    for name, value in (("co", keys.points), ("handle_left", keys.left), ("handle_right", keys.right)):
        _set(curve, name, value, old, 2)
    for name, value in (
        ("interpolation", np.full(count, keys.interpolation, np.uint8)),
        ("type", np.full(count, GENERATED, np.uint8)),
        ("handle_left_type", handles := keys.handles.astype(np.uint8)),
        ("handle_right_type", handles),
    ):
        _set(curve, name, value, old, 1)
    # New keys come selected; an artist who then moves one key would move them all.
    for name in ("select_control_point", "select_left_handle", "select_right_handle") if not selected else ():
        _set(curve, name, np.zeros(count, np.bool_), old, 1)


def write_reduced(
    bag: Any,
    data_path: str,
    group: str,
    curve: ReducedCurve,
    at: npt.NDArray[np.float64],
    interpolation: str,
    *,
    afresh: bool = False,
    unfinished: bool = False,
) -> int:
    """Write a reduced curve, one F-curve per component, and return the number of keys.

    Parameters
    ----------
    at : (K,) array
        Frames of the keys.
    interpolation : str
        ``"BEZIER"``, ``"LINEAR"`` or ``"CONSTANT"``.
    afresh : bool
        Drop every key the F-curves hold, whoever made it. For curves known to hold nothing but generated keys.
    unfinished : bool
        As for :func:`write_curve`.
    """
    width = curve.values.shape[1]
    for component, keys in enumerate(keys_of(curve, at, interpolation)):
        index = component if width > 1 else 0
        if afresh:
            old = bag.fcurves.find(data_path, index=index)
            if old is not None:
                old.keyframe_points.clear()
        write_curve(bag, data_path, index, group, keys, unfinished=unfinished)
    return len(at) * width


def keys_of(curve: ReducedCurve, at: npt.NDArray[np.float64], interpolation: str) -> list[Keys]:
    """Return the keys of every component of a reduced curve, ``at`` (K,) frames; arguments as :func:`write_reduced`."""
    step = np.diff(at) / 3.0
    edge = step[:1] if len(step) else np.ones(1)
    before, after = np.concatenate([edge, step]), np.concatenate([step, edge])
    if interpolation == "BEZIER":
        mode, handles = BEZIER, np.where(curve.aligned, ALIGNED, FREE).astype(np.int32)
    else:
        mode = CONSTANT if interpolation == "CONSTANT" else LINEAR
        handles = np.full(len(at), AUTO_CLAMPED, np.int32)
    return [
        Keys(
            np.stack([at, curve.values[:, component]], axis=1).astype(np.float32),
            np.stack([at - before, curve.left[:, component]], axis=1).astype(np.float32),
            np.stack([at + after, curve.right[:, component]], axis=1).astype(np.float32),
            handles,
            mode,
        )
        for component in range(curve.values.shape[1])
    ]


def _kind(name: str, width: int) -> type:
    if name.startswith("select"):
        return np.bool_
    # Enums of keys are bytes in Blender, which then copies them as they are.
    return np.float32 if width == 2 else np.uint8


def _get(curve: Any, name: str, width: int) -> npt.NDArray[Any]:
    kind = _kind(name, width)
    found = np.zeros(len(curve.keyframe_points) * width, kind)
    curve.keyframe_points.foreach_get(name, found)
    return found.reshape(-1, width) if width > 1 else found


def _set(curve: Any, name: str, value: npt.NDArray[Any], old: int, width: int) -> None:
    """Set an attribute of the keys after the first ``old`` ones; the others keep theirs."""
    kind = _kind(name, width)
    new = np.ascontiguousarray(value, kind)
    if old:
        new = np.concatenate([_get(curve, name, width)[:old], new])
    curve.keyframe_points.foreach_set(name, new.ravel())


def points(curve: Any, name: str) -> Floats:
    """Return (K, 2) frame and value of the keys (``"co"``) or of one of their handles, a copy."""
    return _get(curve, name, 2)


def copy_attribute(curve: Any, onto: Any, name: str) -> None:
    """Copy one enum of all keys, such as ``"interpolation"``, onto a curve with as many keys."""
    onto.keyframe_points.foreach_set(name, np.ascontiguousarray(_get(curve, name, 1)))


def _clear_generated(curve: Any, first: float, last: float) -> None:
    """Remove the generated keys between two frames."""
    frames, types = _get(curve, "co", 2)[:, 0], _get(curve, "type", 1)
    gone = np.flatnonzero((types == GENERATED) & (frames >= first - 1e-3) & (frames <= last + 1e-3))
    for index in gone[::-1]:
        curve.keyframe_points.remove(curve.keyframe_points[int(index)], fast=True)


def _without(keys: Keys, frames: npt.NDArray[Any]) -> Keys:
    """Drop the keys that lie on one of the frames."""
    near = np.abs(keys.points[:, None, 0] - frames[None, :]).min(axis=1) < 1e-3
    keep = ~near
    return Keys(keys.points[keep], keys.left[keep], keys.right[keep], keys.handles[keep], keys.interpolation)


def count_keys(actions: Iterable[Any]) -> int:
    """Count all keys of some actions."""
    return sum(len(c.keyframe_points) for action in actions for bag in compat.channelbags(action) for c in bag.fcurves)


def foreign_keys(bag: Any) -> int:
    """Count the keys in a channelbag that this extension did not write (their type is not GENERATED)."""
    return sum(int((_get(curve, "type", 1) != GENERATED).sum()) for curve in bag.fcurves)


def key_state(action: Any) -> str:
    """Return a short hash of all there is to a key: what a person can change about it, handles included."""
    digest = hashlib.sha256()
    for bag in compat.channelbags(action):
        for curve in bag.fcurves:
            digest.update(f"{curve.data_path} {curve.array_index} {len(curve.modifiers)}".encode())
            for name in ("co", "handle_left", "handle_right"):
                digest.update(np.round(_get(curve, name, 2).astype(np.float64), 4).tobytes())
            for name in ("interpolation", "type", "handle_left_type", "handle_right_type"):
                digest.update(_get(curve, name, 1).astype(np.int32).tobytes())
    return digest.hexdigest()[:16]


def fingerprint(action: Any) -> str:
    """Return a short hash of every key's frame and value and of the curves' modifiers in an action.

    It changes when a person moves, adds or deletes a key, whatever the key's type.
    """
    digest = hashlib.sha256()
    for bag in compat.channelbags(action):
        for curve in bag.fcurves:
            points = _get(curve, "co", 2).astype(np.float64)
            digest.update(np.round(points, 4, out=points).data)
            digest.update(len(curve.modifiers).to_bytes(4, "little"))
    return digest.hexdigest()[:16]
