"""Settings said in words, as panels show them, and what two of them have otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from .setting import Setting, Settings, settings_of

_LONGEST = 40


def in_words(made: Settings) -> dict[str, str]:
    """Return title -> value in words of all settings, those of groups in them too, in the order of the panels."""
    found: dict[str, str] = {}
    for item, value in _every(made):
        # The upper face's menu and the layer of brows have one title.
        title = item.title if item.title not in found else f"{item.title} ({item.name.replace('_', ' ')})"
        found[title] = _value(item, value)
    return found


def unlike(one: dict[str, str], other: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return (title, value of one, value of the other) where words differ; a dash stands for what one does not say."""
    titles = dict.fromkeys((*one, *other))
    pairs = ((title, one.get(title, "-"), other.get(title, "-")) for title in titles)
    return [(title, mine, theirs) for title, mine, theirs in pairs if mine != theirs]


def _every(made: Settings) -> Iterator[tuple[Setting, Any]]:
    for name, item in settings_of(type(made)).items():
        value = getattr(made, name)
        if isinstance(value, Settings):
            yield from _every(value)
        elif name not in ("fps", "device"):
            yield item, value


def _value(item: Setting, value: Any) -> str:
    if value is None:
        return "automatic"
    if item.kind is bool:
        return "on" if value else "off"
    if item.kind in (int, float) and not item.names:
        unit = " ms" if item.milliseconds else f" {item.unit}" if item.unit else ""
        return f"{item.scale * value:.4g}{unit}" if item.kind is float else str(value)
    if item.kind is str:
        shown = next((choice.shown for choice in item.choices if choice.name == value), str(value))
        return _short(shown) or "none"
    rows = cast("tuple[Any, ...]", value)
    if item.names:
        named = [choice.shown for choice in item.choices if choice.name in rows]
        return "everything" if len(named) == len(item.choices) else ", ".join(named)
    if not rows:
        return "none"
    # Curves and places are long; which of two they are is told by their ends and their number.
    return f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}, {_short(str(rows[0]))}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
