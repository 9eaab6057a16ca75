"""A setting is declared once: default, range, texts, unit and command-line name beside its field.

::

    @dataclass(frozen=True)
    class GestureSettings(Settings):
        energy: float = setting(1.0, "Energy", "Size and speed of the gestures", low=0, high=2)

From the field derive what the dataclass accepts (:class:`Settings`), the options of the command line
(``shell/setting_options.py``), the properties in Blender (``operators/setting_properties.py``) and the table in
``docs/settings.md`` (``shell/settings_page.py``).
"""

from __future__ import annotations

import dataclasses
import functools
import math
import numbers
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

import numpy as np

from .errors import SoliloquyError

Value = TypeVar("Value")
_KEY = "soliloquy"
_LONGEST_SHOWN = 40
REQUIRED: Any = dataclasses.MISSING
"""Default of a field that must be given."""


@dataclass(frozen=True)
class Choice:
    """One of the names that a setting can have."""

    name: str
    title: str = ""
    """As the panels show it; the name with a capital when empty."""
    text: str = ""
    """What it means, one sentence without its full stop."""

    @property
    def shown(self) -> str:
        """What the panels show."""
        return self.title or self.name.replace("_", " ").capitalize()


Choices = tuple[Choice, ...] | Callable[[], tuple[Choice, ...]]
"""The names there are; a function where they are known only when somebody asks, as of engines."""


@dataclass(frozen=True)
class Setting:
    """What is known about one field of a :class:`Settings`."""

    name: str
    """The field's."""
    kind: type[Any]
    """``float``, ``int``, ``bool`` or ``str``; ``tuple`` for several names or rows, ``Settings`` classes for groups."""
    default: Any
    optional: bool
    """Whether None may stand for "not given"."""
    title: str
    """As the panels show it."""
    text: str
    """What it does, without a full stop at the end."""
    low: float | None = None
    high: float | None = None
    soft_high: float | None = None
    """Where the slider ends; typed values reach ``high``."""
    unit: str = ""
    milliseconds: bool = False
    """Whether people see seconds as milliseconds; option and property are then named ``NAME_ms``."""
    noun: str = ""
    """What one value is called in a sentence; the title in small letters when empty."""
    group: str = ""
    """Heading of the option in ``--help``."""
    option: str | None = None
    """Name of the option without its dashes; empty for none."""
    panel: bool = True
    """Whether the scene and the operators have a property of it."""
    names: Choices = ()
    find: Callable[[str], None] | None = None
    """Looks up a name that is none of ``names``; raises :class:`SoliloquyError` where it is none at all."""
    check_value: Callable[[Any], Any] | None = None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The names it can have; empty when it is none of names."""
        return self.names() if callable(self.names) else self.names

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is REQUIRED

    @property
    def scalar(self) -> bool:
        """Whether one slider, switch, menu or option can say it."""
        return self.check_value is None and (self.kind in (float, int, bool, str) or bool(self.names))

    @property
    def scale(self) -> float:
        """What a value is multiplied by where people see it."""
        return 1000.0 if self.milliseconds else 1.0

    @property
    def shown_name(self) -> str:
        """Name of its property in Blender."""
        return f"{self.name}_ms" if self.milliseconds else self.name

    @property
    def option_name(self) -> str:
        """Name of its option with dashes, such as ``--smoothing-ms`` or ``--no-contacts``; empty for none."""
        if self.option == "" or not self.scalar:
            return ""
        said = self.option or self.shown_name.replace("_", "-")
        return f"--no-{said}" if self.kind is bool and self.default else f"--{said}"

    def check(self, value: Any, label: str = "") -> Any:
        """Return a value as the field holds it.

        Parameters
        ----------
        label : str
            How the person said it, such as ``"--energy "``, milliseconds in milliseconds; when empty as scripts do.

        Raises
        ------
        SoliloquyError
            When it is of another type, not finite, out of range, or no name there is.
        """
        if value is None and self.optional:
            return None
        if self.check_value is not None:
            return self.check_value(value)
        if issubclass(self.kind, Settings):
            if not isinstance(value, self.kind):
                raise self._refusal(value, label, f"Give a {self.kind.__name__}.")
            return value
        if self.kind is tuple:
            return self._several(value, label)
        if self.kind is bool:
            if not isinstance(value, bool | np.bool_):
                raise self._refusal(value, label, "Give True or False.")
            return bool(value)
        return self._text(value, label) if self.kind is str else self._number(value, label)

    def _number(self, value: Any, label: str) -> float | int:
        whole = self.kind is int
        kind = numbers.Integral if whole else numbers.Real
        scale = self.scale if label else 1.0
        limits = _between(self.low, self.high, scale)
        hint = f"Choose a {'whole number' if whole else 'value'}{limits}."
        if isinstance(value, bool) or not isinstance(value, kind):
            raise self._refusal(value, label, hint)
        try:
            number = int(cast(Any, value)) if whole else float(cast(Any, value))
        except OverflowError:
            number = math.inf
        if (
            (isinstance(number, float) and not math.isfinite(number))
            or (self.low is not None and number < self.low)
            or (self.high is not None and number > self.high)
        ):
            raise self._refusal(scale * number if self.milliseconds else value, label, hint)
        return number

    def _text(self, value: Any, label: str) -> str:
        choices = self.choices
        hint = f"Choose one of: {', '.join(choice.name for choice in choices)}." if choices else "Give a text."
        if not isinstance(value, str) or "\0" in value:
            raise self._refusal(value, label, hint)
        if choices and value not in {choice.name for choice in choices}:
            if self.find is not None:
                self.find(value)
                return str(value)
            raise SoliloquyError(f"There is no {self.noun or self.title.lower()} {shown(value)}.", hint)
        return str(value)

    def _several(self, value: Any, label: str) -> tuple[str, ...]:
        known = [choice.name for choice in self.choices]
        hint = f"Choose among: {', '.join(known)}."
        if isinstance(value, str) or not isinstance(value, tuple | list):
            raise self._refusal(value, label, f"Give a list of names. {hint}")
        items = cast("tuple[Any, ...] | list[Any]", value)
        if not items:
            raise SoliloquyError(f"{label or self.name + ' '}names no {self.noun}.", hint)
        for item in items:
            if not isinstance(item, str) or item not in known:
                raise SoliloquyError(f"There is no {self.noun} {shown(item)}.", hint)
        return tuple(dict.fromkeys(items))

    def _refusal(self, value: Any, label: str, hint: str) -> SoliloquyError:
        return SoliloquyError(f"{label or self.name + '='}{shown(value)} cannot be used.", hint)


def _between(low: float | None, high: float | None, scale: float) -> str:
    if low is not None and high is not None:
        return f" between {scale * low:.10g} and {scale * high:.10g}"
    return f" of {scale * low:.10g} or more" if low is not None else ""


def shown(value: Any) -> str:
    """Return a value for a sentence, never longer than a few words, whatever it is."""
    if isinstance(value, float | np.floating):
        return f"{float(cast('float', value)):g}"
    try:
        text = repr(value)
    except Exception:  # whole numbers of thousands of digits, and objects of others
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def setting(
    default: Value,
    title: str,
    text: str,
    *,
    low: float | None = None,
    high: float | None = None,
    soft_high: float | None = None,
    unit: str = "",
    milliseconds: bool = False,
    noun: str = "",
    group: str = "",
    option: str | None = None,
    panel: bool = True,
    names: Choices = (),
    find: Callable[[str], None] | None = None,
    check: Callable[[Any], Value] | None = None,
) -> Value:
    """Declare a field of a :class:`Settings` together with all that is known about it, see :class:`Setting`.

    Parameters
    ----------
    default : object
        :data:`REQUIRED` for a field that must be given.
    check : callable, optional
        For values of several parts: returns the value as the field holds it, or raises :class:`SoliloquyError`.
    """
    known = {
        "title": title,
        "text": text,
        "low": low,
        "high": high,
        "soft_high": soft_high,
        "unit": unit,
        "milliseconds": milliseconds,
        "noun": noun,
        "group": group,
        "option": option,
        "panel": panel,
        "names": names,
        "find": find,
        "check_value": check,
    }
    return cast(Value, dataclasses.field(default=cast(Any, default), metadata={_KEY: known}))


def gain(title: str, text: str) -> float:
    """Declare how strongly something shows: 1 as it is, 0 not at all, 2 twice as much."""
    return setting(1.0, title, text, low=0, high=2)


def group(kind: type[Value], title: str, text: str) -> Value:
    """Declare a field of a :class:`Settings` that holds settings of their own; the defaults are made when needed."""
    return cast(Value, dataclasses.field(default_factory=kind, metadata={_KEY: {"title": title, "text": text}}))


@dataclass(frozen=True)
class Settings:
    """Base of every group of settings: plain values that are checked however they come, and travel as JSON."""

    about: ClassVar[str] = "setting"
    """What one of them is called in a sentence."""
    heading: ClassVar[str] = ""
    """Heading of their options in ``--help``, where the field names none."""

    def __post_init__(self) -> None:
        for item in settings_of(type(self)).values():
            object.__setattr__(self, item.name, item.check(getattr(self, item.name)))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: Any) -> typing.Self:
        """Build from :meth:`to_json`'s values; what is missing has its default.

        Raises
        ------
        SoliloquyError
            When the values are no table, a name is unknown or missing, or a value cannot be used.
        """
        if isinstance(values, cls):
            return values
        if not isinstance(values, dict):
            hint = f'Give one, such as {{"{dataclasses.fields(cls)[0].name}": ...}}.'
            raise SoliloquyError(f"{shown(values)} is no table of names and values.", hint)
        table = cast("dict[Any, Any]", values)
        fields = {item.name: item for item in dataclasses.fields(cls)}
        for name in table:
            if name not in fields:
                import difflib

                near = difflib.get_close_matches(str(name), fields, 1)
                hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(fields)}."
                raise SoliloquyError(f"Unknown {cls.about} {shown(name)}.", hint)
        for name, field in fields.items():
            required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
            if required and name not in table:
                raise SoliloquyError(f"The {cls.about} '{name}' is missing.", "Give it.")
        groups = {item.name: item.kind for item in settings_of(cls).values() if issubclass(item.kind, Settings)}
        return cls(
            **{
                # None stands for "not given", which only a field that may be so accepts.
                name: groups[name].from_json(value) if name in groups and value is not None else value
                for name, value in table.items()
            }
        )


@functools.cache
def settings_of(cls: type[Any]) -> dict[str, Setting]:
    """Return what is known about the fields of a dataclass, by name; groups in it are settings of kind their class."""
    hints = typing.get_type_hints(cls)
    found: dict[str, Setting] = {}
    for field in dataclasses.fields(cls):
        known = field.metadata.get(_KEY)
        if known is not None:
            kind, optional = _kind(hints[field.name])
            default = field.default if field.default_factory is dataclasses.MISSING else None
            declared: dict[str, Any] = {**known, "group": known.get("group") or heading(cls)}
            found[field.name] = Setting(field.name, kind, default, optional, **declared)
    return found


def heading(cls: type[Any]) -> str:
    """Return the heading of a class's options in ``--help``."""
    return getattr(cls, "heading", "")


def _kind(hint: Any) -> tuple[type, bool]:
    """Return the type that a field's annotation names, and whether None may stand for it."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (inner,) = (part for part in typing.get_args(hint) if part is not type(None))
        return _kind(inner)[0], True
    kind = typing.get_origin(hint) or hint
    if kind not in (float, int, bool, str, tuple) and not (isinstance(kind, type) and issubclass(kind, Settings)):
        raise TypeError(f"A setting cannot be a {hint}.")
    return kind, False
