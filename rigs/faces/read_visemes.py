"""From what a face of visemes shows back to coefficients and a jaw: lips as far apart, as round and as wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.character import load_character
from ...inference.face.lip_solver import solve_aperture
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from .lip_targets import full_gap, viseme_coefficients
from .visemes import Visemes

if TYPE_CHECKING:
    from ..rig import Rig

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

_LIDS = {"blink": ("Left", "Right"), "blinkLeft": ("Left",), "blinkRight": ("Right",)}


class ShownVisemes:
    """What the visemes of a character show, frame by frame.

    Parameters
    ----------
    rig : Rig
        The character.
    frames : int
        How many frames are looked at.
    """

    def __init__(self, rig: Rig, frames: int) -> None:
        self._drive = next((drive for drive in rig.drives if isinstance(drive, Visemes)), None)
        self._shares = {role: np.zeros(frames) for role in (self._drive.role_keys if self._drive is not None else ())}

    def look(self, index: int) -> None:
        """Take what the scene shows now as one of the frames.

        A role shows as much as the least of its keys, which other expressions may raise too.
        """
        for role, values in self._shares.items():
            assert self._drive is not None
            keys = self._drive.role_keys[role]
            values[index] = np.clip(min(block.value / weight for block, weight in keys), 0.0, 1.0)

    def back(self, poses: Floats, arkit: Floats) -> tuple[Floats, Floats]:
        """Return (T, 165) poses and (T, 52) coefficients with lips and lids as shown; as given without visemes."""
        if self._drive is None or not self._shares:
            return poses, arkit
        arkit, opened = arkit.copy(), np.zeros(len(arkit))
        known, opens = viseme_coefficients(), self._drive.openings
        for role, share in self._shares.items():
            if role in known:
                arkit += (share[:, None] * known[role]).astype(np.float32)
                opened += share * max(0.0, opens.get(role, 0.0))
            for side in _LIDS.get(role, ()):
                lid = arkit[:, ARKIT_INDEX[f"eyeBlink{side}"]]
                lid[:] = np.maximum(lid, share)
        arkit[:, ARKIT_INDEX["jawOpen"]] = 0.0
        aperture = opened * (_widest() / full_gap())
        return solve_aperture(poses, np.clip(arkit, 0.0, 1.0), aperture.astype(np.float32), load_character())


def _widest() -> float:
    """Return the lip aperture of the default character with its jaw wide open."""
    character = load_character()
    poses, arkit = np.zeros((1, 3 * len(JOINT_NAMES)), np.float32), np.zeros((1, len(ARKIT_NAMES)), np.float32)
    arkit[:, ARKIT_INDEX["jawOpen"]] = 1.0
    poses[:, 3 * JOINT_INDEX["jaw"]] = character.jaw_open_radians
    return float(character.lip_aperture(poses, arkit)[0])
