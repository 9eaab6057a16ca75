"""Reads arrays out of a pickle without letting the pickle build anything.

What a pickle says is taken down as inert records: that here an array, there a kind of number was meant. Arrays are made
from the records afterwards, by us, once kind, shape and number of bytes have been found to fit one another. No name of
the file is looked up, and no constructor of NumPy, ``scipy`` or ``chumpy`` is called by the pickle's own words: a kind
of number that is built anew under an array that uses it already would corrupt memory.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from pickle import Unpickler, UnpicklingError
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ....models.opcodes import check_opcodes

Array = npt.NDArray[Any]

_KIND = re.compile(r"[<>|=]?(?:b1|[iu][1248]|f[248])")
_MOST_DIMENSIONS = 6
_MOST_DEPTH = 8
_MOST_OPCODES = 200_000
_MOST_NUMBERS = 40_000_000
"""Of a sparse matrix written out, as the joint regressors are: 55 joints of 10,475 vertices are half a million."""


class CodeError(UnpicklingError):
    """A name in the pickle that stands for something else than numbers."""


class _Record:
    """Something the pickle meant to build: its arguments and its state, as they were said."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Kind(_Record):
    """A kind of number, ``numpy.dtype``."""


class _Ndarray(_Record):
    """An array of NumPy's."""


class _Scalar(_Record):
    """One number of NumPy's."""


class _Chumpy(_Record):
    """A ``chumpy`` array."""


class _Columns(_Record):
    """A ``scipy`` matrix in compressed columns."""


class _Rows(_Record):
    """A ``scipy`` matrix in compressed rows."""


class _Call:
    """A function that the pickle may call; what it then wants to keep on it is refused."""

    __slots__ = ("_run",)

    def __init__(self, run: Callable[..., Any]) -> None:
        self._run = run

    def __call__(self, *arguments: Any) -> Any:
        return self._run(*arguments)

    def __setstate__(self, state: Any) -> None:
        raise UnpicklingError("a function with a state")


def _reconstruct(kind: Any, *_: Any) -> Any:
    """Stand for NumPy's own: an array whose state follows."""
    if kind is not _Ndarray:
        raise UnpicklingError("an array of another kind")
    return _Ndarray()


def _rebuild(kind: Any, *_: Any) -> Any:
    """Stand for ``copyreg``'s: an object whose state follows."""
    if kind not in (_Chumpy, _Columns, _Rows):
        raise UnpicklingError("an object of another kind")
    return kind()


def _encode(text: Any, encoding: Any = "latin1") -> bytes:
    """Stand for ``_codecs.encode``, by which Python 2's bytes come."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1", "utf-8"):
        raise UnpicklingError("bytes of another kind")
    return text.encode(encoding)


_NUMPY = ("numpy.core.multiarray", "numpy._core.multiarray")
_NAMES: dict[str, Any] = {
    "numpy.dtype": _Kind,
    "numpy.ndarray": _Ndarray,
    **{f"{package}._reconstruct": _Call(_reconstruct) for package in _NUMPY},
    **{f"{package}.scalar": _Scalar for package in _NUMPY},
    "collections.OrderedDict": OrderedDict,
    "_codecs.encode": _Call(_encode),
    # As Python 3 and as Python 2 wrote them.
    "copyreg._reconstructor": _Call(_rebuild),
    "copy_reg._reconstructor": _Call(_rebuild),
    "builtins.object": object,
    "__builtin__.object": object,
}


class _Reader(Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return the record that stands for a name."""
        if module.split(".")[0] == "chumpy":
            return _Chumpy
        if module.startswith("scipy.sparse") and name.startswith(("csc_", "csr_")):
            return _Columns if name.startswith("csc_") else _Rows
        found = _NAMES.get(f"{module}.{name}")
        if found is None:
            raise CodeError(f"{module}.{name}"[:80])
        return found


def read_pickled_arrays(
    path: Path, wanted: Collection[str], optional: Collection[str] = (), *, most_bytes: int
) -> dict[str, Array]:
    """Return some arrays of the dictionary that a pickle holds; of the optional ones those that are there whole.

    Raises
    ------
    CodeError
        For a name that stands for anything but arrays.
    KeyError
        For an array that is not there.
    Exception
        Nearly any other, for damaged bytes; the caller turns it into words.
    """
    if path.stat().st_size > most_bytes:
        raise ValueError("too large")
    with path.open("rb") as file:
        check_opcodes(file, most=_MOST_OPCODES)
        file.seek(0)
        content = _Reader(file, encoding="latin1").load()
    if not isinstance(content, Mapping):
        raise ValueError("not a dictionary")
    found = {name: _array(content[name]) for name in wanted}
    for name in optional:
        with contextlib.suppress(ValueError, KeyError):  # None stands where a model has none
            found[name] = _array(content[name])
    return found


def _array(record: Any, depth: int = 0) -> Array:
    """Return the numbers that a record stands for."""
    if depth > _MOST_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(record, _Ndarray):
        return _numbers(record)
    if isinstance(record, _Chumpy):
        return _selected(record, depth)
    if isinstance(record, _Columns | _Rows):
        return _dense(record, depth)
    raise ValueError("not an array")


def _numbers(record: _Ndarray) -> Array:
    said: object = record.state
    state = cast("tuple[Any, ...]", said) if isinstance(said, tuple) else ()
    if len(state) != 5:
        raise ValueError("not the state of an array")
    _version, shape, kind, by_columns, content = state
    if isinstance(content, str):  # Python 2's bytes
        content = content.encode("latin1")
    sides = _shape(shape)
    dtype = _dtype(kind)
    if not isinstance(content, bytes) or math.prod(sides) * dtype.itemsize != len(content):
        raise ValueError("shape and bytes disagree")
    return np.frombuffer(content, dtype).reshape(sides, order="F" if by_columns is True else "C")


def _shape(shape: Any) -> tuple[int, ...]:
    sides = cast("tuple[Any, ...]", shape) if isinstance(shape, tuple) else None
    if sides is None or len(sides) > _MOST_DIMENSIONS:
        raise ValueError("not a shape")
    if not all(type(side) is int and 0 <= side <= _MOST_NUMBERS for side in sides):
        raise ValueError("not a shape")
    return sides


def _dtype(record: Any) -> np.dtype[Any]:
    if not isinstance(record, _Kind) or not record.arguments or not isinstance(record.arguments[0], str):
        raise ValueError("not a kind of number")
    said: object = record.state
    state = cast("tuple[Any, ...]", said) if isinstance(said, tuple) else ()
    order = state[1] if len(state) > 1 else "="
    if order not in ("<", ">", "|", "=") or not _KIND.fullmatch(record.arguments[0]):
        raise ValueError("not a kind of number")
    return np.dtype(f"{order}{record.arguments[0].lstrip('<>|=')}")


def _integer(value: Any) -> int:
    """Return a whole number; Python 2 pickled sizes as NumPy's scalars now and then."""
    if isinstance(value, _Scalar) and len(value.arguments) == 2:
        kind, content = value.arguments
        if isinstance(content, str):
            content = content.encode("latin1")
        dtype = _dtype(kind)
        if dtype.kind not in "iu" or not isinstance(content, bytes) or len(content) != dtype.itemsize:
            raise ValueError("not a whole number")
        return int(np.frombuffer(content, dtype)[0])
    if type(value) is not int:
        raise ValueError("not a whole number")
    return value


def _fields(state: object) -> dict[Any, Any]:
    parts = cast("tuple[Any, ...]", state) if isinstance(state, tuple) else ()
    first = cast("object", parts[0] if parts else state)
    if not isinstance(first, dict):
        raise ValueError("an object without fields")
    return cast("dict[Any, Any]", first)


def _selected(record: _Chumpy, depth: int) -> Array:
    fields = _fields(record.state)
    if "x" in fields:
        return _array(fields["x"], depth + 1)
    places = _array(fields["idxs"], depth + 1).reshape(-1)
    if places.dtype.kind not in "iu":
        raise ValueError("places that are no whole numbers")
    picked = _array(fields["a"], depth + 1).reshape(-1)[places.astype(np.int64)]
    shape = fields.get("preferred_shape")
    return picked if shape is None else picked.reshape(_shape(tuple(_integer(side) for side in shape)))


def _dense(record: _Columns | _Rows, depth: int) -> Array:
    fields = _fields(record.state)
    shape = _shape(tuple(_integer(side) for side in fields.get("_shape", fields.get("shape", ()))))
    if len(shape) != 2 or math.prod(shape) > _MOST_NUMBERS:
        raise ValueError("a sparse matrix of unlikely size")
    starts, inner, values = (_array(fields[name], depth + 1).reshape(-1) for name in ("indptr", "indices", "data"))
    counts = np.diff(starts.astype(np.int64))
    if len(inner) != len(values) or (counts < 0).any() or counts.sum() != len(inner):
        raise ValueError("a sparse matrix whose parts disagree")
    outer = np.repeat(np.arange(len(counts)), counts)
    result = np.zeros(shape)
    np.add.at(result, (outer, inner) if isinstance(record, _Rows) else (inner, outer), values)
    return result
