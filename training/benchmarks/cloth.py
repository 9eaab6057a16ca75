"""Counts skin that shows through clothes in the poses in which outfits are tried on.

``python -m soliloquy.training.benchmarks.cloth [--person NAME] [OUTFIT ...]``. A vertex of the shown body counts where
a garment lies over it in the T-pose and the nearest cloth lies more than TOLERANCE beneath it in the pose.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.spatial import cKDTree

from ...inference.cast import compose
from ...inference.character_model import Character
from ..character.cloth_poses import fitting_poses
from ..character.makehuman import Floats, Ints
from ..character.outfits import OUTFITS
from ..character.part import CLOTH, vertex_normals

TOLERANCE = 0.002
"""Metres."""
_NEAR = 0.03


def _quads(character: Character) -> Ints:
    """Return (F, 4) faces; a triangle repeats its last vertex."""
    starts = np.cumsum(character.sizes) - character.sizes
    corners = np.minimum(starts[:, None] + np.arange(4), (starts + character.sizes - 1)[:, None])
    return character.loops[corners].astype(np.int64)


class Fitting:
    """A dressed character and which of its skin lies under which cloth."""

    def __init__(self, character: Character) -> None:
        self.character = character
        quads = _quads(character)
        names = np.array(character.material_names)[character.materials]
        self._cloth = quads[np.isin(names, CLOTH)]
        skin = np.unique(quads[np.isin(names, ("skin", "face skin"))])
        rest = character.vertices.astype(np.float64)
        normals = vertex_normals(rest, self._cloth)
        self._outer = np.unique(self._cloth)
        body = vertex_normals(rest, quads[np.isin(names, ("skin", "face skin"))])
        _, nearest = cKDTree(rest[skin]).query(rest[self._outer])
        # The inside of a hem faces the skin.
        self._outer = self._outer[(normals[self._outer] * body[skin[nearest]]).sum(1) > 0]
        self.covered = skin[self._depth(rest, skin) > 0.0]

    def _depth(self, points: Floats, skin: Ints) -> Floats:
        """Return how deep (n,) skin vertices lie under the nearest cloth, metres; -inf where none is near."""
        normals = vertex_normals(points, self._cloth)[self._outer]
        distance, nearest = cKDTree(points[self._outer]).query(points[skin])
        apart = points[self._outer][nearest] - points[skin]
        # Only what lies below cloth and not beside its edge.
        depth = (apart * normals[nearest]).sum(1)
        beside = np.linalg.norm(apart - depth[:, None] * normals[nearest], axis=1)
        return np.where((distance < _NEAR) & (beside < 0.012), depth, -np.inf)

    def through(self, pose: Floats, place: Floats) -> int:
        """Return how many covered vertices show through cloth in a pose."""
        depth = self._depth(self.character.skin(pose, trans=place), self.covered)
        return int(((depth < -TOLERANCE) & np.isfinite(depth)).sum())


def main() -> None:
    """Print a row per outfit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--person", default="default")
    parser.add_argument("outfits", nargs="*", default=list(OUTFITS))
    options = parser.parse_args()
    for name in options.outfits:
        character = compose(options.person, outfit=name)
        fitting = Fitting(character)
        poses = fitting_poses(character.joints.astype(np.float64))
        counts = {pose: fitting.through(*how) for pose, how in poses.items()}
        print(f"{name}: {len(fitting.covered)} covered; " + ", ".join(f"{pose} {n}" for pose, n in counts.items()))


if __name__ == "__main__":
    main()
