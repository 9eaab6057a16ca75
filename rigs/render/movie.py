"""Encodes rendered pictures and their sound with Blender's own FFmpeg."""

from __future__ import annotations

import contextlib
from pathlib import Path

import bpy

from ...inference.errors import SoliloquyError
from ...inference.settings import AudioRange
from .. import compat


def encode(
    pictures: list[Path],
    target: Path,
    fps: float,
    size: tuple[int, int],
    audio: AudioRange | None,
    lead_in: float = 0.0,
) -> bool:
    """Write an H.264 movie of pictures, with the sound under it where this Blender can read sound.

    Parameters
    ----------
    pictures : list of Path
        One per frame, all in one folder.
    target : Path
        The ``.mp4`` to write.
    fps : float
        Frames per second.
    size : (int, int)
        Width and height in pixels, both even.
    audio : AudioRange or None
        Heard from the first frame on, or ``lead_in`` seconds after it.

    Returns
    -------
    bool
        Whether the movie has sound.
    """
    if not bpy.app.ffmpeg.supported:
        raise SoliloquyError("This Blender was built without FFmpeg and writes no movies.", "Render a sheet instead.")
    known = set(bpy.data.sounds)
    scene = bpy.data.scenes.new("Soliloquy movie")
    try:
        render = scene.render
        compat.set_frame_rate(scene, fps)
        render.resolution_x, render.resolution_y, render.resolution_percentage = *size, 100
        scene.frame_start, scene.frame_end = 1, len(pictures)
        scene.view_settings.view_transform = "Standard"  # the pictures are finished already
        editor = scene.sequence_editor_create()
        strip = compat.new_image_strip(editor, "pictures", str(pictures[0]), 2, 1)
        for picture in pictures[1:]:
            strip.elements.append(picture.name)
        sound = audio is not None and _add_sound(editor, audio, fps, lead_in)
        render.use_sequencer = True
        compat.set_movie_output(scene)
        render.ffmpeg.format, render.ffmpeg.codec = "MPEG4", "H264"
        render.ffmpeg.constant_rate_factor = "HIGH"
        render.ffmpeg.audio_codec = "AAC" if sound else "NONE"
        render.filepath = str(target)
        bpy.ops.render.render(animation=True, scene=scene.name)
        return sound
    finally:
        bpy.data.scenes.remove(scene)
        for sound in set(bpy.data.sounds) - known:
            bpy.data.sounds.remove(sound)


def _add_sound(editor: object, audio: AudioRange, fps: float, lead_in: float) -> bool:
    """Put the sound under the pictures so that its range begins so many seconds after the first of them."""
    start = audio.start - lead_in
    skipped = round(start * fps)
    try:
        strip = compat.new_sound_strip(editor, "sound", audio.path, 1, 1 - skipped)
    except RuntimeError:  # a Blender without audio, such as the bpy 4.2 wheel
        return False
    with contextlib.suppress(AttributeError):
        strip.sound_offset = skipped / fps - start
    return True
