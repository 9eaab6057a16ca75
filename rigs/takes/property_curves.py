"""Keyed properties of a data block: sampled over a stretch of time, and written."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..compat import active_channelbag

Doubles = npt.NDArray[np.float64]


def sample_properties(
    owner: Any, paths: list[str], first_frame: float, fps: float, duration: float | None, step: float = 0.1
) -> tuple[Doubles, Doubles]:
    """Return what properties are over a stretch of time, from their F-curves, without moving the playhead.

    Parameters
    ----------
    owner : bpy.types.ID
        The data block they belong to.
    paths : list of str
        Their data paths; one without an F-curve keeps its present value.
    first_frame : float
        Scene frame of time 0.
    duration : float or None
        Seconds; None samples to the last key, after which an F-curve mostly holds.
    step : float
        Seconds between samples.

    Returns
    -------
    times, values
        (N,) seconds and (N, len(paths)); one row when nothing is keyed.
    """
    curves = {path: curve for path, curve in property_curves(owner, paths).items() if len(curve.keyframe_points)}
    if not curves:
        return np.zeros(1), np.array([[float(owner.path_resolve(path)) for path in paths]])
    if duration is None:
        last = max(curve.keyframe_points[-1].co[0] for curve in curves.values())
        duration = max(0.0, (last - first_frame) / fps)
    times = np.append(np.arange(0.0, duration, step), duration)
    values = np.empty((len(times), len(paths)))
    for column, path in enumerate(paths):
        curve = curves.get(path)
        if curve is None:
            values[:, column] = float(owner.path_resolve(path))
        else:
            values[:, column] = [curve.evaluate(first_frame + time * fps) for time in times]
    return times, values


def property_curves(owner: Any, paths: list[str]) -> dict[str, Any]:
    """Return the F-curves of the owner's live action that drive these properties, by data path."""
    bag = active_channelbag(owner)
    if bag is None:
        return {}
    return {curve.data_path: curve for curve in bag.fcurves if curve.data_path in paths}


def curves_of(owner: Any, before: str, names: frozenset[str]) -> set[str]:
    """Return the data paths of an owner's live action that begin so and go on with one of these names."""
    bag = active_channelbag(owner)
    paths = [curve.data_path for curve in bag.fcurves] if bag is not None else []
    return {path for path in paths if path.startswith(before) and path[len(before) :].partition(".")[0] in names}


def keys_between(owner: Any, paths: list[str], first: float, last: float) -> int:
    """Return how many keys these properties have from frame ``first`` to ``last``."""
    return sum(
        1
        for curve in property_curves(owner, paths).values()
        for key in curve.keyframe_points
        if first <= key.co[0] <= last
    )


def write_keys(owner: Any, paths: list[str], frames: npt.NDArray[np.floating], values: Doubles) -> int:
    """Key properties and return the number of keys; keys they have between the first and last frame are replaced.

    Parameters
    ----------
    frames : (N,) array
        Rising frames.
    values : (N, len(paths)) array
        What they shall be there; of a menu the number of the entry.
    """
    for curve in property_curves(owner, paths).values():
        for key in reversed(list(curve.keyframe_points)):
            if frames[0] <= key.co[0] <= frames[-1]:
                curve.keyframe_points.remove(key, fast=True)
        curve.update()
    for column, path in enumerate(paths):
        holder, name = path.rpartition(".")[::2]
        group = owner.path_resolve(holder) if holder else owner
        menu = getattr(group.bl_rna.properties[name], "enum_items", None)
        for frame, value in zip(frames, values[:, column], strict=True):
            setattr(group, name, float(value) if menu is None else menu[int(value)].identifier)
            owner.keyframe_insert(path, frame=float(frame), group="Soliloquy Emotion")
    return values.size


def copy_keys(owner: Any, before: str, other: Any, after: str, names: frozenset[str]) -> None:
    """Give another data block the keys of some properties, as they are, with their curves' shape.

    Parameters
    ----------
    owner, before : bpy.types.ID, str
        Whose keys, and what their data paths begin with.
    other, after : bpy.types.ID, str
        Who gets them, and what the data paths begin with there.
    names : frozenset of str
        Properties, by the first name after the beginning.
    """
    bag = active_channelbag(owner)
    for curve in list(bag.fcurves) if bag is not None else ():
        name = curve.data_path.removeprefix(before)
        if name == curve.data_path or name.partition(".")[0] not in names:
            continue
        path = after + name
        for key in curve.keyframe_points:
            other.keyframe_insert(path, frame=key.co[0], group="Soliloquy Emotion")
        made = property_curves(other, [path])[path]
        made.extrapolation = curve.extrapolation
        for key, source in zip(made.keyframe_points, curve.keyframe_points, strict=True):
            for part in (
                "interpolation",
                "easing",
                "handle_left_type",
                "handle_right_type",
                "back",
                "amplitude",
                "period",
            ):
                setattr(key, part, getattr(source, part))
            key.co, key.handle_left, key.handle_right = source.co, source.handle_left, source.handle_right
        made.update()
