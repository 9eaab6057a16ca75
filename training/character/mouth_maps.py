"""The picture of the inside of the mouth: enamel, gums, tongue, and a lining that darkens towards the throat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...inference.easing import eased
from .makehuman import Floats
from .mouth_chart import GUMS, LINING, TEETH, TONGUE, Field
from .skin_maps.noise import groove, layers, noise
from .skin_maps.write import save, srgb

SIZE = 512
_ENAMEL, _DENTINE = np.array([0.735, 0.690, 0.600]), np.array([0.640, 0.530, 0.360])
_GUM, _GUM_EDGE = np.array([0.430, 0.135, 0.125]), np.array([0.520, 0.210, 0.190])
_TONGUE, _COAT = np.array([0.400, 0.125, 0.115]), np.array([0.470, 0.230, 0.205])
_LINING = np.array([0.200, 0.042, 0.040])


def _shares(field: Field) -> tuple[Floats, Floats, Floats]:
    """Return across and up, 0..1 inside and a little beyond, and (n, 3) points for noise, of the whole picture."""
    steps = (np.arange(SIZE) + 0.5) / SIZE
    u, v = (axis.ravel() for axis in np.meshgrid(steps, steps))
    low, high = np.array(field.low), np.array(field.high)
    across, up = ((np.column_stack([u, v]) - low) / (high - low)).T
    return np.clip(across, 0, 1), np.clip(up, 0, 1), np.column_stack([u, v, np.zeros_like(u)])


def _dark(behind: Floats, least: float) -> Floats:
    """Return (n, 1) the light that reaches so far behind the lips: every viewer needs the cavity to be dark."""
    return (1 - (1 - least) * eased(behind, 0.08, 0.85))[:, None]


def _teeth() -> Floats:
    behind, edge, place = _shares(TEETH)
    yellow = np.clip(0.55 * (1 - edge) ** 1.6 + 0.25 * behind + 0.25 * (layers(place, 30, 3, 2) - 0.5), 0, 1)[:, None]
    colour = _ENAMEL * (1 - yellow) + _DENTINE * yellow
    clear = (0.16 * eased(edge, 0.80, 1.0))[:, None]  # the biting edge lets light through
    colour = colour * (1 - clear) + np.array([0.52, 0.55, 0.58]) * clear
    return colour * (1 - 0.35 * eased(0.16 - edge, 0.0, 0.16))[:, None] * _dark(behind, 0.30)


def _gums() -> Floats:
    behind, up, place = _shares(GUMS)
    pale = (0.6 * groove(up - 0.5, 0.3) * eased(layers(place, 60, 13, 2), 0.35, 0.65))[:, None]
    return (_GUM * (1 - pale) + _GUM_EDGE * pale) * _dark(behind, 0.25)


def _tongue() -> Floats:
    across, front, place = _shares(TONGUE)
    bumps = eased(noise(place, 190, 21), 0.35, 0.75) * eased(layers(place, 14, 23, 2), 0.2, 0.7)
    coat = (0.55 * bumps * (1 - eased(np.abs(across - 0.5), 0.30, 0.48)))[:, None]
    colour = _TONGUE * (1 - coat) + _COAT * coat
    middle = 1 - 0.22 * groove(across - 0.5, 0.035) * eased(front, 0.2, 0.5) * (1 - eased(front, 0.8, 0.95))
    return colour * middle[:, None] * _dark(1 - front, 0.22)


def _lining() -> Floats:
    _, _, place = _shares(LINING)
    return _LINING * (0.75 + 0.5 * layers(place, 18, 31, 2))[:, None]


def bake_mouth(folder: Path, log: Callable[[str], None] = print) -> None:
    """Write ``mouth.jpg``; the fields' borders lie half way between them."""
    folder.mkdir(parents=True, exist_ok=True)
    steps = (np.arange(SIZE) + 0.5) / SIZE
    u, v = (axis.ravel() for axis in np.meshgrid(steps, steps))
    left = (u < (TONGUE.high[0] + LINING.low[0]) / 2)[:, None]
    colour = np.where(left, _tongue(), _lining())
    colour = np.where((v > (TONGUE.high[1] + GUMS.low[1]) / 2)[:, None], _gums(), colour)
    colour = np.where((v > (GUMS.high[1] + TEETH.low[1]) / 2)[:, None], _teeth(), colour)
    save(srgb(colour).reshape(SIZE, SIZE, 3).astype(np.float32), folder / "mouth.jpg", 90)
    log(f"mouth: {SIZE} x {SIZE}")
