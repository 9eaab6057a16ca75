"""Mouth cues as Rhubarb Lip Sync writes them: as columns (TSV), XML or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast
from xml.parsers import expat
from xml.sax.saxutils import escape

from ..errors import BadFile
from ..performance import Performance
from ..plain_json import parse_object
from .motion_format import MotionFormat
from .mouth_cues import LONGEST, MOST_CUES, MOUTHS, Cue, cues_of, cues_to_performance
from .text import number, read_text, write_text

_MOST_BYTES = 32 << 20
_LAST = 0.1
"""Seconds that the last cue lasts where the file does not say."""
_HINT = "Choose a list of mouth cues as Rhubarb Lip Sync writes it."
_Row = tuple[Any, Any, Any]
"""Start, end or None, mouth."""


def performance_of_rows(rows: list[_Row], name: str) -> Performance:
    """Return the performance of rows of start, end or None, and mouth.

    Raises
    ------
    BadFile
        When they are no cues in order of time.
    """
    if not 0 < len(rows) <= MOST_CUES:
        raise BadFile(f"'{name}' holds {len(rows)} mouth cues.", _HINT)
    cues: list[Cue] = []
    end = 0.0
    for start, stop, mouth in rows:
        try:
            at = number(str(start))
            end = number(str(stop)) if stop is not None else at + _LAST
        except ValueError as error:
            raise BadFile(f"'{name}' is damaged: a cue has no time.", _HINT) from error
        if str(mouth) not in tuple(MOUTHS):
            raise BadFile(f"'{name}' names a mouth '{str(mouth)[:20]}' that is none of {MOUTHS}.", _HINT)
        if at < (cues[-1].start if cues else 0.0) or not at <= end <= LONGEST:
            raise BadFile(f"'{name}' is damaged: its cues are not in order of time.", _HINT)
        cues.append(Cue(at, str(mouth)))
    return cues_to_performance(cues, end)


def _read_tsv(path: Path) -> Performance:
    lines = [line.split() for line in read_text(path, most_bytes=_MOST_BYTES).split("\n") if line.strip()]
    if any(len(cells) != 2 for cells in lines):
        raise BadFile(f"'{path.name}' is damaged: a line is no time and a mouth.", _HINT)
    return performance_of_rows([(start, None, mouth) for start, mouth in lines], path.name)


def _read_json(path: Path) -> Performance:
    try:
        found = parse_object(read_text(path, most_bytes=_MOST_BYTES))
        rows = [(cue["start"], cue["end"], cue["value"]) for cue in cast("list[Any]", found["mouthCues"])]
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"'{path.name}' holds no mouth cues that can be read.", _HINT) from error
    return performance_of_rows(rows, path.name)


def _read_xml(path: Path) -> Performance:
    rows: list[_Row] = []
    pending: list[dict[str, str]] = []
    text: list[str] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if tag == "mouthCue":
            pending.append(attributes)
            text.clear()

    def end(tag: str) -> None:
        if tag == "mouthCue" and pending:
            cue = pending.pop()
            rows.append((cue.get("start"), cue.get("end", ""), "".join(text).strip()))

    def refuse(*_: Any) -> None:
        raise BadFile(f"'{path.name}' declares entities, which no list of mouth cues does.", _HINT)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    content = read_text(path, most_bytes=_MOST_BYTES)
    try:
        # The declaration may name another encoding than what the text was decoded from.
        parser.Parse(content.partition("?>")[2] if content.startswith("<?xml") else content, True)
    except (expat.ExpatError, ValueError) as error:
        raise BadFile(f"'{path.name}' is no XML that can be read.", _HINT) from error
    return performance_of_rows(rows, path.name)


def _spans(performance: Performance) -> list[tuple[float, float, str]]:
    """Return (start, end, mouth) of every cue."""
    cues = cues_of(performance)
    ends = [*(cue.start for cue in cues[1:]), performance.duration]
    return [(cue.start, end, cue.mouth) for cue, end in zip(cues, ends, strict=True)]


def _sound(performance: Performance) -> str:
    audio: dict[str, Any] = performance.meta.get("audio") or {}
    return str(audio.get("name", ""))


def _write_tsv(performance: Performance, path: Path) -> None:
    spans = _spans(performance)
    rows = [f"{start:.2f}\t{mouth}" for start, _, mouth in spans]
    # A last line says where the list ends.
    write_text(path, "\n".join([*rows, f"{performance.duration:.2f}\tX"]) + "\n")


def _write_json(performance: Performance, path: Path) -> None:
    said = {
        "metadata": {"soundFile": _sound(performance), "duration": round(performance.duration, 2)},
        "mouthCues": [
            {"start": round(start, 2), "end": round(end, 2), "value": mouth}
            for start, end, mouth in _spans(performance)
        ],
    }
    write_text(path, json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def _write_xml(performance: Performance, path: Path) -> None:
    cues = "".join(
        f'    <mouthCue start="{start:.2f}" end="{end:.2f}">{mouth}</mouthCue>\n'
        for start, end, mouth in _spans(performance)
    )
    write_text(
        path,
        '<?xml version="1.0" encoding="utf-8"?>\n<rhubarbResult>\n  <metadata>\n'
        f"    <soundFile>{escape(_sound(performance))}</soundFile>\n"
        f"    <duration>{performance.duration:.2f}</duration>\n"
        f"  </metadata>\n  <mouthCues>\n{cues}  </mouthCues>\n</rhubarbResult>\n",
    )


def _is_tsv(path: Path, head: bytes) -> bool:
    cells = head.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0].split()
    return len(cells) == 2 and len(cells[1]) == 1 and cells[1].decode("ascii", "replace") in MOUTHS


FORMATS = (
    MotionFormat("rhubarb-tsv", "Rhubarb mouth cues (TSV)", ".tsv", _is_tsv, _read_tsv, _write_tsv),
    MotionFormat(
        "rhubarb-xml", "Rhubarb mouth cues (XML)", ".xml", lambda _, head: b"<mouthCue" in head, _read_xml, _write_xml
    ),
    MotionFormat(
        "rhubarb-json", "Rhubarb mouth cues (JSON)", ".json", lambda _, head: b'"mouthCues"' in head, _read_json,
        _write_json,
    ),
)  # fmt: skip
