"""A second take on a ghost of the character: a copy that is only looked at, beside the character or in its place.

The ghost plays the take's own actions, so that it shows every edit at once. It cannot be selected, is not rendered, is
no character that anything could animate, and leaves nothing behind when it goes. What moves by shape keys has a mesh
of its own, since keys belong to a mesh; everything else shares its data with the character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
from mathutils import Vector

from .. import compat
from ..character.marker import GHOST_PROPERTY
from . import nla
from .access import why_locked
from .ghost_data import COLLECTION, ghosts, owners_of

if TYPE_CHECKING:
    from ..rig import Rig
    from .take import Take

TAKE = "soliloquy_ghost_take"
"""Custom property of a ghost's objects: the id of the take it plays."""
_KINDS = {"ARMATURE", "MESH", "EMPTY", "CURVES", "CURVE", "LATTICE"}
_COLOUR = (0.25, 0.55, 1.0, 0.3)


def show(rig: Rig, take: Take, *, aside: float = 0.8, look: str = "WIRE", scene: Any = None) -> list[Any]:
    """Show a take on a ghost of a character; one that is there already goes.

    Parameters
    ----------
    aside : float
        Metres to the character's left; 0 lays it over the character.
    look : str
        ``"WIRE"``, ``"CLEAR"`` (seen through) or ``"SOLID"``.
    scene : bpy.types.Scene, optional
        Where it is shown; the context's when missing.

    Returns
    -------
    list of bpy.types.Object
        The ghost's objects.

    Raises
    ------
    BadRig
        When the character is linked, or keys of it are open for editing; nothing is made then.
    """
    locked = why_locked(rig)
    if locked is not None:
        raise locked
    hide(rig)
    scene = scene or bpy.context.scene
    place = _collection(scene)
    copies: dict[Any, Any] = {part: _copy(part, take) for part in _parts(rig)}
    for copy in copies.values():
        place.objects.link(copy)
    for part, copy in copies.items():
        _point_to(part, copy, copies)
        for owner in owners_of(copy):
            _play(owner, take)
        _dress(copy, look)
    shift = Vector((rig.turn @ np.array([1.0, 0.0, 0.0]) * aside * rig.size).tolist())
    for part, copy in copies.items():
        if part.parent not in copies:
            turned = part.parent.matrix_world.to_3x3().inverted_safe() if part.parent is not None else None
            copy.delta_location = Vector(copy.delta_location) + (turned @ shift if turned is not None else shift)
    return list(copies.values())


def hide(rig: Rig | None, take: str = "") -> bool:
    """Remove a character's ghost, where it plays the take of this id or any when empty; returns whether there was one.

    Ghosts of characters that are gone go too.
    """
    mine = {item.as_pointer() for item in _parts(rig)} if rig is not None else set()
    found = [item for item in ghosts() if _gone(of := item.get(GHOST_PROPERTY)) or of.as_pointer() in mine]
    if take and not any(item.get(TAKE) == take for item in found):
        return False
    for item in found:
        data = item.data
        bpy.data.objects.remove(item)
        if isinstance(data, bpy.types.Mesh) and GHOST_PROPERTY in data and data.users == 0:
            bpy.data.meshes.remove(data)
    for material in [item for item in bpy.data.materials if GHOST_PROPERTY in item and item.users == 0]:
        bpy.data.materials.remove(material)
    place = bpy.data.collections.get(COLLECTION)
    if place is not None and not len(place.all_objects):
        bpy.data.collections.remove(place)
    return bool(found)


def lost() -> bool:
    """Tell whether there is a ghost of something that was deleted."""
    return any(_gone(item.get(GHOST_PROPERTY)) for item in ghosts())


def _gone(part: Any) -> bool:
    """Tell whether what a ghost is of is in no scene any more; the ghost keeps a deleted object in the file."""
    return part is None or not hasattr(part, "as_pointer") or not part.users_scene


def shown(rig: Rig) -> str:
    """Return the id of the take that a character's ghost plays, empty for none."""
    holder = rig.holder
    return next((str(item.get(TAKE, "")) for item in ghosts() if item.get(GHOST_PROPERTY) == holder), "")


def _collection(scene: Any) -> Any:
    place = bpy.data.collections.get(COLLECTION) or bpy.data.collections.new(COLLECTION)
    place.hide_render = True
    if place.name not in scene.collection.children:
        scene.collection.children.link(place)
    return place


def _parts(rig: Rig) -> list[Any]:
    """Return the objects that a character consists of."""
    below = rig.armature.children_recursive if rig.armature is not None else []
    holder = [rig.armature] if rig.armature is not None else []
    found = dict.fromkeys([*holder, *below, *rig.attached, *rig.meshes])
    return [item for item in found if item.type in _KINDS and GHOST_PROPERTY not in item]


def _copy(part: Any, take: Take) -> Any:
    copy = part.copy()
    copy.name = f"{part.name} ghost"
    if part.type == "MESH" and part.data.shape_keys is not None:
        copy.data = part.data.copy()
        copy.data.name = copy.name
        copy.data[GHOST_PROPERTY] = copy.data.shape_keys[GHOST_PROPERTY] = True
    copy[GHOST_PROPERTY], copy[TAKE] = part, take.id
    copy.hide_render = copy.hide_select = True
    return copy


def _play(owner: Any, take: Take) -> None:
    """Let a data block of a ghost play a take, and of the others what goes on playing beside it."""
    data = owner.animation_data
    for item in list(nla.owner_tracks(owner)):
        if item.info["take"] == take.id:
            item.track.mute = False
        elif item.track.mute or item.region in take.regions:
            data.nla_tracks.remove(item.track)
    nla.arrange_owner(owner)


def _point_to(part: Any, copy: Any, copies: dict[Any, Any]) -> None:
    """Let a copy refer to copies where the part refers to parts: parents, modifiers, constraints, drivers."""
    if part.parent in copies:
        inverse = part.matrix_parent_inverse.copy()
        copy.parent = copies[part.parent]
        copy.matrix_parent_inverse = inverse
    bones = copy.pose.bones if copy.pose is not None else ()
    constraints = [*copy.constraints, *(each for bone in bones for each in bone.constraints)]
    for holder in (*copy.modifiers, *constraints):
        _swap(holder, copies)
        given = compat.node_inputs(holder) if isinstance(holder, bpy.types.NodesModifier) else {}
        for name, value in given.items():
            if isinstance(value, bpy.types.Object) and value in copies:
                compat.set_node_input(holder, name, copies[value])
    for constraint in constraints:
        for target in getattr(constraint, "targets", ()):
            _swap(target, copies)
    ids = {**copies, **dict(_keys(copies))}
    for owner in owners_of(copy):
        for driver in owner.animation_data.drivers:
            for target in (target for variable in driver.driver.variables for target in variable.targets):
                if target.id in ids:
                    target.id = ids[target.id]


def _keys(copies: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
    for part, copy in copies.items():
        if part.type == "MESH" and part.data.shape_keys is not None:
            yield part.data.shape_keys, copy.data.shape_keys


def _swap(holder: Any, copies: dict[Any, Any]) -> None:
    """Let every reference to a part in a struct of Blender's be one to its copy."""
    for item in holder.bl_rna.properties:
        if item.type == "POINTER" and not item.is_readonly:
            value = getattr(holder, item.identifier)
            if isinstance(value, bpy.types.Object) and value in copies:
                setattr(holder, item.identifier, copies[value])


def _dress(copy: Any, look: str) -> None:
    """Let a copy look like a ghost."""
    if copy.type in ("ARMATURE", "EMPTY", "LATTICE"):
        copy.hide_viewport = True
        return
    copy.display_type = "WIRE" if look == "WIRE" else "TEXTURED"
    copy.color = _COLOUR
    if look != "CLEAR":
        return
    slots: Iterable[Any] = copy.material_slots
    if not len(copy.material_slots):
        copy.display_type = "WIRE"  # a mesh without materials cannot have one for this object alone
    for slot in slots:
        slot.link, slot.material = "OBJECT", _clear()


def _clear() -> Any:
    """Return the material that is seen through."""
    for known in bpy.data.materials:
        if GHOST_PROPERTY in known:
            return known
    made = bpy.data.materials.new("Soliloquy Ghost")
    made[GHOST_PROPERTY] = True
    made.diffuse_color = _COLOUR
    compat.use_nodes(made)
    shader = next((node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED"), None)
    if shader is not None:
        shader.inputs["Base Color"].default_value, shader.inputs["Alpha"].default_value = _COLOUR, _COLOUR[3]
    return made
