"""What a direction says once it is read: cues in order, and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..gestures.settings import CHOSEN
from .acts import ACTS
from .moments import Moment


@dataclass(frozen=True)
class State:
    """One thing that somebody is or does."""

    emotions: dict[str, float] = field(default_factory=dict[str, float])
    """Emotion -> weight 0..1; with ``neutral`` all others go."""
    values: dict[str, float] = field(default_factory=dict[str, float])
    """Name of ``DIRECTED`` -> value."""
    choices: dict[str, str] = field(default_factory=dict[str, str])
    """``style`` or ``rest`` -> name, and ``posture``, which holds for the whole clip."""
    acts: tuple[tuple[str, int], ...] = ()
    """What is done: names of ``ACTS``, and how often."""
    way: str = "set"
    """How the emotions count: ``set``; ``more`` or ``less`` than before; ``without`` them."""
    lasts: float | None = None
    """Seconds after which it is over by itself."""


@dataclass(frozen=True)
class Cue:
    """What holds from one moment on."""

    states: tuple[State, ...]
    start: Moment | None = None
    """None: after what comes before."""
    stop: Moment | None = None
    length: float | None = None
    """Seconds after which it is over, where that was said."""
    blend: float | None = None
    """Seconds in which it comes; None as usual."""
    growing: bool = False
    """Whether it grows until the next one begins."""
    before: bool = False
    """Whether it holds until the moment at which the one before it starts."""

    def reading(self) -> str:
        """Return in one line what was understood, such as ``"From 4.5 s: angry 0.7"``."""
        when = f"From {self.start.words()}" if self.start is not None else "Then"
        only_acts = all(state.acts and not (state.emotions or state.values or state.choices) for state in self.states)
        if self.start is not None and (self.start.kind in ("closing", "word") or (only_acts and self.states)):
            when = f"At {self.start.words()}"
        if self.before:
            when = "Before"
        if self.stop is not None:
            when += f" until {self.stop.words()}"
        if self.length is not None:
            when += f" for {self.length:.3g} s"
        if self.growing or (self.blend is not None and self.blend > 1.0):
            when += ", growing"
        return f"{when}: {', '.join(filter(None, map(_said, self.states))) or 'a pause'}"


@dataclass(frozen=True)
class Missed:
    """A piece of the text that was not understood."""

    text: str
    hint: str = ""
    """What was perhaps meant, or why it cannot be; a sentence."""
    understood: bool = False
    """Whether it was read, and only has no place in the speech."""

    def sentence(self) -> str:
        """Return it as the user is told."""
        what = "Left out" if self.understood else "Not understood"
        return f"{what}: '{self.text}'." + (f" {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class Direction:
    """A direction that was read."""

    cues: tuple[Cue, ...]
    missed: tuple[Missed, ...] = ()
    language: str = "en"

    def readings(self) -> tuple[str, ...]:
        """Return one line per cue."""
        return tuple(cue.reading() for cue in self.cues)

    def to_json(self) -> dict[str, list[str]]:
        """Return what a performance notes: a line per cue, and a sentence for what was not understood."""
        return {"read": list(self.readings()), "missed": [missed.sentence() for missed in self.missed]}


_NAMES = {"eye_contact": "eye contact", "head_motion": "head"}


def _said(state: State) -> str:
    parts = [f"{name} {weight:.2g}" for name, weight in state.emotions.items() if name != "neutral"]
    if "neutral" in state.emotions:
        parts.insert(0, "neutral")
    if state.way != "set" and parts:
        named = ", ".join(state.emotions)
        parts = [f"no longer {named}" if state.way == "without" else f"{state.way} {named}"]
    parts = [*(_done(name, times) for name, times in state.acts), *parts]
    parts += [f"{_NAMES.get(name, name)} {value:.3g}" for name, value in state.values.items()]
    parts += [f"{name} {value}{'' if name in CHOSEN else ' (the whole clip)'}" for name, value in state.choices.items()]
    text = ", ".join(parts)
    return f"{text} for a moment" if state.lasts and text else text


def _done(name: str, times: int) -> str:
    title = ACTS[name].title
    return title if times == 1 else f"{title} {'twice' if times == 2 else f'{times} times'}"
