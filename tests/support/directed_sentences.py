"""Written directions with what they shall lead to, and how far they do (``python -m directed_sentences``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from soliloquy.inference.direction.cue import Direction
from soliloquy.inference.direction.moments import Clip
from soliloquy.inference.direction.placing import directed_by_text
from soliloquy.inference.direction.tracks import constant, over_time
from soliloquy.inference.emotion.names import EMOTIONS
from soliloquy.inference.settings import DIRECTED, AnimateSettings
from soliloquy.inference.words.word import Word

FILE = Path(__file__).parents[1] / "inference" / "direction" / "sentences.json"
CONTENT: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
SENTENCES: list[dict[str, Any]] = CONTENT["sentences"]
UNSEEN: list[dict[str, Any]] = CONTENT["unseen"]
"""Written when the first were read rightly."""
LAST: list[dict[str, Any]] = CONTENT["last"]
"""Written when those were too."""
_ACTS: dict[str, Any] = json.loads(FILE.with_name("acts.json").read_text("utf-8"))
ACTS: list[dict[str, Any]] = _ACTS["sentences"]
"""Written before the grammar knew any act."""
UNSEEN_ACTS: list[dict[str, Any]] = _ACTS["unseen"]
"""Written when those were read rightly."""
CLIP = Clip(CONTENT["seconds"], 0.0, tuple(Word(text, start, end) for start, end, text in CONTENT["words"]))


def state_at(settings: AnimateSettings, time: float) -> dict[str, Any]:
    """Return what is directed at one second: every weight and value, the strongest emotion, and the choices."""
    found: dict[str, Any] = dict.fromkeys(EMOTIONS, 0.0)
    if settings.emotion_curves:
        rows = np.array(settings.emotion_curves)
        for number, name in enumerate(EMOTIONS):
            found[name] = float(np.interp(time, rows[:, 0], rows[:, 1 + number]))
    elif settings.emotion != "neutral":
        found[settings.emotion] = settings.intensity
    found["neutral"] = 0.0
    strongest = max(EMOTIONS, key=lambda name: found[name])
    found["emotion"] = strongest if found[strongest] >= 0.15 else "neutral"
    for name in DIRECTED:
        keys = [row for row in settings.direction_track if row[1] == name]
        found[name] = constant(settings, name)
        if keys:
            found[name] = float(np.interp(time, [key[0] for key in keys], [key[2] for key in keys]))
    gestures = settings.gestures
    return {**found, "posture": gestures.posture, **{name: gestures.at(name, time) for name in ("style", "rest")}}


def unlike(settings: AnimateSettings, wanted: list[list[Any]]) -> list[str]:
    """Return what is done otherwise than it is meant: acts within 0.3 s, and their ends where those are given."""
    left = sorted(settings.acts)
    for name, time, *end in wanted:
        found = next((row for row in left if row[1] == name and abs(row[0] - time) <= 0.3001), None)
        if found is None or (end and abs(found[0] + found[2] - end[0]) > 0.3001):
            return [f"acts {sorted(settings.acts)}, wanted {name} at {time} s {end or ''}"]
        left.remove(found)
    return [f"acts {left} that nobody wants"] if left else []


def faults(sentence: dict[str, Any]) -> tuple[list[str], Direction]:
    """Return what is read otherwise than it is meant, and how it was read."""
    settings, direction = directed_by_text(AnimateSettings(direct=sentence["text"]), CLIP)
    over_time(np.arange(4.0), settings, "energy")
    found: list[str] = []
    if "acts" in sentence:
        found += unlike(settings, sentence["acts"])
    for second, wanted in sentence.get("at", {}).items():
        state = state_at(settings, float(second))
        for name, bound in wanted.items():
            value = state[name]
            if isinstance(bound, str) and bound[0] in "<>=" and isinstance(value, float):
                limit = float(bound[1:])
                right = {"<": value < limit, ">": value > limit, "=": abs(value - limit) < 0.02}[bound[0]]
            else:
                right = value == bound
            if not right:
                found.append(f"at {second} s {name} is {value}, wanted {bound}")
    left = [missed.text for missed in direction.missed]
    if left != sentence.get("left", []):
        found.append(f"left {left}")
    return found, direction


def main() -> None:
    """Print every sentence that is not read as it is meant, and the share of those that are."""
    for title, sentences in (
        ("first", SENTENCES),
        ("unseen", UNSEEN),
        ("last", LAST),
        ("acts", ACTS),
        ("unseen acts", UNSEEN_ACTS),
    ):
        right = 0
        for sentence in sentences:
            found, direction = faults(sentence)
            right += not found
            if found:
                print(f"{sentence['text']}\n   {direction.readings()}\n   {found}")
        print(f"{title}: {right} of {len(sentences)} read as they are meant")


if __name__ == "__main__":
    main()
