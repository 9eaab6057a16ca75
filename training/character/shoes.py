"""Shoes lofted through cross-sections of the foot, cut open where the foot goes in, on a flat sole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...inference.easing import s_curve
from ...inference.skeleton import JOINT_INDEX
from .chart import SHOE
from .garment import cut_region
from .makehuman import RANGES, Floats
from .part import MATERIALS, Part, grid_faces, no_rows, vertex_normals
from .wearer import Wearer

_STATIONS, _AROUND = 26, 36


@dataclass(frozen=True)
class Style:
    """What makes one shoe differ from another; metres."""

    material: str
    opening: tuple[float, float, float]
    """Middle of the opening before the ankle, and half its length and width."""
    lowest: float
    """Height above which the opening cuts."""
    welt: float
    """How far the sole stands out."""
    sole: float
    """Height of the sole's edge."""
    toe: float
    """How much longer than the foot."""
    thick: float
    """Of the upper."""
    laces: int = 0
    tallest: float = 0.2
    """Height that the shoe keeps below."""
    base: str = "leather soles"
    """Material of sole and laces."""


STYLES = {
    "shoes": Style("leather shoes", (0.000, 0.072, 0.050), 0.080, 0.0030, 0.016, 0.016, 0.004, 4),
    "sneakers": Style("sneakers", (0.000, 0.072, 0.050), 0.078, 0.0045, 0.034, 0.012, 0.006, 5, base="rubber"),
    "flats": Style("flats", (0.034, 0.102, 0.043), 0.044, 0.0015, 0.013, 0.010, 0.0025, tallest=0.064),
}


def _tube(line: Floats, normal: Floats, radius: float) -> tuple[Floats, np.ndarray]:
    """Return a flattened four-sided tube along an (n, 3) line."""
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, normal)
    ring = [line + normal * radius, line + side * radius * 1.6, line - normal * radius, line - side * radius * 1.6]
    return np.stack(ring, 1).reshape(-1, 3), grid_faces(len(line), 4, closed=True)[:, ::-1]


def shoe(wearer: Wearer, side: str, style: Style) -> Part:
    """Return one shoe, bound to nothing yet."""
    sign = 1.0 if side == "left" else -1.0
    vertices, joints, weights = wearer.vertices, wearer.joints, wearer.weights
    ankle, ball = (JOINT_INDEX[f"{side}_{name}"] for name in ("ankle", "foot"))
    body = np.arange(*RANGES["body"])
    foot = body[(weights[body, ankle] + weights[body, ball] > 0.5) & (vertices[body, 1] < 0.125)]
    forward = np.array([0.08 * sign, 0, 1.0]) / np.hypot(0.08, 1)
    lateral = np.array([forward[2], 0, -forward[0]])
    origin = vertices[foot].mean(0) * [1, 0, 1]
    along, across, up = (vertices[foot] - origin) @ forward, (vertices[foot] - origin) @ lateral, vertices[foot, 1]
    heel, toe = along.min(), along.max()
    places = heel + (toe - heel) * (1 - np.cos(np.linspace(0.06, np.pi - 0.06, _STATIONS))) / 2
    outline = []
    for place in places:
        near = np.abs(along - place) < 0.016
        outline.append((across[near].max(), across[near].min(), up[near].max()))
    kernel = np.array([1, 2, 3, 2, 1]) / 9
    left, right, top = (np.convolve(np.pad(values, 2, mode="edge"), kernel, "valid") for values in np.array(outline).T)
    stations = np.linspace(0, 1, _STATIONS)
    ends = np.sqrt(np.clip(1 - np.abs(np.linspace(-1, 1, _STATIONS)) ** 5, 0, 1))
    stretched = np.interp(places, [heel, toe], [heel - 0.007, toe + style.toe])
    turn = 2 * np.pi * np.arange(_AROUND) / _AROUND
    cosine, sine = np.cos(turn), np.sin(turn)
    rings, rises = [], []
    edge = style.sole
    for k in range(_STATIONS):
        width = ((left[k] - right[k]) / 2 + 0.003 + 0.5 * style.thick) * (0.45 + 0.55 * ends[k])
        height = top[k] + 0.003 + 0.5 * style.thick + 0.010 * stations[k] ** 3
        height = 0.030 + (height - 0.030) * (0.35 + 0.65 * ends[k] if stations[k] > 0.5 else 0.8 + 0.2 * ends[k])
        height = max(min(height, style.tallest), edge + 0.012)
        shape = np.sign(cosine) * np.abs(cosine) ** 0.75
        rise = np.where(
            sine >= 0, edge + 0.002 + (height - edge - 0.002) * np.abs(sine) ** 0.8, edge * (1 - np.abs(sine) ** 0.35)
        )
        # The sole stands out below its edge; above it the upper leans in, as leather over a last does.
        out = style.welt * np.where(sine < -1e-6, 1.0, 0.0)
        lean = 1 - 0.22 * np.clip((rise - 0.026) / 0.08, 0, 1)
        flat = (
            origin + stretched[k] * forward + np.outer((left[k] + right[k]) / 2 + shape * (width * lean + out), lateral)
        )
        flat[:, 1] = rise + 0.004 * np.clip((stations[k] - 0.8) / 0.2, 0, 1) ** 2
        rings.append(flat)
        rises.append(rise)
    ends_ = [ring.mean(0) * [1, 0, 1] + [0, edge, 0] for ring in (rings[0], rings[-1])]
    points = np.concatenate([*rings, ends_])
    faces = grid_faces(_STATIONS, _AROUND, closed=True)
    last, step = _STATIONS * _AROUND, np.arange(_AROUND)
    following = (step + 1) % _AROUND
    caps = [
        np.stack([following, step, np.full(_AROUND, last), np.full(_AROUND, last)], 1),
        np.stack([step, following, np.full(_AROUND, last + 1), np.full(_AROUND, last + 1)], 1)
        + np.array([last - _AROUND, last - _AROUND, 0, 0]),
    ]
    faces = np.concatenate([faces, *caps])
    turns = np.concatenate([np.tile(turn, _STATIONS), [0, 0]])
    raised = np.concatenate([*rises, [edge, edge]])
    # The opening around the ankle.
    place = (joints[ankle] - origin) @ forward + style.opening[0], (joints[ankle] - origin) @ lateral
    local = np.stack([(points - origin) @ forward - place[0], (points - origin) @ lateral - place[1]], 1)
    apart = np.hypot(local[:, 0] / style.opening[1], local[:, 1] / style.opening[2]) - 1
    field = np.maximum(apart * min(style.opening[1:]), style.lowest - points[:, 1])
    cut = cut_region(faces, field)
    placed, turned = cut.rows @ points, cut.rows @ turns
    low = (cut.rows @ raised) <= edge + 0.0025
    normals = vertex_normals(placed, cut.faces)
    pieces, quads = [placed], [cut.faces]
    turned_all = [turned]
    directed = {(int(a), int(b)) for face in cut.faces for a, b in zip(face, np.roll(face, -1), strict=True)}
    count = len(placed)
    for loop in cut.border:
        ring = np.array(loop if (loop[0], loop[1]) in directed else loop[::-1])
        previous = ring
        for out, deep in ((0.0015, 0.25), (0.0015, 0.75), (-0.001, 1.0), (-0.012, 1.0)):
            current = count + np.arange(len(ring))
            inward = -normals[ring] * style.thick * deep
            pieces.append(placed[ring] + inward + [0, out, 0])
            turned_all.append(turned[ring])
            quads.append(np.stack([np.roll(previous, -1), previous, current, np.roll(current, -1)], 1))
            previous, count = current, count + len(ring)
    cloth = np.concatenate(quads)
    materials = np.where(
        (cloth < len(placed)).all(1) & low[np.minimum(cloth, len(placed) - 1)].all(1),
        MATERIALS.index(style.base), MATERIALS.index(style.material),
    )  # fmt: skip
    vertices_ = np.concatenate(pieces)
    around = np.concatenate(turned_all)[cloth]
    middle = around[:, :1]
    around = middle + np.mod(around - middle + np.pi, 2 * np.pi) - np.pi
    u = ((vertices_ - origin) @ forward)[cloth] - heel + 0.02
    uv = np.stack([u, 0.02 + 0.30 * np.mod(around / (2 * np.pi) + 0.25, 1.0)], -1) / [SHOE.width, SHOE.height]
    for k in range(style.laces):
        share = k / max(style.laces - 1, 1)
        before = place[0] + style.opening[1] + 0.008 + share * 0.062
        station = int(np.argmin(np.abs(stretched - before)))
        chosen = np.nonzero((turn > np.radians(58)) & (turn < np.radians(122)))[0]
        grid = points[: _STATIONS * _AROUND].reshape(_STATIONS, _AROUND, 3)
        line, normal = grid[station, chosen], vertex_normals(points, faces)[station * _AROUND + chosen]
        tube, tube_faces = _tube(line + normal * 0.0018, normal, 0.0019)
        lace = MATERIALS.index("laces" if style.base == "rubber" else style.base)
        cloth = np.concatenate([cloth, tube_faces + len(vertices_)])
        materials = np.concatenate([materials, np.full(len(tube_faces), lace)])
        uv = np.concatenate([uv, np.full((len(tube_faces), 4, 2), 0.5)])
        vertices_ = np.concatenate([vertices_, tube])
    share = s_curve(((vertices_ - origin) @ forward - (joints[ball] - origin) @ forward) / 0.05 + 0.5)
    skin = np.zeros((len(vertices_), weights.shape[1]))
    skin[:, ankle], skin[:, ball] = 1 - share, share
    empty = no_rows(len(vertices_), 1)
    return Part(
        f"{side} {style.material}",
        vertices_,
        cloth,
        materials,
        np.full((len(vertices_), 3), 0.5),
        skin,
        empty,
        empty,
        uv=uv,
    )


def pair(wearer: Wearer, name: str, *, below_trousers: bool) -> tuple[list[Part], Floats]:
    """Return both shoes of a style and the field of what they cover, with long trousers the whole foot."""
    style = STYLES[name]
    y = wearer.vertices[:, 1]
    toes = wearer.vertices[:, 2] - (wearer.joint("left_ankle")[2] + style.opening[0] + style.opening[1] + 0.015)
    rim = 0.112 if below_trousers else style.lowest - 0.014
    covered = np.maximum(rim - y, np.where(y < 0.1, toes, -1.0))
    return [shoe(wearer, side, style) for side in ("left", "right")], np.where(covered > 0, 0.1, -0.1)
