"""Where a body's neck, head and eyes are."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from .bone_graph import BoneGraph
from .face_joints import JAW
from .facing import Facing
from .hands import name_fingers
from .trunk import OFF, Trunk

Doubles = npt.NDArray[np.float64]
Arm = tuple[list[int], tuple[list[int], int, int, int | None]]
"""A chain of bones from the trunk outwards, and which of them are collar, shoulder, elbow and wrist."""

_NECK = 0.85
"""Longest neck, in half widths of the shoulders, that ends in the head and not in a bone that marks its crown."""
_NO_EYE = re.compile(
    r"(?i)brow|lid|ear|cheek|nos|lip|mouth|lash|jaw|horn|hair|pony|braid|bang|glass|hat|teeth|tongue|temple|chin|"
    r"耳|眉|瞼|頬|髪|口|鼻"
)
"""What names call bones of a head that are no eyes."""


def find_neck(
    graph: BoneGraph,
    trunk: Trunk,
    fork: int,
    branches: list[int],
    spine: list[int],
    arms: list[Arm],
    up: Doubles,
) -> tuple[int | None, int | None, list[int]]:
    """Return neck, head, and the spine's bones without them."""
    aside = np.abs((graph.heads - trunk.middle) @ trunk.across)
    ways = [child for child in graph.children[fork] if child not in branches and aside[child] < 3 * OFF * trunk.height]
    ways = [child for child in ways if (graph.heads[child] - graph.heads[fork]) @ up > 0.0]
    # What a wing carries lies on its side; what a neck carries lies on both.
    beside = (graph.heads - trunk.middle) @ trunk.across
    ways = [child for child in ways if abs(float(beside[graph.below(child)].mean())) < 3 * OFF * trunk.height]
    if not ways:
        return None, None, spine
    top = max(
        ways, key=lambda child: (len(graph.below(child)) > 1, float((graph.heads[graph.below(child)] @ up).max()))
    )
    if len(graph.below(top)) == 1:
        top = max(ways, key=lambda child: float(graph.heads[child] @ up))
    width = float(np.mean([aside[arm[parts[1]]] for arm, parts in arms]))
    chain = [top]
    while (further := _onwards(graph, chain[-1], aside, up)) is not None:
        several = len(graph.children[chain[-1]]) > 1
        if several and float(np.linalg.norm(graph.heads[further] - graph.heads[top])) > _NECK * width:
            break
        chain.append(further)
    long = float(np.linalg.norm(graph.heads[chain[-1]] - graph.heads[chain[0]])) > _NECK * width
    tips = _ends_in_tips(graph, arms)
    if not graph.children[chain[-1]] and ((len(chain) > 2 and (tips or long)) or (len(chain) == 2 and tips and long)):
        chain.pop()
    if len(chain) > 1:
        return chain[0], chain[-1], spine
    shoulders = float(np.mean([graph.heads[parts_chain[parts[1]]] @ up for parts_chain, parts in arms]))
    if len(spine) > 1 and float(graph.heads[fork] @ up) > shoulders:
        return fork, chain[0], spine[:-1]  # the arms hang on the neck
    way = graph.heads[top] - graph.heads[fork]
    for child in ways:
        at = float((graph.heads[child] - graph.heads[fork]) @ way) / max(float(way @ way), 1e-12)
        off = float(np.linalg.norm(graph.heads[child] - graph.heads[fork] - at * way)) / float(np.linalg.norm(way))
        if child != top and 0.3 < at < 0.95 and off < 0.2 and not graph.children[child]:
            return child, top, spine  # a neck beside the head
    return None, top, spine


def _onwards(graph: BoneGraph, bone: int, aside: Doubles, up: Doubles) -> int | None:
    """Return the next bone of a neck: the only one, or the one above in the middle that most of the rest hangs on."""
    children = graph.children[bone]
    if not children:
        return None
    most = max(children, key=lambda child: len(graph.below(child)))
    if JAW.search(graph.names[most]):
        return None
    way = graph.heads[most] - graph.heads[bone]
    steep = 0.3 if len(children) == 1 else 0.7
    above = float(way @ up) > max(2.0 * abs(aside[most]), steep * float(np.linalg.norm(way)))
    return most if above and len(graph.below(most)) > 0.6 * (len(graph.below(bone)) - 1) else None


def _ends_in_tips(graph: BoneGraph, arms: list[Arm]) -> bool:
    """Tell whether chains end in bones that mark their tips: fingers of four bones without palms."""
    hands = [name_fingers(graph, chain[hand]) for chain, (_, _, _, hand) in arms if hand is not None]
    counts = [len(links) for fingers in hands for finger, links in fingers.items() if finger != "thumb"]
    return bool(counts) and float(np.mean([count > 3 for count in counts])) >= 0.5


def find_eyes(graph: BoneGraph, found: dict[str, int], facing: Facing) -> dict[str, int]:
    """Return the eyes where a head has one pair of bones in front and no others beside its middle.

    What names call ears or brows is neither an eye nor in the way of one.
    """
    if "head" not in found:
        return {}
    head = graph.heads[found["head"]]
    children = [bone for bone in graph.children[found["head"]] if not _NO_EYE.search(graph.names[bone])]
    beside = [(float((graph.heads[bone] - head) @ facing.left), bone) for bone in children]
    size = max((abs(at) for at, _ in beside), default=0.0)
    pair = [(at, bone) for at, bone in beside if abs(at) > 0.3 * size]
    if len(pair) != 2 or any(graph.children[bone] for _, bone in pair) or pair[0][0] * pair[1][0] >= 0.0:
        return {}
    ahead = [float((graph.heads[bone] - head) @ facing.front) for _, bone in pair]
    if min(ahead) < 0.8 * size or abs(ahead[0] - ahead[1]) > 0.5 * size:
        return {}
    return {("left_eye_smplhf" if at > 0.0 else "right_eye_smplhf"): bone for at, bone in pair}
