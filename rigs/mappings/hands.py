"""Which chains of a hand are which fingers: the thumb by where it begins and points, the others in order from it."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from .bone_graph import BoneGraph
from .spelling import FINGERS

Doubles = npt.NDArray[np.float64]

_PALM = 0.3
"""Share of the longest finger's reach within which a bone before three more is one of the palm."""
_AHEAD = 0.25
"""The same from which on knuckles lie ahead of the wrist."""
_AT_WRIST = 0.15
"""The same for a bone at the root of a thumb that has one more than others."""
_LONG = 2.5
"""Length, in those of the other fingers, from which on a chain is something that the hand holds."""


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


def held_things(graph: BoneGraph, hands: tuple[int, int]) -> set[int]:
    """Return the bones of what hands hold: chains much longer than fingers, and those that only one hand has."""
    chains = [_in_finger_length(graph, finger_chains(graph, hand)) for hand in hands]
    few, many = sorted((0, 1), key=lambda side: len(chains[side]))
    if 2 <= len(chains[few]) < len(chains[many]) <= 8:
        alike = [np.array([_shape(graph, hands[side], chain) for chain in chains[side]]) for side in (few, many)]
        best = min(
            itertools.permutations(range(len(chains[many])), len(chains[few])),
            key=lambda order: float(np.abs(alike[1][list(order)] - alike[0]).sum()),
        )
        chains[many] = [chains[many][index] for index in sorted(best)]
    kept = {bone for side in chains for chain in side for bone in chain}
    every = [chain for hand in hands for chain in finger_chains(graph, hand)]
    return {bone for chain in every if chain[0] not in kept for bone in graph.below(chain[0])}


def _in_finger_length(graph: BoneGraph, chains: list[list[int]]) -> list[list[int]]:
    """Return the chains that are not much longer than most."""
    lengths = [_length(graph, chain) for chain in chains]
    usual = float(np.median(lengths)) if len(chains) > 2 else np.inf
    return [chain for chain, length in zip(chains, lengths, strict=True) if length < _LONG * usual]


def _shape(graph: BoneGraph, hand: int, chain: list[int]) -> list[float]:
    """Return where a chain begins and ends beside its hand, whichever side that is, in metres or the like."""
    near, far = (float(np.linalg.norm(graph.heads[bone] - graph.heads[hand])) for bone in (chain[0], chain[-1]))
    return [near, far, _length(graph, chain)]


def _length(graph: BoneGraph, chain: list[int]) -> float:
    return float(np.linalg.norm(np.diff(graph.heads[chain], axis=0), axis=1).sum())


def name_fingers(graph: BoneGraph, hand: int) -> dict[str, list[int]]:
    """Return finger -> its bones from the knuckle outwards, without those of the palm; empty without fingers."""
    chains = finger_chains(graph, hand)
    if not 2 <= len(chains) <= 5:
        return {}
    wrist = graph.heads[hand]
    whole = [float(np.linalg.norm(graph.heads[chain[-1]] - wrist)) for chain in chains]
    # A bone of the palm begins near the wrist and is longer than the link after it; so may a thumb's first be.
    palms = []
    for chain in chains:
        first = np.linalg.norm(graph.heads[chain[1]] - graph.heads[chain[0]])
        second = np.linalg.norm(graph.heads[chain[2]] - graph.heads[chain[1]]) if len(chain) > 2 else np.inf
        near = np.linalg.norm(graph.heads[chain[0]] - wrist) < _PALM * max(whole)
        palms.append(bool(near and first > 1.2 * second))
    least = 2 if sum(palms) >= max(3, len(chains) - 1) else 3
    trimmed = [chain[1:] if palm and len(chain) > least else chain for chain, palm in zip(chains, palms, strict=True)]
    bases = np.array([graph.heads[chain[0]] for chain in trimmed]) - wrist
    ways = np.array([graph.heads[chain[-1]] - graph.heads[chain[0]] for chain in trimmed])
    ways /= np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-12)
    thumb = _thumb(bases, ways)
    if thumb is None:
        return {}
    others = [index for index in range(len(chains)) if index != thumb]
    # Knuckles lie ahead of the wrist in a fist, too; fingers that begin at the wrist point ahead.
    knuckles = bases[others].mean(axis=0)
    ahead = ways[others].sum(axis=0)
    forward = knuckles if float(np.linalg.norm(knuckles)) > _AHEAD * max(whole) else ahead
    forward = forward / max(float(np.linalg.norm(forward)), 1e-12)
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
