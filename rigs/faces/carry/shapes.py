"""The 52 shapes of a head: carried over, mended, and looked at for what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ....inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ....inference.errors import BadRig
from ....inference.eye_look import HORIZONTAL_LIMIT, VERTICAL_LIMIT
from .correspondence import Correspondence, correspond
from .followers import follow
from .head import Head
from .landmarks import Face, find_face, has_opening
from .lips import has_slit, smooth
from .mend import folded, lid_gaps, lip_gaps, part_lips, shut_lids, unfold
from .registration import similar
from .source import SourceFace, source_face
from .surface import Doubles, Flags, Surface

_PARTS_LIPS = (
    "jawOpen", "mouthClose", "mouthFunnel", "mouthUpperUpLeft", "mouthUpperUpRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthRollLower", "mouthRollUpper",
)  # fmt: skip
_LIDS = ("eyeBlink", "eyeSquint", "eyeWide")
_LITTLE = 0.3
"""Share of the default character's largest movement below which a shape counts as not carried."""
_TORN = 3.0
"""How many times its length an edge may grow."""
_CRUMPLED = 0.06
"""Share of the skin that moves which may be turned over."""
_OPEN = 0.12
"""Share of the opening at rest that may remain when lids are shut, or lips closed over an open jaw."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Displacements of a whole head."""

    face: Face
    match: Correspondence
    deltas: Doubles
    """(52, n, 3) of the head's surface, in the units of the head."""
    failed: dict[str, str]
    """Shape -> what is wrong with it, as the rest of a sentence."""


def shapes_of(
    head: Head,
    *,
    landmarks: Mapping[str, Doubles] | None = None,
    eyes_by_bones: bool = False,
    progress: Callable[[float], None] = lambda _share: None,
) -> Shapes:
    """Return the 52 shapes of a head.

    Parameters
    ----------
    head : Head
        At rest.
    landmarks : dict, optional
        Places that an artist gave, in the head's units; they go before what is found.
    eyes_by_bones : bool
        Whether bones turn the eyeballs; otherwise the ``eyeLook`` shapes do.
    progress : callable, optional
        Told the share that is done.

    Raises
    ------
    BadRig
        When no face can be made out.
    """
    source = source_face()
    progress(0.2)
    shown, kept = head.surface.part(head.shown)
    found = find_face(shown, landmarks)
    if found is None:
        raise BadRig(
            "No face can be made out on this head.",
            "It has to look to the front in its rest pose; an Empty named 'face nose' says where its nose is.",
        )
    face = replace(found, kept=kept[found.kept])
    if not has_opening(face, "left") and face.lips is None:
        raise BadRig(
            "This head has neither eye openings nor a mouth that can be told from the rest of its skin.",
            "Place Empties named 'face left mouth corner', 'face lips' and 'face right mouth corner', or model both.",
        )
    progress(0.35)
    match = correspond(source, face)
    progress(0.6)
    deltas = np.stack([match.carry(delta) for delta in source.deltas])
    shut_lids(face, match.labels, deltas, source)
    unfold(face, match.labels, deltas)
    shut_lids(face, match.labels, deltas, source)
    part_lips(face, match.labels, deltas, _partings(source, match))
    if not has_slit(face, match.labels):
        for name in _PARTS_LIPS:
            deltas[ARKIT_INDEX[name]] = smooth(face.skin, deltas[ARKIT_INDEX[name]], 12)
    for side in ("left", "right"):
        if not has_opening(face, side):
            for name in _LIDS:
                deltas[ARKIT_INDEX[f"{name}{side.capitalize()}"]] = 0.0
    failed = judged(source, face, match, deltas)
    progress(0.7)
    scaled = Surface(head.surface.points * face.unit, head.surface.triangles)
    whole, eyes = follow(scaled, face, deltas, source, match.laid)
    if not eyes_by_bones:
        _turn_eyes(whole, scaled, eyes)
    progress(0.9)
    return Shapes(face, match, whole / face.unit, failed)


def _partings(source: SourceFace, match: Correspondence) -> Doubles:
    """Return (52, 13, 3) how the default character's shapes part its lips, turned and sized for another mouth."""
    scale, turn, _ = similar(source, match.laid)
    gaps = [lip_gaps(source.face, source.labels, delta) for delta in source.deltas]
    return np.stack([scale * gap @ turn.T for gap in gaps if gap is not None])


def _turn_eyes(deltas: Doubles, head: Surface, eyes: dict[str, Flags]) -> None:
    for side, outwards in (("left", 1.0), ("right", -1.0)):
        chosen = eyes[side]
        if not chosen.any():
            continue
        ball = head.points[chosen]
        arm = ball - 0.5 * (ball.min(axis=0) + ball.max(axis=0))
        for name, down, out in (("Down", 1, 0), ("Up", -1, 0), ("Out", 0, 1), ("In", 0, -1)):
            a, b = down * VERTICAL_LIMIT, outwards * out * HORIZONTAL_LIMIT
            turn = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
            turn = turn @ np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
            deltas[ARKIT_INDEX[f"eyeLook{name}{side.capitalize()}"]][chosen] = arm @ turn.T - arm


def judged(source: SourceFace, face: Face, match: Correspondence, deltas: Doubles) -> dict[str, str]:
    """Return shape -> what is wrong with it; empty for a face on which everything works."""
    failed: dict[str, str] = {}
    if not has_slit(face, match.labels):
        failed.update(dict.fromkeys(_PARTS_LIPS, "has no slit between the lips to open"))
    for side in ("left", "right"):
        if not has_opening(face, side):
            for name in _LIDS:
                failed[f"{name}{side.capitalize()}"] = "has no eye opening to shut"
    size = np.median(np.linalg.norm(match.turns[:, :, 0], axis=1))
    one, other = face.skin.edges[:, 0], face.skin.edges[:, 1]
    joined = match.labels[one] * match.labels[other] >= 0
    length = face.skin.lengths
    for name, mine, theirs in zip(ARKIT_NAMES, deltas, source.deltas, strict=True):
        most = float(np.linalg.norm(theirs, axis=1).max())
        if name in failed or most < 1e-4:
            continue
        if np.linalg.norm(mine, axis=1).max() < _LITTLE * size * most:
            failed[name] = "hardly moves"
            continue
        grown = np.linalg.norm(face.skin.points[one] + mine[one] - face.skin.points[other] - mine[other], axis=1)
        torn = joined & (grown > _TORN * length + 0.006)
        if torn.sum() > 6 and name not in ("jawOpen", "mouthClose"):
            failed[name] = "tears the skin"
        # Lips close over an open jaw.
        over = folded(face, mine + (deltas[ARKIT_INDEX["jawOpen"]] if name == "mouthClose" else 0.0))
        moves = np.linalg.norm(mine, axis=1)[face.skin.triangles].max(axis=1) > _LITTLE * most * size
        if over.sum() > 2 and face.skin.areas[over].sum() > _CRUMPLED * face.skin.areas[moves].sum():
            failed[name] = "crumples the skin"
    for side in ("left", "right"):
        gaps = lid_gaps(face, match.labels, deltas, side)
        theirs = lid_gaps(source.face, source.labels, source.deltas, side)
        if gaps is None or theirs is None:
            continue
        left = gaps[1] / np.maximum(gaps[0], 1e-4) - theirs[1] / np.maximum(theirs[0], 1e-4)
        if left[3:-3].mean() > _OPEN:
            failed.setdefault(f"eyeBlink{side.capitalize()}", "does not shut the lids")
    failed.update(
        {name: why for name, why in _mouth(face, match, deltas, _partings(source, match)).items() if name not in failed}
    )
    for name in list(failed):
        failed.setdefault(_other_side(name), "goes with its other side")
    return failed


def _other_side(name: str) -> str:
    """Return the shape of the other side; a shape without sides itself."""
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side) and name.removesuffix(side) not in ("jaw", "mouth"):
            return name.removesuffix(side) + other
    return name


def _mouth(face: Face, match: Correspondence, deltas: Doubles, wanted: Doubles) -> dict[str, str]:
    jaw, close = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
    open_ = lip_gaps(face, match.labels, deltas[jaw])
    both = lip_gaps(face, match.labels, deltas[jaw] + deltas[close])
    if open_ is None or both is None:
        return {}
    gap = float(open_[3:-3, 1].mean())
    if gap < _LITTLE * wanted[jaw, 3:-3, 1].mean():
        return {"jawOpen": "hardly parts the lips"}
    if np.abs(both - wanted[jaw] - wanted[close])[3:-3, 1].mean() > _OPEN * gap:
        return {"mouthClose": "does not bring the lips together over the open jaw"}
    return {}
