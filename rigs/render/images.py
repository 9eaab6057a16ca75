"""Pictures as numpy arrays: read, put together, save; with nothing but Blender's own image code."""

from __future__ import annotations

import math
import os
from pathlib import Path

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.errors import NotSaved
from ...inference.saving import aside_of, not_saved

Picture = npt.NDArray[np.float32]
"""(H, W, 3) display values 0..1, first row on top."""

_PAPER = (0.075, 0.08, 0.09)
_INK = (0.45, 0.62, 0.86)
_MARK = (0.95, 0.62, 0.25)


def read_picture(path: Path) -> Picture:
    """Return a picture file's pixels."""
    image = bpy.data.images.load(str(path), check_existing=False)
    try:
        width, height = image.size
        pixels = np.empty(width * height * image.channels, np.float32)
        image.pixels.foreach_get(pixels)
        return pixels.reshape(height, width, image.channels)[::-1, :, :3].copy()
    finally:
        bpy.data.images.remove(image)


def save_picture(picture: Picture, path: Path) -> Path:
    """Write a PNG, aside first and then renamed; raises :class:`NotSaved` when that fails."""
    height, width = picture.shape[:2]
    aside = aside_of(path)
    image = bpy.data.images.new("Soliloquy sheet", width, height)
    try:
        pixels = np.ones((height, width, 4), np.float32)
        pixels[:, :, :3] = np.clip(picture[::-1], 0.0, 1.0)
        image.pixels.foreach_set(pixels.ravel())
        image.filepath_raw = str(aside)
        image.file_format = "PNG"
        image.save()
        os.replace(aside, path)
    except RuntimeError as error:
        raise NotSaved(f"'{path}' cannot be written.", "Choose a folder you can write to.") from error
    except OSError as error:
        raise not_saved(path, error) from error
    finally:
        bpy.data.images.remove(image)
        aside.unlink(missing_ok=True)
    return path


def contact_sheet(pictures: list[Picture], columns: int, gap: int = 4) -> Picture:
    """Lay pictures of one size out in rows."""
    height, width = pictures[0].shape[:2]
    columns = max(1, min(columns, len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    sheet = np.empty((rows * (height + gap) + gap, columns * (width + gap) + gap, 3), np.float32)
    sheet[:] = _PAPER
    for index, picture in enumerate(pictures):
        top = gap + (index // columns) * (height + gap)
        left = gap + (index % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def waveform(samples: npt.ArrayLike, width: int, height: int, marks: list[float]) -> Picture:
    """Draw a sound's envelope, with a vertical line at each mark (0..1 of its length)."""
    sound = np.asarray(samples, np.float32).reshape(-1)
    strip = np.empty((height, width, 3), np.float32)
    strip[:] = _PAPER
    if len(sound):
        borders = np.linspace(0, len(sound), width + 1).astype(np.int64)
        starts = np.minimum(borders[:-1], len(sound) - 1)
        loud = np.maximum.reduceat(np.abs(sound), starts) / max(float(np.abs(sound).max()), 1e-6)
        reach = np.maximum(0.5, loud * (height / 2 - 2))
        away = np.abs(np.arange(height) - (height - 1) / 2)[:, None]
        strip[away <= reach[None, :]] = _INK
    for mark in marks:
        if 0.0 <= mark <= 1.0:
            strip[:, min(width - 1, round(mark * (width - 1)))] = _MARK
    return strip
