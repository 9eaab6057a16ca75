"""The face units mended one by one, and the correctives that mend what some of them make together.

The four lip landmarks keep their places under every unit (1e-5 m): lip solver, emotions and tables are tuned to them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...inference.correctives import EXCESS, FACE_CORRECTIVES, HALF
from .eyes import EYE_SHARE, fit_sphere
from .lid_rings import LidRings, with_lashes
from .makehuman import RANGES, Floats, Ints
from .shape_mender import SQUASHED, TURNED, Ball, ShapeMender

_LIDS_DOWN = 0.6
"""How far lids go down with the gaze, of what the artist made: there they almost shut."""
_INNER_BROW = 0.9
"""How much more the inner ends of the brows go up, so that they stand oblique."""
STRETCH = 0.6
"""Where smile and stretch are mended; beyond it the correction grows on."""


def face_mender(
    vertices: Floats,
    quads: Ints,
    joints: Mapping[str, Floats],
    fixed: Ints,
    limits: tuple[float, float] = (TURNED, SQUASHED),
) -> ShapeMender:
    """Return what mends shapes of the face.

    Parameters
    ----------
    vertices, quads : (V, 3), (F, 4) arrays
        Of the base mesh.
    joints : mapping
        Name -> (3,) centre of each eye.
    fixed : (n,) array
        Vertices that stay: the lip landmarks.
    limits : (float, float)
        As in :class:`~.shape_mender.ShapeMender`.
    """
    eyes = np.mean([joints[f"{side}_eye_smplhf"] for side in ("left", "right")], 0)
    corners = vertices[quads] - eyes
    near = (corners[:, :, 1].min(1) > -0.19) & (corners[:, :, 1].max(1) < 0.1) & (corners[:, :, 2].max(1) > -0.1)
    balls = []
    for side in ("left", "right"):
        centre, radius = fit_sphere(vertices[slice(*RANGES[f"{side}_eye"])])
        balls.append(Ball(centre, radius * EYE_SHARE))
    return ShapeMender(vertices, quads[near & (quads.max(1) < RANGES["body"][1])], fixed, balls, limits)


def mended_units(
    units: Mapping[str, Floats],
    vertices: Floats,
    mender: ShapeMender,
    added: Mapping[str, Floats],
    lids: Mapping[str, LidRings],
) -> dict[str, Floats]:
    """Return the (V, 3) face units by name, without folds; ``mouthClose`` is left to :func:`face_correctives`.

    ``added`` holds what muscles do beside the artist's units (:func:`~.face_muscles.muscle_actions`), ``lids`` those of
    each side.
    """
    result = dict(units)
    for side in ("Left", "Right"):
        result[f"eyeLookDown{side}"] = _LIDS_DOWN * units[f"eyeLookDown{side}"]
        smile = units[f"mouthSmile{side}"]
        # The corner's fold: where the unit changes most from one vertex to the next.
        result[f"mouthSmile{side}"] = mender.smooth(smile, mender.steepness(smile), 12)
        blink = units[f"eyeBlink{side}"]
        change = mender.relax(lids[side].shut(blink)) - blink
        result[f"eyeBlink{side}"] = blink + with_lashes(change, vertices, lids.values())
    inner = units["browInnerUp"]
    middle = np.exp(-((vertices[:, 0] / 0.021) ** 2))[:, None]
    result["browInnerUp"] = inner * (1 + _INNER_BROW * middle)
    for name in ("mouthFunnel", "mouthRollUpper", "mouthRollLower", "mouthPucker"):
        result[name] = mender.smooth(units[name], mender.steepness(units[name]), 8)
    for name, unit in added.items():
        result[name] = result[name] + unit
    for name, unit in result.items():
        if name != "mouthClose":
            relaxed = mender.relax(unit)
            result[name] = np.where(np.abs(relaxed - unit).max(1, keepdims=True) > 1e-6, relaxed, unit)
    return result


def face_correctives(units: Mapping[str, Floats], vertices: Floats, mender: ShapeMender) -> dict[str, Floats]:
    """Return the (V, 3) displacement of every corrective at 1, by name."""
    result: dict[str, Floats] = {}
    for item in FACE_CORRECTIVES:
        first = units[item.first]
        if item.how == HALF:
            made = mender.relax(first / 2) - first / 2
        elif item.how == EXCESS:
            made = -first
        elif item.first.startswith("eyeBlink"):  # shut lids are shut: what else moves them does not any more
            made = -units[item.second] * mender.near_balls(1.3, 2.6)[:, None]
        else:
            share = STRETCH if item.second.startswith("mouthStretch") else 1.0
            total = first + share * units[item.second]
            made = (mender.relax(total) - total) / share
        result[item.name] = made
    return result
