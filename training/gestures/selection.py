"""Which recorded clips become part of the library, and what kind of gesture each one is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS: dict[str, tuple[str, ...]] = {
    "beat": ("BeatLow", "BeatMid", "BeatHigh", "BeatFlip", "BeatForward", "BeatFistMid", "BeatPointMid", "EmptyLarge",
             "EmptyMedium"),
    "chop": ("Chop",),
    "offer": ("Offer", "Receive", "Plea", "Example", "However", "Besides", "Question", "When"),
    "frame": ("Frame", "Surround", "Inclusivity", "InclusivityPos", "Bigger", "We", "Us", "Safe"),
    "point": ("Point", "PointCenter", "PointHere", "PointLeft", "PointRight", "Here", "IndicateLeft", "IndicateRight",
              "DeicticLeft", "DeicticRight"),
    "you": ("You", "YouForward", "YouLeft", "YouRight", "YouPoint"),
    "me": ("Me",),
    "negate": ("Negative", "Negation", "InclusivityNeg", "NegateForwardLow", "NegateForwardMid", "NegateLeftLow",
               "NegateLeftMid", "NegateRightLow", "NegateRightMid", "NoForward", "NoLeft", "NoRight", "ThrowAway"),
    "stop": ("Stop", "StopForward", "StopLeft", "StopRight"),
    "shrug": ("Shrug",),
}  # fmt: skip
"""What the sources' meaning tags come down to for a scheduler that hears no words."""

_KIND_OF = {tag: kind for kind, tags in KINDS.items() for tag in tags}

_BY_TAG: dict[str, str] = {
    **dict.fromkeys(("ScratchChest", "ScratchHead", "ScratchTemple", "SqueezeHand", "TouchHands", "Think",
                     "Contemplate"), "touches the own body; contact does not survive on another body"),
    **dict.fromkeys(("ArmStretch", "ShoulderStretch", "Bored", "Applause", "Cheer", "Guitar", "KickChair"),
                    "does not accompany speech"),
    **dict.fromkeys(("ToIdle", "WeightShift", "ToLocIdle", "ToIdleFight", "ToWalkTurn90", "ToWalkTurn180",
                     "ToWalkTurn360"), "changes stance, does not gesture"),
    "ScrewYou": "rude",
    "Idle": "a stretch of rest; the body at rest is made by rules",
    "Talk": "small movements without strokes",
}  # fmt: skip


@dataclass(frozen=True)
class SourceClip:
    """One row of the sources' list."""

    path: Path
    name: str
    set: str
    tag: str
    kind: str
    base: str
    licence: str
    source: str


@dataclass(frozen=True)
class LeftOut:
    """A row that does not enter the library."""

    name: str
    set: str
    reason: str


def reason_to_leave_out(row: dict[str, str]) -> str:
    """Return why a row of the list cannot be used, empty for a row that can."""
    flags = row["flags"]
    if row["dup_of"]:
        return "near-copy of another clip"
    if "non-human" in flags:
        return "non-human source: elbows bend backwards, three fingers"
    if row["tag"] in _BY_TAG:
        return _BY_TAG[row["tag"]]
    if "not-a-speech-gesture" in flags:
        return "does not accompany speech"
    for flag, words in (
        ("source-glitch", "jumping joints in the source"),
        ("finger-bent-back", "fingers bent backwards in the source"),
        ("elbow-hyperext", "elbow bent backwards in the source"),
        ("forearm-twist", "forearm twisted by more than 110 degrees"),
    ):
        if flag in flags:
            return words
    if row["base"] in ("IdleCross01", "IdleUpright01", "Walk01"):
        return "starts from crossed arms, a chair or a walk"
    return "" if row["tag"] in _KIND_OF else "unknown meaning"


def select_clips(folder: Path) -> tuple[list[SourceClip], list[LeftOut]]:
    """Return the clips to pack and the rows left out, in the order of the list.

    Parameters
    ----------
    folder : Path
        Holds ``index.csv`` and the clips it names.
    """
    kept: list[SourceClip] = []
    dropped: list[LeftOut] = []
    for row in _rows(folder / "index.csv"):
        reason = reason_to_leave_out(row)
        if reason:
            dropped.append(LeftOut(row["name"], row["set"], reason))
            continue
        kept.append(
            SourceClip(
                folder / row["path"],
                row["name"],
                row["set"],
                row["tag"],
                _KIND_OF[row["tag"]],
                row["base"],
                row["licence"],
                row["source"],
            )
        )
    return kept, dropped


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
