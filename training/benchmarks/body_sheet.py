"""Contact sheets: the character at equal steps over the waveform, with accents, strokes and what the hands do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ..face.corpora import RATE
from .body_raster import PAPER, View, draw_pose
from .body_speech import FPS
from .body_takes import WRISTS, Take

STRIPS, FRAMES = 2, 8
STEP = 0.75
"""Seconds from picture to picture."""
_WAVE, _CURVES, _TITLE = 64, 84, 30
_GREY, _BLACK = (190, 190, 190), (40, 40, 40)
_ACCENT, _STROKE = (214, 120, 20), (30, 90, 200)
_SIDES = ((200, 40, 60), (20, 130, 90))
_HEIGHTS = (0.7, 1.45)  # metres, bottom and top of the curves
_SPEED = 2.0  # m/s at their top
_COLOURS = 96


def draw_sheet(
    take: Take, title: str, path: Path, start: float = 0.0, view: View | None = None, strips: int = STRIPS
) -> None:
    """Draw a take that has a body and speech: strips of eight pictures in 6 seconds each, from ``start`` on."""
    view = view or View()
    width, height = view.size
    strip = height + _WAVE + _CURVES
    sheet = Image.new("RGB", (FRAMES * width, _TITLE + strips * strip), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=17)
    legend = "accents orange, strokes blue; below: height of the left wrist red, of the right green, speed thin"
    draw.text((8, 5), f"{title}   |   {legend}", fill=_BLACK, font=font)
    for number in range(strips):
        first = start + number * FRAMES * STEP
        top = _TITLE + number * strip
        _pictures(sheet, draw, take, first, top, view, font)
        _waveform(draw, take, first, top + height, FRAMES * width)
        _curves(draw, take, first, top + height + _WAVE, FRAMES * width)
    path.parent.mkdir(parents=True, exist_ok=True)
    _few_colours(sheet).save(path, optimize=True)


def _few_colours(sheet: Image.Image) -> Image.Image:
    """Return the picture with a palette of its own colours and those of the marks, which are too small to get one."""
    own = sheet.quantize(_COLOURS, dither=Image.Dither.NONE).getpalette() or []
    marks = [value for colour in (PAPER, _GREY, _BLACK, _ACCENT, _STROKE, *_SIDES) for value in colour]
    palette = Image.new("P", (1, 1))
    palette.putpalette(own[: 3 * _COLOURS] + marks)
    return sheet.quantize(palette=palette, dither=Image.Dither.NONE)


def _pictures(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, take: Take, first: float, top: int, view: View, font: Any
) -> None:
    assert take.poses is not None
    assert take.trans is not None
    for number in range(FRAMES):
        moment = first + (number + 0.5) * STEP
        frame = min(round(moment * FPS), len(take.poses) - 1)
        picture = draw_pose(take.poses[frame], take.trans[frame], view)
        sheet.paste(picture, (number * view.size[0], top))
        draw.text((number * view.size[0] + 6, top + 4), f"{moment:.2f} s", fill=_BLACK, font=font)


def _across(times: npt.ArrayLike, first: float, width: int) -> npt.NDArray[np.float64]:
    return (np.asarray(times, np.float64) - first) / (FRAMES * STEP) * width


def _waveform(draw: ImageDraw.ImageDraw, take: Take, first: float, top: int, width: int) -> None:
    assert take.speech is not None
    middle, reach = top + _WAVE // 2, _WAVE // 2 - 4
    samples = take.speech.samples
    peak = max(float(np.abs(samples).max()), 1e-6)
    edges = np.round((first + np.arange(width + 1) / width * FRAMES * STEP) * RATE).astype(int)
    for column in range(width):
        piece = samples[edges[column] : edges[column + 1]]
        if len(piece):
            size = int(reach * float(np.abs(piece).max()) / peak)
            draw.line([(column, middle - size), (column, middle + size)], fill=_GREY)
    prosody = take.speech.prosody
    for place, strength in zip(_across(prosody.accent_times, first, width), prosody.accent_strengths, strict=True):
        size = 4 + 12 * float(strength)
        draw.polygon([(place - 5, top), (place + 5, top), (place, top + size)], fill=_ACCENT)
    if take.strokes is not None and len(take.strokes):
        for place in _across(take.strokes[:, 0], first, width):
            draw.line([(place, top), (place, top + _WAVE + _CURVES)], fill=_STROKE, width=2)


def _curves(draw: ImageDraw.ImageDraw, take: Take, first: float, top: int, width: int) -> None:
    times = np.arange(len(take.rotations)) / FPS
    inside = (times >= first) & (times <= first + FRAMES * STEP)
    across = _across(times[inside], first, width)
    low, high = _HEIGHTS
    speed = take.wrist_speed
    for side, colour in enumerate(_SIDES):
        height = take.places[inside, WRISTS[side], 1]
        for values, thick in (((height - low) / (high - low), 3), (speed[inside, side] / _SPEED, 1)):
            down = top + (_CURVES - 6) * (1 - np.clip(values, 0, 1)) + 2
            draw.line([(float(x), float(y)) for x, y in zip(across, down, strict=True)], fill=colour, width=thick)
    draw.line([(0, top + _CURVES - 1), (width, top + _CURVES - 1)], fill=_GREY)
