"""Finds out which kind of rig a character is: every module of this folder that holds a kind takes part."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .convention import FaceKind, Shows, SkeletonKind

_PACKAGE = __name__.rpartition(".")[0]


@dataclass(frozen=True)
class SkeletonFound:
    """The kind that fits an armature best."""

    kind: SkeletonKind
    bones: dict[str, str]
    """SMPL-X joint -> bone."""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """SMPL-X joint -> every bone of its segment, root outwards, the joint's own first; only joints with more than one.
    Five spine bones on three joints, three neck bones, an upper arm of two halves."""
    notes: tuple[str, ...] = ()
    """What is odd about the skeleton, one sentence each."""

    @property
    def enough(self) -> bool:
        """Whether the skeleton can be animated; otherwise it only resembles the kind."""
        return self.kind.enough(self.bones)


@dataclass(frozen=True)
class FaceFound:
    """The kind that fits the meshes of a character best."""

    kind: FaceKind
    keys: tuple[tuple[Any, dict[str, Shows]], ...]
    """Mesh objects, the one with most keys first, and what their keys show."""

    @property
    def coefficients(self) -> set[str]:
        """ARKit coefficients that some key shows."""
        return {name for _, keys in self.keys for shows in keys.values() for name, _ in shows.mix}

    @property
    def enough(self) -> bool:
        """Whether the face can be animated."""
        return not self.kind.cannot and len(self.coefficients) >= self.kind.enough


def kinds() -> tuple[list[SkeletonKind], list[FaceKind]]:
    """Return every kind of skeleton and of face that the modules of this folder hold, in the order of their files."""
    return _kinds(tuple(importlib.import_module(_PACKAGE).__path__))


@functools.cache
def _kinds(folders: tuple[str, ...]) -> tuple[list[SkeletonKind], list[FaceKind]]:
    skeletons: list[SkeletonKind] = []
    faces: list[FaceKind] = []
    for module in sorted(pkgutil.iter_modules(folders), key=lambda item: item.name):
        loaded = importlib.import_module(f"{_PACKAGE}.{module.name}")
        skeleton, face = getattr(loaded, "SKELETON", None), getattr(loaded, "FACE", None)
        if isinstance(skeleton, SkeletonKind):
            skeletons.append(skeleton)
        if isinstance(face, FaceKind):
            faces.append(face)
    return skeletons, faces


def match_skeleton(armature: Any) -> SkeletonFound | None:
    """Return the kind of skeleton an armature object is, or resembles most; None when no bone has a known name."""
    found = [SkeletonFound(kind, kind.find(armature)) for kind in kinds()[0]]
    found = [item for item in found if item.bones]
    return max(found, key=lambda item: (item.enough, len(item.bones)), default=None)


def match_face(meshes: Sequence[Any]) -> FaceFound | None:
    """Return the kind of face that meshes have, or resemble most; None when no shape key has a known name."""
    meshes = [mesh for mesh in meshes if mesh.data.shape_keys is not None]
    found = []
    for kind in kinds()[1] if meshes else ():
        keyed = [(mesh, kind.find(mesh)) for mesh in meshes]
        keyed = sorted((pair for pair in keyed if pair[1]), key=lambda pair: -len(pair[1]))
        if keyed:
            found.append(FaceFound(kind, tuple(keyed)))
    return max(found, key=lambda item: (item.enough, len(item.coefficients)), default=None)
