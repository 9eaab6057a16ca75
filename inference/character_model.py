"""The character: its mesh, its skinning, and the lip measurements that a face engine trains against.

Frame: SMPL-X (Y up, facing +Z, left hand = +X), metres, the ground at y = 0.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX, ARKIT_NAMES
from .correctives import face_corrective_values
from .errors import SoliloquyError
from .lbs import blend_skin, joint_transforms
from .pose_correctives import PoseCorrective, pose_corrective_values
from .rotation import axis_angle_to_matrix
from .skeleton import JOINT_INDEX
from .twist import spread_twist, twist_transforms

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
_CHUNK = 20_000
_JAW = slice(3 * JOINT_INDEX["jaw"], 3 * JOINT_INDEX["jaw"] + 3)


@dataclass(frozen=True, eq=False)
class SparseDelta:
    """A shape key: displacements of some vertices."""

    indices: Ints
    """(n,) vertices."""
    offsets: Floats
    """(n, 3) metres."""

    def dense(self, count: int) -> Floats:
        """Return the (count, 3) displacements."""
        result = np.zeros((count, 3), np.float32)
        result[self.indices] = self.offsets
        return result


@dataclass(frozen=True, eq=False)
class LipBasis:
    """Four lip points as a linear function of the ARKit coefficients, and what makes it exact.

    Points: inner lip middle above, inner lip middle below, left mouth corner, right mouth corner; in head space, which
    is the rest pose of the body.
    """

    rest: Floats
    """(4, 3) positions in metres."""
    deltas: Floats
    """(52, 4, 3) displacement per coefficient; ``jawOpen`` is the full key (jaw bone and corrective at 1)."""
    eye_distance: float
    """Metres between the outer eye corners."""
    corrective: Floats
    """(4, 3) displacement of ``jawOpen_corrective``, which goes with the jaw bone."""
    jaw_weights: Floats
    """(4,) share of the jaw bone; the rest hangs on the head."""
    jaw_pivot: Floats
    """(3,) the jaw joint."""
    jaw_open_radians: float
    """Jaw rotation about +X at ``jawOpen = 1``."""


@dataclass(frozen=True, eq=False)
class Character:
    """The character's rest geometry, weights, keys and shape components."""

    vertices: Floats
    """(V, 3) rest vertices in the T-pose."""
    loops: Ints
    """(L,) vertex of every face corner, face after face."""
    sizes: Ints
    """(F,) 3 or 4 corners."""
    materials: Ints
    """(F,) index into ``material_names``."""
    material_names: tuple[str, ...]
    uv: Floats
    """(L, 2)."""
    colours: Floats
    """(V, 3) linear RGB."""
    joints: Floats
    """(55, 3) rest joints."""
    weight_joints: Ints
    """(V, 4) joints that move a vertex."""
    weights: Floats
    """(V, 4) their shares, multiples of 1/256 that sum to exactly one."""
    arkit: tuple[SparseDelta, ...]
    """The 52 keys in Apple's order."""
    jaw_corrective: SparseDelta
    """Goes with the jaw bone: ``jawOpen = a`` is the bone at ``(jaw_open_radians * a, 0, 0)`` and this key at a."""
    correctives: tuple[SparseDelta, ...]
    """What ``correctives.FACE_CORRECTIVES`` move at 1."""
    pose_correctives: tuple[PoseCorrective, ...]
    """What follows the joints."""
    pose_keys: tuple[SparseDelta, ...]
    """What they move at 1."""
    shape: Floats
    """(10, V, 3) shape components per standard deviation."""
    shape_joints: Floats
    """(10, 55, 3) what they do to the joints."""
    slider_names: tuple[str, ...]
    sliders: Floats
    """(sliders, 10) betas of each slider at 1."""
    jaw_open_radians: float
    landmarks: Ints
    """(6,) vertices: inner lip above, below, mouth corner left, right, outer eye corner left, right."""
    base: Ints
    """(V,) base-mesh vertex that a body vertex is; -1 for all others."""

    @cached_property
    def faces(self) -> list[list[int]]:
        """Vertex lists, one per face."""
        starts = np.cumsum(self.sizes) - self.sizes
        flat = self.loops.tolist()
        return [flat[a : a + n] for a, n in zip(starts.tolist(), self.sizes.tolist(), strict=True)]

    def betas(self, sliders: Mapping[str, float]) -> Floats:
        """Return the (10,) shape coefficients of named sliders, -1..1 each.

        Raises
        ------
        SoliloquyError
            For a slider this character does not have.
        """
        result = np.zeros(len(self.shape), np.float32)
        for name, value in sliders.items():
            if name not in self.slider_names:
                raise SoliloquyError(
                    f"The character has no shape slider '{name}'.", f"It has: {', '.join(self.slider_names)}."
                )
            result += np.float32(value) * self.sliders[self.slider_names.index(name)]
        return result

    def shaped_joints(self, betas: npt.ArrayLike | None = None) -> Floats:
        """Return the (55, 3) rest joints of a body shape."""
        if betas is None:
            return self.joints
        coefficients = np.asarray(betas, np.float32)
        return self.joints + np.tensordot(coefficients, self.shape_joints[: len(coefficients)], 1)

    def skin(
        self,
        axis_angle: npt.ArrayLike,
        arkit: npt.ArrayLike | None = None,
        betas: npt.ArrayLike | None = None,
        trans: npt.ArrayLike | None = None,
    ) -> npt.NDArray[np.float64]:
        """Return the (V, 3) vertices in one pose, by linear blend skinning with pose correctives.

        Parameters
        ----------
        axis_angle : (55, 3) or (165,) array
            Joint rotations; the jaw's share of ``jawOpen`` is in here.
        arkit : (52,) array or None
            Coefficients; ``jawOpen`` drives the corrective key, as in a bake.
        betas : (up to 10,) array or None
            Shape coefficients.
        trans : (3,) array or None
            Pelvis translation.
        """
        shaped = self.vertices.astype(np.float64)
        if betas is not None:
            coefficients = np.asarray(betas, np.float32)
            shaped += np.tensordot(coefficients, self.shape[: len(coefficients)], 1)
        if arkit is not None:
            values = np.asarray(arkit, np.float64)
            for index in cast("list[int]", np.nonzero(values)[0].tolist()):
                key = self.jaw_corrective if index == ARKIT_INDEX["jawOpen"] else self.arkit[index]
                shaped[key.indices] += values[index] * key.offsets
            for value, key in zip(face_corrective_values(values).tolist(), self.correctives, strict=True):
                if value != 0:
                    shaped[key.indices] += value * key.offsets
        turns = np.asarray(axis_angle, np.float64).reshape(-1, 3)
        values = pose_corrective_values(self.pose_correctives, turns)
        for value, key in zip(values.tolist(), self.pose_keys, strict=True):
            if value != 0:
                shaped[key.indices] += value * key.offsets
        offset = None if trans is None else np.asarray(trans, np.float64)
        joints = self.shaped_joints(betas)
        transforms = joint_transforms(turns, joints, offset)
        transforms = np.concatenate([transforms, twist_transforms(turns, joints, transforms)])
        return blend_skin(shaped, transforms, *self.hung)

    @cached_property
    def hung(self) -> tuple[Ints, Floats]:
        """(V, 4) indices into ``twist.BONE_NAMES`` and (V, 4) shares: the weights with the arms' twist shared out."""
        return spread_twist(self.vertices, self.joints, self.weight_joints, self.weights)

    @cached_property
    def _landmark_basis(self) -> tuple[Floats, Floats, Floats]:
        """Rest (6, 3), displacements of keys, jaw's corrective and correctives (53 + N, 6, 3), jaw shares (6,) of the
        landmarks."""
        count = len(self.vertices)
        keys = (*self.arkit, self.jaw_corrective, *self.correctives)
        deltas = np.stack([key.dense(count)[self.landmarks] for key in keys])
        jaw = self.weight_joints[self.landmarks] == JOINT_INDEX["jaw"]
        return self.vertices[self.landmarks], deltas, (self.weights[self.landmarks] * jaw).sum(1)

    def _landmark_points(self, poses: npt.ArrayLike, arkit: npt.ArrayLike) -> Floats:
        rest, deltas, share = self._landmark_basis
        jaw = len(ARKIT_NAMES)
        flat = np.concatenate([deltas[:jaw], deltas[jaw + 1 :]]).reshape(len(deltas) - 1, -1)
        flat[ARKIT_INDEX["jawOpen"]] = deltas[jaw].ravel()
        poses, arkit = np.asarray(poses), np.asarray(arkit)
        pivot = self.joints[JOINT_INDEX["jaw"]]
        result = np.empty((len(poses), len(rest), 3), np.float32)
        for start in range(0, len(poses), _CHUNK):
            rows = slice(start, start + _CHUNK)
            values = arkit[rows].astype(np.float32)
            values = np.concatenate([values, face_corrective_values(values)], 1)
            shaped = rest + (values @ flat).reshape(-1, len(rest), 3)
            turn = axis_angle_to_matrix(poses[rows, _JAW].astype(np.float32))
            turned = np.einsum("tij,tpj->tpi", turn, shaped - pivot) + pivot
            result[rows] = shaped + share[:, None] * (turned - shaped)
        return result

    def lip_points(self, poses: npt.ArrayLike, arkit: npt.ArrayLike) -> Floats:
        """Return (T, 4, 3) inner lip above, below, left and right mouth corner, in head space.

        Parameters
        ----------
        poses : (T, 165) array
            Axis-angle of the 55 joints; only the jaw matters in head space.
        arkit : (T, 52) array
            Coefficients.
        """
        return self._landmark_points(poses, arkit)[:, :4]

    def lip_aperture(self, poses: npt.ArrayLike, arkit: npt.ArrayLike) -> Floats:
        """Return (T,) inner-lip distance over outer eye-corner distance, on the mesh; 0 is shut."""
        points = self._landmark_points(poses, arkit)
        lips = np.linalg.norm(points[:, 0] - points[:, 1], axis=-1)
        return lips / np.linalg.norm(points[:, 4] - points[:, 5], axis=-1)

    def lip_basis(self) -> LipBasis:
        """Return the lip points as a function of the coefficients, for training."""
        rest, deltas, share = self._landmark_basis
        return LipBasis(
            rest[:4],
            deltas[: len(ARKIT_NAMES), :4],
            float(np.linalg.norm(rest[4] - rest[5])),
            deltas[len(ARKIT_NAMES), :4],
            share[:4],
            self.joints[JOINT_INDEX["jaw"]],
            self.jaw_open_radians,
        )
