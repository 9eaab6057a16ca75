"""Sampling from the context model without computing anything twice, in pieces of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .config import SLOPE
from .sampler_tables import SamplerTables

if TYPE_CHECKING:
    from .context import ContextModel

Floats = npt.NDArray[np.float32]


class ContextSampler:
    """Draws classes frame by frame and remembers what the next frames need.

    Every layer keeps its own past outputs, so that a frame costs the same however long the recording is. Heads are
    drawn in waves: with masks that leave out the own head, each of L layers sees one head less, so the logits of L
    heads follow from what is known before any of them is drawn (6 of 16 in the published model). What is drawn decides
    what is drawn next, so there is nothing to do in parallel: it runs in NumPy on the CPU, where a small step is
    cheapest.
    """

    def __init__(self, source: ContextModel | SamplerTables) -> None:
        if not isinstance(source, SamplerTables):
            from .context_tables import tables_of

            source = tables_of(source)
        self.tables = source
        # Rows are frames in a ring, the newest at ``self._now - 1``; before the start there are zeros.
        self._depth = 1 + max(int(offsets.max(initial=0)) for _, offsets in source.history)
        self._past = [np.zeros((self._depth, source.heads * inputs), np.float32) for inputs in source.inputs]
        self._now = 0

    def sample(self, audio: Floats, uniform: Floats | None) -> npt.NDArray[np.int64]:
        """Draw the classes of the next frames.

        Parameters
        ----------
        audio : (T, audio_dim) array
            The sound, going on where the last call ended.
        uniform : (T, heads, classes) array
            Random numbers 0..1; None takes the likeliest class.

        Returns
        -------
        (T, heads) int64
        """
        heard = np.asarray(audio, np.float32)
        bases = [
            np.broadcast_to(bias, (len(heard), len(bias))) if weight is None else bias + heard @ weight
            for bias, weight in zip(self.tables.bias, self.tables.hears, strict=True)
        ]
        noise = None
        if uniform is not None:
            noise = -np.log(-np.log(np.clip(uniform, 1e-10, 1 - 6e-8, dtype=np.float32)))
        drawn = np.zeros((len(heard), self.tables.heads), np.int64)
        for time in range(len(heard)):
            frame: list[Floats] = []
            for base, past, (weight, offsets) in zip(bases, self._past, self.tables.history, strict=True):
                frame.append(base[time])
                if weight is not None:
                    frame[-1] = base[time] + weight @ past[(self._now - offsets) % self._depth].ravel()
            self._draw(frame, None if noise is None else noise[time], drawn[time])
        return drawn

    def _draw(self, bases: list[Floats], noise: Floats | None, drawn: npt.NDArray[np.int64]) -> None:
        """Draw the heads of one frame, given every layer's outputs as far as they follow from voice and past."""
        tables = self.tables
        classes, width, wave = tables.classes, tables.width, tables.wave
        place = self._now % self._depth
        # What every layer takes in; the embedding's, the drawn classes, stays a sum of columns.
        inputs = [past[place] for past in self._past]
        embedded = bases[0].copy()
        last = len(bases) - 1
        for number, steps in enumerate(tables.schedule):
            for step in steps:
                layer, rows = step.layer, step.rows
                if layer == 0:
                    inputs[1][rows] = embedded[rows]
                    continue
                output = step.weight @ inputs[layer][: step.known]
                output += bases[layer][rows]
                if layer == last:
                    first, stop = rows.start // classes, rows.stop // classes
                    scores = output.reshape(-1, classes)
                    drawn[first:stop] = (scores if noise is None else scores + noise[first:stop]).argmax(1)
                    continue
                if step.activates:
                    np.maximum(output, SLOPE * output, out=output)
                inputs[layer + 1][rows] = output
            for head in range(number * wave, min((number + 1) * wave, tables.heads - 1)):
                later = (head + 1) * width
                embedded[later:] += tables.columns[head * classes + drawn[head], later:]
        self._now += 1
