"""A mapping made by hand: which bone is which joint and which key shows what, in place of what was detected.

As JSON it travels on the armature, as a preset for skeletons of the same bones, and as a file between artists.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...inference.arkit import ARKIT_NAMES
from ...inference.errors import BadFile
from ...inference.plain_json import parse_object
from ...inference.skeleton import JOINT_NAMES
from .convention import FaceKind, KeyPose, Shows, SkeletonKind
from .register import FaceFound, SkeletonFound
from .roles import ROLES

_VERSION = 1
_MOST_BYTES = 1 << 18
_LONGEST = 255
"""Letters of a name; Blender's own are shorter."""
_AGAIN = "Export it again from the Mapping panel."


@dataclass(frozen=True)
class SavedMapping:
    """What a person decided. Joints replace the detected ones as a whole, keys one by one."""

    joints: Mapping[str, str]
    """SMPL-X joint -> bone; joints that are not named have none."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """ARKit coefficient, or one of :data:`ROLES` -> shape key, of every mesh that has it; ``""`` where none shall show
    it.
    """
    fingerprint: str = ""
    """Of the skeleton it was made on."""

    def to_json(self) -> str:
        """Return it as JSON text."""
        values = {
            "soliloquy_mapping": _VERSION, "fingerprint": self.fingerprint, "joints": dict(self.joints),
            "keys": dict(self.keys),
        }  # fmt: skip
        return json.dumps(values, ensure_ascii=False, indent=1)

    def lost_bones(self, armature: Any) -> list[str]:
        """Return the bones it names that an armature object does not have."""
        return [bone for bone in self.joints.values() if bone not in armature.data.bones]

    def on_skeleton(self, armature: Any, found: SkeletonFound | None) -> SkeletonFound | None:
        """Return what was detected with the joints that were said by hand.

        Joints whose bone is gone have none, which ``notes`` says.
        """
        lost = self.lost_bones(armature)
        bones = {joint: self.joints[joint] for joint in JOINT_NAMES if self.joints.get(joint, "") not in ("", *lost)}
        if found is not None and bones == found.bones and not lost:
            return found
        if not bones:
            return found
        kind = found.kind if found is not None else SkeletonKind("mapped", "Mapped skeleton", {})
        # What a person has mapped is animated, be it an arm alone.
        kind = dataclasses.replace(kind, enough=bool, bones={**dict.fromkeys(bones, ()), **kind.bones})
        links = {
            joint: chain
            for joint, chain in (found.links if found is not None else {}).items()
            if chain and chain[0] == bones.get(joint)
        }
        notes = found.notes if found is not None else ()
        if lost:
            names = ", ".join(f"'{name}'" for name in lost[:3])
            more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
            gone = f"The saved mapping names {names}{more}, not a bone of '{armature.name}'; choose anew under Mapping."
            notes = (*notes, gone)
        return SkeletonFound(kind, bones, links, notes)

    def on_face(self, meshes: Sequence[Any], found: FaceFound | None) -> FaceFound | None:
        """Return what was detected with the keys that were said by hand."""
        if not self.keys:
            return found
        before = dict(found.keys) if found is not None and not found.kind.cannot else {}
        made: list[tuple[Any, dict[str, Shows]]] = []
        for mesh in dict.fromkeys([*before, *meshes]):
            blocks = mesh.data.shape_keys.key_blocks if mesh.data.shape_keys is not None else {}
            keys = {
                name: shows
                for name, shows in before.get(mesh, {}).items()
                if not any(part in self.keys for part, _ in shows.mix)
            }
            for coefficient, name in self.keys.items():
                if name and name in blocks and coefficient not in ROLES:
                    mix = keys[name].mix if name in keys else ()
                    keys[name] = Shows((*mix, (coefficient, 1.0)))
            if keys:
                made.append((mesh, keys))
        posed = self._poses(meshes)
        if not made and not posed:
            return found
        kind = found.kind if found is not None and not found.kind.cannot else FaceKind("mapped", "Mapped face", {})
        keyed = tuple(sorted(made, key=lambda item: -len(item[1])))
        said = {(mesh, name) for mesh, keys in made for name in keys}
        poses = tuple(
            pose
            for pose in (found.poses if found is not None else ())
            if pose.role not in self.keys and not any((mesh, name) in said for mesh, name, _ in pose.parts)
        )
        return FaceFound(dataclasses.replace(kind, enough=1, enough_visemes=1), keyed, (*poses, *posed))

    def _poses(self, meshes: Sequence[Any]) -> tuple[KeyPose, ...]:
        """Return the visemes and expressions that were given a key by hand."""
        found = []
        for role in ROLES:
            name = self.keys.get(role, "")
            keyed = [mesh for mesh in meshes if mesh.data.shape_keys is not None] if name else []
            parts = tuple((mesh, name, 1.0) for mesh in keyed if name in mesh.data.shape_keys.key_blocks)
            if parts:
                found.append(KeyPose(role, parts))
        return tuple(found)


def read_mapping(text: str | bytes, source: str = "The mapping") -> SavedMapping:
    """Return a mapping from JSON.

    Raises
    ------
    BadFile
        For anything else than a mapping, with ``source`` in the sentence.
    """
    try:
        said = parse_object(text, most_bytes=_MOST_BYTES)
    except ValueError as error:
        raise BadFile(f"{source} cannot be read: {error}.", _AGAIN) from error
    if said.get("soliloquy_mapping") != _VERSION:
        raise BadFile(f"{source} is no mapping of this version of Soliloquy.", _AGAIN)
    joints = _names(said.get("joints"), JOINT_NAMES, source)
    keys = _names(said.get("keys", {}), (*ARKIT_NAMES, *ROLES), source)
    fingerprint = said.get("fingerprint", "")
    if len(set(joints.values())) < len(joints):
        raise BadFile(f"{source} gives one bone to two joints.", "Give every joint a bone of its own.")
    return SavedMapping(joints, keys, fingerprint if isinstance(fingerprint, str) else "")


def _names(values: Any, known: Sequence[str], source: str) -> dict[str, str]:
    if not isinstance(values, dict):
        raise BadFile(f"{source} does not name joints and keys.", _AGAIN)
    for name, value in values.items():
        if name not in known:
            raise BadFile(f"{source} names '{name[:40]}', which is no joint or expression.", _AGAIN)
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise BadFile(f"{source} says for '{name}' something that is no name.", _AGAIN)
    return values
