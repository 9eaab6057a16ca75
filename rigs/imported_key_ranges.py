"""Shape keys whose animation goes past 0 to 1, in files for and from programs that do not keep how far a slider goes.

A glTF has no sliders. Blender's importer widens them to a key's first value alone and stops the others at 0 and 1, so
components of expression, which are negative half of the time, come back cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
import numpy as np

from . import compat

_PLAY = 1e-3
_MOST = 10.0
"""What Blender lets a slider reach."""


def widen_to_animation(keys: Iterable[Any]) -> None:
    """Widen the sliders of imported shape keys to what their live action asks of them.

    Parameters
    ----------
    keys : iterable of bpy.types.Key
        Shape keys as an importer made them.
    """
    for owner in keys:
        for block, low, high in _animated(owner):
            block.slider_min = max(-_MOST, min(block.slider_min, low))
            block.slider_max = min(_MOST, max(block.slider_max, high))


def cut_by_importers(meshes: Iterable[Any]) -> str:
    """Return in a sentence which keys Blender's own glTF import will cut; empty where none goes past 0 to 1."""
    names: dict[str, None] = {}
    for owner in (mesh.data.shape_keys for mesh in meshes):
        for block, low, high in _animated(owner) if owner is not None else ():
            if low < -_PLAY or high > 1.0 + _PLAY:
                names[block.name] = None
    if not names:
        return ""
    said = f"'{next(iter(names))}'" + (f" and {len(names) - 1} more keys go" if len(names) > 1 else " goes")
    return (
        f"{said} below 0 or above 1. The file has all of it; Blender's own import cuts it at the sliders' ends until "
        "Range Min and Max are widened there."
    )


def _animated(owner: Any) -> list[tuple[Any, float, float]]:
    """Return the keys that a live action or strips animate, with the least and the greatest value of their F-curves."""
    data = owner.animation_data
    if data is None:
        return []
    actions = [data.action, *(strip.action for track in data.nla_tracks if not track.mute for strip in track.strips)]
    blocks = {f'key_blocks["{bpy.utils.escape_identifier(block.name)}"].value': block for block in owner.key_blocks}
    ends: dict[str, tuple[float, float]] = {}
    for action in dict.fromkeys(item for item in actions if item is not None):
        for bag in compat.channelbags(action):
            for curve in bag.fcurves:
                if curve.data_path not in blocks or not len(curve.keyframe_points):
                    continue
                places = np.empty(2 * len(curve.keyframe_points), np.float32)
                curve.keyframe_points.foreach_get("co", places)
                low, high = ends.get(curve.data_path, (np.inf, -np.inf))
                ends[curve.data_path] = min(low, float(places[1::2].min())), max(high, float(places[1::2].max()))
    return [(blocks[path], low, high) for path, (low, high) in ends.items()]
