"""Labels of the synthetic clips: phone times, and the mouth of the tracked clip that says the same, lag removed.

Kept beside the sound as ``labels.jsonl``, one JSON object per clip, so that the corpus can be labelled again without
being spoken again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from ..face.alignment import Aligner
from ..face.corpora import Clip, align_phones, load_grid
from .align import align_speech
from .index import read_index, read_labels
from .kokoro import RATE
from .lag import clip_lags
from .sentences import grid_sentences
from .transfer import transfer_geometry

VERSION = 3
"""Of the rules below: labels of an earlier one are made again."""

_WORST_FIT = 0.8


class Labeller:
    """Labels clips one by one.

    Parameters
    ----------
    data : Path
        Folder that holds ``grid_s1``.
    cache : Path
        The corpus' folder; the tracked clips' phones are kept there.
    """

    def __init__(self, data: Path, cache: Path) -> None:
        self._aligner = Aligner()
        sentences = grid_sentences(data)
        clips = load_grid(data)
        for clip in clips:
            clip.phones = [(0.0, 0.0, sentences[clip.name])]
        align_phones(clips, cache / "tracked_phones.json")
        self._tracked = {clip.name: clip for clip in clips if clip.phones}
        self._lags = clip_lags(clips)

    def label(self, entry: dict, samples: np.ndarray) -> dict:
        """Return the labels of one clip of the index: ``phones``, ``timing`` and ``geometry`` (25 fps, or None)."""
        durations = [(float(a), float(b), str(p)) for a, b, p in entry["graph_phones"]]
        phones, timing = align_speech(self._aligner, samples, entry["text"], entry["language"], durations)
        geometry = None
        tracked: Clip | None = self._tracked.get(entry["source"])
        lag, fit = self._lags.get(entry["source"], (0.0, 0.0))
        if tracked is not None and tracked.geometry is not None and timing == "alignment" and fit >= _WORST_FIT:
            moved = transfer_geometry(tracked.geometry, tracked.phones, phones, len(samples) / RATE, lag)
            if np.isfinite(moved[:, 0]).mean() > 0.5:
                geometry = [[None if np.isnan(v) else round(float(v), 4) for v in row] for row in moved]
        return {"name": entry["name"], "version": VERSION, "timing": timing, "phones": phones, "geometry": geometry}


def label_all(data: Path, cache: Path, report: Callable[[str], None] = print) -> int:
    """Label every clip of the index that has no labels of this version yet; return how many were labelled."""
    known = read_labels(cache)
    waiting = [entry for name, entry in read_index(cache).items() if known.get(name, {}).get("version") != VERSION]
    if not waiting:
        return 0
    labeller = Labeller(data, cache)
    with open(cache / "labels.jsonl", "a", encoding="utf-8") as lines:
        lines.write("\n")
        for count, entry in enumerate(waiting, 1):
            samples, _ = soundfile.read(cache / "clips" / f"{entry['name']}.flac", dtype="float32")
            lines.write(json.dumps(labeller.label(entry, samples)) + "\n")
            lines.flush()
            if count % 100 == 0:
                report(f"{count} of {len(waiting)} clips labelled")
    return len(waiting)
