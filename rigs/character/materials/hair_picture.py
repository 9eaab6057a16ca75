"""Colours the picture of hair cards: the shipped one holds tones, a hair colour makes an image of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from ....inference.shipped import ROOT, check_shipped
from .coloured_image import as_bytes, coloured_image

ATLAS = ROOT / "assets" / "cast" / "maps" / "hair.png"
"""Grey is the tone of a strand, alpha its coverage; drawn by ``training/character/hair_atlas.py``."""
COLOURS: dict[str, tuple[float, float, float]] = {
    "black": (0.011, 0.0085, 0.0075),
    "dark": (0.032, 0.019, 0.012),
    "brown": (0.085, 0.045, 0.024),
    "red": (0.245, 0.070, 0.022),
    "blond": (0.43, 0.27, 0.125),
    "grey": (0.33, 0.325, 0.32),
    "white": (0.62, 0.61, 0.59),
}
"""Linear RGB of hair in the light, by the names that a look may use."""


def hair_colour(value: Any) -> tuple[float, float, float]:
    """Return linear RGB of a look's hair colour: a name of ``COLOURS`` or three numbers; brown for anything else."""
    if isinstance(value, str):
        return COLOURS.get(value, COLOURS["brown"])
    if isinstance(value, Sequence) and len(value) >= 3:
        return (float(value[0]), float(value[1]), float(value[2]))
    return COLOURS["brown"]


def hair_tones(colour: Sequence[float]) -> np.ndarray:
    """Return (256, 3) linear RGB for tones 0..1: dark tones are warmer, light ones paler than the hair colour."""
    tone = np.linspace(0, 1, 256)[:, None]
    base = np.array(colour)
    bright = float(base.max())
    grey = 1 - float(base.min()) / max(bright, 1e-6) < 0.15
    # Grey hair mixes dark and white strands; coloured hair varies in depth.
    gain = 0.16 + 1.75 * tone**1.6 if grey else 0.26 + 1.55 * tone**1.25
    saturate = 1.0 if grey else 1.22 - 0.38 * tone
    return np.clip(bright * gain * (base / max(bright, 1e-6)) ** saturate, 0, 1)


def _ramp(colour: tuple[float, float, float]) -> np.ndarray:
    """Return (256, 3) sRGB of :func:`hair_tones`."""
    linear = hair_tones(colour)
    return np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def hair_image(colour: tuple[float, float, float]) -> Any:
    """Return the image of cards in a colour, made once per file and packed in it.

    Parameters
    ----------
    colour : (3,) floats
        Linear RGB.

    Raises
    ------
    SoliloquyError
        When the shipped picture is missing or damaged.
    """
    code = "".join(f"{round(255 * max(0.0, min(1.0, c)) ** (1 / 2.2)):02x}" for c in colour)
    name = f"hair_{code}.png"
    image = bpy.data.images.get(name)
    if image is not None:
        return image
    return coloured_image(name, _dyed, colour, alpha_mode="CHANNEL_PACKED")


def _dyed(colour: tuple[float, float, float]) -> npt.NDArray[np.uint8]:
    """Return (height, width, 4) sRGB: the shipped picture in one colour, its coverage as alpha."""
    tone, coverage = _strands()
    colours = np.pad(as_bytes(_ramp(colour).astype(np.float32)), ((0, 0), (0, 1)))
    # Four bytes are looked up as one number: three times as fast.
    pixels = np.take(colours.view(np.uint32)[:, 0], tone).view(np.uint8).reshape(*tone.shape, 4)
    pixels[..., 3] = coverage
    return pixels


@lru_cache(maxsize=1)
def _strands() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return tone and coverage, (height, width) each, of the shipped picture: hair, brows and lashes share it."""
    check_shipped(ATLAS, "The picture of the hair")
    source = bpy.data.images.load(str(ATLAS))
    source.colorspace_settings.name = "Non-Color"
    source.alpha_mode = "CHANNEL_PACKED"
    width, height = source.size
    pixels = np.empty(width * height * 4, np.float32)
    source.pixels.foreach_get(pixels)
    bpy.data.images.remove(source)
    drawn = as_bytes(pixels).reshape(height, width, 4)
    return drawn[..., 0].copy(), drawn[..., 3].copy()
