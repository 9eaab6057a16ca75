"""A character in one line and in figures: what it is, how it stands at rest, what of it can be animated.

The line of the panel, of the command line and of reports: ``Mixamo skeleton, 52 bones, A-pose 48 deg; face: ARKit
52/52; no eye bones``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..inference.arkit import ARKIT_NAMES, REGION_COEFFICIENTS, REGION_JOINTS, REGIONS
from .mappings.register import kinds

if TYPE_CHECKING:
    from .rig import Rig

EYES = ("left_eye_smplhf", "right_eye_smplhf")
_T_POSE = 15.0
"""Degrees below the horizontal up to which stretched arms make a T."""
_HANGING = 75.0
"""Degrees from which on arms hang down."""


def describe(rig: Rig) -> str:
    """Return a character in one line, without its name."""
    parts = [_body(rig), _face(rig), _missing(rig)]
    return "; ".join(part for part in parts if part)


def rest_pose(rig: Rig) -> tuple[str, float] | None:
    """Return how the arms lie at rest: ``"T"``, ``"A"``, ``"hanging"`` or ``"raised"``, and degrees below horizontal.

    Measured from shoulder to elbow in the character's own frame, both sides averaged; None without arms. What is shown
    at the moment does not count.
    """
    found = []
    for side in ("left", "right"):
        upper, lower = rig.joints.get(f"{side}_shoulder"), rig.joints.get(f"{side}_elbow")
        if upper is None or lower is None or rig.armature is None:
            continue
        bones = rig.armature.data.bones
        along = rig.frame.axes.T @ np.array(bones[lower.bone].head_local - bones[upper.bone].head_local, np.float64)
        found.append(float(np.degrees(np.arctan2(-along[1], np.hypot(along[0], along[2])))))
    if not found:
        return None
    angle = sum(found) / len(found)
    name = "T" if abs(angle) <= _T_POSE else "A" if 0 < angle < _HANGING else "hanging" if angle > 0 else "raised"
    return name, angle


def coefficients_of(rig: Rig) -> set[str]:
    """Return the ARKit coefficients that some key, bone or solve of a character shows."""
    shown = {name for key in rig.keys for name, _ in key.shows.mix}
    return shown.union(*(drive.coefficients for drive in rig.drives)) if rig.drives else shown


def animated_regions(rig: Rig) -> set[str]:
    """Return the regions of a performance of which a character shows anything."""
    shown = coefficients_of(rig)
    return {
        region
        for region in REGIONS
        if any(joint in rig.joints for joint in REGION_JOINTS[region]) or shown & set(REGION_COEFFICIENTS[region])
    }


def facts(rig: Rig) -> dict[str, Any]:
    """Return everything that is known about a character, as JSON takes it.

    ``kind``, ``line``, ``object``, ``bones`` (how many), ``joints`` (SMPL-X joint -> bone), ``eye_bones``,
    ``jaw_bone``, ``root`` (what takes the travel), ``rest_pose``, ``face``, ``regions`` (region -> whether anything of
    it is animated, and what of it is missing) and ``warnings``.
    """
    pose, shown = rest_pose(rig), animated_regions(rig)
    keys: dict[str, dict[str, Any]] = {}
    for mesh, found in rig.found.keys if rig.found is not None and rig.keys else ():
        # Where a bone does the movement the key is left alone.
        alone = {
            name: {"shows": dict(shows.mix), "offset": shows.offset, "by_bone": True} for name, shows in found.items()
        }
        keys.setdefault(mesh.name, {}).update(alone)
    for key in rig.keys:
        keys.setdefault(key.mesh.name, {})[key.name] = {
            "shows": dict(key.shows.mix), "offset": key.shows.offset,
        }  # fmt: skip
    for drive in rig.drives:
        for mesh, roles in getattr(drive, "keys_of_meshes", {}).items():
            keys.setdefault(mesh, {}).update({name: {"expressions": mix} for name, mix in roles.items()})
    return {
        "kind": rig.kind,
        "line": describe(rig),
        "object": rig.holder.name,
        "skeleton": rig.skeleton,
        "bones": len(rig.armature.data.bones) if rig.armature is not None else 0,
        "joints": rig.bones,
        "eye_bones": [rig.joints[name].bone for name in EYES if name in rig.joints],
        "jaw_bone": rig.joints["jaw"].bone if "jaw" in rig.joints else "",
        "root": rig.root.bone if rig.root is not None else "",
        "rest_pose": {"pose": pose[0], "degrees": round(pose[1], 1)} if pose is not None else None,
        "face": {
            "kind": rig.face,
            "meshes": [mesh.name for mesh in rig.meshes] if rig.keys or rig.drives else [],
            "keys": keys,
            "parts": [drive.title for drive in rig.drives],
            "coefficients": sorted(coefficients_of(rig), key=ARKIT_NAMES.index),
        },
        "regions": {region: {"animated": region in shown, "lacks": rig.lacks.get(region, "")} for region in REGIONS},
        "meshes": [mesh.name for mesh in rig.attached],
        "warnings": warnings(rig),
    }


def warnings(rig: Rig) -> list[str]:
    """Return what an artist should know before animating, one sentence each."""
    return list(dict.fromkeys([*rig.notes, *rig.lacks.values()]))


def _title(name: str, what: str) -> str:
    """Return what a kind is called; one that no mapping holds, a skeleton found by its structure, by its name."""
    held = {kind.name: kind.title for kind in kinds()[0 if what == "skeleton" else 1]}
    return held.get(name) or f"{name[:1].upper()}{name[1:]} {what}".strip()


def _skeleton_title(rig: Rig) -> str:
    worn = next((kind.on_meshes for kind in kinds()[0] if kind.name == rig.skeleton and rig.attached), "")
    return worn or _title(rig.skeleton, "skeleton")


def _body(rig: Rig) -> str:
    if rig.armature is None:
        return "Face only, no skeleton"
    if not rig.joints:
        return f"Unknown skeleton, {_count(rig)}; face only"
    parts = [_skeleton_title(rig), _count(rig)]
    pose = rest_pose(rig)
    if pose is not None:
        name, angle = pose
        said = {"T": "T-pose", "A": "A-pose", "hanging": "arms down", "raised": "arms raised"}[name]
        parts.append(said if name == "T" else f"{said} {abs(angle):.0f} deg")
    return ", ".join(parts)


def _count(rig: Rig) -> str:
    count = len(rig.armature.data.bones)
    return f"{count} bone{'s' if count != 1 else ''}"


def _face(rig: Rig) -> str:
    parts = []
    shown = {name for key in rig.keys for name, _ in key.shows.mix}
    if shown:
        # Also those whose movement a bone does.
        shown |= rig.found.coefficients if rig.found is not None else set()
        parts.append(f"{_title(rig.face, 'face').removesuffix(' face')} {len(shown)}/{len(ARKIT_NAMES)}")
    parts += [drive.title.removeprefix("face ") for drive in rig.drives]
    if parts:
        return f"face: {', '.join(parts)}"
    if not rig.attached:
        return "no mesh: motion only"
    return "body only, no face keys" if "jaw" not in rig.joints else "no face keys, the jaw by its bone"


def _missing(rig: Rig) -> str:
    if not rig.joints:
        return ""
    shown = coefficients_of(rig)
    missing = []
    if "jaw" not in rig.joints and "jawOpen" not in shown and rig.attached:
        missing.append("jaw")
    if not any(name in rig.joints for name in EYES):
        missing.append("eye")
    if "left_elbow" in rig.joints and not any(name in rig.joints for name in REGION_JOINTS["hands"]):
        missing.append("finger")
    if not missing:
        return ""
    return f"no {' or '.join([', '.join(missing[:-1]), missing[-1]] if missing[1:] else missing)} bones"
