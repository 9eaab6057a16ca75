"""Reads back what an exported file holds: its meshes and its animations. Sizes are bounded before memory is taken."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

_JSON_BYTES = 256 << 20
_NODES = 1_000_000
_PROPERTY_BYTES = 64 << 10
_FBX_MAGIC = b"Kaydara FBX Binary  \x00\x1a\x00"
_FBX_SECOND = 46186158000
"""Units of time in an FBX per second."""


@dataclass(frozen=True)
class Contents:
    """What lies in an exported file."""

    meshes: frozenset[str]
    """Names of the objects that are meshes."""
    clips: tuple[tuple[str, float], ...]
    """Name and seconds of each animation."""


def read_glb(path: Path) -> Contents:
    """Read a binary glTF.

    Raises
    ------
    ValueError
        When the file is none, or damaged.
    """
    with open(path, "rb") as file:
        head = file.read(20)
        if len(head) < 20 or head[:4] != b"glTF" or head[16:20] != b"JSON":
            raise ValueError("no binary glTF")
        size = struct.unpack("<I", head[12:16])[0]
        if size > min(_JSON_BYTES, path.stat().st_size):
            raise ValueError("the header is larger than the file")
        header = file.read(size)
    try:
        found = json.loads(header)
        meshes = frozenset(node.get("name", "") for node in found.get("nodes", ()) if "mesh" in node)
        clips = tuple((clip.get("name", ""), _seconds(found, clip)) for clip in found.get("animations", ()))
    except (AttributeError, IndexError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("the header is damaged") from error
    return Contents(meshes, clips)


def _seconds(gltf: Any, clip: Any) -> float:
    inputs = [gltf["accessors"][sampler["input"]] for sampler in clip["samplers"]]
    return max(item["max"][0] for item in inputs) - min(item["min"][0] for item in inputs) if inputs else 0.0


@dataclass(frozen=True)
class _Node:
    name: str
    properties: int
    """Where its properties begin, and how many bytes they take."""
    length: int
    end: int


def read_fbx(path: Path) -> Contents:
    """Read a binary FBX.

    Raises
    ------
    ValueError
        When the file is none, or damaged.
    """
    size = path.stat().st_size
    with open(path, "rb") as file:
        head = file.read(27)
        if head[:23] != _FBX_MAGIC or len(head) < 27:
            raise ValueError("no binary FBX")
        wide = struct.unpack("<I", head[23:27])[0] >= 7500
        try:
            objects = next((node for node in _nodes(file, 27, size, wide) if node.name == "Objects"), None)
            if objects is None:
                raise ValueError("no objects")
            meshes: list[str] = []
            clips: list[tuple[str, float]] = []
            begin = objects.properties + objects.length
            for node in _nodes(file, begin, objects.end, wide):
                if node.name == "Model":
                    texts = _texts(file, node)
                    if texts[-1] == "Mesh":
                        meshes.append(texts[0])
                elif node.name == "AnimationStack":
                    clips.append((_texts(file, node)[0], _stack_seconds(file, node, wide)))
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise ValueError("the file is damaged") from error
    return Contents(frozenset(meshes), tuple(clips))


def _nodes(file: BinaryIO, begin: int, end: int, wide: bool) -> Iterator[_Node]:
    """Yield the nodes that follow one another from ``begin`` on, without what lies inside them."""
    form = struct.Struct("<QQQB" if wide else "<IIIB")
    at = begin
    for _ in range(_NODES):
        if at + form.size > end:
            return
        file.seek(at)
        stop, _count, length, letters = form.unpack(file.read(form.size))
        if stop == 0:
            return
        properties = at + form.size + letters
        if not at < properties + length <= stop <= end:
            raise ValueError("the file is damaged")
        yield _Node(file.read(letters).decode("ascii"), properties, length, stop)
        at = stop
    raise ValueError("the file holds too many parts")


def _values(file: BinaryIO, node: _Node) -> list[str | int]:
    """Return a node's texts and whole numbers of 64 bits, in order; other properties are skipped."""
    if node.length > _PROPERTY_BYTES:
        raise ValueError("a part of the file is too large")
    file.seek(node.properties)
    data, at = file.read(node.length), 0
    found: list[str | int] = []
    sizes = {"C": 1, "Y": 2, "I": 4, "F": 4, "D": 8}
    while at < len(data):
        kind, at = chr(data[at]), at + 1
        if kind in "SR":
            count = struct.unpack_from("<I", data, at)[0]
            text = data[at + 4 : at + 4 + count]
            if kind == "S":
                found.append(text.partition(b"\0\1")[0].decode("utf-8"))
            at += 4 + count
        elif kind == "L":
            found.append(struct.unpack_from("<q", data, at)[0])
            at += 8
        elif kind in sizes:
            at += sizes[kind]
        else:
            break
    return found


def _texts(file: BinaryIO, node: _Node) -> list[str]:
    return [value for value in _values(file, node) if isinstance(value, str)]


def _stack_seconds(file: BinaryIO, stack: _Node, wide: bool) -> float:
    """Return from where to where a stack of animations lasts."""
    ends: dict[str, int] = {}
    for node in _nodes(file, stack.properties + stack.length, stack.end, wide):
        for entry in _nodes(file, node.properties + node.length, node.end, wide) if node.name == "Properties70" else ():
            values = _values(file, entry)
            if values and values[0] in ("LocalStart", "LocalStop") and isinstance(values[-1], int):
                ends[str(values[0])] = values[-1]
    return (ends.get("LocalStop", 0) - ends.get("LocalStart", 0)) / _FBX_SECOND
