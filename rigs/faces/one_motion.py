"""Never a bone and a shape key for one motion: what both would move is measured where their points lie.

A key that opens the mouth moves points of the lower lip. Where the jaw bone moves the same points, the mouth would open
twice, so the bone stays at rest; a jaw that carries only teeth and tongue follows. Eyes are the other way round: bones
turn them exactly, so keys that turn the same eyeballs stay at rest, and keys that only move lids play along.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..controls import Carriers
from .drive import FaceParts
from .eye_targets import aimed
from .key_shapes import key_shape

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..rig_parts import RigJoint, RigKey
    from ..takes.channels import Channel

_EYES = ("left_eye_smplhf", "right_eye_smplhf")
_MOST_POINTS = 200
"""Points that are looked at, of those that a key moves."""
_MUCH = 0.4
"""Share of the largest movement from which on a key is said to move a point."""
_WEIGHT, _SHARED = 0.15, 0.15
"""Weight with which a bone moves a point, and share of the key's points it must move to do the same."""


@dataclass(frozen=True)
class JawByKeys:
    """Keeps the jaw bone at rest where shape keys open the mouth."""

    title: str = "jaw by shape keys, its bone at rest"
    joints: frozenset[str] = frozenset({"jaw"})
    coefficients: frozenset[str] = frozenset()

    def channels(self, performance: Performance, region: str) -> list[Channel]:
        """Return no channels."""
        del performance, region
        return []


def drive_of(parts: FaceParts) -> JawByKeys | None:
    """Return what keeps the jaw bone at rest; None where nothing else opens the mouth that it opens."""
    if parts.armature is None or "jaw" not in parts.joints or any("jaw" in drive.joints for drive in parts.drives):
        return None
    beside = {name for _, name in parts.face.kind.beside_bone.values()} if parts.face is not None else set()
    opening = [key for key in parts.keys if key.shows.mix[0][0] == "jawOpen" and key.name not in beside]
    jaw = {parts.joints["jaw"].bone}
    return JawByKeys() if any(_both_move(parts.armature, jaw, key) for key in opening) else None


def without_doubles(armature: Any, joints: Mapping[str, RigJoint], keys: Sequence[RigKey]) -> tuple[RigKey, ...]:
    """Return the keys without those that turn eyeballs which bones turn; of each mesh one key tells."""
    if armature is None:
        return tuple(keys)
    held = aimed(armature, joints)
    eyes = {held[joint][0] if joint in held else joints[joint].bone for joint in _EYES if joint in joints}
    if not eyes:
        return tuple(keys)
    looks = [key for key in keys if key.shows.mix[0][0].startswith("eyeLook")]
    told: dict[Any, bool] = {}
    for key in looks:
        if key.mesh not in told:
            told[key.mesh] = _both_move(armature, eyes, key)
    return tuple(key for key in keys if not (key in looks and told[key.mesh]))


def _both_move(armature: Any, bones: Collection[str], key: RigKey) -> bool:
    """Tell whether bones, and what they carry, move the points that a key moves."""
    mesh = key.mesh
    if not len(mesh.vertex_groups):
        return mesh.parent == armature and mesh.parent_type == "BONE" and mesh.parent_bone in bones
    amount = np.linalg.norm(key_shape(mesh, key.name), axis=1)
    moved = np.flatnonzero(amount > max(_MUCH * float(amount.max(initial=0.0)), 1e-9))
    if not len(moved):
        return False
    moved = moved[np.linspace(0, len(moved) - 1, min(len(moved), _MOST_POINTS)).astype(int)]
    carriers, names = Carriers(armature), [group.name for group in mesh.vertex_groups]
    known: dict[int, bool] = {}
    shared = 0
    for index in moved.tolist():
        total = 0.0
        for item in mesh.data.vertices[index].groups:
            if item.weight > 0.01 and item.group < len(names):
                if item.group not in known:
                    known[item.group] = _carried(armature, carriers, names[item.group], bones)
                total += item.weight if known[item.group] else 0.0
        shared += total > _WEIGHT
        if shared > _SHARED * len(moved):
            return True
    return False


def _carried(armature: Any, carriers: Carriers, name: str, bones: Collection[str]) -> bool:
    """Tell whether a bone is one of some bones, or is turned by one."""
    bone = armature.data.bones.get(name)
    if bone is None or not bone.use_deform:
        return False
    return name in bones or any(other.name in bones for other in carriers.above(bone))
