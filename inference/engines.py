"""The engines there are: what each one does, under which licence, and whether it can run here."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import SoliloquyError

if TYPE_CHECKING:
    from .face import DefaultFaceEngine

DEVICES: tuple[str, ...] = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class EngineInfo:
    """One engine as the panel and ``soliloquy engines`` show it."""

    name: str
    kind: str
    """``"face"`` or ``"body"``."""
    title: str
    licence: str
    """Licence of its weights."""
    description: str
    available: bool
    why_not: str = ""
    """One sentence when it is not available."""


def list_engines() -> list[EngineInfo]:
    """Return every known engine; needs no torch and says where it is missing."""
    why_not = _face_problem()
    return [
        EngineInfo(
            name="default",
            kind="face",
            title="Soliloquy lips",
            licence="GPL-3.0-or-later; phone encoder from hama, Apache-2.0; trained on GRID, CC BY 4.0",
            description="Lips, jaw and lower face from any voice.",
            available=not why_not,
            why_not=why_not,
        ),
        EngineInfo(
            name="relaxed",
            kind="body",
            title="Relaxed",
            licence="GPL-3.0-or-later",
            description="Arms at rest, breathing and shifts of weight.",
            available=True,
        ),
        EngineInfo(
            name="none",
            kind="body",
            title="No body",
            licence="GPL-3.0-or-later",
            description="The body stays in its rest pose.",
            available=True,
        ),
    ]


def _face_problem() -> str:
    if any(importlib.util.find_spec(name) is None for name in ("torch", "safetensors", "scipy")):
        return "PyTorch is not installed in this Python; it lives in Soliloquy's runtime."
    from .face import WEIGHTS

    if not WEIGHTS.is_file():
        return f"Its weights '{WEIGHTS.name}' are missing."
    return ""


def face_engine(name: str) -> DefaultFaceEngine:
    """Return a face engine by name, ready to animate.

    Raises
    ------
    SoliloquyError
        For an unknown name, a body engine's name, or an engine that cannot run here.
    """
    faces = {info.name: info for info in list_engines() if info.kind == "face"}
    if name not in faces:
        raise SoliloquyError(f"There is no face engine '{name}'.", f"Choose among: {', '.join(faces)}.")
    info = faces[name]
    if not info.available:
        raise SoliloquyError(
            f"The face engine '{name}' cannot run: {info.why_not}",
            "See 'soliloquy doctor' for the mend.",
            "missing_model" if "weights" in info.why_not else "missing_runtime",
        )
    from .face import DefaultFaceEngine

    return DefaultFaceEngine()


def resolve_device(device: str = "auto") -> str:
    """Return ``"cpu"``, ``"cuda"`` or ``"mps"``: the asked one, or for ``"auto"`` the fastest that is there.

    Raises
    ------
    SoliloquyError
        When the device is unknown, is not in this machine, or PyTorch is missing.
    """
    if device not in DEVICES:
        raise SoliloquyError(f"There is no device '{device}'.", f"Choose among: {', '.join(DEVICES)}.")
    try:
        import torch
    except ImportError as error:
        raise SoliloquyError(
            "PyTorch is not installed in this Python.", "Install Soliloquy's runtime first.", "missing_runtime"
        ) from error
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        raise SoliloquyError(
            f"The device '{device}' cannot be used on this machine.", "Choose 'auto' or 'cpu'.", "missing_runtime"
        )
    return device
