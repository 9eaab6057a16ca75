"""From a Performance to a take: reduced curves in new actions on new NLA tracks; what exists stays untouched."""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.arkit import REGIONS
from ...inference.errors import BadRig, SoliloquyError
from ...inference.performance import Performance
from .. import compat
from . import aside, curves, key_ranges, lips_record, nla
from . import take as takes
from .access import own_data, why_locked
from .bake_options import DEFAULT_TOLERANCES, BakeOptions, Tolerance
from .before import values_before
from .channels import UNITS, Channel, reduce_channels, region_channels
from .contacts import keep_contacts
from .gesture_plan import NOTE, keep_noted
from .hindrances import explain, hindrances
from .lips_record import LipsRecord
from .readback import missed
from .reduction import ReducedCurve
from .resample import onto_whole_frames
from .take import Take
from .world_turns import WorldTurns

if TYPE_CHECKING:
    from ..rig import Rig


@dataclass(frozen=True)
class BakeReport:
    """What a bake did."""

    take: Take
    keys: int
    """Keyframes written."""
    max_error: float
    """The largest of ``errors``."""
    seconds: float
    errors: dict[str, float]
    """Largest deviation from the performance at any of its frames, by unit: radians, coefficient, metres."""
    samples: int
    """Keyframes there would be without reduction."""
    warnings: tuple[str, ...]


def bake(performance: Performance, rig: Rig, options: BakeOptions | None = None, *, scene: Any = None) -> BakeReport:
    """Bake a performance onto a rig as a new take.

    Each region gets an action and an NLA track; older takes that overlap it in time are muted region by region, and
    no key, action or track that exists is changed. When anything fails, what was made so far is removed again.

    Parameters
    ----------
    performance : Performance
        In the SMPL-X frame.
    rig : Rig
        The character.
    options : BakeOptions, optional
        Defaults when missing.
    scene : bpy.types.Scene, optional
        The scene whose frame rate counts; the context's when missing.

    Returns
    -------
    BakeReport

    Raises
    ------
    SoliloquyError
        When the performance holds no finite numbers, the rig cannot be keyed, or an option is unknown.
    """
    begun = time.perf_counter()
    options = options or BakeOptions()
    scene = scene or bpy.context.scene
    own_data(rig)
    _check(performance, rig)
    fps = scene.render.fps / scene.render.fps_base
    first = options.first_frame
    if options.whole_frames:
        performance, first = onto_whole_frames(performance, fps, first)
    step = fps / performance.fps
    frames = first + np.arange(performance.frames) * step
    record = None
    if "lips" in options.regions:
        record = _lips_record(performance, first, step, options)
        performance = record.onto(performance)
    by_region = _channels(performance, rig, options)
    if not by_region:
        raise BadRig(
            "This character has no bones or shape keys for the chosen regions.",
            " ".join(dict.fromkeys(rig.lacks.values())) or "Choose other regions.",
        )
    lacks = dict.fromkeys(rig.lacks[region] for region in options.regions if region in rig.lacks)
    remarks = dict.fromkeys(said for drive in rig.drives for said in getattr(drive, "remarks", ()))
    name = options.name.strip() or takes.free_name(rig)
    if any(take.name == name for take in takes.takes_of(rig)):
        raise SoliloquyError(f"There is a take '{name}' already.", "Choose another name; takes are never overwritten.")
    laid = aside.mute_actions(rig, [channel for found in by_region.values() for channel in found])
    if laid:
        # Twist bones and the like stand otherwise now.
        by_region = _channels(performance, rig, options)
    reduced = _reduce(by_region, options)
    channels = [channel for found in by_region.values() for channel in found]
    known = hindrances(rig, by_region)
    laid += [*aside.put_to_rest(rig, channels), *aside.carried_by_tracks(rig, channels)]
    errors = _errors(by_region, reduced)
    info = {
        "take": uuid.uuid4().hex,
        "name": name,
        "before": values_before(rig, (channel for found in by_region.values() for channel in found)),
        "made": datetime.datetime.now(datetime.UTC).isoformat(),
        "meta": {
            **{name: value for name, value in performance.meta.items() if name != NOTE},
            **options.meta,
            "fps": performance.fps,
            "first_frame": first,
            "frames": performance.frames,
            "max_error": errors,
        },
    }
    made: list[Any] = []
    widened = key_ranges.widen(channel for found in by_region.values() for channel in found)
    try:
        keys = _write(rig, by_region, reduced, frames, info, options, made)
    except BaseException:
        discard(rig, info["take"], made)
        aside.give_back(rig)
        for target in (target for found in by_region.values() for channel in found for target in channel.targets):
            key_ranges.set_back(target.owner, target.data_path)
        raise
    for action in made:
        # The number of keys is known only now.
        stored = nla.read_info(action) or {}
        stored["meta"]["keys"] = keys
        stored["fingerprint"] = curves.fingerprint(action)
        if stored["region"] == "lips":
            stored["key_state"] = curves.key_state(action)
            if record is not None:
                # The first action carries how the lips were performed, for the craft that comes after the bake.
                lips_record.attach(action, record)
                record = None
        nla.write_info(action, stored)
    take = takes.find_take(rig, info["take"])
    takes.activate(rig, take)
    keep_noted(rig, take, performance.meta.get(NOTE))
    hidden = explain(rig, missed(rig, by_region, frames), known)
    stray = [rig.stray] if rig.stray else []
    warnings = [*performance.remarks, *lacks, *rig.notes, *known.sentences, *remarks, *widened, *laid, *hidden, *stray]
    if options.extend_scene:
        scene.frame_end = max(scene.frame_end, int(np.ceil(take.last_frame - 1e-6)))
    samples = sum(c.values.size * len(c.targets) for found in by_region.values() for c in found)
    return BakeReport(
        take=takes.find_take(rig, info["take"]),
        keys=keys,
        max_error=max(errors.values()),
        seconds=time.perf_counter() - begun,
        errors=errors,
        samples=samples,
        warnings=tuple(warnings),
    )


def _channels(performance: Performance, rig: Rig, options: BakeOptions) -> dict[str, list[Channel]]:
    """Return the channels of every chosen region that the rig can show."""
    turns = WorldTurns(performance, rig)
    if "body" in options.regions:
        keep_contacts(turns)
    found = {
        region: region_channels(performance, rig, region, turns) for region in REGIONS if region in options.regions
    }
    return {region: channels for region, channels in found.items() if channels}


def _check(performance: Performance, rig: Rig) -> None:
    if performance.frames == 0:
        raise SoliloquyError("The performance holds no frames.", "Animate a longer piece of audio.")
    for name in ("poses", "trans", "arkit"):
        if not np.isfinite(getattr(performance, name)).all():
            raise SoliloquyError(f"The performance's '{name}' holds values that are not numbers.", "Animate again.")
    locked = why_locked(rig)
    if locked is not None:
        raise locked


def _tolerance(options: BakeOptions, region: str, kind: str) -> float:
    chosen = options.tolerance
    if chosen is None:
        found = DEFAULT_TOLERANCES[region]
    elif isinstance(chosen, Tolerance):
        found = chosen
    elif isinstance(chosen, Mapping):
        found = chosen.get(region, DEFAULT_TOLERANCES[region])
    else:
        found = DEFAULT_TOLERANCES[region].scaled(float(chosen))
    return max(0.0, getattr(found, UNITS[kind]))


def _lips_record(performance: Performance, first: float, step: float, options: BakeOptions) -> LipsRecord:
    tolerance = {kind: _tolerance(options, "lips", kind) for kind in ("rotation", "coefficient")}
    return LipsRecord.of(performance, first=first, step=step, interpolation=options.interpolation, tolerance=tolerance)


def _reduce(by_region: dict[str, list[Channel]], options: BakeOptions) -> dict[int, ReducedCurve]:
    """Reduce all channels; keyed by the channel's identity."""
    limits = {id(c): _tolerance(options, region, c.kind) for region, found in by_region.items() for c in found}
    channels = [channel for found in by_region.values() for channel in found]
    reduced = reduce_channels(channels, [limits[id(channel)] for channel in channels], options.interpolation)
    return {id(channel): curve for channel, curve in zip(channels, reduced, strict=True)}


def _errors(by_region: dict[str, list[Channel]], reduced: dict[int, ReducedCurve]) -> dict[str, float]:
    errors = dict.fromkeys(UNITS.values(), 0.0)
    for channel in (c for found in by_region.values() for c in found):
        unit = UNITS[channel.kind]
        errors[unit] = max(errors[unit], reduced[id(channel)].error)
    return errors


def _write(
    rig: Rig,
    by_region: dict[str, list[Channel]],
    reduced: dict[int, ReducedCurve],
    frames: npt.NDArray[np.float64],
    info: dict[str, Any],
    options: BakeOptions,
    made: list[Any],
) -> int:
    """Write every region's action and track; returns the number of keys. ``made`` collects the actions."""
    total = 0
    last = max(float(frames[-1]), float(frames[0]) + 1.0)  # an NLA strip cannot be empty
    for region, found in by_region.items():
        parts: dict[int, tuple[Any, list[tuple[Channel, Any]]]] = {}
        for channel in found:
            for target in channel.targets:
                parts.setdefault(target.owner.as_pointer(), (target.owner, []))[1].append((channel, target))
        action = None
        for owner, items in parts.values():
            if action is None or not compat.has_slots():
                action = compat.new_action(takes.action_name(rig, info["name"], region), owner.id_type)
                made.append(action)
                action.use_frame_range = True
                action.frame_start, action.frame_end = float(frames[0]), last
                nla.write_info(action, {**info, "region": region})
            bag = compat.channelbag(owner, action)
            for channel, target in items:
                curve = reduced[id(channel)]
                joined = options.interpolation if channel.kind != "switch" else "CONSTANT"
                at = frames[curve.frames]
                total += curves.write_reduced(bag, target.data_path, target.group, curve, at, joined, unfinished=True)
            nla.add_track(owner, action, takes.track_name(info["name"], region), float(frames[0]), last)
    for action in made:
        curves.finish(action)
    return total


def discard(rig: Rig, take_id: str, made: list[Any]) -> None:
    """Remove the tracks and the actions of a take that could not be finished."""
    for item in nla.tracks(rig, take_id, fixes=True):
        item.owner.animation_data.nla_tracks.remove(item.track)
    for action in made:
        bpy.data.actions.remove(action)
