"""Settings of several numbers: tracks over time and points in space, checked row by row."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from .errors import SoliloquyError
from .setting import shown

Rows = tuple[tuple[float, ...], ...]


def number_rows(value: Any, width: int, name: str, row_text: str) -> Rows:
    """Return rows of finite numbers.

    Parameters
    ----------
    value : object
        What was given: a tuple, list or array of rows.
    width : int
        Numbers in a row.
    name : str
        The setting, for the sentence.
    row_text : str
        What a row is, such as ``"three numbers, in metres"``.

    Raises
    ------
    SoliloquyError
        For anything else; the sentence names the row.
    """
    items = _items(value, name)
    # Gaze that follows an object holds a row per frame: what is right already passes at once.
    if _right_already(items, width):
        rows = tuple(items)
    else:
        rows = tuple(_row(row, number, width, name, row_text) for number, row in enumerate(items, 1))
    if rows and not np.isfinite(np.array(rows)).all():
        bad = int(np.flatnonzero(~np.isfinite(np.array(rows)).all(1))[0])
        raise SoliloquyError(f"Row {bad + 1} of {name} holds {_not_finite(rows[bad])}.", f"Each row is {row_text}.")
    return rows


def within(values: Rows, low: float, high: float, name: str) -> None:
    """Raise :class:`SoliloquyError` where a number is out of range."""
    if not values:
        return
    outside = (np.array(values) < low) | (np.array(values) > high)
    if outside.any():
        row, column = (int(index) for index in np.argwhere(outside)[0])
        raise SoliloquyError(
            f"Row {row + 1} of {name} holds {values[row][column]:g}.",
            f"Its numbers lie between {low:g} and {high:g}.",
        )


def named_rows(
    value: Any, names: tuple[str, ...], name: str, noun: str, limits: Callable[[str], tuple[float, float]]
) -> tuple[tuple[float, str, float], ...]:
    """Return rows of a time, one of ``names`` and a number, in order of time.

    Parameters
    ----------
    noun : str
        What one of the names is called, for the sentence.
    limits : callable
        Returns the least and the greatest number of a name.

    Raises
    ------
    SoliloquyError
        For anything else; the sentence names the row.
    """
    numbers: list[tuple[Any, Any]] = []
    said: list[str] = []
    for number, row in enumerate(_items(value, name), 1):
        items = _parts(row)
        if items is None or len(items) != 3:
            raise SoliloquyError(f"Row {number} of {name} is {shown(row)}.", "Each row is a time, a name, a number.")
        if not isinstance(items[1], str) or items[1] not in names:
            raise SoliloquyError(
                f"Row {number} of {name} names an unknown {noun} {shown(items[1])}.",
                f"Choose among: {', '.join(names)}.",
            )
        numbers.append((items[0], items[2]))
        said.append(items[1])
    checked = number_rows(numbers, 2, name, "a time, a name, a number")
    rows = [(time, word, amount) for (time, amount), word in zip(checked, said, strict=True)]
    for number, (_, word, amount) in enumerate(rows, 1):
        low, high = limits(word)
        if not low <= amount <= high:
            raise SoliloquyError(
                f"Row {number} of {name} holds {amount:g}.", f"The numbers of {word} lie between {low:g} and {high:g}."
            )
    return tuple(sorted(rows, key=lambda row: row[0]))


def choice_rows(value: Any, names: tuple[str, ...], name: str, noun: str) -> tuple[tuple[float, str], ...]:
    """Return rows of a time and one of ``names``, in order of time; of several at one time the last one counts.

    Raises
    ------
    SoliloquyError
        For anything else; the sentence names the row.
    """
    rows: list[tuple[Any, Any, float]] = []
    for number, row in enumerate(_items(value, name), 1):
        items = _parts(row)
        if items is None or len(items) != 2:
            raise SoliloquyError(f"Row {number} of {name} is {shown(row)}.", "Each row is a time and a name.")
        rows.append((items[0], items[1], 0.0))
    found = {time: word for time, word, _ in named_rows(rows, names, name, noun, lambda _name: (0.0, 0.0))}
    return tuple(found.items())


def _items(value: Any, name: str) -> tuple[Any, ...] | list[Any]:
    items = _parts(value)
    if items is None:
        raise SoliloquyError(f"{name} is {shown(value)}.", "Give a list of rows.")
    return items


def _parts(value: Any) -> tuple[Any, ...] | list[Any] | None:
    """Return the parts of a list, tuple or array; None for anything else, texts among it."""
    if isinstance(value, np.ndarray):
        value = cast(Any, value).tolist()
    return cast("tuple[Any, ...] | list[Any]", value) if isinstance(value, tuple | list) else None


def _right_already(rows: tuple[Any, ...] | list[Any], width: int) -> bool:
    """Return whether all rows are tuples of ``width`` floats."""
    return (
        set(map(type, rows)) <= {tuple}
        and set(map(len, rows)) <= {width}
        and set(map(type, itertools.chain.from_iterable(rows))) <= {float}
    )


def _row(row: Any, number: int, width: int, name: str, row_text: str) -> tuple[float, ...]:
    items = _parts(row)
    if items is None or len(items) != width:
        raise SoliloquyError(f"Row {number} of {name} is {shown(row)}.", f"Each row is {row_text}.")
    for item in items:
        if isinstance(item, bool) or not isinstance(item, int | float | np.integer | np.floating):
            raise SoliloquyError(f"Row {number} of {name} holds {shown(item)}.", f"Each row is {row_text}.")
    try:
        return tuple(float(item) for item in items)
    except OverflowError:
        raise SoliloquyError(f"Row {number} of {name} holds a number too large.", f"Each row is {row_text}.") from None


def _not_finite(row: tuple[float, ...]) -> str:
    return f"{next(item for item in row if not np.isfinite(item)):g}"
