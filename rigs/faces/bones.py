"""Faces made of bones: jaw, lips, lids and brows where no shape key moves them, calibrated on the character's mesh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES, region_of_coefficient
from ..controls import Switch, switches_of
from ..mappings.face_bones import BROW, CORNER, JAW, LOWER_LIP, ROLES, UPPER_LID, UPPER_LIP
from . import reference_face
from .bone_lids import BoneLids, measure_lids
from .bone_mouth import BoneMouth, measure_mouth
from .bone_weights import Skin, skin_of
from .drive import FaceParts
from .face_bone import FaceBone, face_bones
from .face_frame import face_frame
from .measured_skin import measured_skins, tried

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..takes.channels import Channel

Doubles = npt.NDArray[np.float64]

AFTER_KEYS = True
"""Bones move only what shape keys do not."""
_STILL = 1e-5
"""Metres and radians that count as no movement."""
_BROWS = tuple(name for name in ARKIT_NAMES if name.startswith("brow"))
_NEEDS = {"lips": JAW, "eyes": UPPER_LID, "upper_face": BROW}
"""Region -> the part of a face without which nothing there is moved."""
_EYES = {"left_eye_smplhf": 1, "right_eye_smplhf": -1}
_BEHIND = 0.25
"""Share of the distance between the eyes by which their middles lie behind the lids, where no bone tells."""


@dataclass(frozen=True, eq=False)
class BoneFace:
    """Bones of a face, region by region; measured when first baked."""

    parts: FaceParts
    members: list[FaceBone]
    regions: frozenset[str]
    """Regions that no shape key moves."""
    controls: bool = False
    """Whether the bones are controls: what they move is measured, weights do not tell."""

    @property
    def title(self) -> str:
        """What moves and what is missing, for people."""
        here = {bone.role for bone in self.members}
        shown = [role for role in ROLES if role in here]
        missing = [role for role in ROLES if role not in here]
        lacks = f", no bones for {', '.join(missing)}" if missing else ""
        return f"face bones ({', '.join(shown)}){lacks}"

    @property
    def bones(self) -> frozenset[str]:
        """Names of the bones that are moved."""
        return frozenset(bone.name for bone in self.members)

    @property
    def joints(self) -> frozenset[str]:
        """The jaw, where it is turned here."""
        return frozenset({"jaw"}) if "lips" in self.regions and self._has(JAW) else frozenset()

    @property
    def coefficients(self) -> frozenset[str]:
        """What the bones that are there show."""
        found: set[str] = set()
        if "lips" in self.regions and self._has(JAW):
            found |= {"jawOpen", "jawLeft", "jawRight", "jawForward"}
            if self._has(UPPER_LIP) and self._has(LOWER_LIP):
                found |= {name for name in ARKIT_NAMES if name.startswith("mouth")}
        if "upper_face" in self.regions and self._has(BROW):
            found |= set(_BROWS)
        if "eyes" in self.regions and self._has(UPPER_LID):
            found |= {f"{name}{side}" for name in ("eyeBlink", "eyeWide", "eyeSquint") for side in ("Left", "Right")}
        return frozenset(found)

    @property
    def lacks(self) -> dict[str, str]:
        """Region -> what of it no bone moves, in one sentence."""
        wanted = {"lips": (UPPER_LIP, LOWER_LIP, CORNER), "upper_face": (BROW,), "eyes": (UPPER_LID,)}
        name, found = self.parts.armature.name, {}
        for region in self.regions:
            missing = [role for role in wanted[region] if not self._has(role)]
            rest = {"lips": ["tongue"], "upper_face": ["cheeks", "nose"], "eyes": []}[region]
            if missing or rest:
                found[region] = f"The face of '{name}' is moved by its bones; it shows no {_listed([*missing, *rest])}."
        return found

    def _has(self, role: str) -> bool:
        return any(bone.role == role for bone in self.members)

    @property
    def _held(self) -> tuple[Switch, ...]:
        parts = self.parts
        return switches_of(parts.armature, parts.skeleton) if parts.skeleton is not None else ()

    @cached_property
    def _skins(self) -> list[Skin]:
        parts, names = self.parts, [bone.name for bone in self.members]
        if self.controls:
            meshes = [mesh for mesh in parts.meshes if len(mesh.vertex_groups)]
            return measured_skins(parts.armature, meshes, self.members, self.eyes, parts.frame, self._held)
        nothing = np.zeros((0, 3))
        found = []
        for mesh in parts.meshes:
            if not any(group.name in parts.armature.data.bones for group in mesh.vertex_groups):
                continue
            placed = face_frame(mesh, nothing, nothing, parts.armature, parts.joints, parts.frame)
            found.append(skin_of(mesh, parts.armature, names, placed))
        return [skin for skin in found if skin is not None]

    @cached_property
    def mouth(self) -> BoneMouth | None:
        """The jaw and the lips, None where they open nothing."""
        found = measure_mouth(self._skins, self.members)
        if found is None or not self.controls or not found.shuts:
            return found
        parts, held = self.parts, self._held
        return tried(parts.armature, found.mouth.mesh, parts.frame, held, found.shut_as_seen)

    @cached_property
    def eyes(self) -> dict[int, Doubles]:
        """The middle of the left (1) and the right (-1) eye, where something tells."""
        return eye_middles(self.parts, self.members)

    @cached_property
    def lids(self) -> list[BoneLids]:
        """The lids of each eye."""
        lips = self.mouth
        return measure_lids(self._skins, self.members, self.eyes, lips.mouth.mesh if lips is not None else None)

    def channels(self, performance: Performance, region: str) -> list[Channel]:
        """Return the channels of the bones of a region that has no shape keys."""
        if region not in self.regions:
            return []
        if region == "lips":
            return self._mouth_channels(performance)
        return self._lid_channels(performance) if region == "eyes" else self._brow_channels(performance)

    def _mouth_channels(self, performance: Performance) -> list[Channel]:
        mouth, armature, frame = self.mouth, self.parts.armature, self.parts.frame
        if mouth is None:
            return []
        turns, slid, shifts = mouth.motion(performance)
        found = [] if mouth.slide else [mouth.jaw.turned(armature, turns)]
        if mouth.jaw.free and np.abs(slid).max(initial=0.0) > _STILL:
            found.append(mouth.jaw.moved(armature, slid, frame))
        for bone, shift in zip(mouth.lips, shifts, strict=True):
            found.append(bone.moved(armature, shift, frame))
        return found

    def _lid_channels(self, performance: Performance) -> list[Channel]:
        found = []
        for lids in self.lids:
            for bone, turns, shift in lids.motion(performance):
                found.append(bone.turned(self.parts.armature, turns))
                if bone.free and np.abs(bone.place - lids.centre).max() > 1e-3:
                    found.append(bone.moved(self.parts.armature, shift, self.parts.frame))
        return found

    def _brow_channels(self, performance: Performance) -> list[Channel]:
        if len(self.eyes) < 2:
            return []
        middle, apart = reference_face.eyes()
        size = float(np.linalg.norm(self.eyes[1] - self.eyes[-1])) / apart
        centre = 0.5 * (self.eyes[1] + self.eyes[-1])
        values = performance.arkit.astype(np.float64)[:, [ARKIT_INDEX[name] for name in _BROWS]]
        found = []
        for bone in self.members:
            if bone.role == BROW and bone.free:
                place = middle + (bone.place - centre) / size
                ways = size * reference_face.displacements(BROW, [place])[0][[ARKIT_INDEX[name] for name in _BROWS]]
                found.append(bone.moved(self.parts.armature, values @ ways, self.parts.frame))
        return found


def _listed(names: list[str]) -> str:
    """Return names as people list what is not there."""
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def eye_middles(parts: FaceParts, bones: list[FaceBone]) -> dict[int, Doubles]:
    """Return the middle of each eye: the head of its bone, or behind its lids."""
    found: dict[int, Doubles] = {}
    for joint, side in _EYES.items():
        if joint in parts.joints:
            head = parts.armature.data.bones[parts.joints[joint].bone].head_local
            found[side] = parts.frame.scale * parts.frame.axes.T @ np.array(head, np.float64)
    lids = {side: [b.place for b in bones if b.role == UPPER_LID and b.side == side] for side in (1, -1)}
    if not found and lids[1] and lids[-1]:
        middles = {side: np.mean(places, axis=0) for side, places in lids.items()}
        behind = _BEHIND * float(np.linalg.norm(middles[1] - middles[-1]))
        found = {side: place - np.array([0.0, 0.0, behind]) for side, place in middles.items()}
    return found


def _moved_by_keys(parts: FaceParts) -> Mapping[str, int]:
    """Return region -> how many coefficients something shows there already."""
    names = {name for key in parts.keys for name, _ in key.shows.mix}
    names.update(name for drive in parts.drives for name in drive.coefficients)
    if parts.face is not None and parts.face.enough:
        names |= parts.face.coefficients
    count: dict[str, int] = {}
    for name in names:
        if not name.startswith("eyeLook"):
            count[region_of_coefficient(name)] = count.get(region_of_coefficient(name), 0) + 1
    return count


def drive_of(parts: FaceParts) -> BoneFace | None:
    """Return what moves the bones of a face in the regions that no shape key moves; None for a face without bones."""
    if parts.armature is None or not parts.joints or not parts.meshes:
        return None
    by_keys = _moved_by_keys(parts)
    missing = {region: role for region, role in _NEEDS.items() if not by_keys.get(region)}
    bones = face_bones(parts.armature, parts.frame) if missing else []
    grouped = {group.name for mesh in parts.meshes for group in mesh.vertex_groups}
    weighted = [bone for bone in bones if bone.name in grouped]
    # Controls deform nothing themselves.
    controls = not weighted and any(len(bone.constraints) for bone in parts.armature.pose.bones)
    bones = bones if controls else weighted
    here = {bone.role for bone in bones}
    regions = frozenset(region for region, role in missing.items() if role in here)
    return BoneFace(parts, bones, regions, controls) if regions else None
