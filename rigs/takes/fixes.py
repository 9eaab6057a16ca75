"""Keys that a person set on top of takes: found, named, and kept with one take as a layer that is added to it.

Such keys go to a data block's active action, which plays over the whole NLA. In Blender's default way of blending they
hold their channels still, in every take. Kept as a fix they lie on a track above the take's own, one per region, store
what they add to the take, and are muted and unmuted, moved, renamed and copied with it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.errors import BadRig, SoliloquyError
from .. import compat
from . import curves, nla
from . import take as takes
from .access import own_data, why_locked
from .take import Take

if TYPE_CHECKING:
    from ..rig import Rig

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HandKeys:
    """The hand-made action that plays over a data block's takes."""

    owner: Any
    action: Any
    regions: dict[str, str]
    """Data path -> region, of the channels that takes animate too."""
    replaces: bool
    """Whether the action holds its channels still, instead of adding to the takes."""

    @property
    def names(self) -> list[str]:
        """Bones and shape keys that are keyed, in the order of the action."""
        return list(dict.fromkeys(name_of(path) for path in self.regions))


def name_of(path: str) -> str:
    """Return the bone or shape key that a data path is about."""
    found = re.search(r'\["((?:[^"\\]|\\.)*)"\]', path)
    return bpy.utils.unescape_identifier(found.group(1)) if found is not None else path


def hand_keys(rig: Rig, take: Take | None = None) -> list[HandKeys]:
    """Return the hand-made actions that play over takes, with the channels they share with them.

    An action that shares none is there too where it would hold still what is keyed next.

    Parameters
    ----------
    take : Take, optional
        The take whose channels count; all that play when missing.
    """
    found: list[HandKeys] = []
    for owner in nla.owners(rig):
        data = owner.animation_data
        if data is None or data.action is None or data.use_tweak_mode or nla.read_info(data.action) is not None:
            continue
        bag = compat.active_channelbag(owner)
        animated = animated_by(owner, take.id if take is not None else "")
        if not animated:
            continue
        mine = [curve.data_path for curve in bag.fcurves] if bag is not None else []
        regions = {path: animated[path] for path in mine if path in animated}
        replaces = data.action_blend_type == "REPLACE"
        if regions or replaces:
            found.append(HandKeys(owner, data.action, regions, replaces))
    return found


def animated_by(owner: Any, take: str = "") -> dict[str, str]:
    """Return data path -> region of what a take, by its id, or the takes that play animate on a data block."""
    return {path: track.region for path, track in animating(owner, take).items()}


def animating(owner: Any, take: str = "") -> dict[str, nla.TakeTrack]:
    """Return data path -> track by which a take, by its id, or the takes that play animate it on a data block."""
    return {
        curve.data_path: track
        for track in nla.owner_tracks(owner)
        if not track.fix and (track.info["take"] == take if take else not track.track.mute)
        for bag in [compat.strip_channelbag(track.strip)]
        if bag is not None
        for curve in bag.fcurves
    }


def describe(found: Iterable[HandKeys]) -> list[str]:
    """Return in words what hand-made keys do to the takes that play, one sentence for each way."""
    items = list(found)
    said: list[str] = []
    for replaces, what in ((True, "hold still in every take"), (False, "are added to every take")):
        names = [name for item in items if item.replaces == replaces for name in item.names]
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            said.append(f"Keys set by hand on {', '.join(names[:3])}{more} {what}.")
    for item in items:
        if item.replaces:
            said.append(
                f"What you key on '{item.owner.name}' now goes into the action '{item.action.name}', which holds it "
                "still in every take."
            )
    return said


def keep_as_fix(rig: Rig, take: Take, *, scene: Any = None) -> int:
    """Move the hand-made keys on a take's channels into layers of that take; every keyed pose stays as it shows.

    Keys on channels that the take does not animate stay where they are.

    Parameters
    ----------
    scene : bpy.types.Scene, optional
        The scene whose frames are looked at; the context's when missing.

    Returns
    -------
    int
        Keyframes kept.

    Raises
    ------
    SoliloquyError
        When there are none, the take does not play, or the character cannot be changed here.
    """
    own_data(rig)
    locked = why_locked(rig)
    if locked is not None:
        raise locked
    if not takes.find_take(rig, take.id).active:
        raise SoliloquyError(f"The take '{take.name}' does not play.", "Choose it in the list of takes first.")
    found = [item for item in hand_keys(rig, take) if item.regions]
    if not found:
        raise SoliloquyError(
            f"No keys set by hand lie on top of '{take.name}'.", "Pose the character and insert a key first."
        )
    scene = scene or bpy.context.scene
    kept = 0
    for item in found:
        kept += _keep(rig, item, take, scene)
    nla.arrange(rig)
    return kept


def _keep(rig: Rig, item: HandKeys, take: Take, scene: Any) -> int:
    """Move the keys of one data block into fixes; returns how many."""
    owner, data = item.owner, item.owner.animation_data
    mode = data.action_blend_type
    tracks = {track.region: track for track in nla.owner_tracks(owner) if track.info["take"] == take.id}
    under = {region: track for region, track in tracks.items() if region in item.regions.values()}
    if any(track.track.mute for track in under.values()):
        raise BadRig(
            f"Another take plays over the {_words(under)} of '{take.name}'.", "Choose the take in the list first."
        )
    paths = {path for path, region in item.regions.items() if region in under}
    added = _what_is_added(item, paths, scene) if item.replaces else {}
    kept = 0
    for region in sorted(under):
        mine = {path for path in paths if item.regions[path] == region}
        fix = compat.copy_curves(owner, mine, takes.action_name(rig, take.name, region, fix=True))
        for bag in compat.channelbags(fix) if item.replaces else ():
            _store(bag, {path: added[path] for path in mine})
        kept += curves.count_keys([fix])
        strip, (low, high) = under[region].strip, fix.frame_range
        first, last = min(strip.frame_start, low), max(strip.frame_end, high)
        lay_over(under[region], fix, first, last).strips[0].blend_type = "COMBINE" if item.replaces else mode
    compat.drop_curves(owner, paths)
    return kept


def lay_over(under: nla.TakeTrack, action: Any, first: float, last: float) -> Any:
    """Make an action a layer that is added to one region of a take, from frame to frame; return its NLA track."""
    info = {"take": under.info["take"], "name": under.info["name"], "region": under.region, "layer": nla.FIX}
    nla.write_info(action, {**info, "made": datetime.datetime.now(datetime.UTC).isoformat()})
    name = takes.track_name(info["name"], under.region, fix=True)
    track = nla.add_track(under.owner, action, name, first, last)
    track.strips[0].blend_type = "COMBINE"
    return track


def _words(regions: Iterable[str]) -> str:
    return ", ".join(region.replace("_", " ") for region in regions)


def _what_is_added(item: HandKeys, paths: set[str], scene: Any) -> dict[str, dict[float, Doubles]]:
    """Return, per data path and keyed frame, what the hand-made values add to what plays below them."""
    bag = compat.active_channelbag(item.owner)
    by_path: dict[str, list[Any]] = {}
    for curve in bag.fcurves if bag is not None else ():
        if curve.data_path in paths:
            by_path.setdefault(curve.data_path, []).append(curve)
    frames = {
        path: sorted({float(k.co.x) for c in found for k in c.keyframe_points}) for path, found in by_path.items()
    }
    data, current, subframe = item.owner.animation_data, scene.frame_current, scene.frame_subframe
    influence, data.action_influence = data.action_influence, 0.0
    below: dict[tuple[str, float], Doubles] = {}
    try:
        for frame in sorted({frame for found in frames.values() for frame in found}):
            whole = int(np.floor(frame + 1e-4))
            scene.frame_set(whole, subframe=max(0.0, frame - whole))
            for path, found in frames.items():
                if frame in found:
                    below[path, frame] = np.array(item.owner.path_resolve(path), np.float64).reshape(-1)
    finally:
        data.action_influence = influence
        scene.frame_set(current, subframe=subframe)
    return {path: _added(by_path[path], {f: below[path, f] for f in frames[path]}) for path in by_path}


def _added(found: list[Any], below: dict[float, Doubles]) -> dict[float, Doubles]:
    """Return what the F-curves of one property add to the values ``below`` them, by frame."""
    rotation = found[0].data_path.endswith("rotation_quaternion")
    result: dict[float, Doubles] = {}
    before: Doubles | None = None
    for frame, under in below.items():
        shown = under.copy()
        for curve in found:
            shown[curve.array_index] = curve.evaluate(frame)
        if not rotation:
            result[frame] = shown - under
            continue
        turn = _quotient(under, shown)
        if turn @ (before if before is not None else np.array([1.0, 0.0, 0.0, 0.0])) < 0.0:
            turn = -turn
        result[frame] = before = turn
    return result


def _quotient(under: Doubles, shown: Doubles) -> Doubles:
    """Return the unit quaternion that, applied after ``under``, gives ``shown``; w first."""
    a, b = under / np.linalg.norm(under), shown / np.linalg.norm(shown)
    w, v = a[0], -a[1:]
    return np.concatenate([[w * b[0] - v @ b[1:]], w * b[1:] + b[0] * v + np.cross(v, b[1:])])


def _store(bag: Any, added: dict[str, dict[float, Doubles]]) -> None:
    """Let copied F-curves hold what is added; handles move with their keys. A rotation gets all four components."""
    for path, values in added.items():
        rotation = path.endswith("rotation_quaternion")
        keyed = [curve.array_index for curve in bag.fcurves if curve.data_path == path]
        for index in range(4) if rotation else keyed:
            curve = bag.fcurves.find(path, index=index) or compat.new_fcurve(bag, path, index, name_of(path))
            for frame, value in values.items():
                key = next((k for k in curve.keyframe_points if abs(k.co.x - frame) < 1e-3), None)
                if key is None and rotation:
                    key = curve.keyframe_points.insert(frame, 0.0, options={"FAST"})
                if key is not None:
                    shift = float(value[min(index, len(value) - 1)]) - key.co.y
                    for point in (key.co, key.handle_left, key.handle_right):
                        point.y += shift
            curve.update()
