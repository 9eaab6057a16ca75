"""Pictures and movies of a character in its performance, rendered in a scene of their own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.errors import SoliloquyError
from ...inference.saving import aside_of
from ...inference.settings import AudioRange
from ..takes.take import Take, active_take
from . import studio
from .images import Picture, contact_sheet, read_picture, save_picture, waveform
from .movie import encode
from .quiet import quiet
from .stage import alone

if TYPE_CHECKING:
    from ..rig import Rig

Progress = Callable[[float], None]


def render_sheet(
    rig: Rig,
    frames: Sequence[float],
    path: str | os.PathLike[str],
    *,
    size: tuple[int, int] = (240, 300),
    columns: int = 6,
    samples: int = 12,
    view: str | Sequence[str] = "head",
    engine: str = "CYCLES",
    take: Take | None = None,
    audio_wave: npt.ArrayLike | None = None,
    progress: Progress | None = None,
) -> Path:
    """Render some frames side by side into one PNG.

    Parameters
    ----------
    rig : Rig
        The character; nothing else of the scene is in the pictures.
    frames : sequence of float
        Scene frames to show, in reading order; they may lie between whole frames.
    path : path
        The ``.png`` to write.
    size : (int, int)
        Width and height of one picture in pixels.
    columns : int
        Pictures per row.
    samples : int
        Cycles samples per pixel; the pictures are denoised.
    view : str or sequence of str
        ``"head"``, ``"upper"`` or ``"body"``; of several views each shows all frames, one after the other.
    engine : str
        ``"CYCLES"`` works without a screen; ``"EEVEE"`` and ``"WORKBENCH"`` are faster in a Blender with windows.
    take : Take, optional
        The take to play alone; otherwise what plays now.
    audio_wave : array (n,), optional
        The audio of the whole take; drawn under the pictures with a mark for each of them.
    progress : callable, optional
        Called with 0..1 after each picture.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    SoliloquyError
        When there is nothing to show or the file cannot be written; nothing is left behind then.
    """
    target = _target(path, ".png")
    if not len(frames):
        raise SoliloquyError("A sheet needs at least one frame.", "Choose frames of the take.")
    with tempfile.TemporaryDirectory(prefix="soliloquy_") as folder:
        pictures: list[Picture] = []
        views = (view,) if isinstance(view, str) else tuple(view)
        for each in views:
            for file in _render(rig, list(frames), Path(folder), size, samples, each, engine, take):
                pictures.append(read_picture(file))
                if progress is not None:
                    progress(len(pictures) / (len(frames) * len(views)))
    sheet = contact_sheet(pictures, columns)
    if audio_wave is not None:
        shown = take or active_take(rig)
        first, last = (shown.first_frame, shown.last_frame) if shown else (min(frames), max(frames))
        marks = [(frame - first) / max(last - first, 1e-6) for frame in frames]
        sheet = np.concatenate([sheet, waveform(audio_wave, sheet.shape[1], max(32, size[1] // 4), marks)])
    return save_picture(sheet, target)


def render_movie(
    rig: Rig,
    path: str | os.PathLike[str],
    *,
    fps: float | None = None,
    size: tuple[int, int] = (320, 400),
    samples: int = 8,
    view: str = "head",
    engine: str = "CYCLES",
    take: Take | None = None,
    audio: AudioRange | None = None,
    lead_in: float = 0.0,
    progress: Progress | None = None,
) -> Path:
    """Render a take as an H.264 movie, with its sound where this Blender can read sound.

    The first picture is the take's first sample, so ``audio`` (the range the take was made from) fits exactly.

    Parameters
    ----------
    fps : float, optional
        Pictures per second; the scene's frame rate when missing.
    audio : AudioRange, optional
        Sound to put under the pictures.
    lead_in : float
        Seconds by which it begins after the first of them.

    Other parameters, result and errors are those of :func:`render_sheet`; ``size`` is rounded down to even numbers.
    """
    target = _target(path, ".mp4")
    shown = take or active_take(rig)
    scene = bpy.context.scene
    first, last = (shown.first_frame, shown.last_frame) if shown else (scene.frame_start, scene.frame_end)
    scene_fps = scene.render.fps / scene.render.fps_base
    rate = fps or scene_fps
    count = int(np.floor((last - first) / scene_fps * rate + 1e-3)) + 1
    frames = [first + index * scene_fps / rate for index in range(count)]
    even = (size[0] // 2 * 2, size[1] // 2 * 2)
    aside = aside_of(target)
    try:
        with tempfile.TemporaryDirectory(prefix="soliloquy_") as folder:
            pictures = []
            for file in _render(rig, frames, Path(folder), even, samples, view, engine, take):
                pictures.append(file)
                if progress is not None:
                    progress(len(pictures) / (count + 1))
            with quiet():
                encode(pictures, aside, rate, even, audio, lead_in)
        if not aside.is_file():
            raise SoliloquyError(f"'{target.name}' was not written.", "Check the free space in that folder.")
        os.replace(aside, target)
    except (RuntimeError, OSError) as error:
        raise SoliloquyError(f"'{target}' cannot be written: {error}", "Choose another place.") from error
    finally:
        aside.unlink(missing_ok=True)
    if progress is not None:
        progress(1.0)
    return target


def _target(path: str | os.PathLike[str], suffix: str) -> Path:
    target = Path(path)
    if target.suffix.lower() != suffix:
        target = target.with_name(target.name + suffix)
    if target.is_dir() or not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise SoliloquyError(
            f"'{target}' cannot be written.", "Choose a file name in a folder that exists and that you can write to."
        )
    return target.absolute()


def _render(
    rig: Rig,
    frames: list[float],
    folder: Path,
    size: tuple[int, int],
    samples: int,
    view: str,
    engine: str,
    take: Take | None,
) -> Iterator[Path]:
    """Yield one PNG per frame, named by its place; the temporary scene lives while they are rendered."""
    with alone(rig, take, name="Soliloquy preview", strands=True) as scene:
        try:
            _show(scene, frames[0])
            studio.set_up(scene, rig, view=view, size=size, samples=samples, engine=engine)
            for index, frame in enumerate(frames):
                _show(scene, frame)
                file = folder / f"{index:05d}.png"
                scene.render.filepath = str(file)
                with quiet():
                    bpy.ops.render.render(write_still=True, scene=scene.name)
                yield file
        finally:
            studio.tear_down(scene)


def _show(scene: Any, frame: float) -> None:
    whole = int(np.floor(frame + 1e-6))
    scene.frame_set(whole, subframe=max(0.0, float(frame) - whole))
