"""Where a body's legs and arms are: the pelvis that two chains reach the ground from, the ends of the arms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .bone_graph import BoneGraph
from .limbs import leg_joints

Doubles = npt.NDArray[np.float64]

_LOW = 0.09
"""Share of the body's height below which a bone stands on the ground."""
OFF = 0.02
"""Share of the body's height that counts as beside its middle."""
_ARM_LIKE = 0.6
"""Share of an arm's length from which on something with fingers is an arm."""
_HELD = 1.15
"""How much longer than the other one arm may be without holding something."""
_FEET = 0.1
"""How much more unlike each other two legs may be for each sign of a foot."""
_ARM = 0.2
"""Share of the body's height from which on it is one beside longer ones too: arms beside wings."""


@dataclass(frozen=True, eq=False)
class Trunk:
    """Pelvis and legs."""

    pelvis: int
    legs: tuple[list[int], list[int]]
    """Chains from below the pelvis down to the ground."""
    across: Doubles
    """Horizontal direction from the second leg to the first."""
    middle: Doubles
    """The place between the hips."""
    up: Doubles
    height: float


def find_legs(graph: BoneGraph, up: Doubles) -> Trunk | None:
    """Return pelvis and legs: the lowest bone off the ground with two branches that reach it."""
    heights = graph.heads @ up
    ground, height = float(heights.min()), float(np.ptp(heights))
    if height <= 0.0:
        return None
    lowest = heights.copy()
    lowest_bone = list(range(len(heights)))
    for bone in range(len(heights) - 1, -1, -1):
        for child in graph.children[bone]:
            if lowest[child] < lowest[bone]:
                lowest[bone], lowest_bone[bone] = lowest[child], lowest_bone[child]
    options = []
    for bone in range(len(heights)):
        branches = [
            child
            for child in graph.children[bone]
            if lowest[child] < ground + _LOW * height and heights[child] > ground + 1.3 * _LOW * height
        ]
        # On the ground are feet, and the roots that a whole body hangs on.
        above = heights[graph.path(bone)]
        if len(branches) < 2 or above[-1] < ground + 1.5 * _LOW * height <= above.max():
            continue
        for index, first in enumerate(branches):
            for second in branches[index + 1 :]:
                apart = graph.heads[lowest_bone[first]] - graph.heads[lowest_bone[second]]
                apart = apart - (apart @ up) * up
                chains = [_way_down(graph, branch, lowest_bone[branch]) for branch in (first, second)]
                if float(np.linalg.norm(apart)) > OFF * height and min(map(len, chains)) >= 3:
                    feet = sum(_foot(graph, chain, up, ground + 1.5 * _LOW * height) for chain in chains)
                    cost = round(_unlike(graph, bone, chains, apart) - _FEET * feet, 2)
                    options.append((cost, -len(graph.path(bone)), bone, chains, apart))
    if not options:
        return None
    _, _, fork, chains, apart = min(options, key=lambda item: item[:3])
    parts = [leg_joints(graph.heads[chain], up) for chain in chains]
    if any(part is None for part in parts):
        return None
    hips = [graph.heads[chain[part[0]]] for chain, part in zip(chains, parts, strict=True) if part is not None]
    across = hips[0] - hips[1]
    across = across - (across @ up) * up
    if float(np.linalg.norm(across)) < 1e-3 * height:
        across = apart
    across = across / np.linalg.norm(across)
    middle = 0.5 * (hips[0] + hips[1])
    pelvis = _pelvis(graph, fork, middle, across, up, height)
    legs = tuple(graph.path(chain[-1], pelvis) or chain for chain in chains)
    own = {bone for chain in chains for bone in chain}
    legs = tuple([bone for bone in leg if bone in own] for leg in legs)
    return Trunk(pelvis, legs, across, middle, up, height)  # type: ignore[arg-type]


def _unlike(graph: BoneGraph, fork: int, chains: list[list[int]], apart: Doubles) -> float:
    """Return how far two chains are from being the two legs of one body: a leg and a tail differ."""
    lengths = [_length(graph, chain[-1], fork) for chain in chains]
    middle = np.mean([graph.heads[chain[-1]] for chain in chains], axis=0) - graph.heads[fork]
    askew = abs(float(middle @ apart)) / float(apart @ apart)
    return askew + abs(float(np.log(max(lengths[0], 1e-12) / max(lengths[1], 1e-12))))


def _foot(graph: BoneGraph, chain: list[int], up: Doubles, low: float) -> int:
    """Return how much a chain ends in a foot, 0 to 2, low above the ground: hems of long skirts are there too."""
    toes = any(len(graph.children[bone]) > 2 and float(graph.heads[bone] @ up) < low for bone in chain[2:])
    joints = leg_joints(graph.heads[chain], up)
    return 2 if toes else int(joints is not None and joints[3] is not None)


def _way_down(graph: BoneGraph, branch: int, tip: int) -> list[int]:
    """Return the chain from a branch to a tip, on to the end of what hangs on it alone."""
    path = [branch, *graph.path(tip, branch)] if tip != branch else [branch]
    while len(graph.children[path[-1]]) == 1:
        path.append(graph.children[path[-1]][0])
    return path


def _pelvis(graph: BoneGraph, fork: int, middle: Doubles, across: Doubles, up: Doubles, height: float) -> int:
    """Return the bone above the legs that lies nearest to the middle of the hips: some rigs hang legs on the spine."""
    best = fork
    nearest = float(np.linalg.norm(graph.heads[fork] - middle))
    for bone in reversed(graph.path(fork)[:-1]):
        far = float(np.linalg.norm(graph.heads[bone] - middle))
        low = float((graph.heads[bone] - middle) @ up) < -0.01 * height
        if (
            not low
            and far < nearest - OFF * height
            and abs(float((graph.heads[bone] - middle) @ across)) < OFF * height
        ):
            best, nearest = bone, far
    return best


def find_hands(graph: BoneGraph, trunk: Trunk) -> tuple[tuple[int, int] | None, bool]:
    """Return the two hands (what fingers hang on, or the ends of the arms), and whether there is one too many."""
    legs = {bone for chain in trunk.legs for bone in graph.below(chain[0])}
    rest = [bone for bone in range(len(graph.names)) if bone not in legs]
    aside = (graph.heads - trunk.middle) @ trunk.across
    fans = [bone for bone in rest if sum(graph.depth(child) >= 2 for child in graph.children[bone]) >= 2]
    # Fingers may share a bone of the palm; the hand is what that one hangs on.
    fans = [
        bone for bone in fans if graph.parents[bone] not in fans or abs(aside[graph.parents[bone]]) < OFF * trunk.height
    ]
    above = {bone for fan in fans for bone in graph.path(fan)[:-1]}
    fans = [bone for bone in fans if bone not in above and bone != trunk.pelvis]
    pairs = [
        (first, second)
        for first in fans
        for second in fans
        if aside[first] > aside[second] and _sides_differ(graph, trunk, first, second, aside)
    ]
    if pairs:
        first, second = max(pairs, key=lambda pair: float(aside[pair[0]] - aside[pair[1]]))
        fork = graph.fork(first, second)
        reach = 0.5 * (_length(graph, first, fork) + _length(graph, second, fork))
        # What lies above the arms, near the middle, is hair and face.
        roof = max(float(graph.heads[graph.path(end, fork)[0]] @ trunk.up) for end in (first, second))
        wide = 0.5 * min(abs(aside[first]), abs(aside[second]))
        more = [
            bone
            for bone in fans
            if bone not in (first, second)
            and (float(graph.heads[bone] @ trunk.up) < roof + 2 * OFF * trunk.height or abs(aside[bone]) > wide)
            and _length(graph, bone, graph.fork(bone, first)) > min(_ARM_LIKE * reach, _ARM * trunk.height)
        ]
        return (first, second), bool(more)
    return _without_fingers(graph, trunk, rest, aside)


def _without_fingers(
    graph: BoneGraph, trunk: Trunk, rest: list[int], aside: Doubles
) -> tuple[tuple[int, int] | None, bool]:
    """Return the two ends that lie farthest to the sides, and whether others there are as much like arms."""
    left = [bone for bone in rest if not graph.children[bone]]
    found: list[tuple[int, int]] = []
    for _ in range(8):
        if len(left) < 2:
            break
        first, second = max(left, key=lambda bone: aside[bone]), min(left, key=lambda bone: aside[bone])
        if aside[first] < OFF * trunk.height or aside[second] > -OFF * trunk.height:
            break
        if _sides_differ(graph, trunk, first, second, aside):
            found.append((first, second))
        left = [bone for bone in left if bone not in (first, second)]
    if not found:
        return None, False
    arms, *others = found
    starts = [graph.path(end, graph.fork(*arms))[0] for end in arms]
    more = False
    for pair in others:
        fork = graph.fork(*pair)
        begins = [graph.path(end, fork)[0] for end in pair]
        apart = not set(begins) & set(starts)
        long = min(_length(graph, end, fork) for end in pair) > _ARM * trunk.height
        more |= apart and long and _carries_head(graph, trunk, fork, begins)
    return _mirrored(graph, arms), more


def _carries_head(graph: BoneGraph, trunk: Trunk, bone: int, branches: list[int]) -> bool:
    """Tell whether a chain goes up in the middle from where branches fork: not where hair hangs on a head."""
    for child in graph.children[bone]:
        way = graph.heads[child] - graph.heads[bone]
        upright = float(way @ trunk.up) > 0.7 * float(np.linalg.norm(way))
        if child not in branches and upright and graph.depth(child) > 1:
            return True
    return False


def _mirrored(graph: BoneGraph, ends: tuple[int, int]) -> tuple[int, int]:
    """Return the ends of two chains with the longer one cut where the shorter one ends: one hand holds something."""
    fork = graph.fork(*ends)
    lengths = [_length(graph, end, fork) for end in ends]
    cut = list(ends)
    longer = int(lengths[1] > lengths[0])
    if lengths[longer] > _HELD * lengths[1 - longer]:
        way = graph.path(ends[longer], fork)[2:]
        cut[longer] = min(way, key=lambda bone: abs(_length(graph, bone, fork) - lengths[1 - longer]))
    return cut[0], cut[1]


def _sides_differ(graph: BoneGraph, trunk: Trunk, first: int, second: int, aside: Doubles) -> bool:
    """Tell whether two ends hang on the trunk above the pelvis, one on either side, on chains of three bones."""
    fork = graph.fork(first, second)
    if fork in (-1, trunk.pelvis) or abs(aside[fork]) > 2 * OFF * trunk.height:
        return False
    if float((graph.heads[fork] - trunk.middle) @ trunk.up) < 2 * OFF * trunk.height:
        return False
    chains = [graph.path(end, fork) for end in (first, second)]
    return min(map(len, chains)) >= 3 and float(np.max(aside[chains[0]])) > 0.0 > float(np.min(aside[chains[1]]))


def _length(graph: BoneGraph, bone: int, above: int) -> float:
    chain = [above, *graph.path(bone, above)] if above >= 0 else graph.path(bone)
    return float(np.linalg.norm(np.diff(graph.heads[chain], axis=0), axis=1).sum())
