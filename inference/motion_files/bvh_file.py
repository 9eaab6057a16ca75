"""BVH: what a file says of its skeleton and its length, looked at within bounds; and performances written as BVH.

Written is the skeleton that performances are made for: the 55 joints of SMPL-X where the default character has them,
Y up, facing +Z, in centimetres, unturned in the T-pose. Reading needs to know how bones are called, which only
``rigs/mappings`` does: Blender's side reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..character import load_character
from ..errors import BadFile
from ..performance import MOST_FRAMES, Performance
from ..rotation import axis_angle_to_matrix
from ..skeleton import JOINT_NAMES, PARENTS
from .motion_format import MotionFormat
from .text import number, read_text, write_text

Array = npt.NDArray[np.floating[Any]]

_MOST_BYTES = 512 << 20
_MOST_JOINTS = 1000
_CENTIMETRES = 100.0
_END = 0.04
"""Metres that a bone without a child has."""
_AGAIN = "Choose another file, or export it again."
_TOKENS = re.compile(r"[{}]|[^\s{}]+")
_CHANNELS = {f"{axis}{kind}" for axis in "XYZ" for kind in ("position", "rotation")}


@dataclass(frozen=True)
class BvhOutline:
    """What a file holds."""

    joints: tuple[str, ...]
    frames: int
    fps: float


def outline(path: Path) -> BvhOutline:
    """Return what a BVH file holds, checked throughout: Blender's importer trusts it.

    Raises
    ------
    BadFile
        When it is no whole BVH file, or larger than any recording.
    """
    text = read_text(path, most_bytes=_MOST_BYTES)
    hierarchy, motion, numbers = text.partition("MOTION")
    if not hierarchy.lstrip().startswith("HIERARCHY") or not motion:
        raise BadFile(f"'{path.name}' is no BVH file, or is cut short.", _AGAIN)
    try:
        joints, channels = _hierarchy(hierarchy)
        found = re.match(r"\s*Frames:\s*(\d{1,9})\s+Frame\s+Time:\s*([\d.eE+-]+)[ \t]*\r?\n", numbers)
        if found is None:
            raise ValueError("it does not say how many frames it has")
        frames, step = int(found[1]), number(found[2])
        if not 1 <= frames <= MOST_FRAMES:
            raise ValueError(f"it says that it has {frames:,} frames")
        if not 1e-3 <= step <= 10.0:
            raise ValueError(f"a frame takes {step:g} seconds")
        rows = [line for line in numbers[found.end() :].splitlines() if line.strip()]
        if len(rows) < frames:
            raise ValueError(f"it holds {len(rows):,} of {frames:,} frames")
        for row in rows[:frames]:
            values = np.array(row.split(), np.float64)
            if len(values) != channels or not np.isfinite(values).all() or np.abs(values).max(initial=0) > 1e9:
                raise ValueError("a frame does not fit the skeleton")
    except ValueError as error:
        reason = str(error) if not str(error).startswith("could not") else "a frame holds something else than numbers"
        raise BadFile(f"'{path.name}' is a damaged BVH file: {reason}.", _AGAIN) from error
    return BvhOutline(tuple(joints), frames, 1.0 / step)


def _hierarchy(text: str) -> tuple[list[str], int]:
    """Return the names of the joints and the number of values a frame has; raises :class:`ValueError`."""
    words = iter(_TOKENS.findall(text)[1:])
    joints: list[str] = []
    channels = depth = 0
    for word in words:
        if word in ("ROOT", "JOINT", "End"):
            name: list[str] = []
            for part in words:
                if part == "{":
                    break
                name.append(part)
            depth += 1
            if word != "End":
                joints.append(" ".join(name)[:80])
        elif word == "}":
            depth -= 1
        elif word == "OFFSET":
            for _ in range(3):
                number(next(words, ""))
        elif word == "CHANNELS":
            count = int(next(words, ""))
            if not 0 <= count <= 9 or any(next(words, "") not in _CHANNELS for _ in range(count)):
                raise ValueError("a joint has channels that do not exist")
            channels += count
        else:
            raise ValueError("its skeleton is not whole")
        if depth < 0 or depth > _MOST_JOINTS or len(joints) > _MOST_JOINTS:
            raise ValueError("its skeleton is not whole")
    if depth or not joints:
        raise ValueError("its skeleton is not whole")
    return joints, channels


def write_bvh(performance: Performance, path: Path) -> None:
    """Write the joints of a performance; raises :class:`~..errors.NotSaved`."""
    places = load_character().joints.astype(np.float64) * _CENTIMETRES
    lines = ["HIERARCHY"]
    children: dict[int, list[int]] = {}
    for joint, parent in enumerate(PARENTS):
        children.setdefault(parent, []).append(joint)
    order: list[int] = []

    def joint_lines(joint: int, depth: int) -> None:
        order.append(joint)
        pad, parent = "\t" * depth, PARENTS[joint]
        offset = places[joint] - (places[parent] if parent >= 0 else 0)
        travel = "6 Xposition Yposition Zposition" if parent < 0 else "3"
        lines.append(f"{pad}{'ROOT' if parent < 0 else 'JOINT'} {JOINT_NAMES[joint]}")
        lines.append(f"{pad}{{")
        lines.append(f"{pad}\tOFFSET {_row(offset)}")
        lines.append(f"{pad}\tCHANNELS {travel} Zrotation Xrotation Yrotation")
        for child in children.get(joint, ()):
            joint_lines(child, depth + 1)
        if joint not in children:
            along = places[joint] - places[parent]
            tip = along / max(float(np.linalg.norm(along)), 1e-9) * _END * _CENTIMETRES
            lines.extend([f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET {_row(tip)}", f"{pad}\t}}"])
        lines.append(f"{pad}}}")

    joint_lines(0, 0)
    turns = axis_angle_to_matrix(performance.poses.reshape(-1, len(JOINT_NAMES), 3).astype(np.float64))
    angles = np.degrees(_zxy(turns))[:, order].reshape(performance.frames, -1)
    travel = performance.trans.astype(np.float64) * _CENTIMETRES + places[0]
    lines += ["MOTION", f"Frames: {performance.frames}", f"Frame Time: {1.0 / performance.fps:.9f}"]
    lines += [_row(row) for row in np.concatenate([travel, angles], 1)]
    write_text(path, "\n".join(lines) + "\n")


def _row(values: Array) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _zxy(turns: Array) -> Array:
    """Return (..., 3) angles about Z, X, Y in this order, R = Rz Rx Ry, of (..., 3, 3) rotations, without full turns
    between frames."""
    about_x = np.arcsin(np.clip(turns[..., 2, 1], -1.0, 1.0))
    about_z = np.arctan2(-turns[..., 0, 1], turns[..., 1, 1])
    about_y = np.arctan2(-turns[..., 2, 0], turns[..., 2, 2])
    return np.unwrap(np.stack([about_z, about_x, about_y], -1), axis=0)


def _recognises(path: Path, head: bytes) -> bool:
    return head.lstrip().startswith(b"HIERARCHY")


FORMATS = (MotionFormat("bvh", "BVH motion", ".bvh", _recognises, None, write_bvh),)
