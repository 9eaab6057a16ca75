"""Make, or go on making, the synthetic speech the face engine is trained on.

python -m soliloquy.training.speech --data ../shared/data --cache .cache/speech --minutes 60

It can be stopped at any time; what is on disk then can be used. ``--report`` prints the corpus in figures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ...inference.errors import SoliloquyError
from .build import build
from .labels import label_all
from .report import describe

ROOT = Path(__file__).resolve().parents[2]


def _report(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make synthetic speech with phone times.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "speech")
    parser.add_argument("--minutes", type=float, default=60.0, help="of work; what is there already is kept")
    parser.add_argument("--report", action="store_true", help="only print the figures of what is there")
    parser.add_argument("--face-cache", type=Path, default=ROOT / ".cache" / "face", help="phones of the tracked clips")
    arguments = parser.parse_args()
    if arguments.report:
        print("\n".join(describe(arguments.data, arguments.cache, arguments.face_cache)))
        return
    try:
        made = build(arguments.data, arguments.cache, arguments.minutes, _report)
        labelled = label_all(arguments.data, arguments.cache, _report)
    except SoliloquyError as error:
        raise SystemExit(f"error: {error}") from None
    print(f"{made} clips made, {labelled} labelled again")


if __name__ == "__main__":
    main()
