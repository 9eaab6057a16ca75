"""Never a bone and a shape key for one motion: what both would move is measured where their points lie.

A key that opens the mouth moves points of the lower lip. Where the jaw bone moves the same points as far, the mouth
would open twice, so the bone stays at rest; where teeth hang on that bone which no key opens, the key rests instead. A
key that only mends what the bone does goes with it, and a jaw that carries only teeth and tongue follows. Eyes are the
other way round: bones turn them exactly, so keys that turn the same eyeballs stay at rest, and keys that only move lids
play along.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..controls import Carriers
from .drive import FaceParts
from .eye_targets import aimed
from .jaw_movement import jaw_turn
from .key_shapes import key_shape, rest_points

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..rest_frame import RestFrame
    from ..rig_parts import RigJoint, RigKey
    from ..takes.channels import Channel

Doubles = npt.NDArray[np.float64]

_EYES = ("left_eye_smplhf", "right_eye_smplhf")
_MOST_POINTS = 200
"""Points that are looked at, of those that a key moves."""
_MUCH = 0.4
"""Share of the largest movement from which on a key is said to move a point."""
_WEIGHT, _SHARED = 0.15, 0.15
"""Weight with which a bone moves a point, and share of the key's points it must move to do the same."""
_MENDS = 0.4
"""Share of the bone's own movement up to which a key of the same name only mends what the bone does."""
_HANGS = 0.5
"""Share of a mesh's points that must hang on the jaw for it to be teeth or a tongue."""


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
    opening = [key for key in _opening(parts.keys) if key.name not in beside]
    return JawByKeys() if _twice(parts.armature, parts.joints["jaw"], opening, parts.frame) else None


def mends_the_jaw(parts: FaceParts) -> bool:
    """Tell whether a face's jaw bone opens the mouth and the key of that name is there for what the bone leaves."""
    opening = _opening(parts.keys)
    if parts.armature is None or "jaw" not in parts.joints:
        return False
    both = any(_both_move(parts.armature, {parts.joints["jaw"].bone}, key) for key in opening)
    return both and not _twice(parts.armature, parts.joints["jaw"], opening, parts.frame)


def without_opening(
    armature: Any, meshes: Sequence[Any], joints: Mapping[str, RigJoint], keys: Sequence[RigKey], frame: RestFrame
) -> tuple[RigKey, ...]:
    """Return the keys without those that open the mouth, where the jaw bone opens it too and teeth need that bone.

    Parameters
    ----------
    meshes : sequence of bpy.types.Object
        Every mesh that belongs to the character.
    """
    opening = _opening(keys)
    if armature is None or "jaw" not in joints or not _twice(armature, joints["jaw"], opening, frame):
        return tuple(keys)
    opened = {key.mesh for key in opening}
    closed = any(_hangs(armature, mesh, joints["jaw"].bone) for mesh in meshes if mesh not in opened)
    return tuple(key for key in keys if key not in opening) if closed else tuple(keys)


def _opening(keys: Sequence[RigKey]) -> list[RigKey]:
    return [key for key in keys if key.shows.mix[0][0] == "jawOpen"]


def _twice(armature: Any, jaw: RigJoint, opening: Sequence[RigKey], frame: RestFrame) -> bool:
    """Tell whether the jaw bone and one of the keys move the same points by as much."""
    both = [key for key in opening if _both_move(armature, {jaw.bone}, key)]
    return any(_of_the_bone(armature, jaw, key, frame) > _MENDS for key in both)


def _of_the_bone(armature: Any, jaw: RigJoint, key: RigKey, frame: RestFrame) -> float:
    """Return how much of what the jaw bone does at ``jawOpen = 1`` a key does, along the bone's way."""
    moved = key_shape(key.mesh, key.name)
    chosen = _most_moved(moved)
    share = _carried_by(armature, key.mesh, chosen, {jaw.bone})
    to_frame = np.array(armature.matrix_world.inverted_safe() @ key.mesh.matrix_world, np.float64)
    turn = frame.scale * frame.axes.T @ to_frame[:3, :3]
    points = rest_points(key.mesh)[chosen] @ turn.T + frame.scale * frame.axes.T @ to_frame[:3, 3]
    way = share[:, None] * jaw_turn(armature, points, jaw, frame)
    done, turned = moved[chosen] @ turn.T, float(np.sum(way * way))
    # What goes farther than the bone is more than a mend, wherever it goes.
    return float(np.sum(way * done)) / turned if turned > float(np.sum(done * done)) else 1.0


def _hangs(armature: Any, mesh: Any, bone: str) -> bool:
    """Tell whether a mesh hangs on a bone for the most part, as teeth and tongues on a jaw."""
    if mesh.parent_type == "BONE" and mesh.parent == armature and not len(mesh.vertex_groups):
        return _carried(armature, Carriers(armature), mesh.parent_bone, {bone})
    count = len(mesh.data.vertices)
    if not count:
        return False
    some = np.linspace(0, count - 1, min(count, _MOST_POINTS)).astype(int)
    return float(np.mean(_carried_by(armature, mesh, some, {bone}) > _HANGS)) >= _HANGS


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
    moved = _most_moved(key_shape(mesh, key.name))
    return bool(len(moved)) and bool(np.mean(_carried_by(armature, mesh, moved, bones) > _WEIGHT) > _SHARED)


def _most_moved(moved: Doubles) -> npt.NDArray[np.intp]:
    """Return a few of the points that a key moves (V, 3) far."""
    amount = np.linalg.norm(moved, axis=1)
    found = np.flatnonzero(amount > max(_MUCH * float(amount.max(initial=0.0)), 1e-9))
    return found[np.linspace(0, len(found) - 1, min(len(found), _MOST_POINTS)).astype(int)] if len(found) else found


def _carried_by(armature: Any, mesh: Any, points: npt.NDArray[np.intp], bones: Collection[str]) -> Doubles:
    """Return (n,) the weight with which bones, and what they carry, move n points of a mesh."""
    if not len(mesh.vertex_groups):
        return np.full(len(points), float(mesh.parent_type == "BONE" and mesh.parent_bone in bones))
    carriers, names = Carriers(armature), [group.name for group in mesh.vertex_groups]
    known: dict[int, bool] = {}
    found = np.zeros(len(points))
    for row, index in enumerate(points.tolist()):
        for item in mesh.data.vertices[index].groups:
            if item.weight > 0.01 and item.group < len(names):
                if item.group not in known:
                    known[item.group] = _carried(armature, carriers, names[item.group], bones)
                found[row] += item.weight if known[item.group] else 0.0
    return found


def _carried(armature: Any, carriers: Carriers, name: str, bones: Collection[str]) -> bool:
    """Tell whether a bone is one of some bones, or is turned by one."""
    bone = armature.data.bones.get(name)
    if bone is None or not bone.use_deform:
        return False
    return name in bones or any(other.name in bones for other in carriers.above(bone))
