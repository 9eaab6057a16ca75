"""Lip-sync packages of the Python registry on people nobody trained on, beside the engine's figures of ``strangers``.

    pip install --no-deps --target /tmp/peers pylipsync==0.2.1 openfacefx==0.24.0
    PYTHONPATH=/tmp/peers python -m soliloquy.training.benchmarks.registry_peers --data ../shared/data

``pylipsync`` (MIT, uLipSync's method) compares MFCCs with templates of five vowels and silence. ``openfacefx`` (MIT)
blends visemes over phone times, which it does not find itself: it gets pocketsphinx's, from the text; without a text it
follows the loudness. Neither says how far a mouth opens, so their channels become an aperture in the way that favours
them most for r: non-negative least squares on clips of the first speaker. A package that is missing is left out.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.optimize import nnls

from ..face.__main__ import ROOT
from ..face.alignment import Aligner
from ..face.corpora import FACES, RATE, Clip, load_faces, load_grid
from ..face.metrics import tracked_scores

Floats = npt.NDArray[np.float64]
Channels = Callable[[Clip, Floats], Floats]
"""A clip and times (T,) in s to (T, C) channels 0..1."""
_VIDEO_FPS = 25.0
_FIT_CLIPS = 20
_ACTIVE = 1e-3
"""Largest value over all clips below which a channel counts as never active."""
_GRID_WORDS = (
    "bin lay place set", "blue green red white", "at by in with", "",
    "zero one two three four five six seven eight nine", "again now please soon",
)  # fmt: skip
_GRID_NAME = r"(id2_vcd_)?[a-z]{4}[a-z1-9][a-z]"
_DIGITS = dict(zip("z123456789", _GRID_WORDS[4].split(), strict=True))


def grid_text(name: str) -> str:
    """Return the sentence that a clip of GRID is named after: ``lbax4n`` is "lay blue at x four now"."""
    words = []
    for letter, choices in zip(name[-6:], _GRID_WORDS, strict=True):
        named = {word[0]: word for word in choices.split()} if "zero" not in choices else _DIGITS
        words.append(named.get(letter, letter))
    return " ".join(words)


def texts(data: Path) -> dict[str, str]:
    """Return what is said in the clips of ``faces`` whose text is known."""
    said = {}
    for folder in FACES:
        words = data / "faces" / folder / "words.csv"
        rows = [line.split(",") for line in words.read_text("utf-8").splitlines()] if words.is_file() else []
        for row in rows:
            said[row[0]] = f"{said.get(row[0], '')} {row[3]}".strip()
    return said


def pylipsync_channels() -> Channels:
    """Return pylipsync's phonemes, as it comes."""
    analyzer = importlib.import_module("pylipsync").PhonemeAnalyzer()

    def hear(clip: Clip, times: Floats) -> Floats:
        segments = analyzer.extract_phoneme_segments(clip.samples, RATE, fps=50, return_seconds=True)
        middles = [(segment.start + segment.end) / 2 for segment in segments]
        targets = np.array([[phoneme.target for phoneme in segment.phonemes] for segment in segments], np.float64)
        # Divided by their sum, which comes near nothing where no template resembles the sound, targets can be 1e12.
        return np.stack([np.interp(times, middles, column) for column in np.clip(targets, 0, 1).T], 1)

    return hear


def openfacefx_channels(said: dict[str, str]) -> Channels:
    """Return openfacefx's visemes for aligned phones; silence where a text is unknown or cannot be aligned."""
    alignment = importlib.import_module("openfacefx.alignment")
    coarticulation = importlib.import_module("openfacefx.coarticulation")
    aligner = Aligner()

    def hear(clip: Clip, times: Floats) -> Floats:
        phones = aligner.align(clip.samples, said.get(clip.name, ""))
        segments = [
            alignment.PhonemeSegment(re.sub(r"\W", "", phone) if phone.isalpha() else "SIL", max(start, 0.0), stop)
            for start, stop, phone in phones
            if stop > 0
        ]
        if not segments:
            return np.zeros((len(times), 15))
        moments, curves = coarticulation.build_viseme_curves(segments, fps=60.0)
        return np.stack([np.interp(times, moments, column) for column in curves.T], 1)

    return hear


def energy_channels() -> Channels:
    """Return openfacefx's visemes from loudness alone."""
    energy: Any = importlib.import_module("openfacefx.energy")
    names = ("sil", "aa", "E", "O")

    def hear(clip: Clip, times: Floats) -> Floats:
        with tempfile.TemporaryDirectory(prefix="soliloquy_") as folder:
            path = Path(folder) / "speech.wav"
            soundfile.write(path, clip.samples, RATE, subtype="PCM_16")
            track = energy.generate_from_energy(str(path))
        keys = {c.name: np.array([(key.time, key.value) for key in c.keys], np.float64) for c in track.channels}
        curves = [keys.get(name, np.zeros((1, 2))) for name in names]
        return np.stack([np.interp(times, curve[:, 0], curve[:, 1]) for curve in curves], 1)

    return hear


def _rows(hear: Channels, clip: Clip) -> Floats:
    assert clip.geometry is not None
    channels = hear(clip, np.arange(len(clip.geometry)) / _VIDEO_FPS)
    return np.column_stack([channels, np.ones(len(channels))])


def measured(
    hear: Channels, first: list[Clip], others: list[Clip]
) -> tuple[dict[str, tuple[float, float, float]], float]:
    """Return r, closure F1 and opening by person, and seconds of work per second of speech."""
    rows = np.concatenate([_rows(hear, clip) for clip in first])
    tracked = np.concatenate([clip.geometry[:, 0] for clip in first if clip.geometry is not None]).astype(np.float64)
    known = np.isfinite(tracked)
    # A channel that never stirs would be given any weight, and whoever stirs it a mouth of any size.
    active = rows.max(0) > _ACTIVE
    apertures = np.zeros(rows.shape[1])
    apertures[active], _ = nnls(rows[known][:, active], tracked[known])
    started, found = time.perf_counter(), {}
    for speaker in sorted({clip.speaker for clip in others}):
        own = [clip for clip in others if clip.speaker == speaker]
        ours = [_rows(hear, clip) @ apertures for clip in own]
        theirs = [clip.geometry[:, 0] for clip in own if clip.geometry is not None]
        largest = [float(np.nanpercentile(np.concatenate(curves), 95)) for curves in (ours, theirs)]
        found[speaker] = (*tracked_scores(ours, theirs), largest[0] / largest[1])
    heard = sum(len(clip.samples) for clip in others) / RATE
    return found, (time.perf_counter() - started) / heard


def main() -> None:
    """Command line: print a table for each package."""
    parser = argparse.ArgumentParser(description="Lip-sync packages on people nobody trained on.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    arguments = parser.parse_args()
    grid = [clip for clip in load_grid(arguments.data) if not clip.held_out]
    first = [grid[i] for i in np.linspace(0, len(grid) - 1, _FIT_CLIPS).round().astype(int)]
    others = load_faces(arguments.data)
    said = {clip.name: clip.phones[0][2] for clip in first}
    said |= {clip.name: grid_text(clip.name) for clip in others if re.fullmatch(_GRID_NAME, clip.name)}
    said |= texts(arguments.data)
    spoken = [clip for clip in others if clip.name in said]
    for title, package, channels, clips in (
        ("pylipsync", "pylipsync", pylipsync_channels, others),
        ("openfacefx, loudness", "openfacefx", energy_channels, others),
        ("openfacefx, knows the text", "openfacefx", lambda: openfacefx_channels(said), spoken),
    ):
        if importlib.util.find_spec(package) is None:
            print(f"{title} is left out: {package} is not installed.", flush=True)
            continue
        found, factor = measured(channels(), first, clips)
        print(f"\n### {title}\n\n| person | r | closure F1 | opening, p95 of theirs |\n|---|---|---|---|")
        for speaker, (r, f1, opening) in found.items():
            print(f"| {speaker} | {r:.3f} | {f1:.3f} | {opening:.2f} |")
        r, f1 = (float(np.mean([one[k] for one in found.values()])) for k in (0, 1))
        opening = float(np.median([one[2] for one in found.values()]))
        print(f"| mean (opening: median) | {r:.3f} | {f1:.3f} | {opening:.2f} |")
        print(f"\nReal-time factor {factor:.3f}, {len(clips)} clips.", flush=True)


if __name__ == "__main__":
    main()
