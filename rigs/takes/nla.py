"""NLA tracks of takes: one strip per track, found again through the custom property of the strip's action."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import bpy

from ...inference.notes import checked_notes
from ...inference.plain_json import parse_object
from .. import compat
from ..strips import scene_fps

if TYPE_CHECKING:
    from ..rig import Rig

PROPERTY = "soliloquy"
"""Name of the custom property on an action: JSON that tells which take and region the action belongs to."""

_LOOKS = ("blend_type", "extrapolation", "use_auto_blend", "influence")
"""What every piece of a take has alike."""

_PASSING = ("head", "body", "hands")
"""Regions that pass from one take into the next; lips and eyes are at rest where takes begin and end."""

_PASSING_SECONDS, _PASSING_SHARE = 0.4, 0.3
"""How long that takes, and which share of a strip at the most."""

_REMEMBERED = 1 << 16
"""Letters of a JSON that is still remembered."""

FIX = "fix"
"""What the JSON of an action with hand-made keys says under ``layer``; a take's own actions say nothing there."""


@dataclass(frozen=True)
class TakeTrack:
    """One NLA track that belongs to a take."""

    owner: Any
    """The animated data block."""
    track: Any
    strip: Any
    """The first strip."""
    info: dict[str, Any]
    """The action's JSON: ``take``, ``name``, ``region``, ``made``, ``fingerprint``, ``meta``."""

    @property
    def pieces(self) -> list[Any]:
        """The strips of the track that play the action, earliest first; several where its sound strip was cut."""
        return [strip for strip in self.track.strips if strip.action == self.strip.action]

    @property
    def region(self) -> str:
        """Region the track animates."""
        return self.info["region"]

    @property
    def fix(self) -> bool:
        """Whether the track holds keys that a person made on top of the take, rather than the take itself."""
        return self.info.get("layer") == FIX


def owners(rig: Rig) -> list[Any]:
    """Return the data blocks a rig's animation lies on: the armature object and each mesh's shape keys.

    And what has the properties that drive shape keys, which are animated in their place.
    """
    found = [rig.armature] if rig.armature is not None else []
    found += [mesh.data.shape_keys for mesh in rig.meshes if mesh.data.shape_keys is not None]
    found += [item.owner for item in rig.driven.values()]
    return list({item.as_pointer(): item for item in found}.values())


def read_info(action: Any) -> dict[str, Any] | None:
    """Return the JSON of an action made by a bake, or None for any other action.

    Panels ask at every drawing, many times for every take, so that what was parsed is remembered by its text.
    """
    text = action.get(PROPERTY) if action is not None else None
    if not isinstance(text, str):
        return None
    info = _parsed(text) if len(text) <= _REMEMBERED else _parse(text)
    return {**info, "meta": dict(info["meta"])} if info is not None else None


def _parse(text: str) -> dict[str, Any] | None:
    try:
        info = checked_notes(parse_object(text))
    except ValueError:
        return None
    # A person may have edited it; what the others read must be of its kind.
    if not all(isinstance(info.get(name), str) for name in ("take", "name", "region")):
        return None
    return {**info, "meta": checked_notes(info.get("meta", {}))}


_parsed = lru_cache(maxsize=512)(_parse)


def write_info(action: Any, info: dict[str, Any]) -> None:
    """Store the JSON on an action."""
    action[PROPERTY] = json.dumps(info, sort_keys=True)


def owner_tracks(owner: Any) -> Iterator[TakeTrack]:
    """Yield the take tracks of one data block, lowest first."""
    data = owner.animation_data
    for track in data.nla_tracks if data is not None else ():
        for strip in track.strips:
            info = read_info(strip.action)
            if info is not None:
                yield TakeTrack(owner, track, strip, info)
                break


def tracks(rig: Rig, take: str = "", *, region: str = "", fixes: bool = False) -> list[TakeTrack]:
    """Return the take tracks of a rig.

    Parameters
    ----------
    take, region : str
        Id of the take and name of the region that are meant; all when empty.
    fixes : bool
        With the tracks of keys that a person made on top of takes.
    """
    return [
        found
        for owner in owners(rig)
        for found in owner_tracks(owner)
        if (not take or found.info["take"] == take)
        and (not region or found.region == region)
        and (fixes or not found.fix)
    ]


def actions(found: list[TakeTrack]) -> list[Any]:
    """Return the actions that tracks play, each once."""
    return list({item.strip.action.as_pointer(): item.strip.action for item in found}.values())


def add_track(owner: Any, action: Any, name: str, first: float, last: float) -> Any:
    """Add an NLA track above all others that plays an action from frame ``first`` to ``last`` in place."""
    data = owner.animation_data_create()
    track = data.nla_tracks.new()
    track.name = name
    strip = track.strips.new(name, int(first), action)
    compat.assign_slot_to_strip(strip, owner)
    strip.action_frame_start, strip.action_frame_end = first, last
    strip.scale = 1.0
    strip.frame_end = last  # before the start, which may lie past the old end
    strip.frame_start = first
    strip.frame_end = last
    strip.blend_type = "REPLACE"
    strip.use_auto_blend = False
    strip.blend_in = strip.blend_out = 0.0
    strip.select = False
    track.select = False
    return track


def add_piece(track: Any, like: Any) -> Any:
    """Add another strip that plays the same action as ``like``, behind all strips of a track."""
    strip = track.strips.new(like.name, int(track.strips[-1].frame_end) + 1, like.action)
    compat.assign_same_slot(strip, like)
    for name in _LOOKS:
        setattr(strip, name, getattr(like, name))
    strip.select = False
    return strip


def place(strip: Any, low: float, high: float, start: float, scale: float) -> None:
    """Let a strip play frames ``low`` to ``high`` of its action from scene frame ``start``, ``scale`` times as long."""
    if low > strip.action_frame_end:
        strip.action_frame_end = high  # the start cannot pass the end
    strip.action_frame_start, strip.action_frame_end = low, high
    strip.repeat, strip.scale = 1.0, scale
    end = start + (high - low) * scale
    strip.frame_end = max(strip.frame_end, end)  # before the start, which may lie past the old end
    strip.frame_start = start
    strip.frame_end = end
    strip.scale = scale


def overlap(one: TakeTrack, other: TakeTrack) -> bool:
    """Tell whether two tracks' strips share more than an edge."""
    return any(
        min(a.frame_end, b.frame_end) - max(a.frame_start, b.frame_start) > 1e-3
        for a in one.pieces
        for b in other.pieces
    )


def arrange(rig: Rig) -> None:
    """Choose how the active takes' strips continue outside their range, so that every frame is well defined.

    Where one take follows another, head, body and hands pass from pose to pose instead of jumping.

    The lowest active take of a region holds its first and last pose, unless tracks of the artist lie below, which then
    show again. A take above that plays later holds its last pose; one that plays earlier gives way after its end.
    Hand-made layers go with the take they belong to, and keys that are set from now on become such a layer.
    """
    for owner in owners(rig):
        arrange_owner(owner)


def arrange_owner(owner: Any) -> None:
    """Choose how the strips on one data block continue, see :func:`arrange`."""
    ours = list(owner_tracks(owner))
    takes = [found for found in ours if not found.fix]
    mine = {found.track.as_pointer() for found in ours}
    order = {track.as_pointer(): index for index, track in enumerate(owner.animation_data.nla_tracks)} if ours else {}
    foreign = [
        order[track.as_pointer()]
        for track in (owner.animation_data.nla_tracks if ours else ())
        if track.as_pointer() not in mine and not track.mute and len(track.strips)
    ]
    for region in {found.region for found in takes}:
        latest: float | None = None
        for found in takes:
            if found.region != region or found.track.mute:
                continue
            below = any(index < order[found.track.as_pointer()] for index in foreign)
            follows = not below and latest is not None
            if below:
                found.strip.extrapolation = "NOTHING"
            elif latest is None:
                found.strip.extrapolation = "HOLD"
            else:
                later = found.strip.frame_start >= latest - 1e-3
                found.strip.extrapolation = "HOLD_FORWARD" if later else "NOTHING"
            _pass_over(found, at_start=follows, at_end=follows and found.strip.extrapolation == "NOTHING")
            latest = max(found.strip.frame_start, latest if latest is not None else found.strip.frame_start)
    by_region = {(found.info["take"], found.region): found for found in takes}
    for fix in ours:
        under = by_region.get((fix.info["take"], fix.region)) if fix.fix else None
        if under is not None:
            fix.track.mute, fix.strip.extrapolation = under.track.mute, under.strip.extrapolation
    for found in ours:
        for piece in found.pieces[1:]:
            piece.extrapolation = "NOTHING" if found.strip.extrapolation == "NOTHING" else "HOLD_FORWARD"
    _layer_new_keys(owner, bool(takes))


def _pass_over(found: TakeTrack, *, at_start: bool, at_end: bool) -> None:
    """Fade a take in over the one that it follows, and out where that one's pose shows again.

    How an artist fades a strip stays: only a fade of no length, or of ours, is changed.
    """
    if found.region not in _PASSING:
        return
    longest = _PASSING_SECONDS * scene_fps(bpy.context.scene)
    for strip, name, wanted in ((found.pieces[0], "blend_in", at_start), (found.pieces[-1], "blend_out", at_end)):
        part = _PASSING_SHARE * (strip.frame_end - strip.frame_start)
        if any(abs(getattr(strip, name) - ours) < 1e-3 for ours in (0.0, longest, part)):
            setattr(strip, name, min(longest, part) if wanted else 0.0)


def _layer_new_keys(owner: Any, takes: bool) -> None:
    """Let the keys a person sets on top of takes add to them; Blender would let them hold the channel still instead.

    An action that plays already keeps its way.
    """
    data = owner.animation_data
    if data is None or data.action is not None or data.use_tweak_mode:
        return
    wanted = "COMBINE" if takes else "REPLACE"
    if data.action_blend_type != wanted and "COMBINE" in (data.action_blend_type, wanted):
        data.action_blend_type = wanted
