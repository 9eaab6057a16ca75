"""A playblast: a take filmed as the viewport shows it, with the scene's sound, and nothing left behind in the scene."""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ...inference.errors import NotSaved, SoliloquyError
from ...inference.saving import aside_of, not_saved
from ...inference.user_folders import temporary_folder
from .. import compat
from ..takes.take import Take
from .quiet import quiet
from .stage import take_alone

if TYPE_CHECKING:
    from ..rig import Rig

_OF_RENDER = (
    "filepath",
    "resolution_x",
    "resolution_y",
    "resolution_percentage",
    "use_file_extension",
    "use_overwrite",
)
_OF_SCENE = ("frame_start", "frame_end", "use_preview_range", "camera")
_FIRST = ("media_type", "file_format", "format", "codec")
"""What has to be set back before the rest, which it changes."""
_LARGEST = 1920


def place_for(name: str) -> Path:
    """Return where a playblast of a name goes: a folder beside the .blend, or among temporary files where none is.

    Raises
    ------
    NotSaved
        When the folder cannot be made.
    """
    file = re.sub(r"[^\w.-]+", "_", name).strip("_.") or "playblast"
    folder = Path(bpy.path.abspath("//soliloquy")) if bpy.data.filepath else temporary_folder()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise not_saved(folder, error) from error
    return folder / f"{file}.mp4"


def playblast(context: Any, rig: Rig, take: Take, path: Path) -> str:
    """Write a movie of a take as the 3D View shows it, without its overlays, and with what the Sequencer sounds.

    The scene's camera films where there is one, else the view does. Every setting comes back as it was. In a Blender
    without windows nothing can be filmed off the screen, so the character alone is rendered.

    Returns
    -------
    str
        What a person should know about it; empty for nothing.

    Raises
    ------
    SoliloquyError
        When it cannot be filmed or written; nothing is left behind then.
    """
    if not bpy.app.ffmpeg.supported:
        raise SoliloquyError("This Blender was built without FFmpeg and writes no movies.", "Use another Blender.")
    if not path.parent.is_dir():
        raise NotSaved(f"There is no folder '{path.parent}'.", "Choose another one.")
    if bpy.app.background:
        return _rendered(rig, take, path)
    found = _view(context)
    if found is None:
        raise SoliloquyError("There is no 3D View to film.", "Open one in this window.")
    window, area = found
    scene = window.scene
    aside = aside_of(path)
    try:
        with _as_it_was(scene, area.spaces.active), take_alone(rig, None if take.active else take):
            _set_up(scene, area.spaces.active, take, aside)
            region = next(region for region in area.regions if region.type == "WINDOW")
            with context.temp_override(window=window, area=area, region=region), quiet():
                bpy.ops.render.opengl(animation=True, view_context=True)
        if not aside.is_file():
            raise NotSaved(f"'{path.name}' was not written.", "Check the free space in that folder.")
        os.replace(aside, path)
    except (RuntimeError, OSError) as error:
        raise NotSaved(f"'{path.name}' cannot be written: {error}", "Choose another place.") from error
    finally:
        aside.unlink(missing_ok=True)
    return ""


def _rendered(rig: Rig, take: Take, path: Path) -> str:
    from ...inference.settings import AudioRange, recorded_settings
    from .preview import render_movie

    audio, span = take.meta.get("audio") or {}, take.meta.get("range")
    heard = None
    if span and Path(str(audio.get("path", ""))).is_file():
        heard = AudioRange(str(audio["path"]), float(span[0]), float(span[1]))
    lead_in = recorded_settings(take.meta).lead_in if "settings" in take.meta else 0.0
    render_movie(rig, path, take=take, view="upper", audio=heard, lead_in=lead_in)
    return "Without a window nothing can be filmed off the screen; the character alone was rendered."


def _view(context: Any) -> tuple[Any, Any] | None:
    """Return the window and the 3D View that film: the one in use, else the largest."""
    windows = [context.window] if context.window is not None else list(context.window_manager.windows)
    for window in windows:
        areas = [area for area in window.screen.areas if area.type == "VIEW_3D"]
        if areas:
            used = context.area if context.area in areas else None
            return window, used or max(areas, key=lambda area: area.width * area.height)
    return None


def _set_up(scene: Any, space: Any, take: Take, target: Path) -> None:
    render = scene.render
    share = render.resolution_percentage / 100
    width, height = render.resolution_x * share, render.resolution_y * share
    share = min(1.0, _LARGEST / max(width, height))
    # H.264 wants even numbers.
    render.resolution_x, render.resolution_y = max(int(width * share) // 2 * 2, 4), max(int(height * share) // 2 * 2, 4)
    render.resolution_percentage = 100
    render.use_file_extension, render.use_overwrite = True, True
    render.filepath = str(target)
    scene.use_preview_range = False
    scene.frame_start, scene.frame_end = math.floor(take.first_frame), math.ceil(take.last_frame)
    compat.set_movie_output(scene)
    render.ffmpeg.format, render.ffmpeg.codec, render.ffmpeg.audio_codec = "MPEG4", "H264", "AAC"
    render.ffmpeg.constant_rate_factor = "HIGH"
    space.overlay.show_overlays = space.show_gizmo = False
    if scene.camera is not None:
        space.region_3d.view_perspective = "CAMERA"


@contextlib.contextmanager
def _as_it_was(scene: Any, space: Any) -> Iterator[None]:
    """Put every setting back afterwards that filming changes."""
    render, view = scene.render, space.region_3d
    frame = scene.frame_current, scene.frame_subframe
    looks = (view.view_perspective, view.view_matrix.copy(), view.view_distance, view.view_location.copy())
    shown = space.overlay.show_overlays, space.show_gizmo
    known = [
        (render, {name: getattr(render, name) for name in _OF_RENDER}),
        (scene, {name: getattr(scene, name) for name in _OF_SCENE}),
        (render.image_settings, _values(render.image_settings)),
        (render.ffmpeg, _values(render.ffmpeg)),
    ]
    try:
        yield
    finally:
        for owner, values in known:
            for name in sorted(values, key=lambda item: _FIRST.index(item) if item in _FIRST else len(_FIRST)):
                if getattr(owner, name) != values[name]:
                    with contextlib.suppress(TypeError):
                        setattr(owner, name, values[name])
        space.overlay.show_overlays, space.show_gizmo = shown
        if view.view_perspective != looks[0]:
            view.view_perspective = looks[0]
            view.view_distance, view.view_location = looks[2], looks[3]
            view.view_matrix = looks[1]
        scene.frame_set(frame[0], subframe=frame[1])


def _values(owner: Any) -> dict[str, Any]:
    """Return the plain values of a part of the render settings that can be written."""
    return {
        item.identifier: getattr(owner, item.identifier)
        for item in owner.bl_rna.properties
        if item.type in ("BOOLEAN", "INT", "FLOAT", "ENUM", "STRING") and not item.is_readonly
        and not getattr(item, "is_array", False)
    }  # fmt: skip
