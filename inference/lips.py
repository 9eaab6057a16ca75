"""From mouth geometry and visemes to ARKit coefficients whose lips open exactly as far on the default character's mesh.

Geometry is in outer eye-corner distances, see :data:`MouthMotion`. Coefficients that give the mouth its shape come
first (width, raised lip, rolled lips of f, rounding of oo), then ``jawOpen`` and ``mouthClose`` are solved so that the
inner lips are as far apart as asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX, ARKIT_NAMES
from .character import LipBasis

Floats = npt.NDArray[np.float32]

SEALED_APERTURE = 0.0008
"""Aperture of sealed lips: far below what an eye can see."""
_NEWTON_STEPS = 8
_DEPTH_PASSES = 2
_SEALED_DEPTH = 0.0028  # Sealed lips may lie this far behind one another, a quarter of a millimetre; it cannot be seen.
_CHUNK = 20_000


@dataclass(frozen=True)
class MouthMotion:
    """What the mouth does, frame by frame; all (T,), distances in outer eye-corner distances."""

    aperture: Floats
    """Distance of the inner-lip mid points, >= 0."""
    width: Floats
    """Growth of the distance between the mouth corners over the closed mouth."""
    upper: Floats
    """Rise of the upper lip over the closed mouth."""
    jaw: Floats
    """Drop of the chin below the closed mouth."""
    sealed: Floats
    """0..1: how surely the lips are shut."""
    visemes: dict[str, Floats]
    """Viseme name -> 0..1 probability."""


def _smoothstep(values: Floats, low: float, high: float) -> Floats:
    part = np.clip((values - low) / (high - low), 0, 1)
    return (part * part * (3 - 2 * part)).astype(np.float32)


class LipSolver:
    """Coefficients for one character's mouth."""

    def __init__(self, basis: LipBasis) -> None:
        self._eye = basis.eye_distance
        self._basis = basis
        deltas = basis.deltas.astype(np.float64).copy()
        self._close_deltas = deltas[ARKIT_INDEX["mouthClose"], :2].copy()
        deltas[[ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]]] = 0
        self._shape_deltas = deltas[:, :2]
        corners = basis.deltas[:, 2, 0] - basis.deltas[:, 3, 0]
        self._stretch_span = float(corners[ARKIT_INDEX["mouthStretchLeft"]] * 2) / self._eye
        self._pucker_span = -float(corners[ARKIT_INDEX["mouthPucker"]]) / self._eye
        rise = (
            basis.deltas[ARKIT_INDEX["mouthUpperUpLeft"], 0, 1] + basis.deltas[ARKIT_INDEX["mouthUpperUpRight"], 0, 1]
        )
        self._upper_span = float(rise) / self._eye
        drop = basis.deltas[ARKIT_INDEX["jawOpen"], 1, 1]
        self._jaw_span = -float(drop) / self._eye
        close = basis.deltas[ARKIT_INDEX["mouthClose"], :2, 1]
        self._close_span = float(close[1] - close[0]) / self._eye

    def solve(self, motion: MouthMotion) -> Floats:
        """Return (T, 52) coefficients."""
        arkit = self._shape(motion)
        target = motion.aperture * (1 - motion.sealed) + SEALED_APERTURE * motion.sealed
        for start in range(0, len(arkit), _CHUNK):
            rows = slice(start, start + _CHUNK)
            shape = arkit[rows].copy()
            for _ in range(_DEPTH_PASSES):
                aside = self._solve_opening(arkit[rows], target[rows])
                # Lips moved apart in depth cannot be brought together by opening or closing: shape them less there.
                allowed = np.maximum(0.9 * target[rows], _SEALED_DEPTH)
                shape *= np.minimum(1, allowed / np.maximum(aside, 1e-6))[:, None]
                arkit[rows] = shape
            self._solve_opening(arkit[rows], target[rows])
        return arkit

    def _shape(self, motion: MouthMotion) -> Floats:
        frames = len(motion.aperture)
        arkit = np.zeros((frames, len(ARKIT_NAMES)), np.float32)

        def put(value: npt.ArrayLike, *names: str) -> None:
            for name in names:
                arkit[:, ARKIT_INDEX[name]] += np.asarray(value, np.float32)

        def viseme(name: str) -> Floats:
            return motion.visemes[name]

        aperture = motion.aperture * (1 - motion.sealed)
        parted = _smoothstep(aperture, 0.0, 0.04)
        narrow, wide = np.maximum(-motion.width, 0), np.maximum(motion.width, 0)
        put(np.minimum(narrow / self._pucker_span, 0.7) + 0.25 * viseme("U") + 0.12 * viseme("O"), "mouthPucker")
        put(
            (0.25 * viseme("CH") + 0.12 * viseme("U") + 0.15 * viseme("O") + 0.1 * viseme("RR")) * parted, "mouthFunnel"
        )
        stretch = np.minimum(0.6 * wide / self._stretch_span, 0.5)
        put(stretch, "mouthStretchLeft", "mouthStretchRight")
        put(0.4 * wide / self._stretch_span + 0.08 * viseme("I"), "mouthSmileLeft", "mouthSmileRight")
        rise = np.clip(motion.upper / self._upper_span, 0, 0.6) * parted
        put(rise + 0.15 * viseme("FF") * parted, "mouthUpperUpLeft", "mouthUpperUpRight")
        put((0.12 * viseme("SS") + 0.1 * viseme("I")) * parted, "mouthLowerDownLeft", "mouthLowerDownRight")
        # f and v: the lower lip goes under the upper teeth. The tracks cannot show it, the phone does.
        bilabial = viseme("PP") * motion.sealed
        put(0.55 * viseme("FF") + 0.16 * bilabial, "mouthRollLower")
        put(0.08 * bilabial, "mouthRollUpper")
        put(0.1 * bilabial, "mouthPressLeft", "mouthPressRight")
        put(0.2 * viseme("TH") * _smoothstep(aperture, 0.01, 0.05), "tongueOut")
        # Where the chin hangs lower than the lips part, the lips stay together on a dropped jaw.
        spare = np.clip(motion.jaw / self._jaw_span - aperture / self._jaw_span, 0, 0.12)
        put(spare * self._jaw_span / self._close_span, "mouthClose")
        return np.clip(arkit, 0, 1)

    def _gap(
        self, points: npt.NDArray[np.float64], jaw: npt.NDArray[np.float64], close: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return upper minus lower inner lip, (T,) upwards and (T,) length of the rest, in eye-corner distances.

        ``points`` (T, 2, 3) holds every coefficient but ``jawOpen`` (T,) and ``mouthClose`` (T,).
        """
        basis = self._basis
        moved = points + jaw[:, None, None] * basis.corrective[:2] + close[:, None, None] * self._close_deltas
        angle = basis.jaw_open_radians * jaw[:, None]
        local = moved - basis.jaw_pivot
        cos, sin = np.cos(angle), np.sin(angle)
        moved[..., 1] += basis.jaw_weights[:2] * (cos * local[..., 1] - sin * local[..., 2] - local[..., 1])
        moved[..., 2] += basis.jaw_weights[:2] * (sin * local[..., 1] + cos * local[..., 2] - local[..., 2])
        difference = (moved[:, 0] - moved[:, 1]) / self._eye
        return difference[:, 1], np.hypot(difference[:, 0], difference[:, 2])

    def _solve_opening(self, arkit: Floats, target: Floats) -> Floats:
        """Set ``jawOpen`` (and more ``mouthClose`` where even a shut jaw parts the lips too far), in place.

        Returns the (T,) distance of the lips sideways and in depth that remains, in eye-corner distances.
        """
        jaw_column, close_column = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
        base_close = arkit[:, close_column].astype(np.float64)
        flat = self._shape_deltas.reshape(len(ARKIT_NAMES), -1)
        points = self._basis.rest[:2] + (arkit.astype(np.float64) @ flat).reshape(-1, 2, 3)
        # One unknown: its positive part opens the jaw, its negative part closes the lips.
        control = np.zeros(len(arkit))
        for _ in range(_NEWTON_STEPS):
            jaw = np.clip(control, 0, 1)
            close = np.clip(base_close - np.minimum(control, 0), 0, 1)
            gap, aside = self._gap(points, jaw, close)
            error = np.sqrt(np.maximum(target.astype(np.float64) ** 2 - aside**2, 0)) - gap
            step = np.where(control > 0, error / self._jaw_span, error / self._close_span)
            crossing = (control > 0) & (control + step < 0) | (control < 0) & (control + step > 0)
            control = np.where(crossing, 0, control + step)
        jaw = np.clip(control, 0, 1)
        close = np.clip(base_close - np.minimum(control, 0), 0, 1)
        arkit[:, jaw_column] = jaw
        arkit[:, close_column] = close
        return self._gap(points, jaw, close)[1].astype(np.float32)
