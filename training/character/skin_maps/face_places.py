"""Where eyes, nose and mouth are on the base mesh, and coordinates around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..lashes import Lid
from ..makehuman import RANGES, Floats, SourceData
from ..part import vertex_normals
from .charts import Surface


@dataclass(frozen=True)
class FacePlaces:
    """Points of a symmetric face, metres; the left one of a pair."""

    eye: Floats
    """(3,) middle of the eyeball."""
    mouth: Floats
    """(3,) middle of the lips."""
    nose: Floats
    """(3,) its tip."""
    lashes: Floats
    """(k, 3) where those of the left eye grow, upper lid first, from the outer corner to the inner one and back."""


def find_places(data: SourceData, vertices: Floats) -> FacePlaces:
    """Return the places on a (V, 3) person."""
    body = slice(*RANGES["body"])
    quads = data.mesh.quads
    forward = vertex_normals(vertices, quads[quads.max(1) < RANGES["body"][1]])[body, 2] > 0.2
    eye = vertices[slice(*RANGES["left_eye"])].mean(0)
    mouth = np.average(vertices[body][forward], axis=0, weights=data.mask("lips")[body][forward] ** 2)
    skin = vertices[body]
    middle = (np.abs(skin[:, 0]) < 0.008) & (skin[:, 1] < eye[1] - 0.01) & (skin[:, 1] > mouth[1])
    nose = skin[middle][np.argmax(skin[middle, 2])]
    around = np.linspace(0.0, 1.0, 240, endpoint=False)
    return FacePlaces(eye, mouth, nose, Lid(vertices, "left").along(0.0, 2 * np.pi, around))


class Around:
    """The texels of a chart, seen from the face."""

    def __init__(self, surface: Surface, places: FacePlaces) -> None:
        self.surface, self.places = surface, places
        self.points = surface.points
        self.masks = surface.masks
        self.side = np.abs(self.points[:, 0])
        """(n,) metres from the middle."""
        self.folded = np.column_stack([self.side, self.points[:, 1:]])
        """(n, 3) points with the right half folded onto the left."""
        self.past_eye = self.side - places.eye[0]
        """(n,) metres outwards of the eye's middle."""
        height = self.points[:, 1]
        self.over_eye, self.over_mouth = height - places.eye[1], height - places.mouth[1]
        self.behind_nose = places.nose[2] - self.points[:, 2]
