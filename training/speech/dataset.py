"""The synthetic corpus as clips of the face engine's training."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import soundfile

from ..face.corpora import Clip
from .index import read_index, read_labels
from .kokoro import RATE

CORPUS = "kokoro"


def load_synthetic(cache: Path, split: Literal["train", "held_out"]) -> list[Clip]:
    """Return the synthetic clips that are on disk and labelled, in the order they were made.

    Parameters
    ----------
    cache : Path
        Where ``python -m soliloquy.training.speech`` keeps the corpus.
    split : "train" or "held_out"
        Held-out clips: voices and sentences training never hears.

    Returns
    -------
    list of Clip
        Corpus ``kokoro``, speaker the voice or the blend, phones as CMU phones in any language (those that look most
        alike, ``?`` where nothing is known), geometry at 25 fps where a tracked clip says the same sentence.
    """
    labels = read_labels(cache)
    clips = []
    for name, entry in read_index(cache).items():
        if name not in labels or bool(entry["held_out"]) != (split == "held_out"):
            continue
        samples, rate = soundfile.read(cache / "clips" / f"{name}.flac", dtype="float32")
        if rate != RATE or samples.ndim != 1:
            raise ValueError(f"{name} in {cache} is not 16 kHz mono.")
        label = labels[name]
        phones = [(float(a), float(b), str(p)) for a, b, p in label["phones"]]
        geometry = None if label["geometry"] is None else np.array(label["geometry"], np.float32)
        sound = np.asarray(samples, np.float32)
        speaker = "+".join(entry["voice"])
        clips.append(Clip(name, CORPUS, speaker, sound, bool(entry["held_out"]), phones, geometry))
    return clips
