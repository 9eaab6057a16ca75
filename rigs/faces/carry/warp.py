"""Warps that landmarks pin down: the best similarity, and a thin plate bent through them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .surface import Doubles


def similarity(source: Doubles, target: Doubles) -> tuple[float, Doubles, Doubles]:
    """Return scale, (3, 3) rotation and (3,) shift that take ``source`` (k, 3) nearest to ``target``: s R x + t."""
    middle, goal = source.mean(axis=0), target.mean(axis=0)
    one, other = source - middle, target - goal
    left, sizes, right = np.linalg.svd(other.T @ one)
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = (left * flip) @ right
    scale = float((sizes * flip).sum() / max(float((one**2).sum()), 1e-30))
    return scale, turn, goal - scale * turn @ middle


def thin_plate(source: Doubles, target: Doubles, stiffness: float) -> Callable[[Doubles], Doubles]:
    """Return the warp that bends space as little as it can and takes ``source`` (k, 3) to about ``target``.

    Parameters
    ----------
    stiffness : float
        How much landmarks may be missed for less bending, in units of length; 0 goes through all of them. Far away
        the warp is a shift: landmarks of a face are too near to a plane to say more.
    """
    count = len(source)
    ones = np.ones((count, 1))
    bend = stiffness * np.eye(count) - np.linalg.norm(source[:, None] - source[None], axis=2)
    system = np.block([[bend, ones], [ones.T, np.zeros((1, 1))]])
    wanted = np.concatenate([target - source, np.zeros((1, 3))])
    solved = np.linalg.lstsq(system, wanted, rcond=1e-10)[0]

    def warp(points: Doubles) -> Doubles:
        found = np.empty_like(points)
        for start in range(0, len(points), 4096):
            chunk = points[start : start + 4096]
            away = np.linalg.norm(chunk[:, None] - source[None], axis=2)
            found[start : start + 4096] = chunk - away @ solved[:count] + solved[count]
        return found

    return warp
