"""The local linear maps between two faces of one topology, by which one's face keys are carried to the other.

Noh and Neumann, "Expression cloning" (SIGGRAPH 2001), turn and scale motion vectors by the local frames of the two
surfaces. Here the map is the least-squares linear one between smoothly weighted neighbourhoods.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags, identity

from .makehuman import Floats, Ints

_STEPS = 10
"""Rounds of diffusion: a neighbourhood of about as many edges."""
_FLOOR = 0.08
"""Share of isotropic spread added to a neighbourhood, which is flat and says nothing of its third direction."""


class LocalMaps:
    """Finds the maps from a template to others.

    Parameters
    ----------
    vertices : (V, 3) array
        Template.
    quads : (F, 4) array
        Faces; a vertex in none has the identity as its map.
    """

    def __init__(self, vertices: Floats, quads: Ints) -> None:
        self._template = vertices
        count = len(vertices)
        pairs = np.concatenate([quads[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3))])
        ones = np.ones(len(pairs))
        graph = csr_matrix(coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), (count, count)))
        graph = csr_matrix(graph + graph.T)
        degree = np.asarray(graph.sum(1)).ravel()
        self._used = degree > 0
        step = 0.4 * identity(count, format="csr") + 0.6 * diags(1 / np.maximum(degree, 1e-9)) @ graph
        self._step = csr_matrix(step)

    def _average(self, field: Floats) -> Floats:
        for _ in range(_STEPS):
            field = self._step @ field
        return field

    def __call__(self, other: Floats) -> Floats:
        """Return (V, 3, 3) maps of small displacements of the template to those of ``other`` (V, 3)."""
        # Moments are taken about one point near the face, so that differences of large numbers stay exact.
        middle = self._template[self._used].mean(0)
        x, y = self._template - middle, other - other[self._used].mean(0)
        count = len(x)
        outer_xx = (x[:, :, None] * x[:, None]).reshape(count, 9)
        outer_yx = (y[:, :, None] * x[:, None]).reshape(count, 9)
        spread = (y * y).sum(1, keepdims=True)
        means = self._average(np.hstack([x, y, outer_xx, outer_yx, spread]))
        mx, my = means[:, :3], means[:, 3:6]
        cxx = means[:, 6:15].reshape(count, 3, 3) - mx[:, :, None] * mx[:, None]
        cyx = means[:, 15:24].reshape(count, 3, 3) - my[:, :, None] * mx[:, None]
        vx = np.trace(cxx, axis1=1, axis2=2)
        vy = means[:, 24] - (my * my).sum(1)
        scale = np.sqrt(np.maximum(vy, 1e-12) / np.maximum(vx, 1e-12))
        floor = _FLOOR * vx
        system = cxx + floor[:, None, None] * np.eye(3)
        right = cyx + (floor * scale)[:, None, None] * np.eye(3)
        maps = np.tile(np.eye(3), (count, 1, 1))
        used = self._used & (vx > 1e-12)
        maps[used] = np.linalg.solve(system[used], right[used].transpose(0, 2, 1)).transpose(0, 2, 1)
        return maps
