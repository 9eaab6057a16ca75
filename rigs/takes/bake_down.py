"""A take and its fixes as plain actions, one or one per region, for whoever works without takes; the take is muted.

Keys are copied as they are, where the strips have them in the scene. What a fix is added to is sampled on every frame
and reduced again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.errors import SoliloquyError
from ...inference.rotation import continuous_quaternions, quaternion_multiply
from .. import compat
from . import curves, nla
from .access import why_locked
from .bake_options import Tolerance
from .reduction import reduce_curves
from .take import Take

if TYPE_CHECKING:
    from ..rig import Rig

Doubles = npt.NDArray[np.float64]

_ADDING = ("COMBINE", "ADD")


def bake_down(rig: Rig, take: Take, name: str = "", *, per_region: bool = False) -> list[Any]:
    """Make a take's keys, fixes included, plain actions of everything it animates, and mute the take.

    Before Blender 4.4 an action serves one kind of data, so that the face's keys have one of their own.

    Parameters
    ----------
    name : str
        Name of the action; after the take when empty.
    per_region : bool
        An action for each region, on an NLA track of its name, instead of one that is live.

    Returns
    -------
    list of bpy.types.Action
        The actions made.

    Raises
    ------
    SoliloquyError
        When the take does not play, or something about its strips or above them cannot be written into one action;
        nothing is changed then.
    """
    found = [item for item in nla.tracks(rig, take.id, fixes=True) if not item.track.mute]
    problem = _why_not(rig, take, found)
    if problem is not None:
        raise problem
    name = name or f"{take.name} baked"
    made: list[Any] = []
    for region in take.regions if per_region else ("",):
        items = [item for item in found if region in ("", item.region)]
        own = f"{name} {region.replace('_', ' ')}" if region else name
        made += _bake(items, own, live=not per_region)
    for item in found:
        item.track.mute = True
    nla.arrange(rig)
    return made


def _bake(found: list[nla.TakeTrack], name: str, *, live: bool) -> list[Any]:
    """Write what tracks play into an action, live or on tracks of its name; returns it, or one per kind of data."""
    made: list[Any] = []
    for owner in {item.owner.as_pointer(): item.owner for item in found}.values():
        mine = [item for item in found if item.owner == owner]
        if not made or not compat.has_slots():
            made.append(compat.new_action(name, owner.id_type))
        bag = compat.channelbag(owner, made[-1])
        for item in sorted(mine, key=lambda item: item.fix):
            if item.fix:
                _add(item.strip, bag)
            else:
                _copy(compat.strip_channelbag(item.strip), bag, item.strip)
        if live:
            _take_along(owner, bag)
            _make_live(owner, made[-1])
        else:
            first = min(item.strip.frame_start for item in mine)
            last = max(item.strip.frame_end for item in mine)
            track = nla.add_track(owner, made[-1], made[-1].name, first, last)
            track.strips[0].extrapolation = "HOLD"
    return made


def _make_live(owner: Any, action: Any) -> None:
    data = owner.animation_data
    data.action = action
    if compat.has_slots():
        data.action_slot = next(
            slot for slot in action.slots
            if slot.target_id_type == owner.id_type and slot.name_display == owner.name
        )  # fmt: skip
    data.action_blend_type, data.action_influence = "REPLACE", 1.0


def _take_along(owner: Any, bag: Any) -> None:
    """Copy what an action that is live beside the take animates; it stays in the file without being played."""
    before = owner.animation_data.action
    if before is not None:
        _copy(compat.active_channelbag(owner), bag)
        before.use_fake_user = True


def _beside(owner: Any, found: list[nla.TakeTrack]) -> bool:
    """Whether the live action of a data block animates nothing that tracks do, and plays as it is."""
    data, bag = owner.animation_data, compat.active_channelbag(owner)
    bags = [compat.strip_channelbag(item.strip) for item in found if item.owner == owner]
    taken = {curve.data_path for each in bags if each is not None for curve in each.fcurves}
    plain = data.action_blend_type == "REPLACE" and data.action_influence == 1.0 and not data.use_tweak_mode
    return plain and not any(curve.data_path in taken for curve in (bag.fcurves if bag is not None else ()))


def _why_not(rig: Rig, take: Take, found: list[nla.TakeTrack]) -> SoliloquyError | None:
    if not any(not item.fix for item in found):
        return SoliloquyError(f"The take '{take.name}' does not play.", "Choose it in the list of takes first.")
    locked = why_locked(rig, found)
    if locked is not None:
        return locked
    for item in found:
        strip, action = item.strip, item.owner.animation_data.action
        if action is not None and not _beside(item.owner, found):
            return SoliloquyError(
                f"The action '{action.name}' plays on top of the take.",
                "Press Keep as Fix of This Take, or unlink the action in the Action Editor.",
            )
        if len(item.track.strips) > 1:
            return SoliloquyError(
                f"The take '{take.name}' lies in pieces in the NLA editor.",
                "Join them, or bake with Blender's own tool.",
            )
        if _weighted(strip):
            return SoliloquyError(
                f"A strip of '{take.name}' is weighted, repeated or reversed.", "Set it back in the NLA editor first."
            )
        if item.fix and strip.blend_type not in _ADDING:
            return SoliloquyError(f"A fix of '{take.name}' is not added to it.", "Set its blending to Combine or Add.")
    return None


def _copy(source: Any, bag: Any, strip: Any = None) -> None:
    """Copy F-curves with their keys, those of a strip to where the scene has them."""
    for curve in source.fcurves if source is not None else ():
        group = curve.group.name if curve.group is not None else ""
        made = compat.new_fcurve(bag, curve.data_path, curve.array_index, group)
        count = len(curve.keyframe_points)
        made.keyframe_points.add(count)
        for name in ("interpolation", "type", "handle_left_type", "handle_right_type"):
            curves.copy_attribute(curve, made, name)
        for name in ("co", "handle_left", "handle_right"):
            points = curves.points(curve, name)
            points[:, 0] = _in_scene(strip, points[:, 0]) if strip is not None else points[:, 0]
            made.keyframe_points.foreach_set(name, points.ravel())
        made.extrapolation = curve.extrapolation
        made.update()


def _add(strip: Any, bag: Any) -> None:
    """Add a fix to what it lies over, frame by frame, over all frames that either of them has keys on."""
    source = compat.strip_channelbag(strip)
    paths = dict.fromkeys(curve.data_path for curve in source.fcurves) if source is not None else {}
    spans = [curve.range() for curve in bag.fcurves if curve.data_path in paths and len(curve.keyframe_points)]
    first = int(np.floor(min([strip.frame_start, *(span[0] for span in spans)])))
    last = int(np.ceil(max([strip.frame_end, *(span[1] for span in spans)])))
    frames = np.arange(first, last + 1, dtype=np.float64)
    at = strip.action_frame_start + (frames - strip.frame_start) / strip.scale
    # Beside a strip Blender holds its ends, or forgets it.
    idle = (frames < strip.frame_start) & (strip.extrapolation != "HOLD")
    idle |= (frames > strip.frame_end) & (strip.extrapolation == "NOTHING")
    at = np.clip(at, strip.action_frame_start, strip.action_frame_end)
    for path in paths:
        rotation = path.endswith("rotation_quaternion")
        width = (
            4
            if rotation
            else 1 + max((curve.array_index for curve in bag.fcurves if curve.data_path == path), default=0)
        )
        if not rotation:  # what the take leaves alone begins at rest
            width = max(width, 1 + max(curve.array_index for curve in source.fcurves if curve.data_path == path))
        under = [bag.fcurves.find(path, index=index) for index in range(width)]
        over = [source.fcurves.find(path, index=index) for index in range(width)]
        scales = path.endswith("scale") and strip.blend_type == "COMBINE"
        rest = np.array([1.0, 0.0, 0.0, 0.0]) if rotation else np.full(width, float(path.endswith("scale")))
        none = rest if rotation or scales else np.zeros(width)
        shown: Doubles = np.stack(
            [
                [under[k].evaluate(f) for f in frames] if under[k] is not None else np.full(len(at), rest[k])
                for k in range(width)
            ],
            1,
        )
        added = np.stack(
            [
                [over[k].evaluate(t) for t in at] if over[k] is not None else np.full(len(at), none[k])
                for k in range(width)
            ],
            1,
        )
        added[idle] = none
        if rotation and strip.blend_type == "COMBINE":
            shown = continuous_quaternions(quaternion_multiply(_unit(shown), _unit(added))).astype(np.float64)
        elif scales:
            shown *= added
        else:
            shown += added
        limit = Tolerance().radians if rotation else Tolerance().coefficient if width == 1 else Tolerance().metres
        reduced = reduce_curves(shown[None], limit, "BEZIER", rotation=rotation)[0]
        group = under[0].group.name if under[0] is not None and under[0].group is not None else ""
        curves.write_reduced(bag, path, group, reduced, frames[reduced.frames], "BEZIER", afresh=True)


def _weighted(strip: Any) -> bool:
    """Whether a strip plays otherwise than as its keys are. An influence that is not animated is Blender's own."""
    return bool(strip.use_animated_influence or abs(strip.repeat - 1.0) > 1e-3 or strip.use_reverse)


def _in_scene(strip: Any, frames: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return strip.frame_start + (frames - strip.action_frame_start) * strip.scale


def _unit(turns: Doubles) -> Doubles:
    return turns / np.maximum(np.linalg.norm(turns, axis=1, keepdims=True), 1e-12)
