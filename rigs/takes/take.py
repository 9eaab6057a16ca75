"""Takes: the performances baked onto a rig, each in actions and NLA tracks of its own, switched by muting tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy

from ...inference.arkit import REGIONS
from ...inference.errors import HandMade, SoliloquyError
from .. import compat
from . import aside, before, curves, ghost, nla, played, strip_link
from .access import own_data, own_take, why_locked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..rig import Rig

MOST_STARS = 5


@dataclass(frozen=True)
class Take:
    """One baked performance on one rig, as it lies in the file at this moment."""

    id: str
    name: str
    meta: dict[str, Any]
    """Seed, settings, frame rate, number of keys, largest error: what the bake knew."""
    regions: tuple[str, ...]
    first_frame: float
    """Scene frame of the performance's first sample, fractions included."""
    last_frame: float
    active: bool
    """Whether any of its tracks plays."""
    rating: int = 0
    """Stars that a person gave it, 0 to 5."""


def takes_of(rig: Rig) -> list[Take]:
    """Return a rig's takes, oldest first."""
    grouped: dict[str, list[nla.TakeTrack]] = {}
    for found in nla.tracks(rig):
        grouped.setdefault(found.info["take"], []).append(found)
    ordered = sorted(grouped.items(), key=lambda item: str(item[1][0].info.get("made", "")))
    return [_take(identity, found) for identity, found in ordered]


def _take(identity: str, found: list[nla.TakeTrack]) -> Take:
    present = {item.region for item in found}
    return Take(
        id=identity,
        name=found[0].info["name"],
        meta=dict(found[0].info.get("meta", {})),
        regions=tuple(region for region in REGIONS if region in present),
        first_frame=min(item.strip.frame_start for item in found),
        last_frame=max(item.pieces[-1].frame_end for item in found),
        active=any(not item.track.mute for item in found),
        rating=_stars(found[0].info.get("rating")),
    )


def _stars(value: object) -> int:
    """Return stars as a note says them, which a person may have edited."""
    return min(max(int(value), 0), MOST_STARS) if isinstance(value, int | float) else 0


def _tracks(rig: Rig, take: Take) -> list[nla.TakeTrack]:
    found = nla.tracks(rig, take.id)
    if not found:
        raise SoliloquyError(f"The take '{take.name}' is no longer on this character.", "Bake it again.")
    return found


def find_take(rig: Rig, name_or_id: str) -> Take:
    """Return the take with this name or id; raises :class:`SoliloquyError` when there is none."""
    takes = takes_of(rig)
    for take in reversed(takes):
        if name_or_id in (take.id, take.name):
            return take
    names = ", ".join(f"'{take.name}'" for take in takes)
    raise SoliloquyError(
        f"There is no take '{name_or_id}' on this character.",
        f"Choose one of: {names}." if names else "Animate the character first.",
    )


def active_take(rig: Rig) -> Take | None:
    """Return the newest take that plays, or None."""
    return next((take for take in reversed(takes_of(rig)) if take.active), None)


def silenced(rig: Rig, take: Take) -> tuple[str, ...]:
    """Return the regions of a take that plays which do not, and which no other take plays in their stead.

    That is what a person muted in the NLA editor, track by track.
    """
    found = nla.tracks(rig)
    own = [item for item in found if item.info["take"] == take.id]
    if all(item.track.mute for item in own):
        return ()
    heard = [item for item in found if not item.track.mute]
    still = {
        item.region
        for item in own
        if item.track.mute and not any(other.region == item.region and nla.overlap(item, other) for other in heard)
    }
    return tuple(region for region in REGIONS if region in still)


def activate(rig: Rig, take: Take) -> None:
    """Play a take: unmute its tracks and mute other takes' tracks of the same regions that overlap it in time.

    Raises
    ------
    SoliloquyError
        When the character is linked from another file: the choice would be gone with the next opening.
    """
    own_data(rig)
    locked = why_locked(rig)
    if locked is not None:
        raise locked
    chosen = _tracks(rig, take)
    for item in chosen:
        item.track.mute = False
    for other in nla.tracks(rig):
        if other.info["take"] == take.id or other.track.mute:
            continue
        if any(item.region == other.region and nla.overlap(item, other) for item in chosen):
            other.track.mute = True
    played.note(rig, take.id)
    nla.arrange(rig)


def solo(rig: Rig, take: Take) -> None:
    """Play a take alone: unmute its tracks and mute every other take's."""
    for item in _tracks(rig, take):
        item.track.mute = False
    for other in nla.tracks(rig):
        if other.info["take"] != take.id:
            other.track.mute = True
    nla.arrange(rig)


def edited(rig: Rig, take: Take) -> bool:
    """Tell whether a person changed, added or deleted keys of a take since it was baked."""
    return bool(edited_regions(_tracks(rig, take)))


def edited_regions(found: list[nla.TakeTrack], marks: Mapping[str, str] | None = None) -> list[str]:
    """Return the regions of tracks of which a person changed, added or deleted keys since they were written.

    Parameters
    ----------
    found : list of TakeTrack
        The tracks.
    marks : mapping, optional
        ``curves.fingerprint`` of actions by their full names where it is known: it reads every key.
    """
    touched = set()
    marks = marks or {}
    for item in found:
        action = item.strip.action
        foreign = sum(curves.foreign_keys(bag) for bag in compat.channelbags(action))
        mark = marks.get(action.name_full) or curves.fingerprint(action)
        if foreign or mark != item.info.get("fingerprint"):
            touched.add(item.region)
    return [region for region in REGIONS if region in touched]


def remove(rig: Rig, take: Take, *, force: bool = False) -> None:
    """Delete a take's own tracks, and its actions where nothing else uses them.

    Layers of hand-made keys stay, muted, as tracks of the artist's. What nothing animates any more is posed again as it
    was before the takes.

    Raises
    ------
    SoliloquyError
        When the take cannot be changed here, or a person edited keys of the take itself and ``force`` is not set;
        nothing is deleted then.
    """
    own_data(rig)
    found = _changeable(rig, take)
    touched = edited_regions(found)
    if touched and not force:
        regions = ", ".join(region.replace("_", " ") for region in touched)
        raise HandMade(
            f"The take '{take.name}' holds keys edited by hand ({regions}).",
            "Mute it instead, or remove it with force to delete those keys too.",
        )
    ghost.hide(rig, take.id)
    fixes = [item for item in nla.tracks(rig, take.id, fixes=True) if item.fix]
    if fixes:
        own_take(rig, take.id)
    for item in fixes:
        disown(item)
    actions, pose = nla.actions(found), before.remembered(found)
    for item in found:
        # Only our strip goes; an artist may have put strips of their own on the track.
        track = item.track
        for strip in item.pieces:
            track.strips.remove(strip)
        if not len(track.strips):
            item.owner.animation_data.nla_tracks.remove(track)
    for action in actions:
        if action.users - int(action.use_fake_user) == 0:
            bpy.data.actions.remove(action)
    nla.arrange(rig)
    before.give_back(pose)
    aside.give_back(rig)


def disown(item: nla.TakeTrack) -> None:
    """Leave a layer of hand-made keys in the file as a muted track of the artist's, which belongs to no take."""
    item.track.mute = True
    item.track.name = item.strip.name = f"Fix of {item.info['name']} {item.region.replace('_', ' ')}"
    for name in (nla.PROPERTY, strip_link.PROPERTY):
        item.strip.action.pop(name, None)


def _changeable(rig: Rig, take: Take) -> list[nla.TakeTrack]:
    """Return a take's tracks; raises where they cannot be changed."""
    found = _tracks(rig, take)
    locked = why_locked(rig, found)
    if locked is not None:
        raise locked
    return found


def rename(rig: Rig, take: Take, name: str) -> Take:
    """Give a take another name and return it anew; raises :class:`SoliloquyError` when the name is empty or taken."""
    name = name.strip()
    if not name:
        raise SoliloquyError("A take needs a name.", "Type at least one letter.")
    if any(other.name == name and other.id != take.id for other in takes_of(rig)):
        raise SoliloquyError(f"There is a take '{name}' already.", "Choose another name.")
    own_data(rig)
    _changeable(rig, take)
    own_take(rig, take.id)
    found = nla.tracks(rig, take.id, fixes=True)
    for item in found:
        action = item.strip.action
        # Two tracks may play one action.
        if item.info["name"] == name or (nla.read_info(action) or {}).get("name") != name:
            action.name = action_name(rig, name, item.region, fix=item.fix)
            nla.write_info(action, {**item.info, "name": name})
        item.track.name = track_name(name, item.region, fix=item.fix)
        for strip in item.pieces:
            strip.name = item.track.name
    return find_take(rig, take.id)


def rate(rig: Rig, take: Take, stars: int) -> Take:
    """Give a take stars, 0 to 5, and return it anew; raises :class:`SoliloquyError` where it cannot be changed."""
    if not 0 <= stars <= MOST_STARS:
        raise SoliloquyError(f"{stars} stars cannot be given.", f"Choose 0 to {MOST_STARS}.")
    own_data(rig)
    _changeable(rig, take)
    own_take(rig, take.id)
    for item in nla.tracks(rig, take.id):
        nla.write_info(item.strip.action, {**item.info, "rating": stars})
    return find_take(rig, take.id)


def move(rig: Rig, take: Take, first_frame: float) -> Take:
    """Shift a take in time so that it begins at ``first_frame``; keys and strip edits stay as they are."""
    own_data(rig)
    _changeable(rig, take)
    shift = first_frame - take.first_frame
    for item in nla.tracks(rig, take.id, fixes=True):
        # One behind the other would be in its way.
        for strip in reversed(item.pieces) if shift > 0 else item.pieces:
            strip.frame_start_ui = strip.frame_start + shift
    nla.arrange(rig)
    return find_take(rig, take.id)


def free_name(rig: Rig) -> str:
    """Return the next free name: ``Take 1``, ``Take 2`` and so on."""
    names = {take.name for take in takes_of(rig)}
    number = len(names) + 1
    while f"Take {number}" in names:
        number += 1
    return f"Take {number}"


def free_variant(rig: Rig, name: str) -> str:
    """Return a name, or where a take has it already, the next free one: ``Seed 7``, ``Seed 7 (2)`` and so on."""
    names = {take.name for take in takes_of(rig)}
    found, number = name, 1
    while found in names:
        number += 1
        found = f"{name} ({number})"
    return found


def track_name(take_name: str, region: str, *, fix: bool = False) -> str:
    """Return the name of the NLA track of one region of a take, or of its fix."""
    return f"Soliloquy {take_name} {region.replace('_', ' ')}{' fix' if fix else ''}"


def action_name(rig: Rig, take_name: str, region: str, *, fix: bool = False) -> str:
    """Return the name of the action of one region of a take, or of its fix; Blender numbers what is there already."""
    return f"{rig.holder.name} {take_name} {region.replace('_', ' ')}{' fix' if fix else ''}"
