"""The vocabulary by name: which gestures there are, of which kind, with which hands. Needs no network and no scipy.

Only the head of the vocabulary's file and the list of signs are read, so Blender's own process can offer the names.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MissingFiles
from ..plain_json import parse_object, read_json
from ..shipped import weights_path

BOTH = 0.3
"""From this share of the busier hand on, the other one takes part."""
_SIGNS = Path(__file__).parents[1] / "words" / "signs.json"
_MOST_HEAD = 4 << 20


@dataclass(frozen=True)
class GestureName:
    """What a person is told about a gesture of the vocabulary."""

    name: str
    kind: str
    tag: str
    """Its meaning as the source names it."""
    hand: str
    """left, right or both, as recorded; mirrored it is the other one."""

    @property
    def title(self) -> str:
        """What it is called in a list, such as ``"However 1"``: its meaning, and which of those that share it."""
        return _titles()[self.name]


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, GestureName]:
    """Return every gesture by name: those of the library in its order, then the signs.

    Raises
    ------
    MissingFiles
        When a file of the vocabulary is missing or damaged.
    """
    path = weights_path("gestures")
    try:
        with open(path, "rb") as stream:
            length = int(struct.unpack("<Q", stream.read(8))[0])
            if length > _MOST_HEAD:
                raise ValueError("too long")
            head = parse_object(stream.read(length))
            table: dict[str, Any] = json.loads(head["__metadata__"]["table"])
            entry = head["table.travel"]
            start, stop = (int(place) for place in entry["data_offsets"])
            stream.seek(8 + length + start)
            travel = np.frombuffer(stream.read(stop - start), np.dtype(_TYPES[entry["dtype"]]))
        rows = zip(table["names"], table["kinds"], table["tags"], travel.reshape(-1, 2), strict=True)
        signs = [(row["tag"], "sign", row["tag"], np.asarray(row["travel"])) for row in read_json(_SIGNS)["signs"]]
        found = [GestureName(str(name), str(kind), str(tag), _hand(way)) for name, kind, tag, way in [*rows, *signs]]
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise MissingFiles("The vocabulary of gestures is missing or damaged.", "Install Soliloquy again.") from error
    return {item.name: item for item in found}


_TYPES = {"F32": "<f4", "F64": "<f8", "F16": "<f2"}


def _hand(travel: Any) -> str:
    """Return which hand moves, from how far each wrist goes; as ``casting`` has it."""
    left, right = (float(np.clip((way / max(*travel, 1e-6) - 0.25) / 0.25, 0.0, 1.0)) for way in travel)
    return "both" if min(left, right) > BOTH else "left" if left > right else "right"


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    """Return name -> title; several of one meaning are numbered."""
    plain = {name: re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", item.tag) for name, item in vocabulary().items()}
    count: dict[str, int] = {}
    found: dict[str, str] = {}
    for name, text in plain.items():
        count[text] = count.get(text, 0) + 1
        found[name] = f"{text} {count[text]}" if list(plain.values()).count(text) > 1 else text
    return found


def title_of(name: str) -> str:
    """Return what a gesture is called in a list; its own name where the vocabulary has it not."""
    item = vocabulary().get(name)
    return item.title if item is not None else name


def alternatives(name: str) -> list[str]:
    """Return the names of the same kind and number of hands, in the vocabulary's order; the name itself among them."""
    item = vocabulary().get(name)
    if item is None:
        return []
    return [
        other.name
        for other in vocabulary().values()
        if other.kind == item.kind and (other.hand == "both") == (item.hand == "both")
    ]
