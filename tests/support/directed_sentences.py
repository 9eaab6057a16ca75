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
    return {**found, **{name: getattr(settings.gestures, name) for name in ("style", "posture", "rest")}}


def faults(sentence: dict[str, Any]) -> tuple[list[str], Direction]:
    """Return what is read otherwise than it is meant, and how it was read."""
    settings, direction = directed_by_text(AnimateSettings(direct=sentence["text"]), CLIP)
    over_time(np.arange(4.0), settings, "energy")
    found: list[str] = []
    for second, wanted in sentence["at"].items():
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
    for title, sentences in (("first", SENTENCES), ("unseen", UNSEEN), ("last", LAST)):
        right = 0
        for sentence in sentences:
            found, direction = faults(sentence)
            right += not found
            if found:
                print(f"{sentence['text']}\n   {direction.readings()}\n   {found}")
        print(f"{title}: {right} of {len(sentences)} read as they are meant")


if __name__ == "__main__":
    main()
