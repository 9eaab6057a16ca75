"""Paints the mouth, the waveform and the words of a preview into a viewport, in the colours of Blender's theme.

Called from a draw handler after everything else is drawn (``POST_PIXEL``). Only shaders that come with Blender.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from .place import Place, Rect
from .shape import WIDTH, mouth

Colour = tuple[float, float, float, float]

_PARTS: dict[str, Colour] = {
    "cavity": (0.10, 0.02, 0.03, 1.0),
    "tongue": (0.66, 0.27, 0.29, 1.0),
    "lower_teeth": (0.80, 0.78, 0.73, 1.0),
    "upper_teeth": (0.93, 0.91, 0.87, 1.0),
    "upper_lip": (0.64, 0.30, 0.29, 1.0),
    "lower_lip": (0.73, 0.37, 0.36, 1.0),
}
"""Of a mouth, on dark and on light ground."""
_FONT = 0
_TEXT = 11.0
_FAINT = 0.45
"""Of a colour where nothing is made yet."""
_SPAN = 1.25
"""How many widths of a shut mouth fit across its picture."""


@dataclass(frozen=True)
class Shown:
    """What is painted."""

    title: str
    line: str
    row: dict[str, float] | None
    """The mouth, None where it is not made yet."""
    loudness: npt.NDArray[np.float32]
    """(n,) 0..1 over the whole recording."""
    made: npt.NDArray[np.bool_]
    """(m,) which even stretches of it have lips."""
    head: float | None
    """Where the play-head is, 0..1 of the recording; None: elsewhere."""
    hovered: bool = False
    """Whether the mouse is on it."""
    keeps: bool = False
    """Whether it is finished and waits to be kept."""


def covered(area: Any, region: Any) -> list[Rect]:
    """Return what Blender lays over a region of an area: the sidebar, toolbars, headers and panels."""
    shown = [other for other in area.regions if other.type != "WINDOW" and min(other.width, other.height) > 1]
    rects = [Rect(o.x - region.x, o.y - region.y, o.x - region.x + o.width, o.y - region.y + o.height) for o in shown]
    inside = Rect(0.0, 0.0, float(region.width), float(region.height))
    return [rect for rect in rects if rect.meets(inside)]


def paint(shown: Shown, place: Place) -> None:
    """Paint a preview where it belongs."""
    import gpu

    theme = bpy.context.preferences.themes[0].user_interface
    ground, text = _faded(theme.wcol_menu_back.inner, 0.92), _faded(theme.wcol_menu_back.text, 1.0)
    accent = _faded(theme.wcol_radio.inner_sel, 1.0)
    gpu.state.blend_set("ALPHA")
    try:
        _fill(_rounded(place.whole, 5 * place.scale), ground)
        edge = _faded(text, 0.55 if shown.hovered else 0.2)
        _stroke(_rounded(place.whole, 5 * place.scale)[2::3], edge, place.scale)
        _mouth(shown.row, place)
        _wave(shown, place, text, accent)
        if shown.head is not None:
            _head(place, shown.head, text)
        _write(shown.title, place.title, place.title_width, place.scale, text)
        _buttons(place, text, accent, keeps=shown.keeps)
        _write(shown.line, place.line, place.wave.width, place.scale, _faded(text, 0.75))
    finally:
        gpu.state.blend_set("NONE")


def _mouth(row: dict[str, float] | None, place: Place) -> None:
    middle = np.array(place.mouth.centre)
    size = place.mouth.width / (_SPAN * WIDTH)
    shade = 1.0 if row is not None else _FAINT
    # An open mouth hangs below the shut lips: those lie above the middle.
    origin = middle + np.array([0.0, 0.13 * size])
    parts = mouth(row or {})
    for name, band in parts.items():
        colour = _faded(_PARTS[name], _PARTS[name][3] * shade)
        _fill(origin + size * band.triangles(), colour)
    seam = origin + size * np.column_stack([parts["cavity"].x, parts["cavity"].top])
    _stroke(seam[2:-2], _faded(_PARTS["cavity"], 0.7 * shade), place.scale, closed=False)
    for name in ("upper_lip", "lower_lip"):
        # Filled triangles have hard edges; a thin line of the same colour smooths them.
        _stroke(origin + size * parts[name].outline, _faded(_PARTS[name], shade), place.scale, closed=True)


def _wave(shown: Shown, place: Place, text: Colour, accent: Colour) -> None:
    wave = place.wave
    step = 3.0 * place.scale
    count = max(8, int(wave.width / step))
    heights = np.full(count, 0.02)
    if len(shown.loudness):
        edges = np.linspace(0, len(shown.loudness), count, endpoint=False).astype(int)
        heights = np.maximum(np.maximum.reduceat(shown.loudness, edges), 0.02)
    made = shown.made[np.linspace(0, len(shown.made) - 1, count).round().astype(int)] if len(shown.made) else None
    left = wave.left + np.arange(count) * wave.width / count
    half = 0.5 * wave.height * heights
    middle = wave.centre[1]
    there = made if made is not None else np.zeros(count, bool)
    for which, colour in ((~there, _faded(text, 0.3)), (there, accent)):
        if which.any():
            bars = _bars(left[which], 0.66 * wave.width / count, middle - half[which], middle + half[which])
            _fill(bars, colour)


def _head(place: Place, share: float, colour: Colour) -> None:
    """Draw the play-head: a line that shows over every bar, with a grip at its top."""
    x, wave, size = place.wave.left + share * place.wave.width, place.wave, place.scale
    wide, low, high = max(1.0, 1.5 * size), wave.bottom - 2 * size, wave.top + 2 * size
    _fill(_bars(np.array([x - wide / 2]), wide, np.array([low]), np.array([high])), colour)
    grip = np.array([[x - 4 * size, high], [x + 4 * size, high], [x, high - 5 * size]])
    _fill(grip, colour)


def _buttons(place: Place, text: Colour, accent: Colour, *, keeps: bool) -> None:
    """Draw a cross, and a tick beside it where there is something to keep."""
    cross = place.drop.inset(3.5 * place.scale)
    for low, high in ((cross.bottom, cross.top), (cross.top, cross.bottom)):
        line = np.array([[cross.left, low], [cross.right, high]])
        _stroke(line, _faded(text, 0.8), 1.5 * place.scale, closed=False)
    if keeps:
        tick = place.keep.inset(3.0 * place.scale)
        across, up = tick.width * np.array([0.0, 0.35, 1.0]), tick.height * np.array([0.5, 0.1, 0.95])
        line = np.column_stack([tick.left + across, tick.bottom + up])
        _stroke(line, accent, 2.0 * place.scale, closed=False)


def _bars(left: npt.ArrayLike, width: float, low: npt.ArrayLike, high: npt.ArrayLike) -> npt.NDArray[np.float64]:
    left, low, high = np.asarray(left, float), np.asarray(low, float), np.asarray(high, float)
    corners = [(left, low), (left + width, low), (left, high), (left, high), (left + width, low), (left + width, high)]
    return np.stack([np.column_stack(corner) for corner in corners], axis=1).reshape(-1, 2)


def _rounded(rect: Rect, radius: float) -> npt.NDArray[np.float64]:
    """Return (3 n, 2) corners of the triangles of a rounded rectangle; every third point lies on its edge, in order."""
    turns = np.linspace(0, np.pi / 2, 6)
    edge: list[npt.NDArray[np.float64]] = []
    for number, (x, y) in enumerate((
        (rect.right - radius, rect.top - radius), (rect.left + radius, rect.top - radius),
        (rect.left + radius, rect.bottom + radius), (rect.right - radius, rect.bottom + radius),
    )):  # fmt: skip
        angle = turns + number * np.pi / 2
        edge.append(np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)]))
    points = np.concatenate(edge)
    middle = np.broadcast_to(np.array(rect.centre), points.shape)
    return np.stack([middle, np.roll(points, 1, axis=0), points], axis=1).reshape(-1, 2)


def _fill(points: npt.NDArray[np.float64], colour: Colour) -> None:
    _draw("TRIS", "UNIFORM_COLOR", points, colour)


def _stroke(points: npt.NDArray[np.float64], colour: Colour, width: float, *, closed: bool = True) -> None:
    import gpu

    if closed:
        points = np.concatenate([points, points[:1]])
    shader = gpu.shader.from_builtin("POLYLINE_UNIFORM_COLOR")
    shader.bind()
    shader.uniform_float("viewportSize", gpu.state.viewport_get()[2:])
    shader.uniform_float("lineWidth", max(1.0, width))
    _draw("LINE_STRIP", "POLYLINE_UNIFORM_COLOR", np.pad(points, ((0, 0), (0, 1))), colour)


def _draw(kind: str, name: str, points: npt.NDArray[np.float64], colour: Colour) -> None:
    import gpu
    from gpu_extras.batch import batch_for_shader

    shader = gpu.shader.from_builtin(name)
    batch = batch_for_shader(shader, kind, {"pos": points.astype(np.float32)})
    shader.bind()
    shader.uniform_float("color", colour)
    batch.draw(shader)


def _write(text: str, at: tuple[float, float], width: float, scale: float, colour: Colour) -> None:
    import blf

    blf.size(_FONT, _TEXT * scale)
    blf.color(_FONT, *colour)
    blf.position(_FONT, *at, 0)
    blf.draw(_FONT, fitting(text, width, lambda part: blf.dimensions(_FONT, part)[0]))


def fitting(text: str, width: float, measure: Callable[[str], float]) -> str:
    """Return a text as it is, or shortened to a width."""
    if measure(text) <= width:
        return text
    kept = text
    while kept and measure(f"{kept}...") > width:
        kept = kept[:-1]
    return f"{kept}..."


def _faded(colour: Sequence[float], alpha: float) -> Colour:
    """Return a colour as transparent as said."""
    red, green, blue = colour[:3]
    return float(red), float(green), float(blue), alpha
