"""The upper face's network as its sampler uses it: in torch, or as graphs."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import numpy.typing as npt

from ...models.meshtalk.sampler_tables import SamplerTables
from ..archive import read_arrays
from ..network_runtime import open_graph
from ..shipped import check_shipped
from ..shipped_weights import AGAIN, refusing_damaged

if TYPE_CHECKING:
    from ...models.upper_face.network import UpperFaceNetwork

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]

DAMAGED = "The upper face's weights"
MEND = f"{AGAIN[:-1]}, or choose the rule-based upper face."
_MOST_BYTES = 64 << 20


class UpperFaceVoice(Protocol):
    """What drawing an upper face needs of a network."""

    tables: SamplerTables

    def hear(self, features: Floats) -> Floats:
        """(2 N, features) to what the context model is given, (N, audio_dim)."""
        ...

    def move(self, codes: Codes) -> Floats:
        """(N, heads) drawn classes to motion (2 N, channels)."""
        ...


class TorchVoice:
    """The network itself, on the processor."""

    def __init__(self, network: UpperFaceNetwork) -> None:
        from ...models.meshtalk.context_tables import tables_of

        self._network = network
        self.tables = tables_of(network.context)

    def hear(self, features: Floats) -> Floats:
        """See :class:`UpperFaceVoice`."""
        import torch

        with torch.inference_mode(), _one_thread():
            return cast("Floats", self._network.speech(torch.from_numpy(features)[None])[0].numpy())

    def move(self, codes: Codes) -> Floats:
        """See :class:`UpperFaceVoice`."""
        import torch
        from torch.nn import functional

        with torch.inference_mode(), _one_thread():
            one_hot = functional.one_hot(torch.from_numpy(codes), self.tables.classes).float()
            return cast("Floats", self._network.decode(one_hot[None])[0].numpy())


class GraphVoice:
    """Its graphs and the sampler's tables, in the folder of its weights.

    Raises
    ------
    SoliloquyError
        When a file is missing or damaged.
    """

    def __init__(self, weights: Path) -> None:
        with refusing_damaged(weights, DAMAGED, MEND):
            tables = weights.with_name("upper_face_sampler.npz")
            check_shipped(tables, DAMAGED)
            self.tables = SamplerTables.from_arrays(read_arrays(tables, most_bytes=_MOST_BYTES))
            self._speech = open_graph("upper_face_speech", weights)
            self._motion = open_graph("upper_face_motion", weights)

    def hear(self, features: Floats) -> Floats:
        """See :class:`UpperFaceVoice`."""
        return self._speech.run(features=np.ascontiguousarray(features, np.float32)[None])[0][0]

    def move(self, codes: Codes) -> Floats:
        """See :class:`UpperFaceVoice`."""
        return self._motion.run(codes=codes[None])[0][0]


@contextmanager
def _one_thread() -> Generator[None]:
    """Keep PyTorch to one thread: networks this small are far slower shared on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
