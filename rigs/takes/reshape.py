"""A finished take re-shaped: the keys of those regions that a setting touches written anew from its performance.

Tracks, strips and other takes stay as they are, and so does every region of which a person touched a key: it rests,
the others follow. Keys kept as a fix lie on tracks of their own and are added to whatever the take does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, REGION_COEFFICIENTS, REGION_JOINTS, REGIONS
from ...inference.craft import apply_craft
from ...inference.errors import SoliloquyError
from ...inference.performance import Performance
from ...inference.resample import at_times
from ...inference.shape.reshape import Shaping
from ...inference.shape.settings import Reshape
from ...inference.skeleton import JOINT_INDEX
from .. import compat
from . import craft as lips
from . import curves, key_ranges, lips_record, nla
from . import take as takes
from .access import own_take, why_locked
from .bake_options import DEFAULT_TOLERANCES
from .channels import UNITS, Channel, region_channels
from .contacts import keep_contacts
from .lost import why_lost
from .packed import carrier, performance_of
from .rewrite import kept_settings, note_rewritten, write_region
from .take import Take
from .world_turns import WorldTurns

if TYPE_CHECKING:
    from ..rig import Rig


@dataclass
class _Shown:
    """The take that was re-shaped last: a slider asks many times."""

    key: tuple[str, str]
    shaping: Shaping
    settings: Reshape
    performance: Performance


_last: _Shown | None = None


def reshape_of(rig: Rig, take: Take) -> Reshape:
    """Return the settings that a take was last written with."""
    return kept_settings(carrier(rig, take), "reshape", Reshape)


def touched_regions(rig: Rig, take: Take, marks: Mapping[str, str] | None = None) -> list[str]:
    """Return the regions of which a person added, moved or deleted keys, or bent a handle of the lips.

    ``marks`` are ``curves.fingerprint`` of its actions by their full names, where they are known.
    """
    found = takes.edited_regions(nla.tracks(rig, take.id), marks)
    if "lips" in take.regions and "lips" not in found and lips.touched(rig, take):
        found.append("lips")
    return [region for region in REGIONS if region in found]


def why_not(rig: Rig, take: Take) -> SoliloquyError | None:
    """Return why a take cannot be re-shaped, None when it can; whether its performance is there is not looked at."""
    found = nla.tracks(rig, take.id)
    if not found or not take.meta.get("frames"):
        return SoliloquyError(f"The take '{take.name}' does not carry how it was made.", "Animate again.")
    return why_lost(rig, take) or why_locked(rig, found)


def reshape_take(rig: Rig, take: Take, settings: Reshape, folders: Iterable[Path] = ()) -> tuple[int, list[str]]:
    """Write the keys of a take anew as settings ask; neutral ones bring the bake's keys back.

    Parameters
    ----------
    folders : iterable of Path
        Where to look for its performance file besides where it was written.

    Returns
    -------
    int
        Keyframes written.
    list of str
        Regions that should have changed but hold keys that a person touched.

    Raises
    ------
    SoliloquyError
        When the take cannot be changed or its performance is not there; nothing is changed then.
    """
    problem = why_not(rig, take)
    if problem is not None:
        raise problem
    shown = _shown(rig, take, folders)
    own_take(rig, take.id)
    before, now = shown.performance, shown.shaping.shaped(settings)
    changed = [region for region in REGIONS if region in take.regions and _differs(before, now, region)]
    touched = touched_regions(rig, take) if changed else []
    keys_before = curves.count_keys(nla.actions(nla.tracks(rig, take.id)))
    keys = 0
    turns = None
    for region in (region for region in changed if region not in touched):
        if region == "lips":
            keys += _write(rig, take, region, apply_craft(now, lips.craft_of(rig, take)), None)
            continue
        if turns is None:
            turns = WorldTurns(now, rig)
            if "body" in take.regions:
                keep_contacts(turns)
        keys += _write(rig, take, region, now, turns)
    more = curves.count_keys(nla.actions(nla.tracks(rig, take.id))) - keys_before
    written = [region for region in changed if region not in touched]
    note_rewritten(rig, take, "reshape", settings, regions=REGIONS, written=written, more_keys=more)
    shown.settings, shown.performance = settings, now
    return keys, [region for region in changed if region in touched]


def performed(rig: Rig, take: Take, folders: Iterable[Path] = ()) -> Performance:
    """Return a take's performance sample for sample as it was baked, lips included.

    Raises
    ------
    SoliloquyError
        When it is nowhere, or is not of the take's length.
    """
    made = performance_of(rig, take, folders)
    frames, fps = int(take.meta["frames"]), float(take.meta["fps"])
    if made.frames != frames and made.fps != fps:
        made = at_times(made, np.arange(frames) / fps, fps)
    if made.frames != frames:
        raise SoliloquyError(
            f"The performance has {made.frames} frames, the take '{take.name}' {frames}.", "Animate again."
        )
    action = lips.carrier(rig, take)
    record = lips_record.read(action) if action is not None else None
    return record.onto(made) if record is not None and len(record.jaw) == frames else made


def _shown(rig: Rig, take: Take, folders: Iterable[Path]) -> _Shown:
    """Return how a take is shaped now."""
    global _last
    key = (take.id, str(take.meta.get("performance_sha256", "")))
    settings = reshape_of(rig, take)
    if _last is None or _last.key != key:
        shaping = Shaping(performed(rig, take, folders))
        _last = _Shown(key, shaping, settings, shaping.shaped(settings))
    elif _last.settings != settings:
        _last.settings, _last.performance = settings, _last.shaping.shaped(settings)
    return _last


def forget() -> None:
    """Let go of the performance that was kept for the next slider."""
    global _last
    _last = None


def _differs(one: Performance, other: Performance, region: str) -> bool:
    columns = [3 * JOINT_INDEX[joint] + axis for joint in REGION_JOINTS[region] for axis in range(3)]
    names = [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS[region]]
    return bool(
        (one.poses[:, columns] != other.poses[:, columns]).any()
        or (one.arkit[:, names] != other.arkit[:, names]).any()
        or (region == "body" and (one.trans != other.trans).any())
    )


def _write(rig: Rig, take: Take, region: str, performance: Performance, turns: WorldTurns | None) -> int:
    """Write the keys of one region anew; returns how many."""
    found = nla.tracks(rig, take.id, region=region)
    action = lips.carrier(rig, take) if region == "lips" else None
    record = lips_record.read(action) if action is not None else None
    channels = region_channels(performance, rig, region, turns)
    interpolation = record.interpolation if record is not None else _interpolation(found)
    key_ranges.widen(channels)
    return write_region(
        rig, take, region, channels, lambda channel: _limit(channel, region, record),
        _frames(found[0].strip.action, take), interpolation,
    )  # fmt: skip


def _limit(channel: Channel, region: str, record: lips_record.LipsRecord | None) -> float:
    if record is not None:
        return record.limit(channel.kind)
    return float(getattr(DEFAULT_TOLERANCES[region], UNITS[channel.kind]))


def _frames(action: Any, take: Take) -> npt.NDArray[np.float64]:
    """Return the frames of an action at which the performance's samples lie."""
    count, first = int(take.meta["frames"]), float(take.meta["first_frame"])
    step = (float(action.frame_end) - float(action.frame_start)) / max(count - 1, 1)
    return first + np.arange(count) * step


def _interpolation(found: list[nla.TakeTrack]) -> str:
    """Return how a region's keys are joined."""
    for item in found:
        bag = compat.strip_channelbag(item.strip)
        for curve in bag.fcurves if bag is not None else ():
            if len(curve.keyframe_points) > 1:
                return "LINEAR" if curve.keyframe_points[0].interpolation == "LINEAR" else "BEZIER"
    return "BEZIER"
