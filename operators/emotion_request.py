"""From what the panel, the markers or a script say about emotion to the settings of a performance."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.emotion.affect import mixture
from ..inference.errors import SoliloquyError
from ..inference.gestures.settings import CHOSEN, GestureSettings
from ..inference.settings import DIRECTED, EMOTIONS, AnimateSettings
from .emotion_properties import AFFECT, Directed
from .setting_properties import chosen

if TYPE_CHECKING:
    from ..inference.emotion.track import EmotionRows
    from ..rigs.emotion_markers import EmotionMarkers

SAMPLE_SECONDS = 0.1
_FIELDS = ("emotion", "intensity", "voice_emotion")


def weight_paths(by: Directed) -> list[str]:
    """Return the data paths of the eight sliders, in the order of ``EMOTIONS``."""
    return [by.path(f"emotion_mix.{name}") for name in EMOTIONS]


def affect_paths(by: Directed) -> list[str]:
    """Return the data paths of valence and arousal."""
    return [by.path(f"emotion_mix.{name}") for name in AFFECT]


def directed(
    context: Any, given: dict[str, Any], by: Directed, gestures: GestureSettings, first_frame: float, fps: float,
    duration: float | None,
) -> tuple[dict[str, Any], tuple[str, ...]]:  # fmt: skip
    """Return the fields of ``AnimateSettings`` that are directed over time, and sentences the artist should read.

    The emotion, energy, openness, lean, eye contact and head, and of the gestures style and rest, where their sliders
    and menus are keyed, or a file or a marker says them.

    What a script passed goes before the panel: ``emotion_track``, ``emotion_mix`` (such as "happy 0.5 + surprised
    0.3"), ``valence`` with ``arousal``, ``use_markers``, or ``emotion`` with ``intensity``.

    Parameters
    ----------
    by : Directed
        Whose direction counts.
    gestures : GestureSettings
        What panel and script say about the gestures.
    first_frame : float
        Scene frame where the speech starts; keys and markers count from there.
    duration : float or None
        Seconds of speech, None when not known.

    Raises
    ------
    SoliloquyError
        When a track or a mixture cannot be read, or a script says the emotion in two ways.
    """
    fields, remarks = _felt(context, given, by, first_frame, fps, duration)
    said = fields.get("direction_track", ())
    without = {*given, *(name for _, name, _ in said)}
    keyed = keyed_values(by, first_frame, fps, duration, without)
    fields["direction_track"] = (*said, *keyed)
    fields["gestures"] = replace(gestures, **keyed_choices(by, first_frame, fps, duration, set(given)))
    if _mode(given, by.group) == "MARKERS":
        fields, more = _with_notes(fields, context, first_frame, fps, duration)
        remarks += more
    return fields, remarks


def keyed_values(
    by: Directed, first_frame: float, fps: float, duration: float | None, without: set[str]
) -> tuple[tuple[float, str, float], ...]:
    """Return keys of ``AnimateSettings.direction_track`` from the F-curves of sliders.

    Parameters
    ----------
    without : set of str
        Names of ``DIRECTED`` that are said otherwise.
    """
    from ..inference.direction.tracks import directed_setting
    from ..inference.emotion.track import thinned
    from ..rigs.takes.property_curves import property_curves, sample_properties

    found: list[tuple[float, str, float]] = []
    for name in (name for name in DIRECTED if name not in without):
        path = by.path(name)
        if not any(len(curve.keyframe_points) for curve in property_curves(by.owner, [path]).values()):
            continue
        times, values = sample_properties(by.owner, [path], first_frame, fps, duration, SAMPLE_SECONDS)
        item = directed_setting(name)
        low, high = float(item.low or 0.0), float(item.high or 0.0)
        rows = tuple(
            (float(time), min(max(round(float(value), 5), low), high))
            for time, (value,) in zip(times, values, strict=True)
        )
        found += [(time, name, value) for time, value in thinned(rows)]
    return tuple(found)


def keyed_choices(
    by: Directed, first_frame: float, fps: float, duration: float | None, without: set[str]
) -> dict[str, Any]:
    """Return the fields of ``GestureSettings`` that say style and rest over time, from the keys of their menus."""
    from ..rigs.takes.property_curves import property_curves

    fields: dict[str, Any] = {}
    for name, names in CHOSEN.items():
        curve = property_curves(by.owner, [by.path(name)]).get(by.path(name))
        if name in without or curve is None or not len(curve.keyframe_points):
            continue
        end = math.inf if duration is None else duration
        seconds = [(key.co[0] - first_frame) / fps for key in curve.keyframe_points]
        rows: list[tuple[float, str]] = []
        for second in [0.0, *(second for second in seconds if 0.0 < second < end)]:
            chosen_then = names[min(max(round(curve.evaluate(first_frame + second * fps)), 0), len(names) - 1)]
            if not rows or rows[-1][1] != chosen_then:
                rows.append((round(second, 4), chosen_then))
        fields[name], fields[f"{name}_track"] = rows[0][1], tuple(rows[1:])
    return fields


def _with_notes(
    fields: dict[str, Any], context: Any, first_frame: float, fps: float, duration: float | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return fields with what markers direct in words, such as ``@looks away``, and sentences about those."""
    from ..inference.direction.grammar import read_notes
    from ..inference.direction.moments import Clip
    from ..inference.direction.placing import directed_by

    notes = tuple(((frame - first_frame) / fps, text) for frame, text in markers_in_use(context).notes)
    inside = tuple((max(time, 0.0), text) for time, text in notes if duration is None or time < duration)
    if not inside:
        return fields, ()
    seconds = inside[-1][0] + 60.0 if duration is None else duration
    base = AnimateSettings(**fields)
    made, direction = directed_by(base, read_notes(inside), Clip(seconds))
    remarks = tuple(missed.sentence() for missed in direction.missed)
    if made.gestures.posture != base.gestures.posture:
        remarks += ("Posture holds for the whole clip: choose it in the panel, not by a marker.",)
        made = replace(made, gestures=replace(made.gestures, posture=base.gestures.posture))
    changed = ("emotion", "intensity", "emotion_curves", "direction_track", "acts", "gestures")
    return {**fields, **{name: getattr(made, name) for name in changed}}, remarks


def _felt(
    context: Any, given: dict[str, Any], by: Directed, first_frame: float, fps: float, duration: float | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the fields that say the emotion, and of a file all that it says."""
    from ..inference.emotion.track import thinned
    from ..inference.emotion.words import read_mixture
    from ..rigs.takes.property_curves import sample_properties

    panel = by.group
    fields = chosen(AnimateSettings, lambda name: given.get(name, getattr(panel, name)), only=_FIELDS)
    mode = _mode(given, panel)
    if mode == "SINGLE":
        return fields, ()
    fields.update(emotion="neutral", intensity=1.0)
    remarks: tuple[str, ...] = ()
    rows: EmotionRows
    if mode == "FILE":
        return {**fields, **_track(given.get("emotion_track", panel.emotion_track))}, ()
    if mode == "MARKERS":
        found = markers_in_use(context)
        rows = found.rows(first_frame, fps, duration)
        remarks = (found.complaint,) if found.complaint else ()
    elif mode == "AFFECT":
        rows = _affect(by, given, first_frame, fps, duration)
    elif "emotion_mix" in given:
        rows = ((0.0, *read_mixture(given["emotion_mix"])),)
    else:
        times, values = sample_properties(by.owner, weight_paths(by), first_frame, fps, duration, SAMPLE_SECONDS)
        rows = _rows(times, values)
    return {**fields, "emotion_curves": thinned(rows)}, remarks


def markers_in_use(context: Any) -> EmotionMarkers:
    """Return what the markers say: the scene's, or where those say nothing, those of the Sequencer's scene."""
    from ..rigs.compat import sequencer_scene
    from ..rigs.emotion_markers import read_markers

    found = read_markers(context.scene)
    other = sequencer_scene(context)
    if found.markers or found.notes or found.unreadable or other is None or other == context.scene:
        return found
    return read_markers(other)


def _mode(given: dict[str, Any], panel: Any) -> str:
    said = {
        "FILE": bool(given.get("emotion_track")),
        "MIX": bool(given.get("emotion_mix")),
        "AFFECT": "valence" in given or "arousal" in given,
        "MARKERS": bool(given.get("use_markers")),
        "SINGLE": "emotion" in given,
    }
    modes = [mode for mode, here in said.items() if here]
    if len(modes) > 1:
        raise SoliloquyError("The emotion is said in two ways.", "Pass one of them only.")
    if modes:
        return modes[0]
    if "intensity" in given or (panel.emotion_mode == "FILE" and given.get("emotion_track") == ""):
        return "SINGLE"
    return panel.emotion_mode


def _track(filepath: str) -> dict[str, Any]:
    from ..inference.emotion.track import read_track

    if not filepath:
        raise SoliloquyError(
            "No file with emotions over time is chosen.", "Choose one, or direct the emotion otherwise."
        )
    return read_track(Path(bpy.path.abspath(filepath))).fields()


def _affect(by: Directed, given: dict[str, Any], first_frame: float, fps: float, duration: float | None) -> EmotionRows:
    from ..rigs.takes.property_curves import sample_properties

    times, values = sample_properties(by.owner, affect_paths(by), first_frame, fps, duration, SAMPLE_SECONDS)
    for column, name in enumerate(AFFECT):
        if name in given:
            values[:, column] = given[name]
    return _rows(times, mixture(values[:, 0], values[:, 1]))


def _rows(times: Any, weights: Any) -> EmotionRows:
    return tuple(
        (float(time), *(min(max(float(weight), 0.0), 1.0) for weight in row))
        for time, row in zip(times, weights, strict=True)
    )
