"""The recorded gestures as upper-body motion: ``../shared/data/gestures`` without near-copies and unusable clips."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.body.upper_body import SIX, SPINE, UPPER_BODY, UPPER_BODY_INDEX, to_six
from ...inference.rotation import compose_axis_angle
from .split import HELD_OUT_SETS, TRAINING_SETS, Split, split_of

Floats = npt.NDArray[np.float32]

FPS = 30
"""Frames per second of every clip."""
UNUSABLE_FLAGS: tuple[str, ...] = ("not-a-speech-gesture", "source-glitch", "non-human-source", "finger-bent-back")
"""Flags of the index that leave a clip out: walking and kicking, leaping fingers or wrists, arms of an alien."""
UNUSABLE_TAGS: tuple[str, ...] = ("ScrewYou", "Applause")
"""Rude ones, and hands that would have to touch."""
UNUSABLE_BASES: tuple[str, ...] = ("Walk01",)
"""Postures a clip starts from that are not standing."""
_MIRROR = np.array([1.0, -1.0, -1.0], np.float32)
_SWAP = [
    UPPER_BODY.index(name.replace("left", "right") if name.startswith("left") else name.replace("right", "left"))
    for name in UPPER_BODY
]
_OTHER_HAND = {"Lf": "Rt", "Rt": "Lf"}


@dataclass(frozen=True)
class GestureClip:
    """One recorded gesture or idle stretch at 30 fps."""

    name: str
    """``set/clip``; mirrored ones end in ``~``."""
    set: str
    tag: str
    """The meaning, such as ``"BeatHigh"`` or ``"Idle"``."""
    hand: str
    """``Lf``, ``Rt``, ``Bt`` (both), or empty where the source does not say."""
    base: str
    """The idle posture it starts from, or empty."""
    rotations: Floats
    """(T, 41, 3) axis-angle in the order of ``UPPER_BODY``; the spine relative to how it rests in this clip."""
    phases: dict[str, float] = field(default_factory=dict)
    """Seconds from the start: ready, strokeStart, emphasis, stroke, relax, where known."""
    mirrored: bool = False

    @property
    def split(self) -> Split:
        """``train`` or ``held_out``."""
        return split_of(self.set)

    @cached_property
    def six(self) -> Floats:
        """(T, 246) the rotations as 6D numbers, joint after joint."""
        return to_six(self.rotations).reshape(len(self.rotations), SIX).astype(np.float32)


def mirror_rotations(rotations: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return (T, 41, 3) with left and right exchanged: the motion seen in a mirror."""
    return rotations[:, _SWAP] * _MIRROR


def mirrored_clip(clip: GestureClip) -> GestureClip:
    """Return the clip as a mirror shows it."""
    return replace(
        clip,
        name=clip.name + "~",
        hand=_OTHER_HAND.get(clip.hand, clip.hand),
        rotations=mirror_rotations(clip.rotations).astype(np.float32),
        mirrored=True,
    )


def usable(row: dict[str, str]) -> bool:
    """Return whether a row of ``index.csv`` is an upper-body motion of somebody standing, and no near-copy."""
    flags = row["flags"].split(";") if row["flags"] else []
    return (
        not row["dup_of"]
        and row["set"] in (*TRAINING_SETS, *HELD_OUT_SETS)
        and not any(flag.startswith(UNUSABLE_FLAGS) for flag in flags)
        and row["tag"] not in UNUSABLE_TAGS
        and row["base"] not in UNUSABLE_BASES
    )


def _numbers(phases: str) -> dict[str, float]:
    return {name: float(value) for name, value in json.loads(phases or "{}").items() if isinstance(value, (int, float))}


def _spine_at_rest(rotations: Floats, phases: dict[str, float]) -> Floats:
    """Return (3, 3): the trunk before the gesture gets ready and after it relaxed; of idle clips the median."""
    times = np.arange(len(rotations)) / FPS
    rest = (times <= phases.get("ready", -1.0)) | (times >= phases.get("relax", np.inf) + 0.3)
    if rest.sum() < 3:
        rest[:] = True
    return np.median(rotations[rest, : len(SPINE)], axis=0)


def load_clips(data: Path, split: Split | None = None, *, mirrored: bool = True) -> list[GestureClip]:
    """Return the usable clips in the order of the index, each followed by its mirrored one.

    Parameters
    ----------
    data : Path
        The folder that holds ``gestures/index.csv``.
    split : "train", "held_out" or None
        Only that side; None for both.

    Raises
    ------
    FileNotFoundError
        When the data is not there.
    """
    folder = data / "gestures"
    clips = []
    with open(folder / "index.csv", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if usable(row)]
    for row in rows:
        if split not in (None, split_of(row["set"])):
            continue
        with np.load(folder / row["path"], allow_pickle=False) as archive:
            rotations = archive["poses"][:, UPPER_BODY_INDEX].astype(np.float32)
        phases = _numbers(row["phases"])
        below = np.broadcast_to(_spine_at_rest(rotations, phases), (len(rotations), len(SPINE), 3))
        rotations[:, : len(SPINE)] = compose_axis_angle(-below, rotations[:, : len(SPINE)])
        name = f"{row['set']}/{Path(row['path']).stem}"
        clip = GestureClip(name, row["set"], row["tag"], row["hand"], row["base"], rotations, phases)
        clips += [clip, mirrored_clip(clip)] if mirrored else [clip]
    return clips
