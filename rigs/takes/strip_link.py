"""What a take keeps of the sound strip that it was made for: which strip, and which frame is which second of the sound.

It lies in a custom property of its own on each of the take's actions, small, so that a handler may read it often.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from ...inference.plain_json import parse_object

PROPERTY = "soliloquy_strip"
"""Name of the custom property on an action: a link as JSON."""

_LARGEST = 1e12


@dataclass(frozen=True)
class Piece:
    """A stretch of an action, and where the scene plays it: one NLA strip."""

    low: float
    """Frame of the action at which it begins."""
    high: float
    """Frame of the action at which it ends."""
    start: float
    """Scene frame at which ``low`` plays."""
    scale: float
    """Scene frames per frame of the action."""

    @property
    def end(self) -> float:
        """Scene frame at which ``high`` plays."""
        return self.at(self.high)

    def at(self, frame: float) -> float:
        """Return the scene frame at which a frame of the action plays, before and after the piece too."""
        return self.start + (frame - self.low) * self.scale


@dataclass(frozen=True)
class Link:
    """One take's tie to its strip."""

    strip: str
    """Id of the strip, see ``rigs.strip_identity``."""
    name: str
    """Name of the strip when the take was made."""
    scene: str
    """Name of the scene in which the take plays; its frame rate counts."""
    at: float
    """Frame of the actions at which ``second`` is heard."""
    second: float
    """A second of the sound file."""
    fps: float
    """Frames of the actions per second of the file."""
    start: float
    """First second of the file that was animated."""
    stop: float
    """Last second of the file that was animated."""
    first: float
    """First frame of the actions; before ``start`` where the take leads in."""
    last: float
    """Last frame of the actions."""
    length: float
    """Seconds of the whole file, 0 where not known."""
    path: str
    """The sound file."""
    size: int
    """Bytes of the sound file; 0 where it was not there."""
    modified: float
    """When the sound file was written, in seconds; 0 for one that is packed."""
    pieces: tuple[Piece, ...] = ()
    """Where the take was put last."""

    def frame(self, second: float) -> float:
        """Return the frame of the actions at which a second of the file is heard."""
        return self.at + (second - self.second) * self.fps


def write(action: Any, link: Link) -> None:
    """Keep a link with an action: it is saved, copied and appended with it."""
    action[PROPERTY] = json.dumps(asdict(link), sort_keys=True)


def read(action: Any) -> Link | None:
    """Return the link an action carries, None when it has none that can be read."""
    text = action.get(PROPERTY) if action is not None else None
    if not isinstance(text, str):
        return None
    try:
        found = parse_object(text)
        pieces = tuple(Piece(*(_number(item[field.name]) for field in fields(Piece))) for item in found["pieces"])
        values = {
            field.name: str(found[field.name]) if field.type == "str" else _number(found[field.name])
            for field in fields(Link)
            if field.name != "pieces"
        }
    except (ValueError, KeyError, TypeError, OverflowError):  # a person may have edited it
        return None
    link = Link(**{**values, "size": int(values["size"])}, pieces=pieces)
    return link if link.fps > 0.0 and all(piece.scale > 0.0 for piece in pieces) else None


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number) or abs(number) > _LARGEST:
        raise ValueError("no such number")
    return number
