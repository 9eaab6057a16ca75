"""The lips as they were performed, kept inside the .blend on the action that animates them.

A take can be crafted again and again because it carries this record: the coefficients of the region ``lips`` and the
jaw joint, each column as 16-bit steps between its own smallest and largest value, as differences along time, deflated.
What is baked are the recorded values, so that going back to them gives the same keys. Nothing is ever unpickled.
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ...inference.archive import read_arrays
from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES, REGION_COEFFICIENTS
from ...inference.label_track import LabelTrack, tracks_from_arrays, tracks_to_arrays
from ...inference.performance import Performance
from ...inference.plain_json import parse_object
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from .bake_options import DEFAULT_TOLERANCES

PROPERTY = "soliloquy_lips"
"""Name of the custom property on an action: the record's bytes."""

_VERSION = 1
_STEPS = 65535
_MOST_BYTES = 128 << 20  # five hours at 30 frames per second take 35 MB
_LARGEST = 1e9
_NAMES = REGION_COEFFICIENTS["lips"]
_COLUMNS = [ARKIT_INDEX[name] for name in _NAMES]
_JAW = slice(3 * JOINT_INDEX["jaw"], 3 * JOINT_INDEX["jaw"] + 3)


@dataclass(frozen=True)
class LipsRecord:
    """Lips over time and how they became keys."""

    coefficients: npt.NDArray[np.float32]
    """(T, 29) coefficients of the region ``lips``."""
    jaw: npt.NDArray[np.float32]
    """(T, 3) axis-angle of the jaw joint."""
    fps: float
    first: float
    """Frame of the action at which the first sample lies."""
    step: float
    """Frames of the action from one sample to the next."""
    interpolation: str
    tolerance: dict[str, float]
    """Largest deviation of the keys, by kind of channel: ``"rotation"`` and ``"coefficient"``."""
    tracks: dict[str, LabelTrack] = field(default_factory=dict)
    """What the lips say when: ``visemes``, where that is known."""

    def limit(self, kind: str) -> float:
        """Return the largest deviation of a kind of channel; mouths of bones have locations, by the bake's default."""
        return self.tolerance.get(kind, DEFAULT_TOLERANCES["lips"].metres)

    @property
    def frames(self) -> npt.NDArray[np.float64]:
        """Return (T,) frames of the action at which the samples lie."""
        return self.first + np.arange(len(self.jaw)) * self.step

    @classmethod
    def of(cls, performance: Performance, **how: Any) -> LipsRecord:
        """Return the record of a performance's lips as it will be read back; ``how`` fills the other fields."""
        said = {name: track for name, track in performance.tracks.items() if name == "visemes"}
        lips = performance.arkit[:, _COLUMNS].copy(), performance.joint("jaw").copy()
        made = cls(*lips, performance.fps, tracks=said, **how)
        return cls.from_bytes(made.to_bytes())

    def onto(self, performance: Performance) -> Performance:
        """Return the performance with its lips taken from the record."""
        arkit, poses = performance.arkit.copy(), performance.poses.copy()
        arkit[:, _COLUMNS] = self.coefficients
        poses[:, _JAW] = self.jaw
        return dataclasses.replace(performance, arkit=arkit, poses=poses)

    def performance(self) -> Performance:
        """Return a performance that holds nothing but these lips; its ``lip_aperture`` is not measured."""
        count = len(self.jaw)
        blank = Performance(
            self.fps,
            np.zeros((count, 3 * len(JOINT_NAMES)), np.float32),
            np.zeros((count, 3), np.float32),
            np.zeros((count, len(ARKIT_NAMES)), np.float32),
            np.zeros(count, np.float32),
            tracks=dict(self.tracks),
        )
        return self.onto(blank)

    def to_bytes(self) -> bytes:
        """Return the record as an ``.npz``, about 100 kB per minute at 30 frames per second."""
        values = np.concatenate([self.coefficients, self.jaw], 1)
        low, high = values.min(0), values.max(0)
        scale = np.where(high > low, (high - low).astype(np.float64) / _STEPS, 1.0)
        steps = np.round((values - low.astype(np.float64)) / scale).astype(np.uint16)
        # Differences along time, column after column: what deflates well.
        steps[1:] -= steps[:-1].copy()
        how = {name: getattr(self, name) for name in ("fps", "first", "step", "interpolation", "tolerance")}
        stream = io.BytesIO()
        np.savez_compressed(
            stream,
            version=np.int32(_VERSION),
            names=np.array(_NAMES),
            low=low,
            scale=scale,
            steps=np.ascontiguousarray(steps.T).view(np.uint8).reshape(steps.shape[1], -1, 2).transpose(2, 0, 1),
            how=np.array(json.dumps(how)),
            **tracks_to_arrays(self.tracks),
        )
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> LipsRecord:
        """Read :meth:`to_bytes`' result; raises :class:`ValueError` when it is anything else."""
        try:
            found = read_arrays(data, most_bytes=_MOST_BYTES)
            if int(found["version"]) != _VERSION:
                raise ValueError("the record is of another version")
            planes = np.ascontiguousarray(found["steps"].transpose(1, 2, 0))
            steps = np.cumsum(planes.view(np.uint16)[..., 0].T, axis=0, dtype=np.uint16)
            values = (found["low"].astype(np.float64) + steps * found["scale"]).astype(np.float32)
            names = [str(name) for name in found["names"]]
            columns = [names.index(name) for name in _NAMES]
            how = _how(parse_object(str(found["how"])))
            return cls(values[:, columns], values[:, len(names) :], tracks=tracks_from_arrays(found), **how)
        except Exception as error:  # bytes of a .blend that anyone may have edited
            raise ValueError("not a record of lips") from error

    def __post_init__(self) -> None:
        numbers = (self.fps, self.first, self.step, *self.tolerance.values())
        if (
            self.coefficients.ndim != 2
            or self.coefficients.shape[1] != len(_NAMES)
            or self.jaw.shape != (len(self.coefficients), 3)
            or not len(self.jaw)
            or not (np.isfinite(self.coefficients).all() and np.isfinite(self.jaw).all())
            or not all(math.isfinite(number) and abs(number) < _LARGEST for number in numbers)
            or not (self.fps > 0 and self.step > 0)
        ):
            raise ValueError("not a record of lips")


def _how(found: dict[str, Any]) -> dict[str, Any]:
    """Return how the lips became keys, each value of its own kind."""
    return {
        **{name: float(found[name]) for name in ("fps", "first", "step")},
        "interpolation": "LINEAR" if found["interpolation"] == "LINEAR" else "BEZIER",
        "tolerance": {name: float(found["tolerance"][name]) for name in ("rotation", "coefficient")},
    }


def attach(action: Any, record: LipsRecord) -> None:
    """Keep a record with an action: it is saved, copied and appended with it."""
    action[PROPERTY] = record.to_bytes()


def read(action: Any) -> LipsRecord | None:
    """Return the record an action carries, None when it has none that can be read."""
    data = action.get(PROPERTY)
    if not isinstance(data, bytes):
        return None
    try:
        return LipsRecord.from_bytes(data)
    except ValueError:
        return None
