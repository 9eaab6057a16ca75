"""Which rotation of a performance every bone takes: as many bones per segment of the body as the rig has.

A performance turns 55 joints. A rig may have five bones in place of three in the spine, two in an upper arm, two in
place of three in a finger: each bone takes a rotation between those of two joints, and the last one of a chain takes
the whole of it, so that nothing that hangs on it turns differently. A back of a single bone takes that of its middle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .reference_skeleton import PARENT, PLACES

Doubles = npt.NDArray[np.float64]

SPINE = ("spine1", "spine2", "spine3")
_HALVED = ("hip", "knee", "shoulder", "elbow")


@dataclass(frozen=True)
class Takes:
    """A rotation against the world, in terms of those of joints."""

    joint: str
    below: str | None = None
    """The joint from whose rotation ``share`` is counted."""
    share: float = 1.0
    """How much of the way from ``below`` to ``joint``."""
    twist_only: bool = False
    """All of the way but for the twist about the segment, of which only ``share`` is taken."""


def takes_of(
    bones: Mapping[str, str],
    links: Mapping[str, Sequence[str]],
    carries: Mapping[str, Sequence[str]],
    places: Mapping[str, Doubles],
) -> dict[str, tuple[tuple[str, Takes], ...]]:
    """Return joint -> its bones from the root outwards and what each takes.

    Parameters
    ----------
    bones : dict
        Joint -> its first bone.
    links : dict
        Joint -> all its bones, where it has more than one.
    carries : dict
        Joint -> joints whose rotations its bone takes beside its own, from the root outwards.
    places : dict
        Bone -> (3,) where it begins at rest.
    """
    found: dict[str, tuple[tuple[str, Takes], ...]] = {}
    for joint, bone in bones.items():
        chain = tuple(links.get(joint) or (bone,))
        if joint == "pelvis":
            chain = (bone,)
        last = carries[joint][-1] if joint in carries else _outermost(joint, bones)
        found[joint] = _shared(joint, chain, last)
    found.update(_spine(bones, links, places))
    found.update(_neck(bones, links, places))
    return found


def _outermost(joint: str, bones: Mapping[str, str]) -> str:
    """Return the joint whose rotation the bone of a joint takes: the last of a finger takes all that is missing."""
    if not joint[-1].isdigit() or joint in SPINE:
        return joint
    finger, number = joint[:-1], int(joint[-1])
    if number == 3 or any(f"{finger}{more}" in bones for more in range(number + 1, 4)):
        return joint
    return f"{finger}3" if number == 2 else f"{finger}2"


def _shared(joint: str, chain: tuple[str, ...], last: str) -> tuple[tuple[str, Takes], ...]:
    below, count = PARENT[joint], len(chain)
    if count == 1 or below is None:
        return ((chain[0], Takes(last)),)
    twist = joint.partition("_")[2] in _HALVED
    steps = [Takes(last, below, (index + 1) / count, twist) for index in range(count - 1)]
    return tuple(zip(chain, [*steps, Takes(last)], strict=True))


def _chain(
    joints: Sequence[str], bones: Mapping[str, str], links: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """Return (joint, bone) of all bones of a chain of joints, in order."""
    return [(joint, bone) for joint in joints if joint in bones for bone in (links.get(joint) or (bones[joint],))]


def _middles(points: Sequence[Doubles]) -> Doubles:
    """Return where the middles of segments lie along their chain, 0..1."""
    lengths = np.linalg.norm(np.diff(np.array(points), axis=0), axis=1)
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    middles: Doubles = (ends[:-1] + ends[1:]) / (2.0 * max(float(ends[-1]), 1e-9))
    return middles


def _between(knots: Sequence[str], at: Doubles, where: float) -> Takes:
    """Return the rotation between those of joints that lie ``at`` places along a chain."""
    upper = int(np.searchsorted(at, where))
    if upper == 0:
        return Takes(knots[0])
    if upper == len(knots):
        return Takes(knots[-1])
    share = float((where - at[upper - 1]) / max(at[upper] - at[upper - 1], 1e-9))
    return Takes(knots[upper], knots[upper - 1], share)


def _grouped(chain: list[tuple[str, str]], takes: list[Takes]) -> dict[str, tuple[tuple[str, Takes], ...]]:
    found: dict[str, tuple[tuple[str, Takes], ...]] = {}
    for (joint, bone), taken in zip(chain, takes, strict=True):
        found[joint] = (*found.get(joint, ()), (bone, taken))
    return found


def _spine(
    bones: Mapping[str, str], links: Mapping[str, Sequence[str]], places: Mapping[str, Doubles]
) -> dict[str, tuple[tuple[str, Takes], ...]]:
    """Share the bend of the back by length among as many bones as there are, where they are not joint for joint."""
    chain = _chain(SPINE, bones, links)
    exact = [joint for joint, _ in chain] == [joint for joint in SPINE if joint in bones] and "spine3" in bones
    if exact or not chain or "pelvis" not in bones:
        return {}
    top = next((bones[name] for name in ("neck", "head", "left_collar", "left_shoulder") if name in bones), None)
    if top is None:
        return {}
    points = [places[bones["pelvis"]], *(places[bone] for _, bone in chain), places[top]]
    knots = ("pelvis", *SPINE)
    at = _middles([PLACES[name] for name in (*knots, "neck")])
    takes = [_between(knots, at, float(where)) for where in _middles(points)[1:]]
    if len(chain) == 1:
        # A stiff back: as far as its middle is turned, so that neck and shoulders come to lie where they should.
        return _grouped(chain, takes)
    return _grouped(chain, [*takes[:-1], Takes("spine3")])


def _neck(
    bones: Mapping[str, str], links: Mapping[str, Sequence[str]], places: Mapping[str, Doubles]
) -> dict[str, tuple[tuple[str, Takes], ...]]:
    """Bend a neck of several bones evenly from the chest to the head."""
    chain = _chain(("neck",), bones, links)
    if len(chain) < 2 or "head" not in bones:
        return {}
    points = [*(places[bone] for _, bone in chain), places[bones["head"]]]
    at = np.array([0.0, 0.5, 1.0])
    takes = [_between(("spine3", "neck", "head"), at, float(where)) for where in _middles(points)]
    return _grouped(chain, takes)
