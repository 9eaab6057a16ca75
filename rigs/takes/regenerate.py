"""A part of a take made anew: a copy of the take in which the keys of some joints, over some seconds, are new.

Everything else of the copy is key for key the old take's, hand-made keys and crafted lips included, and the old take
stays as it is, muted. Where a person changed the motion around the part, the new part meets that motion.
"""

from __future__ import annotations

import datetime
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.arkit import region_of_joint
from ...inference.body.upper_body import SPINE
from ...inference.errors import SoliloquyError
from ...inference.performance import Performance
from ...inference.rotation import axis_angle_to_quaternion, continuous_quaternions, quaternion_to_axis_angle
from ...inference.rotation_curves import meeting, meeting_frames
from ...inference.shape.reshape import reshaped
from .. import compat
from . import curves, kept, nla
from . import take as takes
from .access import own_data, why_locked
from .aside import put_to_rest
from .bake import DEFAULT_TOLERANCES, BakeReport, discard
from .channels import UNITS, Channel, Target, bone_path, region_channels
from .contacts import keep_contacts
from .copies import copy_onto_tracks
from .fitted_segments import deviation
from .gesture_plan import NOTE, keep_noted
from .hindrances import hindrances
from .locks import any_locked
from .packed import pack, packed_size
from .reduction import reduce_curves
from .reshape import reshape_of
from .take import Take
from .world_turns import WorldTurns

if TYPE_CHECKING:
    from ..rig import Rig

Doubles = npt.NDArray[np.float64]

_EYES = ("left_eye_smplhf", "right_eye_smplhf")
_LOOKS = tuple(f"eyeLook{way}{side}" for way in ("Down", "In", "Out", "Up") for side in ("Left", "Right"))


_NEEDED = {"performance", "frames", "fps", "first_frame", "audio", "range"}
"""What a take must know of its performance."""


def why_not(rig: Rig, take: Take, *, changing: bool = False) -> SoliloquyError | None:
    """Return why no part of a take can be made anew, None when it can; whether files are there is not looked at.

    Parameters
    ----------
    changing : bool
        The take itself is to change, not a copy of it.
    """
    if not {"body", "hands"} & set(take.regions) or "settings" not in take.meta:
        return SoliloquyError(f"The take '{take.name}' has no gestures.", "Animate the speech with Body switched on.")
    if take.meta.get("idle"):
        return SoliloquyError(
            f"In the take '{take.name}' nobody speaks, so there are no gestures to make anew.",
            "Press Idle again with another variation.",
        )
    if not set(take.meta) >= _NEEDED:
        return SoliloquyError(
            f"The take '{take.name}' does not say which performance it was made from.",
            "Animate again; parts of the new take can be made anew.",
        )
    return why_locked(rig, nla.tracks(rig, take.id) if changing else None)


def seconds_at(rig: Rig, take: Take, frame: float) -> float:
    """Return the second of a take's performance that plays at a scene frame, wherever its strips were moved to."""
    pieces = next(found.pieces for found in nla.tracks(rig, take.id) if found.region in ("body", "hands"))
    strip = next((piece for piece in reversed(pieces) if piece.frame_start <= frame), pieces[0])
    at = strip.action_frame_start + (frame - strip.frame_start) / strip.scale
    return float((at - first_sample(take)) / sample_step(strip.action, take) / float(take.meta["fps"]))


def take_with_new_part(
    performance: Performance,
    rig: Rig,
    take_id: str,
    joints: tuple[str, ...],
    *,
    file: str,
    sha256: str = "",
    name: str = "",
    interpolation: str = "BEZIER",
) -> BakeReport:
    """Copy a take and put the part that a performance says was made anew last into the copy, which then plays.

    Parameters
    ----------
    performance : Performance
        The take's performance with the part made anew, see ``inference.regenerate``.
    take_id : str
        The take; stays as it is, muted.
    joints : tuple of str
        The joints made anew.
    file : str
        Where the performance lies.
    sha256 : str
        Its hash, as whoever wrote it told; looked up when empty.
    name : str
        Name of the copy; after the old one when empty.

    Raises
    ------
    SoliloquyError
        When the take is gone or cannot be copied, or the performance is not of its length; nothing is changed then.
    """
    begun = time.perf_counter()
    own_data(rig)
    take = takes.find_take(rig, take_id)
    problem = why_not(rig, take)
    if problem is not None:
        raise problem
    if performance.frames != take.meta.get("frames"):
        raise SoliloquyError(
            f"The performance has {performance.frames} frames, the take '{take.name}' {take.meta.get('frames')}.",
            "Animate again.",
        )
    origin = take.meta.get("part_of", take.name)
    info = {
        "take": uuid.uuid4().hex,
        "name": takes.free_variant(rig, name.strip() or f"{origin} part"),
        "made": datetime.datetime.now(datetime.UTC).isoformat(),
        "meta": {
            **take.meta,
            **{name: value for name, value in performance.meta.items() if name != NOTE},
            **kept.remember(file, sha256),
            "part_of": origin,
        },
    }
    made: list[Any] = []
    try:
        copies = copy_onto_tracks(rig, take, info, made)
        # The part is shaped as the take around it is.
        shown = reshaped(performance, reshape_of(rig, take))
        keys, errors = write_part(shown, rig, take, copies, joints, interpolation)
        if packed_size(rig, take):
            pack(rig, takes.find_take(rig, info["take"]), Path(file))
        keep_noted(rig, takes.find_take(rig, info["take"]), performance.meta.get(NOTE))
    except BaseException:
        discard(rig, info["take"], made)
        raise
    total = curves.count_keys(nla.actions(copies))
    whole = dict(take.meta.get("max_error") or {})
    whole.update({unit: max(error, whole.get(unit, 0.0)) for unit, error in errors.items()})
    for action in made:
        stored = nla.read_info(action) or {}
        stored["meta"].update(keys=total, max_error=whole)
        nla.write_info(action, stored)
    takes.activate(rig, takes.find_take(rig, info["take"]))
    by_region: dict[str, list[Channel]] = {}
    for region, channel in _channels(performance, rig, joints):
        by_region.setdefault(region, []).append(channel)
    known = hindrances(rig, by_region)
    laid = put_to_rest(rig, [channel for found in by_region.values() for channel in found])
    warnings = (*known.sentences, *laid)
    return BakeReport(
        takes.find_take(rig, info["take"]), keys, max(errors.values(), default=0.0),
        time.perf_counter() - begun, errors, keys, warnings,
    )  # fmt: skip


def first_sample(take: Take) -> float:
    """Return the frame of the take's actions at which the performance's first sample lies."""
    return float(take.meta["first_frame"])


def sample_step(action: Any, take: Take) -> float:
    """Return the frames of an action from one sample of the performance to the next."""
    return (action.frame_end - action.frame_start) / max(int(take.meta["frames"]) - 1, 1)


def write_part(
    performance: Performance,
    rig: Rig,
    take: Take,
    copies: list[nla.TakeTrack],
    joints: tuple[str, ...],
    interpolation: str,
) -> tuple[int, dict[str, float]]:
    """Write the new part's keys into the copied actions; return how many, and the largest error by unit."""
    stretches = [
        (round(start * performance.fps), round(stop * performance.fps))
        for start, stop in performance.meta["regenerated"][-1]["ranges"]
    ]
    bags = {(item.region, item.owner.as_pointer()): compat.strip_channelbag(item.strip) for item in copies}
    actions = {item.region: item.strip.action for item in copies}
    clean = {
        region: curves.fingerprint(a) == (nla.read_info(a) or {}).get("fingerprint") for region, a in actions.items()
    }
    keys, changed = 0, set()
    errors: dict[str, float] = {}
    alike: dict[tuple[str, str, float], list[tuple[list[Any], Channel]]] = {}
    for region, channel in _channels(performance, rig, joints):
        for target in channel.targets if region in actions else ():
            found = _curves(bags.get((region, target.owner.as_pointer())), target, channel)
            if found:
                changed.add(region)
                alike.setdefault((region, channel.kind, channel.unit), []).append((found, channel))
    for (region, kind, _), group in alike.items():
        frames = first_sample(take) + np.arange(performance.frames) * sample_step(actions[region], take)
        for first, last in stretches:
            count, error = _splice(group, frames, first, last, performance.fps, region, interpolation)
            keys, errors[UNITS[kind]] = keys + count, max(error, errors.get(UNITS[kind], 0.0))
    for region in changed:
        # A person's changes elsewhere in the action still count as such.
        stored = nla.read_info(actions[region])
        if clean[region] and stored is not None:
            nla.write_info(actions[region], {**stored, "fingerprint": curves.fingerprint(actions[region])})
    return keys, errors


def _channels(performance: Performance, rig: Rig, joints: tuple[str, ...]) -> list[tuple[str, Channel]]:
    """Return region and channel of every joint made anew, and of the eyes where those turn with the spine."""
    turning = [*joints, *(_EYES if set(joints) & set(SPINE) else ())]
    parts = [part.bone for name in turning if name in rig.joints for part in rig.joints[name].segments]
    paths = {bone_path(bone, "rotation_quaternion") for bone in parts}
    turns = WorldTurns(performance, rig)
    keep_contacts(turns)
    if set(joints) & set(SPINE):
        paths |= {key.path for key in rig.keys if key.shows.mix[0][0] in _LOOKS}
    return [
        (region, channel)
        for region in sorted({region_of_joint(name) for name in turning})
        for channel in region_channels(performance, rig, region, turns)
        if channel.targets[0].data_path in paths
    ]


def _curves(bag: Any, target: Target, channel: Channel) -> list[Any]:
    """Return the F-curves of a channel, empty where the take has them not or not all, or one is locked."""
    if bag is None or any_locked(bag, target.data_path):
        return []
    width = channel.values.shape[1]
    found = [bag.fcurves.find(target.data_path, index=index) for index in range(width)]
    return [] if None in found else found


def _splice(
    group: list[tuple[list[Any], Channel]], frames: Doubles, first: int, last: int, fps: float, region: str,
    interpolation: str,
) -> tuple[int, float]:  # fmt: skip
    """Replace the keys of channels' F-curves between two samples; what plays outside stays as it is.

    The channels are of one kind and unit, so that they are reduced at once.

    Returns the number of keys, and how far the curves are from the part at any of its samples.
    """
    # The samples next to the part become its border keys, where they play now.
    low, high = max(first - 1, 0), min(last + 1, len(frames) - 1)
    parts = [_part(found, channel, frames, first, last, fps)[low : high + 1] for found, channel in group]
    tolerance, rotation = DEFAULT_TOLERANCES[region], group[0][1].kind == "rotation"
    unit = group[0][1].unit
    limit = tolerance.radians if rotation else tolerance.coefficient
    reduced = reduce_curves(np.stack(parts), limit / unit, interpolation, rotation=rotation)
    count, worst = 0, 0.0
    for (found, _), part, curve in zip(group, parts, reduced, strict=True):
        at = frames[low + curve.frames]
        for item, component in zip(found, curves.keys_of(curve, at, interpolation), strict=True):
            curves.splice(item, component, from_key=low < first, to_key=high > last)
        made = np.array([[item.evaluate(float(frame)) for frame in frames[low : high + 1]] for item in found])
        # What played at the borders is not of unit length where it lay between keys.
        wanted = part / np.linalg.norm(part, axis=1, keepdims=True) if rotation else part
        worst = max(worst, float(deviation(made, wanted.T, rotation=rotation).max()) * unit)
        count += len(at) * len(found)
    return count, worst


def _part(found: list[Any], channel: Channel, frames: Doubles, first: int, last: int, fps: float) -> Doubles:
    """Return (T, C) values of a channel, new between two samples, as they play now beside them and 0 elsewhere."""
    begin, end = max(first - 2, 0), min(last + 3, len(frames))
    played = np.array([[curve.evaluate(float(frame)) for curve in found] for frame in frames[begin:end]])
    values = channel.values[begin:end].copy()
    inside = slice(first - begin, last - begin + 1)
    if channel.kind == "rotation":
        values[inside] = _met(played, values, first - begin, last - begin, fps)
    values[: first - begin] = played[: first - begin]
    values[last - begin + 1 :] = played[last - begin + 1 :]
    whole = np.zeros((len(frames), values.shape[1]))
    whole[begin:end] = values
    return whole


def _met(played: Doubles, new: Doubles, first: int, last: int, fps: float) -> Doubles:
    """Return (N, 4) quaternions of the new part, bent where a person changed what plays before and after it."""
    turned = [quaternion_to_axis_angle(item / np.linalg.norm(item, axis=-1, keepdims=True)) for item in (played, new)]
    old, drawn = (item[:, None] for item in turned)
    part = meeting(old, drawn, first, last + 1, meeting_frames(last + 1 - first, fps))
    quaternions = continuous_quaternions(axis_angle_to_quaternion(part))[:, 0]
    neighbour = played[first - 1] if first else played[last + 1] if last + 1 < len(played) else quaternions[0]
    facing = quaternions[0] if first else quaternions[-1]
    return quaternions if np.dot(neighbour, facing) >= 0 else -quaternions
