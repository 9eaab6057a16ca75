"""Lays a text over a recording: when each of its words is said.

The phone recogniser (``models.phones``) gives, every 20 ms, how likely each phone is; the most likely way through the
phones of the text is found by the Viterbi algorithm over its connectionist states (Graves et al., "Connectionist
Temporal Classification", 2006; as Kürzinger et al., "CTC-Segmentation of Large Corpora", 2020, use it). Such a
recogniser is sure of a phone at one instant within it; where words begin and end follows from that by leads that were
fitted to read English (``training.benchmarks.word_times``).
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from ..errors import Cancelled, SoliloquyError
from ..network_runtime import has_torch, open_graph, power_spectrum
from ..shipped import weights_path
from ..shipped_weights import read_weights, refusing_damaged
from .language import Language
from .pronunciation import phones_of
from .word import Word, plain

if TYPE_CHECKING:
    from ...models.phones.encoder import PhoneEncoder

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

WEIGHTS = weights_path("phones")
STEP = 0.02
"""Seconds between the recogniser's outputs."""
_RATE = 16_000
_WINDOW, _CONTEXT = 1000, 100
"""Outputs that one window contributes, and those heard on either side and thrown away."""
_LEAST = -12.0
"""Log-probability of what the recogniser thinks impossible: texts differ from what is said."""
_BAND = 1200
"""States looked at at once, half a minute of quick speech: beyond, a text is not where it would have to be."""
_LEAD, _HISS_LEAD = 0.095, 0.13
"""Seconds by which a word begins before the recogniser is sure of its first phone, and of a hissing one."""
_HISSES = frozenset({"F", "S", "SH", "TH", "CH", "Z"})
_TAIL, _LAST_TAIL = 0.04, 0.08
"""Seconds by which a word ends after it is sure of its last phone, and the most before a pause."""
_JOINED = 0.09
"""Seconds between two words that are one stretch of speech."""
_SHORTEST = 0.03
_DOUBTFUL = 0.12
"""Mean confidence under which a text probably belongs to another recording."""


def align(
    samples: Floats,
    texts: Sequence[str],
    language: Language,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    """Return the words of a text with their times, and sentences that a person should read.

    Parameters
    ----------
    samples : (n,) float32
        The recording, mono at 16 kHz.
    texts : sequence of str
        Words in order with their punctuation, see :func:`~.word.written_words`.

    Raises
    ------
    SoliloquyError
        When the recording is too short for the text, or the recogniser's weights are missing.
    Cancelled
        When ``cancelled`` returned True.
    """
    sounds = [phones_of(plain(text), language) for text in texts]
    silent = [text for text, sound in zip(texts, sounds, strict=True) if not sound]
    said = [(text, sound) for text, sound in zip(texts, sounds, strict=True) if sound]
    if not said:
        raise SoliloquyError("No word of the text can be pronounced.", "Write what is said, or clear the text.")
    likely = phone_likelihoods(samples, cancelled)
    labels = [phone for _, sound in said for phone in sound]
    if len(labels) > len(likely):
        raise SoliloquyError(
            f"The text has {len(said)} words, too many for {len(samples) / _RATE:.1f} s of speech.",
            "Give the text of this recording alone.",
        )
    path = _best_path(likely, labels, cancelled)
    words = _placed(said, path, likely, len(samples) / _RATE)
    warnings: list[str] = []
    if silent:
        warnings.append(f"Not aligned, as it cannot be pronounced: {', '.join(silent[:4])}.")
    if np.mean([word.confidence for word in words]) < _DOUBTFUL:
        warnings.append("The text hardly fits what is said. Check that it is this recording's, and its language.")
    return tuple(words), tuple(warnings)


@lru_cache(maxsize=1)
def load_recogniser(weights: Path = WEIGHTS) -> PhoneEncoder:
    """Return the phone recogniser; needs torch.

    Raises
    ------
    SoliloquyError
        When its weights are missing or damaged.
    """
    from ...models.phones.encoder import PhoneEncoder

    with refusing_damaged(weights, "The phone recogniser's weights"):
        state, _ = read_weights(weights)
        network = PhoneEncoder()
        network.load_state_dict(state, strict=True)
    return network.eval().requires_grad_(False)


def phone_likelihoods(samples: Floats, cancelled: Callable[[], bool] | None = None) -> Floats:
    """Return (T, 191) log-probabilities of the recogniser's outputs, one row every :data:`STEP` s.

    Windows keep the memory bounded, whatever the length.
    """
    stride = round(STEP * _RATE)
    total = len(samples) // stride + 1
    rows: list[Floats] = []
    for start in range(0, total, _WINDOW):
        if cancelled is not None and cancelled():
            raise Cancelled
        first, last = max(0, start - _CONTEXT), min(total, start + _WINDOW + _CONTEXT)
        piece = np.ascontiguousarray(samples[first * stride : last * stride], np.float32)
        if len(piece) < stride:
            piece = np.pad(piece, (0, stride - len(piece)))
        heard = _by_torch(piece) if has_torch() else _by_graph(piece)
        rows.append(heard[start - first : start - first + min(_WINDOW, total - start)])
    return np.concatenate(rows)


def _by_torch(piece: Floats) -> Floats:
    import torch

    network = load_recogniser()
    with torch.inference_mode():
        logits = network.phones(network(torch.from_numpy(piece)[None])[-1])[0]
        return cast("Floats", torch.log_softmax(logits, -1).numpy())


def _by_graph(piece: Floats) -> Floats:
    with refusing_damaged(WEIGHTS, "The phone recogniser's weights"):
        return open_graph("phones", WEIGHTS).run(power=power_spectrum(piece)[None])[0][0]


@dataclass(frozen=True)
class _Path:
    """The way through the phones."""

    first: npt.NDArray[np.int64]
    """(L,) output at which each phone is heard first."""
    last: npt.NDArray[np.int64]
    """(L,) and last."""


def _best_path(likely: Floats, labels: Sequence[str], cancelled: Callable[[], bool] | None) -> _Path:
    """Return the most likely way through the phones.

    States are a blank, the first phone, a blank, the second phone and so on; two phones that differ may follow each
    other without a blank. A band of states around the most likely one is looked at.
    """
    from ...models.phones.vocabulary import BLANK, BOUNDARY, OUTPUTS

    names = sorted(set(labels))
    heard = np.stack([np.logaddexp.reduce(likely[:, OUTPUTS[name]], axis=1) for name in names], 1)
    heard = np.maximum(heard, _LEAST)
    between = np.logaddexp(likely[:, BLANK], likely[:, BOUNDARY])
    columns = np.array([names.index(label) for label in labels])
    states, frames = 2 * len(labels) + 1, len(likely)
    may_skip = np.zeros(states, bool)
    may_skip[3::2] = columns[1:] != columns[:-1]
    width = min(states, _BAND)
    impossible = -1e18
    score = np.full(width, impossible)
    low = 0
    lows = np.zeros(frames, np.int64)
    back = np.zeros((frames, width), np.int8)
    odd = np.arange(states) % 2 == 1
    score[0] = between[0]
    if width > 1:
        score[1] = heard[0, columns[0]]
    padded = np.full(width + 2, impossible)
    for frame in range(1, frames):
        if frame % 2000 == 0 and cancelled is not None and cancelled():
            raise Cancelled
        # The band follows the best state, and is over the last one in time: nothing goes on by more than two states.
        due = states - width - 2 * (frames - 1 - frame)
        moved = int(np.clip(low + int(score.argmax()) - width // 2, max(low, due), states - width))
        if moved > low:
            score = np.concatenate([score[moved - low :], np.full(moved - low, impossible)])
            low = moved
        lows[frame] = low
        padded[2:] = score
        here = slice(low, low + width)
        options = np.stack([score, padded[1:-1], np.where(may_skip[here], padded[:-2], impossible)])
        choice = options.argmax(0)
        back[frame] = choice
        emission = np.full(width, between[frame])
        sounding = odd[here]
        emission[sounding] = heard[frame, columns[(np.arange(low, low + width)[sounding] - 1) // 2]]
        score = options[choice, np.arange(width)] + emission
    state = states - 1
    if state - low >= width or state < 1 or score[state - low] < score[state - 1 - low]:
        state -= 1
    first = np.full(len(labels), -1, np.int64)
    last = np.full(len(labels), -1, np.int64)
    for frame in range(frames - 1, -1, -1):
        if state % 2:
            first[state // 2] = frame
            last[state // 2] = max(last[state // 2], frame)
        state -= int(back[frame, state - lows[frame]])
    return _Path(first, last)


def _placed(said: Sequence[tuple[str, tuple[str, ...]]], path: _Path, likely: Floats, duration: float) -> list[Word]:
    from ...models.phones.vocabulary import OUTPUTS

    rows: list[tuple[str, float, float, float]] = []
    at = 0
    for text, sound in said:
        inside = range(at, at + len(sound))
        start = STEP * float(path.first[at]) - (_HISS_LEAD if sound[0] in _HISSES else _LEAD)
        sure = [
            float(np.logaddexp.reduce(likely[path.first[row] : path.last[row] + 1, OUTPUTS[phone]], axis=1).max())
            for row, phone in zip(inside, sound, strict=True)
        ]
        at += len(sound)
        heard_last = STEP * float(path.last[at - 1])
        rows.append((text, start, heard_last, float(np.exp(np.mean(np.maximum(sure, _LEAST))))))
    words: list[Word] = []
    for number, (text, start, heard_last, sure) in enumerate(rows):
        earliest = words[-1].end if words else 0.0
        start = min(max(start, earliest), duration)
        following = rows[number + 1][1] if number + 1 < len(rows) else duration
        end = heard_last + (_TAIL if following - heard_last < _LAST_TAIL + _JOINED else _LAST_TAIL)
        if following - end < _JOINED:
            end = max(following, heard_last)
        end = min(max(end, start + _SHORTEST), duration)
        words.append(Word(text, min(start, end), end, round(min(max(sure, 0.0), 1.0), 3)))
    return words
