"""How skin is raised and sunk: pores, fine lines, furrows of the lips, nails, knuckles, and the wrinkles of age."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from ....inference.easing import eased
from ..makehuman import Floats
from .charts import Singles, Surface
from .face_places import Around
from .noise import groove, layers, noise, spot
from .pigment import Pigment, cheeks, forehead, hands, nostrils, on_head

_PORES = {"head": 22, "body": 5}
"""Texels a pore, on average."""
PORE_DEPTH = 0.00011
"""Metres."""


def pores(around: Around) -> tuple[Floats, Floats]:
    """Return (n,) pores 0..1 and the fine lines between them, of cells strewn at random."""
    points, chart = around.points, around.surface.chart
    random = np.random.default_rng(0)
    seeds = random.choice(len(points), len(points) // _PORES[chart.name], replace=False)
    near = np.asarray(cKDTree(points[seeds]).query(points, k=2)[0])
    spacing = float(np.median(near[:, 1]))
    # Some pores are wide open and most are not: all alike they read as the peel of an orange.
    owner = np.asarray(cKDTree(points[seeds]).query(points)[1])
    open_ = 0.25 + 0.75 * random.random(len(seeds))[owner] ** 1.5
    return open_ * groove(near[:, 0] / spacing, 0.36), groove((near[:, 1] - near[:, 0]) / spacing, 0.16)


def coarse(around: Around) -> Floats:
    """Return how large the pores are, by region."""
    mouth = around.places.mouth
    chin = spot(around.points, [0, mouth[1] - 0.03, mouth[2]], [0.02, 0.014, 0.03])
    nose = spot(around.points, around.places.nose, [0.02, 0.02, 0.03]) + nostrils(around)
    return 0.35 + 0.8 * np.clip(cheeks(around) + nose + 0.6 * chin + 0.35 * forehead(around), 0, 1)


def lip_furrows(around: Around) -> Floats:
    """Return (n,) 0..1, the upright furrows of the lips."""
    points = around.points
    across = points[:, 0] + 0.0010 * (layers(points, 420, 3, 2) - 0.5)
    wave = (0.5 + 0.5 * np.sin(across * 2 * np.pi / 0.0013 + 9 * layers(points, 190, 31, 2))) ** 2
    # They are uneven, and end before the border of the lips, where they would stand as a comb.
    return wave * (0.25 + 0.75 * noise(points, 260, 33)) * eased(around.masks["lips"], 0.55, 0.98)


def wrinkles(around: Around) -> Floats:
    """Return (n,) 0..1: lines of the forehead, between the brows, at the eyes, nose, lips and neck."""
    points, up, side = around.points, around.over_eye, around.side
    head, behind = on_head(around), around.behind_nose
    wave = 0.0018 * (layers(points, 45, 55, 2) - 0.5)
    lines = groove(up - 0.055, 0.018) * (1 - eased(side, 0.032, 0.055))
    # Those of the forehead are the widest of a face, and are read from half a body away.
    result = 1.4 * head * lines * groove(np.sin((up + 2 * wave) * np.pi / 0.0105), 0.34)
    brows = spot(points, [0, around.places.eye[1] + 0.022, around.places.nose[2] - 0.02], [0.011, 0.011, 0.03])
    result = result + brows * groove(side - 0.0058 - wave, 0.0011)
    angle = np.arctan2(up, np.maximum(around.past_eye, 1e-4))
    crow = groove(np.hypot(around.past_eye - 0.026, up * 0.9), 0.011) * eased(around.past_eye, 0.014, 0.021)
    crow *= 1 - eased(behind, 0.062, 0.082)
    result += head * crow * groove(np.sin(angle * 5.5 + 2.4 * layers(points, 120, 56, 2)), 0.30)
    under = groove(up + 0.0155 + 0.02 * np.abs(around.past_eye) ** 1.1, 0.005) * groove(around.past_eye, 0.013)
    arc = up + 12 * around.past_eye**2 + wave
    result += 0.7 * under * groove(np.sin(arc * np.pi / 0.0042), 0.35) * (behind < 0.07)
    # From the wing of the nose past the corner of the mouth, and on to the chin.
    down = np.clip((-around.over_mouth + 0.030) / 0.052, 0, 1)
    fold = np.interp(down, [0, 0.35, 0.7, 1], [0.017, 0.0265, 0.0315, 0.029])
    along = eased(around.over_mouth, -0.030, -0.018) * (1 - eased(around.over_mouth, 0.020, 0.033))
    result += 0.9 * head * along * groove(side - fold - wave, 0.0024) * (behind < 0.075)
    lips = groove(np.abs(around.over_mouth) - 0.0125, 0.0045) * (1 - eased(side, 0.014, 0.024)) * (behind < 0.05)
    result += 0.55 * lips * groove(np.sin((points[:, 0] + wave) * np.pi / 0.0042), 0.28)
    neck = (1 - head) * eased(around.over_mouth, -0.20, -0.16) * (around.surface.normals[:, 2] > 0)
    result += 0.8 * neck * groove(np.sin((around.over_mouth + 3 * wave) * np.pi / 0.017), 0.16)
    return np.clip(result, 0, 1.4) * (0.25 + 0.75 * eased(layers(points, 110, 57, 2), 0.25, 0.65))


def relief(around: Around, pigment: Pigment, lines: Floats, age: float) -> Floats:
    """Return (n,) metres above the mesh.

    Parameters
    ----------
    around, pigment
        Where, and what lies there.
    lines : (n,) array
        ``wrinkles``.
    age : float
        0 shows none of them, 1 all.
    """
    points, (pore, between) = around.points, pores(around)
    skin = -1.3 * PORE_DEPTH * coarse(around) * pore - 0.28 * PORE_DEPTH * between
    skin += 0.00005 * (layers(points, 900, 12, 2) - 0.5) + 0.00010 * (layers(points, 260, 14, 2) - 0.5)
    # Flesh below is uneven, too: without it a lamp is mirrored as in a shell.
    skin += 0.00022 * (layers(points, 95, 16, 2) - 0.5)
    skin -= hands(around) * 0.00022 * groove(layers(points * [3.0, 1, 1], 70, 15, 2) - 0.5, 0.03)
    skin -= 0.00080 * age * lines + 0.00004 * age * between
    skin += 0.0003 * pigment.veins * (0.4 + age)
    lips = pigment.lips
    skin = skin * (1 - lips) - lips * 0.00013 * lip_furrows(around) * (0.4 + 0.6 * noise(points, 350, 4))
    smooth = np.maximum(pigment.nails, eased(pigment.inner_mouth, 0.3, 0.8))
    return skin * (1 - 0.9 * smooth) + 0.00025 * pigment.nails


def normal_map(surface: Surface, height: Floats) -> Singles:
    """Return (size, size, 3) tangent-space normals 0..1 (Y up, as glTF and Blender have them) of (n,) metres.

    The width of a texel in metres comes from the positions under its neighbours.
    """
    level, place = surface.image(height), surface.image(surface.points)
    slopes = []
    for axis in (1, 0):
        step = np.linalg.norm(np.gradient(place, axis=axis), axis=-1)
        usual = float(np.median(step[surface.covered]))
        slopes.append(np.gradient(level, axis=axis) / np.clip(step, 0.4 * usual, 4 * usual))
    normal = np.stack([-slopes[0], -slopes[1], np.ones_like(level)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    # Across a seam the neighbour is another part of the body.
    jump = np.abs(np.stack(np.gradient(place, axis=(0, 1)))).max((0, -1)) > 0.008
    normal[jump] = (0, 0, 1)
    return (normal * 0.5 + 0.5).astype(np.float32)
