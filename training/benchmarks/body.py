"""Measures body engines beside real clips, clips in random order and a still pose.

python -m soliloquy.training.benchmarks.body --data ../shared/data [--engines phrases masked ...] [--seconds 30]

Every system moves to the same held-out recordings with the same seeds, in the six styles in turn. Distances are Frechet
distances on windows of motion (``training/metrics/frechet.py``, ``motion_autoencoder.py``) to held-out real clips, to
the held-out corpus (held-out clips scheduled over this speech) and, with what is said in each window beside the motion,
to that corpus again (``speech_motion.py``).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ...inference.character import load_character
from ..body.clips import GestureClip, load_clips
from ..metrics.frechet import fit_gaussian
from ..metrics.motion_autoencoder import cached_autoencoder
from .body_conditions import condition_table
from .body_long import LongRun, long_speech, long_table, run_long
from .body_measures import OVERLAP, References, Row, measure, motion_features, references
from .body_sheet import draw_sheet
from .body_speech import Speech, held_out_speech
from .body_systems import BASELINES, REFERENCE, available, gesturing, row_names, system
from .body_tables import tables
from .body_takes import Take, perform, perform_all
from .body_variability import Variability, variability, variability_table

_ROOT = Path(__file__).resolve().parents[2]
_REFERENCE_SEEDS = 1000


def clip_takes(clips: Sequence[GestureClip]) -> list[Take]:
    """Return recorded clips as takes without speech."""
    return [Take(clip.name, clip.rotations.astype(np.float64)) for clip in clips]


def real_rows(data: Path, reference: References) -> dict[str, Row]:
    """Return the rows of the recordings: training sets, and half of the held-out ones against the other half."""
    held_out = load_clips(data, "held_out")
    halves = [[clip for k, clip in enumerate(held_out) if (k // 2) % 2 == side] for side in (0, 1)]
    other = references_of_clips(reference, clip_takes(halves[1]))
    return {
        "clips, training sets": measure(clip_takes(load_clips(data, "train")), reference),
        "clips, held-out half to other half": measure(clip_takes(halves[0]), other),
    }


def references_of_clips(reference: References, clips: Sequence[Take]) -> References:
    """Return the references with other clips as the real ones."""
    features = np.concatenate(motion_features(clips, reference.network))
    return replace(reference, clips=fit_gaussian(features, OVERLAP))


def other_modes(options: argparse.Namespace, names: Sequence[str], speeches: Sequence[Speech]) -> int:
    """Print settings, the long recording or takes, or draw sheets."""
    systems, missing = available(names, options.data)
    longs: dict[str, LongRun] = {}
    varied: dict[str, Variability] = {}
    minutes = long_speech(options.data, options.cache, options.long) if options.long else None
    for name, engine in systems.items():
        if options.condition and name not in BASELINES:
            print(condition_table(name, engine, speeches, range(options.seeds)), flush=True)
        if minutes is not None:
            longs[name] = run_long(engine, minutes)
        if options.takes and name in gesturing():
            varied[name] = variability(name, _ROOT / "assets" / "demo_speech.flac", options.takes)
        for speech in speeches if options.sheet else ():
            file = f"body_{name.replace(', ', '_').replace(' ', '_')}_{speech.style}.png"
            draw_sheet(perform(engine, speech, 0), f"{name}: {speech.style}, {speech.name}", options.sheet / file, 1.0)
    if longs:
        print(long_table(longs))
    if varied:
        print(variability_table(varied))
    for name, reason in missing.items():
        print(f"\n{name}: {reason}")
    return 0


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data", help="folder of the corpora")
    parser.add_argument("--cache", type=Path, default=_ROOT / ".cache", help="where made speech and features are kept")
    parser.add_argument("--engines", nargs="*", choices=row_names(), metavar="NAME", help=", ".join(row_names()))
    parser.add_argument("--seconds", type=float, default=30.0, help="of every recording")
    parser.add_argument("--recordings", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=2, help="takes of every recording")
    parser.add_argument("--condition", action="store_true", help="instead: what every setting changes")
    parser.add_argument("--long", type=float, default=0.0, metavar="MINUTES", help="instead: time, memory and seams")
    parser.add_argument("--takes", type=int, default=0, metavar="N", help="instead: N takes through the whole pipeline")
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="instead: a contact sheet of every system")
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))

    speeches = held_out_speech(options.data, options.cache, options.recordings, options.seconds)
    names = options.engines or row_names()
    if options.takes or options.condition or options.long or options.sheet:
        return other_modes(options, names, speeches)
    held_out = load_clips(options.data, "held_out")
    joints = load_character().joints
    network = cached_autoencoder([clip.rotations for clip in held_out], joints, options.cache / "body_benchmark")
    seeds = list(range(options.seeds))
    scheduled = perform_all(system(REFERENCE, options.data), speeches, [_REFERENCE_SEEDS + seed for seed in seeds])
    reference = references(network, clip_takes(held_out), scheduled)
    rows = real_rows(options.data, reference)
    again = perform_all(system(REFERENCE, options.data), speeches, [2 * _REFERENCE_SEEDS + seed for seed in seeds])
    rows["held-out corpus, other seeds"] = measure(again, reference)
    systems, missing = available(names, options.data)
    for name, engine in systems.items():
        print(f"{name} ...", flush=True)
        rows[name] = measure(perform_all(engine, speeches, seeds), reference)
    minutes = sum(speech.seconds for speech in speeches) / 60
    print(f"\n{len(speeches)} held-out recordings, {minutes:.1f} min, {len(seeds)} seeds each:")
    print(", ".join(f"{speech.name} ({speech.style})" for speech in speeches))
    print(tables(rows, rows["clips, training sets"]))
    for name, reason in missing.items():
        print(f"\n{name}: {reason}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
