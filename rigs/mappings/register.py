"""Finds out which kind of rig a character is: every module of this folder that holds a kind takes part."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...inference.arkit import region_of_coefficient
from ..vrm.properties import humanoid_of
from .convention import VISEMES, FaceKind, KeyPose, Shows, SkeletonKind
from .detection import detect, fingerprint
from .key_names import without_shared_words
from .named_skeleton import NamedSkeleton

if TYPE_CHECKING:
    from ..controls import Switch

_PACKAGE = __name__.rpartition(".")[0]
_NEARLY_ALL = 40
"""Coefficients of 52 from which on a face needs nothing else."""
_A_MOUTH = 8
"""Coefficients of the lips from which on they say more than visemes."""


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
    switches: tuple[Switch, ...] = ()
    """What must be held for these bones to act, where the kind does not say it."""

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
    poses: tuple[KeyPose, ...] = ()
    """Visemes and expressions, each made of one or more keys."""

    @property
    def coefficients(self) -> set[str]:
        """ARKit coefficients that some key shows."""
        return {name for _, keys in self.keys for shows in keys.values() for name, _ in shows.mix}

    @property
    def visemes(self) -> int:
        """Number of visemes that some key shows."""
        return sum(pose.role in VISEMES for pose in self.poses)

    @property
    def enough(self) -> bool:
        """Whether the face can be animated."""
        speaks = self.visemes >= self.kind.enough_visemes
        return not self.kind.cannot and (speaks or len(self.coefficients) >= self.kind.enough)

    @property
    def meshes(self) -> list[Any]:
        """Every mesh object that a key of the face belongs to."""
        posed = (mesh for pose in self.poses for mesh, _, _ in pose.parts)
        return list(dict.fromkeys([*(mesh for mesh, _ in self.keys), *posed]))

    @property
    def rank(self) -> tuple[bool, int, int]:
        """How well the kind fits: nearly all coefficients come first, then a mouth of coefficients, then visemes."""
        shown = self.coefficients
        mouth = sum(region_of_coefficient(name) == "lips" for name in shown)
        level = 3 if len(shown) >= _NEARLY_ALL else 2 if mouth >= _A_MOUTH else 1 if self.visemes else 0
        return self.enough, level, len(shown) + 2 * self.visemes + (len(self.poses) - self.visemes)


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


_REMEMBERED = 64
_known: dict[Any, SkeletonFound | None] = {}


def match_skeleton(armature: Any, meshes: Sequence[Any] = ()) -> SkeletonFound | None:
    """Return what an armature object is, or resembles most; None when neither names nor structure say anything.

    Panels ask every second: what was found once is remembered by what it was found from.

    Parameters
    ----------
    armature : bpy.types.Object
        The armature.
    meshes : sequence of bpy.types.Object
        What it deforms.
    """
    said = tuple(humanoid_of(armature).items())
    key = (fingerprint(armature, meshes), said, tuple(id(kind) for kind in kinds()[0]))
    if key not in _known:
        named = _named(armature, kinds()[0])
        if not named or not named[0][0].enough(named[0][1]):
            for bare in without_shared_words(armature.data.bones.keys()):
                better = _named(armature, [_of_skeletons(kind, bare) for kind in kinds()[0]])
                if better and better[0][0].enough(better[0][1]):
                    named = better
                    break
        while len(_known) >= _REMEMBERED:
            _known.pop(next(iter(_known)))
        detected = detect(armature, meshes, named)
        _known[key] = SkeletonFound(*detected) if detected is not None else None
    return _known[key]


def _named(armature: Any, skeletons: Sequence[SkeletonKind]) -> list[tuple[SkeletonKind, dict[str, str]]]:
    """Return the kinds that some bones are named after, and joint -> bone, the best first."""
    found = [(kind, kind.find(armature)) for kind in skeletons]
    named = [(kind, bones) for kind, bones in found if bones]
    # What a file says itself goes before what its names resemble, were it a finger less.
    return sorted(named, key=lambda i: (not i[0].enough(i[1]), not i[0].said, -len(i[1]), i[0].everyday))


def called_by_face(skeleton: SkeletonFound, face: FaceFound | None) -> SkeletonFound:
    """Return a skeleton as the kind that it is with a face, where its bones alone are those of several kinds."""
    name = skeleton.kind.with_face.get(face.kind.name) if face is not None and face.enough else None
    kind = next((kind for kind in kinds()[0] if kind.name == name), None)
    return dataclasses.replace(skeleton, kind=kind) if kind is not None else skeleton


def match_face(meshes: Sequence[Any]) -> FaceFound | None:
    """Return the kind of face that meshes have, or resemble most; None when no shape key has a known name."""
    meshes = [mesh for mesh in meshes if mesh.data.shape_keys is not None]
    best = _best_face(meshes, kinds()[1])
    if meshes and (best is None or not best.enough):
        main = max(meshes, key=lambda mesh: len(mesh.data.shape_keys.key_blocks))
        for bare in without_shared_words(main.data.shape_keys.key_blocks.keys()[1:]):
            better = _best_face(meshes, [_of_faces(kind, bare) for kind in kinds()[1]])
            if better is not None and better.enough:
                return _with_worded_meshes(better, meshes)
    return _with_worded_meshes(best, meshes) if best is not None and best.enough else best


def _with_worded_meshes(best: FaceFound, meshes: Sequence[Any]) -> FaceFound:
    """Return the face with those meshes too whose keys are its own with a word of theirs around: ``Teeth_jawOpen``."""
    more: dict[Any, dict[str, Shows]] = {}
    for mesh in meshes:
        names = mesh.data.shape_keys.key_blocks.keys()[1:]
        for bare in without_shared_words(names) if mesh not in best.meshes else ():
            keys = _of_faces(best.kind, bare).find(mesh)
            if 2 * len(keys) > len(names):
                more[mesh] = keys
                break
    return dataclasses.replace(best, keys=(*best.keys, *more.items())) if more else best


def _of_skeletons(kind: SkeletonKind, bare: Mapping[str, str]) -> SkeletonKind:
    """Return a kind for bones whose names have more before or after them than makers put there."""

    def written(name: str) -> str:
        return bare.get(name, name)

    def spelling(name: str) -> str:
        return kind.spelling(written(name))

    if isinstance(kind, NamedSkeleton):
        return dataclasses.replace(kind, spelling=spelling, written=written)
    return dataclasses.replace(kind, spelling=spelling)


def _of_faces(kind: FaceKind, bare: Mapping[str, str]) -> FaceKind:
    """Return a kind for keys whose names have more before or after them."""

    def spelling(name: str) -> str:
        return kind.spelling(bare.get(name, name))

    return dataclasses.replace(kind, spelling=spelling)


def _best_face(meshes: Sequence[Any], faces: Sequence[FaceKind]) -> FaceFound | None:
    found = []
    for kind in faces if meshes else ():
        keyed = [(mesh, kind.find(mesh)) for mesh in meshes]
        keyed = sorted((pair for pair in keyed if pair[1]), key=lambda pair: -len(pair[1]))
        poses = kind.find_poses(meshes)
        if keyed or poses:
            found.append(FaceFound(kind, tuple(keyed), poses))
    best = max(found, key=lambda item: item.rank, default=None)
    return _with_other_meshes(best, found) if best is not None and best.enough else best


def _with_other_meshes(best: FaceFound, found: Sequence[FaceFound]) -> FaceFound:
    """Return the face with those meshes too that have no key of its kind, but enough of another: each by its own."""
    more: dict[Any, dict[str, Shows]] = {}
    for item in found:
        for mesh, keys in item.keys if not item.kind.cannot else ():
            several = len({name for shows in keys.values() for name, _ in shows.mix}) >= item.kind.enough
            if several and mesh not in best.meshes and len(keys) > len(more.get(mesh, ())):
                more[mesh] = keys
    return dataclasses.replace(best, keys=(*best.keys, *more.items())) if more else best
