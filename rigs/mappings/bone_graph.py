"""An armature's bones as a tree of points at rest, without names: what structure is read from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..rest_frame import turn_of, world_matrix

Doubles = npt.NDArray[np.float64]

_MOST = 1 << 20
"""Pairs of loose trees and bones that are looked at."""
_TOUCH = 0.0005
"""The same within which bones are as near as each other."""
_TRUNK = 0.25
"""Share of the body's size that the trunk's bones reach over at least."""


@dataclass(frozen=True, eq=False)
class BoneGraph:
    """Bones as numbers, parents before children."""

    names: tuple[str, ...]
    parents: list[int]
    """Number of each bone's parent, -1 for none."""
    heads: Doubles
    """(N, 3) places of the joints, turned as the object lies in the world; in the armature's units."""
    tails: Doubles
    """(N, 3) the bones' other ends."""
    children: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """List the children."""
        self.children.extend([] for _ in self.names)
        for bone, parent in enumerate(self.parents):
            if parent >= 0:
                self.children[parent].append(bone)

    def path(self, bone: int, above: int = -1) -> list[int]:
        """Return the bones from below ``above`` (-1: from the root) down to ``bone``; empty where it is not above."""
        found = [bone]
        while self.parents[found[-1]] not in (above, -1):
            found.append(self.parents[found[-1]])
        return found[::-1] if self.parents[found[-1]] == above else []

    def below(self, bone: int) -> list[int]:
        """Return a bone and everything that hangs on it."""
        found = [bone]
        for item in found:
            found.extend(self.children[item])
        return found

    def fork(self, first: int, second: int) -> int:
        """Return the lowest bone that both hang on, -1 where there is none."""
        above = set(self.path(first))
        return next((bone for bone in reversed(self.path(second)) if bone in above), -1)

    def depth(self, bone: int) -> int:
        """Return how many bones the longest chain from this one on has."""
        level, count = [bone], 0
        while level:
            level, count = [child for item in level for child in self.children[item]], count + 1
        return count

    def kept(self, wanted: Collection[int]) -> BoneGraph:
        """Return the graph of some bones, each on the nearest of them above it, and loose trees where they touch."""
        order = sorted(wanted)
        number = {bone: index for index, bone in enumerate(order)}
        parents = []
        for bone in order:
            above = self.parents[bone]
            while above >= 0 and above not in number:
                above = self.parents[above]
            parents.append(number.get(above, -1))
        parents = _joined(parents, self.heads[order], self.tails[order])
        return _ordered([self.names[bone] for bone in order], parents, self.heads[order], self.tails[order])


def graph_of(armature: Any) -> BoneGraph:
    """Return the graph of all bones of an armature object at rest."""
    bones = armature.data.bones
    names = tuple(bones.keys())
    number = {name: index for index, name in enumerate(names)}
    parents = [number[bone.parent.name] if bone.parent is not None else -1 for bone in bones]
    heads, tails = np.empty(3 * len(names), np.float32), np.empty(3 * len(names), np.float32)
    bones.foreach_get("head_local", heads)
    bones.foreach_get("tail_local", tails)
    turn = turn_of(world_matrix(armature)).T
    if np.linalg.det(turn) < 0.0:  # a mirrored object shows the mirror image of a body whose sides are as they are
        turn = turn * (-1.0, 1.0, 1.0)
    places = [ends.reshape(-1, 3).astype(np.float64) @ turn for ends in (heads, tails)]
    return _ordered(names, parents, *places)


def deforming(armature: Any, meshes: Sequence[Any]) -> set[str]:
    """Return names of the bones that move something: vertices by their groups' weights, or whole objects."""
    found: set[str] = set()
    bones = armature.data.bones
    for mesh in meshes:
        if mesh.parent is armature and mesh.parent_type == "BONE":
            found.add(mesh.parent_bone)
        if not any(modifier.type == "ARMATURE" and modifier.object is armature for modifier in mesh.modifiers):
            continue
        names = [group.name for group in mesh.vertex_groups]
        open_ = {
            index for index, name in enumerate(names) if name in bones and bones[name].use_deform and name not in found
        }
        for vertex in mesh.data.vertices:
            if not open_:
                break
            for element in vertex.groups:
                if element.weight > 0.0 and element.group in open_:
                    open_.discard(element.group)
                    found.add(names[element.group])
    return found


def _ordered(names: Sequence[str], parents: list[int], heads: Doubles, tails: Doubles) -> BoneGraph:
    """Return the graph with parents before their children."""
    children: list[list[int]] = [[] for _ in parents]
    for bone, parent in enumerate(parents):
        if parent >= 0:
            children[parent].append(bone)
    order = [bone for bone, parent in enumerate(parents) if parent < 0]
    for bone in order:
        order.extend(children[bone])
    place = {bone: index for index, bone in enumerate(order)}
    above = [place[parents[bone]] if parents[bone] >= 0 else -1 for bone in order]
    return BoneGraph(tuple(names[bone] for bone in order), above, heads[order], tails[order])


def _joined(parents: list[int], heads: Doubles, tails: Doubles) -> list[int]:
    """Return the parents with every tree but the largest hung on the bone of another one that it begins nearest to."""
    root = list(range(len(parents)))
    for bone, parent in enumerate(parents):
        if parent >= 0:
            root[bone] = root[parent]
    trees: dict[int, list[int]] = {}
    for bone, top in enumerate(root):
        trees.setdefault(top, []).append(bone)
    if len(trees) < 2:
        return parents
    if len(trees) * len(parents) > _MOST:
        return parents  # a heap of bones
    size = float(np.ptp(heads, axis=0).max())
    along = tails - heads
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    # The trunk: the tree in the middle of everything, of those that reach far.
    centre = heads.mean(axis=0)
    far = [top for top in trees if float(np.linalg.norm(np.ptp(heads[trees[top]], axis=0))) > _TRUNK * size]
    main = min(far or trees, key=lambda top: float(np.linalg.norm(heads[trees[top]].mean(axis=0) - centre)))
    parents, held = list(parents), np.array([top == main for top in root])
    loose = [top for top in trees if top != main]
    starts = heads[loose][:, None]
    at = np.clip(((starts - heads) * along).sum(axis=2) / length, 0.0, 1.0)
    distances = np.linalg.norm(heads + at[..., None] * along - starts, axis=2)
    nearest = distances[:, held].min(axis=1)
    depths = dict.fromkeys(range(len(parents)), 0)
    for bone in trees[main]:
        depths[bone] = depths.get(parents[bone], -1) + 1
    for _ in loose:
        tree = int(np.argmin(nearest))
        close = np.flatnonzero(held & (distances[tree] <= nearest[tree] + _TOUCH * size)).tolist()
        own = trees[loose[tree]]
        # On the trunk the upper of two that meet, a head rather than its neck; elsewhere no chains of helpers.
        trunk = [bone for bone in close if root[bone] == main]
        parents[loose[tree]] = max(trunk, key=depths.__getitem__) if trunk else min(close, key=depths.__getitem__)
        for bone in own:  # parents come before their children
            depths[bone] = depths[parents[bone]] + 1
        held[own] = True
        nearest = np.minimum(nearest, distances[:, own].min(axis=1))
        nearest[held[loose]] = np.inf
    return parents
