"""The skin around joints as a skinning that costs more moves it, so that bends keep their flesh.

The pose correctives are fitted to it (:mod:`.pose_fit`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...inference.character_pack import read_surface
from ...inference.lbs import joint_transforms
from ...inference.rotation import axis_angle_to_matrix
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES, PARENTS
from ...inference.twist import BONE_NAMES, TWIST_BONES, spread_twist, twist_transforms
from .binding import triangles
from .makehuman import Floats, Ints
from .part import vertex_normals
from .rotation_centres import mean_turns, rotation_centres, turned_about
from .shape_mender import neighbour_mean

_SMOOTH = 4
"""Rounds in which what is missing is spread over neighbours: rolls of flesh at the armpit go."""
_TURNED = 0.2
"""Cosine between a triangle's normal and where it should look, below which it counts as turned over."""
_BACK = 12
"""How often flesh is taken back where it does."""
SWELLING = {"elbow": 0.004}
"""Joint without its side -> metres that flesh swells about it, inside the bend, at 90 degrees: the better skinning
loses it as well, for it lets both halves of a limb pass into each other where in life the one presses the other out."""
_TIP = 0.3
"""Share of it over the tip of the bone, where there is no flesh."""


class Flesh:
    """The skin of the default body around some joints, as linear blending and as the better skinning move it."""

    def __init__(self, arrays: Mapping[str, np.ndarray], joints: Sequence[int]) -> None:
        surface, count = read_surface(arrays), int(arrays["body_count"])
        body = np.nonzero(arrays["kinds"][arrays["face_kinds"]] == "body")[0]
        starts = np.cumsum(surface.sizes) - surface.sizes
        corners = np.minimum(starts[:, None] + np.arange(4), (starts + surface.sizes - 1)[:, None])
        quads = surface.loops[corners][body].astype(np.int64)
        self.quads = quads[quads.max(1) < count]
        self.rest = surface.vertices[:count].astype(np.float64)
        self.joints = arrays["joints"].astype(np.float64)
        rows = slice(count)
        bones, weights = spread_twist(
            surface.vertices[rows], arrays["joints"], surface.weight_joints[rows], surface.weights[rows]
        )
        self.shares = np.zeros((count, len(BONE_NAMES)))
        for column in range(bones.shape[1]):
            np.add.at(self.shares, (np.arange(count), bones[:, column]), weights[:, column])
        below = np.array([self.shares[:, _hanging(joint)].sum(1) for joint in joints]).T
        self.moved_by = (below > 0.01) & (below < 0.99)
        """(V, joints) whether a joint bends the skin there."""
        self._swollen = self._swelling(joints, below)
        shown = np.zeros(count, bool)
        shown[self.quads] = True
        self.moved_by &= shown[:, None]
        self.bent = np.nonzero(self.moved_by.any(1))[0]
        corners = triangles(self.quads)
        self.centres = rotation_centres(self.rest, corners, self.shares, self.bent)
        self._corners = corners[np.isin(corners, self.bent).any(1)]
        """Triangles that a bend may turn over."""
        self._near, flat = np.unique(self._corners, return_inverse=True)
        self._flat = flat.reshape(-1, 3)
        self._place = np.searchsorted(self._near, self.bent)
        self._mean = neighbour_mean(self.quads, count)[self._near][:, self._near]
        self._normals = _normals(self.rest, self._corners)

    def _swelling(self, joints: Sequence[int], below: Floats) -> dict[int, Floats]:
        """Return joint -> (V, 3) by how much the skin around it swells at a right angle, at rest; most where it bends.

        Parameters
        ----------
        joints, below : J numbers, (V, J) array
            Shares of what each joint carries.
        """
        normals = vertex_normals(self.rest, self.quads)
        result: dict[int, Floats] = {}
        for number, joint in enumerate(joints):
            metres = SWELLING.get(JOINT_NAMES[joint].split("_")[-1])
            if metres is not None:
                around = np.sqrt(np.clip(4 * below[:, number] * (1 - below[:, number]), 0, 1))
                inside = _TIP + (1 - _TIP) * (1 + normals[:, 2]) / 2  # an elbow bends forward
                result[joint] = metres * (around * inside)[:, None] * normals
        return result

    def transforms(self, pose: Floats) -> Floats:
        """Return (bones, 3, 4) of a (55, 3) pose."""
        moved = joint_transforms(pose, self.joints)
        return np.concatenate([moved, twist_transforms(pose, self.joints, moved)])

    def missing(self, pose: Floats) -> tuple[Floats, Floats]:
        """Return what linear blending lacks in a (55, 3) pose, of the vertices of ``bent``.

        Inside a bend the better skinning lets flesh overlap, where in life it is pressed flat: there it is followed
        only as far as no triangle turns over against the mean turn of its bones.

        Returns
        -------
        (n, 3, 3), (n, 3)
            What linear blending turns offsets by, and the offsets that are missing in the pose.
        """
        transforms = self.transforms(pose)
        shares = self.shares[self._near]
        linear = np.tensordot(shares, transforms, 1)
        blended = np.einsum("nij,nj->ni", linear[:, :, :3], self.rest[self._near]) + linear[:, :, 3]
        turns = mean_turns(transforms, shares)
        normals = np.einsum("nij,nj->ni", turns[self._flat].mean(1), self._normals)
        own = self._place
        further = np.zeros_like(blended)
        further[own] = turned_about(self.rest[self.bent], self.centres, turns[own], linear[own]) - blended[own]
        for joint, swollen in self._swollen.items():
            bend = (3 - np.trace(axis_angle_to_matrix(pose[joint]))) / 2  # 1 - cos
            further[own] += bend * np.einsum("nij,nj->ni", turns[own], swollen[self.bent])
        for _ in range(_SMOOTH):
            further[own] += 0.5 * (self._mean @ further - further)[own]
        share = np.ones(len(blended))
        for _ in range(_BACK):
            over = (_normals(blended + share[:, None] * further, self._flat) * normals).sum(1) < _TURNED
            if not over.any():
                break
            share[self._flat[over]] *= 0.7
            share = np.minimum(share, 0.5 * share + 0.5 * (self._mean @ share))
        return linear[own][:, :, :3], (share[:, None] * further)[own]


def _normals(points: Floats, corners: Ints) -> Floats:
    """Return (n, 3) unit normals of triangles; none where one has no area."""
    a, b, c = (points[corners[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-15)


def _hanging(joint: int) -> list[int]:
    """Return the bones that a joint carries, itself among them."""
    found = {joint}
    for child, parent in enumerate(PARENTS):
        if parent in found:
            found.add(child)
    helpers = [k for k, bone in enumerate(TWIST_BONES, start=len(PARENTS)) if JOINT_INDEX[bone.joint] in found]
    return [*found, *helpers]
