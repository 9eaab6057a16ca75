"""Which joints of a chain are collar, shoulder, elbow, wrist, or hip, knee, ankle, toes: by lengths and directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

_INSIDE = 0.25
"""Share of the next joint's distance from the middle below which an arm's first bone is a collar bone."""
_SHORT = 0.06
"""Share of a leg that a bone at its beginning may have without being the thigh: what holds it at the pelvis."""
_STUB = 0.15
"""Share of a leg below which bones at its end belong to the foot."""
_PARTS, _ALIKE, _IN_LINE = 0.25, 1.6, 0.98
"""Share of a leg from which on bones in one line (by the cosine between them), none of them so many times as long as
the next, are parts of a shin and no foot."""
_FOOT, _BENT = 0.85, 0.9
"""Cosines with the vertical and with the bone before below which, together, a bone below the knee is the foot."""
_DOWN = 0.6
"""Cosine of the angle with the vertical below which a bone is no part of a standing leg."""


def arm_joints(places: Doubles, outwards: Doubles, hand: int | None) -> tuple[list[int], int, int, int | None] | None:
    """Return what the joints of an arm are.

    Parameters
    ----------
    places : array, (N, 3)
        Joints from the trunk outwards.
    outwards : array, (N,)
        Their distances from the middle of the body.
    hand : int or None
        The joint that fingers hang on, where there are any.

    Returns
    -------
    tuple or None
        Joints of the collar (none, one or more), then shoulder, elbow and wrist; None where the chain is no arm. The
        wrist is None for an arm whose last bone is the forearm.
    """
    if hand is None and len(places) == 3 and outwards[0] < _INSIDE * outwards[1]:
        return [0], 1, 2, None
    best: tuple[float, int, int, int] | None = None
    count = len(places)
    for wrist in range(2, count) if hand is None else [hand]:
        for shoulder in range(wrist - 1):
            for elbow in range(shoulder + 1, wrist):
                upper = float(np.linalg.norm(places[elbow] - places[shoulder]))
                lower = float(np.linalg.norm(places[wrist] - places[elbow]))
                whole = float(np.linalg.norm(places[-1 if hand is None else wrist] - places[0]))
                if min(upper, lower) <= 0.1 * max(upper, lower) or upper + lower < 0.5 * whole:
                    continue
                cost = abs(float(np.log(upper / lower))) + 0.5 * (1.0 - min((upper + lower) / max(whole, 1e-12), 1.0))
                # The first bone is a collar bone where it begins inside, the more where the next is not the elbow.
                inside = 0.45 if elbow > 1 else _INSIDE
                if shoulder == 0 and outwards[0] < inside * outwards[elbow]:
                    cost += 0.7
                if best is None or cost < best[0] - 1e-9:
                    best = (cost, shoulder, elbow, wrist)
    if best is None or best[0] > 1.6:
        return None
    _, shoulder, elbow, wrist = best
    return list(range(shoulder)), shoulder, elbow, wrist


def leg_joints(places: Doubles, up: Doubles) -> tuple[int, int, int, int | None] | None:
    """Return hip, knee, ankle and toes of a leg, its (N, 3) joints from the pelvis downwards; None for no leg."""
    lengths = np.linalg.norm(np.diff(places, axis=0), axis=1)
    total = float(lengths.sum())
    if len(places) < 3 or total <= 0.0:
        return None
    drops = -(np.diff(places, axis=0) @ up)
    ways = np.diff(places, axis=0) / np.maximum(lengths, 1e-12)[:, None]
    bends = (ways[1:] * ways[:-1]).sum(axis=1)
    downwards = drops >= _DOWN * np.maximum(lengths, 1e-9)
    hip = 0
    while hip < len(places) - 3 and (lengths[hip] < _SHORT * total or not downwards[hip]):
        hip += 1
    ankle = hip
    for link in range(hip, len(places) - 1):
        if lengths[link] < 1e-3 * total:
            continue  # two joints at one place
        if not downwards[link] or (link > hip + 1 and drops[link] < _FOOT * lengths[link] and bends[link - 1] < _BENT):
            break
        ankle = link + 1
    while ankle > hip + 2 and lengths[ankle - 1] < _STUB * total and not _in_parts(lengths[:ankle], bends, total):
        ankle -= 1
    while ankle + 1 < len(places) and lengths[ankle] < 1e-3 * total:
        ankle += 1
    if ankle < hip + 2:
        return None
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    middle = 0.5 * (along[hip] + along[ankle])
    knee = min(range(hip + 1, ankle), key=lambda joint: abs(along[joint] - middle))
    heights = (places - places[-1]) @ up
    low = heights[ankle:].min() + 0.25 * (heights[ankle] - heights[ankle:].min())
    toes = next((joint for joint in range(ankle + 1, len(places)) if heights[joint] <= low), None)
    return hip, knee, ankle, toes


def _in_parts(lengths: Doubles, bends: Doubles, total: float) -> bool:
    """Tell whether the last of some links ends a shin that is cut into parts."""
    first = len(lengths) - 1
    while first > 0 and bends[first - 1] > _IN_LINE and 1.0 / _ALIKE < lengths[first - 1] / lengths[first] < _ALIKE:
        first -= 1
    return float(lengths[first:].sum()) > _PARTS * total


def spread(starts: Sequence[float], wanted: Sequence[float] = (0.25, 0.52, 0.65)) -> list[int]:
    """Return which bones of a spine begin its joints: numbers into ``starts``, at most three.

    Parameters
    ----------
    starts : sequence of float
        Where the bones begin, as shares of the way from pelvis to neck.
    wanted : sequence of float
        The same of SMPL-X's joints.
    """
    count = len(starts)
    if count <= len(wanted):
        return list(range(count))
    options = ((0, second, third) for second in range(1, count - 1) for third in range(second + 1, count))
    return list(
        min(options, key=lambda option: sum(abs(starts[bone] - at) for bone, at in zip(option, wanted, strict=True)))
    )
