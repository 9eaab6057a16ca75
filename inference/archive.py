"""Reads NumPy's ``.npz`` and ``.npy`` from files nobody vouches for: sizes first, plain numbers and texts only.

``numpy.load`` believes what a file says of itself: 1 MB may unpack to 1 GB, and damaged members raise whatever their
decompressor raises. Here the directory, the declared and the real size, the way of packing, the kind of numbers and
the shape are looked at before memory is taken, and whatever is wrong is one :class:`ArchiveError`.
"""

from __future__ import annotations

import io
import math
import os
import re
import struct
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_MOST_MEMBERS = 256
_MOST_DIRECTORY = 1 << 16
_MOST_HEADER = 1 << 12
_MOST_DIMENSIONS = 8
_LONGEST_SIDE = 1 << 31
_BLOCK = 1 << 20
_MOST_RATIO = 1040
"""Times that deflated bytes grow at most."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_END, _END64 = b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE, _END64_SIZE, _MOST_COMMENT = 22, 20, 1 << 16
_MAGIC = b"\x93NUMPY"
_KIND = re.compile(r"'descr'\s*:\s*'([<>|=]?(?:b1|[iu][1248]|f[248]|[SU][1-9]\d{0,7}))'")
_OBJECTS = re.compile(r"'descr'\s*:\s*(?:'[<>|=]?O|\[)")
_ORDER = re.compile(r"'fortran_order'\s*:\s*(True|False)")
_SHAPE = re.compile(r"'shape'\s*:\s*\(([\d\sL,]*)\)")


class ArchiveError(ValueError):
    """What is wrong with a file of arrays, as a phrase that goes on from its name: ``"is no .npz archive"``."""


def read_arrays(source: Path | bytes, wanted: Collection[str] | None = None, *, most_bytes: int) -> dict[str, Array]:
    """Return the arrays of an ``.npz`` by name.

    Parameters
    ----------
    source : path or bytes
        The file, or what it holds.
    wanted : names
        Only these are read, and of these those that are there; the others are not unpacked. All when None.
    most_bytes : int
        Bytes that the archive, and everything read from it together, may have at most.

    Raises
    ------
    ArchiveError
        For whatever is wrong; nothing in the file was unpickled, and no more memory taken than ``most_bytes``.
    """
    try:
        if isinstance(source, bytes):
            return _arrays(io.BytesIO(source), len(source), wanted, most_bytes)
        with open(source, "rb") as stream:
            return _arrays(stream, os.fstat(stream.fileno()).st_size, wanted, most_bytes)
    except ArchiveError:
        raise
    except OSError as error:
        raise ArchiveError(f"cannot be read ({error.strerror or 'damaged'})") from error
    except Exception as error:  # decompressors and parsers of damaged bytes raise nearly anything
        raise ArchiveError("is damaged") from error


def read_array(path: Path, *, most_bytes: int) -> Array:
    """Return the array of an ``.npy`` file of no more than ``most_bytes``; raises :class:`ArchiveError` otherwise."""
    try:
        with open(path, "rb") as stream:
            if os.fstat(stream.fileno()).st_size > most_bytes:
                raise ArchiveError(_too_large(most_bytes))
            return _array(bytearray(stream.read(most_bytes)))
    except ArchiveError:
        raise
    except OSError as error:
        raise ArchiveError(f"cannot be read ({error.strerror or 'damaged'})") from error
    except Exception as error:
        raise ArchiveError("is damaged") from error


def array_names(path: Path) -> list[str]:
    """Return the names of the arrays in an ``.npz``, empty where it is none."""
    try:
        with open(path, "rb") as stream:
            _check_directory(stream, os.fstat(stream.fileno()).st_size)
            with zipfile.ZipFile(stream) as archive:
                return [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    except Exception:  # what it is not is another function's to say
        return []


def _too_large(most_bytes: int) -> str:
    return f"unpacks to more than {most_bytes >> 20} MB"


def _arrays(stream: BinaryIO, size: int, wanted: Collection[str] | None, most_bytes: int) -> dict[str, Array]:
    if size > most_bytes:
        raise ArchiveError(f"is larger than {most_bytes >> 20} MB")
    _check_directory(stream, size)
    found: dict[str, Array] = {}
    with zipfile.ZipFile(stream) as archive:
        members: dict[str, zipfile.ZipInfo] = {}
        for member in archive.infolist():
            if member.filename.endswith(".npy"):
                name = member.filename.removesuffix(".npy")
                if name in members:
                    raise ArchiveError(f"holds '{name[:40]}' twice")
                members[name] = member
        if not members:
            raise ArchiveError("is a zip archive without arrays")
        chosen = {name: member for name, member in members.items() if wanted is None or name in wanted}
        if sum(member.file_size for member in chosen.values()) > most_bytes:
            raise ArchiveError(_too_large(most_bytes))
        for name, member in chosen.items():
            if member.compress_type not in _PACKINGS or member.flag_bits & _ENCRYPTED:
                raise ArchiveError("is packed or locked in a way that NumPy does not use")
            # A size that cannot come of so few bytes is a lie, and no reason to set memory aside.
            if member.file_size > _MOST_RATIO * member.compress_size or member.compress_size > size:
                raise ArchiveError("is damaged")
            try:
                found[name] = _array(_unpacked(archive, member))
            except ArchiveError as error:
                raise ArchiveError(f"{error} in '{name[:40]}'") from error
    return found


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytearray:
    content = bytearray(member.file_size)
    at = 0
    with archive.open(member) as file:
        # To the end of the file and no further: its checksum is compared there.
        while block := file.read(_BLOCK):
            content[at : at + len(block)] = block
            at += len(block)
            if at > member.file_size:
                break
    if at != member.file_size:
        raise ArchiveError("is damaged")
    return content


def _check_directory(stream: BinaryIO, size: int) -> None:
    """Refuse an archive whose directory would make ``zipfile`` build many thousands of entries."""
    tail = min(size, _END_SIZE + _MOST_COMMENT)
    stream.seek(size - tail)
    end = stream.read(tail)
    at = end.rfind(_END)
    if at < 0 or len(end) - at < _END_SIZE:
        raise ArchiveError("is no .npz archive, or is cut short")
    entries, directory = struct.unpack("<10xHI", end[at : at + 16])
    if at >= _END64_SIZE and end[at - _END64_SIZE : at].startswith(_END64):
        raise ArchiveError("is an archive of a size that no performance has")
    if entries > _MOST_MEMBERS or directory > _MOST_DIRECTORY:
        raise ArchiveError(f"holds more than {_MOST_MEMBERS} entries")
    stream.seek(0)


def _array(content: bytearray) -> Array:
    """Return the array that the bytes of an ``.npy`` describe, writable; refuse all but numbers, truths and texts."""
    if not content.startswith(_MAGIC) or len(content) < 12:
        raise ArchiveError("holds something else than arrays")
    if content[6] == 1:
        start, length = 10, int.from_bytes(content[8:10], "little")
    else:
        start, length = 12, int.from_bytes(content[8:12], "little")
    if content[6] not in (1, 2, 3) or length > _MOST_HEADER or start + length > len(content):
        raise ArchiveError("is damaged")
    header = content[start : start + length].decode("latin1")
    kind, order, shape = _KIND.search(header), _ORDER.search(header), _SHAPE.search(header)
    if kind is None and _OBJECTS.search(header):
        raise ArchiveError("holds Python objects, which are never opened,")
    if kind is None or order is None or shape is None:
        raise ArchiveError("is damaged")
    sides = [int(side.strip().rstrip("L")) for side in shape[1].split(",") if side.strip()]
    if len(sides) > _MOST_DIMENSIONS or any(side > _LONGEST_SIDE for side in sides):
        raise ArchiveError("holds an array of a shape that cannot be")
    dtype = np.dtype(kind[1])
    body = memoryview(content)[start + length :]
    if math.prod(sides) * dtype.itemsize != len(body) or (0 in sides and sum(sides) > _MOST_HEADER):
        raise ArchiveError("is damaged")
    array = np.frombuffer(body, dtype).reshape(sides, order="F" if order[1] == "True" else "C")
    return array if array.flags.aligned else array.copy(order="K")
