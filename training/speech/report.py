"""What is in the synthetic corpus and how good its labels are, in figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..face.corpora import Clip, align_phones, clip_threshold, load_grid
from .align import from_durations
from .dataset import load_synthetic
from .index import read_index, read_labels
from .kokoro import RATE, Phones
from .transfer import BILABIALS, VIDEO_FPS, match_phones, spoken

OPEN_VOWELS = ("AA", "AE", "AY", "AW", "AO", "EH")
REACH_SECONDS = 0.04


def closure_check(clips: Iterable[Clip]) -> tuple[int, float, int, float]:
    """Count how often known mouths do what their phones ask.

    Returns
    -------
    closures, shut, vowels, wrong
        Number of p, b, m and the share with the lips shut within the phone +-40 ms; number of open vowels and the share
        with the lips shut in the middle 40 %. Shut is below the clip's own threshold.
    """
    shut, wrong = [], []
    for clip in clips:
        if clip.geometry is None:
            continue
        aperture = clip.geometry[:, 0]
        closed = aperture < clip_threshold(aperture)
        times, known = np.arange(len(aperture)) / VIDEO_FPS, np.isfinite(aperture)
        for start, stop, phone in clip.phones:
            margin = 0.3 * (stop - start)
            near = known & (times >= start - REACH_SECONDS) & (times <= stop + REACH_SECONDS)
            middle = known & (times >= start + margin) & (times <= stop - margin)
            if phone in BILABIALS and near.any():
                shut.append(bool(closed[near].any()))
            if phone in OPEN_VOWELS and middle.any():
                wrong.append(bool(closed[middle].any()))
    return len(shut), float(np.mean(shut or [np.nan])), len(wrong), float(np.mean(wrong or [np.nan]))


def start_differences(aligned: Phones, durations: Phones) -> list[float]:
    """Return duration-based minus aligned starts of the phones both have, s."""
    ours, theirs = spoken(aligned), spoken(durations)
    pairs = [(a, b) for a, b in match_phones(ours, theirs) if ours[a][2] == theirs[b][2]]
    return [theirs[b][0] - ours[a][0] for a, b in pairs]


def describe(data: Path, cache: Path, face_cache: Path) -> list[str]:
    """Return the figures of the corpus on disk, one line each."""
    index, labels = read_index(cache), read_labels(cache)
    lines = []
    for split in ("train", "held_out"):
        clips = load_synthetic(cache, split)
        seconds: defaultdict[str, float] = defaultdict(float)
        carried: defaultdict[str, float] = defaultdict(float)
        for clip in clips:
            kind = clip.name.split("-")[0]
            seconds[kind] += len(clip.samples) / RATE
            carried[kind] += (clip.geometry is not None) * len(clip.samples) / RATE
        parts = ", ".join(f"{kind} {value / 60:.1f}" for kind, value in sorted(seconds.items()))
        voices = {voice for clip in clips for voice in clip.speaker.split("+")}
        lines.append(
            f"{split}: {len(clips)} clips, {sum(seconds.values()) / 3600:.2f} h (min: {parts}), "
            f"{len(voices)} voices, {len({clip.speaker for clip in clips})} with blends, "
            f"mouth carried over {sum(carried.values()) / 60:.1f} min"
        )
        count, shut, vowels, wrong = closure_check(clips)
        lines.append(f"{split}: p b m {count}, shut {shut:.1%}; open vowels {vowels}, shut {wrong:.1%}")
    tracked = load_grid(data)
    align_phones(tracked, face_cache / "grid_s1_phones.json")
    count, shut, vowels, wrong = closure_check(tracked)
    lines.append(f"tracked clips themselves: p b m {count}, shut {shut:.1%}; open vowels {vowels}, shut {wrong:.1%}")
    english = [name for name, entry in index.items() if entry["language"] == "en" and name in labels]
    aligned = [name for name in english if labels[name]["timing"] == "alignment"]
    differences = np.array(
        [
            value
            for name in aligned
            for value in start_differences(labels[name]["phones"], from_durations(index[name]["graph_phones"]))
        ]
    )
    lines.append(f"forced alignment not usable in {len(english) - len(aligned)} of {len(english)} English clips")
    if len(differences):
        lines.append(
            f"durations against alignment, {len(differences)} phones: median {1000 * np.median(differences):+.0f} ms, "
            f"mean error {1000 * np.abs(differences).mean():.0f} ms, "
            f"{np.mean(np.abs(differences) <= 0.05):.0%} <= 50 ms"
        )
    return lines
