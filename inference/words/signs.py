"""Signs beside the recorded gestures: numbers on fingers, sizes and shapes (made by ``training.words.signs``)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..body.upper_body import UPPER_BODY
from ..errors import BadCheckpoint, MissingFiles
from ..gestures.library import FORMAT, SIGN, Library, build_library, joined
from ..gestures.playback import quintic
from ..plain_json import parse_object
from ..rotation import axis_angle_to_quaternion, continuous_quaternions, slerp

Doubles = npt.NDArray[np.float64]

SIGNS_FILE = Path(__file__).parent / "signs.json"
FPS = 30.0
SET = "signs"
"""The set of clips that they are, as ``Clip.set`` has it."""
_MOST_BYTES = 4 << 20


def motion_of(times: Sequence[float], keys: npt.ArrayLike) -> Doubles:
    """Return (T, 41, 4) quaternions at :data:`FPS` through keys, at rest in each of them.

    Parameters
    ----------
    times : (K,) sequence
        Seconds of the keys, rising from 0.
    keys : (K, 41, 4) array
        Unit quaternions.
    """
    poses = np.asarray(keys, np.float64)
    instants = np.arange(round(times[-1] * FPS) + 1) / FPS
    place = np.clip(np.searchsorted(times, instants, side="right") - 1, 0, len(times) - 2)
    edges = np.asarray(times, np.float64)
    part = quintic((instants - edges[place]) / (edges[place + 1] - edges[place]))
    return continuous_quaternions(slerp(poses[place], poses[place + 1], part[:, None]))


@lru_cache(maxsize=4)
def with_signs(library: Library) -> Library:
    """Return a library with the signs after its own clips.

    Raises
    ------
    SoliloquyError
        When the file of the signs is missing or damaged.
    """
    again = "Install Soliloquy again."
    try:
        if SIGNS_FILE.stat().st_size > _MOST_BYTES:
            raise ValueError("too large")
        rows: list[dict[str, Any]] = parse_object(SIGNS_FILE.read_text("utf-8"))["signs"]
        motions = [motion_of(row["times"], axis_angle_to_quaternion(np.array(row["keys"]))) for row in rows]
        signs = build_library(_table(rows, motions), motions, SIGNS_FILE, ())
    except OSError as error:
        raise MissingFiles(f"The signs '{SIGNS_FILE.name}' cannot be read.", again) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise BadCheckpoint(f"The signs '{SIGNS_FILE.name}' are damaged.", again) from error
    return joined(library, signs)


def _table(rows: list[dict[str, Any]], motions: list[Doubles]) -> dict[str, Any]:
    tags = [str(row["tag"]) for row in rows]
    columns = ("phases", "travel", "wrists", "rest", "elbows", "speed", "halfway")
    return {
        "format": FORMAT, "fps": FPS, "joints": UPPER_BODY, "names": tags, "sets": [SET] * len(rows), "tags": tags,
        "kinds": [SIGN] * len(rows), "licences": ["GPL-3.0-or-later"] * len(rows), "sources": ["made"] * len(rows),
        "frames": np.array([len(motion) for motion in motions]),
        **{name: [row[name] for row in rows] for name in columns},
    }  # fmt: skip
