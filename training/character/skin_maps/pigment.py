"""What colours skin: blood, melanin, and the lips, nails, hairs and spots that lie on it.

Amounts are dimensionless; ``tones`` says how strongly a person shows them. Skin's colour comes from haemoglobin and
melanin, each of which takes light away exponentially (Tsumura et al., "Image-based skin color and texture analysis",
2003); which part of a face has how much is our own drawing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ....inference.easing import eased
from ..makehuman import Floats
from .face_places import Around
from .noise import groove, layers, noise, speckles, spot


@dataclass(frozen=True, eq=False)
class Pigment:
    """(n,) amounts at the texels of a surface; 0 is the plain tone."""

    blood: Floats
    melanin: Floats
    freckles: Floats
    spots: Floats
    """Of age, and moles."""
    lips: Floats
    upper_lip: Floats
    """The share of it that turns away from the light."""
    inner_mouth: Floats
    depth: Floats
    """Of the inside of the mouth: 0 at the lips, 1 at the throat."""
    nails: Floats
    shaved: Floats
    """Where a beard grows."""
    stubble: Floats
    """Its single hairs."""
    brow: Floats
    """Shadow below the brow's hairs."""
    liner: Floats
    """Shadow at the roots of the lashes."""
    veins: Floats


def on_head(around: Around) -> Floats:
    """Return 1 on the head and 0 below it."""
    return eased(around.over_mouth, -0.115, -0.075)


def cheeks(around: Around) -> Floats:
    """Return the apples of the cheeks."""
    eye, mouth, nose = around.places.eye, around.places.mouth, around.places.nose
    return spot(around.folded, [0.044, (eye[1] + mouth[1]) / 2 - 0.003, nose[2] - 0.035], [0.026, 0.024, 0.05])


def forehead(around: Around) -> Floats:
    """Return 1 above the brows."""
    return on_head(around) * eased(around.over_eye, 0.022, 0.05)


def hands(around: Around) -> Floats:
    """Return 1 from the wrists on."""
    return eased(around.side, 0.50, 0.60)


def nostrils(around: Around) -> Floats:
    """Return the wings of the nose."""
    nose = around.places.nose
    return spot(around.folded, [0.016, nose[1] - 0.004, nose[2] - 0.014], [0.007, 0.009, 0.014])


def pigment(around: Around) -> Pigment:
    """Return the pigment of every texel."""
    points, masks, places = around.points, around.masks, around.places
    blood, melanin = _ground(around)
    lips = eased(masks["lips"], 0.12, 0.80) * (masks["inside-mouth"] < 0.5)
    cheek = cheeks(around)
    nose_bridge = spot(points, [0, places.nose[1] + 0.014, places.nose[2]], [0.035, 0.012, 0.05])
    sunny = on_head(around) * np.clip(0.5 * cheek + 0.9 * nose_bridge + 0.12, 0, 1)
    sunny += 0.25 * (1 - on_head(around)) * eased(points[:, 1], 0.25, 0.45)
    freckles = (0.75 * speckles(points, 0.0042, 0.0016, 77) + 0.6 * speckles(points, 0.0026, 0.0009, 78)) * sunny
    patches = 0.3 + 0.7 * eased(layers(points, 22, 94, 2), 0.42, 0.6)
    large = speckles(points, 0.017, 0.0034, 93) * patches + 0.5 * speckles(points, 0.009, 0.0018, 95) * patches
    moles = 1.6 * speckles(points, 0.085, 0.0011, 91)
    shaved = _shaved(around) * (1 - eased(masks["lips"], 0.05, 0.3)) * (1 - masks["inside-mouth"])
    grain = 0.5 * noise(points, 2300, 8) + 0.5 * noise(points[:, [1, 2, 0]] * 1.37, 3100, 18)
    veins = hands(around) * groove(layers(points, 30, 71, 2) - 0.5, 0.018)
    return Pigment(
        blood, melanin, np.clip(freckles, 0, 1), np.clip(large + moles, 0, 1.6),
        lips, lips * eased(around.over_mouth, -0.0005, 0.003), masks["inside-mouth"],
        eased(places.mouth[2] - points[:, 2], 0.004, 0.040), eased(masks["fingernails"] + masks["toenails"], 0.3, 0.7),
        shaved, eased(grain, 0.55, 0.75) * shaved,
        _brow(around), _liner(around), veins,
    )  # fmt: skip


def jaw_edge(around: Around) -> Floats:
    """Return 1 along the edge of the jaw, from below the ears to beside the chin."""
    along = np.clip((around.behind_nose - 0.022) / 0.080, 0, 1)
    edge = np.interp(along, [0, 0.4, 1], [-0.048, -0.042, -0.012])
    beside = eased(around.side, 0.018, 0.042) * (1 - eased(around.behind_nose, 0.105, 0.145))
    return on_head(around) * groove(around.over_mouth - edge, 0.024) * beside


def _ground(around: Around) -> tuple[Floats, Floats]:
    """Return blood and melanin of the regions and their blotches.

    As portrait painters lay them: a golden forehead, a red middle third (cheeks, nose, ears), a lower third that takes
    some of it along the jaw, a warm neck.
    """
    points, masks, folded = around.points, around.masks, around.folded
    eye, mouth, nose = around.places.eye, around.places.mouth, around.places.nose
    head, cheek = on_head(around), cheeks(around)
    # Wide patches with little blood read as olive, so that they are weak and all skin has some.
    blood = 0.10 + 0.30 * (layers(points, 28, 3) - 0.5) + 0.34 * (layers(points, 170, 9, 2) - 0.5)
    blood += 0.22 * (layers(points, 620, 47, 2) - 0.5)
    melanin = 0.26 * (layers(points, 38, 21) - 0.5) + 0.30 * (layers(points, 260, 5, 2) - 0.5)
    melanin += 0.16 * (layers(points, 1100, 48, 2) - 0.5)
    # Small vessels show as a net where skin is thin and full of blood.
    flush = np.clip(cheek + 0.7 * spot(points, nose, [0.022, 0.018, 0.03]) + 0.6 * nostrils(around), 0, 1)
    blood += 0.30 * flush * (layers(points, 520, 41, 2) - 0.5) + 0.16 * flush * (layers(points, 90, 44, 2) - 0.5)
    blood += 0.42 * cheek + 0.58 * spot(points, nose, [0.015, 0.012, 0.02]) + 0.42 * nostrils(around)
    blood += 0.14 * spot(folded, [0.050, mouth[1] + 0.008, nose[2] - 0.050], [0.024, 0.026, 0.05])
    # In the shade of the cheekbones the edge of the jaw looked green beside them.
    blood, melanin = blood + 0.20 * jaw_edge(around), melanin + 0.06 * jaw_edge(around)
    blood += 0.20 * spot(points, [0, mouth[1] - 0.033, mouth[2]], [0.018, 0.012, 0.03])
    blood += 0.64 * masks["ears"] * (0.6 + 0.4 * layers(points, 60, 4, 2))
    above = forehead(around)
    blood, melanin = blood - 0.03 * above, melanin + 0.18 * above
    # Below the cheekbones, at the temples and along the hair a face is less lit for life and darker.
    hollow = spot(folded, [0.056, mouth[1] + 0.014, nose[2] - 0.066], [0.016, 0.026, 0.04])
    temple = spot(folded, [0.068, eye[1] + 0.020, nose[2] - 0.075], [0.016, 0.028, 0.035])
    border = head * eased(around.behind_nose, 0.075, 0.125)
    blood, melanin = blood + 0.08 * hollow + 0.05 * temple, melanin + 0.15 * hollow + 0.15 * temple + 0.12 * border
    # The neck lies in the chin's shade for life, but has more blood than a face that is powdered by the studio light.
    neck = (1 - head) * eased(around.over_mouth, -0.22, -0.14)
    blood, melanin = blood + 0.18 * neck, melanin + 0.16 * neck
    blood, melanin = blood + 0.05 * (1 - head), melanin + 0.06 * (1 - head)
    under = spot(folded, [eye[0] - 0.001, eye[1] - 0.017, eye[2] + 0.012], [0.017, 0.0075, 0.03])
    inner = spot(folded, [eye[0] - 0.017, eye[1] - 0.003, eye[2] + 0.01], [0.006, 0.007, 0.02])
    # Upper lids, up to their fold, are the thinnest skin there is: their blood shows, or a shut eye is a pale shell;
    # with more of it than this, eyes look as if they had cried.
    lid = np.maximum(masks["eyelids"], 1 - eased(np.linalg.norm(folded - eye, axis=1), 0.0175, 0.0215))
    upper = lid * eased(around.over_eye, -0.004, 0.001)
    orbit = spot(folded, [eye[0], eye[1] + 0.010, eye[2] + 0.012], [0.022, 0.012, 0.02])
    blood += 0.13 * under + 0.12 * inner + 0.03 * masks["eyelids"] + 0.22 * upper + 0.15 * orbit
    melanin += 0.16 * under + 0.12 * inner + 0.10 * masks["eyelids"] + 0.20 * upper + 0.14 * orbit
    fold = spot(folded, [0.019, nose[1] - 0.004, nose[2] - 0.022], [0.004, 0.008, 0.01])
    blood, melanin = blood + 0.18 * fold, melanin + 0.14 * fold
    hand = hands(around)
    blood += hand * (0.14 + 0.18 * layers(points, 90, 2, 2))
    return blood, melanin


def _shaved(around: Around) -> Floats:
    """Return cheeks, lip, chin and jaw of a beard; the apples of the cheeks and the lips stay free."""
    up, side = around.over_mouth, around.side
    jaw = on_head(around) * eased(-up, -0.026, -0.012) * eased(-around.behind_nose, -0.125, -0.095)
    jaw *= eased(up, -0.095, -0.05)
    free = eased(up, -0.008, 0.012) * eased(side, 0.022, 0.034) * (1 - eased(side, 0.058, 0.068))
    return jaw * (1 - free)


def _brow(around: Around) -> Floats:
    t = np.clip((around.past_eye + 0.0205) / 0.0485, 0, 1)
    line = np.interp(t, [0, 0.2, 0.45, 0.66, 0.85, 1], [0.0166, 0.0178, 0.0193, 0.0197, 0.0182, 0.0157])
    half = np.interp(t, [0, 0.12, 0.5, 0.8, 1], [0.0030, 0.0036, 0.0034, 0.0020, 0.0006])
    found = (around.behind_nose < 0.075) * groove(around.over_eye - line, half * 1.15)
    found = found * eased(around.past_eye, -0.0225, -0.0185) * (1 - eased(around.past_eye, 0.022, 0.028))
    return found * (0.55 + 0.45 * noise(around.points * [1, 1, 0.2], 1400, 6))


def _liner(around: Around) -> Floats:
    """Return the rim of the lids, where lashes stand so close that they read as a line; the upper one is the darker."""
    eye, lashes = around.places.eye, around.places.lashes
    near = np.linalg.norm(around.folded - eye, axis=1) < 0.026
    found = np.zeros(len(near))
    away, which = cKDTree(lashes).query(around.folded[near])
    upper = lashes[which, 1] > eye[1] - 0.0012
    # From the inner corner, where it is thin, to the outer one.
    out = np.clip((lashes[which, 0] - eye[0] + 0.009) / 0.020, 0, 1)
    width = np.where(upper, 0.0006 + 0.0005 * out, 0.0006)
    line = (1 - eased(away, 0.35 * width, 1.5 * width)) * np.where(upper, 1.0, 0.30 + 0.20 * out)
    # The edge itself, between lashes and eyeball, lies in their shade.
    edge = 1 - eased(np.linalg.norm(around.folded[near] - eye, axis=1), 0.0132, 0.0142)
    found[near] = np.maximum(line, edge * np.where(upper, 0.85, 0.35))
    return found
