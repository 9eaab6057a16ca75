"""The engines there are: what each one does, under which licence, and whether it can run here."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from .body.engines import BODIES, licence, missing_body_files
from .device import DEVICES
from .errors import MissingFiles, MissingRuntime, SoliloquyError
from .published import SYSTEMS, find_published, missing_head_model

if TYPE_CHECKING:
    from .face.track import FaceEngine

_DEFAULT_TITLE = "Soliloquy face"
_DEFAULT_DESCRIPTION = "Lips, jaw and a directed emotion from any voice."
_NO_TORCH = "PyTorch is not installed in this Python; it lives in Soliloquy's runtime."


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


@dataclass(frozen=True)
class _Published:
    """A published system whose weights the user brings along."""

    module: str
    engine: str
    description: str
    packages: tuple[str, ...]
    """What it needs beside PyTorch."""
    space: str = ""
    """The expression space it speaks in, where only a head model of the user's can say what that looks like."""


_PUBLISHED: dict[str, _Published] = {
    "emote": _Published(
        ".face.emote.engine",
        "EmoteEngine",
        "Emotional face from speech, in FLAME's expressions.",
        ("transformers", "yaml"),
        "flame2020",
    ),
    "talkshow": _Published(
        ".face.talkshow.engine",
        "TalkShowFaceEngine",
        "Jaw and face from speech, in SMPL-X's expressions.",
        ("transformers",),
        "smplx",
    ),
    "meshtalk": _Published(
        ".face.meshtalk.engine", "MeshTalkEngine", "Whole face from speech; another seed, another upper face.", ()
    ),
}


FACES: tuple[tuple[str, str, str], ...] = (
    ("default", _DEFAULT_TITLE, _DEFAULT_DESCRIPTION),
    *((name, SYSTEMS[name].title, entry.description) for name, entry in _PUBLISHED.items()),
)
"""(name, title, description) of every face engine."""


def list_engines() -> list[EngineInfo]:
    """Return every known engine; needs no torch and says where it is missing."""
    why_not = _face_problem()
    return [
        EngineInfo(
            name="default",
            kind="face",
            title=_DEFAULT_TITLE,
            licence="GPL-3.0-or-later; phone encoder from hama, Apache-2.0; trained on GRID, CC BY 4.0",
            description=_DEFAULT_DESCRIPTION,
            available=not why_not,
            why_not=why_not,
        ),
        *(_published_info(name) for name in _PUBLISHED),
        *(_body_info(name) for name in BODIES),
    ]


def missing_files(face: str) -> str:
    """Return in one sentence which files of a face engine are missing, whichever Python will run it; empty for none.

    Also names the head model without which an engine speaks with the jaw alone.

    For panels: Blender's own Python never has PyTorch.
    """
    if face not in _PUBLISHED:
        return _missing_weights()
    space = _PUBLISHED[face].space
    return find_published(face).missing or (missing_head_model(space) if space else "")


def _body_info(name: str) -> EngineInfo:
    entry = BODIES[name]
    why_not = missing_body_files(name)
    if lacking := _lacks(*entry.packages):
        why_not = (
            _NO_TORCH
            if lacking[0] == "torch"
            else f"The Python package '{lacking[0]}' is not installed; install Soliloquy's runtime again."
        )
    return EngineInfo(
        name=name,
        kind="body",
        title=entry.title,
        licence=licence(name),
        description=entry.description,
        available=not why_not,
        why_not=why_not,
    )


def _lacks(*packages: str) -> list[str]:
    return [name for name in packages if importlib.util.find_spec(name) is None]


def _missing_weights() -> str:
    from .face.default.engine import WEIGHTS

    return "" if WEIGHTS.is_file() else f"Its weights '{WEIGHTS.name}' are missing."


def _face_problem() -> str:
    return _NO_TORCH if _lacks("torch", "safetensors", "scipy") else _missing_weights()


def _published_info(name: str) -> EngineInfo:
    entry, system = _PUBLISHED[name], SYSTEMS[name]
    why_not = find_published(name).missing
    if _lacks("torch", "scipy"):
        why_not = _NO_TORCH
    elif lacking := _lacks(*entry.packages):
        why_not = f"The Python package '{lacking[0]}' is not installed; install Soliloquy's runtime again."
    return EngineInfo(
        name=name,
        kind="face",
        title=system.title,
        licence=f"{system.licence}; you bring the weights",
        description=entry.description,
        available=not why_not,
        why_not=why_not,
    )


def face_engine(name: str) -> FaceEngine:
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
        no_runtime = "not installed" in info.why_not
        raise (MissingRuntime if no_runtime else MissingFiles)(
            f"The face engine '{name}' cannot run: {info.why_not}",
            "See 'soliloquy doctor' for the mend."
            if name == "default" or no_runtime
            else "Or choose another face engine.",
        )
    if name == "default":
        from .face.default.engine import DefaultFaceEngine

        return DefaultFaceEngine()
    entry = _PUBLISHED[name]
    engine = getattr(import_module(entry.module, __package__), entry.engine)
    return engine(find_published(name).folder)


def resolve_device(device: str = "auto") -> str:
    """Return ``"cpu"``, ``"cuda"`` or ``"mps"``: the asked one, or for ``"auto"`` the fastest that is there.

    Raises
    ------
    SoliloquyError
        When the device is unknown, is not in this machine, or PyTorch is missing.
    """
    names = [choice.name for choice in DEVICES]
    if device not in names:
        raise SoliloquyError(f"There is no device '{device}'.", f"Choose among: {', '.join(names)}.")
    try:
        import torch
    except ImportError as error:
        raise MissingRuntime(
            "PyTorch is not installed in this Python.", "Install Soliloquy's runtime first."
        ) from error
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        raise MissingRuntime(f"The device '{device}' cannot be used on this machine.", "Choose 'auto' or 'cpu'.")
    return device
