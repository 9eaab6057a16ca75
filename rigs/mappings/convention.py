"""What a mapping says about one kind of rig: which bone is which joint, and what each shape key shows.

A file of this folder holds one kind of skeleton (``SKELETON``), one kind of face (``FACE``), or both; where the bones
lie and how they are turned at rest is measured, never said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .roles import EMOTIONS as EMOTIONS
from .roles import EXPRESSIONS as EXPRESSIONS
from .roles import GAZES as GAZES
from .roles import VISEMES as VISEMES
from .roles import VOWELS as VOWELS


def has_body(joints: Collection[str]) -> bool:
    """Tell whether joints make a body worth animating: pelvis, one of the spine, neck or head, both arms to the elbow.

    A few names that fit by accident would move half of a body.
    """
    arms = {f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "elbow")}
    spine, top = {"spine1", "spine2", "spine3"}, {"neck", "head"}
    return "pelvis" in joints and arms <= set(joints) and bool(spine & set(joints)) and bool(top & set(joints))


@dataclass(frozen=True)
class Holds:
    """A property of a control rig that must have a value for its controls to act."""

    bone: str
    """Bone that has it."""
    prop: str
    """Name of the custom property."""
    value: float
    joints: tuple[str, ...]
    """Joints whose controls need it; it is held with the takes of their regions."""


@dataclass(frozen=True)
class SkeletonKind:
    """A convention of bone names."""

    name: str
    """In one word, ``"smplx"``."""
    title: str
    """In words for people, after an article: ``"SMPL-X skeleton"``."""
    bones: Mapping[str, tuple[str, ...]]
    """SMPL-X joint -> names that its bone may have, as ``spelling`` leaves them."""
    spelling: Callable[[str], str] = str.lower
    """What makes spellings of one name alike: case, prefixes, separators."""
    enough: Callable[[Collection[str]], bool] = has_body
    """Whether the joints found are enough to animate the skeleton; otherwise it is left alone as a whole."""
    carries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Joints whose bone takes more than its own rotation, from the root outwards: ``{"neck": ("neck", "head")}``."""
    corrections: Mapping[str, Any] = field(default_factory=dict)
    """Joint -> (3, 3) rotation, in the SMPL-X frame, that takes its bone from the rest pose to the T-pose."""
    t_pose: bool = False
    """Made in SMPL-X's own T-pose and proportions: nothing is corrected, and travel stays in metres."""
    gains: Mapping[str, float] = field(default_factory=dict)
    """Joint -> factor on the angle of its rotation."""
    holds: tuple[Holds, ...] = ()
    """Properties of a control rig that must be held while a take plays; those that a file has not are passed over."""
    strides: bool = False
    """Travel in proportion to the size of the body; otherwise in metres, where that makes a body of human size."""
    with_face: Mapping[str, str] = field(default_factory=dict)
    """Kind of a face -> the kind of skeleton that these same bones are then: a MetaHuman's body is Unreal's."""
    everyday: int = 0
    """How common the names are: where two kinds fit as well, the one with rarer names is meant."""
    said: bool = False
    """The file itself says which bone is which joint, whatever the names."""
    on_meshes: str = ""
    """What it is called where it moves meshes, if its title says that it has none."""

    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> bone for every joint that an armature object has, in the order of ``bones``."""
        names: dict[str, str] = {}
        for name in armature.data.bones.keys():  # noqa: SIM118 - the bones, not their names, are iterated otherwise
            names.setdefault(self.spelling(name), name)
        found: dict[str, str] = {}
        taken: set[str] = set()
        for joint, spellings in self.bones.items():
            name = next((names[spelling] for spelling in spellings if spelling in names), None)
            if name is not None and name not in taken:
                found[joint] = name
                taken.add(name)
        return found

    def riders(self, armature: Any, bones: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return bone -> bones that hang on none that is turned and have to go with it; none for most kinds.

        Parameters
        ----------
        armature : bpy.types.Object
            The armature.
        bones : collection of str
            All bones that are turned.
        """
        del armature, bones
        return {}


@dataclass(frozen=True)
class Shows:
    """What a shape key shows: ``offset`` plus the sum of ARKit coefficients, each times its gain."""

    mix: tuple[tuple[str, float], ...]
    """Coefficients and gains; the first coefficient decides the region the key belongs to."""
    offset: float = 0.0
    greatest: bool = False
    """The largest of the terms instead of their sum: a key that shuts both eyes, when one of them blinks."""


@dataclass(frozen=True)
class KeyPose:
    """A mouth or a face that one or more shape keys make together: a viseme, an emotion."""

    role: str
    """What it shows, one of :data:`VISEMES`, :data:`EXPRESSIONS` or :data:`GAZES`."""
    parts: tuple[tuple[Any, str, float], ...]
    """Mesh object, key name, and the key's value where the pose shows whole."""
    mouth: str = "none"
    """What it does to visemes, as VRM has it: ``"none"``, ``"block"`` or ``"blend"``."""
    blink: str = "none"
    """What it does to blinks."""
    reach: float | None = None
    """Degrees of gaze at which it shows whole, where the file says that keys move the eyes; else bones come first."""
    binary: bool = False
    """Whether it is there whole or not at all."""


@dataclass(frozen=True)
class FaceKind:
    """A convention of shape key names."""

    name: str
    """In one word, ``"arkit"``."""
    title: str
    """In words for people: ``"ARKit face"``."""
    keys: Mapping[str, Shows]
    """Key name, as ``spelling`` leaves it -> what the key shows."""
    spelling: Callable[[str], str] = str.lower
    enough: int = 10
    """Coefficients that must be shown by the meshes of a character, together."""
    wholes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Key -> keys that show the same in finer parts: while a mesh has one of those, it rests."""
    poses: Mapping[str, str] = field(default_factory=dict)
    """Key name, as ``spelling`` leaves it -> the viseme or expression it is; the more such roles are found, the better
    the kind fits."""
    enough_visemes: int = 4
    """Visemes that must be found where coefficients do not suffice."""
    beside_bone: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Coefficient -> (joint, key name): where a bone of that joint does the movement, this key goes with it in place of
    the coefficient's own."""
    cannot: str = ""
    """Why such keys cannot be animated, one sentence with a next step; empty for those that can."""

    def find(self, mesh: Any) -> dict[str, Shows]:
        """Return key name -> what it shows, for the shape keys of a mesh object; of keys spelled alike the first."""
        named = self._named(mesh)
        return {
            named[spelling]: shows
            for spelling, shows in self.keys.items()
            if spelling in named and not any(part in named for part in self.wholes.get(spelling, ()))
        }

    def find_poses(self, meshes: Sequence[Any]) -> tuple[KeyPose, ...]:
        """Return the visemes and expressions of meshes, one per role, with the keys that show it on each mesh."""
        parts: dict[str, list[tuple[Any, str, float]]] = {}
        for mesh in meshes if self.poses else ():
            named, taken = self._named(mesh), set()
            for spelling, role in self.poses.items():
                if spelling in named and role not in taken:
                    taken.add(role)
                    parts.setdefault(role, []).append((mesh, named[spelling], 1.0))
        return tuple(KeyPose(role, tuple(found)) for role, found in parts.items())

    def _named(self, mesh: Any) -> dict[str, str]:
        """Return spelling -> name of a mesh's keys, its basis aside."""
        keys = mesh.data.shape_keys
        named: dict[str, str] = {}
        for name in keys.key_blocks.keys()[1:] if keys is not None else ():
            named.setdefault(self.spelling(name), name)
        return named
