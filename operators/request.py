"""From what the panel shows, or a script passes, to an order for the worker."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.engine_spec import KINDS
from ..inference.errors import BadAudio, SoliloquyError
from ..inference.gestures.settings import GestureSettings
from ..inference.setting import settings_of
from ..inference.settings import AnimateSettings, AudioRange
from ..rigs.takes.bake_options import BakeOptions
from . import session, speakers, spoken_strip
from .choice import anchor, chosen_rig
from .conversation import partner_points
from .emotion_properties import direction_of
from .emotion_request import directed
from .engine_list import require_engine
from .looking import gaze_points, scene_fps
from .mouth import characters_own
from .preferences import preferences
from .setting_properties import chosen
from .take_job import TakeJob
from .word_request import asked_words

if TYPE_CHECKING:
    from ..rigs.rig import Rig


def build(context: Any, given: dict[str, Any]) -> TakeJob:
    """Gather everything a performance needs.

    Parameters
    ----------
    context : bpy.types.Context
        Where the settings of the panel and the sound strip are taken from.
    given : dict
        What a script passed; it goes before the panel's settings. ``filepath`` names a sound file, ``start`` and
        ``stop`` its range in seconds, ``first_frame`` the frame where it starts.

    Raises
    ------
    SoliloquyError
        When there is no speech, or more than one character could be meant, or a setting cannot be used.
    """
    from ..inference.orders.animate import AnimateJob

    scene = context.scene
    panel = scene.soliloquy
    audio, first_frame, duration, title = speech(context, given)
    rig = character(context, given.get("character", ""))
    by = direction_of(rig, scene)

    def value(name: str) -> Any:
        return given[name] if name in given else by.value(name)

    use_file = _uses_file(given, panel)
    sound_path = audio.path if use_file and value("add_sound") else ""
    _require_parts(value("regions"))
    for kind in KINDS:
        require_engine(kind, value(kind))
    fps = scene_fps(scene)
    spoken = None if use_file else spoken_strip.spoken(context, given.get("strip", ""), audio, first_frame)
    # What comes before the speech belongs to the performance: it begins earlier than the sound.
    sound_frame, lead_in = first_frame, value("lead_in")
    words = asked_words(context, given, first_frame, fps, audio.start, duration).later(lead_in)
    first_frame -= lead_in * fps
    duration = None if duration is None else lead_in + duration + value("lead_out")
    gestures = GestureSettings(**chosen(GestureSettings, value))
    emotion, remarks = directed(context, given, by, gestures, first_frame, fps, duration)
    settings = AnimateSettings(
        **{**chosen(AnimateSettings, characters_own(rig, given, value)), **emotion},
        words=words,
        fps=fps,
        device=preferences().device.lower(),
        gaze_target=gaze_points(panel.gaze_object, rig, first_frame, duration, scene),
        listener=partner_points(context, rig, first_frame, duration),
    )
    return TakeJob(
        order=AnimateJob(audio, settings, str(new_output(title))),
        title=title,
        scene_uid=scene.session_uid,
        object_uid=anchor(rig).session_uid,
        object_name=anchor(rig).name,
        first_frame=first_frame,
        take_name=given.get("take_name", ""),
        interpolation=panel.interpolation,
        extend_scene=value("extend_scene"),
        sound_path=sound_path,
        sound_frame=sound_frame,
        spoken=spoken,
        remarks=remarks,
    )


def build_idle(context: Any, given: dict[str, Any]) -> TakeJob:
    """Gather everything for a character that waits or listens, from the current frame on.

    Parameters
    ----------
    given : dict
        As of :func:`build`; ``seconds`` says how long, ``listen_to`` names somebody else's sound strip, or a tuple of
        several.

    Raises
    ------
    SoliloquyError
        When more than one character could be meant, or a setting cannot be used.
    """
    from ..inference.orders.idle import BORNE, LIVED, HeardLine, IdleJob, silence

    scene = context.scene
    panel = scene.soliloquy
    rig = character(context, given.get("character", ""))
    by = direction_of(rig, scene)

    def value(name: str) -> Any:
        return given[name] if name in given else by.value(name)

    _require_parts(value("regions"))
    fps = scene_fps(scene)
    first_frame, seconds = float(scene.frame_current), panel.idle_seconds
    others = _others_strips(context, given.get("listen_to", ()), value("listening"))
    if others and "listen_to" in given:
        first_frame, seconds = others[0][1], others[0][2]
    first_frame = _first_frame(given, first_frame)
    seconds = round(given.get("seconds", seconds), 5)
    gestures = GestureSettings(**chosen(GestureSettings, value, only=BORNE))
    emotion, remarks = directed(context, given, by, gestures, first_frame, fps, seconds)
    settings = AnimateSettings(
        **{**chosen(AnimateSettings, characters_own(rig, given, value), only=LIVED), **emotion, "voice_emotion": 0.0},
        fps=fps,
        gaze_target=gaze_points(panel.gaze_object, rig, first_frame, seconds, scene),
        listener=partner_points(context, rig, first_frame, seconds),
    )
    return TakeJob(
        order=IdleJob(
            silence(seconds),
            settings,
            str(new_output("idle")),
            heard=tuple(HeardLine(audio, (start - first_frame) / fps) for audio, start, _ in others),
        ),
        title="Idle",
        scene_uid=scene.session_uid,
        object_uid=anchor(rig).session_uid,
        object_name=anchor(rig).name,
        first_frame=first_frame,
        take_name=given.get("take_name", ""),
        interpolation=panel.interpolation,
        extend_scene=value("extend_scene"),
        remarks=remarks,
    )


def build_takes(context: Any, given: dict[str, Any], count: int) -> list[TakeJob]:
    """Return one order per take: the first as :func:`build` has it, the others with the seeds that follow.

    The takes are named after their seeds, a name that was passed going before.

    Raises
    ------
    SoliloquyError
        As :func:`build`.
    """
    first = build(context, given)
    if count == 1:
        return [first]
    made = []
    for number in range(count):
        settings = replace(first.order.settings, seed=first.order.settings.seed + number)
        made.append(
            replace(
                first,
                order=replace(first.order, settings=settings),
                title=f"{first.title}, seed {settings.seed}",
                speech=first.title,
                take_name=f"{first.take_name} {settings.seed}" if first.take_name else f"Variation {settings.seed}",
                free_name=True,
                sound_path="" if number else first.sound_path,
                remarks=() if number else first.remarks,
            )
        )
    return made


def speech(context: Any, given: dict[str, Any]) -> tuple[AudioRange, float, float | None, str]:
    """Return the speech that is meant: audio, scene frame of its start, seconds where known, title.

    Raises
    ------
    SoliloquyError
        When there is none, or it cannot be used.
    """
    panel = context.scene.soliloquy
    heard = {name: given.get(name, getattr(panel, name)) for name in ("track", "channel")}
    if _uses_file(given, panel):
        audio = _file_range(given.get("filepath", panel.filepath), given.get("start", 0.0), given.get("stop"))
        duration = None if audio.stop is None else audio.stop - audio.start
        audio = replace(audio, **heard)
        return audio, _first_frame(given, context.scene.frame_current), duration, Path(audio.path).name
    audio, first_frame, duration, title = _strip_range(context, given.get("strip", ""))
    audio = replace(audio, **heard)
    return audio, _first_frame(given, first_frame), duration, title


def _require_parts(regions: Any) -> None:
    if not regions:
        raise SoliloquyError("Nothing is chosen to animate.", "Switch on at least one of the parts under Animate.")


def _uses_file(given: dict[str, Any], panel: Any) -> bool:
    """Tell whether the speech is a file; a strip that a script names goes before the panel."""
    return "filepath" in given or (panel.source == "FILE" and not given.get("strip"))


def _first_frame(given: dict[str, Any], default: float) -> float:
    """Return the scene frame at which the speech starts; what cannot be one is refused before anything is made."""
    checked: float = settings_of(BakeOptions)["first_frame"].check(float(given.get("first_frame", default)))
    return checked


def character(context: Any, name: str = "") -> Rig:
    """Return the character that is meant; where the scene has none, the default character is added.

    Raises
    ------
    SoliloquyError
        When several could be meant, or the named object is none.
    """
    from ..rigs.character.default_character import add_character
    from ..rigs.rig import rigs_in_scene

    rig = chosen_rig(context, name)
    if rig is not None:
        return rig
    if rigs_in_scene(context.scene):
        raise SoliloquyError("The scene has several characters.", "Choose one under Character, or select it.")
    settings = context.scene.soliloquy
    rig = add_character(context, look=settings.look, location=context.scene.cursor.location, person=settings.person)
    context.scene.soliloquy.character = rig.armature
    return rig


def _file_range(filepath: str, start: float, stop: float | None) -> AudioRange:
    if not filepath:
        raise SoliloquyError("No sound file is chosen.", "Choose one under Speech.")
    path = Path(bpy.path.abspath(filepath))
    if path.is_dir():
        raise BadAudio(f"'{path}' is a folder, not a sound file.", "Choose a sound file.")
    if not path.is_file():
        raise BadAudio(f"There is no sound file at '{path}'.", "Choose another file.")
    return AudioRange(str(path), start, stop)


def _strip_range(context: Any, name: str) -> tuple[AudioRange, float, float, str]:
    from ..rigs.compat import sequencer_scene
    from ..rigs.strips import strip_range

    strip = spoken_strip.meant(context, name)
    found = strip_range(strip, sequencer_scene(context))
    return found.audio, found.first_frame, found.duration, strip.name


def _others_strips(
    context: Any, names: str | tuple[str, ...], listening: float
) -> list[tuple[AudioRange, float, float]]:
    """Return the sound, first frame and seconds of strips that are listened to: of the named ones, else of the active
    one where another character has spoken it."""
    if not names:
        strip = speakers.active_sound(context) if listening > 0 else None
        if strip is None or speakers.other_speaker(context, strip) is None:
            return []
        names = strip.name
    return [_strip_range(context, name)[:3] for name in ((names,) if isinstance(names, str) else names)]


def _file_name(title: str) -> str:
    return re.sub(r"[^\w.-]+", "_", Path(title).stem).strip("_") or "speech"


def new_output(title: str, suffix: str = ".npz") -> Path:
    """Return where a result shall be written; ``jobs.submit`` gives it a number where the name is taken."""
    return session.data_folder("performances") / f"{_file_name(title)}-{time.strftime('%Y%m%d-%H%M%S')}{suffix}"
