"""Lids that hang a little at rest, as most people's do: part of ``eyeBlink`` becomes the face itself.

With a share ``s`` the lids rest where ``eyeBlink = s`` put them, and every key is what is left of its way: a blink from
there shuts the eye exactly as before, with all its correctives, and ``eyeWide`` opens it as far as before.
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX, ARKIT_NAMES
from .correctives import FACE_CORRECTIVES, HALF, PRODUCT

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Key = tuple[Ints, Floats]


def _sum(terms: Sequence[tuple[float, Key]], count: int) -> Key:
    dense = np.zeros((count, 3), np.float32)
    for factor, (indices, offsets) in terms:
        dense[indices] += np.float32(factor) * offsets
    moved = np.nonzero(dense.any(1))[0].astype(np.int32)
    return moved, dense[moved]


def hang_lids(keys: Sequence[Key], share: float, count: int) -> tuple[Key, list[Key]]:
    """Return what the rest shape moves by, and the keys that remain.

    Parameters
    ----------
    keys : sequence of (indices, offsets)
        The ARKit keys, the jaw's corrective, then ``FACE_CORRECTIVES``; metres.
    share : float
        How much of a blink the lids hang, 0..1.
    count : int
        Vertices that keys may move.
    """
    result = list(keys)
    rest: list[tuple[float, Key]] = []
    for side in ("Left", "Right"):
        blink, wide = ARKIT_INDEX[f"eyeBlink{side}"], ARKIT_INDEX[f"eyeWide{side}"]
        lowered: list[tuple[float, Key]] = [(share, keys[blink])]
        for number, item in enumerate(FACE_CORRECTIVES, start=len(ARKIT_NAMES) + 1):
            if item.first != f"eyeBlink{side}":
                continue
            if item.how == HALF:
                # 4 b (1 - b) at b = s + (1 - s) a, sorted by what it is without a, with a, and with 4 a (1 - a).
                lowered.append((4 * share * (1 - share), keys[number]))
                result[number] = _sum([((1 - share) ** 2, keys[number])], count)
            elif item.how == PRODUCT:
                other = ARKIT_INDEX[item.second]
                result[other] = _sum([(1.0, result[other]), (share, keys[number])], count)
                result[number] = _sum([(1 - share, keys[number])], count)
        rest += lowered
        result[blink] = _sum([(1.0, keys[blink]), *((-factor, key) for factor, key in lowered)], count)
        result[wide] = _sum([(1.0, result[wide]), *((-factor, key) for factor, key in lowered)], count)
    return _sum(rest, count), result
