"""Finds the joints of a humanoid from where its bones lie and hang, without names.

A body is a pelvis with two legs below it and a spine that forks into two arms and a head. Up is tried as the world and
the armature have it; left and right follow from which way the character faces: toes, face, thumbs and knees say.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .bone_graph import BoneGraph
from .facing import Facing, facing_of
from .hands import finger_chains, held_things, name_fingers
from .limbs import arm_joints, leg_joints, spread
from .neck import Arm, find_eyes, find_neck
from .trunk import OFF, find_hands, find_legs

Doubles = npt.NDArray[np.float64]

_UPRIGHT = 0.6
"""Cosine of the angle at which a trunk may lean."""
_HIGH = 0.12
"""Share of the body's height that a pelvis may lie from between the hips."""
_MECHANISM = 0.15
"""Bones above the deforming ones that do not deform, as a share of those, from which on a rig is a mechanism."""


@dataclass(frozen=True)
class Body:
    """What structure says about a skeleton."""

    bones: dict[str, str] = field(default_factory=dict)
    """SMPL-X joint -> bone; empty where it is no body."""
    notes: tuple[str, ...] = ()
    refused: str = ""
    """Why it is none that can be animated, in one sentence."""
    facing: Facing | None = None


def find_body(graph: BoneGraph, moving: Collection[str] = (), still: Collection[str] = ()) -> Body:
    """Return the joints of a body.

    Parameters
    ----------
    graph : BoneGraph
        All bones.
    moving : collection of str
        Bones that deform something; empty for a skeleton without meshes.
    still : collection of str
        Bones that are set not to deform.
    """
    if not graph.names or not np.isfinite(graph.heads).all():
        return Body()
    wanted = set(range(len(graph.names)))
    if not set(moving).isdisjoint(graph.names):
        known = [index for index, name in enumerate(graph.names) if name in moving]
        above = {bone for index in known for bone in graph.path(index)}
        # Rigs whose deforming bones hang on mechanisms: only what they touch says how they belong together.
        idle = [index for index in above.difference(known) if graph.names[index] in still]
        wanted = above if len(idle) < _MECHANISM * len(known) else set(known)
    plain = _without_helpers(graph.kept(wanted))
    body = Body()
    if not plain.names:
        return body
    for up in _ups():
        body = _body(plain, up)
        if body.bones or body.refused:
            break
    return body


def _ups() -> list[Doubles]:
    return [np.array(up, np.float64) for up in ((0, 0, 1), (0, 1, 0), (0, -1, 0), (0, 0, -1), (1, 0, 0), (-1, 0, 0))]


def _without_helpers(graph: BoneGraph) -> BoneGraph:
    """Leave out bones without children on the way from their parent to its next joint: twist and roll bones."""
    dropped = set()
    for bone, children in enumerate(graph.children):
        if len(children) < 2:
            continue
        going = [child for child in children if graph.children[child]]
        if not going:
            going = [max(children, key=lambda child: float(np.linalg.norm(graph.heads[child] - graph.heads[bone])))]
        for child in children:
            if graph.children[child] or child in going:
                continue
            for end in going:
                way = graph.heads[end] - graph.heads[bone]
                length = float(way @ way)
                at = float((graph.heads[child] - graph.heads[bone]) @ way) / max(length, 1e-12)
                aside = graph.heads[child] - graph.heads[bone] - at * way
                if -0.05 <= at <= 1.05 and float(aside @ aside) < 0.01 * length:
                    dropped.add(child)
    return graph.kept(set(range(len(graph.names))) - dropped) if dropped else graph


def _body(graph: BoneGraph, up: Doubles) -> Body:
    trunk = find_legs(graph, up)
    if trunk is None:
        return Body()
    hands, third = find_hands(graph, trunk)
    if third:
        return Body(refused="It has more than two arms; take the ones too many out of the armature, or name its bones.")
    if hands is None:
        return Body()
    held = held_things(graph, hands)
    if held:
        return _body(graph.kept(set(range(len(graph.names))) - held), up)
    fork = graph.fork(*hands)
    pelvis = trunk.pelvis
    if not graph.path(fork, pelvis):  # legs hang on a pelvis of their own beside the spine
        pelvis = graph.fork(fork, pelvis)
    spine = graph.path(fork, pelvis) if pelvis >= 0 else []
    if not spine:
        return Body()
    far = [float(np.linalg.norm(graph.heads[bone] - trunk.middle)) for bone in (pelvis, spine[0])]
    if far[0] > _HIGH * trunk.height and far[1] < far[0] - OFF * trunk.height and len(spine) > 1:
        pelvis, spine = spine[0], spine[1:]  # legs and pelvis hang on a bone on the ground, side by side
    arms: list[Arm] = []
    for hand in hands:
        chain = graph.path(hand, fork)
        fans = len(finger_chains(graph, hand)) >= 2
        places = graph.heads[chain]
        outwards = np.abs((places - trunk.middle) @ trunk.across)
        parts = arm_joints(places, outwards, len(chain) - 1 if fans else None)
        if parts is None:
            return Body()
        arms.append((chain, parts))
    way = graph.heads[fork] - trunk.middle
    if float(way @ up) < _UPRIGHT * float(np.linalg.norm(way)):
        return Body()  # an animal on four legs
    neck, head, spine = find_neck(graph, trunk, fork, [chain[0] for chain, _ in arms], spine, arms, up)
    found: dict[str, int] = {"pelvis": pelvis}
    neck_place = graph.heads[neck if neck is not None else head if head is not None else fork]
    starts = [float((graph.heads[bone] - graph.heads[pelvis]) @ up) for bone in spine]
    whole = max(float((neck_place - graph.heads[pelvis]) @ up), 1e-9)
    for joint, bone in zip(("spine1", "spine2", "spine3"), spread([at / whole for at in starts]), strict=False):
        found[joint] = spine[bone]
    if neck is not None:
        found["neck"] = neck
    if head is not None:
        found["head"] = head
    limbs: list[dict[str, int]] = [{}, {}]
    for chain, (collar, shoulder, elbow, wrist) in arms:
        side = 0 if (graph.heads[chain[shoulder]] - trunk.middle) @ trunk.across > 0 else 1
        limbs[side].update(shoulder=chain[shoulder], elbow=chain[elbow])
        if collar:
            limbs[side]["collar"] = chain[collar[0]]
        if wrist is None:
            continue
        limbs[side]["wrist"] = chain[wrist]
        for finger, links in name_fingers(graph, chain[wrist]).items():
            limbs[side].update({f"{finger}{number}": bone for number, bone in enumerate(links[:3], 1)})
    for side, chain in enumerate(trunk.legs):
        parts_of_leg = leg_joints(graph.heads[chain], up)
        if parts_of_leg is None:
            return Body()
        hip, knee, ankle, toes = parts_of_leg
        limbs[side].update(hip=chain[hip], knee=chain[knee], ankle=chain[ankle])
        # Toes of their own are no foot.
        if toes is not None and sum(1 for _ in graph.children[chain[ankle]]) < 3:
            limbs[side]["foot"] = chain[toes]
    if not all("shoulder" in limb for limb in limbs):
        return Body()
    facing = facing_of(graph, found, limbs, trunk.across, up)
    names = ("left", "right") if facing.first_is_left else ("right", "left")
    for side_name, limb in zip(names, limbs, strict=True):
        found.update({f"{side_name}_{part}": bone for part, bone in limb.items()})
    found.update(find_eyes(graph, found, facing))
    return Body({joint: graph.names[bone] for joint, bone in found.items()}, facing=facing)
