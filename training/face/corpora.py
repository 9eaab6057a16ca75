"""The speech the face engine learns from and is measured on, with labels on the encoder's 20 ms frames.

Splits are fixed by name and never trained on: 90 clips of grid_s1 by the order of the sha1 of their names, the actors
08 and 10 of emodb, every fifth recording of ljspeech.
"""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from ...models.face.network import GEOMETRY
from ...models.face.visemes import ARPABET_VISEMES, SAMPA_VISEMES
from .alignment import Aligner

RATE = 16_000
FRAME_SECONDS = 0.02
GRID_VALIDATION_CLIPS = 90
EMODB_HELD_OUT = ("08", "10")
OPEN_VOWELS = ("a", "aI", "aU", "a6")

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass
class Clip:
    """One recording with what is known about it."""

    name: str
    corpus: str
    speaker: str
    samples: Floats
    held_out: bool
    phones: list[tuple[float, float, str]] = field(default_factory=list)
    """(start s, stop s, label): CMU phones, or SAMPA for emodb."""
    geometry: Floats | None = None
    """(N, len(GEOMETRY)) at 25 fps, frame i at i / 25 s; NaN where no face was found."""

    @property
    def frames(self) -> int:
        """Number of 20 ms frames."""
        return len(self.samples) // 320 + 1


def clip_threshold(aperture: npt.NDArray[np.floating], share: float = 0.15) -> float:
    """Return the aperture below which a clip's lips count as closed: p5 + share * (p95 - p5)."""
    low, high = np.nanpercentile(aperture, [5, 95])
    return float(low + share * (high - low))


def read_speech(path: Path) -> Floats:
    """Return the (n,) samples of a recording at 16 kHz.

    Raises
    ------
    ValueError
        For another rate, or more than one channel.
    """
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != RATE or samples.ndim != 1:
        raise ValueError(f"{path} is not 16 kHz mono.")
    return np.asarray(samples, np.float32)


def _mouth_geometry(landmarks: Floats, ids: list[int]) -> Floats:
    def point(index: int) -> Floats:
        return landmarks[:, ids.index(index)]

    aperture = np.linalg.norm(point(13) - point(14), axis=1)
    width = np.linalg.norm(point(61) - point(291), axis=1)
    columns = [width, point(13)[:, 1], -point(14)[:, 1], -point(152)[:, 1]]
    closed = aperture <= clip_threshold(aperture)
    rest = [float(np.median(column[closed])) for column in columns]
    return np.stack([aperture, *(c - r for c, r in zip(columns, rest, strict=True))], axis=1).astype(np.float32)


def load_grid(data: Path) -> list[Clip]:
    """Return the 906 clips of grid_s1 with tracked mouth geometry, audio and words; phones are not aligned yet."""
    folder = data / "grid_s1"
    with np.load(folder / "tracks.npz", allow_pickle=False) as tracks:
        names = [str(name) for name in tracks["clip"]]
        starts, stops, ok = tracks["start"], tracks["stop"], tracks["ok"]
        landmarks, ids = tracks["landmarks"], tracks["landmark_ids"].tolist()
    words: dict[str, list[str]] = {}
    with open(folder / "words.csv", encoding="utf-8") as lines:
        for name, _, _, word in csv.reader(lines):
            if word not in ("sil", "sp"):
                words.setdefault(name, []).append(word)
    by_hash = sorted(names, key=lambda name: hashlib.sha1(name.encode()).hexdigest())
    held_out = set(by_hash[:GRID_VALIDATION_CLIPS])
    clips = []
    for name, start, stop in zip(names, starts, stops, strict=True):
        found = ok[start:stop]
        if found.mean() < 0.9:
            continue
        geometry = _mouth_geometry(landmarks[start:stop].astype(np.float32), ids)
        geometry[~found] = np.nan
        samples = read_speech(folder / "audio" / f"{name}.flac")
        clip = Clip(name, "grid_s1", "s1", samples, name in held_out, geometry=geometry)
        clip.phones = [(0.0, 0.0, " ".join(words.get(name, [])))]
        clips.append(clip)
    return clips


FACES = ("grid_speakers", "crema_d", "whitehouse")
"""Folders of ``faces``."""
_ONE_SPEAKER = {"crema_d": "crema_d_1001", "whitehouse": "whitehouse"}
_SAME_SPEAKER = {"pwij3p": "id2_vcd_swwp2s"}
"""Two clips of GRID show one face."""


def load_faces(data: Path) -> list[Clip]:
    """Return the clips of eleven more people with tracked mouth geometry; no phones."""
    clips: list[Clip] = []
    for folder in FACES:
        with np.load(data / "faces" / folder / "tracks.npz", allow_pickle=False) as tracks:
            ids = tracks["landmark_ids"].tolist()
            landmarks, ok = tracks["landmarks"].astype(np.float32), tracks["ok"]
            places = list(zip(tracks["clip"].tolist(), tracks["start"], tracks["stop"], strict=True))
        for name, start, stop in places:
            geometry = _mouth_geometry(landmarks[start:stop], ids)
            geometry[~ok[start:stop]] = np.nan
            speaker: str = _ONE_SPEAKER.get(folder) or _SAME_SPEAKER.get(name) or name
            samples = read_speech(data / "faces" / folder / "audio" / f"{name}.flac")
            clips.append(Clip(name, "faces", speaker, samples, False, geometry=geometry))
    return clips


def load_emodb(data: Path) -> list[Clip]:
    """Return emodb's utterances with hand-made phone labels (SAMPA); actors 08 and 10 are held out."""
    clips = []
    for path in sorted((data / "emodb" / "audio").glob("*.flac")):
        samples = read_speech(path)
        labels = next((data / "emodb" / "phones").glob(f"{path.stem}*.lablaut"))
        rows, started = [], False
        for line in labels.read_text(encoding="latin-1").splitlines():
            if line.startswith("#"):
                started = True
            elif started and len(parts := line.split(maxsplit=2)) >= 2:
                label = parts[2].split()[0] if len(parts) > 2 else ""
                rows.append((float(parts[0]), label))
        end = len(samples) / RATE
        stops = [*(start for start, _ in rows[1:]), end][: len(rows)]
        phones = [(a, min(b, end), p) for (a, p), b in zip(rows, stops, strict=True) if a < end]
        clips.append(Clip(path.stem, "emodb", path.stem[:2], samples, path.stem[:2] in EMODB_HELD_OUT, phones))
    return clips


def load_ljspeech(data: Path) -> list[Clip]:
    """Return ljspeech's recordings with their text as one label; every fifth is held out."""
    folder = data / "ljspeech"
    clips = []
    with open(folder / "transcripts.csv", encoding="utf-8") as lines:
        for index, line in enumerate(lines):
            name, text = line.rstrip("\n").split("|", 1)
            path = next(folder.rglob(f"{name}.flac"), None)
            if path is None:
                continue
            samples = read_speech(path)
            clips.append(Clip(name, "ljspeech", "lj", samples, index % 5 == 0, [(0.0, 0.0, text)]))
    return clips


def align_phones(clips: list[Clip], cache: Path) -> None:
    """Replace the text of the clips by phone times, in place, through a JSON cache."""
    known: dict[str, list[tuple[float, float, str]]] = {}
    if cache.is_file():
        known = json.loads(cache.read_text(encoding="utf-8"))
    aligner: Aligner | None = None
    for clip in clips:
        if clip.name not in known:
            aligner = aligner or Aligner()
            known[clip.name] = aligner.align(clip.samples, clip.phones[0][2])
        clip.phones = [(float(a), float(b), str(p)) for a, b, p in known[clip.name]]
    if aligner is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(known), encoding="utf-8")


def viseme_frames(clip: Clip) -> Ints:
    """Return (T,) viseme columns on the clip's 20 ms frames; -1 where nothing is known."""
    table = SAMPA_VISEMES if clip.corpus == "emodb" else ARPABET_VISEMES
    frames = np.full(clip.frames, -1, np.int64)
    centres = np.arange(clip.frames) * FRAME_SECONDS
    previous = -1
    for start, stop, label in clip.phones:
        # emodb: "+sth", "-lar" and the like say how the sound before goes on.
        viseme = previous if label.startswith(("+", "-")) else table.get(label, -1)
        frames[(centres >= start) & (centres < stop)] = viseme
        previous = viseme
    return frames


def closure_frames(clip: Clip) -> Floats:
    """Return (T,) closure labels: 1 shut, 0 open, NaN unknown.

    Tracked clips: below the clip's own threshold, between the two video frames around. Others: the inner part of
    p, b, m is shut, the middle of open vowels is open.
    """
    shut = np.full(clip.frames, np.nan, np.float32)
    if clip.geometry is not None:
        aperture = clip.geometry[:, 0]
        closed = np.where(np.isnan(aperture), np.nan, aperture < clip_threshold(aperture)).astype(np.float32)
        position = np.arange(clip.frames) / 2
        floor = np.minimum(position.astype(int), len(closed) - 1)
        ceil = np.minimum(floor + (position % 1 > 0), len(closed) - 1)
        return np.where(closed[floor] == closed[ceil], closed[floor], np.float32(np.nan)).astype(np.float32)
    centres = np.arange(clip.frames) * FRAME_SECONDS
    vowels = {"a", "aI", "aU", "a6", "AA", "AE", "AY", "AW", "AO", "EH"}
    bilabial = {"p", "b", "m", "_p", "_b", "P", "B", "M"}
    for start, stop, label in clip.phones:
        if label in bilabial:
            margin = min(0.015, 0.25 * (stop - start))
            inside = (centres >= start + margin) & (centres <= stop - margin)
            if not inside.any():
                inside = np.arange(clip.frames) == round((start + stop) / 2 / FRAME_SECONDS)
            shut[inside] = 1
        elif label in vowels:
            margin = 0.3 * (stop - start)
            shut[(centres >= start + margin) & (centres <= stop - margin)] = 0
    return shut


def geometry_frames(clip: Clip) -> Floats:
    """Return (T, len(GEOMETRY)) geometry on the clip's 20 ms frames; NaN where unknown."""
    if clip.geometry is None:
        return np.full((clip.frames, len(GEOMETRY)), np.nan, np.float32)
    position = np.arange(clip.frames) / 2
    index = np.arange(len(clip.geometry))
    columns = [np.interp(position, index, column) for column in clip.geometry.T]
    return np.stack(columns, axis=1).astype(np.float32)
