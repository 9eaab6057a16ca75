"""The pose a character had before its takes, which removing the last one that plays brings back.

Blender leaves a property at the last value that animation gave it. What it was before, where that is not its rest
value, is remembered with the take, and taken over by takes that are baked on top.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .. import compat
from ..controls import set_property
from . import nla
from .key_ranges import set_back

if TYPE_CHECKING:
    from ..rig import Rig
    from .channels import Channel

Values = dict[str, list[float]]
"""Data path -> values."""


def rest_value(path: str) -> list[float]:
    """Return what a property that bakes animate is at rest; empty for one that has no rest, such as a custom one."""
    if path.endswith("rotation_quaternion"):
        return [1.0, 0.0, 0.0, 0.0]
    if path.endswith("location"):
        return [0.0, 0.0, 0.0]
    return [0.0] if path.endswith(".value") else []


def values_before(rig: Rig, channels: Iterable[Channel]) -> Values:
    """Return what channels are now, or were before the takes that play, where that is not their rest value."""
    known: Values = {}
    for track in nla.tracks(rig):
        known.update(track.info.get("before") or {})
    busy = {owner.as_pointer(): _animated(owner) for owner in nla.owners(rig)}
    found: Values = {}
    for target in (target for channel in channels for target in channel.targets):
        path = target.data_path
        if path in busy.get(target.owner.as_pointer(), set()):
            if path in known:
                found[path] = known[path]
            continue
        now = _values(target.owner, path)
        rest = rest_value(path)
        if not rest or any(a != b for a, b in zip(now, rest, strict=False)):
            found[path] = now
    return found


def _values(owner: Any, path: str) -> list[float]:
    value = owner.path_resolve(path)
    return [float(value)] if isinstance(value, int | float) else [float(item) for item in value]


def _animated(owner: Any) -> set[str]:
    """Return the data paths that something plays on a data block."""
    data = owner.animation_data
    if data is None:
        return set()
    bags = [compat.strip_channelbag(s) for track in data.nla_tracks if not track.mute for s in track.strips]
    return {c.data_path for bag in (*bags, compat.active_channelbag(owner)) if bag is not None for c in bag.fcurves}


def remembered(found: Iterable[nla.TakeTrack]) -> list[tuple[Any, str, list[float]]]:
    """Return (data block, data path, values before) of what tracks play; for :func:`give_back` once they are gone."""
    return [
        (item.owner, curve.data_path, (item.info.get("before") or {}).get(curve.data_path, rest_value(curve.data_path)))
        for item in found
        if not item.track.mute
        for bag in [compat.strip_channelbag(item.strip)]
        if bag is not None
        for curve in bag.fcurves
        if curve.array_index == 0
    ]


def give_back(values: Iterable[tuple[Any, str, list[float]]]) -> None:
    """Set properties that nothing plays any more to what they were."""
    busy: dict[int, set[str]] = {}
    for owner, path, before in values:
        if path in busy.setdefault(owner.as_pointer(), _animated(owner)):
            continue
        try:
            set_back(owner, path)
            set_property(owner, path, before)
        except (ValueError, TypeError, AttributeError, IndexError):
            continue  # the bone or the key is gone
