"""The skin: body, mouth cavity and tongue of the base mesh with its regional colours, and the face's landmarks."""

from __future__ import annotations

import numpy as np

from .makehuman import RANGES, Floats, Ints, SourceData
from .mouth import LipSeal
from .mouth_chart import TONGUE
from .part import MATERIALS, Part, pick_rows
from .skin_maps.charts import HEAD

SKIN = np.array([0.56, 0.315, 0.215])
"""Linear RGB of the plain skin."""
_REGIONS = (
    ("ears", (0.54, 0.25, 0.18), 0.4),
    ("lips", (0.40, 0.135, 0.115), 0.8),
    ("inside-mouth", (0.30, 0.06, 0.055), 1.0),
    ("eyelids", (0.48, 0.25, 0.18), 0.4),
    ("fingernails", (0.64, 0.38, 0.31), 0.7),
)


def skin_colours(data: SourceData) -> Floats:
    """Return (base vertices, 3) linear RGB blended from the source's masks."""
    colours = np.tile(SKIN, (len(data.mesh.vertices), 1))
    for name, colour, strength in _REGIONS:
        share = data.mask(name)[:, None] * strength
        colours = colours * (1 - share) + np.array(colour) * share
    colours[slice(*RANGES["tongue"])] = (0.42, 0.15, 0.13)
    return colours


def build_body(data: SourceData, vertices: Floats, weights: Floats, seal: LipSeal) -> tuple[Part, Ints]:
    """Return the body part, whose vertices are numbered as on the base mesh, and the (6,) landmarks among them."""
    quads = data.mesh.quads
    lowest, highest = quads.min(1), quads.max(1)
    body = highest < RANGES["body"][1]
    tongue = (lowest >= RANGES["tongue"][0]) & (highest < RANGES["tongue"][1])
    chosen = body | tongue
    used = np.unique(quads[chosen])
    if not np.array_equal(used, np.arange(len(used))):
        raise RuntimeError("the body's vertices are not the first ones of the base mesh")
    uv = data.mesh.uv[chosen].astype(np.float64)
    face = HEAD.holds(uv) & ~tongue[chosen]
    uv[face] = HEAD.moved(uv[face])
    uv[tongue[chosen]] = _tongue_places(vertices)[quads[chosen & tongue] - RANGES["tongue"][0]]
    materials = np.where(face, MATERIALS.index("face skin"), MATERIALS.index("skin"))
    materials[tongue[chosen]] = MATERIALS.index("mouth")
    rows = pick_rows(used, len(vertices))
    part = Part(
        "body", vertices[used], quads[chosen], materials, skin_colours(data)[used], weights[used], rows, rows,
        uv=uv,
    )  # fmt: skip
    return part, landmarks(data, vertices, seal)


def _tongue_places(vertices: Floats) -> Floats:
    """Return (tongue vertices, 2) texture coordinates: the tongue from above, which has no seam."""
    points = vertices[slice(*RANGES["tongue"])][:, [0, 2]]
    low, high = points.min(0), points.max(0)
    return TONGUE.place(*((points - low) / (high - low)).T)


def landmarks(data: SourceData, vertices: Floats, seal: LipSeal) -> Ints:
    """Return base vertices: inner lip upper, lower, mouth corner left, right, outer eye corner left, right."""
    upper = seal.upper[np.argmin(np.abs(vertices[seal.upper, 0]))]
    lower = seal.contacts[~seal.is_upper][np.argmin(np.abs(vertices[seal.contacts[~seal.is_upper], 0]))]
    left = seal.upper[np.argmax(vertices[seal.upper, 0])]
    right = seal.upper[np.argmin(vertices[seal.upper, 0])]
    corners = []
    lids = np.nonzero(data.mask("eyelids")[: RANGES["body"][1]] > 0.2)[0]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        eye = vertices[slice(*RANGES[f"{side}_lashes"])]
        outer = eye[np.argmax(sign * eye[:, 0])]
        inner = vertices[slice(*RANGES[f"{side}_eye"])].mean(0)
        near = outer + 0.15 * (inner - outer)
        corners.append(lids[np.argmin(np.linalg.norm(vertices[lids] - near, axis=1))])
    return np.array([upper, lower, left, right, *corners])
