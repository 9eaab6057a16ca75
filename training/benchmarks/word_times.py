"""How near aligned words are to the truth: ``python -m soliloquy.training.benchmarks.word_times --data FOLDER``.

GRID (speaker 1) comes with the times of its words; the two leads of the aligner were set on LJ Speech aligned by
pocketsphinx, with GRID's medians in sight, which differ by 10 ms. LJ Speech is measured against that too, where
pocketsphinx is installed.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import soundfile

from ...inference.words.align import align
from ...inference.words.language import Language, load_language

Times = list[tuple[float, float]]
_SILENCES = ("sil", "sp")


def grid_words(folder: Path) -> dict[str, list[tuple[str, float, float]]]:
    """Return clip -> word, start and end in seconds."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    with open(folder / "words.csv", encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            if len(row) == 4 and row[0] != "clip" and row[3] not in _SILENCES:
                found.setdefault(row[0], []).append((row[3], float(row[1]), float(row[2])))
    return found


def aligned(path: Path, words: list[str], language: Language) -> tuple[Times, float]:
    """Return the start and end of every word, and the seconds of the recording."""
    samples, _ = soundfile.read(path, dtype="float32")
    found, _ = align(samples, words, language)
    return [(word.start, word.end) for word in found], len(samples) / 16_000


def line(name: str, ours: Times, theirs: Times, cpu: float, seconds: float) -> str:
    """Return the row of a table."""
    error = np.array(ours) - np.array(theirs)
    parts = [f"{name}: {len(error)} words"]
    for column, edge in enumerate(("start", "end")):
        away = 1000 * np.abs(error[:, column])
        parts.append(
            f"{edge} median {np.median(away):.0f} ms, 90 % within {np.quantile(away, 0.9):.0f} ms, "
            f"bias {1000 * np.median(error[:, column]):+.0f} ms"
        )
    return "; ".join([*parts, f"{cpu / seconds:.3f} of real time in processor seconds"])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds grid_s1 and ljspeech")
    parser.add_argument("--clips", type=int, default=300, help="of GRID, evenly among all")
    parser.add_argument("--recordings", type=int, default=60, help="of LJ Speech")
    options = parser.parse_args()
    english = load_language("en")
    words = grid_words(options.data / "grid_s1")
    names = sorted(words)
    ours: Times = []
    theirs: Times = []
    start, seconds = time.process_time(), 0.0
    for name in names[:: max(1, len(names) // options.clips)]:
        path = options.data / "grid_s1" / "audio" / f"{name}.flac"
        found, length = aligned(path, [word for word, *_ in words[name]], english)
        seconds += length
        ours += found
        theirs += [(first, last) for _, first, last in words[name]]
    print(line("GRID, speaker 1", ours, theirs, time.process_time() - start, seconds))
    try:
        from ..face.alignment import Aligner
    except ImportError:
        print("LJ Speech: not measured, pocketsphinx is not installed.")
        return
    aligner = Aligner()
    ours, theirs, cpu, seconds = [], [], 0.0, 0.0
    with open(options.data / "ljspeech" / "transcripts.csv", encoding="utf-8") as lines:
        rows = [row.rstrip("\n").split("|") for row in lines][: options.recordings]
    for name, text in rows:
        path = options.data / "ljspeech" / "audio" / f"{name}.flac"
        samples, _ = soundfile.read(path, dtype="float32")
        said, reference = aligner.words(text), aligner.word_times(samples, text)
        if said is None or len(reference) != len(said):
            continue
        start = time.process_time()
        found, length = aligned(path, said, english)
        cpu += time.process_time() - start
        seconds += length
        ours += found
        theirs += reference
    print(line("LJ Speech against pocketsphinx", ours, theirs, cpu, seconds))


if __name__ == "__main__":
    main()
