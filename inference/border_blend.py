"""Lets a new stretch of motion leave and join the old one: pose and velocity meet at both borders.

The difference to the old motion is measured at the border, in value and velocity, and dies away inside the stretch
along a quintic (inertialisation: Bollo, "Inertialization: High-Performance Animation Transitions in Gears of War",
GDC 2018), so that the new motion itself is nowhere cut or blended with another.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .rotation import compose_axis_angle

Doubles = npt.NDArray[np.float64]

SECONDS = 0.6
"""Longest time over which the difference dies away; half the stretch where that is shorter."""


def meet_borders(kept: npt.ArrayLike, drawn: npt.ArrayLike, first: int, last: int, fps: float) -> Doubles:
    """Return a drawn stretch bent so that it continues what lies before it and leads to what comes after.

    Parameters
    ----------
    kept : (T, J, 3) array
        Axis-angle of the motion that stays outside the stretch.
    drawn : (last - first + 1, J, 3) array
        Axis-angle of the stretch; at least three frames.
    first, last : int
        Frames of the stretch, both inclusive. At the start or the end of the motion there is no border to meet.

    Returns
    -------
    (last - first + 1, J, 3) array
    """
    kept, drawn = np.asarray(kept, np.float64), np.asarray(drawn, np.float64)
    frames = last - first + 1
    fade = max(2, min(round(SECONDS * fps), (frames + 1) // 2))
    result = drawn.copy()
    if first > 0:
        result = _meet(kept[max(first - 2, 0) : first], result, fade)
    if last < len(kept) - 1:
        result = _meet(kept[last + 1 : last + 3][::-1], result[::-1], fade)[::-1]
    return result


def _meet(before: Doubles, drawn: Doubles, fade: int) -> Doubles:
    """Bend the beginning of (N, J, 3) rotations so that they continue (2, J, 3), or (1, J, 3), frames before them."""
    # Where the stretch itself would have been one and two frames earlier: the parabola through its first frames.
    second, third = (compose_axis_angle(drawn[index], -drawn[0]) for index in (1, 2))
    one = compose_axis_angle(third - 3 * second, drawn[0])
    two = compose_axis_angle(3 * third - 8 * second, drawn[0])
    offset = compose_axis_angle(before[-1], -one)
    velocity = np.zeros_like(offset)
    if len(before) > 1:
        # As a vector, since that is what fades below.
        velocity = offset - compose_axis_angle(before[-2], -two)
    step = np.arange(1, min(fade, len(drawn)) + 1)
    value, slope = _quintic(step / (fade + 1))
    difference = value[:, None, None] * offset + (fade + 1) * slope[:, None, None] * velocity
    result = drawn.copy()
    result[: len(step)] = compose_axis_angle(difference, drawn[: len(step)])
    return result


def _quintic(part: Doubles) -> tuple[Doubles, Doubles]:
    """Return the Hermite weights of a value and a slope at 0 that leave no value, slope or acceleration at 1."""
    cube = part**3
    return 1 - cube * (10 - 15 * part + 6 * part**2), part - cube * (6 - 8 * part + 3 * part**2)
