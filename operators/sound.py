"""Put a speech file into the Sequencer, so that the artist hears what the character says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from ..rigs.compat import new_sound_strip, show_in_sequencer, strip_times, top_strips


def add_sound_strip(
    scene: Any, path: Path, frame: int, *, follow: bool = True, remark: Callable[[str], None] = lambda _text: None
) -> Any | None:
    """Add ``path`` as a sound strip at ``frame`` in a channel of its own; a strip that plays it there already is kept.

    Parameters
    ----------
    follow : bool
        Whether a new strip sets the scene's playback to follow the sound, and lets it sound where the playhead is
        dragged. Without that Blender plays every frame, however late, and the lips run away from the words. It is done
        once: where playback follows the sound already, everything stays as the artist has it.
    remark : callable, optional
        Given a sentence when the scene's playback was changed.

    Returns
    -------
    strip or None
        The strip, None where this Blender was built without sound.
    """
    editor = scene.sequence_editor_create()
    strips = top_strips(editor)
    for strip in strips:
        if strip.type == "SOUND" and _plays(strip, path) and round(strip_times(strip).content_start) == frame:
            return strip
    channel = max((strip.channel for strip in strips), default=0) + 1
    show_in_sequencer(bpy.context, scene)
    try:
        strip = new_sound_strip(editor, path.stem, str(path), channel, frame)
    except RuntimeError:
        return None
    if follow and scene.sync_mode != "AUDIO_SYNC":
        scene.sync_mode = "AUDIO_SYNC"
        scrubs = scene.use_audio_scrub
        scene.use_audio_scrub = True
        remark(f"Playback now follows the sound (Sync to Audio){'' if scrubs else ', and scrubbing is heard'}.")
    return strip


def _plays(strip: Any, path: Path) -> bool:
    if strip.sound is None:
        return False
    return Path(bpy.path.abspath(strip.sound.filepath, library=strip.sound.library)) == path
