"""Make the synthetic corpus utterance by utterance, so that it can be stopped at any time and taken up again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import soundfile

from .foreign import foreign_phones
from .index import read_index
from .kokoro import RATE, EnglishPhones, Kokoro
from .labels import Labeller
from .plan import Utterance, plan


def spoken_phones(utterance: Utterance, english: EnglishPhones) -> str:
    """Return Kokoro's symbols for an utterance."""
    if utterance.language == "en":
        return english(utterance.spoken, utterance.british)
    return foreign_phones(utterance.spoken, utterance.language)


def build(data: Path, cache: Path, minutes: float, report: Callable[[str], None] = print) -> int:
    """Make clips that are not there yet for so many minutes of work.

    Returns
    -------
    int
        Clips made now.
    """
    (cache / "clips").mkdir(parents=True, exist_ok=True)
    done = read_index(cache)
    synthesizer, english, labeller = Kokoro(cache / "packages"), EnglishPhones(), Labeller(data, cache)
    started, made, seconds = time.monotonic(), 0, 0.0
    with (
        open(cache / "index.jsonl", "a", encoding="utf-8") as index,
        open(cache / "labels.jsonl", "a", encoding="utf-8") as labels,
    ):
        # Begin a line of their own after an interrupted one.
        index.write("\n")
        labels.write("\n")
        for utterance in plan(data, synthesizer.voices):
            if time.monotonic() - started > minutes * 60:
                break
            if utterance.name in done:
                continue
            phones = spoken_phones(utterance, english)
            speech = synthesizer.say(phones, utterance.voice, utterance.speed)
            aside = cache / "clips" / f"{utterance.name}.part"
            soundfile.write(aside, speech.samples.clip(-1, 1), RATE, "PCM_16", format="FLAC")
            aside.replace(aside.with_suffix(".flac"))
            entry = {**asdict(utterance), "symbols": phones, "graph_phones": speech.phones}
            index.write(json.dumps(entry, ensure_ascii=False) + "\n")
            index.flush()
            labels.write(json.dumps(labeller.label(entry, speech.samples)) + "\n")
            labels.flush()
            made += 1
            seconds += len(speech.samples) / RATE
            if made % 50 == 0:
                spent = time.monotonic() - started
                report(f"{made} clips, {seconds / 60:.1f} min of speech in {spent / 60:.1f} min")
    return made
