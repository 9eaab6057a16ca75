"""Pack the gesture library and write its card.

    python -m soliloquy.training.gestures --data ../shared/data

Reads ``gestures/index.csv`` under the data folder; writes ``gestures.npz`` and ``gestures.md``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .card import card
from .pack import gather, write_pack

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder that holds gestures/"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "assets", help="where the two files go")
    arguments = parser.parse_args()
    clips, dropped = gather(arguments.data / "gestures")
    pack = arguments.out / "gestures.npz"
    write_pack(clips, pack)
    text = card(clips, dropped, pack.stat().st_size)
    (arguments.out / "gestures.md").write_text(text, encoding="utf-8")
    print(f"{len(clips)} clips, {len(dropped)} left out, {pack.stat().st_size / 1e6:.2f} MB in {pack}")


if __name__ == "__main__":
    main()
