"""What the default engines' networks run in: torch where this Python has it, else ONNX Runtime, on the processor.

The graphs (``models/weights/*.onnx``, made by ``training.graphs``) hold no weights; they find them in the safetensors
files beside them. They begin with a power spectrum, which is computed here: near silence its logarithm would show every
difference between two libraries' Fourier transforms.
"""

# onnxruntime is not typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import importlib.util
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import MissingRuntime
from .shipped import check_shipped

Floats = npt.NDArray[np.float32]

ENGINE_VARIABLE = "SOLILOQUY_NETWORKS"
"""``onnx`` runs the default engines' networks in ONNX Runtime although torch is there."""
_FFT, _HOP = 400, 160


def has_torch() -> bool:
    """Return whether networks run in torch here."""
    return _has_torch(os.environ.get(ENGINE_VARIABLE, ""))


@lru_cache(maxsize=2)
def _has_torch(wanted: str) -> bool:
    return wanted != "onnx" and importlib.util.find_spec("torch") is not None


class Graph:
    """One opened graph."""

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingRuntime(
                "This Python has neither PyTorch nor ONNX Runtime.", "Install Soliloquy's runtime first."
            ) from error
        options: Any = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, min(4, os.cpu_count() or 1))
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(os.fspath(path), options, ["CPUExecutionProvider"])

    def run(self, **inputs: npt.NDArray[Any]) -> list[Floats]:
        """Return the outputs for inputs by name."""
        return self._session.run(None, inputs)


def open_graph(name: str, weights: Path) -> Graph:
    """Return a graph beside the weights that it reads, opened once per process; call it within ``refusing_damaged``.

    Raises
    ------
    MissingRuntime
        When ONNX Runtime is missing.
    MissingFiles
        When graph or weights are not those that ship.
    """
    path = weights.with_name(f"{name}.onnx")
    check_shipped(weights, "The weights")
    check_shipped(path, "The network's graph")
    return _open(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _open(path: Path, _changed: int) -> Graph:
    return Graph(path)


def power_spectrum(samples: Floats) -> Floats:
    """Return (n // 160 + 1, 201) power of 16 kHz samples, as ``models.phones.encoder.LogMel`` hears them.

    Row ``j`` is a Hann window of 400 samples centred on sample ``160 j``; beyond the ends the sound is mirrored, or
    silent where it is too short for that.
    """
    half = _FFT // 2
    padded = np.pad(samples, half, mode="reflect" if len(samples) > half else "constant")
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP] * window
    spectrum = np.fft.rfft(frames.astype(np.float64))
    return (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
