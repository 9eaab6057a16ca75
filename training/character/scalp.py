"""The head as hair sees it: hairline, height above it, and a smooth surface to lie on."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial import cKDTree

from ...inference.skeleton import JOINT_INDEX
from .makehuman import RANGES, Floats, Ints
from .part import vertex_normals

# Azimuth in degrees from the front, and the hairline's height above the eyes in metres: forehead, temple, sideburn,
# above the ear, behind it, nape.
_AZIMUTH = (0, 18, 33, 46, 58, 70, 80, 92, 106, 122, 140, 160, 180)
_HEIGHT = (0.066, 0.066, 0.064, 0.052, 0.030, 0.004, -0.002, 0.028, 0.021, -0.022, -0.045, -0.053, -0.055)


class Scalp:
    """Hair's view of a template."""

    def __init__(self, vertices: Floats, quads: Ints, joints: Floats, weights: Floats) -> None:
        eyes = [joints[JOINT_INDEX[f"{side}_eye_smplhf"]] for side in ("left", "right")]
        self.eyes = (eyes[0] + eyes[1]) / 2
        body = np.arange(*RANGES["body"])
        head = weights[body, JOINT_INDEX["head"]] + weights[body, JOINT_INDEX["neck"]] > 0.5
        chosen = body[head & (vertices[body, 1] > self.eyes[1] - 0.09)]
        top = vertices[chosen, 1].max()
        self.centre = np.array([0, self.eyes[1] + 0.035, (self.eyes[2] + vertices[chosen, 2].min()) / 2])
        self.normals = vertex_normals(vertices, quads)
        outward = ((vertices - self.centre) * self.normals).sum(1) > 0
        self.candidates = chosen[outward[chosen]]
        self.vertices = vertices
        self.top = top
        self._line = CubicSpline(_AZIMUTH, _HEIGHT)
        self._tree = cKDTree(vertices[self.candidates])

    def above_hairline(self, points: Floats) -> Floats:
        """Return (n,) metres above the hairline, negative below."""
        offset = points - self.centre
        azimuth = np.degrees(np.abs(np.arctan2(offset[:, 0], offset[:, 2])))
        return points[:, 1] - self.eyes[1] - self._line(azimuth)

    def surface(self, points: Floats) -> tuple[Floats, Floats]:
        """Return the nearest smooth surface points and unit normals, (n, 3) each."""
        distances, nearest = self._tree.query(points, k=6)
        shares = 1 / (distances**2 + 1e-6)
        shares /= shares.sum(1, keepdims=True)
        index = self.candidates[nearest]
        normals = np.einsum("nk,nkc->nc", shares, self.normals[index])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        height = np.einsum("nk,nkc->nc", shares, self.vertices[index])
        # Down to the plane through the blended neighbours.
        drop = ((points - height) * normals).sum(1, keepdims=True)
        return points - drop * normals, normals
