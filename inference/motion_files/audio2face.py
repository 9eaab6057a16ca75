"""Weights of face shapes per frame as JSON, as Audio2Face exports them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import numpy as np

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..errors import BadFile
from ..performance import MOST_FRAMES, Performance
from ..plain_json import parse_object
from .face_motion import coefficient_column, face_performance
from .motion_format import MotionFormat
from .text import read_text, write_text

_MOST_BYTES = 256 << 20
_MOST_SHAPES = 1024
_HINT = "Choose a JSON of weights that Audio2Face exported."
_MUSCLES: dict[str, tuple[str, ...]] = {
    "browLower": ("browDown*",), "innerBrowRaiser": ("browInnerUp",), "outerBrowRaiser": ("browOuterUp*",),
    "eyesUpperLidRaiser": ("eyeWide*",), "eyesClose": ("eyeBlink*",), "squint": ("eyeSquint*",),
    "cheekRaiser": ("cheekSquint*",), "cheekPuff": ("cheekPuff",), "noseWrinkler": ("noseSneer*",),
    "jawDrop": ("jawOpen",), "jawDropLipTowards": ("jawOpen", "mouthClose"), "jawThrust": ("jawForward",),
    "jawSlideLeft": ("jawLeft",), "jawSlideRight": ("jawRight",), "mouthSlideLeft": ("mouthLeft",),
    "mouthSlideRight": ("mouthRight",), "dimpler": ("mouthDimple*",), "lipCornerPuller": ("mouthSmile*",),
    "lipCornerDepressor": ("mouthFrown*",), "lipStretcher": ("mouthStretch*",), "upperLipRaiser": ("mouthUpperUp*",),
    "lowerLipDepressor": ("mouthLowerDown*",), "chinRaiser": ("mouthShrugLower", "mouthShrugUpper"),
    "lipPressor": ("mouthPressLeft", "mouthPressRight"), "pucker": ("mouthPucker",), "funneler": ("mouthFunnel",),
    "lipSuck": ("mouthRollLower", "mouthRollUpper"), "eyesLookUp": ("eyeLookUpLeft", "eyeLookUpRight"),
    "eyesLookDown": ("eyeLookDownLeft", "eyeLookDownRight"), "eyesLookLeft": ("eyeLookOutLeft", "eyeLookInRight"),
    "eyesLookRight": ("eyeLookInLeft", "eyeLookOutRight"),
}  # fmt: skip
"""The shapes of its older solver, named after muscles, with ARKit's nearest; ``*`` is the side that L or R means."""
_SIDES = {"L": "Left", "R": "Right"}


def read_json(path: Path) -> Performance:
    """Read weights per frame, of ARKit's shapes or of those of the older solver.

    Raises
    ------
    BadFile
        When it is damaged or something else.
    """
    try:
        found = parse_object(read_text(path, most_bytes=_MOST_BYTES), most_bytes=_MOST_BYTES)
    except ValueError as error:
        raise BadFile(f"'{path.name}' is no JSON that can be read: {_reason(error)}.", _HINT) from error
    names, rows, rate = found.get("facsNames"), found.get("weightMat"), found.get("exportFps", 60)
    if not isinstance(names, list) or not isinstance(rows, list):
        raise BadFile(f"'{path.name}' holds no weights of face shapes.", _HINT)
    names, rows = cast("list[Any]", names), cast("list[Any]", rows)
    if not 0 < len(rows) <= MOST_FRAMES or not 0 < len(names) <= _MOST_SHAPES:
        raise BadFile(f"'{path.name}' holds {len(rows)} frames of {len(names)} shapes.", _HINT)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 1 <= rate <= 240:
        raise BadFile(f"'{path.name}' does not say at which rate its frames come.", _HINT)
    try:
        weights = np.array(rows, np.float32)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadFile(f"'{path.name}' is damaged: its weights are no table of numbers.", _HINT) from error
    if weights.shape != (len(rows), len(names)) or not np.isfinite(weights).all():
        raise BadFile(f"'{path.name}' is damaged: its weights do not fit its {len(names)} names.", _HINT)
    arkit = np.zeros((len(rows), len(ARKIT_NAMES)), np.float32)
    known = [_add(arkit, str(name), weights[:, index]) for index, name in enumerate(names)]
    if not any(known):
        raise BadFile(f"'{path.name}' names no face shape that is known.", _HINT)
    return face_performance(arkit, float(rate), ("lips", "upper_face", "eyes"))


def _add(arkit: np.ndarray[Any, Any], name: str, values: np.ndarray[Any, Any]) -> list[int]:
    """Add the weights of one shape to the coefficients that it stands for; returns their columns."""
    column = coefficient_column(name)
    if column is not None:
        columns = [column]
    else:
        side = _SIDES.get(name[-1:], "")
        meant = _MUSCLES.get(name) or (_MUSCLES.get(name[:-1], ()) if side else ())
        columns = [ARKIT_INDEX[item.replace("*", side)] for item in meant if side or "*" not in item]
    for column in columns:
        arkit[:, column] = np.maximum(arkit[:, column], values)
    return columns


def write_json(performance: Performance, path: Path) -> None:
    """Write the 52 coefficients of every frame under their names.

    Raises
    ------
    NotSaved
        When the file cannot be written.
    """
    rate = round(performance.fps, 6)
    said = {
        "exportFps": int(rate) if rate == int(rate) else rate,
        "trackPath": str(performance.meta.get("audio", {}).get("name", "")),
        "numPoses": len(ARKIT_NAMES),
        "numFrames": performance.frames,
        "facsNames": list(ARKIT_NAMES),
        "weightMat": [[round(value, 6) for value in row] for row in performance.arkit.tolist()],
    }
    write_text(path, json.dumps(said))


def _reason(error: ValueError) -> str:
    return str(error).split("\n", 1)[0][:120].rstrip(".")


def _recognises(path: Path, head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and any(
        word in head for word in (b'"facsNames"', b'"weightMat"', b'"exportFps"')
    )


FORMATS = (MotionFormat("audio2face", "Audio2Face weights", ".json", _recognises, read_json, write_json),)
