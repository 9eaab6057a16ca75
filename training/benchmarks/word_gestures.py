"""How well gestures go with words: ``python -m soliloquy.training.benchmarks.word_gestures``.

Every sentence of ``meaning_sentences.txt`` is performed with every style and several seeds, on the stand-in for speech
of :mod:`.word_speech`; what is looked at is the performance: the stroke of every gesture that the plan made, and the
head as it turned. A word that calls for a gesture has a fitting one when something that fits is shown within 0.25 s of
it, none when nothing strikes there, and else another; anything within 0.25 s of a word that contradicts it counts as
contrary. Brows and eyes are taken from the plan.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ...inference.character import load_character
from ...inference.face.track import FaceTrack
from ...inference.gestures.library import load_library
from ...inference.gestures.scheduler import plan
from ...inference.gestures.settings import STYLES, GestureSettings
from ...inference.perform import perform
from ...inference.rotation import compose_axis_angle
from ...inference.settings import AnimateSettings
from ...inference.words.face import BY_HEAD
from ...inference.words.hands import meanings_of
from ...inference.words.language import load_language
from ...inference.words.meaning import Meaning, read_meanings, stressed
from ...inference.words.names import contrary
from ...inference.words.signs import with_signs
from .word_speech import Call, Sentence, prosody_of, read_sentences, timed_words

NEAR = 0.25
"""Seconds around a word."""
_FPS = 30.0
_SLOW = 0.45  # seconds: what is slower is where the head rests, not what it shows
_SWING, _SWINGS = np.radians(1.5), 3
"""Radians that a swing of the head is seen from, and swings to and fro that make a shake or a repeated nod: one turn,
or one nod on an accent, is neither."""


@dataclass(frozen=True)
class Shown:
    """Something that is shown at an instant."""

    time: float
    meanings: tuple[str, ...]
    """Empty for a beat."""
    by: str
    """hands, head or face."""


def performed(sentence: Sentence, style: str, seed: int) -> list[Shown]:
    """Return everything that a performance of a sentence shows."""
    prosody = prosody_of(sentence.words, seed)
    meanings = _meanings(sentence, seed)
    settings = GestureSettings(style=style)
    library = with_signs(load_library())
    gestures = plan(prosody, settings, 0.0, sentence.duration, seed, library, meanings=meanings)
    shown = [
        Shown(phrase.emphasis, meanings_of(library.clips[phrase.clip], phrase.mirrored), "hands")
        for phrase in gestures.phrases
    ]
    shown += [
        Shown(meaning.time, (meaning.name,), "face")
        for meaning in meanings if meaning.name in BY_HEAD - {"negate", "assent"}
    ]  # fmt: skip
    head = _head(sentence, prosody, meanings, gestures.strokes, settings, seed)
    for call in sentence.calls:
        word = sentence.words[call.word]
        seen = _seen(head, word.start - 0.1, word.end + 0.6)
        if seen:
            shown.append(Shown((word.start + word.end) / 2, (seen,), "head"))
    return shown


def _meanings(sentence: Sentence, seed: int) -> tuple[Meaning, ...]:
    prosody = prosody_of(sentence.words, seed)
    accents = list(zip(prosody.accent_times.tolist(), prosody.accent_strengths.tolist(), strict=True))
    return stressed(read_meanings(sentence.words, load_language(sentence.language)), accents)


def _head(
    sentence: Sentence, prosody: object, meanings: tuple[Meaning, ...], strokes: npt.NDArray[np.float64],
    gestures: GestureSettings, seed: int,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Return (T, 3) rotation of neck and head together as performed, radians."""
    frames = round(sentence.duration * _FPS)
    face = FaceTrack(np.zeros((frames, 52), np.float32), np.zeros((frames, 3), np.float32))
    settings = AnimateSettings(gestures=gestures, upper_face="rules", seed=seed, regions=("head", "upper_face", "eyes"))
    performance = perform(face, prosody, settings, load_character(), meanings=meanings)  # type: ignore[arg-type]
    return compose_axis_angle(performance.joint("neck"), performance.joint("head"))


def _seen(head: npt.NDArray[np.float64], start: float, stop: float) -> str:
    """Return whether a stretch shows a shake or a nod, empty for neither."""
    quick = head - gaussian_filter1d(head, _SLOW * _FPS, axis=0, mode="nearest")
    part = quick[max(0, round(start * _FPS)) : round(stop * _FPS), :2]
    pitch, yaw = np.sqrt((part**2).mean(0))
    if yaw > 1.2 * pitch and _swings(part[:, 1]) >= _SWINGS:
        return "negate"
    return "assent" if pitch > 1.2 * yaw and _swings(part[:, 0]) >= _SWINGS else ""


def _swings(angle: npt.NDArray[np.float64]) -> int:
    """Return how often an angle goes to and fro: extremes beyond :data:`_SWING`, on either side in turn."""
    beyond = np.sign(angle[np.abs(angle) > _SWING])
    return int(np.count_nonzero(np.diff(beyond)) + (len(beyond) > 0))


def judged(sentence: Sentence, call: Call, shown: list[Shown]) -> tuple[str, list[Shown]]:
    """Return ``fitting``, ``none`` or ``other``, and what contradicts the word."""
    word = sentence.words[call.word]
    near = [item for item in shown if word.start - NEAR <= item.time <= word.end + NEAR]
    near = [item for item in near if _nearest(sentence, item.time) == call.word]
    against = [
        item for item in near
        if any(name in call.contrary for name in item.meanings)
        or (call.fits and item.meanings and all(
            any(contrary(name, fit) for fit in call.fits) and name not in call.fits for name in item.meanings))
    ]  # fmt: skip
    if any(call.fits & set(item.meanings) for item in near):
        return "fitting", against
    return ("other" if any(item.by == "hands" or item.meanings for item in near) else "none"), against


def _nearest(sentence: Sentence, instant: float) -> int:
    """Return which marked word an instant belongs to."""

    def away(call: Call) -> float:
        word = sentence.words[call.word]
        return max(word.start - instant, instant - word.end, 0.0)

    return min(sentence.calls, key=away).word


def speed(seconds: float = 60.0) -> float:
    """Return processor seconds of reading meanings and planning gestures for a minute of words."""
    text = " ".join(sentence.text for sentence in read_sentences() if sentence.language == "en")
    words = timed_words(text)
    words = tuple(word for word in words if word.end < seconds)
    prosody, language, library = prosody_of(words), load_language("en"), with_signs(load_library())
    read_meanings(words, language)
    start = time.process_time()
    meanings = read_meanings(words, language)
    accents = list(zip(prosody.accent_times.tolist(), prosody.accent_strengths.tolist(), strict=True))
    plan(prosody, GestureSettings(), 0.0, seconds, 0, library, meanings=stressed(meanings, accents))
    return time.process_time() - start


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--styles", default=",".join(STYLES))
    parser.add_argument("--list", action="store_true", help="print every word that got something else")
    arguments = parser.parse_args()
    sentences = read_sentences()
    totals: Counter[str] = Counter()
    by: Counter[tuple[str, str]] = Counter()
    wrong: Counter[str] = Counter()
    against_lines: list[str] = []
    for style in arguments.styles.split(","):
        counts: Counter[str] = Counter()
        for seed in range(arguments.seeds):
            for sentence in sentences:
                shown = performed(sentence, style, seed)
                for call in sentence.calls:
                    found, against = judged(sentence, call, shown)
                    word = sentence.words[call.word]
                    if call.fits:
                        counts[found] += 1
                        by["/".join(sorted(call.fits)), found] += 1
                        if found == "other":
                            wrong[f"{word.text} in: {sentence.text}"] += 1
                    counts["contrary"] += len(against)
                    against_lines += [f"{style}: {word.text} in: {sentence.text}: {item}" for item in against]
        totals += counts
        print(f"{style:13} {_line(counts)}")
    print(f"{'all':13} {_line(totals)}")
    print(f"{len(sentences)} sentences; a minute's words and plan take {speed():.3f} s of processor time")
    for line in against_lines[:40]:
        print("contrary:", line)
    if arguments.list:
        for line, count in wrong.most_common():
            print(f"{count:4} {line}")
        for name in sorted({name for name, _ in by}):
            print(name, {found: by[name, found] for found in ("fitting", "none", "other")})


def _line(counts: Counter[str]) -> str:
    total = sum(counts[name] for name in ("fitting", "none", "other"))
    parts = [f"{name} {100 * counts[name] / max(total, 1):.1f} %" for name in ("fitting", "none", "other")]
    kept = 100 * (counts["fitting"] + counts["none"]) / max(total, 1)
    return f"{', '.join(parts)}; fitting or none {kept:.1f} %; contrary {counts['contrary']} (of {total} words)"


if __name__ == "__main__":
    main()
