"""Shape keys that drivers move: which property to animate instead, as Daz' characters and face panels have them.

A keyed value of a driven shape key has no effect. Where its driver hands on a property of the character, straight or by
way of other properties, that property takes the keys; what else is driven is left alone and said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..inference.arkit import region_of_coefficient
from .driven_value import driver_result

if TYPE_CHECKING:
    from .rig_parts import RigKey

_DEEPEST = 4
"""Drivers that may stand between a property and a shape key."""
_LEAST = 1e-4
"""Least change of a key, over the whole of a property, that counts."""
_STRAIGHT = 1e-3
"""Share of that change by which a driver may be bent."""
_ENDS, _LITTLE = (1.0, 100.0), 0.05
"""Where a property shows whole, by itself or in per cent, and what of a key is too little to be the whole."""
_MOST_SHARED = 2
"""Coefficients that one property may show; more of them make a whole expression."""


@dataclass(frozen=True)
class Driving:
    """A property that drives a shape key: the key's value is ``offset + gain * property``."""

    owner: Any
    """The data block that has it."""
    path: str
    gain: float
    offset: float


def driven_keys(keys: Iterable[RigKey], holders: Collection[Any]) -> dict[tuple[str, str], Driving]:
    """Return (mesh object, shape key) -> the property that drives it.

    Parameters
    ----------
    keys : iterable of RigKey
        What shows coefficients.
    holders : collection of bpy.types.ID
        Data blocks of the character whose properties may be animated.
    """
    drivers = _Drivers(holders)
    found: dict[tuple[str, str], Driving] = {}
    shows: dict[tuple[int, str], set[tuple[tuple[str, float], ...]]] = {}
    for key in keys:
        blocks = key.mesh.data.shape_keys
        if blocks.animation_data is None or not len(blocks.animation_data.drivers):
            continue
        driving = drivers.source(blocks, key.path, _DEEPEST)
        if driving is not None:
            found[key.mesh.name_full, key.name] = driving
            shows.setdefault((driving.owner.as_pointer(), driving.path), set()).add(key.shows.mix)
    return {place: item for place, item in found.items() if _one(shows[item.owner.as_pointer(), item.path])}


def _one(mixes: set[tuple[tuple[str, float], ...]]) -> bool:
    """Tell whether what a property shows is one movement: of one region, and of no more than both sides."""
    regions = {region_of_coefficient(mix[0][0]) for mix in mixes}
    return len(regions) == 1 and len({name for mix in mixes for name, _ in mix}) <= _MOST_SHARED


class _Drivers:
    """The drivers of data blocks, each looked up once."""

    def __init__(self, holders: Collection[Any]) -> None:
        self._holders = {item.as_pointer() for item in holders}
        self._known: dict[int, Mapping[str, Any]] = {}

    def of(self, owner: Any) -> Mapping[str, Any]:
        """Return data path -> driver curve of a data block."""
        pointer = owner.as_pointer()
        if pointer not in self._known:
            data = owner.animation_data
            curves = data.drivers if data is not None else ()
            self._known[pointer] = {c.data_path: c for c in curves if not c.mute and c.driver.is_valid}
        return self._known[pointer]

    def source(self, owner: Any, path: str, deep: int) -> Driving | None:
        """Return what drives a property in the end; None where nothing does, or nothing that can be animated."""
        curve = self.of(owner).get(path)
        if curve is None or deep == 0:
            return None
        now: dict[str, float] = {}
        for variable in curve.driver.variables:
            target = variable.targets[0]
            if variable.type != "SINGLE_PROP" or target.id is None:
                return None
            try:
                now[variable.name] = float(target.id.path_resolve(target.data_path))
            except (ValueError, TypeError):
                return None
        found = []
        for variable in curve.driver.variables:
            target = variable.targets[0]
            line = _line(curve, now, variable.name)
            source = self._end(target.id, target.data_path, deep) if line is not None else None
            if line is not None and source is not None:
                gain, offset = line
                found.append(Driving(source.owner, source.path, gain * source.gain, offset + gain * source.offset))
        return max(found, key=lambda item: abs(item.gain), default=None)

    def _end(self, owner: Any, path: str, deep: int) -> Driving | None:
        if path in self.of(owner):
            return self.source(owner, path, deep - 1)
        return Driving(owner, path, 1.0, 0.0) if owner.as_pointer() in self._holders and owner.is_editable else None


def _line(curve: Any, now: Mapping[str, float], name: str) -> tuple[float, float] | None:
    """Return gain and offset of a driver's result over one variable, the others as they are; None where it bends."""
    for unit in _ENDS:
        low, middle, high = (driver_result(curve, {**now, name: unit * share}) for share in (0.0, 0.5, 1.0))
        if low is None or middle is None or high is None or abs(high - low) < _LEAST:
            return None
        if abs(high - low) > _LITTLE:
            bent = abs(middle - 0.5 * (low + high))
            return ((high - low) / unit, low) if bent <= _STRAIGHT * abs(high - low) else None
    return None
