"""The jobs a worker runs, and what it tells about itself. Runs where torch is; the command line uses it too."""

from __future__ import annotations

import dataclasses
import importlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..errors import InternalFault, MissingRuntime
from ..regenerate_job import RegenerateJob
from ..settings import AnimateJob
from .server import Handler, is_out_of_memory

NEEDED: tuple[str, ...] = ("torch", "numpy", "scipy", "safetensors", "av")
"""What the worker's Python must be able to import."""


def require_libraries() -> None:
    """Import what every job needs.

    Raises
    ------
    SoliloquyError
        Of kind ``"missing_runtime"``, naming the first library that does not import and why.
    """
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except Exception as error:  # a broken torch raises OSError and others
            raise MissingRuntime(
                f"This Python cannot import {name} ({type(error).__name__}: {error}).",
                "Choose another Python, or let Soliloquy install its own.",
            ) from error


def device_names() -> list[dict[str, Any]]:
    """Return what torch can compute on: ``name``, ``title`` and, for graphics cards, ``memory_bytes``."""
    import torch

    devices: list[dict[str, Any]] = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            name = "cuda" if index == 0 else f"cuda:{index}"
            devices.append({"name": name, "title": properties.name, "memory_bytes": properties.total_memory})
    if torch.backends.mps.is_available():
        devices.append({"name": "mps", "title": "Apple GPU"})
    devices.append({"name": "cpu", "title": f"CPU, {torch.get_num_threads()} threads"})
    return devices


def describe() -> dict[str, Any]:
    """Import everything a job needs and return versions, devices and engines for the handshake."""
    require_libraries()
    import torch

    from .. import pipeline  # noqa: F401 - imported now, so that the first job need not wait for it
    from ..engines import list_engines

    devices = device_names()
    return {
        "torch": torch.__version__,
        "devices": devices,
        "device": devices[0]["name"],
        "engines": [dataclasses.asdict(engine) for engine in list_engines()],
    }


def prepare() -> None:
    """Load the default engine and the character, and let torch choose its kernels, before the first job asks."""
    import numpy as np

    from ..character import load_character
    from ..engines import face_engine

    load_character().lip_basis()
    face_engine("default").animate(np.zeros(8000, np.float32), 30.0, device="auto")


def animate(
    payload: dict[str, Any],
    progress: Callable[[str, float], None],
    cancelled: Callable[[], bool],
    note: Callable[[str], None],
) -> dict[str, Any]:
    """Run one :class:`AnimateJob` (as JSON) and return what was written.

    When a graphics card runs out of memory, the job runs again on the CPU and says so.
    """
    from ..pipeline import animate as run

    return _write_performance(AnimateJob.from_json(payload), run, progress, cancelled, note)


def regenerate(
    payload: dict[str, Any],
    progress: Callable[[str, float], None],
    cancelled: Callable[[], bool],
    note: Callable[[str], None],
) -> dict[str, Any]:
    """Run one :class:`RegenerateJob` (as JSON): a part of a performance made anew. Returns what was written.

    When a graphics card runs out of memory, the job runs again on the CPU and says so.
    """
    from ..regenerate import run

    return _write_performance(RegenerateJob.from_json(payload), run, progress, cancelled, note)


def _write_performance(
    job: Any,
    run: Callable[..., Any],
    progress: Callable[[str, float], None],
    cancelled: Callable[[], bool],
    note: Callable[[str], None],
) -> dict[str, Any]:
    start = time.monotonic()
    try:
        performance = run(job, progress, cancelled)
    except Exception as error:
        if job.settings.device == "cpu" or not _on_graphics_card() or not is_out_of_memory(error):
            raise
        _empty_graphics_memory()
        note("The graphics card ran out of memory; this job continues on the CPU.")
        on_cpu = dataclasses.replace(job, settings=dataclasses.replace(job.settings, device="cpu"))
        performance = run(on_cpu, progress, cancelled)
    _note_warnings(performance.meta.get("warnings", ()), job, note)
    if not Path(job.output).is_file():
        raise InternalFault("The performance was computed but not written.", "Please report it.")
    return {
        "output": job.output,
        "frames": performance.frames,
        "fps": performance.fps,
        "duration": performance.duration,
        "seconds": round(time.monotonic() - start, 3),
    }


def hear(
    payload: dict[str, Any],
    progress: Callable[[str, float], None],
    cancelled: Callable[[], bool],
    note: Callable[[str], None],
) -> dict[str, Any]:
    """Write the emotion heard in an :class:`AnimateJob`'s audio (as JSON) as an emotion track."""
    from ..emotion.heard_track import write_heard_track

    job = AnimateJob.from_json(payload)
    start = time.monotonic()
    _note_warnings(write_heard_track(job, progress, cancelled), job, note)
    return {"output": job.output, "seconds": round(time.monotonic() - start, 3)}


def _note_warnings(warnings: Iterable[str], job: AnimateJob, note: Callable[[str], None]) -> None:
    """Tell the person what was odd about the recording, naming it."""
    name = Path(job.audio.path).name
    for text in warnings:
        note(text if name in text else f"'{name}': {text}")


def _on_graphics_card() -> bool:
    import torch

    return torch.cuda.is_available() or torch.backends.mps.is_available()


def _empty_graphics_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


HANDLERS: dict[str, Handler] = {"animate": animate, "regenerate": regenerate, "hear": hear}
