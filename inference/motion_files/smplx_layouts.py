"""How SMPL-X's and its relatives' motion is stored: AMASS, SMPL-X parameters, BEAT2; arrays in, SMPL-X's joints out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..archive import ArchiveError, array_names, read_arrays
from ..errors import BadFile
from ..performance import MOST_BYTES, MOST_FRAMES
from ..skeleton import JOINT_NAMES

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

_WIDTH = 3 * len(JOINT_NAMES)
_BODY, _HANDS, _FACE = 66, 75, slice(66, 75)
_RELATIVES = {165: "SMPL-X", 156: "SMPL-H", 72: "SMPL", 66: "body"}
"""Columns of ``poses`` -> the model they are of."""
_PARTS: tuple[tuple[tuple[str, ...], int, int], ...] = (
    (("root_orient", "global_orient"), 0, 3),
    (("pose_body", "body_pose"), 3, 63),
    (("pose_jaw", "jaw_pose"), 66, 3),
    (("pose_eye", "eye_pose"), 69, 6),
    (("leye_pose",), 69, 3),
    (("reye_pose",), 72, 3),
    (("pose_hand", "hand_pose"), 75, 90),
    (("left_hand_pose",), 75, 45),
    (("right_hand_pose",), 120, 45),
)
"""Names of parts that are stored apart, their first column in ``poses``, their width."""
_RATES = ("mocap_frame_rate", "mocap_framerate", "frame_rate", "fps")
_TRAVEL = ("trans", "transl")
_EXPRESSION = ("expressions", "expression")
_AMASS = {"mocap_framerate", "dmpls", "mocap_time_length", "surface_model_type", "markers_latent"}
"""Arrays that only AMASS has."""
_WANTED = ("poses", "betas", *_RATES, *_TRAVEL, *_EXPRESSION, *(name for names, _, _ in _PARTS for name in names))
HAND_REFERENCE = "hand_reference"
"""Name of a text, ``"flat"`` or ``"relaxed"``, that files of ours carry: what finger rotations are taken against."""
_LARGEST = 1e4
"""Radians, metres and standard deviations stay far below."""
_RATE = 30.0
_LONGEST_TEXT, _MOST_BETAS, _MOST_EXPRESSIONS = 64, 400, 400
_AGAIN = "Choose another file, or export it again."


@dataclass
class SmplxMotion:
    """Motion as a file has it, in the file's own frame and with the file's own idea of a hand at rest."""

    fps: float
    poses: Floats
    """(T, 165) axis-angle; zero where the file has no such joints."""
    trans: Floats
    """(T, 3) translation of the model."""
    expressions: Floats | None
    """(T, K) coefficients."""
    betas: Floats
    gender: str
    amass: bool
    """Whether it comes from AMASS: Z up."""
    relaxed_hands: bool
    """Whether finger rotations are offsets from the mean hand, as those of BEAT2 are."""
    relative: str
    """The model that the joints are of: ``"SMPL-X"``, ``"SMPL-H"``, ``"SMPL"`` or ``"body"``."""
    warnings: list[str]


def is_smplx_motion(path: Path) -> bool:
    """Tell whether an archive holds such motion and is no performance."""
    names = set(array_names(path))
    return "arkit" not in names and bool(names & {"poses", "pose_body", "body_pose"}) and "v_template" not in names


def read_layout(path: Path) -> SmplxMotion:
    """Read motion of any of the layouts.

    Raises
    ------
    BadFile
        When the file is damaged, too large, or holds no rotations of these joints.
    """
    try:
        arrays = read_arrays(path, _WANTED, most_bytes=MOST_BYTES)
    except ArchiveError as error:
        raise BadFile(f"'{path.name}' {error}.", _AGAIN) from error
    names = set(array_names(path))
    for name, array in arrays.items():
        if array.dtype.kind not in "fiu" or not (
            array.min(initial=0) >= -_LARGEST and array.max(initial=0) <= _LARGEST
        ):
            raise BadFile(f"'{path.name}' is damaged: its '{name}' holds values that are not numbers.", _AGAIN)
    poses, relative = _poses(path, arrays)
    count = len(poses)
    if not 1 <= count <= MOST_FRAMES:
        raise BadFile(f"'{path.name}' holds {count:,} frames.", f"Choose one of 1 to {MOST_FRAMES:,}.")
    warnings: list[str] = []
    rate = next((float(arrays[name].reshape(-1)[0]) for name in _RATES if arrays.get(name, np.empty(0)).size), 0.0)
    if not 1.0 <= rate <= 1000.0:
        rate = _RATE
        warnings.append(f"'{path.name}' does not say its frame rate; taken as {_RATE:g} frames per second.")
    expressions = next((arrays[name] for name in _EXPRESSION if name in arrays), None)
    if expressions is not None:
        expressions = _rows(path, "expressions", expressions, count)
        if not 1 <= expressions.shape[1] <= _MOST_EXPRESSIONS:
            expressions = None
    travel = next((arrays[name] for name in _TRAVEL if name in arrays), np.zeros((1, 3)))
    trans = _rows(path, "trans", travel, count)
    if trans.shape[1] != 3:
        raise BadFile(f"'{path.name}': its translation is {travel.shape}, not ({count}, 3).", _AGAIN)
    amass = bool(names & _AMASS)
    return SmplxMotion(
        fps=rate,
        poses=poses,
        trans=trans,
        expressions=expressions,
        betas=np.asarray(arrays.get("betas", np.zeros(10)), np.float32).reshape(-1)[:_MOST_BETAS],
        gender=_text(path, "gender") or "neutral",
        amass=amass,
        relaxed_hands=_relaxed(path, amass, expressions is not None),
        relative=relative,
        warnings=warnings,
    )


def _poses(path: Path, arrays: Mapping[str, Array]) -> tuple[Floats, str]:
    """Return (T, 165) rotations and the model they are of."""
    if "poses" in arrays:
        given = arrays["poses"]
        flat = _flat(given)
        relative = _RELATIVES.get(flat.shape[1])
        if relative is None:
            known = ", ".join(map(str, _RELATIVES))
            raise BadFile(
                f"'{path.name}': its 'poses' has {flat.shape[1]} columns, which is none of {known}.",
                "Choose axis-angle motion of SMPL-X, SMPL-H or SMPL.",
            )
        poses = np.zeros((len(flat), _WIDTH), np.float32)
        poses[:, :_BODY] = flat[:, :_BODY]
        if flat.shape[1] == _WIDTH:
            poses[:, _BODY:] = flat[:, _BODY:]
        elif relative == "SMPL-H":
            poses[:, _HANDS:] = flat[:, _BODY:]
        return poses, relative
    parts = {first: (names, width) for names, first, width in _PARTS if any(name in arrays for name in names)}
    found = {
        first: np.asarray(next(arrays[name] for name in names if name in arrays))
        for first, (names, _) in parts.items()
    }  # fmt: skip
    count = max(len(array) if array.ndim > 1 else 1 for array in found.values())
    if count > MOST_FRAMES:
        raise BadFile(f"'{path.name}' holds {count:,} frames.", f"Choose one of 1 to {MOST_FRAMES:,}.")
    poses = np.zeros((count, _WIDTH), np.float32)
    for first, array in found.items():
        names, width = parts[first]
        rows = _rows(path, names[0], array, count)
        if rows.shape[1] < width:
            raise BadFile(
                f"'{path.name}': its '{names[0]}' has {rows.shape[1]} columns, not {width}.",
                "Export whole axis-angle rotations, without principal components.",
            )
        poses[:, first : first + width] = rows[:, :width]
    return poses, "SMPL-X" if found.keys() - {0, 3} else "body"


def _flat(array: Array) -> Array:
    """Return (T, K) of an array with a row per frame; a single row has no axis for it."""
    return array.reshape(len(array), math.prod(array.shape[1:])) if array.ndim > 1 else array.reshape(1, -1)


def _rows(path: Path, name: str, array: Array, count: int) -> Floats:
    """Return (count, K) of an array with a row per frame, or one row for all of them."""
    rows = _flat(array)
    if len(rows) not in (1, count):
        raise BadFile(f"'{path.name}': its '{name}' has {len(rows)} frames, not {count}.", _AGAIN)
    return np.ascontiguousarray(np.broadcast_to(rows, (count, rows.shape[1])), np.float32)


def _relaxed(path: Path, amass: bool, expressive: bool) -> bool:
    """Tell whether hands are offsets from the mean hand, as where ``smplx`` was built with its default settings."""
    said = _text(path, HAND_REFERENCE)
    return said == "relaxed" if said else not amass and (expressive or _text(path, "model").startswith("smplx"))


def _text(path: Path, name: str) -> str:
    """Return a short text, empty where there is none or where only a pickle could tell."""
    try:
        value = read_arrays(path, (name,), most_bytes=MOST_BYTES).get(name)
    except ArchiveError:
        return ""
    if value is None or value.size != 1 or value.dtype.kind not in "SU":
        return ""
    try:
        item = value.reshape(-1)[0]
        text = item.decode("latin1") if isinstance(item, bytes) else str(item)
        return text[:_LONGEST_TEXT].strip().lower()
    except (ValueError, SystemError):  # letters that no alphabet has
        return ""
