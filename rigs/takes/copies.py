"""A take copied with everything that belongs to it: keys made by hand, fixes, sliders, its performance."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Any

from .. import compat
from . import nla
from . import take as takes
from .access import own_data, why_locked

if TYPE_CHECKING:
    from ..rig import Rig
    from .take import Take


def duplicate(rig: Rig, take: Take, name: str = "") -> Take:
    """Copy a take; the copy plays in its place and shares no key with it.

    Parameters
    ----------
    name : str
        Name of the copy; after the take when empty. A number follows where a take has it already.

    Raises
    ------
    SoliloquyError
        When the character cannot be changed here; nothing is made then.
    """
    own_data(rig)
    locked = why_locked(rig)
    if locked is not None:
        raise locked
    info = {
        "take": uuid.uuid4().hex,
        "name": takes.free_variant(rig, name.strip() or take.name),
        "made": datetime.datetime.now(datetime.UTC).isoformat(),
    }
    copy_onto_tracks(rig, take, info, [])
    copied = takes.find_take(rig, info["take"])
    takes.activate(rig, copied)
    return takes.find_take(rig, copied.id)


def copy_onto_tracks(rig: Rig, take: Take, info: dict[str, Any], made: list[Any]) -> list[nla.TakeTrack]:
    """Copy a take's actions, tracks and strips, fixes included.

    Parameters
    ----------
    info : dict
        What the copy says of itself in place of what the take says: at least ``take``, ``name`` and ``made``.
    made : list
        Collects the actions.

    Returns
    -------
    list of TakeTrack
        The copy's own tracks.
    """
    copies: dict[int, Any] = {}
    for found in nla.tracks(rig, take.id, fixes=True):
        source = found.strip
        action = copies.get(source.action.as_pointer())
        if action is None:
            action = source.action.copy()
            action.name = takes.action_name(rig, info["name"], found.region, fix=found.fix)
            nla.write_info(action, {**found.info, "rating": 0, **info})
            copies[source.action.as_pointer()] = action
            made.append(action)
        add_track_like(found, action, takes.track_name(info["name"], found.region, fix=found.fix))
    return nla.tracks(rig, info["take"])


def add_track_like(item: nla.TakeTrack, action: Any, name: str) -> Any:
    """Add an NLA track above all others that plays an action as another track plays its own, every piece of it."""
    source = item.strip
    track = nla.add_track(item.owner, action, name, source.action_frame_start, source.action_frame_end)
    place_as(track.strips[0], source)
    for piece in item.pieces[1:]:
        place_as(nla.add_piece(track, track.strips[0]), piece)
    return track


def place_as(strip: Any, source: Any) -> None:
    """Let an NLA strip lie, blend and continue as another one does."""
    compat.assign_same_slot(strip, source)
    strip.action_frame_start, strip.action_frame_end = source.action_frame_start, source.action_frame_end
    strip.scale, strip.repeat = source.scale, source.repeat
    strip.frame_end = max(strip.frame_end, source.frame_end)  # before the start, which may lie past the old end
    strip.frame_start = source.frame_start
    strip.frame_end = source.frame_end
    for name in ("blend_type", "extrapolation", "use_reverse", "use_auto_blend", "blend_in", "blend_out", "influence"):
        setattr(strip, name, getattr(source, name))
    strip.use_sync_length = source.use_sync_length
