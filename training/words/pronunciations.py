"""Packs the CMU Pronouncing Dictionary: ``python -m soliloquy.training.words.pronunciations``.

Read from the Python package ``pocketsphinx`` (its ``cmudict-en-us.dict``); words with several pronunciations keep the
first. BSD-2-Clause, Carnegie Mellon University.
"""

from __future__ import annotations

import lzma
import os

from pocketsphinx import get_model_path

from ...inference.words.language import FOLDER

TARGET = FOLDER / "en_pronunciations.txt.xz"


def main() -> None:
    """Write the file: one word a line with its phones, in order of the alphabet."""
    with open(get_model_path("en-us/cmudict-en-us.dict"), encoding="utf-8") as lines:
        rows = [line.strip() for line in lines if line.strip() and "(" not in line.split(maxsplit=1)[0]]
    aside = TARGET.with_suffix(".part")
    text = "\n".join(sorted(rows)) + "\n"
    aside.write_bytes(lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    os.replace(aside, TARGET)
    print(f"{TARGET.name}: {len(rows)} words, {TARGET.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
