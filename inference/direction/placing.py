"""From cues to settings: when each one holds, and the curves that follow over what was directed otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..emotion.names import EMOTIONS
from ..gestures.settings import CHOSEN, GestureSettings
from ..settings import DIRECTED, AnimateSettings
from ..time_filters import between
from .act_times import placed_acts
from .cue import Cue, Direction, Missed, State
from .grammar import read_direction
from .meanings import constant_of
from .moments import Clip
from .tracks import constant

Doubles = npt.NDArray[np.float64]
_BLENDS = {"emotion": 0.4}
_BLEND = 0.6
"""Seconds in which what is directed comes, unless it is said otherwise; the muscles' own onset comes on top."""
_LEAST_MORE = 0.35
_GROWN = 0.75
"""Weights that "angrier", and "angrier and angrier", lead to at least."""


@dataclass(frozen=True)
class _Placed:
    """A cue with its seconds of the performance."""

    start: float
    stop: float
    """Infinite where it holds to the end."""
    until: float
    """The same, or the end."""
    cue: Cue


@dataclass(frozen=True)
class _Event:
    """What one channel shall be from one second to another."""

    start: float
    stop: float
    find: Callable[[Doubles], Doubles]
    """From what the channel is just before to what it shall be."""
    blend: float
    growing: bool


def directed_by_text(settings: AnimateSettings, clip: Clip) -> tuple[AnimateSettings, Direction]:
    """Return the settings that ``settings.direct`` asks for, and how it was read.

    What the text says goes before what is directed otherwise, where and as long as it says it; everything else stays.
    Of the lips nothing can be said.

    Raises
    ------
    SoliloquyError
        When the text is too long.
    """
    if not settings.direct.strip():
        return settings, Direction(())
    return directed_by(settings, read_direction(settings.direct, clip.words), clip)


def directed_by(settings: AnimateSettings, direction: Direction, clip: Clip) -> tuple[AnimateSettings, Direction]:
    """Return the settings that a direction asks for, and the direction with what has no place in the speech."""
    placed, missed = _placed(direction, clip)
    direction = replace(direction, missed=(*direction.missed, *missed))
    emotional, values = _events(placed)
    acts, late = placed_acts([(item.start, item.stop, item.cue) for item in placed], clip)
    direction = replace(direction, missed=(*direction.missed, *late))
    fields: dict[str, Any] = {"acts": tuple(sorted((*settings.acts, *acts)))} if acts else {}
    if emotional:
        moments, levels = _base_emotion(settings)
        curve = _stacked(emotional, moments, levels, clip)
        rows = tuple((row[0], *(min(max(weight, 0.0), 1.0) for weight in row[1:])) for row in curve)
        fields.update(emotion="neutral", intensity=1.0, emotion_track=(), emotion_curves=rows)
    if values:
        track = [row for row in settings.direction_track if row[1] not in values]
        for name, events in values.items():
            moments, levels = _base_value(settings, name)
            track += [(time, name, value) for time, value in _stacked(events, moments, levels, clip)]
        fields["direction_track"] = tuple(track)
    chosen = _chosen(placed, settings.gestures)
    if chosen:
        fields["gestures"] = replace(settings.gestures, **chosen)
    return replace(settings, **fields), direction


def _placed(direction: Direction, clip: Clip) -> tuple[list[_Placed], list[Missed]]:
    """Return the cues in seconds, in order of their start, and what has no place in the speech."""
    starts: list[float | None] = []
    kept: list[Cue] = []
    missed: list[Missed] = []
    end: float | None = None
    for cue in direction.cues:
        named = [moment for moment in (cue.start, cue.stop) if moment is not None]
        lost = next((moment for moment in named if moment.at(clip) is None), None)
        if lost is not None:
            why = "is not said" if clip.words is not None else "has no time, as the words are not known"
            missed.append(Missed(cue.reading(), f"'{lost.word}' {why}.", understood=True))
            continue
        beyond = next((moment for moment in named[:1] if not moment.inside(clip)), None)
        if beyond is not None:
            missed.append(Missed(cue.reading(), f"The speech lasts {clip.seconds:.4g} s.", understood=True))
            continue
        start = end if cue.start is None else cue.start.at(clip)
        if cue.start is None and not kept:
            start = clip.start
        if cue.start is None and cue.stop is not None and start is not None and start >= (cue.stop.at(clip) or 0.0):
            # "Sad from 4 to 6 s, open until 3 s": nothing comes before it.
            start = clip.start
        kept.append(cue)
        starts.append(start)
        end = None
        if cue.stop is not None:
            end = cue.stop.at(clip)
        elif cue.length is not None and start is not None:
            end = min(start + cue.length, clip.end)
    found: list[_Placed] = []
    for number, (cue, start) in enumerate(zip(kept, _spread(starts, clip), strict=True)):
        stop = np.inf
        if cue.stop is not None:
            stop = float(cue.stop.at(clip) or clip.end)
        elif cue.length is not None:
            stop = start + cue.length
        if cue.before and number:
            start, stop = clip.start, found[-1].start
        # What lasts to the end stays until the very end, and what begins with the speech is there before it.
        begun, last = 0.0 if start <= clip.start else start, min(stop, clip.end)
        found.append(_Placed(begun, np.inf if stop >= clip.end else stop, last, cue))
    backwards = [item.cue.reading() for item in found if item.stop <= item.start]
    missed += [Missed(reading, "It ends before it begins.", understood=True) for reading in backwards]
    return sorted((item for item in found if item.stop > item.start), key=lambda item: item.start), missed


def _spread(starts: list[float | None], clip: Clip) -> list[float]:
    """Return starts with those that nobody named spread evenly between the ones around them."""
    result: list[float] = []
    for number, start in enumerate(starts):
        if start is not None:
            result.append(start)
            continue
        after = next((count for count, later in enumerate(starts[number:]) if later is not None), None)
        last = clip.end if after is None else float(starts[number + after] or 0.0)
        steps = len(starts) - number if after is None else after
        result.append(result[-1] + max(0.0, last - result[-1]) / (steps + 1))
    return result


def _events(placed: list[_Placed]) -> tuple[list[_Event], dict[str, list[_Event]]]:
    """Return what happens to the emotion, and to every name of ``DIRECTED`` that is spoken of."""
    emotional: list[_Event] = []
    values: dict[str, list[_Event]] = {}
    felt = [item for item in placed if any(state.emotions for state in item.cue.states)]
    for item in placed:
        cue = item.cue
        states = tuple(state for state in cue.states if state.emotions)
        if states:
            emotional.append(_event(item, "emotion", item.stop, _mood(states, cue.growing)))
        # What belongs to a mood goes with it.
        change = min((other.start for other in felt if other.start > item.start), default=np.inf)
        for name in DIRECTED:
            # Of "quiet and thoughtful" the quieter one counts.
            named = [state for state in cue.states if name in state.values]
            for state in sorted(named, key=lambda state: abs(state.values[name] - constant_of(name))):
                stop = min(item.stop, change) if state.emotions else item.stop
                if state.lasts is not None:
                    stop = min(stop, item.start + state.lasts)
                level = np.array([state.values[name]])
                values.setdefault(name, []).append(_event(item, name, stop, lambda _before, level=level: level))
    return emotional, values


def _chosen(placed: list[_Placed], gestures: GestureSettings) -> dict[str, Any]:
    """Return the fields of the gestures' settings that cues choose: style and rest over time, posture for all of it."""
    said = [
        (item, name, value) for item in placed for state in item.cue.states for name, value in state.choices.items()
    ]
    fields: dict[str, Any] = {name: value for _, name, value in said if name not in CHOSEN}
    for name in CHOSEN:
        spans = [(item.start, item.stop, value) for item, other, value in said if other == name]
        if not spans:
            continue
        own = getattr(gestures, f"{name}_track")
        edges = {0.0, *(time for time, _ in own), *(time for start, stop, _ in spans for time in (start, stop))}
        rows: list[tuple[float, str]] = []
        for edge in sorted(edge for edge in edges if np.isfinite(edge)):
            over = [value for start, stop, value in spans if start <= edge < stop]
            value = over[-1] if over else gestures.at(name, edge)
            if not rows or rows[-1][1] != value:
                rows.append((round(edge, 4), value))
        fields[name], fields[f"{name}_track"] = rows[0][1], tuple(rows[1:])
    return fields


def _event(item: _Placed, channel: str, stop: float, find: Callable[[Doubles], Doubles]) -> _Event:
    cue, usual = item.cue, _BLENDS.get(channel, _BLEND)
    coming = cue.growing or (cue.blend is not None and cue.blend > 1.0)
    if coming and cue.stop is not None:
        # "Slowly becomes happy until 6 s": there at 6 s, and happy from then on.
        return _Event(item.start, np.inf, find, item.until - item.start, cue.growing)
    return _Event(item.start, stop, find, usual if cue.blend is None else cue.blend, cue.growing)


def _mood(states: tuple[State, ...], growing: bool) -> Callable[[Doubles], Doubles]:
    """Return how a mixture changes by what is said of emotions."""

    def find(before: Doubles) -> Doubles:
        after = np.zeros(len(EMOTIONS)) if any(state.way == "set" for state in states) else before.copy()
        for state in states:
            for name, weight in state.emotions.items():
                column = EMOTIONS.index(name)
                if column == 0:
                    continue
                if state.way == "set":
                    after[column] = max(after[column], weight)
                elif state.way == "more":
                    least = _GROWN if growing else 0.0 if before[column] else _LEAST_MORE
                    after[column] = min(1.0, max(before[column] + weight, least))
                elif state.way == "less":
                    after[column] = before[column] * (1 - weight)
                else:
                    after[column] = 0.0
        return after

    return find


def _base_emotion(settings: AnimateSettings) -> tuple[Doubles, Doubles]:
    """Return moments (K,) and weights (K, 8) of the emotion that is directed otherwise."""
    if settings.emotion_curves:
        rows = np.array(settings.emotion_curves)
        return rows[:, 0], rows[:, 1:]
    keys = settings.emotion_track or ((0.0, settings.emotion, settings.intensity),)
    levels = np.zeros((len(keys), len(EMOTIONS)))
    for level, (_, name, weight) in zip(levels, keys, strict=True):
        level[EMOTIONS.index(name)] = weight
    levels[:, 0] = 0.0
    return np.array([key[0] for key in keys]), levels


def _base_value(settings: AnimateSettings, name: str) -> tuple[Doubles, Doubles]:
    keys = [(time, value) for time, word, value in settings.direction_track if word == name]
    rows = np.array(keys or [(0.0, constant(settings, name))])
    return rows[:, 0], rows[:, 1:]


def _stacked(events: list[_Event], moments: Doubles, levels: Doubles, clip: Clip) -> list[tuple[float, ...]]:
    """Return rows of a time and the levels (C,) there: events over what is otherwise at (K,) moments.

    Of the events that hold at a time the one that began last counts; where none holds, the levels beneath do.
    """
    end = clip.end
    # Of two that begin together, the one that is over first is on top: a sigh, within what lasts.
    events = sorted(events, key=lambda event: (event.start, -event.stop))
    edges = sorted({0.0, *(event.start for event in events), *(event.stop for event in events if event.stop < end)})

    def beneath(time: float) -> Doubles:
        return between(np.array([time]), moments, levels)[0]

    aims: dict[int, Doubles] = {}
    rows: list[tuple[float, Doubles]] = []
    now, holding = beneath(0.0), -2
    for edge, after in pairwise([*edges, max(end, edges[-1] + 1e-3)]):
        over = [number for number, event in enumerate(events) if event.start <= edge < event.stop]
        active = over[-1] if over else -1
        if active >= 0 and active not in aims:
            aims[active] = events[active].find(now)

        def aim(time: float, active: int = active) -> Doubles:
            return aims[active] if active >= 0 else beneath(time)

        blend = 0.0
        if active != holding and (edge > 0 or (active >= 0 and _comes(events[active]))):
            event = events[active] if active >= 0 else None
            blend = _BLENDS.get("emotion", _BLEND) if event is None else event.blend
            blend = after - edge if event is not None and event.growing and event.blend < after - edge else blend
        holding = active
        rows.append((edge, now if blend else aim(edge)))
        come = min(edge + blend, after)
        share = 1.0 if blend <= after - edge else (after - edge) / blend
        if blend:
            rows.append((come, (1 - share) * now + share * aim(come)))
        if active < 0:
            rows += [(float(time), beneath(float(time))) for time in moments if come < time < after]
        now = rows[-1][1] if share < 1.0 else aim(after)
        if come < after:
            rows.append((after, now))
    kept = [row for number, row in enumerate(rows) if number == 0 or row[0] > rows[number - 1][0]]
    return [(round(time, 4), *(round(float(value), 4) for value in level)) for time, level in kept]


def _comes(event: _Event) -> bool:
    return event.growing or event.blend > 1.0
