"""What one saying means, with the degree, the negation and the number around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..presets import shipped_presets
from ..settings import DIRECTED
from .cue import Missed, State
from .tracks import directed_setting

_MOST_TIMES = 10
_STEPS = {"more": 0.3, "less": 0.5}
"""What "angrier" adds to a weight, and the share of it that "less angry" takes."""


def state_of(kind: str, value: Any, degree: float, negated: bool, way: str, number: float | None) -> State | Missed:
    """Return what one saying means, with the degree, the negation and the number around it."""
    if kind == "channel":
        setting = directed_setting(value)
        if number is None or not float(setting.low or 0) <= number <= float(setting.high or 0):
            return Missed("", f"Give {setting.title} a number from {setting.low:g} to {setting.high:g}.")
        return State(values={value: number})
    if "type" in value:
        value = {**shipped_presets()[value["type"]].values, **value}
    emotions = dict(value.get("emotion", {}))
    values = {name: float(value[name]) for name in DIRECTED if name in value}
    choices = {name: value[name] for name in ("style", "posture", "rest") if name in value}
    acts = _acts(value)
    way = way or value.get("way", "set")
    if negated:
        if acts and not emotions and "not" not in value:
            return State()  # who does not nod does nothing else instead
        if emotions and "neutral" not in emotions:
            return State(emotions, way="without")
        if not emotions and (values or choices or "not" in value):
            undone = {name: constant_of(name) for name in values}
            return State(values={name: float(item) for name, item in value.get("not", undone).items()})
        return Missed("", "Say what it is instead.")
    if number is not None:
        if not emotions or not 0.0 <= number <= 1.0:
            return Missed("", "An emotion has a number from 0 to 1, or up to 100 %.")
        top = max(emotions.values())
        return State({name: number * weight / top for name, weight in emotions.items()}, values, choices, acts)
    if way in _STEPS and "neutral" not in emotions:
        step = _STEPS[way] * degree
        if emotions:
            return State({name: min(1.0, step) for name in emotions}, way=way)
        way, degree = "set", degree * (1.3 if way == "more" else 0.5)
    state = State(emotions, values, choices, acts, "set" if way in _STEPS else way, value.get("lasts"))
    return state if degree == 1.0 else scaled(state, degree)


def _acts(value: Any) -> tuple[tuple[str, int], ...]:
    """Return the acts of a saying; what is counted to has one for each number."""
    name, times = value.get("act"), int(value.get("times", 1))
    if name == "count":
        return tuple((f"count{number}", 1) for number in range(1, min(max(times, 1), 10) + 1))
    return ((name, min(times, _MOST_TIMES)),) if name else ()


def scaled(state: State, degree: float) -> State:
    """Return a state that is so many times as strong."""
    emotions = {
        name: weight if name == "neutral" else min(1.0, degree * weight) for name, weight in state.emotions.items()
    }
    return replace(state, emotions=emotions, values={name: _far(name, v, degree) for name, v in state.values.items()})


def _far(name: str, value: float, degree: float) -> float:
    """Return a value so many times as far from what is usual, within its range."""
    setting, usual = directed_setting(name), constant_of(name)
    far = usual + degree * (value - usual)
    return round(min(max(far, float(setting.low or 0.0)), float(setting.high or 0.0)), 4)


def constant_of(name: str) -> float:
    """Return what a name of ``DIRECTED`` usually is."""
    return float(directed_setting(name).default)
