"""Can an emotion be told from the body alone? A small classifier on windows of motion.

Fisher's linear discriminant with a shrunk covariance (Ledoit and Wolf 2004 in spirit, with a fixed share), trained on
some recordings and asked about others. It sees no face: neither jaw nor eyes, and neck and head only when asked.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...inference.skeleton import FINGER_JOINTS, JOINT_INDEX, JOINT_NAMES

Doubles = npt.NDArray[np.float64]

WINDOW, HOP = 2.0, 1.0
"""Seconds of a window, and from one to the next."""
_FACE = ("jaw", "left_eye_smplhf", "right_eye_smplhf")
_HEAD = ("neck", "head")
_SHRINK = 0.2
_LEAST = 1e-3


def body_features(
    poses: npt.ArrayLike, trans: npt.ArrayLike, fps: float, *, head: bool = True, posture: bool = True
) -> Doubles:
    """Return (W, F) features of the windows of one performance.

    Of every joint's three axis-angle components and of ``trans``: mean (with ``posture``), deviation, and mean speed.
    The fingers of a hand count as one joint.

    Parameters
    ----------
    poses, trans : (T, 165) and (T, 3) array
    head : bool
        Whether neck and head are seen.
    posture : bool
        False leaves only how much and how fast it moves.
    """
    turns = np.asarray(poses, np.float64).reshape(len(np.asarray(poses)), -1, 3)
    left_out = {*_FACE, *FINGER_JOINTS, *(() if head else _HEAD)}
    parts = [turns[:, JOINT_INDEX[name]] for name in JOINT_NAMES if name not in left_out]
    for side in ("left", "right"):
        parts.append(turns[:, [JOINT_INDEX[name] for name in FINGER_JOINTS if name.startswith(side)]].mean(1))
    curves = np.concatenate([*parts, 10 * np.asarray(trans, np.float64)], 1)
    speed = np.abs(np.gradient(curves, axis=0)) * fps
    length, hop = round(WINDOW * fps), round(HOP * fps)
    rows: list[Doubles] = []
    for first in range(0, len(curves) - length + 1, hop):
        part = slice(first, first + length)
        moving = [np.log(curves[part].std(0) + _LEAST), np.log(speed[part].mean(0) + _LEAST)]
        rows.append(np.concatenate([curves[part].mean(0), *moving] if posture else moving))
    return np.array(rows)


@dataclass(frozen=True)
class Discriminant:
    """A trained classifier."""

    centre: Doubles
    scale: Doubles
    weights: Doubles
    """(F, C)."""
    bias: Doubles
    """(C,)."""

    def scores(self, features: Doubles) -> Doubles:
        """Return (W, C); the highest is the class."""
        return (features - self.centre) / self.scale @ self.weights + self.bias


def train_discriminant(features: Doubles, labels: npt.NDArray[np.int64]) -> Discriminant:
    """Return the linear discriminant of (W, F) features with (W,) labels 0..C-1."""
    centre, scale = features.mean(0), features.std(0) + 1e-6
    x = (features - centre) / scale
    means = np.stack([x[labels == number].mean(0) for number in range(labels.max() + 1)])
    within = x - means[labels]
    covariance = within.T @ within / len(x)
    diagonal = np.diag(np.diag(covariance)) + 1e-2 * np.eye(len(covariance))
    weights = np.linalg.solve((1 - _SHRINK) * covariance + _SHRINK * diagonal, means.T)
    return Discriminant(centre, scale, weights, -0.5 * np.einsum("cf,fc->c", means, weights))


def confusion(
    model: Discriminant, features: Doubles, labels: npt.NDArray[np.int64], classes: int
) -> npt.NDArray[np.int64]:
    """Return (C, C) windows by true class (rows) and answer."""
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (labels, model.scores(features).argmax(1)), 1)
    return table
