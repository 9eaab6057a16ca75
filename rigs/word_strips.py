"""Words in the Sequencer: a muted text strip each, on a channel of their own, which an artist corrects.

A strip that was moved, trimmed or written anew says what it shows; one that was left alone keeps its times to the last
digit, which whole frames would round.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..inference.words.word import LONGEST_WORD, Word, plain
from . import compat

CHANNEL = "Words"
"""Name of the channel."""
_EXACT = "soliloquy_word"
"""Property of a strip: seconds of start and end within the speech, confidence, first and last frame as written."""
_AS_WRITTEN = "soliloquy_text"
_TOLD = 0.5  # frames by which an edge may differ before it counts as moved
_HIGHEST = 128


def word_channel(editor: Any) -> int:
    """Return the number of the channel of words, 0 where there is none."""
    return next((number for number, item in enumerate(editor.channels) if item.name == CHANNEL), 0)


def word_strips(editor: Any, first: float, last: float) -> list[Any]:
    """Return the text strips on the channel of words that lie between two scene frames, in order of time."""
    channel = word_channel(editor)
    if not channel:
        return []
    found = [strip for strip in compat.top_strips(editor) if strip.type == "TEXT" and strip.channel == channel]
    times = {strip.name: compat.strip_times(strip) for strip in found}
    inside = [strip for strip in found if times[strip.name].right > first and times[strip.name].left < last]
    return sorted(inside, key=lambda strip: times[strip.name].left)


def write_words(editor: Any, words: Iterable[Word], first_frame: float, fps: float) -> int:
    """Add a strip for every word of a speech that starts at scene frame ``first_frame``; return their number.

    Each begins on a frame of its own, later where two words share one.
    """
    channel = word_channel(editor) or _new_channel(editor)
    written = 0
    before = round(first_frame) - 1
    for word in words:
        first = max(round(first_frame + word.start * fps), before)
        last = max(round(first_frame + word.end * fps), first + 1)
        strip = compat.new_text_strip(editor, word.text, channel, first, last)
        strip.channel = channel
        strip.text = word.text
        strip.mute = True  # or it would be seen in the picture
        strip[_AS_WRITTEN] = word.text
        strip[_EXACT] = [word.start, word.end, word.confidence, float(first), float(last)]
        before = last
        written += 1
    return written


def remove_words(editor: Any, first: float, last: float) -> None:
    """Remove the words between two scene frames."""
    for strip in word_strips(editor, first, last):
        compat.remove_strip(editor, strip)


def read_words(editor: Any, first_frame: float, fps: float, duration: float | None) -> tuple[Word, ...]:
    """Return the words along a speech, as an artist left them; their seconds are the speech's own.

    Parameters
    ----------
    duration : float or None
        Seconds of the speech; None: to the end of the strips.
    """
    last = float("inf") if duration is None else first_frame + duration * fps
    found: list[Word] = []
    for strip in word_strips(editor, first_frame, last):
        text = " ".join(strip.text.split())[:LONGEST_WORD]
        if not plain(text):
            continue
        times = compat.strip_times(strip)
        start, end = (times.left - first_frame) / fps, (times.right - first_frame) / fps
        sure = 1.0
        exact = strip.get(_EXACT)
        if exact is not None and len(exact) == 5:
            same_start, same_end = abs(times.left - exact[3]) < _TOLD, abs(times.right - exact[4]) < _TOLD
            # A strip that was shifted as a whole is a corrected word too.
            if same_start:
                start = float(exact[0])
            if same_end:
                end = float(exact[1])
            if same_start and same_end and text == strip.get(_AS_WRITTEN):
                sure = min(max(float(exact[2]), 0.0), 1.0)
        start = max(start, 0.0)
        found.append(Word(text, start, max(end, start), sure))
    return tuple(found)


def _new_channel(editor: Any) -> int:
    """Return a channel above all strips, named after words."""
    used = max((strip.channel for strip in compat.top_strips(editor)), default=0)
    number = min(used + 1, _HIGHEST)
    editor.channels[number].name = CHANNEL
    return number
