"""From mouth geometry and visemes to ARKit coefficients whose lips open exactly as far on the default character's mesh.

Geometry is in outer eye-corner distances, see :data:`MouthMotion`. Coefficients that give the mouth its shape come
first (width, raised lip, rolled lips of f, rounding of oo), then ``jawOpen`` and ``mouthClose`` are solved so that the
inner lips are as far apart as asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..character import LipBasis
from ..easing import smoothstep
from .aperture import lip_shapes, solve_opening

Floats = npt.NDArray[np.float32]

SEALED_APERTURE = 0.0008
"""Aperture of sealed lips: far below what an eye can see."""
_PASSES = 3
_TONGUE = (0.2, 0.6)
"""Probabilities of th between which the tongue comes, and is there."""
_TONGUE_OUT = 0.66
"""``tongueOut`` that is seen below the upper teeth and does not yet pierce the lower lip."""
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
    casual: Floats | None = None
    """0..1: how far the speech is from being clear, None for not at all."""
    sounds: Floats | None = None
    """Aperture that the sounds ask for, whatever movement was heard; None where that is not known."""


class LipSolver:
    """Coefficients for one character's mouth."""

    def __init__(self, basis: LipBasis) -> None:
        self._basis = basis
        eye = basis.eye_distance
        corners = basis.deltas[:, 2, 0] - basis.deltas[:, 3, 0]
        self._stretch_span = float(corners[ARKIT_INDEX["mouthStretchLeft"]] * 2) / eye
        self._pucker_span = -float(corners[ARKIT_INDEX["mouthPucker"]]) / eye
        rise = (
            basis.deltas[ARKIT_INDEX["mouthUpperUpLeft"], 0, 1] + basis.deltas[ARKIT_INDEX["mouthUpperUpRight"], 0, 1]
        )
        self._upper_span = float(rise) / eye
        self._smile_span = float(corners[ARKIT_INDEX["mouthSmileLeft"]] * 2) / eye
        self._corner_slopes = (corners / eye).astype(np.float32)
        solved = ("jawOpen", "mouthClose")
        self._shaping = [index for name, index in ARKIT_INDEX.items() if name not in solved]
        self._shaping_slopes = self._corner_slopes[self._shaping]
        drop = basis.deltas[ARKIT_INDEX["jawOpen"], 1, 1]
        self._jaw_span = -float(drop) / eye
        close = basis.deltas[ARKIT_INDEX["mouthClose"], :2, 1]
        self._close_span = float(close[1] - close[0]) / eye

    def solve(self, motion: MouthMotion) -> Floats:
        """Return (T, 52) coefficients."""
        arkit = self._shape(motion)
        target = motion.aperture * (1 - motion.sealed) + SEALED_APERTURE * motion.sealed
        rounded = np.clip(motion.visemes["U"] + motion.visemes["O"] + motion.visemes["CH"], 0, 1)
        for start in range(0, len(arkit), _CHUNK):
            rows = slice(start, start + _CHUNK)
            shape = arkit[rows].copy()
            for number in range(_PASSES):
                aside = self._solve_opening(arkit[rows], target[rows])
                if number < _PASSES - 1:  # what comes last is that lips can meet
                    self._solve_width(shape, arkit[rows], motion.width[rows], rounded[rows])
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
        parted = smoothstep(aperture, 0.0, 0.04)
        put(0.3 * viseme("U") + 0.15 * viseme("O") + 0.15 * viseme("CH"), "mouthPucker")
        put((0.25 * viseme("CH") + 0.2 * viseme("U") + 0.3 * viseme("O") + 0.15 * viseme("RR")) * parted, "mouthFunnel")
        put(0.06 * viseme("I"), "mouthSmileLeft", "mouthSmileRight")
        rise = np.clip(motion.upper / self._upper_span, 0, 0.6) * parted
        put(rise + 0.35 * viseme("FF") * parted, "mouthUpperUpLeft", "mouthUpperUpRight")
        # th: the tongue comes to the teeth, soon, for a th is short; the lower lip makes way.
        tongue = smoothstep(viseme("TH"), *_TONGUE) * smoothstep(aperture, 0.01, 0.05)
        put(_TONGUE_OUT * tongue, "tongueOut")
        lowered = (0.12 * viseme("SS") + 0.1 * viseme("I")) * parted + 0.25 * tongue
        put(lowered, "mouthLowerDownLeft", "mouthLowerDownRight")
        # f and v: the lower lip goes under the upper teeth. The tracks cannot show it, the phone does.
        bilabial = viseme("PP") * motion.sealed
        put(0.55 * viseme("FF") + 0.16 * bilabial, "mouthRollLower")
        put(0.08 * bilabial, "mouthRollUpper")
        put(0.1 * bilabial, "mouthPressLeft", "mouthPressRight")
        # Where the chin hangs lower than the lips part, the lips stay together on a dropped jaw.
        spare = np.clip(motion.jaw / self._jaw_span - aperture / self._jaw_span, 0, 0.12)
        put(spare * self._jaw_span / self._close_span, "mouthClose")
        return np.clip(arkit, 0, 1)

    def _solve_width(self, shape: Floats, solved: Floats, wanted: Floats, rounded: Floats) -> None:
        """Move the mouth corners to the wanted width, in place in the shape.

        The jaw turns about the axis through the corners' sides, so their distance is linear in all coefficients.
        Corners that a jaw or a funnel drew together are spread by stretch and smile, unless the sound is round.
        """
        missing = wanted - solved @ self._corner_slopes
        pucker = ARKIT_INDEX["mouthPucker"]
        narrow = missing / self._pucker_span
        # Spreading lips first lets go of what puckers them beyond the sound.
        let_go = np.minimum(np.maximum(narrow, 0), np.maximum(shape[:, pucker] - 0.3 * rounded, 0))
        shape[:, pucker] = np.clip(shape[:, pucker] - let_go, 0, 1)
        spread = (missing - let_go * self._pucker_span) * (1 - rounded * (missing > 0)) / self._stretch_span
        for names, share, most in (
            (("mouthStretchLeft", "mouthStretchRight"), 0.6, 0.6),
            (("mouthSmileLeft", "mouthSmileRight"), 0.4 * self._stretch_span / self._smile_span, 0.35),
        ):
            for name in names:
                column = ARKIT_INDEX[name]
                shape[:, column] = np.clip(shape[:, column] + share * spread, 0, most)
        left = wanted - (solved @ self._corner_slopes + (shape - solved)[:, self._shaping] @ self._shaping_slopes)
        shape[:, pucker] = np.clip(shape[:, pucker] + np.maximum(-left, 0) / self._pucker_span, 0, 0.8)

    def _solve_opening(self, arkit: Floats, target: Floats) -> Floats:
        """Set ``jawOpen`` (and more ``mouthClose`` where even a shut jaw parts the lips too far), in place.

        Returns the (T,) distance of the lips sideways and in depth that remains, in eye-corner distances.
        """
        close_column = ARKIT_INDEX["mouthClose"]
        found = solve_opening(self._basis, lip_shapes(self._basis, arkit), arkit[:, close_column], target)
        arkit[:, ARKIT_INDEX["jawOpen"]] = found.jaw
        arkit[:, close_column] = found.close
        return found.aside.astype(np.float32)
