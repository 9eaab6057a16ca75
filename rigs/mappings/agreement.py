"""Where names and structure meet: bones that are called something they cannot be, and bones that names leave out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from .bone_graph import BoneGraph
from .facing import facing_of
from .spelling import FINGERS
from .structure import Body

_SIDES = ("left", "right")
_SPINE = ("spine1", "spine2", "spine3")
_CHAINS = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
_CERTAIN = 0.6
"""How certain geometry has to be of left and right before it contradicts names."""
_SLACK = 0.02
"""Share of the trunk by which the joints of a spine may lie below one another."""
_STRAIGHT = 0.6
"""Cosine down to which a limb may be bent whose end hangs on none of its bones."""
_AS_LONG = 2.0
"""How many times as long one half of such a limb may be as the other."""


def checked(graph: BoneGraph, bones: Mapping[str, str], *, controls: bool) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the joints whose bones can be what they are called, and what was wrong with the others.

    Parameters
    ----------
    graph : BoneGraph
        All bones.
    bones : dict
        SMPL-X joint -> bone, by names.
    controls : bool
        Whether the bones' tree is that of a control rig and says nothing.
    """
    number = {name: index for index, name in enumerate(graph.names)}
    places = {joint: number[bone] for joint, bone in bones.items()}
    if not any(graph.parents[bone] >= 0 for bone in places.values()):
        return dict(bones), ()  # loose bones have no structure
    kept, notes = dict(bones), []
    if not controls:
        kept = _at_the_hips(graph, kept)
        places = {joint: number[bone] for joint, bone in kept.items()}
        kept, lost = _hanging(graph, places, kept)
        notes += lost
    kept = _from_the_pelvis(graph, kept)
    places = {joint: number[bone] for joint, bone in kept.items()}
    kept, lost = _in_order(graph, places, kept)
    notes += lost
    kept, said = _sides(graph, places, kept)
    return kept, (*notes, *said)


def _at_the_hips(graph: BoneGraph, bones: dict[str, str]) -> dict[str, str]:
    """Take for the pelvis what carries legs and spine, where a bone on the ground is called like it: root, root.x."""
    number = {name: index for index, name in enumerate(graph.names)}
    spine = next((joint for joint in ("spine1", "spine2", "spine3") if joint in bones), None)
    hips = [f"{side}_hip" for side in _SIDES]
    if spine is None or not all(joint in bones for joint in ("pelvis", "left_knee", *hips)):
        return bones
    left, right = (number[bones[joint]] for joint in hips)
    both = graph.fork(left, right)
    carries = graph.fork(both, number[bones[spine]]) if both >= 0 else -1
    named = number[bones["pelvis"]]
    if carries < 0 or graph.names[carries] in bones.values() or named not in graph.path(carries):
        return bones
    middle = 0.5 * (graph.heads[left] + graph.heads[right])
    far = float(np.linalg.norm(graph.heads[named] - middle))
    thigh = float(np.linalg.norm(graph.heads[number[bones["left_knee"]]] - graph.heads[left]))
    near = float(np.linalg.norm(graph.heads[carries] - middle))
    return {**bones, "pelvis": graph.names[carries]} if far > thigh > near else bones


def _hanging(graph: BoneGraph, places: dict[str, int], bones: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Leave out limbs whose bones do not hang on each other."""
    notes, dropped = [], set()
    chains = [[f"{side}_{part}" for part in chain] for side in _SIDES for chain in _CHAINS]
    chains += [[f"{side}_{finger}{link}" for link in (1, 2, 3)] for side in _SIDES for finger in FINGERS]
    for chain in chains:
        present = [joint for joint in chain if joint in places]
        for upper, lower in itertools.pairwise(present):
            if not graph.path(places[lower], places[upper]) and not _loose_end(graph, places, present, lower):
                notes.append(f"'{bones[lower]}' does not hang on '{bones[upper]}', as its name has it; left alone.")
                outer = present[present.index(lower) :]
                # A limb without its end still bends; its beginning alone does not.
                dropped.update(outer if len(present) - len(outer) > 1 else present)
                break
    for side in _SIDES:
        wrist = places.get(f"{side}_wrist")
        for finger in FINGERS if wrist is not None else ():
            links = [f"{side}_{finger}{link}" for link in (1, 2, 3) if f"{side}_{finger}{link}" in places]
            if links and wrist is not None and not graph.path(places[links[0]], wrist):
                dropped.update(links)
    return {joint: bone for joint, bone in bones.items() if joint not in dropped}, notes


def _loose_end(graph: BoneGraph, places: dict[str, int], limb: list[str], end: str) -> bool:
    """Tell whether a hand or a foot lies where its limb ends and hangs on no bone of the body: IK held it there."""
    if len(limb) < 3 or end != limb[2]:
        return False
    start, middle, last = (places[joint] for joint in limb)
    if graph.depth(middle) > 2 or set(graph.path(last)[:-1]) & set(places.values()):
        return False
    upper, lower = graph.heads[middle] - graph.heads[start], graph.heads[last] - graph.heads[middle]
    lengths = float(np.linalg.norm(upper)), float(np.linalg.norm(lower))
    alike = max(lengths) < _AS_LONG * min(lengths)
    return alike and float(upper @ lower) > _STRAIGHT * lengths[0] * lengths[1]


def _from_the_pelvis(graph: BoneGraph, bones: dict[str, str]) -> dict[str, str]:
    """Number a spine from the pelvis upwards where its names count downwards and its bones hang on each other."""
    number = {name: index for index, name in enumerate(graph.names)}
    said = [joint for joint in _SPINE if joint in bones]
    chain = sorted((number[bones[joint]] for joint in said), key=lambda bone: len(graph.path(bone)))
    if not all(graph.path(lower, upper) for upper, lower in itertools.pairwise(chain)):
        return bones
    return {**bones, **{joint: graph.names[bone] for joint, bone in zip(said, chain, strict=True)}}


def _in_order(graph: BoneGraph, places: dict[str, int], bones: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Leave out joints of the spine that lie below the one before them."""
    spine = [joint for joint in ("pelvis", "spine1", "spine2", "spine3", "neck", "head") if joint in bones]
    if len(spine) < 3:
        return bones, []
    way = graph.heads[places[spine[-1]]] - graph.heads[places[spine[0]]]
    length = float(np.linalg.norm(way))
    if length <= 0.0:
        return bones, []
    at = [float((graph.heads[places[joint]] - graph.heads[places[spine[0]]]) @ way) / length**2 for joint in spine]
    wrong = [joint for joint, low, high in zip(spine[1:], at, at[1:], strict=False) if high < low - _SLACK]
    notes = [f"'{bones[joint]}' does not lie above the spine's bone before it; left alone." for joint in wrong]
    return {joint: bone for joint, bone in bones.items() if joint not in wrong}, notes


def _sides(graph: BoneGraph, places: dict[str, int], bones: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Exchange left and right where the body says that names have them the wrong way round."""
    parts = [part for part in ("shoulder", "hip") if all(f"{side}_{part}" in bones for side in _SIDES)]
    top = next((joint for joint in ("head", "neck") if joint in bones), None)
    if not parts or top is None or "pelvis" not in bones:
        return bones, []
    up = graph.heads[places[top]] - graph.heads[places["pelvis"]]
    across = sum(graph.heads[places[f"left_{part}"]] - graph.heads[places[f"right_{part}"]] for part in parts)
    if float(np.linalg.norm(up)) <= 0.0:
        return bones, []
    up = up / np.linalg.norm(up)
    across = across - (across @ up) * up
    if float(np.linalg.norm(across)) <= 1e-9:
        return bones, []
    limbs = [
        {joint.removeprefix(f"{side}_"): places[joint] for joint in bones if joint.startswith(f"{side}_")}
        for side in _SIDES
    ]
    trunk = {joint: places[joint] for joint in ("head",) if joint in bones}
    facing = facing_of(graph, trunk, limbs, across, up)
    if facing.first_is_left or facing.certainty < _CERTAIN:
        return bones, []
    other = {"left": "right", "right": "left"}
    turned = {}
    for joint, bone in bones.items():
        side, _, part = joint.partition("_")
        turned[f"{other[side]}_{part}" if side in other else joint] = bone
    return turned, ["Its bones named left lie on its right side; left and right go by where they lie."]


def filled(graph: BoneGraph, bones: Mapping[str, str], body: Body) -> dict[str, str]:
    """Return the joints that names found, with those that only structure found where both agree about the limb."""
    bones = _not_a_joint_further(bones, body)
    whole = dict(bones)
    taken = set(bones.values())
    number = {name: index for index, name in enumerate(graph.names)}

    def take(joints: list[str]) -> None:
        if not any(joint in whole for joint in joints):
            for joint in joints:
                if body.bones.get(joint) not in (None, *taken):
                    whole[joint] = body.bones[joint]
                    taken.add(body.bones[joint])

    def agree(*joints: str) -> bool:
        return all(joint in bones and bones[joint] == body.bones.get(joint) for joint in joints)

    def hang(chain: list[str]) -> bool:
        said = [number[body.bones[joint]] for joint in chain if joint in body.bones]
        return all(graph.path(lower, upper) for upper, lower in itertools.pairwise(said))

    for side in _SIDES:
        arm = [f"{side}_{part}" for part in _CHAINS[0]]
        leg = [f"{side}_{part}" for part in _CHAINS[1]]
        for chain in (arm, leg):
            take(chain)
            if agree(*(joint for joint in chain if joint in bones)) and hang(chain):
                for joint in chain:
                    take([joint])
        if agree(f"{side}_shoulder") or f"{side}_shoulder" not in bones:
            take([f"{side}_collar"])
        if agree(f"{side}_wrist") or f"{side}_wrist" not in bones:
            said = [f"{side}_{finger}1" for finger in FINGERS if f"{side}_{finger}1" in bones]
            for finger in FINGERS if agree(*said) else ():
                take([f"{side}_{finger}{link}" for link in (1, 2, 3)])
        if agree(f"{side}_ankle"):
            take([f"{side}_foot"])
    if agree("head"):
        take(["neck"])
        take(["left_eye_smplhf", "right_eye_smplhf"])
    elif "head" not in bones and agree("left_shoulder", "right_shoulder"):
        take(["head"])
        take(["neck"])
    _take_spine(graph, bones, body, whole)
    take(["pelvis"])
    return _from_the_knuckle(graph, whole)


def _not_a_joint_further(bones: Mapping[str, str], body: Body) -> dict[str, str]:
    """Return the joints with limbs as structure has them whose first bone is named like their second: a leg, a knee."""
    found = dict(bones)
    for side in _SIDES:
        for first, second, end in _CHAINS:
            limb = [f"{side}_{part}" for part in (first, second, end)]
            if limb[0] in bones or limb[1] not in bones or body.bones.get(limb[0]) != bones[limb[1]]:
                continue
            own = {joint: body.bones[joint] for joint in limb if joint in body.bones}
            others = {bone for joint, bone in bones.items() if joint not in limb}
            if len(own) == len(limb) and others.isdisjoint(own.values()):
                found.update(own)
    return found


def _take_spine(graph: BoneGraph, bones: Mapping[str, str], body: Body, whole: dict[str, str]) -> None:
    """Take the spine as structure has it where names leave joints of it out: a waist before the spine, say."""
    said = [joint for joint in _SPINE if joint in bones]
    found = [joint for joint in _SPINE if joint in body.bones]
    limbs = {bone for joint, bone in bones.items() if joint not in _SPINE}
    if len(said) >= len(found) or (said and ("pelvis" not in bones or bones["pelvis"] != body.bones.get("pelvis"))):
        return
    number = {name: index for index, name in enumerate(graph.names)}
    chain = {graph.names[bone] for bone in graph.path(number[body.bones[found[-1]]])}
    if any(body.bones[joint] in limbs for joint in found) or not {bones[joint] for joint in said[:1]} <= chain:
        return
    for joint in _SPINE:
        whole.pop(joint, None)
    whole.update({joint: body.bones[joint] for joint in found})


def _from_the_knuckle(graph: BoneGraph, bones: dict[str, str]) -> dict[str, str]:
    """Number fingers from the hand outwards, where names begin with a later link."""
    number = {name: index for index, name in enumerate(graph.names)}
    for side in _SIDES:
        wrist = number.get(bones.get(f"{side}_wrist", ""))
        for finger in FINGERS if wrist is not None else ():
            links = [f"{side}_{finger}{link}" for link in (1, 2, 3)]
            present = [joint for joint in links if joint in bones]
            if not present or links[0] in bones or graph.parents[number[bones[present[0]]]] != wrist:
                continue
            chain = [number[bones[present[0]]]]
            while len(graph.children[chain[-1]]) == 1 and len(chain) < 3:
                chain.append(graph.children[chain[-1]][0])
            for joint in present:
                del bones[joint]
            bones.update(zip(links, (graph.names[bone] for bone in chain), strict=False))
    return bones
