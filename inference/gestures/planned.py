"""Gestures as things: what happens when and why, as a person reads and changes it, and as files and takes keep it.

A plan is a list of these. Everything else about a gesture (which hand, when it sets off, whether the hands stay up for
the next one) follows from the list, the voice and the style, so a plan that is given back unchanged plays the same to
the last digit, and one gesture that is moved takes along only what hangs on it.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from ..errors import BadFile, SoliloquyError
from ..plain_json import parse_json, read_json
from ..saving import write_json
from ..setting import REQUIRED, Settings, setting, shown
from ..setting_rows import number_rows

if TYPE_CHECKING:
    from ..engine_spec import EngineSpec
    from .library import Clip, Library

FORMAT = 1
MOST = 20_000
"""Gestures of one plan."""
_EARLIEST = 0.03
"""Seconds by which a hand arrives before its accent at most."""
_CHANCES = 4
_LONGEST_NAME, _LONGEST_REASON = 100, 300
_FIRST = 0.3
"""Second of the first stroke that a person may ask for."""
_APART = 0.25
"""Seconds between strokes that a person asks for, at least."""


def _chances(value: Any) -> tuple[float, ...]:
    rows = number_rows([value], _CHANCES, "chances", "four numbers from 0 to 1")
    if not all(0.0 <= number <= 1.0 for number in rows[0]):
        raise SoliloquyError("The chances of a gesture are not from 0 to 1.", "Leave them out.")
    return rows[0]


def _name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        raise SoliloquyError(f"{shown(value)} is no name of a gesture.", "See 'soliloquy gestures --vocabulary'.")
    return value


def _reason(value: Any) -> str:
    if not isinstance(value, str):
        raise SoliloquyError(f"{shown(value)} does not say what a gesture is for.", "Give a text, or leave it out.")
    return value[:_LONGEST_REASON]  # panels show it


@dataclass(frozen=True)
class PlannedGesture(Settings):
    """One gesture of a plan; seconds count from the performance's start."""

    about: ClassVar[str] = "value of a gesture"

    time: float = setting(REQUIRED, "Time", "Second at which the hand arrives", low=0, high=1e6, unit="s")
    gesture: str = setting(REQUIRED, "Gesture", "Its name in the vocabulary", check=_name)
    mirrored: bool = setting(False, "Mirrored", "Left and right have changed places")
    size: float = setting(0.75, "Size", "Share of the recorded way", low=0, high=2)
    speed: float = setting(1.0, "Speed", "Against the recorded one; fast recordings are held back", low=0.3, high=2)
    strength: float = setting(0.5, "Strength", "Of the accent that it is on", low=0, high=1)
    accent: float | None = setting(
        None, "Accent", "Second of the accent, the time or shortly after it", low=0, high=1e6, unit="s"
    )
    pinned: bool = setting(False, "Pinned", "It stays when the others are drawn anew")
    sign: bool = setting(False, "Sign", "It shows what a word means, and is made as it was recorded")
    why: str = setting("", "Why", "What it is for", check=_reason)
    chances: tuple[float, ...] = setting(
        (0.5,) * _CHANCES, "Chances", "What chance decided about its hold and its hands", check=_chances
    )
    hand: str = setting("", "Hand", "left, right or both; follows from the gesture")
    kind: str = setting("", "Kind", "What the gesture is; follows from it")
    start: float = setting(0.0, "Start", "Second at which the hands set off; follows", unit="s")
    end: float = setting(0.0, "End", "Second at which they are back, or taken over; follows", unit="s")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.accent is None or not 0.0 <= self.accent - self.time <= _EARLIEST + 1e-9:
            # Whoever moves a gesture moves what it is for.
            object.__setattr__(self, "accent", self.time)

    @property
    def on(self) -> float:
        """Second of its accent."""
        return self.time if self.accent is None else self.accent


Planned = tuple[PlannedGesture, ...]


def read_gestures(value: Any) -> Planned:
    """Return the gestures of plain JSON values or of :class:`PlannedGesture`, in order of time.

    Raises
    ------
    SoliloquyError
        When one cannot be used; the sentence says which.
    """
    if not isinstance(value, list | tuple):
        raise SoliloquyError("The plan has no list of gestures.", 'Write {"gestures": [...]}.')
    rows = cast("Sequence[Any]", value)
    if len(rows) > MOST:
        raise SoliloquyError(f"The plan has {len(rows):,} gestures, more than {MOST:,}.", "Give fewer.")
    found: list[PlannedGesture] = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(PlannedGesture.from_json(row))
        except SoliloquyError as error:
            raise SoliloquyError(f"Gesture {number} of the plan: {error.message}", error.hint) from error
    found.sort(key=lambda item: item.time)
    return tuple(found)


def planned_of(meta: dict[str, Any]) -> Planned | None:
    """Return the plan that a performance notes, None where it notes none, such as by another engine.

    Raises
    ------
    SoliloquyError
        When what it notes cannot be used.
    """
    return read_gestures(meta["gestures"]) if "gestures" in meta else None


def require_planner(spec: EngineSpec, moves: bool = True) -> None:
    """Raise :class:`SoliloquyError` where a body engine does not make the gestures of a plan.

    Parameters
    ----------
    moves : bool
        Whether the body moves at all.
    """
    if not moves:
        raise SoliloquyError("There is a plan of gestures, but no body is animated.", "Switch on body or hands.")
    if "plan" not in spec.abilities:
        raise SoliloquyError(
            f"The engine '{spec.name}' makes gestures without a plan, so none can be moved or replaced.",
            "Choose the engine 'phrases' (Gesture phrases).",
        )


def to_rows(planned: Sequence[PlannedGesture]) -> list[dict[str, Any]]:
    """Return plain JSON values, which :func:`read_gestures` reads."""
    return [{**item.to_json(), "chances": list(item.chances)} for item in planned]


def write_plan(planned: Sequence[PlannedGesture], path: str | os.PathLike[str]) -> None:
    """Write a plan as a JSON file that a person can edit.

    Raises
    ------
    NotSaved
        When it cannot be written.
    """
    write_json(path, {"format": FORMAT, "gestures": to_rows(planned)})


def read_plan(path: str | os.PathLike[str]) -> Planned:
    """Read what :func:`write_plan` wrote, as a person left it; a gesture needs no more than its time and its name.

    Raises
    ------
    BadFile
        When the file is missing or no such plan; the sentence says what is wrong.
    """
    name = Path(path).name
    try:
        found = read_json(path)
    except OSError as error:
        raise BadFile(f"The plan '{name}' cannot be read: {error.strerror}.", "Check the path.") from error
    except ValueError as error:
        raise BadFile(f"The plan '{name}' is no JSON: {error}.", "Export the plan again.") from error
    rows = cast("dict[str, Any]", found).get("gestures") if isinstance(found, dict) else found
    try:
        return read_gestures(rows)
    except SoliloquyError as error:
        raise BadFile(f"'{name}': {error.message}", error.hint) from error


def to_make(
    given: Planned | None, library: Library, duration: float, *, only_pinned: bool = False
) -> list[tuple[PlannedGesture, Clip]]:
    """Return the gestures of a plan that are to be made, with their clips, in order of time.

    Raises
    ------
    SoliloquyError
        When the library has not one of them, or two are too near to each other, or one is not within the recording.
    """
    clips = {clip.name: clip for clip in library.clips} if given else {}
    found: list[tuple[PlannedGesture, Clip]] = []
    for item in given or ():
        if only_pinned and not item.pinned:
            continue
        if item.gesture not in clips:
            near = difflib.get_close_matches(item.gesture, clips, 1)
            hint = f"Did you mean '{near[0]}'?" if near else "See 'soliloquy gestures --vocabulary'."
            raise SoliloquyError(f"The vocabulary has no gesture '{item.gesture}'.", hint)
        if not _FIRST <= item.time < duration:
            raise SoliloquyError(
                f"A gesture at {item.time:g} s is not within the {duration:.2f} s of the speech.",
                f"Give a second from {_FIRST:g} on.",
            )
        if found and item.on - found[-1][0].on < _APART:
            raise SoliloquyError(
                f"The gestures at {found[-1][0].time:.2f} and {item.time:.2f} s are less than {_APART:g} s apart.",
                "Move or remove one of them.",
            )
        found.append((item, clips[item.gesture]))
    return found


def moved(planned: Planned, index: int, time: float) -> Planned:
    """Return the plan with one gesture at another second."""
    item = planned[index]
    changed = dataclasses.replace(item, time=time, accent=time + (item.on - item.time), why=_by_hand(item))
    return _with(planned, index, changed)


def replaced(planned: Planned, index: int, gesture: str, *, mirrored: bool | None = None) -> Planned:
    """Return the plan with another gesture of the vocabulary in the place of one."""
    item = planned[index]
    changed = dataclasses.replace(
        item, gesture=gesture, mirrored=item.mirrored if mirrored is None else mirrored, sign=False, why=_by_hand(item)
    )
    return _with(planned, index, changed)


def removed(planned: Planned, index: int) -> Planned:
    """Return the plan without one gesture."""
    return planned[:index] + planned[index + 1 :]


def pinned(planned: Planned, index: int, pin: bool) -> Planned:
    """Return the plan with one gesture pinned or not."""
    return _with(planned, index, dataclasses.replace(planned[index], pinned=pin))


def _with(planned: Planned, index: int, changed: PlannedGesture) -> Planned:
    return tuple(sorted((*removed(planned, index), changed), key=lambda item: item.time))


def _by_hand(item: PlannedGesture) -> str:
    return item.why if item.why.startswith("by hand") else f"by hand; was: {item.why}" if item.why else "by hand"


def describe(planned: Planned) -> str:
    """Return one line per gesture for a reader: seconds of start, emphasis and end, hand, kind, name, why."""
    return "\n".join(
        f"{item.start:7.2f} {item.time:7.2f} {item.end:7.2f} s  {item.hand:5} {item.kind:7} "
        f"{item.gesture}{' (mirrored)' if item.mirrored else ''}{' [pinned]' if item.pinned else ''}: {item.why}"
        for item in planned
    )


def to_text(planned: Sequence[PlannedGesture]) -> str:
    """Return a plan as one line of JSON, to be kept with a take; :func:`from_text` reads it."""
    return json.dumps(to_rows(planned))


def from_text(text: str) -> Planned:
    """Return what :func:`to_text` wrote.

    Raises
    ------
    SoliloquyError
        When a person changed it into something else.
    """
    try:
        return read_gestures(parse_json(text))
    except ValueError as error:
        raise SoliloquyError("The list of gestures of this take is damaged.", "Animate again.") from error
