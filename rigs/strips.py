"""From the sound strip an artist selected to a stretch of an audio file and the scene frame where it is heard."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..inference.errors import BadAudio
from ..inference.saving import not_saved, private_folder, written_aside
from ..inference.settings import AudioRange
from ..inference.user_folders import temporary_folder
from . import compat


@dataclass(frozen=True)
class StripAudio:
    """What a sound strip plays, and when."""

    audio: AudioRange
    """File and seconds into it."""
    first_frame: float
    """Scene frame of the first audible sample; may lie between frames."""
    duration: float
    """Seconds heard."""


@dataclass(frozen=True)
class Heard:
    """What of its file a sound strip lets be heard, and where; whether the file is there does not matter."""

    start: float
    """Second of the file at the left edge."""
    stop: float
    """Second of the file at the right edge."""
    first_frame: float
    """Scene frame at which ``start`` is heard; may lie between frames."""
    rate: float
    """Scene frames per second of the file: the scene's frame rate, divided by the speed of a retimed strip."""
    muted: bool = False

    @property
    def last_frame(self) -> float:
        """Scene frame at which ``stop`` is heard."""
        return self.first_frame + (self.stop - self.start) * self.rate


def sound_strip(context: Any) -> Any | None:
    """Return the sound strip the user means, or None.

    In this order: the active strip, the one selected sound strip, the sound that came with an active movie strip, and
    the only sound strip there is. The sequence editor is that of the sequencer's own scene where there is one.
    """
    editor = compat.sequencer_scene(context).sequence_editor
    if editor is None:
        return None
    sounds = [strip for strip in _all_strips(editor) if strip.type == "SOUND"]
    active = editor.active_strip
    if active is not None and active.type == "SOUND":
        return active
    selected = [strip for strip in sounds if strip.select]
    if active is not None and active.type == "MOVIE" and active.select:
        companion = _companion(active, sounds)
        if companion is not None or not selected:
            return companion
    if len(selected) == 1:
        return selected[0]
    return sounds[0] if len(sounds) == 1 else None


def why_no_strip(context: Any) -> str:
    """Return in words why :func:`sound_strip` finds nothing, and what to do; empty when it finds a strip."""
    if sound_strip(context) is not None:
        return ""
    editor = compat.sequencer_scene(context).sequence_editor
    strips = _all_strips(editor) if editor is not None else []
    if editor is not None and editor.active_strip is not None and editor.active_strip.type == "MOVIE":
        return "The selected movie strip has no sound strip beside it; add the movie again with its sound."
    sounds = [strip for strip in strips if strip.type == "SOUND"]
    if sum(strip.select for strip in sounds) > 1:
        return "Several sound strips are selected: press Animate All, or click the one that is meant."
    if sounds:
        return "Select one sound strip in the Sequencer, or choose a file."
    return "Add a sound strip to the Sequencer, or choose a file."


def strip_range(strip: Any, scene: Any) -> StripAudio:
    """Map a sound strip to seconds of its audio file.

    Parameters
    ----------
    strip : bpy.types.SoundStrip
        The strip; trimmed, offset, packed, from a linked library or inside meta strips.
    scene : bpy.types.Scene
        The scene the strip belongs to; its frame rate (with ``fps_base``) decides.

    Raises
    ------
    SoliloquyError
        When the strip is no sound, plays at a changed speed, is cut away by its meta strip, or its file is missing.
    """
    if strip.type == "MOVIE":
        companion = _companion(strip, [s for s in _all_strips(scene.sequence_editor) if s.type == "SOUND"])
        if companion is None:
            raise BadAudio(
                f"The movie strip '{strip.name}' has no sound strip beside it.",
                "Add the movie again with its sound, or choose the movie file itself as the audio.",
            )
        strip = companion
    if strip.type != "SOUND":
        raise BadAudio(f"The strip '{strip.name}' is not a sound.", "Select a sound strip.")
    span = heard(strip, scene)
    return StripAudio(
        AudioRange(str(_sound_file(strip)), span.start, span.stop), span.first_frame, span.stop - span.start
    )  # fmt: skip


def heard(strip: Any, scene: Any, length: float | None = None) -> Heard:
    """Return what a sound strip lets be heard of its file.

    Parameters
    ----------
    strip : bpy.types.SoundStrip
        The strip; trimmed, offset, or inside meta strips.
    scene : bpy.types.Scene
        The scene the strip belongs to.
    length : float, optional
        Seconds that the whole file lasts. With it a strip that plays at one changed speed can be told; Blender says
        only where a speed begins and ends, not how fast it is.

    Raises
    ------
    BadAudio
        When the strip plays nothing, or its speed is changed and cannot be told.
    """
    rate = fps = scene_fps(scene)
    keys = compat.retiming_frames(strip)
    if keys:
        if not length or len(keys) != 2 or keys[1] <= keys[0]:
            raise BadAudio(
                f"The strip '{strip.name}' plays at a changed speed.",
                "Reset its retiming (Strip > Retiming > Reset), or render the sound to a file and use that.",
            )
        rate = (keys[1] - keys[0]) / length
    times = compat.strip_times(strip)
    left, right = _audible(strip, times)
    # Seconds into the file at the left edge; a positive sound_offset plays the file later.
    start = (left - times.content_start) / rate + times.skipped / fps - getattr(strip, "sound_offset", 0.0)
    first = float(left)
    if start < 0.0:
        first, start = left - start * rate, 0.0
    stop = start + (right - first) / rate
    if stop <= start:
        raise BadAudio(f"The strip '{strip.name}' plays nothing: its sound begins after its end.", "Move its edges.")
    return Heard(start, stop, first, rate, bool(strip.mute))


def scene_fps(scene: Any) -> float:
    """Return the scene's frame rate, ``fps_base`` honoured."""
    return scene.render.fps / scene.render.fps_base


def sound_strips(scene: Any) -> list[Any]:
    """Return the sound strips of a scene, those inside meta strips included."""
    editor = scene.sequence_editor
    return [strip for strip in _all_strips(editor) if strip.type == "SOUND"] if editor is not None else []


def _all_strips(holder: Any) -> list[Any]:
    """Return all strips, those inside meta strips included."""
    found: list[Any] = []
    for strip in compat.top_strips(holder):
        found.append(strip)
        if strip.type == "META":
            found += _all_strips(strip)
    return found


def _metas_around(strip: Any) -> list[Any]:
    """Return the meta strips around a strip, innermost first."""
    found = []
    meta = strip.parent_meta()
    while meta is not None:
        found.append(meta)
        meta = meta.parent_meta()
    return found


def _audible(strip: Any, times: compat.StripTimes) -> tuple[float, float]:
    """Return the strip's edges in scene frames after the meta strips around it have cut it.

    Strips inside a meta strip keep scene frames of their own (moving the meta moves them), so only the cut counts.
    """
    left, right = times.left, times.right
    for meta in _metas_around(strip):
        around = compat.strip_times(meta)
        left, right = max(left, around.left), min(right, around.right)
    if right <= left:
        raise BadAudio(f"The meta strip around '{strip.name}' cuts it away.", "Widen the meta strip.")
    return left, right


def _companion(movie: Any, sounds: list[Any]) -> Any | None:
    """Return the sound strip that came with a movie strip: same file, same start."""
    path = _absolute(movie.filepath, None)
    for sound in sounds:
        if sound.sound is None or _absolute(sound.sound.filepath, sound.sound.library) != path:
            continue
        if abs(compat.strip_times(sound).left - compat.strip_times(movie).left) < 1.0:
            return sound
    return None


def _absolute(path: str, library: Any) -> Path:
    return Path(os.path.normpath(bpy.path.abspath(path, library=library)))


def _sound_file(strip: Any) -> Path:
    sound = strip.sound
    if sound is None:
        raise BadAudio(f"The strip '{strip.name}' has lost its sound.", "Add the sound again.")
    if sound.packed_file is not None:
        return _unpacked(sound)
    path = _absolute(sound.filepath, sound.library)
    if not path.is_file():
        raise BadAudio(
            f"The file of the strip '{strip.name}' is missing: '{path}'.",
            "Use File > External Data > Find Missing Files, or add the sound again.",
        )
    return path


def _unpacked(sound: Any) -> Path:
    """Write a packed sound to a temporary file named by its content and return the path."""
    data = bytes(sound.packed_file.data)
    folder = (Path(bpy.app.tempdir) if bpy.app.tempdir else temporary_folder()) / "soliloquy_sounds"
    suffix = Path(sound.filepath.replace("\\", "/")).suffix
    target = folder / (hashlib.sha256(data).hexdigest()[:32] + suffix)
    if target.is_file() and target.stat().st_size == len(data):
        return target
    try:
        private_folder(folder, ours=True)
        with written_aside(target) as stream:
            stream.write(data)
    except OSError as error:
        raise not_saved(target, error) from error
    return target
