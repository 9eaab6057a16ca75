"""A short haircut: tapered clumps combed over the scalp in layers, above skin tinted like their roots."""

from __future__ import annotations

import numpy as np

from .makehuman import Floats, Ints
from .part import MATERIALS, Part, blend_rows
from .scalp import Scalp

HAIR = np.array([0.050, 0.027, 0.015])
"""Linear RGB of the hair."""
CLUMPS = 2500
_SEGMENTS = 3
_STREAKS = 0.03
"""Width of one clump in the UV map."""


def tint_scalp(colours: Floats, scalp: Scalp, vertices: Floats) -> Floats:
    """Return skin colours (V, 3) darkened where hair grows, fading out over the hairline."""
    share = np.zeros(len(vertices))
    index = scalp.candidates
    share[index] = np.clip((scalp.above_hairline(vertices[index]) + 0.002) / 0.016, 0, 1)
    share = (share * share * (3 - 2 * share))[:, None] * 0.92
    return colours * (1 - share) + HAIR * 0.9 * share


def _roots(scalp: Scalp, quads: Ints, ears: Floats, random: np.random.Generator) -> tuple[Floats, Ints, Floats]:
    """Return root points (n, 3), their quads' corners (n, 4) and the corners' shares (n, 4), spread evenly."""
    vertices = scalp.vertices
    good = np.zeros(len(vertices), bool)
    good[scalp.candidates] = True
    faces = quads[good[quads].all(1) & (ears[quads].max(1) < 0.3)]
    centre = vertices[faces].mean(1)
    faces = faces[scalp.above_hairline(centre) > -0.004]
    a, b, c, d = (vertices[faces[:, k]] for k in range(4))
    area = np.linalg.norm(np.cross(c - a, d - b), axis=1) / 2
    # Far more than needed, then thinned to an even spacing.
    chosen = random.choice(len(faces), CLUMPS * 6, p=area / area.sum())
    u, v = random.random((2, len(chosen), 1))
    shares = np.hstack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v])
    points = np.einsum("nk,nkc->nc", shares, vertices[faces[chosen]])
    keep = scalp.above_hairline(points) > 0
    points, shares, corners = points[keep], shares[keep], faces[chosen][keep]
    spacing = 0.85 * np.sqrt(area.sum() / CLUMPS)
    taken: list[int] = []
    grid: dict[tuple[int, ...], list[int]] = {}
    for k, point in enumerate(points):
        cell = tuple(np.floor(point / spacing).astype(int))
        near = [
            j
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for dz in (-1, 0, 1)
            for j in grid.get((cell[0] + dx, cell[1] + dy, cell[2] + dz), ())
        ]
        if all(np.linalg.norm(points[j] - point) > spacing for j in near):
            taken.append(k)
            grid.setdefault(cell, []).append(k)
    return points[taken], corners[taken], shares[taken]


def build_hair(scalp: Scalp, quads: Ints, ears: Floats, weights: Floats, *, seed: int = 7) -> Part:
    """Return the hair, bound to the scalp below each root."""
    random = np.random.default_rng(seed)
    roots, corners, shares = _roots(scalp, quads, ears, random)
    count = len(roots)
    above = scalp.above_hairline(roots)
    relative = roots - scalp.eyes
    top = np.clip((relative[:, 1] - 0.055) / 0.05, 0, 1)
    edge = np.clip(above / 0.025, 0, 1)
    front = np.clip((relative[:, 2] + 0.05) / 0.05, 0, 1) * top
    length = (0.023 + 0.027 * top + 0.010 * front) * (0.55 + 0.45 * edge) * random.uniform(0.8, 1.2, count)
    layer = random.random(count)
    rise = (0.0030 + 0.0095 * top + 0.007 * front) * (0.45 + 0.55 * edge) * (0.55 + 0.75 * layer)
    half_width = (0.0021 + 0.0014 * top) * (0.6 + 0.4 * edge) * random.uniform(0.75, 1.25, count)
    surface, normals = scalp.surface(roots)
    direction = scalp.comb(surface, normals)
    sideways = np.cross(normals, direction)
    bend = random.normal(0, 0.22, count)[:, None]
    direction = direction * np.cos(bend) + sideways * np.sin(bend)
    position = surface
    strips, centres = [], []
    for level in range(_SEGMENTS + 1):
        t = level / _SEGMENTS
        lift = -0.002 + (rise + 0.002) * (1 - (1 - t) ** 2.2) - 0.35 * rise * t**3
        centre = position + lift[:, None] * normals
        sideways = np.cross(normals, direction)
        width = half_width * (0.75 + 0.45 * np.sin(np.pi * min(1.0, 0.25 + 0.6 * t))) * (1 - t**3)
        roll = (layer - 0.5)[:, None] * 0.5 * normals
        across = sideways + roll
        if level < _SEGMENTS:
            strips += [centre - across * width[:, None], centre + 0.25 * width[:, None] * normals,
                       centre + across * width[:, None]]  # fmt: skip
        else:
            strips.append(centre)
        centres.append(centre)
        step = (length / _SEGMENTS)[:, None]
        combed = scalp.comb(position, normals)
        direction = direction + 0.35 * (combed - direction)
        position, turned = scalp.surface(position + direction * step)
        normals = turned
        direction = direction - (direction * normals).sum(1, keepdims=True) * normals
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    points = np.stack(strips, 1)
    size = points.shape[1]
    pattern = []
    for level in range(_SEGMENTS - 1):
        for k in (0, 1):
            at = 3 * level + k
            pattern.append([at, at + 1, at + 4, at + 3])
    at = 3 * (_SEGMENTS - 1)
    pattern += [[at, at + 1, at + 3, at + 3], [at + 1, at + 2, at + 3, at + 3]]
    faces = (np.array(pattern)[None] + (np.arange(count) * size)[:, None, None]).reshape(-1, 4)
    tone = random.uniform(0.65, 1.35, (count, 1, 1)) * (0.75 + 0.5 * layer[:, None, None])
    along = np.repeat(np.linspace(0.7, 1.25, _SEGMENTS + 1), [3] * _SEGMENTS + [1])[None, :, None]
    colours = (HAIR * tone * along).reshape(-1, 3)
    rows = blend_rows(np.repeat(corners, size, 0), np.repeat(shares, size, 0), len(scalp.vertices))
    base = points.reshape(-1, 3)
    material = np.full(len(faces), MATERIALS.index("hair"))
    # Across and along each clump; the material draws single hairs with it.
    u = np.array([0.0, 0.5, 1.0] * _SEGMENTS + [0.5])[None] * _STREAKS + random.random((count, 1)) * (1 - _STREAKS)
    v = np.broadcast_to(np.repeat(np.linspace(0, 1, _SEGMENTS + 1), [3] * _SEGMENTS + [1]), u.shape)
    uv = np.stack([u.ravel(), v.ravel()], 1)[faces]
    return Part("hair", base, faces, material, colours, rows @ weights, rows, rows, uv=uv, bound=True)
