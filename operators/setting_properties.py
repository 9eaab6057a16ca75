"""Properties in Blender out of settings: name, range, default and texts are the field's.

A property holds a name in capitals, as Blender's menus have them, and milliseconds where the setting says so.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..inference.setting import Setting, settings_of
from .engine_list import ENGINE_ITEMS

Owner = TypeVar("Owner", bound=type)
EnumItems = tuple[tuple[str, str, str], ...]


def shown_settings(cls: type[Any]) -> dict[str, Setting]:
    """Return the settings of a class that have a property, by the name of the field."""
    return {name: item for name, item in settings_of(cls).items() if item.panel and item.scalar}


def enum_items(item: Setting) -> EnumItems:
    """Return the names of a setting as Blender's menus take them."""
    return tuple((choice.name.upper(), choice.shown, choice.text) for choice in item.choices)


def setting_property(cls: type[Any], name: str, **more: Any) -> Any:
    """Return the property of a setting.

    Parameters
    ----------
    cls : type
        A dataclass of settings.
    name : str
        Of the field.
    **more
        What else the property shall have, such as ``options`` or ``update``; goes before what the field says.
    """
    item = settings_of(cls)[name]
    unit = " (ms)" if item.milliseconds else ""
    values: dict[str, Any] = {"name": item.title + unit, "description": item.text}
    if callable(item.names):
        # Engines are known only when somebody asks; number 0 is the default of either kind.
        return EnumProperty(**{**values, "items": ENGINE_ITEMS[name], **more})
    if item.names:
        values["items"] = enum_items(item)
        if item.kind is tuple:
            values["default"] = {each.upper() for each in item.default}
            values["options"] = {"ENUM_FLAG"}
        else:
            values["default"] = item.default.upper()
        return EnumProperty(**{**values, **more})
    if item.default is not None and not item.optional:
        values["default"] = item.scale * item.default if item.kind is float else item.default
    if item.kind is bool:
        return BoolProperty(**{**values, **more})
    if item.kind is str:
        return StringProperty(**{**values, **more})
    for end, limit in (("min", item.low), ("max", item.high), ("soft_max", item.soft_high)):
        if limit is not None:
            values[end] = int(limit) if item.kind is int else item.scale * limit
    if item.kind is int:
        return IntProperty(**{**values, **more})
    values.update(precision=0, step=100) if item.milliseconds else values.update(precision=2, step=5)
    if (item.low, item.high) == (0, 1):
        values["subtype"] = "FACTOR"
    return FloatProperty(**{**values, **more})


_makers: dict[type, list[Callable[[], dict[str, Any]]]] = {}
"""Class of Blender's -> what makes the properties that settings give it."""


def with_settings(
    cls: type[Any], *, only: tuple[str, ...] = (), without: tuple[str, ...] = (), **more: Any
) -> Callable[[Owner], Owner]:
    """Give a class of Blender's the properties of settings when it is registered, see :func:`register_class`.

    Parameters
    ----------
    cls : type
        A dataclass of settings.
    only, without : tuple of str
        Fields to take alone, or to leave out.
    **more
        As :func:`setting_property`.
    """

    def make() -> dict[str, Any]:
        return {
            item.shown_name: setting_property(cls, name, **more)
            for name, item in shown_settings(cls).items()
            if name not in without and (not only or name in only)
        }

    return with_properties(make)


def with_properties(make: Callable[[], dict[str, Any]]) -> Callable[[Owner], Owner]:
    """Give a class of Blender's the properties that a function makes when it is registered."""

    def decorate(owner: Owner) -> Owner:
        _makers.setdefault(owner, []).append(make)
        return owner

    return decorate


def register_class(owner: type) -> None:
    """Register a class with Blender, with the properties of its settings; those that it declares itself stay."""
    own = inspect.get_annotations(owner)
    made = [make() for make in _makers.get(owner, ())]
    if made:
        owner.__annotations__ = {name: value for one in (*made, own) for name, value in one.items()}
    try:
        bpy.utils.register_class(owner)
    finally:
        # Blender 4.2 never frees what a property's function refers to while a class holds the property, and falls at
        # exit; once registered, no class needs it.
        owner.__annotations__ = own


def chosen(cls: type[Any], read: Callable[[str], Any], *, only: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields of settings that properties say.

    Parameters
    ----------
    read : callable
        Returns what a property of this name holds; raises ``KeyError`` for one that was not given.
    only : tuple of str
        Fields to look at alone.
    """
    found: dict[str, Any] = {}
    for name, item in shown_settings(cls).items():
        if only and name not in only:
            continue
        try:
            found[name] = said(item, read(item.shown_name))
        except KeyError:
            continue
    return found


def said(item: Setting, value: Any) -> Any:
    """Return the value of a setting from what its property holds."""
    if item.kind is tuple:
        return tuple(choice.name for choice in item.choices if choice.name.upper() in value)
    if item.names:
        return next((choice.name for choice in item.choices if choice.name.upper() == value), value.lower())
    if item.kind is not float:
        return value
    # 32 bits of a slider would otherwise show in files and messages, and reach past the range.
    number = round(value / item.scale, 5)
    low, high = item.low, item.high
    return min(max(number, number if low is None else low), number if high is None else high)


def shown_value(item: Setting, value: Any) -> Any:
    """Return what the property of a setting holds for a value; the inverse of :func:`said`."""
    if item.kind is tuple:
        return {each.upper() for each in value}
    if item.names:
        return value.upper()
    return item.scale * value if item.kind is float else value


def passed(operator: Any) -> dict[str, Any]:
    """Return the properties of an operator that a script, or a button, passed."""
    names = (item.identifier for item in operator.properties.bl_rna.properties if item.identifier != "rna_type")
    return {name: getattr(operator, name) for name in names if operator.properties.is_property_set(name)}
