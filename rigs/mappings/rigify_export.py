"""Rigify's rigs exported with all their bones: what tied them is gone, so the deforming bones are turned themselves.

The back is one chain. Limbs and what is fine (face, toes, helpers) hang on copies of the metarig's bones, which stand
where the deforming ones stand and are turned along with them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...inference.skeleton import JOINT_NAMES
from .convention import SkeletonKind

Doubles = npt.NDArray[np.float64]

_DEFORMS, _COPY = "DEF-", "ORG-"
_BACK = re.compile(r"(DEF|ORG)-spine(?:\.(\d+))?$")
_LIMBS = {
    "collar": "shoulder", "shoulder": "upper_arm", "elbow": "forearm", "wrist": "hand",
    "hip": "thigh", "knee": "shin", "ankle": "foot", "foot": "toe", "eye_smplhf": "eye",
    **{
        f"{finger}{number}": f"{name}.0{number}"
        for finger, name in (
            ("thumb", "thumb"), ("index", "f_index"), ("middle", "f_middle"), ("ring", "f_ring"), ("pinky", "f_pinky"),
        )
        for number in (1, 2, 3)
    },
}  # fmt: skip
_FIRST_NECK = 4
"""Number of the neck's first bone, where the shoulders do not say what the chest is."""


def _bones() -> dict[str, tuple[str, ...]]:
    """Return what joints are called; which of the back's bones is which is counted, see :func:`_back`."""
    back = ("pelvis", "spine1", "spine2", "spine3", "neck", "head")
    found: dict[str, tuple[str, ...]] = dict.fromkeys(back, (f"{_DEFORMS}spine",))
    for joint in JOINT_NAMES:
        side, _, part = joint.partition("_")
        if part in _LIMBS:
            found[joint] = (f"{_DEFORMS}{_LIMBS[part]}.{'L' if side == 'left' else 'R'}",)
    return {**found, "jaw": (f"{_DEFORMS}jaw_master", f"{_DEFORMS}jaw")}


@dataclass(frozen=True)
class _RigifyExport(SkeletonKind):
    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> deforming bone; nothing while constraints tie them, or where they were exported alone."""
        bones = armature.data.bones
        if f"{_DEFORMS}spine" not in bones or not any(name.startswith(("MCH-", _COPY)) for name in bones.keys()):  # noqa: SIM118
            return {}
        if armature.pose is not None and any(len(bone.constraints) for bone in armature.pose.bones):
            return {}
        found = {**super().find(armature), **_back(bones)}
        return {joint: found[joint] for joint in JOINT_NAMES if joint in found}

    def riders(self, armature: Any, bones: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return deforming bone -> its copy, where that carries deforming bones, and helpers that hang on nothing."""
        known, found = armature.data.bones, {}
        # Not of eyes: lids hang on theirs.
        copies = {_COPY + name.removeprefix(_DEFORMS): name for name in bones if "eye" not in name}
        waiting = [bone for bone in known if bone.name.startswith(_DEFORMS)]
        for bone in waiting:
            first = next((name for name in _above(bone) if name in bones or name in copies), None)
            if first not in copies or copies[first] in found:
                continue
            copy, own = known[first], known[copies[first]]
            if first in _above(own):
                # It carries the very bone that it stands at, so that another copy has to carry it.
                if not any(name in copies for name in _above(copy)):
                    continue
                waiting.append(copy)
            found[own.name] = (first,)
        held = {*bones, *(name for names in found.values() for name in names)}
        ends = np.array([[known[name].head_local, known[name].tail_local] for name in bones], np.float64)
        for bone in known:
            if bone.name.startswith(_DEFORMS) and bone.name not in held and held.isdisjoint(_above(bone)):
                nearest = list(bones)[int(np.argmin(_distances(np.array(bone.head_local, np.float64), ends)))]
                found[nearest] = (*found.get(nearest, ()), bone.name)
                held.add(bone.name)
        return found


def _above(bone: Any) -> Iterator[str]:
    while (bone := bone.parent) is not None:
        yield bone.name


def _distances(point: Doubles, ends: Doubles) -> Doubles:
    """Return (N,) how far a point is from lines (N, 2, 3)."""
    along = ends[:, 1] - ends[:, 0]
    share = ((point - ends[:, 0]) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
    found: Doubles = np.linalg.norm(point - ends[:, 0] - np.clip(share, 0.0, 1.0)[:, None] * along, axis=1)
    return found


def _back(bones: Any) -> dict[str, str]:
    """Return pelvis, spine, neck and head: shoulders hang on the chest, and the head is the last of the chain."""
    numbers = sorted(
        int(match[2]) for name in bones.keys() if (match := _BACK.fullmatch(name)) and match[1] == "DEF" and match[2]  # noqa: SIM118
    )  # fmt: skip
    if len(numbers) < 3:
        return {}
    shoulder = bones.get(f"{_COPY}shoulder.L")
    match = _BACK.fullmatch(shoulder.parent.name) if shoulder is not None and shoulder.parent is not None else None
    chest = int(match[2]) if match and match[2] else _FIRST_NECK - 1
    spine, neck = [n for n in numbers if n <= chest], [n for n in numbers if n > chest]
    if not spine or not neck:
        return {}
    shown = spine if len(spine) < 4 else [spine[0], *spine[-2:]]
    chosen: dict[str, int] = dict(zip(("spine1", "spine2", "spine3"), shown, strict=False))
    chosen.update({"neck": neck[0], "head": neck[-1]} if len(neck) > 1 else {"head": neck[0]})
    found = {joint: f"{_DEFORMS}spine.{number:03d}" for joint, number in chosen.items()}
    return {"pelvis": f"{_DEFORMS}spine", **found}


SKELETON = _RigifyExport(
    name="rigify_export", title="Rigify skeleton without its constraints", bones=_bones(), spelling=str,
)  # fmt: skip
