"""Options of the command line out of settings: name, range, default and help are the field's."""

from __future__ import annotations

import argparse
from typing import Any

from ..inference.setting import Setting, settings_of


def options_of(cls: type[Any]) -> dict[str, Setting]:
    """Return the settings of a class that have an option, by the name under which arguments keep it."""
    return {_dest(item): item for item in settings_of(cls).values() if item.option_name}


def add_settings(
    parser: argparse.ArgumentParser, cls: type[Any], *, without: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> None:
    """Add one option per setting to a command, under the headings that the settings name.

    What is not given is None in the arguments; :func:`given_settings` reads the rest.

    Parameters
    ----------
    cls : type
        A dataclass of settings.
    without, only : tuple of str
        Names of fields to leave out, or to add alone.
    """
    for item in options_of(cls).values():
        if _meant(item, without, only):
            _add(option_group(parser, item.group), item)


def option_group(parser: argparse.ArgumentParser, title: str) -> Any:
    """Return the group of options with a heading, made where it is not there yet; the parser without a heading."""
    if not title:
        return parser
    there = [group for group in parser._action_groups if group.title == title]
    return there[0] if there else parser.add_argument_group(title)


def help_of(item: Setting) -> str:
    """Return the help of an option: what it does, the names to choose from, the default."""
    text = item.text[:1].lower() + item.text[1:] if item.text[1:2].islower() else item.text
    if item.kind is bool:
        return f"do not {text}" if item.default else text
    if callable(item.names):
        text += " (see 'soliloquy engines')"
    elif item.choices:
        text += f": {', '.join(choice.name for choice in item.choices)}"
    return text if item.kind is tuple or item.default in (None, "") else f"{text} (default: {_default(item)})"


def given_settings(
    arguments: argparse.Namespace, cls: type[Any], *, without: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return field and value of the settings that were given.

    Parameters
    ----------
    cls, without, only
        As :func:`add_settings` had them.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used; the sentence names the option.
    """
    found: dict[str, Any] = {}
    for dest, item in options_of(cls).items():
        given = getattr(arguments, dest, None)
        if given is None or not _meant(item, without, only):
            continue
        if item.kind is tuple:
            given = tuple(name.strip() for name in given.split(",") if name.strip())
        elif item.milliseconds:
            given /= item.scale
        found[item.name] = item.check(given, f"{item.option_name} ")
    return found


def _meant(item: Setting, without: tuple[str, ...], only: tuple[str, ...]) -> bool:
    return item.name not in without and (not only or item.name in only)


def _dest(item: Setting) -> str:
    return item.option_name.lstrip("-").replace("-", "_")


def _add(group: Any, item: Setting) -> None:
    text = help_of(item).replace("%", "%%")
    if item.kind is bool:
        group.add_argument(item.option_name, action="store_const", const=not item.default, help=text)
        return
    kind: type = item.kind if item.kind in (float, int) else str
    group.add_argument(item.option_name, type=kind, metavar=_metavar(item), help=text)


def _metavar(item: Setting) -> str:
    if item.kind is tuple:
        return "A,B"
    if item.kind is str:
        return "NAME" if item.choices else "TEXT"
    if item.kind is int:
        return "N"
    if item.low is None or item.high is None or item.high >= 1000:
        return "S" if item.unit == "s" else "X"
    return f"{item.scale * item.low:g}..{item.scale * item.high:g}"


def _default(item: Setting) -> str:
    return str(item.default) if item.kind is str else f"{item.scale * item.default:g}"
