"""The Fix layer of a take: an NLA strip above it whose keys are added to it, opened for an artist with one click.

One layer per region, so that it goes with the region where another take plays over that. While a layer is open, any
bone or shape key may be keyed; what belongs to another region goes to that region's own layer when it is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from .. import compat
from . import curves, nla
from . import take as takes
from .access import own_take
from .copies import add_track_like
from .fixes import animated_by, lay_over

if TYPE_CHECKING:
    from ..rig import Rig
    from .take import Take


def layer_of(rig: Rig, take: Take, under: nla.TakeTrack) -> nla.TakeTrack:
    """Return the newest layer over one region of a take on one data block, made where there is none."""
    found = [
        item
        for item in nla.owner_tracks(under.owner)
        if item.fix
        and (item.info["take"], item.region) == (take.id, under.region)
        and item.strip.blend_type != "REPLACE"
    ]
    if found:
        found[-1].strip.use_sync_length = False
        return found[-1]
    owner = under.owner
    action = compat.new_action(takes.action_name(rig, take.name, under.region, fix=True), owner.id_type)
    compat.channelbag(owner, action)
    track = lay_over(under, action, under.strip.frame_start, under.pieces[-1].frame_end)
    track.strips[0].use_sync_length = False  # or Blender shortens it to its keys when it is closed
    nla.arrange(rig)
    return next(item for item in nla.owner_tracks(owner) if item.track == track)


def settle(rig: Rig) -> None:
    """Put keys of layers that were closed where they belong: each region's in its own, layers without keys away."""
    for owner in nla.owners(rig):
        for item in [item for item in nla.owner_tracks(owner) if item.fix]:
            bag = compat.strip_channelbag(item.strip)
            regions = animated_by(owner, item.info["take"])
            apart: dict[str, set[str]] = {}
            for curve in bag.fcurves if bag is not None else ():
                region = regions.get(curve.data_path, item.region)
                if region != item.region:
                    apart.setdefault(region, set()).add(curve.data_path)
            for region, paths in apart.items():
                _part(rig, item, region, paths)
            if not curves.count_keys([item.strip.action]):
                _drop(item)
    nla.arrange(rig)


def _part(rig: Rig, item: nla.TakeTrack, region: str, paths: set[str]) -> None:
    """Move curves of a layer to a new one of another region."""
    action = item.strip.action.copy()
    action.name = takes.action_name(rig, item.info["name"], region, fix=True)
    nla.write_info(action, {**item.info, "region": region})
    for held, wanted in ((action, True), (item.strip.action, False)):
        for bag in compat.channelbags(held):
            for curve in [curve for curve in bag.fcurves if (curve.data_path in paths) != wanted]:
                bag.fcurves.remove(curve)
    add_track_like(item, action, takes.track_name(item.info["name"], region, fix=True))


def _drop(item: nla.TakeTrack) -> None:
    """Remove a layer."""
    action = item.strip.action
    item.owner.animation_data.nla_tracks.remove(item.track)
    if action.users - int(action.use_fake_user) == 0:
        bpy.data.actions.remove(action)


def layers(rig: Rig, take: Take) -> list[nla.TakeTrack]:
    """Return the layers of a take."""
    return [item for item in nla.tracks(rig, take.id, fixes=True) if item.fix]


def remove_layers(rig: Rig, take: Take, *, keep: bool = False) -> int:
    """Take the layers off a take; returns how many keys they held.

    Parameters
    ----------
    keep : bool
        Leave them in the file as muted tracks of the artist's, which belong to no take.
    """
    own_take(rig, take.id)
    found = layers(rig, take)
    count = curves.count_keys(nla.actions(found))
    for item in found:
        if keep:
            takes.disown(item)
        else:
            _drop(item)
    nla.arrange(rig)
    return count


def carry_over(rig: Rig, take: Take, onto: Take) -> int:
    """Copy the layers of a take onto another take of the same speech; returns how many keys they hold."""
    regions = set(onto.regions)
    count = 0
    for item in layers(rig, take):
        if item.region not in regions:
            continue
        action = item.strip.action.copy()
        action.name = takes.action_name(rig, onto.name, item.region, fix=True)
        nla.write_info(action, {**item.info, "take": onto.id, "name": onto.name})
        add_track_like(item, action, takes.track_name(onto.name, item.region, fix=True))
        count += curves.count_keys([action])
    nla.arrange(rig)
    return count


def beforehand(rig: Rig, take: Take, edited: tuple[str, ...], locked: int) -> list[str]:
    """Return in sentences what of a person's keys animating again would leave behind, and what goes along.

    Parameters
    ----------
    edited : tuple of str
        Regions of which a person changed keys.
    locked : int
        F-curves with a padlock.
    """
    said = []
    by_region = {item.region: item.strip.action for item in nla.tracks(rig, take.id)}
    own = {
        region: sum(curves.foreign_keys(bag) for bag in compat.channelbags(by_region[region]))
        for region in edited
        if region in by_region
    }
    if own:
        set_by_hand = sum(own.values())
        names = ", ".join(region.replace("_", " ").capitalize() for region in own)
        what = f"{set_by_hand} keys you set, and what you moved," if set_by_hand else "What you moved"
        said.append(
            f"{what} in {names} {'stay' if set_by_hand else 'stays'} in {take.name}; a new take starts without. "
            "Re-shape and Lip Craft leave those regions as they are."
        )
    fixes = layers(rig, take)
    keys = curves.count_keys(nla.actions(fixes))
    if keys:
        names = ", ".join(dict.fromkeys(item.region.replace("_", " ").capitalize() for item in fixes))
        said.append(f"Its fix ({keys} keys in {names}) stays through Lip Craft, Re-shape and Animate Again.")
    if locked:
        said.append(f"{locked} locked channels keep their keys.")
    return said
