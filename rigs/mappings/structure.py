"""Finds the joints of a humanoid from where its bones lie and hang, without names.

A body is a pelvis with two legs below it and a spine that forks into two arms and a head. Up is tried as the world and
the armature have it; left and right follow from which way the character faces: toes, face, thumbs and knees say.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
_CLOSE, _NEAR = 0.4, 0.4
"""How far from a limb's part correctives lie at most, in its length, and how far they reach at most, as a share of what
the limb does: fingers and faces reach farther."""
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
    """Leave out what hangs beside a limb's next joint: twist and roll bones, correctives around elbows and knees."""
    reach = _reaches(graph)
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
            if any(_beside(graph, [child], bone, end) < 0.1 for end in going):
                dropped.add(child)
        if len(going) < 2:
            continue
        farthest = max(going, key=reach.__getitem__)
        for child in going:
            if child == farthest:
                continue
            cluster = graph.below(child)
            chain = all(len(graph.children[item]) < 2 for item in cluster)
            around = _beside(graph, cluster, bone, farthest, before=_CLOSE) < _CLOSE
            if (chain and _beside(graph, cluster, bone, farthest) < 0.1) or (
                around and reach[child] < _NEAR * reach[farthest]
            ):
                dropped.update(cluster)
    return graph.kept(set(range(len(graph.names))) - dropped) if dropped else graph


def _reaches(graph: BoneGraph) -> list[float]:
    """Return how far from the bone above it each bone and what hangs on it reaches."""
    found = []
    for bone, parent in enumerate(graph.parents):
        away = graph.heads[graph.below(bone)] - graph.heads[parent if parent >= 0 else bone]
        found.append(float(np.linalg.norm(away, axis=1).max()))
    return found


def _beside(graph: BoneGraph, bones: Sequence[int], start: int, end: int, before: float = 0.05) -> float:
    """Return how far bones lie from the way between two others, in its length; infinite beyond its ends.

    Parameters
    ----------
    before : float
        Share of the way by which they may lie before its start.
    """
    way = graph.heads[end] - graph.heads[start]
    length = max(float(way @ way), 1e-12)
    off = graph.heads[list(bones)] - graph.heads[start]
    at = off @ way / length
    if at.min() < -before or at.max() > 1.05:
        return np.inf
    return float(np.linalg.norm(off - at[:, None] * way, axis=1).max()) / float(np.sqrt(length))


def _foot(graph: BoneGraph, ankle: int, lowest: int, up: Doubles) -> int | None:
    """Return the ball of a foot: what reaches farthest ahead of heels and correctives; None where toes hang alone."""

    def ahead(bone: int) -> float:
        away = graph.heads[bone] - graph.heads[ankle]
        return float(np.linalg.norm(away - (away @ up) * up))

    beside = graph.children[ankle]
    if lowest not in beside:
        return lowest if len(beside) < 3 else None
    far = [bone for bone in beside if 2.0 * ahead(bone) > max(map(ahead, beside))]
    return max(far, key=ahead) if len(far) < 3 else None


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
        foot = _foot(graph, chain[ankle], chain[toes], up) if toes is not None else None
        if foot is not None:
            limbs[side]["foot"] = foot
    if not all("shoulder" in limb for limb in limbs):
        return Body()
    facing = facing_of(graph, found, limbs, trunk.across, up)
    names = ("left", "right") if facing.first_is_left else ("right", "left")
    for side_name, limb in zip(names, limbs, strict=True):
        found.update({f"{side_name}_{part}": bone for part, bone in limb.items()})
    found.update(find_eyes(graph, found, facing))
    return Body({joint: graph.names[bone] for joint, bone in found.items()}, facing=facing)
