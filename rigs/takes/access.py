"""Whether a take may be changed, and what it shares with others: linked data, duplicates, open NLA strips.

A duplicate of a character plays the same actions as the original, and a linked duplicate has the same mesh. Before an
edit the character that is edited gets actions, and where need be a mesh, of its own; nobody else's change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import bpy

from ...inference.errors import BadRig
from .. import compat
from ..character.marker import GHOST_PROPERTY
from . import nla
from .ghost_data import ghost_owners

if TYPE_CHECKING:
    from ..rig import Rig


def why_locked(rig: Rig, found: list[nla.TakeTrack] | None = None) -> BadRig | None:
    """Return why a character, or some of its take tracks, cannot be changed here; None when they can.

    Parameters
    ----------
    rig : Rig
        The character.
    found : list of TakeTrack, optional
        Tracks whose keys are to be changed. Without them: whether tracks can be added.
    """
    chosen = nla.owners(rig) if found is None else [item.owner for item in found]
    for owner in chosen:
        if not owner.is_editable and not _to_be_own(rig, owner):
            return _linked(rig, owner)
        data = owner.animation_data
        if data is not None and data.use_tweak_mode:
            return BadRig(
                f"An NLA strip of '{owner.name}' is open for editing.",
                "Press Done Editing under Takes, or Tab in the NLA editor, first.",
            )
    for item in found or ():
        if not item.strip.action.is_editable:
            return BadRig(
                f"The take '{item.info['name']}' is linked from another file and cannot be changed here.",
                "Open the file it comes from, or animate again: new takes of a library override are yours.",
            )
    return None


def _to_be_own(rig: Rig, owner: Any) -> bool:
    """Tell whether a linked data block is of a mesh that :func:`own_data` is about to give its own."""
    return any(mesh.data.shape_keys == owner and mesh.is_editable for mesh in rig.meshes)


def _linked(rig: Rig, owner: Any) -> BadRig:
    """Return what to click when a data block is linked from another file."""
    if rig.armature is not None and rig.armature.library is not None:
        return BadRig(
            f"'{rig.armature.name}' is linked from another file and cannot be keyed.",
            "Select the armature and its meshes and choose Object > Library Override > Make, then press the button "
            "again.",
        )
    held = next((mesh for mesh in rig.meshes if mesh.data.shape_keys == owner), None)
    if held is not None and held.library is not None:
        return BadRig(
            f"'{held.name}' is linked from another file, so its shape keys cannot be keyed.",
            "Select it and choose Object > Library Override > Make, then press the button again.",
        )
    return BadRig(
        f"'{owner.name}' is linked from another file and cannot be keyed.", "Open the file it comes from."
    )  # fmt: skip


def own_data(rig: Rig) -> None:
    """Give a character meshes whose shape keys it may key and shares with no other character.

    The mesh data of a library override stays linked when Blender makes the override; it is overridden here. Meshes
    that linked duplicates share become single-user, with their keys and tracks.
    """
    for mesh in rig.meshes:
        data = mesh.data
        if data.shape_keys is None or not mesh.is_editable:
            continue
        if not data.is_editable:
            _override_data(mesh)
        elif _others_with(rig, data):
            copy = data.copy()
            for same in rig.meshes:
                if same.data == data:
                    same.data = copy


def _others_with(rig: Rig, data: Any) -> list[Any]:
    """Return the objects of other characters that have a mesh of this rig."""
    if data.users - int(data.use_fake_user) < 2:
        return []
    return [item for item in bpy.data.objects if item.type == "MESH" and item.data == data and item not in rig.meshes]


def _override_data(mesh: Any) -> None:
    """Override the linked mesh data of an object, or give the object a local copy where that cannot be."""
    linked = mesh.data
    made = linked.override_create(remap_local_usages=False) if mesh.override_library is not None else None
    mesh.data = made if made is not None else linked.copy()
    if mesh.data.shape_keys is None or not mesh.data.shape_keys.is_editable:
        mesh.data = linked.copy()


@contextmanager
def unchanged_when_failing(rig: Rig, take: str) -> Iterator[None]:
    """Keep the actions of a take as they are when what is done to them within fails: keys, notes and all."""
    copies = {action: action.copy() for action in nla.actions(nla.tracks(rig, take, fixes=True))}
    try:
        yield
    except BaseException:
        for action, copy in copies.items():
            name = action.name
            for strip in _strips(rig):
                if strip.action == action:
                    compat.replace_action(strip, copy)
            bpy.data.actions.remove(action)
            copy.name = name
        raise
    for copy in copies.values():
        bpy.data.actions.remove(copy)


def sharers(rig: Rig, take: str) -> list[Any]:
    """Return what of other characters plays a take of this one too; empty when it is this rig's alone."""
    mine = {owner.as_pointer() for owner in nla.owners(rig)}
    shared = [action for action in nla.actions(nla.tracks(rig, take, fixes=True)) if _shared(rig, action)]
    users = bpy.data.user_map(subset=set(shared)) if shared else {}
    found = {user.as_pointer(): user for action in shared for user in users.get(action, ())}
    playing = [
        user for pointer, user in found.items()
        if pointer not in mine and GHOST_PROPERTY not in user and _plays(user, shared)
    ]  # fmt: skip
    return playing + [other for mesh in rig.meshes for other in _others_with(rig, mesh.data)]


def _strips(rig: Rig) -> list[Any]:
    """Return every strip on the NLA of a rig's data blocks, and of ghosts, which show its takes."""
    return [
        strip
        for owner in (*nla.owners(rig), *ghost_owners())
        if owner.animation_data is not None
        for track in owner.animation_data.nla_tracks
        for strip in track.strips
    ]


def _shared(rig: Rig, action: Any) -> bool:
    """Tell whether anything but a rig's own NLA strips uses an action."""
    own = sum(strip.action == action for strip in _strips(rig))
    own += sum(owner.animation_data is not None and owner.animation_data.action == action for owner in nla.owners(rig))
    return action.users - int(action.use_fake_user) > own


def _plays(user: Any, actions: list[Any]) -> bool:
    data = getattr(user, "animation_data", None)
    if data is None:
        return False
    return data.action in actions or any(s.action in actions for track in data.nla_tracks for s in track.strips)


def own_take(rig: Rig, take: str) -> bool:
    """Give a take of this character actions of its own where another character plays the same; keys stay key for key.

    Returns
    -------
    bool
        Whether anything had to be copied.
    """
    before = [mesh.data for mesh in rig.meshes]
    own_data(rig)
    copied = before != [mesh.data for mesh in rig.meshes]
    if not sharers(rig, take):
        return copied
    anchor = rig.armature if rig.armature is not None else rig.meshes[0]
    for action in nla.actions(nla.tracks(rig, take, fixes=True)):
        if not _shared(rig, action):
            continue
        info = nla.read_info(action) or {}
        copy = action.copy()
        fix = " fix" if info.get("layer") == nla.FIX else ""
        copy.name = f"{anchor.name} {info['name']} {info['region'].replace('_', ' ')}{fix}"
        for strip in _strips(rig):
            if strip.action == action:
                compat.replace_action(strip, copy)
    return True
