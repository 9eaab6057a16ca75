"""ARKit lips on somebody else's face: opened as far as performed, measured on the face's own mesh.

The same coefficients part other lips further: an artist's upper lip goes up twice as far, or closing the mouth undoes
half of what the jaw opens. So what opens the mouth is scaled, frame by frame, until the gap is as large a share of the
jaw's as on the default character; where lips are shut there, they are shut here.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from .face_frame import face_frame
from .key_shapes import key_shape, rest_points
from .lip_targets import full_gap, lip_measures, parted
from .mouth import Mouth, find_mouth

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
_PLAY = 0.003
"""Share of the mouth's width that does not matter."""


@dataclass(frozen=True, eq=False)
class LipFit:
    """How the lips of one face answer to coefficients."""

    parts: FaceParts

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
        return dataclasses.replace(performance, arkit=arkit.astype(np.float32))

    @cached_property
    def mouth(self) -> Mouth | None:
        """The mouth that ``jawOpen`` opens, of the frontmost mesh."""
        found = []
        for key in self.parts.keys:
            if key.shows.mix[0][0] == "jawOpen":
                moved, points = key_shape(key.mesh, key.name), rest_points(key.mesh)
                frame = face_frame(key.mesh, moved, points, self.parts.armature, self.parts.joints, self.parts.frame)
                found.append(find_mouth(key.mesh, points, moved, frame))
        return max((mouth for mouth in found if mouth is not None), key=lambda mouth: mouth.front, default=None)

    @cached_property
    def _gaps(self) -> tuple[Doubles, float] | None:
        """(52,) by how much of the jaw's gap each coefficient parts the lips, and what does not matter of it."""
        mouth = self.mouth
        if mouth is None:
            return None
        gaps, points = np.zeros(len(ARKIT_NAMES)), mouth.all_points
        for key in self.parts.keys:
            if key.mesh == mouth.mesh and key.shows.mix:
                apart = float(mouth.gap(key_shape(key.mesh, key.name, points)))
                for name, gain in key.shows.mix:
                    gaps[ARKIT_INDEX[name]] += gain * apart
        full = gaps[ARKIT_INDEX["jawOpen"]]
        return (gaps / full, _PLAY * mouth.width / full) if full > _OPENS * mouth.width else None


def lip_fit_of(parts: FaceParts) -> LipFit | None:
    """Return how a face's lips are fitted; None where no key opens the mouth, or one goes with a bone that does."""
    beside = {name for _, name in parts.face.kind.beside_bone.values()} if parts.face is not None else set()
    opening = [key for key in parts.keys if key.shows.mix and key.shows.mix[0][0] == "jawOpen"]
    return LipFit(parts) if opening and not any(key.name in beside for key in opening) else None
