"""The chunks of a binary glTF file (GLB, VRM, VRMA): read within bounds, written."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

from .errors import BadFile
from .plain_json import parse_object

_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<II")
_JSON, _BINARY = 0x4E4F534A, 0x004E4942
_MOST_JSON, _MOST_FILE = 1 << 25, 1 << 31
_AGAIN = "Export the character again as VRM, or as glTF binary."


def read_glb(path: str | os.PathLike[str]) -> tuple[dict[str, Any], bytes]:
    """Return the JSON of a binary glTF file, and the bytes of its other chunks.

    Raises
    ------
    BadFile
        When it cannot be read, is something else, or ends early.
    """
    name = Path(path).name
    try:
        if os.path.getsize(path) > _MOST_FILE:
            raise BadFile(f"'{name}' is larger than {_MOST_FILE >> 30} GB.", _AGAIN)
        with open(path, "rb") as stream:
            magic, version, _ = _HEADER.unpack(_exactly(stream, _HEADER.size))
            if magic != b"glTF" or version != 2:
                raise BadFile(f"'{name}' is no VRM file: it is not binary glTF 2.0.", _AGAIN)
            size, kind = _CHUNK.unpack(_exactly(stream, _CHUNK.size))
            if kind != _JSON or size > _MOST_JSON:
                raise BadFile(f"'{name}' is damaged: it does not begin with its description.", _AGAIN)
            return parse_object(_exactly(stream, size), most_bytes=_MOST_JSON), stream.read(_MOST_FILE)
    except OSError as error:
        raise BadFile(f"'{name}' cannot be read: {error.strerror}.", "Check the path.") from error
    except (ValueError, EOFError) as error:
        raise BadFile(f"'{name}' is damaged: {error or 'it ends early'}.", _AGAIN) from error


def _exactly(stream: Any, size: int) -> bytes:
    data: bytes = stream.read(size)
    if len(data) != size:
        raise EOFError("it ends early")
    return data


def write_glb(path: Path, content: bytes, rest: bytes) -> None:
    """Write a binary glTF file of its JSON and the other chunks."""
    content += b" " * (-len(content) % 4)
    total = _HEADER.size + _CHUNK.size + len(content) + len(rest)
    path.write_bytes(_HEADER.pack(b"glTF", 2, total) + _CHUNK.pack(len(content), _JSON) + content + rest)


def binary_chunk(data: bytes) -> bytes:
    """Return bytes as the binary chunk of a file, which is filled up to whole words."""
    data += b"\0" * (-len(data) % 4)
    return _CHUNK.pack(len(data), _BINARY) + data
