"""ARKit coefficients as CSV, as the app Live Link Face records them: a row per frame, 61 columns after its timecode.

Timecode is ``hours:minutes:seconds:frame.part``, mostly at 60 frames per second. Head and eyes are radians: yaw turns
to the character's own right, pitch down, roll tilts to its own left, as Unreal counts for a face that looks into the
camera.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..errors import BadFile
from ..performance import MOST_FRAMES, Performance
from ..resample import at_rate
from .face_motion import coefficient_column, face_performance, head_turn
from .motion_format import MotionFormat
from .text import number, read_text, write_text

Doubles = npt.NDArray[np.float64]

RATE = 60.0
"""Frames per second that the app records at."""
_MOST_BYTES = 256 << 20
_MOST_CELLS = 512
_SWAPPED = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}
_COEFFICIENTS = tuple(_SWAPPED.get(name, name) for name in ARKIT_NAMES)
_TURNS = tuple(f"{part}{way}" for part in ("Head", "LeftEye", "RightEye") for way in ("Yaw", "Pitch", "Roll"))
_HEADER = ("Timecode", "BlendShapeCount", *(name[0].upper() + name[1:] for name in _COEFFICIENTS), *_TURNS)
_RATES = (24, 25, 30, 48, 50, 60, 120)
_HALF_DAY, _DAY = 43_200.0, 86_400.0
_HINT = "Choose a .csv recorded by Live Link Face."


def read_csv(path: Path) -> Performance:
    """Read a recorded take; what the timecode leaves out is filled in evenly.

    Raises
    ------
    BadFile
        When it is damaged or something else.
    """
    lines = [line for line in read_text(path, most_bytes=_MOST_BYTES).split("\n") if line.strip()]
    header = [cell.strip() for cell in lines[0].split(",")] if lines else []
    places = {at: column for at, name in enumerate(header) if (column := coefficient_column(name)) is not None}
    clock = next((at for at, name in enumerate(header) if name.lower() in ("timecode", "timestamp", "time")), None)
    if clock is None or len(places) < 10 or len(header) > _MOST_CELLS:
        raise BadFile(f"'{path.name}' is no table of ARKit coefficients.", _HINT)
    if not 1 < len(lines) <= MOST_FRAMES:
        raise BadFile(f"'{path.name}' holds {len(lines) - 1} frames.", f"There may be 1 to {MOST_FRAMES}.")
    turns = [next((at for at, cell in enumerate(header) if cell == name), None) for name in _TURNS]
    wanted = [*places, *(at for at in turns if at is not None)]
    values = np.zeros((len(lines) - 1, len(wanted)), np.float32)
    clocks: list[str] = []
    for row, line in enumerate(lines[1:]):
        cells = line.split(",")
        try:
            values[row] = [number(cells[at]) for at in wanted]
            clocks.append(cells[clock].strip())
        except (ValueError, IndexError) as error:
            raise BadFile(f"'{path.name}' is damaged in line {row + 2}.", _HINT) from error
    times, kept = _times(clocks, path.name)
    times, values = times[kept] - times[kept][0], values[kept]
    rate = _rate(times)
    count = round(times[-1] * rate) + 1
    if count > MOST_FRAMES:
        raise BadFile(f"'{path.name}' lasts {times[-1] / 3600:.1f} hours.", "Cut it into shorter pieces.")
    even: Doubles = np.arange(count, dtype=np.float64) / rate
    found: dict[int, Doubles] = {at: np.interp(even, times, values[:, index]) for index, at in enumerate(wanted)}
    arkit = np.zeros((count, len(ARKIT_NAMES)))
    for at, column in places.items():
        arkit[:, column] = found[at]
    angles = np.stack([found[at] if at is not None else np.zeros(count) for at in turns], 1).reshape(count, 3, 3)
    return _performance(arkit, rate, angles)


def _performance(arkit: Doubles, rate: float, angles: Doubles) -> Performance:
    """Return the performance of coefficients and of (T, 3, 3) angles: yaw, pitch, roll of head, left and right eye."""
    looks = [index for name, index in ARKIT_INDEX.items() if name.startswith("eyeLook")]
    eyes = None
    if angles[:, 1:].any() and not arkit[:, looks].any():
        eyes = np.stack([angles[:, 1:, 1], -angles[:, 1:, 0], np.zeros_like(angles[:, 1:, 0])], -1)
    moved = bool(angles[:, 0].any())
    regions = ("lips", "upper_face", "eyes", *(("head",) if moved else ()))
    return face_performance(arkit, rate, regions, _turn(angles[:, 0]) if moved else None, eyes)


def write_csv(performance: Performance, path: Path) -> None:
    """Write a performance as Live Link Face would have recorded it: 60 frames per second, 61 values each.

    Raises
    ------
    NotSaved
        When the file cannot be written.
    """
    shown = at_rate(performance, RATE)
    arkit = shown.arkit[:, [ARKIT_INDEX[name] for name in _COEFFICIENTS]]
    eyes = [shown.joint(joint).astype(np.float64) for joint in ("left_eye_smplhf", "right_eye_smplhf")]
    turns = [_angles(head_turn(shown)), *(np.stack([-eye[:, 1], eye[:, 0], 0 * eye[:, 0]], 1) for eye in eyes)]
    values = np.concatenate([arkit, *turns], 1) + 0.0  # no minus before a zero
    count = values.shape[1]
    rows = [",".join(_HEADER)]
    for frame, row in enumerate(values.tolist()):
        rows.append(f"{_timecode(frame)},{count}," + ",".join(f"{value:.6f}" for value in row))
    write_text(path, "\n".join(rows) + "\n")


def _timecode(frame: int) -> str:
    seconds, part = divmod(frame, int(RATE))
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{part:02d}.000"


def _times(clocks: list[str], name: str) -> tuple[Doubles, npt.NDArray[np.intp]]:
    """Return seconds of every row, and the rows that come after all rows before them."""
    try:
        parts = np.array([_clock(text) for text in clocks])
    except ValueError as error:
        raise BadFile(f"'{name}' holds a timecode that is none.", _HINT) from error
    seconds, frames = parts.T
    base = next((rate for rate in _RATES if frames.max() < rate), 0)
    if not base:
        raise BadFile(f"'{name}' counts {frames.max():.0f} frames in a second.", _HINT)
    if base < RATE and np.ptp(seconds) < 2:
        base = int(RATE)  # too short to have counted a whole second
    times = seconds + frames / base
    times += _DAY * np.cumsum(np.diff(times, prepend=times[:1]) < -_HALF_DAY)  # past midnight
    latest = np.maximum.accumulate(times)
    kept = np.flatnonzero(np.diff(latest, prepend=latest[0] - 1) > 1e-6)
    return times, kept


def _clock(text: str) -> tuple[float, float]:
    """Return seconds and frames of a timecode, or the seconds that a plain number is."""
    cells = text.replace(";", ":").split(":")
    if len(cells) == 1:
        return number(cells[0]), 0.0
    if len(cells) != 4:
        raise ValueError(text)
    hours, minutes, seconds, frames = map(number, cells)
    if min(hours, minutes, seconds, frames) < 0 or hours >= 1000:
        raise ValueError(text)
    return 3600 * hours + 60 * minutes + seconds, frames


def _rate(times: Doubles) -> float:
    """Return the frames per second that most rows are apart, a usual rate where it is near one."""
    if len(times) < 2:
        return RATE
    rate = float(1 / max(np.median(np.diff(times)), 1e-3))
    near = min(_RATES, key=lambda usual: abs(usual - rate))
    return float(near) if abs(near - rate) < 0.04 * near else min(max(rate, 1.0), 240.0)


def _turn(angles: Doubles) -> npt.NDArray[np.floating[Any]]:
    """Return (T, 3, 3) rotations in the SMPL-X frame of (T, 3) yaw, pitch, roll."""
    yaw, pitch, roll = angles.T * np.array([[-1.0], [1.0], [-1.0]])
    zero, one = np.zeros_like(yaw), np.ones_like(yaw)
    about_y = _stack(np.cos(yaw), zero, np.sin(yaw), zero, one, zero, -np.sin(yaw), zero, np.cos(yaw))
    about_x = _stack(one, zero, zero, zero, np.cos(pitch), -np.sin(pitch), zero, np.sin(pitch), np.cos(pitch))
    about_z = _stack(np.cos(roll), -np.sin(roll), zero, np.sin(roll), np.cos(roll), zero, zero, zero, one)
    return about_y @ about_x @ about_z


def _angles(turn: npt.NDArray[np.floating[Any]]) -> Doubles:
    """Return (T, 3) yaw, pitch, roll of (T, 3, 3) rotations in the SMPL-X frame."""
    yaw = np.arctan2(turn[:, 0, 2], turn[:, 2, 2])
    pitch = np.arcsin(np.clip(-turn[:, 1, 2], -1, 1))
    roll = np.arctan2(turn[:, 1, 0], turn[:, 1, 1])
    return np.stack([-yaw, pitch, -roll], 1)


def _stack(*entries: Doubles) -> Doubles:
    return np.stack(entries, -1).reshape(-1, 3, 3)


def _recognises(path: Path, head: bytes) -> bool:
    first = head.partition(b"\n")[0].lower()
    return b"," in first and b"eyeblink" in first.replace(b"_", b"")


FORMATS = (MotionFormat("livelink", "Live Link Face recording", ".csv", _recognises, read_csv, write_csv),)
