"""Jitter of the lips: tracks and engine, on the same four points, over the same clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.character import load_character
from ..face.corpora import Clip
from ..metrics import jitter
from .predictors import EnginePredictor, neutral_poses

FPS = 25.0
LANDMARKS = (13, 14, 61, 291)
"""Inner lip above and below, mouth corners: the points of ``Character.lip_points``."""


def track_points(data: Path, names: list[str]) -> list[npt.NDArray[np.float32]]:
    """Return each named clip's (T, 4, 3) lip points in eye-corner distances, NaN where no face was found."""
    with np.load(data / "grid_s1" / "tracks.npz", allow_pickle=False) as tracks:
        ids = tracks["landmark_ids"].tolist()
        points = tracks["landmarks"][:, [ids.index(number) for number in LANDMARKS]].astype(np.float32)
        points[~tracks["ok"]] = np.nan
        ranges = zip(tracks["clip"], tracks["start"], tracks["stop"], strict=True)
        places = {str(name): slice(int(start), int(stop)) for name, start, stop in ranges}
    return [points[places[name]] for name in names]


def print_jitter(data: Path, clips: list[Clip], engine: EnginePredictor) -> None:
    """Print the third derivatives of the lip points, eye-corner distances per s^3."""
    character = load_character()
    eyes = character.lip_basis().eye_distance
    tracked = track_points(data, [clip.name for clip in clips])
    tracks = [engine.track(clip.samples, FPS) for clip in clips]
    meshes = [character.lip_points(neutral_poses(track), track.arkit) / eyes for track in tracks]
    print("\n### Jitter of the four lip points at 25 fps\n")
    print("| | mean | " + " | ".join(f"p{p}" for p in jitter.PERCENTILES) + " |\n|---" + "|---" * 6 + "|")
    for title, axes in (("seen from the front (x, y)", slice(0, 2)), ("in space (x, y, z)", slice(0, 3))):
        for name, source in (("tracks", tracked), ("engine", meshes)):
            mean, levels = jitter.summary([jitter.third_derivative(one[..., axes], FPS) for one in source])
            print(f"| {name}, {title} | {mean:.0f} | " + " | ".join(f"{level:.0f}" for level in levels) + " |")
