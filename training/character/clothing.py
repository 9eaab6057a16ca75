"""The clothes: a crew-neck sweater and trousers cut from the body, and lofted shoes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...inference.easing import s_curve
from ...inference.skeleton import JOINT_INDEX
from .garment import Hem, cut_region, sew
from .makehuman import RANGES, Floats, Ints
from .part import MATERIALS, Part, affine_rows, grid_faces, no_rows, vertex_normals

TOP_COLOUR = (0.075, 0.145, 0.19)
TROUSER_COLOUR = (0.040, 0.042, 0.050)
SHOE_COLOUR = (0.085, 0.050, 0.030)
SOLE_COLOUR = (0.46, 0.43, 0.38)
_HIDDEN = 0.016
"""Metres inside a garment from which the body is left out."""


def _smooth_min(*fields: Floats, reach: float = 0.004) -> Floats:
    stacked = np.stack(fields)
    lowest = stacked.min(0)
    return lowest - reach * np.log(np.exp(-(stacked - lowest) / reach).sum(0))


def _top_field(vertices: Floats, joints: Floats, weights: Floats) -> Floats:
    """Return the field of the sweater: metres inside its borders at neck, wrists and hem."""
    neck, wrist, hip = (joints[JOINT_INDEX[name]] for name in ("neck", "left_wrist", "left_hip"))
    x, y, z = vertices.T
    # The neck leans forward; the opening is an ellipse around it.
    centre = neck[2] + 0.012 + 0.35 * (y - neck[1])
    around = np.sqrt((x / 0.074) ** 2 + ((z - centre) / 0.071) ** 2)
    opening = np.maximum((around - 1) * 0.072, 0.6 * (neck[1] - 0.01 - 0.9 * np.clip(z - neck[2], 0.0, 0.1) - y))
    face = 0.03 - 0.1 * weights[:, [JOINT_INDEX["head"], JOINT_INDEX["jaw"]]].sum(1)
    return _smooth_min(opening, face, neck[1] + 0.055 - y, abs(wrist[0]) - 0.012 - np.abs(x), y - (hip[1] + 0.005))


def _trouser_field(vertices: Floats, joints: Floats) -> Floats:
    pelvis, ankle = joints[JOINT_INDEX["pelvis"]], joints[JOINT_INDEX["left_ankle"]]
    return _smooth_min(pelvis[1] - 0.03 - vertices[:, 1], vertices[:, 1] - (ankle[1] + 0.028))


def _shown(quads: Ints, vertices: Floats, field: Floats) -> dict[str, Any]:
    """Return the body vertices that may show beside a garment, with their normals."""
    shown = np.intersect1d(np.unique(quads), np.nonzero(field < 2.2 * _HIDDEN)[0])
    return {"shown": shown, "shown_normals": vertex_normals(vertices, quads)[shown]}


def _sweater(quads: Ints, vertices: Floats, joints: Floats, weights: Floats) -> tuple[Part, Floats]:
    field = _top_field(vertices, joints, weights)
    cut = cut_region(quads, field)
    inside = cut.rows @ field
    height = (cut.rows @ vertices)[:, 1]
    # A ribbed band along every border, a looser fit towards the hem.
    band = 0.0022 * np.clip((0.016 - inside) / 0.003, 0, 1)
    lift = 0.0095 + band + 0.006 * np.clip((1.18 - height) / 0.2, 0, 1)
    hem = Hem(((0.002, -0.0004), (0.0028, -0.002), (0.002, -0.0045), (-0.004, -0.0065), (-0.02, -0.0105)))
    colour, material = TOP_COLOUR, MATERIALS.index("top")
    bones = [JOINT_INDEX[name] for name in ("spine1", "spine2", "spine3")]
    torso = np.clip(2 * (cut.rows @ weights[:, bones]).sum(1) - 0.3, 0, 1) * np.clip((inside - 0.01) / 0.04, 0, 1)
    part = sew(
        "top", cut, vertices, weights, steps=10, loose=torso, lift=lift, hem=hem, material=material, colour=colour,
        **_shown(quads, vertices, field),
    )  # fmt: skip
    return part, field


def _trousers(quads: Ints, vertices: Floats, joints: Floats, weights: Floats) -> tuple[Part, Floats]:
    field = _trouser_field(vertices, joints)
    cut = cut_region(quads, field)
    height = (cut.rows @ vertices)[:, 1]
    knee, ankle = joints[JOINT_INDEX["left_knee"], 1], joints[JOINT_INDEX["left_ankle"], 1]
    down = np.clip((knee + 0.12 - height) / (knee + 0.12 - ankle), 0, 1)
    lift = 0.005 + 0.015 * down - 0.008 * np.clip(1 - (cut.rows @ field) / 0.06, 0, 1) * (down == 0)
    hem = Hem(((0.02, 0.002), (0.042, 0.004), (0.0435, 0.0025), (0.042, 0.0005), (0.02, -0.003)))
    waist = Hem(((0.002, -0.003),))
    colour, material = TROUSER_COLOUR, MATERIALS.index("trousers")
    part = sew(
        "trousers", cut, vertices, weights, steps=9, lift=lift, hem=hem, waist=waist, material=material, colour=colour,
        **_shown(quads, vertices, field),
    )  # fmt: skip
    return part, field


_STATIONS, _AROUND = 22, 30


def _shoe(side: str, vertices: Floats, joints: Floats, weights: Floats) -> Part:
    """Return a shoe lofted through cross-sections of the foot, with a flat sole on the ground."""
    sign = 1.0 if side == "left" else -1.0
    ankle, ball = (JOINT_INDEX[f"{side}_{name}"] for name in ("ankle", "foot"))
    body = np.arange(*RANGES["body"])
    foot = body[(weights[body, ankle] + weights[body, ball] > 0.5) & (vertices[body, 1] < 0.125)]
    forward = np.array([0.08 * sign, 0, 1.0]) / np.hypot(0.08, 1)
    lateral = np.array([forward[2], 0, -forward[0]])
    origin = vertices[foot].mean(0) * [1, 0, 1]
    along, across, up = (vertices[foot] - origin) @ forward, (vertices[foot] - origin) @ lateral, vertices[foot, 1]
    heel, toe = along.min(), along.max()
    places = heel + (toe - heel) * (1 - np.cos(np.linspace(0.06, np.pi - 0.06, _STATIONS))) / 2
    left, right, top = [], [], []
    for place in places:
        near = np.abs(along - place) < 0.016
        left.append(across[near].max())
        right.append(across[near].min())
        top.append(up[near].max())
    kernel = np.array([1, 2, 3, 2, 1]) / 9

    def even(values: list[float]) -> Floats:
        return np.convolve(np.pad(np.array(values), 2, mode="edge"), kernel, "valid")

    left, right, top = even(left), even(right), even(top)
    ends = np.sqrt(np.clip(1 - np.abs(np.linspace(-1, 1, _STATIONS)) ** 5, 0, 1))
    stations = np.linspace(0, 1, _STATIONS)
    stretched = np.interp(places, [heel, toe], [heel - 0.007, toe + 0.014])
    turn = 2 * np.pi * np.arange(_AROUND) / _AROUND
    rings, sole = [], []
    for k in range(_STATIONS):
        width = ((left[k] - right[k]) / 2 + 0.0055) * (0.45 + 0.55 * ends[k])
        middle = (left[k] + right[k]) / 2
        height = top[k] + 0.006 + 0.010 * stations[k] ** 3
        height = 0.030 + (height - 0.030) * (0.35 + 0.65 * ends[k] if stations[k] > 0.5 else 0.8 + 0.2 * ends[k])
        tip = 0.006 * np.clip((stations[k] - 0.8) / 0.2, 0, 1) ** 2
        c, s = np.cos(turn), np.sin(turn)
        side_shape = np.sign(c) * np.abs(c) ** 0.75
        rise = np.where(s >= 0, 0.026 + (height - 0.026) * np.abs(s) ** 0.8, 0.026 * (1 - np.abs(s) ** 0.45))
        welt = 0.0035 * (rise < 0.021)
        # Above the welt the upper leans in, as leather over a last does.
        lean = 1 - 0.22 * np.clip((rise - 0.026) / 0.08, 0, 1)
        flat = origin + stretched[k] * forward + np.outer(middle + side_shape * (width * lean + welt), lateral)
        flat[:, 1] = rise + tip
        rings.append(flat)
        sole.append(rise < 0.024)
    ends_points = [rings[0].mean(0), rings[-1].mean(0)]
    points = np.concatenate([*rings, np.array(ends_points)])
    faces = grid_faces(_STATIONS, _AROUND, closed=True)
    last = _STATIONS * _AROUND
    step = np.arange(_AROUND)
    following = (step + 1) % _AROUND
    caps = [
        np.stack([following, step, np.full(_AROUND, last), np.full(_AROUND, last)], 1),
        np.stack([step, following, np.full(_AROUND, last + 1), np.full(_AROUND, last + 1)], 1)
        + np.array([last - _AROUND, last - _AROUND, 0, 0]),
    ]
    faces = np.concatenate([faces, *caps])
    is_sole = np.concatenate([*sole, [False, False]])
    materials = np.where(is_sole[faces].all(1), MATERIALS.index("soles"), MATERIALS.index("shoes"))
    share = s_curve(((points - origin) @ forward - (joints[ball] - origin) @ forward) / 0.05 + 0.5)
    skin = np.zeros((len(points), weights.shape[1]))
    skin[:, ankle], skin[:, ball] = 1 - share, share
    follow = affine_rows(points, foot, vertices)
    colours = np.where(is_sole[:, None], SOLE_COLOUR, SHOE_COLOUR)
    rigid = no_rows(len(points), len(vertices))
    return Part(f"{side} shoe", points, faces, materials, colours, skin, follow, rigid)


def build_clothing(quads: Ints, vertices: Floats, joints: Floats, weights: Floats) -> tuple[list[Part], np.ndarray]:
    """Return the clothes and a (V,) mask of body vertices that they hide.

    Parameters
    ----------
    quads : (F, 4) array
        Faces of the body alone.
    """
    top, top_field = _sweater(quads, vertices, joints, weights)
    trousers, trouser_field = _trousers(quads, vertices, joints, weights)
    shoes = [_shoe(side, vertices, joints, weights) for side in ("left", "right")]
    feet = vertices[:, 1] < joints[JOINT_INDEX["left_ankle"], 1] + 0.05
    hidden = (np.maximum(top_field, trouser_field) > _HIDDEN) | feet
    return [top, trousers, *shoes], hidden
