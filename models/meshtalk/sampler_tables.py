"""What the sampler of the context model computes with: plain arrays, which need no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SamplerStep:
    """Some rows of one layer, computed as soon as what they look at is known."""

    layer: int
    rows: slice
    weight: Floats
    """(rows, known)."""
    known: int
    """Leading inputs of the layer that the rows look at."""
    activates: bool


@dataclass(frozen=True)
class SamplerTables:
    """The context model's weights in the order in which drawing needs them, layer by layer from the embedding on."""

    heads: int
    classes: int
    width: int
    """Outputs of the embedding for one head."""
    wave: int
    """Heads that are drawn together."""
    inputs: tuple[int, ...]
    """Inputs of every layer for one head."""
    bias: tuple[Floats, ...]
    hears: tuple[Floats | None, ...]
    """(audio_dim, outputs) of layers that are given the sound."""
    history: tuple[tuple[Floats | None, Offsets], ...]
    """Weights over the past and how many frames back each part of them looks."""
    columns: Floats
    """(heads * classes, embedding) what a drawn class adds to the embedding."""
    schedule: tuple[tuple[SamplerStep, ...], ...]
    """What can be computed in each wave."""

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return arrays to store."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "sizes": np.array([self.heads, self.classes, self.width, self.wave, len(self.schedule)], np.int64),
            "inputs": np.array(self.inputs, np.int64),
            "columns": self.columns,
        }
        for layer, (bias, hears, (weight, offsets)) in enumerate(zip(self.bias, self.hears, self.history, strict=True)):
            arrays |= {f"bias_{layer}": bias, f"offsets_{layer}": offsets}
            arrays |= {} if hears is None else {f"hears_{layer}": hears}
            arrays |= {} if weight is None else {f"history_{layer}": weight}
        steps = [(number, step) for number, wave in enumerate(self.schedule) for step in wave]
        arrays["steps"] = np.array(
            [(n, s.layer, s.rows.start, s.rows.stop, s.known, s.activates) for n, s in steps], np.int64
        )
        return arrays | {f"step_{place}": step.weight for place, (_, step) in enumerate(steps)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> SamplerTables:
        """Build from :meth:`to_arrays`'s arrays; raises LookupError or ValueError where they do not fit."""
        heads, classes, width, wave, waves = (int(value) for value in arrays["sizes"])
        layers = range(len(arrays["inputs"]))
        schedule: list[list[SamplerStep]] = [[] for _ in range(waves)]
        for place, row in enumerate(arrays["steps"]):
            number, layer, first, last, known, activates = (int(value) for value in row)
            weight = _floats(arrays[f"step_{place}"])
            schedule[number].append(SamplerStep(layer, slice(first, last), weight, known, bool(activates)))
        return cls(
            heads, classes, width, wave,
            inputs=tuple(int(value) for value in arrays["inputs"]),
            bias=tuple(_floats(arrays[f"bias_{layer}"]) for layer in layers),
            hears=tuple(_floats(arrays[f"hears_{layer}"]) if f"hears_{layer}" in arrays else None for layer in layers),
            history=tuple(
                (
                    _floats(arrays[f"history_{layer}"]) if f"history_{layer}" in arrays else None,
                    np.asarray(arrays[f"offsets_{layer}"], np.int64),
                )
                for layer in layers
            ),
            columns=_floats(arrays["columns"]),
            schedule=tuple(tuple(wave) for wave in schedule),
        )  # fmt: skip


def _floats(array: npt.NDArray[Any]) -> Floats:
    return np.ascontiguousarray(array, np.float32)
