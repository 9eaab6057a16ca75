"""The upper face and the head of grid_s1's speaker, frame by frame, with blinks taken out and kept apart.

Brows and lids are read from the landmarks: the tracked brow coefficients hardly move (``browInnerUp`` has a deviation
of 0.005), the landmarks do. Cheek and nose coefficients are 0 throughout and teach nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks
from scipy.spatial.transform import Rotation

from ...inference.prosody import Prosody, analyse
from ..face.corpora import load_grid

Floats = npt.NDArray[np.float32]

FPS = 25.0
CHANNELS: tuple[str, ...] = (
    "browInnerLeft", "browInnerRight", "browOuterLeft", "browOuterRight", "lidLeft", "lidRight", "lowerLid",
    "pitch", "yaw", "roll",
)  # fmt: skip
"""Rise of the brows, growth of the lids' distance (blinks left out), rise of the lower lids: outer eye-corner
distances; rotation of the head (down, to its left, tilted): radians. All from the clip's own median."""
BLINK_HEIGHT, BLINK_PROMINENCE = 0.35, 0.2
"""A peak of the tracked eyeBlink that is this high, and stands out this far, is a blink."""
_SMOOTH = 1.0  # frames; what is faster is the tracker's noise
_BEFORE, _AFTER = 0.12, 0.36  # seconds around a blink's peak in which the lids tell nothing else

_POINTS = {
    "browInnerLeft": (336, 285), "browInnerRight": (107, 55), "browOuterLeft": (300, 293, 276, 283),
    "browOuterRight": (70, 63, 46, 53),
}  # fmt: skip
_LIDS = {"Left": ((385, 386, 387), (374, 380, 373)), "Right": ((158, 159, 160), (145, 153, 144))}


@dataclass
class TrackedClip:
    """One clip of 3 s."""

    name: str
    held_out: bool
    channels: Floats
    """(T, len(CHANNELS)) at 25 fps."""
    pose: Floats
    """(3,) median pitch, yaw and roll of the clip in radians, from the median of all clips."""
    blinks: npt.NDArray[np.float64]
    """(B,) seconds at which the lids are lowest."""
    closure: Floats
    """(T,) tracked eyeBlink, both sides averaged."""
    prosody: Prosody


def _blink_free(curve: Floats, blinks: npt.NDArray[np.float64]) -> Floats:
    """Return the curve with straight lines through the blinks."""
    times = np.arange(len(curve)) / FPS
    keep = np.ones(len(curve), bool)
    for blink in blinks:
        keep &= (times < blink - _BEFORE) | (times > blink + _AFTER)
    if keep.sum() < 5:
        return np.full_like(curve, np.median(curve))
    return np.interp(times, times[keep], curve[keep]).astype(np.float32)


def find_blinks(closure: Floats) -> npt.NDArray[np.float64]:
    """Return the (B,) seconds of the blinks in a (T,) tracked eyeBlink."""
    padded = np.concatenate([[0], closure, [0]])
    peaks, _ = find_peaks(padded, height=BLINK_HEIGHT, prominence=BLINK_PROMINENCE)
    return (peaks - 1) / FPS


def load_tracks(data: Path) -> list[TrackedClip]:
    """Return the clips in which a face was found throughout."""
    held_out = {clip.name: clip.held_out for clip in load_grid(data)}
    folder = data / "grid_s1"
    with np.load(folder / "tracks.npz", allow_pickle=False) as tracks:
        names, starts, stops, ok = tracks["clip"], tracks["start"], tracks["stop"], tracks["ok"]
        landmarks, ids = tracks["landmarks"].astype(np.float32), tracks["landmark_ids"].tolist()
        shapes = tracks["blendshape_names"].tolist()
        tracked = tracks["blendshapes"].astype(np.float32)
        rotations = tracks["head"][:, :3, :3]

    def height(points: tuple[int, ...]) -> Floats:
        return landmarks[:, [ids.index(point) for point in points], 1].mean(1)

    rotations = np.where(ok[:, None, None], rotations, np.eye(3, dtype=np.float32))
    yaw, pitch, roll = Rotation.from_matrix(rotations).as_euler("YXZ").T.astype(np.float32)
    upper = {side: height(above) - height(below) for side, (above, below) in _LIDS.items()}
    lower = (height(_LIDS["Left"][1]) + height(_LIDS["Right"][1])) / 2
    curves = [height(points) for points in _POINTS.values()]
    curves += [upper["Left"], upper["Right"], lower, pitch, yaw, roll]
    channels = np.stack(curves, 1)
    closure = (tracked[:, shapes.index("eyeBlinkLeft")] + tracked[:, shapes.index("eyeBlinkRight")]) / 2
    jaw = tracked[:, shapes.index("jawOpen")]
    poses = channels[ok][:, 7:]
    middle = np.median(poses, 0)

    clips = []
    for name, start, stop in zip(names.tolist(), starts.tolist(), stops.tolist(), strict=True):
        if name not in held_out or not ok[start:stop].all():
            continue
        rows = slice(start, stop)
        blinks = find_blinks(closure[rows])
        own = channels[rows].copy()
        for lid in (4, 5, 6):
            own[:, lid] = _blink_free(own[:, lid], blinks)
        pose = np.median(own[:, 7:], 0)
        own -= np.median(own, 0)
        samples, _ = soundfile.read(folder / "audio" / f"{name}.flac", dtype="float32")
        clip = TrackedClip(
            name,
            held_out[name],
            own,
            (pose - middle).astype(np.float32),
            blinks,
            closure[rows],
            analyse(np.asarray(samples, np.float32)),
        )
        clip.channels = np.concatenate([own, jaw[rows, None], closure[rows, None]], 1)
        clips.append(clip)
    _take_out_jaw_and_blinks(clips)
    for clip in clips:
        clip.channels = gaussian_filter1d(clip.channels, _SMOOTH, axis=0, mode="nearest").astype(np.float32)
    return clips


def _take_out_jaw_and_blinks(clips: list[TrackedClip]) -> None:
    """Leave in the brows and lids what neither jaw nor blink explains linearly, in place.

    The landmarks were aligned by the whole face, so that an opening jaw seems to pull the brows down; and the tracker
    lifts the brows with falling lids.
    """
    every = np.concatenate([clip.channels for clip in clips])
    causes = np.stack([every[:, -2], every[:, -1]], 1)
    causes = causes - causes.mean(0)
    weights, *_ = np.linalg.lstsq(causes, every[:, :7] - every[:, :7].mean(0), rcond=None)
    for clip in clips:
        causes = clip.channels[:, -2:] - np.median(clip.channels[:, -2:], 0)
        clip.channels = clip.channels[:, : len(CHANNELS)].copy()
        clip.channels[:, :7] -= causes @ weights
