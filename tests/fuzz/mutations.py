"""Ways to damage an input: by bytes, and by what its format means."""

from __future__ import annotations

import copy
import io
import json
import pickletools
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

Random = np.random.Generator
Mutation = Callable[[bytes, Random], bytes]

_NUMBERS = (0, 1, -1, 2, 7, 127, 128, 255, 256, 32767, 65535, 65536, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1, 2**62)
_DESCRS = (
    "<f4",
    ">f8",
    "|O",
    "|V8",
    "<U1",
    "<U9999999",
    "|S0",
    "<M8[s]",
    "|b1",
    "<c16",
    "<f2",
    "|u1",
    "<i8",
    "",
    "<f4x",
)
_SHAPES = (
    "()", "(0,)", "(1,)", "(-1,)", "(4, 165)", "(99999999999999999999,)", "(4294967295, 4294967295)", "(1000000000, 0)",
    "(2147483647,)", "[3]", "(3", "(1L,)", "(1,)*9", "(" + "1, " * 40 + ")", "(" * 500 + ")" * 500,
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 0.5, -0.0, 1e308, -1e308, 1e-320, float("nan"), float("inf"), 10**18, 10**19, "", "x",
    "neutral", "\x00", "\ud800", "9" * 30, "../../etc", [], {}, [[]], [None], [1, 2, 3], {"a": 1}, "é" * 300,
)  # fmt: skip
_RAW = (
    "9" * 400,
    "-" + "9" * 5000,
    "1e999",
    "NaN",
    "[" * 2000,
    '{"a":' * 2000,
    "1.",
    "00",
    "0x1",
    "'a'",
    "tru",
    '"\\u12"',
)
_SNIPPETS = (
    b"\x85" * 300,
    b"0",
    b"2",
    b"(",
    b"t",
    b"}",
    b"]",
    b"N",
    b"R",
    b"b",
    b"s",
    b"u",
    b"e",
    b"a",
    b".",
    b"h\x00",
    b"h\x05",
    b"r\xff\xff\xff\x7f",
    b"j\xff\xff\xff\xff",
    b"cos\nsystem\n",
    b"cnumpy\ndtype\n",
    b"cnumpy\nndarray\n",
    b"\x81",
    b"\x92",
    b"X\x02\x00\x00\x00O8",
    b"X\xff\xff\xff\xff",
    b"B\xff\xff\xff\x7f",
    b"\x95" + b"\xff" * 8,
    b"\x96" + b"\xff" * 8,
    b"J\xff\xff\xff\xff",
    b"\x8a\xff",
    b"\x8b\xff\xff\xff\x7f",
    b"I01\n",
    b"I99999999999999999999\n",
    b"P1\n",
    b"Q",
    b"\x82\x01",
    b"ccopyreg\n_reconstructor\n",
    b"c__builtin__\nobject\n",
    b"ccollections\nOrderedDict\n",
    b"cnumpy.core.multiarray\nscalar\n",
    b"ctorch._utils\n_rebuild_tensor_v2\n",
    b"(cnumpy\ndtype\n",
)


def _pick(random: Random, choices: Any) -> Any:
    return choices[int(random.integers(len(choices)))]


def _value(random: Random) -> Any:
    return copy.deepcopy(_pick(random, _VALUES))


def by_bytes(data: bytes, random: Random) -> bytes:
    """Flip, overwrite, insert, take away, repeat or cut, one to four times, oftener near the beginning."""
    content = bytearray(data)
    for _ in range(int(random.integers(1, 5))):
        size = len(content)
        near = min(size, 160) if random.random() < 0.5 else size
        at = int(random.integers(0, near + 1)) if near else 0
        kind = int(random.integers(7))
        if kind == 0 and at < size:
            content[at] ^= 1 << int(random.integers(8))
        elif kind == 1:
            content[at : at + 1] = bytes([_pick(random, (0, 1, 127, 128, 255, int(random.integers(256))))])
        elif kind == 2:
            value, width = int(_pick(random, _NUMBERS)), int(_pick(random, (2, 4, 8)))
            order = _pick(random, ("little", "big"))
            content[at : at + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, order)
        elif kind == 3:
            content[at:at] = random.bytes(int(random.integers(1, 40)))
        elif kind == 4:
            del content[at : at + int(random.integers(1, max(2, size // 4)))]
        elif kind == 5:
            part = content[at : at + int(random.integers(1, 200))]
            content[at:at] = part * int(random.integers(1, 6))
        else:
            content = content[:at]
    return bytes(content)


def by_json(data: bytes, random: Random) -> bytes:
    """Put another value somewhere in JSON, take one away, or write what is none."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return by_bytes(data, random)
    marker = "@@raw@@"
    raw = ""
    for _ in range(int(random.integers(1, 4))):
        places = _places(tree)
        if not places:
            break
        holder, key = _pick(random, places)
        kind = random.random()
        if kind < 0.6:
            holder[key] = _value(random)
        elif kind < 0.7:
            holder[key], raw = marker, _pick(random, _RAW)
        elif kind < 0.8:
            del holder[key]
        elif kind < 0.9:
            holder[key] = [copy.deepcopy(holder[key]) for _ in range(int(random.integers(0, 50)))]
        elif isinstance(holder, dict):
            holder[str(_value(random))] = _value(random)
    text = json.dumps(tree).replace(f'"{marker}"', raw or "0")
    return by_bytes(text.encode(), random) if random.random() < 0.1 else text.encode()


def _places(tree: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for key in tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ():
        found.append((tree, key))
        found += _places(tree[key])
    return found


def npy(random: Random, data: bytes) -> bytes:
    """Write an ``.npy`` whose header lies, or damage the one there is."""
    if random.random() < 0.4 or not data.startswith(b"\x93NUMPY") or len(data) < 10:
        return by_bytes(data, random)
    length = struct.unpack("<H", data[8:10])[0]
    header, body = data[10 : 10 + length].decode("latin1"), data[10 + length :]
    if random.random() < 0.5:
        start = header.find("'descr': ") + 9
        header = header[:start] + f"'{_pick(random, _DESCRS)}'" + header[header.find(",", start) :]
    if random.random() < 0.5:
        start = header.find("'shape': ") + 9
        header = header[:start] + _pick(random, _SHAPES) + header[header.rfind(")") + 1 :]
    if random.random() < 0.2:
        header = header.replace("False", "True")
    if random.random() < 0.3:
        body = random.bytes(len(body)) if random.random() < 0.5 else body[: int(random.integers(len(body) + 1))]
    said = len(header) if random.random() < 0.8 else int(random.integers(65536))
    return data[:8] + struct.pack("<H", said) + header.encode("latin1") + body


def by_npy(data: bytes, random: Random) -> bytes:
    """As :func:`npy`, in the order of the other mutations."""
    return npy(random, data)


def by_members(data: bytes, random: Random) -> bytes:
    """Damage a member of an archive and pack it anew, whole; or let the directory lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {item.filename: archive.read(item) for item in archive.infolist()}
    except Exception:
        return by_bytes(data, random)
    for _ in range(int(random.integers(0, 3))):
        name = _pick(random, list(members))
        kind = random.random()
        if kind < 0.2:
            del members[name]
        elif kind < 0.3:
            members[_pick(random, list(members)) if random.random() < 0.5 else "poses.npy"] = members[name]
        elif name.endswith(".pkl"):
            members[name] = by_opcodes(members[name], random)
        elif kind < 0.5 and b"{" in members[name][128:]:
            members[name] = _text_member(members[name], random)
        else:
            members[name] = npy(random, members[name])
        if not members:
            break
    stream = io.BytesIO()
    packing = _pick(
        random, (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    )
    if any(name.endswith(".pkl") for name in members) and random.random() < 0.9:
        packing = zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    packed = bytearray(stream.getvalue())
    if random.random() < 0.5:
        marks = [at for mark in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06") for at in _find_all(packed, mark)]
        at = int(_pick(random, marks)) + int(random.integers(4, 40))
        packed[at : at + 4] = struct.pack("<I", int(_pick(random, _NUMBERS)) & 0xFFFFFFFF)[: int(random.integers(1, 5))]
    return bytes(packed)


def _text_member(data: bytes, random: Random) -> bytes:
    """Damage JSON that is kept as a text of NumPy's."""
    try:
        text = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception:  # damaged before
        return by_bytes(data, random)
    changed = by_json(str(text).encode(), random).decode("latin1")
    stream = io.BytesIO()
    np.save(stream, np.array(changed))
    return stream.getvalue()


def _find_all(data: bytearray, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def by_opcodes(data: bytes, random: Random) -> bytes:
    """Take opcodes of a pickle away, repeat or exchange them, or put others between."""
    try:
        places = [position for _, _, position in pickletools.genops(data) if position is not None]
    except Exception:
        return by_bytes(data, random)
    ends = [*places[1:], len(data)]
    parts = [data[start:stop] for start, stop in zip(places, ends, strict=True)]
    for _ in range(int(random.integers(1, 5))):
        at = int(random.integers(len(parts)))
        kind = int(random.integers(6))
        if kind == 0:
            del parts[at]
        elif kind == 1:
            parts.insert(at, parts[at])
        elif kind == 2:
            other = int(random.integers(len(parts)))
            parts[at], parts[other] = parts[other], parts[at]
        elif kind == 3:
            parts.insert(at, _pick(random, _SNIPPETS))
        elif kind == 4:
            parts[at] = _pick(random, _SNIPPETS)
        else:
            parts[at] = by_bytes(parts[at], random)
        if not parts:
            return b""
    return b"".join(parts)


def by_header(data: bytes, random: Random) -> bytes:
    """Damage the JSON header of a safetensors file."""
    length = int.from_bytes(data[:8], "little")
    if random.random() < 0.3 or not 0 < length < len(data):
        return by_bytes(data, random)
    header = by_json(data[8 : 8 + length], random)
    said = len(header) if random.random() < 0.8 else int(_pick(random, _NUMBERS)) & (2**64 - 1)
    return said.to_bytes(8, "little") + header + data[8 + length :]


def by_lines(data: bytes, random: Random) -> bytes:
    """Repeat, take away, exchange or change lines of a text."""
    lines = data.split(b"\n")
    words = (
        b"&a",
        b"*a",
        b": *a",
        b"!!python/object:os.system",
        b"<<: *a",
        b"- " * 200,
        b"[" * 300,
        b"{a: " * 100,
        b"9" * 400,
        b"nan",
        b".inf",
        b"1e999",
        b"\t",
        b"\x00",
        b"2026-99-99",
        b"? [a]",
        b"!!binary x",
        b"%YAML 9",
        b"v nan nan nan",
        b"v 1",
    )
    for _ in range(int(random.integers(1, 5))):
        at = int(random.integers(len(lines))) if lines else 0
        kind = int(random.integers(5))
        if not lines or kind == 0:
            lines.insert(at, _pick(random, words))
        elif kind == 1:
            del lines[at]
        elif kind == 2:
            lines[at] = lines[at] * int(random.integers(0, 20))
        elif kind == 3:
            head, _, _ = lines[at].rpartition(b" ")
            lines[at] = head + b" " + _pick(random, words)
        else:
            lines[at] = by_bytes(lines[at], random)
    return b"\n".join(lines)
