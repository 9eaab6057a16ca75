"""Which chains of a hand are which fingers: the thumb by where it begins and points, the others in order from it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .bone_graph import BoneGraph
from .spelling import FINGERS

Doubles = npt.NDArray[np.float64]

_PALM = 0.3
"""Share of the longest finger's reach within which a bone before three more is one of the palm."""
_AT_WRIST = 0.15
"""The same for a bone at the root of a thumb that has one more than others."""


def finger_chains(graph: BoneGraph, hand: int) -> list[list[int]]:
    """Return the chains of two bones or more that hang on a hand, also through a bone that several of them share."""
    found: list[list[int]] = []
    for child in graph.children[hand]:
        chain = [child]
        while len(graph.children[chain[-1]]) == 1:
            chain.append(graph.children[chain[-1]][0])
        forks = [item for item in graph.children[chain[-1]] if graph.depth(item) >= 2]
        if len(forks) >= 2:
            for item in forks:
                chain = [item]
                while graph.children[chain[-1]]:
                    chain.append(max(graph.children[chain[-1]], key=graph.depth))
                found.append(chain)
            continue
        while graph.children[chain[-1]]:
            chain.append(max(graph.children[chain[-1]], key=graph.depth))
        if len(chain) >= 2:
            found.append(chain)
    return found


def name_fingers(graph: BoneGraph, hand: int) -> dict[str, list[int]]:
    """Return finger -> its bones from the knuckle outwards, without those of the palm; empty without fingers."""
    chains = finger_chains(graph, hand)
    if not 2 <= len(chains) <= 5:
        return {}
    wrist = graph.heads[hand]
    whole = [float(np.linalg.norm(graph.heads[chain[-1]] - wrist)) for chain in chains]
    # A bone of the palm begins near the wrist and is longer than the link after it.
    trimmed = []
    for chain in chains:
        first = np.linalg.norm(graph.heads[chain[1]] - graph.heads[chain[0]])
        second = np.linalg.norm(graph.heads[chain[2]] - graph.heads[chain[1]]) if len(chain) > 2 else np.inf
        near = np.linalg.norm(graph.heads[chain[0]] - wrist) < _PALM * max(whole)
        trimmed.append(chain[1:] if len(chain) > 3 and near and first > 1.2 * second else chain)
    bases = np.array([graph.heads[chain[0]] for chain in trimmed]) - wrist
    ways = np.array([graph.heads[chain[-1]] - graph.heads[chain[0]] for chain in trimmed])
    ways /= np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-12)
    thumb = _thumb(bases, ways)
    if thumb is None:
        return {}
    others = [index for index in range(len(chains)) if index != thumb]
    forward = ways[others].sum(axis=0)
    forward /= max(float(np.linalg.norm(forward)), 1e-12)
    level = bases - np.outer(bases @ forward, forward)
    row = level[others] - level[others].mean(axis=0)
    across = np.linalg.svd(row)[2][0]
    across *= np.sign(float((level[thumb] - level[others].mean(axis=0)) @ across)) or 1.0
    order = sorted(others, key=lambda index: -float(bases[index] @ across))
    first = chains[thumb]
    tips = float(np.mean([len(trimmed[index]) > 3 for index in others])) >= 0.5
    if len(first) > 3 and not tips and float(np.linalg.norm(graph.heads[first[0]] - wrist)) < _AT_WRIST * max(whole):
        first = [first[0], *first[2:]]  # the joint at the wrist has two bones
    return dict(zip(FINGERS, (first, *(trimmed[index] for index in order)), strict=False))


def _thumb(bases: Doubles, ways: Doubles) -> int | None:
    """Return which finger stands apart from the others in where it begins and points; None where none does."""
    count = len(bases)
    if count == 2:
        return int(np.argmin(np.linalg.norm(bases, axis=1)))
    apart = []
    for index in range(count):
        others = [item for item in range(count) if item != index]
        mean = ways[others].sum(axis=0)
        angle = float(np.arccos(np.clip(ways[index] @ mean / max(float(np.linalg.norm(mean)), 1e-12), -1.0, 1.0)))
        near = float(np.linalg.norm(bases[index]) / max(float(np.median(np.linalg.norm(bases[others], axis=1))), 1e-12))
        apart.append(angle + 1.5 * (1.0 - near))
    best = int(np.argmax(apart))
    return best if apart[best] > 0.35 else None
