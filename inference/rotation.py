"""Rotations on arrays: axis-angle, unit quaternions (w, x, y, z) and matrices; numpy only.

All functions take any leading axes. Angles are radians.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
_TINY = 1e-12


def _floating(values: npt.ArrayLike) -> Array:
    array = np.asarray(values)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float64)


def axis_angle_to_quaternion(axis_angle: npt.ArrayLike) -> Array:
    """Return (..., 4) unit quaternions of (..., 3) axis-angle vectors; w >= 0 up to half a turn."""
    vector = _floating(axis_angle)
    angle = np.sqrt((vector * vector).sum(-1, keepdims=True))
    # sinc keeps the quotient exact through zero.
    scale = cast("Array", 0.5 * np.sinc(angle / (2 * np.pi)))
    return np.concatenate([np.cos(angle / 2), vector * scale], -1, dtype=vector.dtype)


def quaternion_to_axis_angle(quaternion: npt.ArrayLike) -> Array:
    """Return (..., 3) axis-angle vectors, shorter than or equal to pi, of (..., 4) quaternions of any length."""
    q = _floating(quaternion)
    q = np.where(q[..., :1] < 0, -q, q)
    vector = q[..., 1:]
    sine = np.sqrt((vector * vector).sum(-1, keepdims=True))
    angle = 2 * np.arctan2(sine, q[..., :1])
    small = sine < _TINY
    scale: Array = np.where(small, 2 / np.maximum(q[..., :1], _TINY), angle / np.where(small, 1, sine))
    return vector * scale


def quaternion_to_matrix(quaternion: npt.ArrayLike) -> Array:
    """Return (..., 3, 3) rotation matrices of (..., 4) unit quaternions."""
    q = _floating(quaternion)
    w, x, y, z = (q[..., k] for k in range(4))
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, -1) for row in rows], -2)


def matrix_to_quaternion(matrix: npt.ArrayLike) -> Array:
    """Return (..., 4) unit quaternions with w >= 0 of (..., 3, 3) rotation matrices.

    Of the four equivalent formulas the one with the largest divisor is taken, entry by entry (Shepperd, "Quaternion
    from Rotation Matrix", 1978).
    """
    m = _floating(matrix)
    trace = m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2]
    candidates = np.empty((*m.shape[:-2], 4, 4), m.dtype)
    off = (m[..., 2, 1], m[..., 0, 2], m[..., 1, 0]), (m[..., 1, 2], m[..., 2, 0], m[..., 0, 1])
    candidates[..., 0, 0] = 1 + trace
    for i in range(3):
        candidates[..., 0, i + 1] = candidates[..., i + 1, 0] = off[0][i] - off[1][i]
        candidates[..., i + 1, i + 1] = 1 + 2 * m[..., i, i] - trace
        for j in range(3):
            if i != j:
                candidates[..., i + 1, j + 1] = m[..., i, j] + m[..., j, i]
    diagonal = np.stack([candidates[..., k, k] for k in range(4)], -1)
    best = diagonal.argmax(-1)[..., None, None]
    q = np.take_along_axis(candidates, np.broadcast_to(best, (*best.shape[:-1], 4)), -2)[..., 0, :]
    q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    return np.where(q[..., :1] < 0, -q, q)


def axis_angle_to_matrix(axis_angle: npt.ArrayLike) -> Array:
    """Return (..., 3, 3) rotation matrices of (..., 3) axis-angle vectors."""
    return quaternion_to_matrix(axis_angle_to_quaternion(axis_angle))


def matrix_to_axis_angle(matrix: npt.ArrayLike) -> Array:
    """Return (..., 3) axis-angle vectors, shorter than or equal to pi, of (..., 3, 3) rotation matrices."""
    return quaternion_to_axis_angle(matrix_to_quaternion(matrix))


def quaternion_multiply(first: npt.ArrayLike, second: npt.ArrayLike) -> Array:
    """Return the Hamilton product (..., 4): the rotation ``second`` followed by ``first``."""
    a, b = _floating(first), _floating(second)
    w = a[..., :1] * b[..., :1] - (a[..., 1:] * b[..., 1:]).sum(-1, keepdims=True)
    vector = a[..., :1] * b[..., 1:] + b[..., :1] * a[..., 1:] + np.cross(a[..., 1:], b[..., 1:])
    return np.concatenate([w, vector], -1)


def compose_axis_angle(first: npt.ArrayLike, second: npt.ArrayLike) -> Array:
    """Return the axis-angle (..., 3) of the rotation ``second`` followed by ``first``."""
    return quaternion_to_axis_angle(
        quaternion_multiply(axis_angle_to_quaternion(first), axis_angle_to_quaternion(second))
    )


def continuous_quaternions(quaternion: npt.ArrayLike) -> Array:
    """Return (T, ..., 4) with signs chosen so that no frame flips against the one before it."""
    q = _floating(quaternion)
    if len(q) < 2:
        return q.copy()
    flips = (q[1:] * q[:-1]).sum(-1) < 0
    signs = np.ones(q.shape[:-1], q.dtype)
    signs[1:] = np.where(np.cumsum(flips, 0) % 2, -1, 1)
    return q * signs[..., None]


def continuous_axis_angle(axis_angle: npt.ArrayLike) -> Array:
    """Return (T, ..., 3) of the same rotations without jumps by full turns; lengths may exceed pi."""
    vector = _floating(axis_angle).copy()
    for frame in range(1, len(vector)):
        previous, current = vector[frame - 1], vector[frame]
        angle = np.linalg.norm(current, axis=-1, keepdims=True)
        before = np.linalg.norm(previous, axis=-1, keepdims=True)
        # No turn at all has no axis of its own: the one it came along on keeps whole turns apart.
        resting = angle < _TINY
        axis = np.where(resting, previous / np.maximum(before, _TINY), current / np.maximum(angle, _TINY))
        turns = cast("Array", np.round(((previous * axis).sum(-1, keepdims=True) - angle) / (2 * np.pi)))
        vector[frame] = axis * (angle + 2 * np.pi * turns)
    return vector


def slerp(first: npt.ArrayLike, second: npt.ArrayLike, fraction: npt.ArrayLike) -> Array:
    """Return the shortest-arc spherical interpolation (..., 4) of unit quaternions; ``fraction`` broadcasts (...,).

    Shoemake, "Animating Rotation with Quaternion Curves", 1985.
    """
    a, b = _floating(first), _floating(second)
    t = np.asarray(fraction)[..., None]
    cosine = (a * b).sum(-1, keepdims=True)
    b = np.where(cosine < 0, -b, b)
    angle = np.arccos(np.clip(np.abs(cosine), 0, 1))
    sine = np.sin(angle)
    near = sine < 1e-6
    safe = np.where(near, 1, sine)
    start = np.where(near, 1 - t, np.sin((1 - t) * angle) / safe)
    stop = np.where(near, t, np.sin(t * angle) / safe)
    result = start * a + stop * b
    return result / np.linalg.norm(result, axis=-1, keepdims=True)
