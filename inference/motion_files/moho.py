"""Mouth cues as Moho's switch data (.dat): a frame and the name of a drawn mouth, in the names of Preston Blair."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadFile
from ..performance import Performance
from .motion_format import MotionFormat
from .mouth_cues import MOUTHS, cues_of
from .rhubarb import performance_of_rows
from .text import number, read_text, write_text

_FIRST = "MohoSwitch1"
_MOST_BYTES = 32 << 20
_HINT = "Choose switch data (.dat) as Moho, Papagayo or Rhubarb write it."
_NAMES = {"A": "MBP", "B": "etc", "C": "E", "D": "AI", "E": "O", "F": "U", "G": "FV", "H": "L", "X": "rest"}
"""The drawn mouths of Preston Blair's "Advanced Animation", by the letters of ``mouth_cues``."""
_MEANT = {
    **{name.lower(): mouth for mouth, name in _NAMES.items()},
    **{mouth.lower(): mouth for mouth in MOUTHS},
    "wq": "F",
    "cdgknrsthyz": "B",
    "a": "A",
    "e": "C",
}
"""Names as others write them. Where Rhubarb's letters and Preston Blair's vowels are alike, what else the file says
decides, see :func:`_mouths`."""


def _read(path: Path, fps: float) -> Performance:
    lines = [line.split() for line in read_text(path, most_bytes=_MOST_BYTES).split("\n") if line.strip()]
    if not lines or lines[0] != [_FIRST]:
        raise BadFile(f"'{path.name}' is no switch data.", _HINT)
    if any(len(cells) != 2 for cells in lines[1:]):
        raise BadFile(f"'{path.name}' is damaged: a line is no frame and a mouth.", _HINT)
    if not 1 <= fps <= 240:
        raise BadFile(f"Switch data cannot run at {fps:g} frames per second.", "Give a rate of 1 to 240.")
    mouths = _mouths([name for _, name in lines[1:]], path.name)
    try:
        starts = [max(0.0, (number(frame) - 1) / fps) for frame, _ in lines[1:]]
    except ValueError as error:
        raise BadFile(f"'{path.name}' is damaged: a cue has no frame.", _HINT) from error
    return performance_of_rows([(start, None, mouth) for start, mouth in zip(starts, mouths, strict=True)], path.name)


def _mouths(names: list[str], file: str) -> list[str]:
    """Return the letters that names stand for; ``E`` is a letter where all names are letters, else a vowel."""
    if all(name in tuple(MOUTHS) for name in names):
        return names
    found = [_MEANT.get(name.lower(), "") for name in names]
    if "" in found:
        raise BadFile(f"'{file}' names a mouth '{names[found.index('')][:20]}' that is not known.", _HINT)
    return found


def _write(performance: Performance, path: Path) -> None:
    rows: dict[int, str] = {}
    for cue in cues_of(performance):
        rows[1 + round(cue.start * performance.fps)] = _NAMES[cue.mouth]
    last = 1 + performance.frames
    rows.setdefault(last, _NAMES["X"])
    write_text(path, "\n".join([_FIRST, *(f"{frame} {name}" for frame, name in sorted(rows.items()))]) + "\n")


def _recognises(path: Path, head: bytes) -> bool:
    return head.startswith(_FIRST.encode())


FORMATS = (MotionFormat("moho", "Moho switch data", ".dat", _recognises, write=_write, read_at=_read),)
