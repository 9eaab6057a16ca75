"""The library of gestures: clips of the upper body with their phases and meanings.

What ships is a network that learned the recorded clips (``models.gestures``), not the recordings; where those are at
hand, a packed file of them (``training.gestures``) reads the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import spline_filter1d

from ..archive import read_arrays
from ..body.upper_body import UPPER_BODY
from ..errors import BadCheckpoint, MissingFiles, SoliloquyError
from ..rotation import axis_angle_to_quaternion, continuous_quaternions
from ..shipped import weights_path
from ..shipped_weights import refusing_damaged
from .vocabulary import read_vocabulary

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

WEIGHTS = weights_path("gestures")
_MOST_BYTES = 256 << 20
FORMAT = 1
STEP = np.pi / 32767
"""Radians of one unit of the stored rotations."""
SIGN = "sign"
"""Kind of clips that are shown to the letter: numbers on fingers, sizes and shapes."""
_HANGING = -0.07  # metres over the pelvis joint
_TEXTS = ("names", "sets", "tags", "kinds", "licences", "sources")


def _swapped() -> npt.NDArray[np.int64]:
    other = {"left": "right", "right": "left"}
    names = [
        f"{other[name.split('_')[0]]}_{name.split('_', 1)[1]}" if name.split("_")[0] in other else name
        for name in UPPER_BODY
    ]
    return np.array([UPPER_BODY.index(name) for name in names])


SWAPPED: npt.NDArray[np.int64] = _swapped()
"""(41,) where each joint's counterpart on the other side stands; a spine joint's is itself."""
_FLIP = np.array([1.0, 1.0, -1.0, -1.0])


def mirrored(quaternions: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.floating[Any]]:
    """Return (..., 41, 4) the same pose in a mirror: left and right change places; twice is the pose itself."""
    return quaternions[..., SWAPPED, :] * _FLIP.astype(quaternions.dtype)


@dataclass(frozen=True, eq=False)
class Clip:
    """One recorded gesture."""

    index: int
    name: str
    set: str
    """Who recorded it: clips of one set are of one performer."""
    tag: str
    """Meaning as the source names it."""
    kind: str
    """What the tag comes down to: beat, chop, offer, frame, point, you, me, negate, stop, shrug or :data:`SIGN`."""
    licence: str
    source: str
    frames: int
    seconds: float
    phases: tuple[float, float, float, float, float]
    """Seconds: the hand sets off, the stroke begins, the emphasis (the hand arrives), the hold ends, back at rest."""
    travel: tuple[float, float]
    """Metres by which the left and right wrist leave their rest."""
    wrists: Floats
    """(2, 3) wrists at the emphasis, metres from the pelvis."""
    elbows: Floats
    """(2,) elbows over the shoulders at the emphasis, metres; negative below."""
    rest: Floats
    """(2, 3) wrists before the gesture, likewise."""
    speed: float
    """Metres per second of the faster wrist at the fastest instant of the stroke."""
    halfway: float
    """Seconds: the hands have gone 60 % of their way to the emphasis."""

    @property
    def hanging(self) -> bool:
        """Whether the gesture starts from arms that hang, not from hands on the hips."""
        return float(self.rest[:, 1].max()) < _HANGING

    @property
    def hands(self) -> tuple[float, float]:
        """How much the left and right hand take part, 0..1."""
        most = max(*self.travel, 1e-6)
        left, right = (float(np.clip((travel / most - 0.25) / 0.25, 0.0, 1.0)) for travel in self.travel)
        return left, right


@dataclass(frozen=True, eq=False)
class Library:
    """All clips, and their rotations as splines."""

    clips: tuple[Clip, ...]
    """``clips[i].index == i``."""
    fps: float
    coefficients: Floats
    """(F, 41, 4) cubic B-spline coefficients of the quaternions, clip after clip."""
    starts: npt.NDArray[np.int64]
    """(C,) first coefficient of every clip; one more stands before and two after a clip's own frames."""
    path: Path

    def sample(self, clip: Clip, seconds: npt.ArrayLike, mirror: bool = False) -> Floats:
        """Return (n, 41, 4) unit quaternions of a clip at any instants; the ends hold.

        Value, speed and acceleration are continuous.
        """
        place = np.clip(np.asarray(seconds, np.float64) * self.fps, 0, clip.frames - 1)
        cell = np.minimum(place.astype(np.int64), clip.frames - 2)
        u = (place - cell).astype(np.float32)
        weights = ((1 - u) ** 3 / 6, (3 * u**3 - 6 * u**2 + 4) / 6, (-3 * u**3 + 3 * u**2 + 3 * u + 1) / 6, u**3 / 6)
        first = self.starts[clip.index] + cell
        values = weights[0][:, None, None] * self.coefficients[first]
        for tap in range(1, 4):
            values += weights[tap][:, None, None] * self.coefficients[first + tap]
        values /= np.sqrt((values * values).sum(-1, keepdims=True))
        return mirrored(values) if mirror else values  # pyright: ignore[reportReturnType]


def load_library(exclude_sets: tuple[str, ...] = (), path: Path | None = None) -> Library:
    """Read the library.

    Parameters
    ----------
    exclude_sets : tuple of str
        Sets of clips to leave out, for measurements on clips that a system has not seen.
    path : Path or None
        Another file than the extension's own: weights, or packed clips (``.npz``).

    Raises
    ------
    SoliloquyError
        Where the file is missing, is damaged or is of another version, or nothing is left.
    """
    return _load(path or WEIGHTS, tuple(sorted(set(exclude_sets))))


@lru_cache(maxsize=4)
def _load(path: Path, exclude_sets: tuple[str, ...]) -> Library:
    if not path.is_file():
        raise MissingFiles(f"The gesture library '{path.name}' is missing.", "Install Soliloquy again.")
    if path.suffix == ".safetensors":
        with refusing_damaged(path, "The gestures"):
            stored, rotations = read_vocabulary(path)
            return build_library(stored, rotations, path, exclude_sets)
    try:
        stored = read_arrays(path, most_bytes=_MOST_BYTES)
        frames = stored["frames"].astype(np.int64)
        if frames.sum() != len(stored["rotations"]):
            raise ValueError("lengths disagree")
        parts = np.split(stored["rotations"], np.cumsum(frames)[:-1])
        return build_library(stored, [unpack_rotations(part) for part in parts], path, exclude_sets)
    except SoliloquyError:
        raise
    except Exception as error:  # arrays that do not fit together fail in as many ways as there are
        raise BadCheckpoint(f"The gesture library '{path.name}' is damaged.", "Install Soliloquy again.") from error


def build_library(
    stored: Mapping[str, Any], rotations: Sequence[Doubles], path: Path, exclude_sets: tuple[str, ...]
) -> Library:
    """Return a library of clips.

    Parameters
    ----------
    stored : mapping
        What is known of every clip, by column (``training.gestures.pack``).
    rotations : sequence of (T, 41, 4) array
        Continuous unit quaternions of each clip.

    Raises
    ------
    SoliloquyError
        For another format, or where no clip is left.
    ValueError, LookupError
        Where the columns do not fit together.
    """
    if int(stored["format"]) != FORMAT:
        raise BadCheckpoint(
            f"The gesture library '{path.name}' is of format {int(stored['format'])}, not {FORMAT}.",
            "Install Soliloquy again.",
        )
    if tuple(str(name) for name in stored["joints"]) != UPPER_BODY:
        raise ValueError("other joints")
    texts = [[str(text) for text in stored[key]] for key in _TEXTS]
    frames = stored["frames"].astype(np.int64)
    fps = float(stored["fps"])
    if not len(frames) == len(texts[0]) == len(rotations) or frames.min() < 4:
        raise ValueError("lengths disagree")
    clips: list[Clip] = []
    blocks: list[Floats] = []
    starts: list[int] = []
    at = 0
    for row, (name, set_, tag, kind, licence, source) in enumerate(zip(*texts, strict=True)):
        if set_ in exclude_sets:
            continue
        block = _spline(rotations[row])
        ready, stroke_start, emphasis, stroke, relax = (float(value) for value in stored["phases"][row])
        left, right = (float(value) for value in stored["travel"][row])
        clips.append(
            Clip(
                len(clips),
                name,
                set_,
                tag,
                kind,
                licence,
                source,
                int(frames[row]),
                (int(frames[row]) - 1) / fps,
                (ready, stroke_start, emphasis, stroke, relax),
                (left, right),
                np.asarray(stored["wrists"][row], np.float32),
                np.asarray(stored["elbows"][row], np.float32),
                np.asarray(stored["rest"][row], np.float32),
                float(stored["speed"][row]),
                float(stored["halfway"][row]),
            )
        )
        starts.append(at)
        at += len(block)
        blocks.append(block)
    if not clips:
        raise SoliloquyError("No gestures are left in the library.", "Exclude fewer sets of clips.")
    return Library(tuple(clips), fps, np.concatenate(blocks), np.array(starts, np.int64), path)


def joined(first: Library, second: Library) -> Library:
    """Return the clips of two libraries of one frame rate as one, the first one's keeping their places."""
    moved = tuple(dataclasses.replace(clip, index=clip.index + len(first.clips)) for clip in second.clips)
    starts = np.concatenate([first.starts, second.starts + len(first.coefficients)])
    coefficients = np.concatenate([first.coefficients, second.coefficients])
    return Library((*first.clips, *moved), first.fps, coefficients, starts, first.path)


def pack_rotations(axis_angle: npt.ArrayLike) -> npt.NDArray[np.int16]:
    """Return (T, 41, 3) stored numbers of axis-angle no longer than pi: differences in time, in units of ``STEP``."""
    units = np.round(np.asarray(axis_angle, np.float64) / STEP).astype(np.int64)
    # Differences deflate to half the size; wrapping round in 16 bits loses nothing.
    return np.diff(units, axis=0, prepend=0).astype(np.uint16).view(np.int16)


def unpack_rotations(stored: npt.NDArray[np.int16]) -> Doubles:
    """Return (T, 41, 4) continuous unit quaternions of one clip's stored numbers."""
    units = np.cumsum(stored.astype(np.int64), axis=0).astype(np.uint16).view(np.int16)
    return continuous_quaternions(axis_angle_to_quaternion(units * STEP))


def _spline(quaternions: Doubles) -> Floats:
    """Return the coefficients of the cubic B-spline through (T, 41, 4), mirrored at both ends: (T + 3) rows."""
    inner = spline_filter1d(quaternions, 3, axis=0, mode="mirror")
    return np.concatenate([inner[1:2], inner, inner[-2:-1], inner[-3:-2]]).astype(np.float32)
