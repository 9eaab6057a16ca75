"""Gestures in the Sequencer: a muted text strip each, on a channel of the character's own, which an artist edits.

A strip that was moved is a gesture moved, one that was deleted a gesture removed, another name as its text another
gesture, a locked strip a pinned one, and a copy, or a text strip put beside them, one gesture more. A strip that was
left alone, or only trimmed, gives its gesture back to the last digit.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.errors import SoliloquyError
from ..inference.gestures.names import title_of, vocabulary
from ..inference.gestures.planned import PlannedGesture, moved, pinned, read_gestures, replaced, to_rows
from . import compat

if TYPE_CHECKING:
    from ..inference.gestures.planned import Planned

CHANNEL = "Gestures"
"""What the names of the channels begin with."""
_TAKE = "soliloquy_gestures_of"
"""Property of a strip: id of the take."""
_ROW = "soliloquy_gesture"
"""Property of a strip: the gesture as JSON."""
_WRITTEN = "soliloquy_written"
"""Property of a strip: first and last frame, and the frame of the stroke, as written."""
_AS_TEXT = "soliloquy_text"
_TOLD = 0.5  # frames by which an edge may differ before it counts as moved
_HIGHEST = 128
_PINNED_COLOUR = "COLOR_04"


def editor_of(take_id: str) -> Any | None:
    """Return the sequence editor that shows a take's gestures, None where none does."""
    for scene in bpy.data.scenes:
        editor = scene.sequence_editor
        if editor is not None and _channels(editor) and any(_owner(strip) == take_id for strip in _texts(editor)):
            return editor
    return None


def write_gestures(
    editor: Any, planned: Sequence[PlannedGesture], take_id: str, name: str, frame_of: Callable[[float], float]
) -> int:
    """Lay a plan into a sequence editor, in place of what is on the character's channel; return the number of strips.

    Parameters
    ----------
    take_id : str
        The take that the plan is of.
    name : str
        Name of the character, for the channel.
    frame_of : callable
        Scene frame at which a second of the take's performance plays.
    """
    channel = _channel(editor, take_id, name)
    for strip in _texts(editor):
        if strip.channel == channel or _owner(strip) == take_id:
            compat.remove_strip(editor, strip)
    spans = _spans(planned, frame_of)
    for item, row, (first, last) in zip(planned, to_rows(planned), spans, strict=True):
        title = title_of(item.gesture)
        strip = compat.new_text_strip(editor, title, channel, first, last)
        strip.channel = channel
        strip.text = title
        strip.mute = True  # or it would be seen in the picture
        strip[_TAKE] = take_id
        strip[_ROW] = json.dumps(row)
        strip[_WRITTEN] = [float(first), float(last), frame_of(item.time)]
        strip[_AS_TEXT] = title
        strip.select = False  # Blender selects what it adds, and the next drag would take all of it along
        strip.lock = item.pinned
        strip.color_tag = _PINNED_COLOUR if item.pinned else "NONE"
    return len(planned)


def _spans(planned: Sequence[PlannedGesture], frame_of: Callable[[float], float]) -> list[tuple[int, int]]:
    """Return first and last frame of each strip: around its stroke, and none over another.

    A gesture may set off while the hands still come back from the one before it; its strip begins after that one's
    stroke.
    """
    spans: list[tuple[int, int]] = []
    before: int | None = None
    for index, item in enumerate(planned):
        stroke = round(frame_of(item.time))
        first, last = min(round(frame_of(item.start)), stroke), max(round(frame_of(item.end)), stroke + 1)
        if before is not None:
            first = max(first, before)
        if index + 1 < len(planned):
            after = planned[index + 1]
            last = max(min(last, round(frame_of(after.start))), stroke + 1)
            last = min(last, max(round(frame_of(after.time)), stroke + 1))
        before = last = max(last, first + 1)
        spans.append((first, last))
    return spans


def remove_gestures(editor: Any, take_id: str) -> int:
    """Remove the strips of a take's gestures, those that were added to them too; return how many there were."""
    found = _strips(editor, take_id)
    for strip in found:
        compat.remove_strip(editor, strip)
    return len(found)


def mark(editor: Any, take_id: str) -> tuple[Any, ...]:
    """Return what changes when one of the strips of a take's gestures does; quick."""
    times = ((strip, compat.strip_times(strip)) for strip in _strips(editor, take_id))
    return tuple((strip.name, at.left, at.right, strip.text, strip.lock) for strip, at in times)


def read_gestures_of(
    editor: Any, take_id: str, frame_of: Callable[[float], float], second_of: Callable[[float], float]
) -> Planned:
    """Return the plan as an artist left it in the Sequencer.

    Parameters
    ----------
    frame_of, second_of : callable
        From a second of the take's performance to the scene frame where it plays now, and back.

    Raises
    ------
    SoliloquyError
        When a text is no gesture of the vocabulary.
    """
    return read_gestures([_read(strip, frame_of, second_of) for strip in _strips(editor, take_id)])


def _read(strip: Any, frame_of: Callable[[float], float], second_of: Callable[[float], float]) -> PlannedGesture:
    times = compat.strip_times(strip)
    written = strip.get(_WRITTEN)
    if _ROW not in strip or written is None or len(written) != 3:
        middle = 0.5 * (times.left + times.right)
        made = PlannedGesture(max(second_of(middle), 0.0), named(strip.text), why="added by hand")
        return pinned((made,), 0, bool(strip.lock))[0]
    item = PlannedGesture.from_json(json.loads(strip[_ROW]))
    one: Planned = (item,)
    went = frame_of(item.time) - written[2]  # the take itself may have moved since, with its sound
    shift = _shift(times.left - written[0], times.right - written[1], went)
    if shift:
        one = moved(one, 0, max(second_of(frame_of(item.time) + shift), 0.0))
    if strip.text.strip() != strip.get(_AS_TEXT):
        one = replaced(one, 0, named(strip.text))
    return one[0] if bool(strip.lock) == item.pinned else pinned(one, 0, bool(strip.lock))[0]


def _shift(left: float, right: float, went: float) -> float:
    """Return by how many frames a strip was moved against its take; an edge that stayed says that it was trimmed."""
    if any(abs(edge - still) < _TOLD for edge in (left, right) for still in (0.0, went)):
        return 0.0
    return min(left, right, key=abs) - went


def named(text: str) -> str:
    """Return the name of the gesture that a text means: its title or its name, in any case of letters.

    Raises
    ------
    SoliloquyError
        When it is none; the sentence offers the nearest.
    """
    said = " ".join(text.split()).casefold()
    known = {item.title.casefold(): item.name for item in vocabulary().values()}
    known = {**{name.casefold(): name for name in vocabulary()}, **known}
    if said in known:
        return known[said]
    first = next((name for title, name in known.items() if title == f"{said} 1"), None)
    if first is not None:
        return first
    near = difflib.get_close_matches(said, known, 1, 0.5)
    hint = f"Did you mean '{title_of(known[near[0]])}'?" if near else "Replace in the panel lists their names."
    raise SoliloquyError(f"No gesture is called '{' '.join(text.split())[:60]}'.", hint)


def _texts(editor: Any) -> list[Any]:
    return [strip for strip in compat.top_strips(editor) if strip.type == "TEXT"]


def _owner(strip: Any) -> str:
    return str(strip.get(_TAKE, ""))


def _strips(editor: Any, take_id: str) -> list[Any]:
    """Return the strips of a take's gestures, and those without an owner on their channel."""
    texts = _texts(editor)
    own = [strip for strip in texts if _owner(strip) == take_id]
    channels = {strip.channel for strip in own} & set(_channels(editor))
    return own + [strip for strip in texts if not _owner(strip) and strip.channel in channels]


def _channels(editor: Any) -> list[int]:
    return [number for number, item in enumerate(editor.channels) if item.name.startswith(CHANNEL)]


def _channel(editor: Any, take_id: str, name: str) -> int:
    """Return the channel that shows a take's gestures, else the character's, else a new one above all strips."""
    named_so = f"{CHANNEL}: {name}".encode()[:60].decode(errors="ignore")
    own = [strip.channel for strip in _texts(editor) if _owner(strip) == take_id]
    for number in _channels(editor):
        if number in own or editor.channels[number].name == named_so:
            return number
    used = max((strip.channel for strip in compat.top_strips(editor)), default=0)
    number = min(used + 1, _HIGHEST)
    editor.channels[number].name = named_so
    return number
