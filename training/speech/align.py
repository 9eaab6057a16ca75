"""Phone times of synthetic speech as CMU phones: forced alignment for English, the synthesizer's durations elsewhere.

Sounds of other languages carry the CMU phone that looks most like them, so one table of visemes and one rule for
closures serve every corpus.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..face.alignment import Aligner
from .kokoro import RATE, Phones

_LOOK = {
    "SIL": "SIL", "P": "p", "B": "b", "M": "m", "F": "f ɸ", "V": "v ʋ", "TH": "θ", "DH": "ð", "T": "t ʈ T",
    "D": "d ɖ ɾ ɽ r", "N": "n ɳ ɲ", "L": "l ʎ", "K": "k q c", "G": "ɡ ɟ ɣ ʁ ʀ ɰ", "NG": "ŋ ɴ", "HH": "h x χ ʔ ɦ",
    "CH": "ʧ ʨ", "JH": "ʤ ʥ", "SH": "ʃ ɕ ʂ", "ZH": "ʒ ʑ", "S": "s ʦ S", "Z": "z ʣ", "R": "ɹ ɻ", "ER": "ɜ ɝ ɚ",
    "AA": "a ɑ ɒ ɐ", "AE": "æ", "AH": "ʌ ə ᵊ", "AO": "ɔ œ", "AW": "W", "AY": "I", "EH": "ɛ", "EY": "A e", "IH": "ɪ ɨ ᵻ",
    "IY": "i", "Y": "j ʝ ç", "OW": "O Q o ɤ", "OY": "Y", "UH": "ʊ", "UW": "u y ø ɯ", "W": "w ɥ",
}  # fmt: skip
# The Spanish approximant of b neither shuts the lips nor looks like any English sound: left without a viseme.
_WITHOUT_LOOK = "β"
_MARKS = "ːʰʲ\u0303\u0329ˈˌ"

LOOKALIKES: dict[str, str] = {symbol: phone for phone, symbols in _LOOK.items() for symbol in symbols.split()}
"""Kokoro's symbol (IPA for most) without marks -> CMU phone that looks most like it."""
LOOKALIKES[_WITHOUT_LOOK] = "?"

_TOLERATED_SECONDS = 0.15
_SHORT_PAUSE_SECONDS = 0.08
_FADED_DECIBELS = 35.0


def lookalike(symbol: str) -> str:
    """Return the CMU phone of a symbol with or without marks; ``?`` where nothing is known."""
    return LOOKALIKES.get(symbol.strip(_MARKS), "?")


def _faded(samples: npt.NDArray[np.float32], start: float, stop: float, floor: float) -> float:
    """Return where within start..stop s the sound falls below a mean square for good."""
    step = RATE // 100
    part = samples[int(start * RATE) : int(stop * RATE)]
    power = np.square(part[: len(part) // step * step].reshape(-1, step)).mean(axis=1)
    loud = np.flatnonzero(power > floor)
    return min(stop, max(start + 0.05, start + (loud[-1] + 1) * 0.01)) if len(loud) else stop


def from_durations(phones: Phones, samples: npt.NDArray[np.float32] | None = None) -> Phones:
    """Return the synthesizer's own phones as CMU phones.

    A pause of up to 80 ms between words belongs to the phone before it. The synthesizer counts the silence after a
    phrase to its last phone: with the sound (16 kHz) at hand, that phone ends where it has faded by 35 dB.
    """
    joined: list[tuple[float, float, str]] = []
    for start, stop, symbol in phones:
        label = lookalike(symbol)
        if label == "SIL" and joined and stop - start <= _SHORT_PAUSE_SECONDS:
            joined[-1] = (joined[-1][0], stop, joined[-1][2])
        else:
            joined.append((start, stop, label))
    if samples is None or not len(samples):
        return joined
    power = np.square(samples[: len(samples) // 160 * 160].reshape(-1, 160)).mean(axis=1)
    floor = float(power.max()) * 10 ** (-_FADED_DECIBELS / 10)
    result: list[tuple[float, float, str]] = []
    for index, (start, stop, label) in enumerate(joined):
        last = index + 1 == len(joined) or joined[index + 1][2] == "SIL"
        end = _faded(samples, start, stop, floor) if last and label != "SIL" else stop
        result.append((start, round(end, 4), label))
        if end < stop:
            result.append((round(end, 4), stop, "SIL"))
    return result


def agree(aligned: Phones, durations: Phones) -> bool:
    """Whether a forced alignment begins and ends with the speech and runs along with the synthesizer's durations."""
    ours = [phone for phone in aligned if phone[2] not in ("SIL", "+SPN+", "+NSN+")]
    theirs = [phone for phone in durations if phone[2] != "SIL"]
    if not ours or not theirs:
        return False
    if abs(ours[0][0] - theirs[0][0]) > _TOLERATED_SECONDS:
        return False
    if not theirs[-1][0] - _TOLERATED_SECONDS <= ours[-1][1] <= theirs[-1][1] + _TOLERATED_SECONDS:
        return False
    middle = (ours[0][0] + ours[-1][1]) / 2
    counts = [sum(stop <= middle for _, stop, _ in phones) for phones in (ours, theirs)]
    return abs(counts[0] - counts[1]) <= max(3, 0.15 * len(theirs))


def align_speech(
    aligner: Aligner, samples: npt.NDArray[np.float32], text: str, language: str, durations: Phones
) -> tuple[Phones, str]:
    """Return the phones of an utterance and where their times come from.

    Parameters
    ----------
    aligner : Aligner
        Forced alignment of English.
    samples : (N,) array
        16 kHz.
    text : str
        What is said.
    language : str
        Only ``en`` can be aligned.
    durations : list of (start s, stop s, symbol)
        The synthesizer's phones, latency taken off.

    Returns
    -------
    phones, source
        CMU phones; ``alignment`` or ``durations``.
    """
    own = from_durations(durations, samples)
    if language != "en":
        return own, "durations"
    aligned = [(round(a, 3), round(b, 3), p) for a, b, p in aligner.align(samples, text)]
    return (aligned, "alignment") if agree(aligned, from_durations(durations)) else (own, "durations")
