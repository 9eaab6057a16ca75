"""What the handlers that make performances share: the way back to the CPU, and what is told about the file."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from ..errors import InternalFault
from ..faults import is_out_of_memory
from ..network_runtime import has_torch
from ..performance import Performance
from .order import Cancelled, Note, Order, Progress

AnyOrder = TypeVar("AnyOrder", bound=Order)


def write_performance(
    order: AnyOrder,
    run: Callable[[AnyOrder, Progress, Cancelled], Performance],
    progress: Progress,
    cancelled: Cancelled,
    note: Note,
) -> dict[str, Any]:
    """Carry an order out and return what :func:`written` tells, and ``frames``, ``fps`` and ``duration``.

    When a graphics card runs out of memory, the order runs again on the CPU and says so.
    """
    start = time.monotonic()
    try:
        performance = run(order, progress, cancelled)
    except Exception as error:
        if order.settings.device == "cpu" or not is_out_of_memory(error) or not _on_graphics_card():
            raise
        _empty_graphics_memory()
        note("The graphics card ran out of memory; this job continues on the CPU.")
        on_cpu = dataclasses.replace(order, settings=dataclasses.replace(order.settings, device="cpu"))
        performance = run(on_cpu, progress, cancelled)
    note_warnings(performance.meta.get("warnings", ()), order, note)
    return {
        **written(order, start),
        "frames": performance.frames,
        "fps": performance.fps,
        "duration": performance.duration,
    }


def written(order: Order, start: float) -> dict[str, Any]:
    """Return what every handler tells about its file: ``output``, ``sha256`` and the ``seconds`` since ``start``.

    Raises
    ------
    InternalFault
        When there is no file.
    """
    if not Path(order.output).is_file():
        raise InternalFault("The result was computed but not written.", "Please report it.")
    with open(order.output, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"output": order.output, "sha256": digest, "seconds": round(time.monotonic() - start, 3)}


def note_warnings(warnings: Iterable[str], order: Order, note: Note) -> None:
    """Tell the person what was odd about the recording, naming it."""
    name = Path(order.audio.path).name
    for text in warnings:
        note(text if name in text else f"'{name}': {text}")


def _on_graphics_card() -> bool:
    if not has_torch():
        return False
    import torch

    return torch.cuda.is_available() or torch.backends.mps.is_available()


def _empty_graphics_memory() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
