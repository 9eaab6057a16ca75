"""Make the corpus of speech with gestures.

    python -m soliloquy.training.body --data ../shared/data --cache .cache --hours 5

One command, fixed seeds; it writes ``CACHE/body/train`` and ``CACHE/body/held_out``. The synthetic voices must have
been made before (``python -m soliloquy.training.speech``), else they are left out. Run it again after the scheduler or
its library changed.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from ...inference.gestures.library import load_library
from .corpus import excluded_sets, pair_takes, plan_takes, save_corpus
from .recordings import load_stretches
from .split import Split

ROOT = Path(__file__).resolve().parents[2]
SEEDS: dict[Split, int] = {"train": 30, "held_out": 31}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make the corpus of speech with gestures.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache", help="the synthetic voices lie in its 'speech'")
    parser.add_argument("--hours", type=float, default=5.0, help="of training; a tenth of it is held out")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    sets = {clip.set for clip in load_library().clips}
    sides: list[tuple[Split, float]] = [("held_out", 0.1 * arguments.hours), ("train", arguments.hours)]
    for split, hours in sides:
        started = time.perf_counter()
        stretches = load_stretches(arguments.data, arguments.cache / "speech", split, SEEDS[split])
        takes = plan_takes(stretches, hours, SEEDS[split])
        pairs = list(pair_takes(stretches, takes, excluded_sets(split, sets), arguments.processes))
        report = save_corpus(pairs, stretches, arguments.cache / "body" / split)
        print(f"{split}: {json.dumps(report['all'])} after {time.perf_counter() - started:.0f} s", flush=True)
        for style, figures in report["styles"].items():
            print(f"  {style:13} {figures['strokes_per_minute']:5} strokes a minute, {figures['rest']:.0%} at rest")


if __name__ == "__main__":
    main()
