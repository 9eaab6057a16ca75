"""The devices that can compute a performance."""

from __future__ import annotations

from .setting import Choice

DEVICES: tuple[Choice, ...] = (
    Choice("auto", "Automatic", "The graphics card when the worker's Python can use one, else the processor"),
    Choice("cpu", "CPU", "The processor"),
    Choice("cuda", "NVIDIA", "An NVIDIA graphics card (CUDA); AMD cards under ROCm answer to the same name"),
    Choice("mps", "Apple", "The graphics processor of a Mac (Metal)"),
)
