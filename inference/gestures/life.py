"""What keeps arms and fingers alive that are held raised: slow, small wandering of every joint."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..body.upper_body import UPPER_BODY
from ..layers.noise import layer_rng, smooth_noise

Doubles = npt.NDArray[np.float64]
_SPINE = 3
"""Rows of ``UPPER_BODY`` before the arms."""
_FLIP = np.array([1.0, -1.0, -1.0])
_LIFE = {
    "shoulder": (1.4, 2.1, 2.1),
    "elbow": (3.4, 6.2, 0.0),
    "wrist": (1.6, 2.8, 4.6),
    "finger": (0.0, 0.4, 2.6),
}
"""Degrees of living movement per joint of a raised arm, about x, y and z, deviation."""
_RESTING_FINGERS = 0.2  # of what raised ones do: they lie on something


def life(seed: int, times: Doubles, raised: Doubles) -> Doubles:
    """Return (n, 38, 3) small rotations of arms and fingers that keep holds alive, radians.

    Hands at rest lie on something; what moves them is where the body at rest lays them (``layers/arms.py``).
    """
    names = UPPER_BODY[_SPINE:]
    result = np.zeros((len(times), len(names), 3))
    for side, title in enumerate(("left", "right")):
        # A generator each: how much one curve draws depends on where the stretch ends.
        slow = smooth_noise(times, 2.0, layer_rng(seed, f"gesture life {title} slow"), 16)
        quick = smooth_noise(times, 0.9, layer_rng(seed, f"gesture life {title} quick"), 16)
        noise = 0.8 * slow + 0.4 * quick
        mirror = np.ones(3) if side == 0 else _FLIP
        for row, name in enumerate(names):
            if not name.startswith(title):
                continue
            joint = name.split("_")[-1]
            kind = "finger" if joint[-1].isdigit() else joint
            if kind not in _LIFE:
                continue
            # The segments of one finger curl together.
            finger = ("index", "middle", "ring", "pinky", "thumb").index(joint[:-1]) if kind == "finger" else 0
            column = {"shoulder": 0, "elbow": 3, "wrist": 6}.get(kind, 9 + finger)
            calm = _RESTING_FINGERS if kind == "finger" else 0.0
            size = np.radians(_LIFE[kind]) * (calm + (1 - calm) * raised[:, side, None])
            curves = noise[:, [column]] if kind == "finger" else noise[:, column : column + 3]
            result[:, row] = size * curves * mirror
    return result
