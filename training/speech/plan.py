"""Who says what: every utterance of the synthetic corpus with its voice and speed, the same on every run.

Held-out voices say only sentences of grid_s1's validation clips; nobody else says those.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .sentences import LANGUAGES, grid_sentences, reader_sentences, spelled, texts

HELD_OUT_VOICES = ("af_sarah", "am_michael", "bf_emma", "bm_lewis", "jf_alpha", "jm_kumo", "zf_xiaoni", "zm_yunxi")
"""Four women, four men; two American, two British, four others; those whose styles are least like the others'."""

GRID_FIRST = 500
"""Utterances of the tracked sentences made before the other sets join in."""

_NATIVE = {"es": "e", "fr": "f", "it": "i", "pt": "p", "de": ""}
_READINGS = {"en": 6, "reader": 2, "es": 5, "fr": 5, "it": 5, "pt": 5, "de": 4}


@dataclass(frozen=True)
class Utterance:
    """One line of the plan."""

    name: str
    language: str
    text: str
    """As the aligner reads it: plain words."""
    spoken: str
    """As the phonemizer reads it."""
    voice: dict[str, float]
    """Voices and their weights."""
    british: bool
    speed: float
    held_out: bool
    source: str = ""
    """The tracked clip that says the same."""

    @property
    def speaker(self) -> str:
        """Name of the voice or the blend."""
        return "+".join(self.voice)


def held_out_clips(names: Iterable[str], count: int = 90) -> set[str]:
    """Return the validation clips of grid_s1: the first by the sha1 of their names, as the corpus' loader has them."""
    return set(sorted(names, key=lambda name: hashlib.sha1(name.encode()).hexdigest())[:count])


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng(int(hashlib.sha1(name.encode()).hexdigest()[:15], 16))


def _voice(
    rng: np.random.Generator, voices: Sequence[str], preferred: Sequence[str], blended: float
) -> dict[str, float]:
    first = str(rng.choice(preferred if preferred and rng.random() < 0.5 else voices))
    if rng.random() >= blended:
        return {first: 1.0}
    others = [voice for voice in voices if voice != first]
    chosen = [first, *(str(voice) for voice in rng.choice(others, int(rng.integers(1, 3)), replace=False))]
    weights = np.sort(rng.dirichlet([0.8] * len(chosen)))[::-1]
    return {voice: round(float(weight), 4) for voice, weight in zip(chosen, weights, strict=True)}


def _utterance(name: str, language: str, text: str, spoken: str, voices: Sequence[str], **more) -> Utterance:
    rng = _rng(name)
    held_out = bool(more.get("held_out", False))
    preferred = [voice for voice in voices if voice[0] == _NATIVE.get(language)] if language != "en" else []
    voice = _voice(rng, voices, preferred, 0.0 if held_out else 0.4)
    leader = next(iter(voice))[0]
    british = leader == "b" if leader in "ab" else bool(rng.random() < 0.5)
    speed = round(float(np.exp(rng.uniform(np.log(0.8), np.log(1.3)))), 3)
    return Utterance(name, language, text, spoken, voice, british, speed, held_out, str(more.get("source", "")))


def _interleaved(groups: list[list[Utterance]], ahead: float = 0.0) -> list[Utterance]:
    """Merge the groups so that each is equally far at any time; of the first, a share ``ahead`` was made before."""
    places = []
    for order, group in enumerate(groups):
        start = ahead if order == 0 else 0.0
        for index, item in enumerate(group):
            places.append((start + (1 - start) * (index + 0.5) / len(group), order, item))
    return [item for _, _, item in sorted(places, key=lambda place: place[:2])]


def plan(data: Path, voices: Iterable[str]) -> list[Utterance]:
    """Return every utterance in the order of making: tracked sentences first, then all sets side by side."""
    names = sorted(voices)
    training = [voice for voice in names if voice not in HELD_OUT_VOICES]
    held_out_voices = [voice for voice in names if voice in HELD_OUT_VOICES]
    sentences = grid_sentences(data)
    validation = held_out_clips(sentences)
    validation_texts = {sentences[clip] for clip in validation}
    order = sorted(sentences, key=lambda clip: hashlib.sha1(f"order {clip}".encode()).hexdigest())
    tracked: list[list[Utterance]] = [[], []]
    for copy in range(2):
        for clip in order:
            if clip in validation or sentences[clip] in validation_texts:
                continue
            text = sentences[clip]
            tracked[copy].append(
                _utterance(f"grid-{clip}-{copy}", "en", text, spelled(text) + "." * (copy == 0), training, source=clip)
            )
    checks = []
    for index, clip in enumerate(name for name in order if name in validation):
        for copy in range(2):
            voice = held_out_voices[(index + copy * 3) % len(held_out_voices)]
            text = sentences[clip]
            checks.append(
                _utterance(f"check-{clip}-{copy}", "en", text, spelled(text), [voice], source=clip, held_out=True)
            )
    grid = _interleaved([tracked[0] + tracked[1], checks])
    groups = [grid[GRID_FIRST:]]
    english = [("en", index, text) for index, text in enumerate(texts("en"))]
    reader = [("reader", index, text) for index, text in enumerate(reader_sentences(data))]
    for kind, lines in (("en", english), ("reader", reader)):
        groups.append(
            [
                _utterance(f"{kind}-{index:03}-{reading}", "en", text, text, training)
                for reading in range(_READINGS[kind])
                for _, index, text in lines
            ]
        )
    for language in LANGUAGES:
        groups.append(
            [
                _utterance(f"{language}-{index:03}-{reading}", language, text, text, training)
                for reading in range(_READINGS[language])
                for index, text in enumerate(texts(language))
            ]
        )
    return list(itertools.chain(grid[:GRID_FIRST], _interleaved(groups, min(1.0, GRID_FIRST / len(grid)))))
