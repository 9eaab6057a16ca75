"""Kinds of skeletons told by the names of their bones, written down in a few lines each."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .convention import SkeletonKind, has_body
from .spelling import both_sides, plain, without_namespace

SPINE = ("spine1", "spine2", "spine3")


@dataclass(frozen=True)
class NamedSkeleton(SkeletonKind):
    """A convention whose spine may have several numbers of bones, and which may have to be told from others alike."""

    spines: tuple[tuple[tuple[str, ...], ...], ...] = ()
    """Layouts of the spine: for each of its joints the spellings of its bones, root outwards."""
    mark: str = ""
    """What some bone's name must match, as it is written or without its namespace, for the skeleton to be of this kind;
    empty for nothing."""
    unmarked: str = ""
    """What no bone's name may match."""
    written: Callable[[str], str] = str
    """A name as its maker wrote it, where a file puts more before or after."""

    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> bone; nothing where the mark of the kind is missing."""
        names = armature.data.bones.keys()
        written = [self.written(name) for name in names]
        both = [*written, *(without_namespace(name) for name in written)]
        if self.mark and not any(re.search(self.mark, name) for name in both):
            return {}
        if self.unmarked and any(re.search(self.unmarked, name) for name in both):
            return {}
        found = super().find(armature)
        spine = self._spine(names)
        taken = set(spine.values())
        return {
            joint: spine[joint] if joint in SPINE else found[joint]
            for joint in self.bones
            if (joint in spine if joint in SPINE else joint in found and found[joint] not in taken)
        }

    def _spine(self, names: Collection[str]) -> dict[str, str]:
        """Return the spine's joints -> bones in the layout that fits best."""
        known: dict[str, str] = {}
        for name in names:
            known.setdefault(self.spelling(name), name)
        best: tuple[int, dict[str, str]] = (0, {})
        for layout in self.spines:
            present = sum(name in known for group in layout for name in group)
            groups = ([known[name] for name in group if name in known] for group in layout)
            filled = [group[0] for group in groups if group]
            missing = sum(len(group) for group in layout) - present
            if filled and 10 * present - missing > best[0]:
                best = (10 * present - missing, dict(zip(SPINE, filled, strict=False)))
        return best[1]


def named_skeleton(
    name: str,
    title: str,
    trunk: Mapping[str, str],
    limbs: Mapping[str, str],
    *,
    spine: Collection[str],
    spelling: Callable[[str], str] = plain,
    mark: str = "",
    unmarked: str = "",
    everyday: int = 0,
    enough: Callable[[Collection[str]], bool] = has_body,
    made: type[NamedSkeleton] = NamedSkeleton,
) -> NamedSkeleton:
    """Return a kind from names separated by spaces.

    Parameters
    ----------
    name, title : str
        As in :class:`SkeletonKind`.
    trunk : dict
        SMPL-X joint -> names in the order of preference.
    limbs : dict
        Part (``"shoulder"``) -> names without side.
    spine : collection of str
        Layouts: the bones of spine1, spine2 and spine3, separated by ``|``, as ``"spine1 | spine2 spine3 | spine4"``.
    spelling, mark, unmarked, everyday, enough
        As in the class.
    made : type
        The class of the kind, where names alone do not suffice.
    """
    layouts = tuple(tuple(tuple(group.split()) for group in layout.split("|")) for layout in spine)
    bones = {joint: tuple(names.split()) for joint, names in trunk.items()}
    for index, joint in enumerate(SPINE):
        spelled = dict.fromkeys(name for layout in layouts if len(layout) > index for name in layout[index])
        if spelled:
            bones[joint] = tuple(spelled)
    bones.update(both_sides(limbs))
    return made(
        name, title, bones, spelling=spelling, enough=enough, everyday=everyday, spines=layouts,
        mark=mark, unmarked=unmarked,
    )  # fmt: skip
