"""A picture that is made here, as an image that carries its own file: packed, and drawn when Blender first needs it.

Blender packs an image that holds pixels by writing them as PNG, which takes longer than making them; handed over as a
file it costs a fifth, and Blender holds no pixels until it draws. The files made last are kept for the next scene: they
are half of what adding a character again takes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

_COLOUR_TYPES = {3: 2, 4: 6}
_DIFFERENCE_TO_ROW_ABOVE = 2
_MOST_KEPT = 16
"""Files kept in memory: those of two characters, about 3 MB each."""


def coloured_image(
    name: str, draw: Callable[..., npt.NDArray[np.uint8]], *what: Hashable, alpha_mode: str = "STRAIGHT"
) -> Any:
    """Return a new image, packed.

    Parameters
    ----------
    name : str
        Of the image.
    draw : callable
        Returns (height, width, 3 or 4) uint8: red, green, blue (and alpha) in sRGB, the lowest row first, as in
        ``Image.pixels``; the same for the same arguments. Not called where its file is still at hand.
    *what : hashable
        Its arguments.
    alpha_mode : str
        As in Blender.
    """
    content, (height, width, channels) = _file(draw, what)
    image = bpy.data.images.new(name, width, height, alpha=channels == 4)
    image.alpha_mode = alpha_mode
    image.pack(data=content, data_len=len(content))
    image.source = "FILE"
    return image


def as_bytes(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return values 0..1 as Blender stores them in a byte."""
    found: npt.NDArray[np.uint8] = (np.clip(values, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return found


@lru_cache(maxsize=_MOST_KEPT)
def _file(draw: Callable[..., npt.NDArray[np.uint8]], what: tuple[Hashable, ...]) -> tuple[bytes, tuple[int, ...]]:
    """Return a picture's PNG file, and (height, width, channels)."""
    pixels = draw(*what)
    return _png(pixels), pixels.shape


def _png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Return a PNG file of (height, width, 3 or 4) bytes, the lowest row first (W3C, PNG specification)."""
    height, width, channels = pixels.shape
    lines = np.empty((height, 1 + width * channels), np.uint8)
    rows = pixels[::-1].reshape(height, -1)
    lines[:, 0] = _DIFFERENCE_TO_ROW_ABOVE
    lines[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=lines[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", _packed(lines.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, content) for kind, content in parts)


def _packed(content: bytes) -> bytes:
    """Return deflated bytes; of differences only runs are worth looking for, which takes half as long as all else."""
    packing = zlib.compressobj(1, strategy=zlib.Z_RLE)
    return packing.compress(content) + packing.flush()


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
