"""NLA tracks of takes put in order: grouped and named by take, those that do not play together below those that do.

Nothing that shows changes. Tracks of the artist's, and tracks of takes that were given something of their own
(animated influence or time, other strips, solo), stay where they are, and none of ours passes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...inference.arkit import REGIONS
from . import nla
from . import take as takes
from .access import why_locked
from .copies import place_as

if TYPE_CHECKING:
    from ..rig import Rig


def tidy(rig: Rig) -> int:
    """Put the NLA tracks of a character's takes in order; returns how many tracks were moved or renamed.

    Raises
    ------
    SoliloquyError
        When the character is linked, or keys are open for editing; nothing is changed then.
    """
    locked = why_locked(rig)
    if locked is not None:
        raise locked
    changed = 0
    for owner in nla.owners(rig):
        if owner.animation_data is None:
            continue
        changed += _name(owner)
        if owner.override_library is None:  # tracks of the file it comes from cannot be moved
            for run in _runs(owner):
                changed += _order(owner, run)
    nla.arrange(rig)
    return changed


def _name(owner: Any) -> int:
    renamed = 0
    for item in nla.owner_tracks(owner):
        name = takes.track_name(item.info["name"], item.region, fix=item.fix)
        renamed += item.track.name != name
        item.track.name = name
        for strip in item.pieces:
            strip.name = name
    return renamed


def _runs(owner: Any) -> list[list[nla.TakeTrack]]:
    """Return the tracks of takes of a data block, lowest first, in stretches without anything else between them."""
    ours = {item.track.as_pointer(): item for item in nla.owner_tracks(owner)}
    runs: list[list[nla.TakeTrack]] = [[]]
    for track in owner.animation_data.nla_tracks:
        item = ours.get(track.as_pointer())
        if item is not None and _plain(item):
            runs[-1].append(item)
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _plain(item: nla.TakeTrack) -> bool:
    """Tell whether a track can be made anew as it is."""
    return not item.track.is_solo and all(
        strip.action == item.strip.action
        and not (strip.use_animated_influence or strip.use_animated_time or len(strip.modifiers))
        for strip in item.track.strips
    )


def _order(owner: Any, run: list[nla.TakeTrack]) -> int:
    """Put a stretch of tracks in order; returns how many were moved."""

    def place(item: nla.TakeTrack) -> tuple[Any, ...]:
        region = REGIONS.index(item.region) if item.region in REGIONS else len(REGIONS)
        return made[item.info["take"]], item.info["take"], region, item.fix

    made = {item.info["take"]: "" for item in run}
    for item in run:
        made[item.info["take"]] = min(made[item.info["take"]] or "~", str(item.info.get("made", "")))
    # Of those that play, the order decides what shows.
    wanted = sorted((item for item in run if item.track.mute), key=place)
    wanted += [item for item in run if not item.track.mute]
    same = next((n for n, (a, b) in enumerate(zip(run, wanted, strict=True)) if a.track != b.track), len(run))
    after = run[-1].track
    for item in wanted[same:]:
        after = _anew(owner, item, after)
    return len(run) - same


def _anew(owner: Any, item: nla.TakeTrack, after: Any) -> Any:
    """Make a track anew above another one and remove it where it was; returns the new one."""
    tracks, old = owner.animation_data.nla_tracks, item.track
    track = tracks.new(prev=after)
    for source in old.strips:
        strip = track.strips.new(source.name, int(source.frame_start), source.action)
        place_as(strip, source)
        strip.mute, strip.select = source.mute, False
    name, mute, lock = old.name, old.mute, old.lock
    called = [source.name for source in old.strips]
    tracks.remove(old)  # before the names, of which there is one each
    for strip, own in zip(track.strips, called, strict=True):
        strip.name = own
    track.name, track.mute, track.lock, track.select = name, mute, lock, False
    return track
