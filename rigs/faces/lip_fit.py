"""ARKit lips on somebody else's face: opened as far as performed, measured on the face's own mesh.

The same coefficients part other lips further: an artist's upper lip goes up twice as far, or closing the mouth undoes
half of what the jaw opens. So what opens the mouth is scaled, frame by frame, until the gap is as large a share of the
jaw's as on the default character; where lips are shut there, they are shut here.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ..vertex_weights import weights_on
from .face_frame import face_frame, places
from .jaw_movement import jaw_turn
from .key_shapes import key_shape, rest_points
from .lip_targets import full_gap, lip_measures, parted
from .mouth import Mouth, find_mouth
from .one_motion import mends_the_jaw

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from .drive import FaceParts

Doubles = npt.NDArray[np.float64]

_PARTING = ("jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight")
"""What is scaled: lips go as far apart with it as the artist made them."""
_MOST = 2.0
"""How far lips may be opened more than performed."""
_MOST_CLOSED = 0.5
_OPENS = 0.1
"""Share of the mouth's width by which ``jawOpen`` must part the lips; else a bone opens the mouth."""
_MOUTH = 8
"""Keys of the lips beside a jaw bone from which on they are fitted together."""
_TURNED = (0.3, 1.5)
"""Share of its usual turn by which a jaw may open the mouth as far as a key does."""
_PLAY = 0.003
"""Share of the mouth's width that does not matter."""


@dataclass(frozen=True, eq=False)
class LipFit:
    """How the lips of one face answer to coefficients."""

    parts: FaceParts
    by_bone: bool = False
    """Whether the bone of the jaw opens the mouth."""

    def fitted(self, performance: Performance) -> Performance:
        """Return the performance with lips that part on this face as they do on the default character."""
        if self._gaps is None:
            return performance
        gaps, play = self._gaps
        arkit = performance.arkit.astype(np.float64)
        wanted = parted(lip_measures(performance)[:, 0]) / full_gap()
        columns = [ARKIT_INDEX[name] for name in _PARTING if gaps[ARKIT_INDEX[name]] > 0.0]
        parting = arkit[:, columns] @ gaps[columns]
        room = np.maximum(wanted - (arkit @ gaps - parting), 0.0)
        # Lips that are pressed together are not opened for it.
        most = np.where(wanted > play, _MOST, 1.0)
        arkit[:, columns] *= np.minimum((room + play) / (parting + play), most)[:, None]
        arkit[:, columns] = np.minimum(arkit[:, columns], np.maximum(1.0, performance.arkit[:, columns]))
        closing, column = gaps[ARKIT_INDEX["mouthClose"]], ARKIT_INDEX["mouthClose"]
        if closing < -play:
            over = np.maximum(arkit @ gaps - wanted, 0.0)
            arkit[:, column] += np.minimum(over / -closing, _MOST_CLOSED)
        fitted = dataclasses.replace(performance, arkit=arkit.astype(np.float32))
        if self.by_bone:
            fitted = dataclasses.replace(fitted, poses=performance.poses.copy())
            before = performance.coefficient("jawOpen")
            turn = self._as_the_key * fitted.coefficient("jawOpen") / np.where(before > 0.0, before, 1.0)
            fitted.joint("jaw")[:] *= turn[:, None]
        return fitted

    @cached_property
    def mouth(self) -> Mouth | None:
        """The mouth that ``jawOpen`` opens, of the frontmost mesh."""
        found = []
        opening = [key for key in self.parts.keys if key.shows.mix[0][0] == "jawOpen" or self.by_bone]
        for mesh in dict.fromkeys(key.mesh for key in opening):
            points = rest_points(mesh)
            shapes = [key_shape(mesh, key.name) for key in opening if key.mesh == mesh] if not self.by_bone else []
            moved = sum(shapes, self._turned(mesh))
            frame = face_frame(mesh, moved, points, self.parts.armature, self.parts.joints, self.parts.frame)
            found.append(find_mouth(mesh, points, moved, frame))
        return max((mouth for mouth in found if mouth is not None), key=lambda mouth: mouth.front, default=None)

    @property
    def jaw_gap(self) -> float:
        """Metres by which ``jawOpen = 1`` parts the lips; 0 where none are found."""
        return float(self._apart(self.mouth)[ARKIT_INDEX["jawOpen"]]) if self.mouth is not None else 0.0

    @cached_property
    def _gaps(self) -> tuple[Doubles, float] | None:
        """(52,) by how much of the jaw's gap each coefficient parts the lips, and what does not matter of it."""
        mouth = self.mouth
        if mouth is None:
            return None
        gaps = self._apart(mouth)
        full = gaps[ARKIT_INDEX["jawOpen"]]
        return (gaps / full, _PLAY * mouth.width / full) if full > _OPENS * mouth.width else None

    def _apart(self, mouth: Mouth) -> Doubles:
        """Return (52,) metres by which each coefficient parts the lips."""
        gaps, points = np.zeros(len(ARKIT_NAMES)), mouth.all_points
        for key in self.parts.keys:
            if key.mesh == mouth.mesh and key.shows.mix:
                apart = float(mouth.gap(key_shape(key.mesh, key.name, points)))
                for name, gain in key.shows.mix:
                    gaps[ARKIT_INDEX[name]] += gain * apart
        gaps[ARKIT_INDEX["jawOpen"]] += self._as_the_key * float(mouth.gap(self._turned(mouth.mesh)))
        return gaps

    @cached_property
    def _as_the_key(self) -> float:
        """How far the jaw's bone turns to open the mouth as far as a key that rests for it; 1 where there is none."""
        mouth, face = self.mouth, self.parts.face
        if not self.by_bone or mouth is None or face is None:
            return 1.0
        driven = {key.name for key in self.parts.keys if key.mesh == mouth.mesh}
        resting = [
            name
            for mesh, keys in face.keys
            for name, shows in keys.items()
            if mesh == mouth.mesh and name not in driven and shows.mix and shows.mix[0][0] == "jawOpen"
        ]
        opened = max((float(mouth.gap(key_shape(mouth.mesh, name))) for name in resting), default=0.0)
        turned = float(mouth.gap(self._turned(mouth.mesh)))
        return float(np.clip(opened / turned, *_TURNED)) if opened > 0.0 and turned > 0.0 else 1.0

    def _turned(self, mesh: Any) -> Doubles:
        """Return (V, 3) what the jaw's bone adds to a mesh's points at ``jawOpen = 1``, in the mesh's space."""
        points = rest_points(mesh)
        if not self.by_bone:
            return np.zeros_like(points)
        parts = self.parts
        bone = parts.armature.data.bones[parts.joints["jaw"].bone]
        share = weights_on(mesh, {bone.name, *(child.name for child in bone.children_recursive)})
        frame = face_frame(mesh, points, points, parts.armature, parts.joints, parts.frame)
        way = share[:, None] * jaw_turn(parts.armature, places(frame, points), parts.joints["jaw"], parts.frame)
        moved: Doubles = way @ np.linalg.inv(frame[:, :3]).T
        return moved


def lip_fit_of(parts: FaceParts) -> LipFit | None:
    """Return how a face's lips are fitted; None where keys do not move them, or one is made for the jaw's own bone."""
    beside = {name for _, name in parts.face.kind.beside_bone.values()} if parts.face is not None else set()
    opening = [key for key in parts.keys if key.shows.mix and key.shows.mix[0][0] == "jawOpen"]
    if any(key.name in beside for key in opening):
        return None
    if opening and not mends_the_jaw(parts):
        return LipFit(parts)
    lips = {name for key in parts.keys for name, _ in key.shows.mix if name.startswith("mouth")}
    bone = "jaw" in parts.joints and len(lips) >= _MOUTH
    return LipFit(parts, by_bone=True) if bone else None
