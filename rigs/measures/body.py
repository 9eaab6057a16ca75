"""Figures of a body: where limbs, hands and fingers point, spine, head, eyes, travel and feet."""

from __future__ import annotations

import itertools

import numpy as np

from ...inference.rotation import quaternion_to_matrix
from ..reference_skeleton import KNUCKLES, PLACES, points_at
from ..takes.contacts import near_touches
from .case import Case, Doubles, angles

_SIDES = ("left", "right")
_LIMBS = {"upper arm": "shoulder", "forearm": "elbow", "thigh": "hip", "shin": "knee", "hand": "wrist"}
_ARMS = ("upper arm", "forearm")
_FINGERS = ("index", "middle", "ring", "pinky")
_BENT = 20.0
"""Degrees of curl from which on it is compared."""


def directions(case: Case) -> dict[str, float]:
    """Degrees between where limbs and hands point and where they were performed to: mean and largest.

    Arms, which are bent for hands that touch, are measured apart from touches and, named ``touching``, during them;
    ``touching %`` is the share of the frames looked at that are left out of the former.
    """
    touching = near_touches(case.turns)[case.rows]
    found = {"touching %": float(100.0 * np.mean(touching))}
    for name, part in _LIMBS.items():
        off: list[Doubles] = []
        for joint in (f"{side}_{part}" for side in _SIDES):
            at = points_at(joint, case.rig.joints) if joint in case.rig.joints else ()
            if at:
                shown = np.mean([case.shown(end) for end in at], axis=0) - case.shown(joint)
                wanted = np.mean([case.performed(end) for end in at], axis=0) - case.performed(joint)
                off.append(angles(shown, wanted))
        if off and name in _ARMS:
            found.update(_mean_and_most(name, np.array(off)[:, ~touching]))
            found.update(_mean_and_most(f"{name} touching", np.array(off)[:, touching]))
        elif off:
            found.update(_mean_and_most(name, np.array(off)))
    return found


def _mean_and_most(name: str, off: Doubles) -> dict[str, float]:
    return {f"{name} mean": float(np.mean(off)), f"{name} max": float(np.max(off))} if off.size else {}


def palms(case: Case) -> dict[str, float]:
    """Largest degrees between palm normals."""
    off = []
    for side in _SIDES:
        wrist, known = f"{side}_wrist", [f"{side}_{name}" for name in KNUCKLES if f"{side}_{name}" in case.rig.joints]
        if wrist in case.rig.joints and len(known) > 1:
            first, last = known[0], known[-1]
            shown = np.cross(case.shown(first) - case.shown(wrist), case.shown(last) - case.shown(wrist))
            wanted = np.cross(
                case.performed(first) - case.performed(wrist), case.performed(last) - case.performed(wrist)
            )
            off.append(angles(shown, wanted))
    return {"palm max": float(np.max(off))} if off else {}


def curls(case: Case) -> dict[str, float]:
    """Percent by which fingers bend more or less than performed, by what their last bone turns against the hand."""
    off = []
    for side in _SIDES:
        for finger in _FINGERS:
            chain = [f"{side}_{finger}{number}" for number in (1, 2, 3)]
            known = [name for name in chain if name in case.rig.joints]
            if len(known) < 2 or f"{side}_wrist" not in case.rig.joints:
                continue
            wanted = _curl([_performed_turn(case, name) for name in (f"{side}_wrist", *chain)])
            shown = _curl([case.turned(name) @ _rested(case, name) for name in (f"{side}_wrist", *known)])
            bent = wanted > _BENT
            off.append(np.abs(shown - wanted)[bent] / wanted[bent])
    every = np.concatenate(off) if off else np.zeros(0)
    return {"curl mean %": float(100.0 * every.mean()), "curl max %": float(100.0 * every.max())} if len(every) else {}


def _curl(turns: list[Doubles]) -> Doubles:
    """Return (20,) the sum of the degrees by which each of a chain is turned against the one before."""
    steps = [before.transpose(0, 2, 1) @ after for before, after in itertools.pairwise(turns)]
    traces = np.array([np.trace(step, axis1=1, axis2=2) for step in steps])
    found: Doubles = np.degrees(np.arccos(np.clip((traces - 1.0) / 2.0, -1.0, 1.0))).sum(axis=0)
    return found


def _rested(case: Case, joint: str) -> Doubles:
    """Return the (3, 3) turn from the T-pose to the rest pose of a joint's last bone."""
    found: Doubles = case.rig.joints[joint].segments[-1].correction.T
    return found


def _performed_turn(case: Case, joint: str) -> Doubles:
    found: Doubles = quaternion_to_matrix(case.turns.joint(joint)[case.rows])
    return found


def trunk(case: Case) -> dict[str, float]:
    """Largest degrees off: the head's up and front, the back from pelvis to neck as it bends, gaze of bone eyes."""
    found: dict[str, float] = {}
    joints = case.rig.joints
    if "head" in joints and "pelvis" in joints:
        shown, wanted = case.turned("head"), _performed_turn(case, "head")
        off = [angles(shown[:, :, axis], wanted[:, :, axis]) for axis in (1, 2)]
        found["head max"] = float(np.max(off))
    top = "neck" if "neck" in joints else "head"
    if top in joints and "pelvis" in joints:
        # Backs differ in how they stand at rest; how they bend from there is what was performed.
        rest = case.rest(top) - case.rest("pelvis")
        still = PLACES[top] - PLACES["pelvis"]
        shown_bend = angles(case.shown(top) - case.shown("pelvis"), rest)
        wanted_bend = angles(case.performed(top) - case.performed("pelvis"), still)
        found["spine max"] = float(np.max(np.abs(shown_bend - wanted_bend)))
    eyes = [f"{side}_eye_smplhf" for side in _SIDES if f"{side}_eye_smplhf" in joints]
    if eyes and "pelvis" in joints:
        off = [angles(case.turned(name)[:, :, 2], _performed_turn(case, name)[:, :, 2]) for name in eyes]
        found["eyes max"] = float(np.max(off))
    return found


def travel(case: Case) -> dict[str, float]:
    """Percent by which the pelvis travels more or less than performed, after scaling by the legs; drift of the feet."""
    rig = case.rig
    if rig.root is None:
        return {}
    found: dict[str, float] = {}
    unit = abs(float(rig.armature.matrix_world.to_scale().z)) / rig.root.metres
    gone = case.shown("pelvis")[-1] - case.shown("pelvis")[0]
    wanted = case.performed("pelvis")[-1] - case.performed("pelvis")[0]
    if np.linalg.norm(wanted) > 0.05:
        found["travel %"] = float(100.0 * np.linalg.norm(gone / unit - wanted) / np.linalg.norm(wanted))
    feet = [f"{side}_ankle" for side in _SIDES if f"{side}_ankle" in rig.joints]
    if feet:
        # In centimetres of a body of the default character's legs, beyond what the feet were performed to do.
        off = [
            (case.shown(name)[:, 1] - case.rest(name)[1]) / unit - (case.performed(name)[:, 1] - PLACES[name][1])
            for name in feet
        ]
        found["feet cm"] = float(100.0 * np.max(np.abs(off)))
    return found
