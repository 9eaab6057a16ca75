"""Which stretches of a take its strips let be seen, and where: arithmetic on links, without Blender."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..strips import Heard
from .strip_link import Link, Piece

_SAME = 0.02
"""Frames by which places may differ and still be the same; Blender keeps them in 32 bits."""
_SHORTEST = 0.5
"""Frames of a piece; a shorter one is none."""


def wanted(link: Link, strips: Iterable[Heard]) -> tuple[Piece, ...]:
    """Return where a take belongs, one piece for every strip; pieces that meet as they did before a cut are one.

    What leads in and out of the speech goes with the edges that were not trimmed. Where the sound of two strips
    overlaps, the one that is not muted, else the earlier, has the take.

    Parameters
    ----------
    link : Link
        Of the take.
    strips : iterable of Heard
        The strips with the link's id; ``rate`` in frames of the take's scene.
    """
    taken: list[tuple[Heard, Piece]] = []
    for item in sorted(strips, key=lambda one: (one.muted, one.first_frame)):
        piece = _piece(link, item)
        if piece is not None and not any(_overlap(item, other) for other, _ in taken):
            taken.append((item, piece))
    taken.sort(key=lambda pair: pair[1].start)
    pieces: list[Piece] = []
    for (before, _), (_, piece) in zip([(None, None), *taken], taken, strict=False):
        if before is not None and pieces:
            # A lead-in gives way to the sound before it, and what leads out to whatever comes next.
            sound_end = min(before.last_frame, pieces[-1].end)
            if piece.start < sound_end:
                low = piece.low + (sound_end - piece.start) / piece.scale
                piece = replace(piece, low=low, start=sound_end)
            if pieces[-1].end > piece.start:
                high = pieces[-1].low + (piece.start - pieces[-1].start) / pieces[-1].scale
                pieces[-1] = replace(pieces[-1], high=high)
        pieces.append(piece)
    return _joined([piece for piece in pieces if piece.high - piece.low >= _SHORTEST])


def _piece(link: Link, item: Heard) -> Piece | None:
    edge = 1.01 * max(1.0 / item.rate, 1.0 / link.fps)  # strips have edges on whole frames
    low = link.first if item.start <= link.start + edge else link.frame(item.start)
    high = link.last if item.stop >= link.stop - edge else link.frame(item.stop)
    low, high = max(low, link.first), min(high, link.last)
    if high - low < _SHORTEST:
        return None
    scale = item.rate / link.fps
    return Piece(low, high, item.first_frame + (low - link.frame(item.start)) * scale, scale)


def _overlap(one: Heard, other: Heard) -> bool:
    return min(one.last_frame, other.last_frame) - max(one.first_frame, other.first_frame) > 1.0


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        meets = before is not None and all(
            abs(gap) < _SAME for gap in (piece.low - before.high, piece.start - before.end, piece.scale - before.scale)
        )
        if before is not None and meets:
            joined[-1] = replace(before, high=piece.high)
        else:
            joined.append(piece)
    return tuple(joined)


def same(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Tell whether pieces lie at the same place."""
    return len(one) == len(other) and all(
        abs(gap) < _SAME
        for a, b in zip(one, other, strict=True)
        for gap in (a.low - b.low, a.high - b.high, a.start - b.start, a.end - b.end)
    )


def shift_between(before: Sequence[Piece], now: Sequence[Piece]) -> float | None:
    """Return by how many frames a person moved pieces as a whole; None where their edges or speed were changed."""
    if len(before) != len(now) or not before:
        return None
    shift = round(now[0].start - before[0].start, 2)
    return shift if same(shifted(before, shift), now) else None


def shifted(pieces: Iterable[Piece], shift: float) -> tuple[Piece, ...]:
    """Return pieces that play so many scene frames later."""
    return tuple(replace(piece, start=piece.start + shift) for piece in pieces)


def carried(kept: Sequence[Piece], now: Sequence[Piece], low: float, high: float) -> tuple[Piece, ...]:
    """Return where keys that lie in scene frames go when the take below them goes from one place to another.

    Parameters
    ----------
    kept : sequence of Piece
        Where the take lay when the keys were set.
    now : sequence of Piece
        Where it lies now.
    low, high : float
        First and last frame of the keys; what lies before and after the take goes with its ends.
    """
    found: list[Piece] = []
    for piece in now:
        for old in kept:
            begin, end = max(piece.low, old.low), min(piece.high, old.high)
            if end - begin < _SHORTEST:
                continue
            scale = piece.scale / old.scale
            first, last = old.at(begin), old.at(end)
            if old is kept[0] and begin <= old.low + _SAME and low < first:
                first = low
            if old is kept[-1] and end >= old.high - _SAME and high > last:
                last = high
            start = piece.at(begin) + (first - old.at(begin)) * scale
            if found and start < found[-1].end:
                first, start = first + (found[-1].end - start) / scale, found[-1].end
            if last - first >= _SHORTEST:
                found.append(Piece(first, last, start, scale))
    return tuple(found)
