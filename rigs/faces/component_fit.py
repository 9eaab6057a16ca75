"""Fits numbered components of expression to the movements of the default character's face, once per mesh."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from .jaw_movement import jaw_turned
from .key_shapes import key_points, rest_points

if TYPE_CHECKING:
    from ..rest_frame import RestFrame
    from ..rig_parts import RigJoint
    from .carry.head import MeshPart

Doubles = npt.NDArray[np.float64]

PROPERTY = "soliloquy_component_fit"
"""Custom property of a mesh data block: the fit as it was last made."""
MARK = "soliloquy_component_fit_of"
"""Custom property beside it: what it was made for."""
BOUND = 3.0
"""Standard deviations beyond which a component looks like nobody."""
_NEAR = 0.008
"""Metres around the line between the lips that count most."""
_LIPS = 30.0
_GAP = 0.5
"""Weight of the distances between the lips, as a share of all other weights together."""
_STIFF = 3e-4
"""How much large components are avoided, as a share of the mean square of what they move."""
_SWEEPS = 80
_MOST = 400


@dataclass(frozen=True, eq=False)
class Fit:
    """A quadratic form: components c that show coefficients a minimise c H c / 2 - c G a."""

    own: Doubles
    """(K, K) H."""
    goal: Doubles
    """(K, 52) G."""


def bounded(fit: Fit, coefficients: Doubles) -> Doubles:
    """Return (T, K) the best components within +-3 for (T, 52) coefficients, by coordinate descent over all frames."""
    pull = coefficients @ fit.goal.T
    found: Doubles = np.linalg.solve(fit.own, pull.T).T.astype(np.float64)
    outside = np.nonzero((np.abs(found) > BOUND).any(axis=1))[0]
    if len(outside):
        some, wanted = np.clip(found[outside], -BOUND, BOUND), pull[outside]
        for _ in range(_SWEEPS):
            before = some.copy()
            for index in range(some.shape[1]):
                rest = wanted[:, index] - some @ fit.own[:, index] + some[:, index] * fit.own[index, index]
                some[:, index] = np.clip(rest / fit.own[index, index], -BOUND, BOUND)
            if np.abs(some - before).max() < 1e-4:
                break
        found[outside] = some
    return found


def fit_of(
    armature: Any, mesh: Any, keys: Sequence[str], head: str, jaw: RigJoint | None, frame: RestFrame
) -> Fit | None:
    """Return the fit of a mesh's components, from the mesh where it was kept; None where it bears no face.

    Parameters
    ----------
    armature, mesh : bpy.types.Object
        The armature may be None.
    keys : sequence of str
        The components' shape keys.
    head : str
        The bone that carries the head.
    jaw : RigJoint, optional
        What opens the mouth beside the keys.
    frame : RestFrame
        SMPL-X's frame in the armature.
    """
    from .carry.head import head_parts

    keys = list(keys)[:_MOST]
    rest = rest_points(mesh)
    moves = np.stack([key_points(mesh, name) - rest for name in keys]).astype(np.float32)
    told = f"1 {len(keys)} {head} {jaw.bone if jaw is not None else ''} {jaw.gain if jaw is not None else 0:.6g}"
    mark = hashlib.sha256(told.encode() + np.round(rest, 5).tobytes() + np.round(moves, 5).tobytes()).hexdigest()
    kept = _kept(mesh.data, mark, len(keys))
    if kept is not None:
        return kept
    parts = head_parts(armature, [mesh], head, frame)
    fit = _made(armature, parts[0], moves.astype(np.float64), jaw, frame) if parts else None
    if fit is not None and mesh.data.is_editable:
        mesh.data[PROPERTY] = np.concatenate([fit.own.ravel(), fit.goal.ravel()]).tolist()
        mesh.data[MARK] = mark
    return fit


def _kept(data: Any, mark: str, count: int) -> Fit | None:
    if data.get(MARK) != mark or PROPERTY not in data:
        return None
    flat = np.array(data[PROPERTY], np.float64)
    if flat.shape != (count * (count + len(ARKIT_NAMES)),) or not np.isfinite(flat).all():
        return None
    return Fit(flat[: count * count].reshape(count, count), flat[count * count :].reshape(count, len(ARKIT_NAMES)))


def _made(armature: Any, part: MeshPart, moves: Doubles, jaw: RigJoint | None, frame: RestFrame) -> Fit | None:
    from .carry.correspondence import correspond
    from .carry.head import gathered
    from .carry.landmarks import find_face
    from .carry.lips import has_slit
    from .carry.source import source_face

    head = gathered([part])
    original = np.zeros(len(head.surface.points), np.int64)
    mine = np.nonzero(head.places[0] >= 0)[0][::-1]
    original[head.places[0][mine]] = mine
    shown, kept = head.surface.part(head.shown)
    face = find_face(shown)
    if face is None or face.lips is None:
        return None
    source = source_face()
    match = correspond(source, face)
    if not has_slit(face, match.labels):
        return None
    vertices = original[kept[face.kept]]
    goals = np.stack([match.carry(delta) for delta in source.deltas])
    open_ = ARKIT_INDEX["jawOpen"]
    if jaw is not None:
        goals[open_] -= jaw_turned(armature, part, jaw, frame)[vertices] * face.unit
    goals[[ARKIT_INDEX[name] for name in ARKIT_NAMES if name.startswith(("eyeBlink", "eyeLook", "tongue"))]] = 0.0
    own = moves[:, vertices] @ np.linalg.inv(part.to_mesh).T * face.unit
    weights = _weights(face, match.fade)
    pairs, gap = _pairs(face, match.labels, float(weights.sum()))
    return _normal(own, goals, weights, pairs, gap)


def _weights(face: Any, fade: Doubles) -> Doubles:
    """Return (n,) what each vertex counts: its share of the skin, much more around the lips."""
    skin = face.skin
    area = np.bincount(skin.triangles.T.ravel(), np.tile(skin.areas, 3) / 3.0, len(skin.points))
    away = np.min(np.linalg.norm(skin.points[:, None] - face.lips[None, ::4], axis=2), axis=1)
    return area / max(area.sum(), 1e-12) * fade * (1.0 + _LIPS * np.exp(-((away / _NEAR) ** 2)))


def _pairs(face: Any, labels: npt.NDArray[np.int64], total: float) -> tuple[npt.NDArray[np.int64], float]:
    """Return (p, 2) vertices of the upper and the lower lip that lie on each other, and the weight of each pair."""
    found = []
    points = face.skin.points
    for place in face.lips[len(face.lips) // 10 : -len(face.lips) // 10 : 6]:
        away = np.linalg.norm(points - place, axis=1)
        upper, lower = np.where(labels > 0, away, np.inf), np.where(labels < 0, away, np.inf)
        if max(upper.min(), lower.min()) < 0.005:
            found.append((int(upper.argmin()), int(lower.argmin())))
    pairs = np.array(sorted(set(found)), np.int64).reshape(-1, 2)
    return pairs, _GAP * total / max(1, len(pairs))


def _normal(own: Doubles, goals: Doubles, weights: Doubles, pairs: npt.NDArray[np.int64], gap: float) -> Fit:
    def rows(deltas: Doubles) -> Doubles:
        parted = deltas[:, pairs[:, 0]] - deltas[:, pairs[:, 1]]
        both = [deltas * np.sqrt(weights)[None, :, None], parted * np.sqrt(gap)]
        return np.concatenate([item.reshape(len(deltas), -1) for item in both], axis=1)

    one, other = rows(own), rows(goals)
    square = one @ one.T
    square += np.eye(len(square)) * max(_STIFF * float(np.trace(square)) / len(square), 1e-15)
    return Fit(square, one @ other.T)
