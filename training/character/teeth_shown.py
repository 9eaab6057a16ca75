"""``python -m soliloquy.training.character.teeth_shown``: how much of the teeth a mouth shows that is open a little.

Speech lives at apertures of 0.1 to 0.2. There faces show darkness or the edge of the upper teeth; lower teeth that
stand above their lip look clenched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.character import Character, load_character
from ...inference.skeleton import JOINT_INDEX
from .makehuman import Floats

APERTURES = (0.10, 0.15, 0.20)
_MIXES: dict[str, dict[str, float]] = {
    "jaw": {},
    "speech": {
        "mouthLowerDownLeft": 0.10,
        "mouthLowerDownRight": 0.10,
        "mouthUpperUpLeft": 0.06,
        "mouthUpperUpRight": 0.06,
    },
    "smile": {"mouthSmileLeft": 0.25, "mouthSmileRight": 0.25, "mouthUpperUpLeft": 0.08, "mouthUpperUpRight": 0.08},
}
_MIDDLE = 0.006
"""Metres to both sides of the middle in which teeth are looked at."""


@dataclass(frozen=True)
class Shown:
    """What a mouth shows, in outer eye-corner distances."""

    mix: str
    aperture: float
    upper: float
    """By how far the upper teeth reach below the upper lip."""
    lower: float
    """By how far the lower teeth stand above the lower lip; negative when they are hidden."""


def _posed(character: Character, mix: dict[str, float], jaw: float) -> Floats:
    weights = np.zeros(len(ARKIT_NAMES))
    for name, value in {**mix, "jawOpen": jaw}.items():
        weights[ARKIT_INDEX[name]] = value
    pose = np.zeros((55, 3))
    pose[JOINT_INDEX["jaw"], 0] = jaw * character.jaw_open_radians
    return character.skin(pose, weights)


def teeth_shown(character: Character) -> list[Shown]:
    """Return what a character's mouth shows at each of ``APERTURES``, for the jaw alone and for mixes of speech."""
    made_of = np.full(len(character.vertices), -1)
    made_of[character.loops] = np.repeat(character.materials, character.sizes)
    teeth = made_of == character.material_names.index("teeth")
    middle = teeth & (np.abs(character.vertices[:, 0]) < _MIDDLE)
    hangs = (character.weight_joints[:, 0] == JOINT_INDEX["jaw"]) & middle
    stays = middle & ~hangs
    above, below, *_, left, right = character.landmarks
    result = []
    for name, mix in _MIXES.items():
        steps = np.linspace(0, 1, 26)
        posed = [_posed(character, mix, float(jaw)) for jaw in steps]
        eyes = np.array([np.linalg.norm(p[left] - p[right]) for p in posed])
        open_ = np.array([np.linalg.norm(p[above] - p[below]) for p in posed]) / eyes
        upper = np.array([p[above, 1] - p[stays, 1].min() for p in posed]) / eyes
        lower = np.array([p[hangs, 1].max() - p[below, 1] for p in posed]) / eyes
        result += [
            Shown(name, a, float(np.interp(a, open_, upper)), float(np.interp(a, open_, lower))) for a in APERTURES
        ]
    return result


def main() -> None:
    """Print the table."""
    for item in teeth_shown(load_character()):
        print(f"{item.mix:7} aperture {item.aperture:.2f}: upper {item.upper:+.3f}, lower {item.lower:+.3f}")


if __name__ == "__main__":
    main()
