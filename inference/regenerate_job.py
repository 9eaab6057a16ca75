"""What of a performance is made anew: parts, joints and stretches as a person names them, engine and seed."""

from __future__ import annotations

import itertools
import math
from typing import Any, cast

from .body.upper_body import ARMS, SPINE, UPPER_BODY
from .engines import engines_of, missing_files
from .errors import SoliloquyError
from .setting import settings_of
from .settings import AnimateSettings
from .skeleton import FINGER_JOINTS, JOINT_NAMES

PARTS: dict[str, tuple[str, ...]] = {
    "left_arm": tuple(name for name in ARMS if name.startswith("left")),
    "right_arm": tuple(name for name in ARMS if name.startswith("right")),
    "arms": ARMS,
    "left_hand": tuple(name for name in FINGER_JOINTS if name.startswith("left")),
    "right_hand": tuple(name for name in FINGER_JOINTS if name.startswith("right")),
    "hands": FINGER_JOINTS,
    "spine": SPINE,
    "body": UPPER_BODY,
}
"""Part of the body -> its joints. An arm reaches from the collar to the wrist; a hand is its fingers."""
SHORTEST = 0.2
"""Seconds of the shortest stretch that can be made anew."""


def read_joints(text: str) -> tuple[str, ...]:
    """Return the joints that a list of parts and joints means, in the order of :data:`UPPER_BODY`.

    Parameters
    ----------
    text : str
        Names of :data:`PARTS` or of SMPL-X joints, separated by commas.

    Raises
    ------
    SoliloquyError
        For an empty list, an unknown name, or a joint that does not gesture.
    """
    chosen: set[str] = set()
    for name in (item.strip() for item in text.split(",")):
        if name in PARTS:
            chosen |= set(PARTS[name])
        elif name in UPPER_BODY:
            chosen.add(name)
        elif name in JOINT_NAMES:
            raise SoliloquyError(f"The joint '{name}' does not gesture.", f"Choose among: {', '.join(PARTS)}.")
        elif name:
            raise SoliloquyError(f"There is no joint or part '{name}'.", f"Choose among: {', '.join(PARTS)}.")
    if not chosen:
        raise SoliloquyError("No joint is named.", f"Choose among: {', '.join(PARTS)}.")
    return tuple(name for name in UPPER_BODY if name in chosen)


def read_range(text: str) -> tuple[float, float]:
    """Return (start, stop) in seconds of a text such as ``3.2:5.8``.

    Raises
    ------
    SoliloquyError
        When it is none.
    """
    start, _, stop = text.partition(":")
    try:
        return float(start), float(stop)
    except ValueError:
        raise SoliloquyError(f"'{text}' is not a range of seconds.", "Write it as 3.2:5.8.") from None


def frame_ranges(ranges: tuple[tuple[float, float], ...], frames: int, fps: float) -> list[tuple[int, int]]:
    """Return (first, last) frame of every stretch, both made anew, in order; stretches that touch become one.

    Parameters
    ----------
    ranges : tuple of (float, float)
        Seconds from the start; frame ``i`` is the instant ``i / fps``.
    frames : int
        Length of the performance.

    Raises
    ------
    SoliloquyError
        When there is none, or one is turned round, too short, or beyond the end.
    """
    if not ranges:
        raise SoliloquyError("No range of seconds is given.", "Name one, such as 3.2:5.8.")
    length = frames / fps
    found: list[tuple[int, int]] = []
    for start, stop in sorted(ranges):
        if not (math.isfinite(start) and math.isfinite(stop) and 0.0 <= start < stop):
            raise SoliloquyError(
                f"The range {start:g}:{stop:g} cannot be used.", "Give two seconds from the start, the later one last."
            )
        shortest = max(SHORTEST, 4 / fps)
        if stop - start < shortest - 1e-6:
            raise SoliloquyError(f"The range {start:g}:{stop:g} is shorter than {shortest:g} s.", "Make it longer.")
        first, last = math.ceil(start * fps - 1e-6), math.floor(stop * fps + 1e-6)
        if start >= length or last > frames:
            raise SoliloquyError(
                f"The range {start:g}:{stop:g} reaches past the end of the performance at {length:.2f} s.",
                "Choose an earlier one.",
            )
        last = min(last, frames - 1)
        if found and first <= found[-1][1] + 1:
            first, last = found[-1][0], max(last, found[-1][1])
            found.pop()
        found.append((first, last))
    return found


def body_for(performed: str) -> str:
    """Return the body engine that makes a part anew where none is named: the one that reads what lies around it.

    Parameters
    ----------
    performed : str
        The engine the performance was made with; used where the files of the other are missing.
    """
    gesturing = [engine for engine in engines_of("body", packages=False) if "gesture" in engine.spec.abilities]
    # A stable order: first who can fill a part in, then who performed, then all others as they are listed.
    gesturing.sort(key=lambda engine: ("infill" not in engine.spec.abilities, engine.spec.name != performed))
    return next((engine.spec.name for engine in gesturing if not missing_files(engine)), performed)


def next_seed(performed: int, regenerated: Any) -> int:
    """Return a seed that no part of a performance was drawn with yet.

    Parameters
    ----------
    performed : int
        The performance's own.
    regenerated : list of dict
        ``meta["regenerated"]``; what is none there counts as nothing.
    """
    records = cast("list[Any]", regenerated) if isinstance(regenerated, list) else []
    found = [cast("dict[Any, Any]", record).get("seed") for record in records if isinstance(record, dict)]
    used = {performed, *(seed for seed in found if isinstance(seed, int))}
    highest = settings_of(AnimateSettings)["seed"].high
    following = max(used) + 1
    if highest is None or following <= highest:
        return following
    return next(seed for seed in itertools.count() if seed not in used)


def __getattr__(name: str) -> Any:
    """Return ``RegenerateJob``, which lies elsewhere now and which scripts still have from here."""
    if name == "RegenerateJob":
        from .orders.regenerate import RegenerateJob

        return RegenerateJob
    raise AttributeError(name)
