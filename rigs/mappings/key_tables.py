"""Tables of shape keys that show one coefficient each, from names to what they show."""

from __future__ import annotations

from collections.abc import Mapping

from .convention import Shows
from .key_names import both_sides


def shown(names: Mapping[str, str]) -> dict[str, Shows]:
    """Return key -> what it shows, from key -> coefficient."""
    return {name: Shows(((coefficient, 1.0),)) for name, coefficient in names.items()}


def shown_on_each_side(names: Mapping[str, str]) -> dict[str, Shows]:
    """Return key with its side -> what it shows, from key -> coefficient, both without their sides."""
    return {
        end: Shows(((coefficient + side, 1.0),))
        for name, coefficient in names.items()
        for end, side in zip(both_sides(name), ("Left", "Right"), strict=True)
    }
