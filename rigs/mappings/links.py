"""Bones that share a joint's segment: five spine bones on three joints, upper arms of two halves, thumbs of four."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from .bone_graph import BoneGraph
from .spelling import FINGERS

_HELPER = re.compile(r"(?i)scap|delt|helper|muscle|roll|twist\d*_leaf")
"""Bones in between that follow others by rules of their own."""


def _ends() -> dict[str, tuple[str, ...]]:
    """Return joint -> the joints that its segment may end at."""
    found: dict[str, tuple[str, ...]] = {
        "spine1": ("spine2", "spine3", "neck", "head"),
        "spine2": ("spine3", "neck", "head"), "spine3": ("neck", "head"),
        "neck": ("head",),
    }  # fmt: skip
    for side in ("left", "right"):
        chains = [("collar", "shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")]
        chains += [tuple(f"{finger}{link}" for link in (1, 2, 3)) for finger in FINGERS]
        for chain in chains:
            for joint, end in itertools.pairwise(chain):
                found[f"{side}_{joint}"] = (f"{side}_{end}",)
    return found


_ENDS = _ends()


def links_of(graph: BoneGraph, bones: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return joint -> the bones of its segment, root outwards and its own first; only joints with more than one."""
    number = {name: index for index, name in enumerate(graph.names)}
    taken = set(bones.values())
    found = {}
    for joint, ends in _ENDS.items():
        end = next((name for name in ends if name in bones), None)
        if joint not in bones or end is None:
            continue
        path = graph.path(number[bones[end]], number[bones[joint]])[:-1]
        between = [graph.names[bone] for bone in path]
        between = [name for name in between if name not in taken and not _HELPER.search(name)]
        if between:
            found[joint] = (bones[joint], *between)
    return found
