"""Which channels of a recording hold the speech."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .likeness import SPEECH, WINDOW, likeness

Floats = npt.NDArray[np.float32]

CENTRE = "FC"
"""FFmpeg's name of the channel that dialogue is mixed to."""
TITLES = {"FL": "front left", "FR": "front right", "FC": "centre", "BL": "back left", "BR": "back right"}
_LOW = ("LFE", "LFE2")
_MIX_LOSS = 0.55  # a mix this much weaker than its loudest channel has lost the speech: one silent, or opposite phases
_ALL_UP_TO, _THEN_EVERY = 15, 10  # windows: half a minute as a whole, then a sample of what follows
_SHORTEST = 0.4  # seconds of a recording that can be judged at all


@dataclass(frozen=True)
class Choice:
    """Channels to average, and a sentence's end about them, empty where nothing is odd."""

    channels: tuple[int, ...]
    why: str = ""


class Listener:
    """Hears all channels while a recording streams through, and says which to take; memory of one window."""

    def __init__(self) -> None:
        self._energy = np.zeros(0)
        self._likeness = np.zeros(0)
        self._sounding = np.zeros(0)
        self._mix_energy = 0.0
        self._window: list[Floats] = []
        self._length = 0
        self._rate = 0
        self._number = 0

    @property
    def channels(self) -> int:
        """How many there were."""
        return len(self._energy)

    def hear(self, part: Floats, mixed: Floats, rate: int) -> None:
        """Take the next (C, n) samples and their (n,) mix."""
        if len(self._energy) < len(part):
            missing = len(part) - len(self._energy)
            self._energy, self._likeness, self._sounding = (
                np.pad(values, (0, missing)) for values in (self._energy, self._likeness, self._sounding)
            )
        self._energy[: len(part)] += np.einsum("cn,cn->c", part, part, dtype=np.float64)
        self._mix_energy += float(np.einsum("n,n->", mixed, mixed, dtype=np.float64))
        if len(part) < 2:
            return
        if rate != self._rate or (self._window and len(self._window[0]) != len(part)):
            self._window, self._length, self._rate = [], 0, rate
        if self._number < _ALL_UP_TO or self._number % _THEN_EVERY == 0:
            self._window.append(part)
        self._length += part.shape[1]
        if self._length >= WINDOW * rate:
            self._judge()

    def _judge(self) -> None:
        self._number += 1
        window, self._window, self._length = self._window, [], 0
        if not window:
            return
        heard = np.concatenate(window, axis=1)
        if heard.shape[1] < _SHORTEST * self._rate or (heard == heard[0]).all():
            return  # the same in every channel: nothing to choose
        self._likeness[: len(heard)] += likeness(heard, self._rate)
        self._sounding[: len(heard)] += np.mean(heard * heard, axis=1) > 1e-8

    def choose(self, names: tuple[str, ...]) -> Choice:
        """Return the channels that hold the speech.

        Parameters
        ----------
        names : tuple of str
            What FFmpeg calls each channel, ``"FL"`` and so on; may be shorter than there are channels.
        """
        if self._window:
            self._judge()
        count = len(self._energy)
        if count < 2:
            return Choice((0,))
        usable = tuple(c for c in range(count) if c >= len(names) or names[c] not in _LOW) or tuple(range(count))
        own = self._likeness / np.maximum(self._sounding, 1)
        spoken = [c for c in usable if own[c] >= SPEECH]
        centre = names.index(CENTRE) if CENTRE in names else -1
        if count > 2 and centre in spoken:
            return Choice((centre,), "it is the centre, where dialogue is")
        if len(spoken) == 1 or (count > 2 and spoken):
            best = max(spoken, key=lambda c: (self._likeness[c], self._energy[c]))
            # Beside silence it is the mix that is weak, which is another sentence.
            if self._energy[list(usable)].sum() > 1.05 * self._energy[best]:
                return Choice((best,), "it is the one with speech in it")
        if len(usable) == count and self._mix_energy >= _MIX_LOSS**2 * self._energy.max():
            return Choice(usable)
        loudest = max(usable, key=lambda c: self._energy[c])
        if len(usable) < count and self._energy[loudest] < 0.9 * self._energy[list(usable)].sum():
            return Choice(usable)
        return Choice((loudest,), "mixing its channels would have weakened the speech")
