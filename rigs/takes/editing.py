"""A take's keys opened for editing in the Dope Sheet and the Graph Editor: NLA tweak mode, entered and left.

Blender opens one strip of a data block at a time. A take has one per region, so a region is chosen for the bones and
one for the face's keys; what else the take plays below goes on playing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...inference.arkit import REGIONS
from ...inference.errors import SoliloquyError
from . import nla
from .access import own_take, why_locked
from .fix_layer import layer_of, settle
from .take import Take

if TYPE_CHECKING:
    from ..rig import Rig

_FIRST = ("body", "head", "lips", "upper_face", "eyes", "hands")
"""Which region of a data block is opened where none is chosen that it has."""


def open_take(rig: Rig, take: Take, region: str = "", *, fix: bool = False) -> list[str]:
    """Open a take's keys; returns the regions that are open, one per data block.

    Parameters
    ----------
    region : str
        The region that is meant; data blocks without it open their most telling one when empty, and none otherwise.
    fix : bool
        Open the layer over the take, whose keys are added to it, instead of the take's own keys.

    Raises
    ------
    SoliloquyError
        When the take is muted, has no such region, or cannot be changed here; nothing is opened then.
    """
    leave(rig)
    found = nla.tracks(rig, take.id)
    locked = why_locked(rig, found)
    if locked is not None:
        raise locked
    if not any(not item.track.mute for item in found):
        raise SoliloquyError(f"The take '{take.name}' does not play.", "Choose it in the list of takes first.")
    if region and region not in take.regions:
        raise SoliloquyError(
            f"The take '{take.name}' has no {region.replace('_', ' ')}.",
            f"Choose one of: {', '.join(take.regions).replace('_', ' ')}.",
        )
    # What is edited must not be what a duplicate plays too.
    own_take(rig, take.id)
    opened: list[str] = []
    for owner in nla.owners(rig):
        tracks = {
            item.region: item
            for item in nla.owner_tracks(owner)
            if item.info["take"] == take.id and not item.fix and not item.track.mute
        }
        chosen = next((name for name in ((region,) if region else _FIRST) if name in tracks), "")
        if chosen and _open(layer_of(rig, take, tracks[chosen]) if fix else tracks[chosen]):
            opened.append(chosen)
    return [name for name in REGIONS if name in opened]


def _open(item: nla.TakeTrack) -> bool:
    """Open one strip; returns whether Blender did."""
    data = item.owner.animation_data
    for track in data.nla_tracks:
        track.select = track == item.track
        for strip in track.strips:
            strip.select = strip == item.strip
    data.nla_tracks.active = item.track
    data.use_tweak_mode = True
    return bool(data.use_tweak_mode)


def leave(rig: Rig) -> bool:
    """Close what is open for editing; returns whether anything was."""
    open_owners = [owner for owner in nla.owners(rig) if _tweaked(owner)]
    for owner in open_owners:
        owner.animation_data.use_tweak_mode = False
        for track in owner.animation_data.nla_tracks:
            track.select = False
            for strip in track.strips:
                strip.select = False
    if open_owners:
        settle(rig)
    return bool(open_owners)


def open_regions(rig: Rig) -> list[str]:
    """Return the regions whose keys, or layers of keys, are open for editing; for others the name of the action."""
    found: list[str] = []
    for owner in nla.owners(rig):
        if _tweaked(owner):
            info = nla.read_info(owner.animation_data.action)
            layer = " fix" if info is not None and info.get("layer") == nla.FIX else ""
            found.append(info["region"] + layer if info is not None else owner.animation_data.action.name)
    return list(dict.fromkeys(found))


def _tweaked(owner: object) -> bool:
    data = getattr(owner, "animation_data", None)
    return data is not None and bool(data.use_tweak_mode)
