"""Puts strands on a character in place of its hair cards, and takes them off again.

The cards stay in the mesh: they lead the strands, and they are what exports write.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from ... import compat
from ..materials.strands import TONE, strand_material
from . import groups
from .guides import TONES, Guides, Planted, plant, read_cards
from .worn import FOLDED, STRANDS_PROPERTY, remove_strands, remove_unused_groups, strands_of

if TYPE_CHECKING:
    from ...rig import Rig

MODIFIER = "Strands"
_SKIN = ("Skin", "Face skin")
_SHARES = {"dense": 1.0, "loose": 0.6, "wisp": 0.22, "coil": 1.0, "bristle": 1.0, "single": 0.0}
"""Of the strands of a full lock, by the kind of lock that a card shows."""
_LONG = 0.20
"""Metres of hair that comes together in locks as far as its manner says."""
_COIL = 0.0022
"""Radius of a coil, metres."""


@dataclass(frozen=True)
class Manner:
    """How one kind of hair is grown."""

    strands: int
    """In a render."""
    thickness: float
    """Metres."""
    clump: float
    frizz: float
    """Metres that strands of a card of 10 cm stray."""
    uneven: float
    fly_away: float
    most: float = math.inf
    """Strands of a full lock: a moustache is a part of a beard and not a beard's strands in a smaller place."""


KINDS: dict[str, Manner] = {
    "Hair": Manner(40000, 0.000085, 0.35, 0.0022, 0.28, 0.03),
    "Beard": Manner(9000, 0.00010, 0.25, 0.006, 0.35, 0.06, most=11.0),
    "Brows": Manner(1400, 0.00006, 0.30, 0.006, 0.30, 0.04),
}
"""By the name of the material that the cards wear."""


def hair_materials(mesh: Any) -> dict[str, int]:
    """Return the kinds of hair that a mesh object wears as cards, with the number of their material."""
    found: dict[str, int] = {}
    for number, material in enumerate(mesh.data.materials):
        said = re.fullmatch(r"Soliloquy (\w+)(\.\d+)?", material.name if material is not None else "")
        if said and said[1] in KINDS:
            found.setdefault(said[1], number)
    return found


def put_on_strands(rig: Rig) -> list[Any]:
    """Grow strands on everything that a character wears as hair cards.

    Returns
    -------
    list of bpy.types.Object
        The curves objects, children of the mesh; those that are there stay as they are. Empty for a character that
        wears no cards.
    """
    made: list[Any] = []
    for mesh in rig.meshes:
        there = {item[STRANDS_PROPERTY]: item for item in strands_of(rig) if item.parent == mesh}
        wanted = hair_materials(mesh)
        if not wanted:
            continue
        vertices, normals, skin = _surface(mesh.data)
        folded: list[Any] = []
        for kind, number in wanted.items():
            guides = read_cards(mesh.data, number)
            if not len(guides.sizes):
                continue
            folded.append(guides.right)
            if kind in there:
                made.append(there[kind])
                continue
            planted = plant(guides, vertices, normals, skin)
            made.append(_strands(mesh, kind, guides, planted, mesh.data.materials[number]))
        if folded:
            _fold_cards(mesh, np.concatenate(folded))
    return made


def take_off_strands(rig: Rig) -> bool:
    """Return to cards; tells whether there were strands."""
    found = strands_of(rig)
    for item in found:
        remove_strands(item)
    for mesh in rig.meshes:
        modifier = mesh.modifiers.get(FOLDED)
        if modifier is not None:
            group = modifier.node_group
            mesh.modifiers.remove(modifier)
            remove_unused_groups([group])
        attribute = mesh.data.attributes.get(groups.FOLD)
        if attribute is not None:
            mesh.data.attributes.remove(attribute)
    return bool(found)


def _surface(mesh: Any) -> tuple[Any, Any, Any]:
    """Return vertices and normals (V, 3) of a mesh at rest, and which vertices are skin."""
    count = len(mesh.vertices)
    vertices, normals = np.empty(3 * count, np.float32), np.empty(3 * count, np.float32)
    mesh.vertices.foreach_get("co", vertices)
    mesh.vertex_normals.foreach_get("vector", normals)
    names = [material.name if material is not None else "" for material in mesh.materials]
    wanted = [n for n, name in enumerate(names) if re.fullmatch(rf"Soliloquy ({'|'.join(_SKIN)})(\.\d+)?", name)]
    polygons = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", polygons)
    total = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", total)
    loops = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", loops)
    skin = np.unique(loops[np.repeat(np.isin(polygons, wanted), total)])
    return vertices.reshape(-1, 3), normals.reshape(-1, 3), skin


def _strands(mesh: Any, kind: str, guides: Guides, planted: Planted, cards: Any) -> Any:
    """Add the curves object of one kind of hair to wherever the mesh is."""
    curves = bpy.data.hair_curves.new(f"{mesh.name} {kind}")
    curves.add_curves(guides.sizes.tolist())
    curves.attributes["position"].data.foreach_set("vector", planted.points.ravel())
    points = {groups.LEFT: guides.left, groups.RIGHT: guides.right}
    for name, values in points.items():
        curves.attributes.new(name, "INT", "POINT").data.foreach_set("value", values)
    vectors = {groups.FIRST: planted.first, groups.SECOND: planted.second, groups.REST: planted.points}
    vectors |= {name: planted.frame[:, axis] for axis, name in enumerate(groups.REST_AXES)}
    for name, values in vectors.items():
        curves.attributes.new(name, "FLOAT_VECTOR", "POINT").data.foreach_set("vector", values.ravel())
    manner = KINDS[kind]
    share = np.zeros(len(guides.sizes), np.float32)
    for lock, part in _SHARES.items():
        share[guides.of_kind(lock)] = part
    per_guide = {
        groups.AMOUNT: share * min(manner.strands / max(float(share.sum()), 1e-6), manner.most),
        groups.SPREAD: planted.spread,
        groups.CURL: np.where(guides.of_kind("coil"), _COIL, 0.0),
        TONE: np.array(TONES)[guides.columns],
    }
    for name, values in per_guide.items():
        curves.attributes.new(name, "FLOAT", "CURVE").data.foreach_set("value", values.astype(np.float32))
    curves.surface = mesh
    curves.surface_uv_map = mesh.data.uv_layers[0].name
    curves.materials.append(strand_material(kind, cards))
    item = bpy.data.objects.new(curves.name, curves)
    item[STRANDS_PROPERTY] = kind
    item.parent = mesh
    for collection in mesh.users_collection:
        collection.objects.link(item)
    _grow(item, mesh, manner, planted, coiled=bool(guides.of_kind("coil").mean() > 0.5))
    return item


def _grow(item: Any, mesh: Any, manner: Manner, planted: Planted, *, coiled: bool) -> None:
    modifier = item.modifiers.new(MODIFIER, "NODES")
    modifier.node_group = group = groups.strands_group()
    long = float(np.percentile(planted.length, 75))
    values = {
        "Body": mesh,
        "Thickness": manner.thickness,
        "Clump": manner.clump * min(1.0, 0.25 + long / _LONG),  # locks of short hair would end in a row of points
        "Frizz": manner.frizz * min(long, 0.15) / 0.1,
        "Uneven": manner.uneven,
        "Fly Away": manner.fly_away,
        "Coiled": coiled,
        "Points": 32 if coiled else int(np.clip(round(long / 0.011) + 5, 6, 22)),
    }
    sockets = {socket.name: socket.identifier for socket in group.interface.items_tree if socket.in_out == "INPUT"}
    for name, value in values.items():
        compat.set_node_input(modifier, sockets[name], value)


def _fold_cards(mesh: Any, right: Any) -> None:
    """Fold cards away; ``right`` are their vertices on that side."""
    folded = np.zeros(len(mesh.data.vertices), np.bool_)
    folded[right] = True
    attribute = mesh.data.attributes.get(groups.FOLD) or mesh.data.attributes.new(groups.FOLD, "BOOLEAN", "POINT")
    attribute.data.foreach_set("value", folded)
    if mesh.modifiers.get(FOLDED) is None:
        modifier = mesh.modifiers.new(FOLDED, "NODES")
        modifier.node_group = groups.hiding_group()
