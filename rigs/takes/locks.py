"""What an artist locked: turning about axes of a bone (Lock Rotation), and F-curves (the padlock of the Dope Sheet).

A take leaves locked turning as it is posed and turns a bone about the rest alone. Blender's locks are those of a
quaternion's components, as bones are made, or of the axes of an Euler rotation, in the bone's order or X, Y, Z. Keys
of a locked F-curve, or of a locked group, stay as they are when a take is crafted, re-shaped or made anew in part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from mathutils import Quaternion

from .. import compat
from . import nla

if TYPE_CHECKING:
    from ..rig import Rig
    from .take import Take

Doubles = npt.NDArray[np.float64]

_STRAIGHT = 1e-6
"""Radians below which a locked axis counts as not turned."""


def locked_axes(posed: Any) -> str:
    """Return the axes about which a pose bone is locked, ``"XY"``; empty for none."""
    return "".join(axis for axis, locked in zip("XYZ", posed.lock_rotation, strict=True) if locked)


def within_locks(posed: Any, turned: Doubles) -> Doubles | None:
    """Return (T, 4) quaternions without what a pose bone is locked against; None where nothing is left to turn.

    Parameters
    ----------
    posed : bpy.types.PoseBone
        The bone as it stands now: what is locked keeps that.
    turned : (T, 4) array
        Quaternions in the bone's own axes, continuous in sign.
    """
    locked = np.array(posed.lock_rotation, bool)
    if not locked.any():
        return turned
    if locked.all():
        return None
    now = posed.matrix_basis.to_quaternion()
    if posed.rotation_mode == "QUATERNION" and posed.lock_rotations_4d:
        held = np.array([posed.lock_rotation_w, *locked])
        kept = np.where(held, np.array(now, np.float64), 0.0)
        free = np.where(held, 0.0, turned)
        # The free components fill up what the others leave of a unit quaternion.
        size = np.sqrt(max(0.0, 1.0 - float(kept @ kept)))
        length = np.linalg.norm(free, axis=1, keepdims=True)
        straight = np.where(held, 0.0, np.eye(4)[int(np.argmin(held))])
        return kept + size * np.where(length > 1e-9, free / np.maximum(length, 1e-9), straight)
    order = posed.rotation_mode if len(posed.rotation_mode) == 3 else "XYZ"
    present = np.array(now.to_euler(order), np.float64)
    if locked.sum() == 2 and np.abs(present[locked]).max() < _STRAIGHT:
        return _about(int(np.argmin(locked)), turned)
    found, last = np.empty_like(turned), None
    for row, quaternion in enumerate(turned):
        turn = Quaternion(quaternion)
        euler = turn.to_euler(order) if last is None else turn.to_euler(order, last)
        last = euler.copy()
        for axis in np.flatnonzero(locked):
            euler[axis] = present[axis]
        found[row] = euler.to_quaternion()
    flips = np.cumprod(np.where((found[1:] * found[:-1]).sum(axis=1) < 0.0, -1.0, 1.0))
    found[1:] *= flips[:, None]
    return found


def _about(axis: int, turned: Doubles) -> Doubles:
    """Return the turns about one axis alone that are nearest to whole ones: their twist about it."""
    found = np.zeros_like(turned)
    found[:, 0], found[:, 1 + axis] = turned[:, 0], turned[:, 1 + axis]
    size = np.linalg.norm(found, axis=1, keepdims=True)
    return np.where(size > 1e-9, found / np.maximum(size, 1e-9), np.eye(4)[0])


def any_locked(bag: Any, path: str) -> bool:
    """Tell whether an artist locked an F-curve of a property, or its group; a turn is locked as a whole."""
    found = [curve for index in range(4) if (curve := bag.fcurves.find(path, index=index)) is not None]
    return any(_locked(curve) for curve in found)


def _locked(curve: Any) -> bool:
    return bool(curve.lock or (curve.group is not None and curve.group.lock))


def locked_curves(rig: Rig, take: Take) -> int:
    """Count the F-curves of a take that are locked."""
    return sum(
        _locked(curve)
        for action in nla.actions(nla.tracks(rig, take.id))
        for bag in compat.channelbags(action)
        for curve in bag.fcurves
    )
