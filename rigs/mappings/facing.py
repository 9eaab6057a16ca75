"""Which way a character faces at rest, told from its bones: toes and faces are in front, knees bend forwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .bone_graph import BoneGraph

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Facing:
    """The character's own directions."""

    up: Doubles
    left: Doubles
    front: Doubles
    first_is_left: bool
    """Whether the first of the two sides that were asked about is the left one."""
    certainty: float
    """From 0, bones of front and back weigh the same, to 1."""


def facing_of(
    graph: BoneGraph, trunk: Mapping[str, int], sides: Sequence[Mapping[str, int]], across: Doubles, up: Doubles
) -> Facing:
    """Return which way a body faces.

    Parameters
    ----------
    graph : BoneGraph
        The bones.
    trunk : dict
        ``"head"`` -> bone, where there is one.
    sides : two dicts
        Parts (``"ankle"``, ``"thumb1"``) -> bone, of one side and the other.
    across : array, (3,)
        Horizontal direction from the second side to the first.
    up : array, (3,)
        Where the head is.
    """
    left = across / np.linalg.norm(across)
    front = np.cross(left, up)
    votes = [vote for side in sides for vote in _votes(graph, side, up)]
    votes += _face(graph, trunk, sides, left, up)
    weighed = [(weight, float(way @ front)) for weight, way in votes]
    total = sum(weight * np.clip(4.0 * at, -1.0, 1.0) for weight, at in weighed)
    most = sum(weight for weight, _ in weighed)
    first_is_left = (
        total >= 0.0 if abs(total) > 0.05 * max(most, 1e-9) else float(front @ np.array([0.0, -1.0, 0.0])) >= 0.0
    )
    sign = 1.0 if first_is_left else -1.0
    return Facing(up, sign * left, sign * front, first_is_left, float(abs(total) / most) if most else 0.0)


def _votes(graph: BoneGraph, side: Mapping[str, int], up: Doubles) -> list[tuple[float, Doubles]]:
    """Return (weight, direction that is forwards) of what a side's limbs say; directions are 1 long at most."""
    heads = {part: graph.heads[bone] for part, bone in side.items()}
    found: list[tuple[float, Doubles]] = []
    if {"hip", "knee", "ankle"} <= set(heads):
        leg = float(np.linalg.norm(heads["ankle"] - heads["hip"]))
        found.append((1.5, 10.0 * _aside(heads["hip"], heads["knee"], heads["ankle"]) / max(leg, 1e-12)))
        toes = heads["foot"] - heads["ankle"] if "foot" in heads else None
        if toes is None:
            ahead = [graph.heads[bone] - heads["ankle"] for bone in graph.below(side["ankle"])[1:]]
            toes = np.mean(ahead, axis=0) if ahead else None
        if toes is not None:
            found.append((4.0, _level(toes, up) / max(0.2 * leg, 1e-12)))
        else:
            foot = graph.tails[side["ankle"]] - heads["ankle"]
            found.append((0.5, _level(foot, up) / max(float(np.linalg.norm(foot)), 1e-12)))
    if {"shoulder", "elbow", "wrist"} <= set(heads):
        arm = float(np.linalg.norm(heads["wrist"] - heads["shoulder"]))
        found.append(
            (1.0, -10.0 * _level(_aside(heads["shoulder"], heads["elbow"], heads["wrist"]), up) / max(arm, 1e-12))
        )
    others = [heads[f"{finger}1"] for finger in ("index", "middle", "ring", "pinky") if f"{finger}1" in heads]
    if "thumb1" in heads and "thumb2" in heads and others and "wrist" in heads:
        mean = np.mean(others, axis=0)
        along = mean - heads["wrist"]
        along /= max(float(np.linalg.norm(along)), 1e-12)
        out = heads["thumb2"] - heads["wrist"]
        out = out - (out @ along) * along
        found.append((2.0, _level(out, up) / max(float(np.linalg.norm(out)), 1e-12)))
    return found


def _face(
    graph: BoneGraph, trunk: Mapping[str, int], sides: Sequence[Mapping[str, int]], left: Doubles, up: Doubles
) -> list[tuple[float, Doubles]]:
    """Return what bones of the face say: those in pairs, which hair seldom has."""
    if "head" not in trunk:
        return []
    head = graph.heads[trunk["head"]]
    below = graph.below(trunk["head"])[1:]
    if not below:
        return []
    places = graph.heads[below] - head
    size = float(np.linalg.norm(places, axis=1).max())
    found = []
    mean = _level(places.mean(axis=0), up)
    found.append((1.5, 2.0 * (mean - (mean @ left) * left) / max(size, 1e-12)))
    return found


def _aside(start: Doubles, joint: Doubles, end: Doubles) -> Doubles:
    """Return how far a joint lies off the way from start to end."""
    way = end - start
    way = way / max(float(np.linalg.norm(way)), 1e-12)
    off: Doubles = (joint - start) - ((joint - start) @ way) * way
    return off


def _level(direction: Doubles, up: Doubles) -> Doubles:
    flat: Doubles = direction - (direction @ up) * up
    return flat
