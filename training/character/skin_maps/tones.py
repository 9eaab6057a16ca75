"""Whose skin: base colours and how much of each pigment shows. Colours are linear RGB."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from ....inference.easing import eased
from ..makehuman import Floats
from .pigment import Pigment

_BLOOD = np.array([0.10, 0.62, 0.52])
_MELANIN = np.array([0.42, 0.72, 1.05])
_INNER_MOUTH = np.array([0.26, 0.055, 0.05])
_STUBBLE = np.array([0.100, 0.082, 0.078])


@dataclass(frozen=True)
class Tone:
    """One person's skin."""

    base: tuple[float, float, float]
    lips: tuple[float, float, float]
    brow: tuple[float, float, float]
    blood: float = 0.85
    """How much the regions' blood shows."""
    melanin: float = 0.6
    freckles: float = 0.0
    spots: float = 0.0
    stubble: float = 0.0
    age: float = 0.0
    """How much the wrinkles show."""
    texture: float = 1.0
    """How much of pores, blotches and hairs shows; 0 for a drawn face."""


TONES: dict[str, Tone] = {
    "default": Tone((0.445, 0.226, 0.131), (0.33, 0.100, 0.083), (0.05, 0.030, 0.018), freckles=0.10),
    "light": Tone((0.510, 0.275, 0.172), (0.385, 0.112, 0.096), (0.06, 0.035, 0.020), melanin=0.5, freckles=0.25),
    "stubble": Tone(
        (0.422, 0.217, 0.128), (0.34, 0.120, 0.098), (0.035, 0.022, 0.014), 0.95, 0.7, 0.1, 0.15, 0.85, 0.3
    ),
    "deep": Tone((0.150, 0.070, 0.038), (0.165, 0.050, 0.044), (0.010, 0.008, 0.007), 0.5, 1.1, spots=0.1),
    "golden": Tone((0.450, 0.244, 0.130), (0.35, 0.112, 0.090), (0.012, 0.010, 0.009), 0.7, 0.65, 0.06, 0.1, 0.12),
    "older": Tone((0.468, 0.266, 0.170), (0.35, 0.130, 0.115), (0.22, 0.20, 0.18), 1.0, 0.85, 0.1, 1.0, 0.0, 1.0),
    "freckled": Tone((0.520, 0.285, 0.178), (0.375, 0.122, 0.100), (0.11, 0.055, 0.025), 0.85, 0.45, freckles=1.0),
    "plain": Tone((0.512, 0.272, 0.160), (0.385, 0.110, 0.094), (0.05, 0.030, 0.018), 0.95, 0.35, texture=0.15),
}
"""Name in file names and looks -> skin."""


def _blend(colour: Floats, over: Floats, share: Floats) -> Floats:
    return colour * (1 - share[:, None]) + over * share[:, None]


def _calmed(pigment: Pigment, texture: float) -> Pigment:
    """Return pigment whose texture, but not its lips and nails, is weaker."""
    kept = ("lips", "upper_lip", "inner_mouth", "depth", "nails", "liner")
    weaker = {f.name: getattr(pigment, f.name) * texture for f in fields(pigment) if f.name not in kept}
    # What regions have, such as red cheeks, stays; blotches go with the texture.
    weaker["blood"] = pigment.blood * max(texture, 0.6)
    return replace(pigment, **weaker)


def albedo(tone: Tone, pigment: Pigment, pores: Floats, furrows: Floats, lines: Floats) -> Floats:
    """Return (n, 3) linear colours.

    Parameters
    ----------
    tone : Tone
    pigment : Pigment
        Of n texels.
    pores, furrows, lines : (n,) arrays
        0..1, from ``relief``: they hold shadow.
    """
    if tone.texture < 1:
        pigment = _calmed(pigment, tone.texture)
    base = np.array(tone.base)
    spots = tone.spots * pigment.spots
    melanin = tone.melanin * pigment.melanin + 1.0 * tone.freckles * pigment.freckles + 0.55 * spots
    blood = tone.blood * pigment.blood + 0.25 * tone.freckles * pigment.freckles
    colour = base * np.exp(-np.outer(blood, _BLOOD)) * np.exp(-np.outer(melanin, _MELANIN))
    shade = 0.26 * tone.texture * pores + 0.20 * tone.age * lines
    colour = colour * (1 - shade)[:, None] * np.exp(-0.25 * tone.age * np.outer(lines, _BLOOD))
    lips = np.array(tone.lips) * (0.86 + 0.2 * (1 - tone.texture * furrows))[:, None]
    lips = lips * (1 - 0.16 * pigment.upper_lip)[:, None]
    colour = _blend(colour, lips, 0.82 * pigment.lips)
    inner = _INNER_MOUTH * min(1.0, 0.55 + base.mean())
    deep = inner * (1 - 0.72 * pigment.depth)[:, None]
    colour = _blend(colour, deep, eased(pigment.inner_mouth, 0.3, 0.8))
    colour = _blend(colour, base * [1.14, 1.0, 1.0], 0.6 * pigment.nails)
    hair = _STUBBLE * min(1.0, 2.4 * base.mean())
    colour = _blend(colour, hair, tone.stubble * (0.30 * pigment.shaved + 0.45 * pigment.stubble))
    colour = _blend(colour, 1.3 * np.array(tone.brow), 0.34 * pigment.brow)
    colour = _blend(colour, 0.08 * base + 0.3 * np.array(tone.brow), 0.85 * pigment.liner)
    colour = colour * (1 - 0.10 * np.outer(pigment.veins, [1.0, 0.5, 0.3]))
    return np.clip(colour, 0, 1)
