"""Finds a face on a surface: the skin, nose tip, eye openings, the line between the lips, chin.

Everything is read from pictures of the geometry from the front, so that neither the mesh's layout nor the names of its
parts matter. What is not there (an eye that is painted, lips without a slit between them) is left out. Lengths are
those of a head of ordinary size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .eyes import eyeballs, lids, openings, surrounded
from .mouth_line import Mouth, find_mouth, given_mouth
from .picture import Picture, along, look
from .skins import skins
from .surface import Doubles, Flags, Ints, Surface

_COARSE = 0.0011
_NOSES = 3
"""Further places that are tried as a nose, where no mouth is found below the first."""
_AROUND, _APART, _STANDS_OUT = 0.016, 0.012, 0.0005
"""Metres of a profile that a nose stands out of, between two such places, and by which it stands out."""
_LONG_CHIN = 1.6
"""Distances from nose to lips, and 2 cm, beyond which what hangs below the lips is a beard."""
_WITHIN = 0.025
"""Metres before skin within which other skin makes it an inside."""
_CERTAIN = 4
"""Certainty from which on no other island is looked at."""
_RISE = 0.045
"""Metres by which eyes lie above the nose's tip, where none are found."""
_MOUTH = ("right mouth corner", "lips", "left mouth corner")


@dataclass(frozen=True, eq=False)
class Face:
    """Where the parts of a face lie."""

    skin: Surface
    """The island that bears the face, in metres of a head of ordinary size."""
    kept: Ints
    """(n,) its vertices among those of the surface it was found on."""
    unit: float
    """What a unit of the original surface is in those metres."""
    points: dict[str, Doubles] = field(default_factory=dict)
    """Landmark -> (3,)."""
    lips: Doubles | None = None
    """(k, 3) the line between the lips from the right corner to the left; None without a slit."""
    gap: float = 0.0
    """How far apart the lips' middles are at rest."""
    rims: tuple[Doubles, Doubles] | None = None
    """(k, 3) the upper and the lower lip's edge, where the mouth stands open at rest."""
    parted: bool = False
    """Whether the line between the lips is a slit; else it is only a fold of the skin, or none was looked for."""
    balls: dict[str, tuple[Doubles, float]] = field(default_factory=dict)
    """Side -> (3,) centre and radius of an eyeball that is an island of its own."""

    @cached_property
    def outside(self) -> Flags:
        """(n,) the skin's vertices that can be seen: not within the mouth, the sockets, the nostrils."""
        return self.skin.outside(_WITHIN)

    @property
    def certainty(self) -> int:
        """How much of a face is there, 0 to 5: eye openings and lips tell it from hair and helmets."""
        eyes = all(has_opening(self, side) for side in ("left", "right"))
        return 2 * eyes + (self.lips is not None) + self.parted + ("chin" in self.points)


def find_face(surface: Surface, given: Mapping[str, Doubles] | None = None) -> Face | None:
    """Return the face that a surface bears at its front, or None where none can be made out.

    Parameters
    ----------
    surface : Surface
        All of a head that shows, in SMPL-X's axes.
    given : dict, optional
        Landmark -> (3,) place, in the surface's units, where somebody knows better: ``"nose"``, ``"chin"``, ``"lips"``
        (their middle), ``"left mouth corner"``, ``"left eye outer"``, ``"left eye inner"``, and of the right side.
    """
    best = None
    for skin, kept, unit in skins(surface, given or {}):
        told = {name: np.asarray(place, np.float64) * unit for name, place in (given or {}).items()}
        low, high = skin.points.min(axis=0), skin.points.max(axis=0)
        picture = look(skin, low[0], high[0], low[1], high[1], _COARSE)
        noses = [told["nose"]] if "nose" in told else _noses(picture, 0.5 * (low[0] + high[0]))
        if not noses:
            continue
        outside = skin.outside(_WITHIN)
        for nose in noses:
            face = _face_on(skin, kept, unit, surface, told, picture, nose, outside)
            if best is None or face.certainty > best.certainty:
                best = face
            if face.parted:
                break
        if best is not None and best.certainty >= _CERTAIN:
            break
    return best


def _face_on(
    skin: Surface,
    kept: Ints,
    unit: float,
    surface: Surface,
    told: Mapping[str, Doubles],
    picture: Picture,
    nose: Doubles,
    outside: Flags,
) -> Face:
    """Return the face on one island, around the tip of a nose."""
    points: dict[str, Doubles] = {"nose": nose}
    balls: dict[str, tuple[Doubles, float]] = {}
    eyes = eyeballs(surface, unit, picture, nose, balls) or openings(picture, nose)
    rise, mouth = _mouth(skin, outside, picture, nose, eyes, told)
    if mouth is None and not balls and not all(surrounded(picture, mask, nose) for mask in eyes.values()):
        # Nothing but holes that its edge leaves open: the rim of a helmet, a hood.
        eyes = {}
        rise, mouth = _mouth(skin, outside, picture, nose, eyes, told)
    for side, mask in eyes.items():
        points.update(lids(picture, mask, side))
    if mouth is not None:
        points.update(zip(_MOUTH, (along(mouth.line, share) for share in (0.0, 0.5, 1.0)), strict=True))
    lips = float(points["lips"][1]) if mouth is not None else nose[1] - 0.7 * rise
    chin = _chin(picture, nose, lips - (mouth.gap if mouth is not None else 0.0))
    if chin is not None and lips - chin[1] < _LONG_CHIN * (nose[1] - lips) + 0.02:
        points["chin"] = chin
    points.update(told)
    if mouth is None:
        return Face(skin, kept, unit, points, balls=balls)
    return Face(skin, kept, unit, points, mouth.line, mouth.gap, mouth.rims, mouth.parted, balls)


def _mouth(
    skin: Surface,
    outside: Flags,
    picture: Picture,
    nose: Doubles,
    eyes: Mapping[str, Flags],
    told: Mapping[str, Doubles],
) -> tuple[float, Mouth | None]:
    """Return how far the eyes lie above the nose, and the mouth; None where nothing parts the lips."""
    heights = [lids(picture, mask, side)[f"{side} eye middle"][1] for side, mask in eyes.items()]
    rise = float(np.mean(heights) - nose[1]) if eyes else _RISE
    if set(_MOUTH) <= set(told):
        return rise, given_mouth(skin, outside, [told[name] for name in _MOUTH])
    return rise, find_mouth(skin, outside, nose, rise)


def has_opening(face: Face, side: str) -> bool:
    """Tell whether the lids of the left or the right eye can be told apart."""
    return f"{side} eye upper 0" in face.points


def lid_lines(face: Face, side: str) -> tuple[Doubles, Doubles] | None:
    """Return (k, 3) the edge of the upper and of the lower lid, from right to left; None without an opening."""
    if not has_opening(face, side):
        return None
    corners = [face.points[f"{side} eye {name}"] for name in ("outer", "inner")]
    lines = []
    for lid in ("upper", "lower"):
        found = [point for name, point in face.points.items() if name.startswith(f"{side} eye {lid} ")]
        line = np.array([corners[0], *found, corners[1]])
        lines.append(line[np.argsort(line[:, 0])])
    return lines[0], lines[1]


def _noses(picture: Picture, middle: float) -> list[Doubles]:
    """Return where a nose's tip may be, the likeliest first: what stands out most near the middle, then what stands
    out of its surroundings, as the small nose above the lips of a drawn face or a beard does; empty for no skin.
    """
    near = np.abs(picture.xs - middle) < 0.015
    depth = np.where(near[None], picture.depth, -np.inf)
    profile = depth.max(axis=1)
    lit = np.nonzero(np.isfinite(profile))[0]
    if not len(lit):
        return []
    line = np.interp(np.arange(len(profile)), lit, profile[lit])
    reach = max(1, int(_AROUND / picture.step))
    wide = np.pad(line, reach, mode="edge")
    around = np.convolve(wide, np.full(2 * reach + 1, 1.0 / (2 * reach + 1)), mode="valid")
    out = np.where(np.isfinite(profile), line - around, -np.inf)
    apart = max(1, int(_APART / picture.step))
    rows = [int(profile.argmax())]
    for row in np.argsort(-out).tolist():
        peak = line[row] >= line[max(0, row - apart // 2) : row + apart // 2 + 1].max()
        if len(rows) > _NOSES or out[row] < _STANDS_OUT:
            break
        if peak and all(abs(row - other) > apart for other in rows):
            rows.append(row)
    return [picture.point(row, int(depth[row].argmax())) for row in rows]


def _chin(picture: Picture, nose: Doubles, lips: float) -> Doubles | None:
    """Return the point below the lips where the front of the chin turns under."""
    column = picture.column(nose[0])
    for row in range(picture.row(lips - 0.02), picture.depth.shape[0]):
        depth = picture.depth[row, column]
        if not np.isfinite(depth) or picture.normals[row, column, 1] < -0.75:
            last = row if np.isfinite(depth) else row - 1
            return picture.point(last, column)
    return None
