"""Pictures of the lip benchmark: predicted and tracked aperture over the waveform, phones marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..face.corpora import RATE, Clip

_COLUMNS = 5
_ROWS = 9
_FPS = 25.0
_TOP = 0.22
_SILENT = ("SIL", "+SPN+", "+NSN+")
_BILABIAL = ("P", "B", "M")


def draw_clip(axes: Any, clip: Clip, predicted: npt.ArrayLike, predicted_fps: float, *, small: bool) -> None:
    """Draw one clip into matplotlib axes; small pictures mark only p, b and m."""
    assert clip.geometry is not None
    sound = clip.samples[: len(clip.samples) // 160 * 160].reshape(-1, 160)
    loud = np.abs(sound).max(1) / max(float(np.abs(clip.samples).max()), 1e-6)
    moments = (np.arange(len(loud)) + 0.5) * 160 / RATE
    middle, reach = 0.5 * _TOP, 0.46 * _TOP
    axes.fill_between(moments, middle - reach * loud, middle + reach * loud, color="0.9", linewidth=0)
    for start, stop, label in clip.phones:
        if label in _SILENT:
            continue
        if label in _BILABIAL:
            axes.axvspan(start, stop, color="tab:blue", alpha=0.25, linewidth=0)
        if not small:
            axes.axvline(start, color="0.75", linewidth=0.5)
            axes.text((start + stop) / 2, 0.96 * _TOP, label.lower(), ha="center", va="top", fontsize=7)
    measured = clip.geometry[:, 0]
    width = 0.7 if small else 1.5
    axes.plot(np.arange(len(measured)) / _FPS, measured, color="0.35", linewidth=width, label="video")
    values = np.asarray(predicted)
    axes.plot(np.arange(len(values)) / predicted_fps, values, color="tab:red", linewidth=width, label="Soliloquy")
    axes.set_xlim(0, len(clip.samples) / RATE)
    axes.set_ylim(0, _TOP)


def _canvas(size: tuple[float, float], dpi: int) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=dpi, layout="constrained")
    return figure, FigureCanvasAgg(figure)


def _save(canvas: Any, path: Path) -> None:
    """Write a PNG of few colours: a tenth of the size."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    picture.quantize(32, dither=Image.Dither.NONE).save(path, optimize=True)


def draw_sheets(clips: list[Clip], predicted: list[npt.ArrayLike], predicted_fps: float, path: Path) -> list[Path]:
    """Draw every clip on contact sheets ``<path>_1.png`` ...; return the files."""
    written = []
    per_sheet = _COLUMNS * _ROWS
    for first in range(0, len(clips), per_sheet):
        figure, canvas = _canvas((13, 11), 90)
        grid = figure.subplots(_ROWS, _COLUMNS, sharex=True, sharey=True).ravel()
        for axes in grid:
            axes.tick_params(labelsize=5, length=1.5, pad=1)
            axes.set_visible(False)
        shown = zip(grid, clips[first:], predicted[first:], strict=False)
        for axes, clip, values in shown:
            axes.set_visible(True)
            draw_clip(axes, clip, values, predicted_fps, small=True)
            axes.set_title(clip.name, fontsize=5, pad=1)
        file = path.with_name(f"{path.stem}_{first // per_sheet + 1}.png")
        _save(canvas, file)
        written.append(file)
    return written


def draw_example(clip: Clip, predicted: npt.ArrayLike, predicted_fps: float, path: Path) -> None:
    """Draw one clip large, every phone named."""
    figure, canvas = _canvas((10, 3.2), 90)
    axes = figure.add_subplot()
    draw_clip(axes, clip, predicted, predicted_fps, small=False)
    axes.legend(loc="center right", fontsize="small")
    axes.set_xlabel(f"seconds of clip {clip.name}; waveform in grey, p b m in blue")
    axes.set_ylabel("lip aperture / eye corners")
    _save(canvas, path)
