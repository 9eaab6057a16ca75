"""Where the official files of published systems lie that a user brings along, and what is missing.

Soliloquy ships none of them: their licences allow research or ask for a registration. Looks at names of files only, so
that a panel may ask.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import error_of

FOLDER_VARIABLE = "SOLILOQUY_MODELS"
_DEPTH = 5
"""Folders deep that an unpacked archive is searched."""
_MOST_ENTRIES = 20_000


@dataclass(frozen=True)
class PublishedSystem:
    """Official files, and where a person gets them."""

    name: str
    """Also the name of their folder, where ``folder`` is empty."""
    title: str
    files: str
    """What belongs into the folder, in words."""
    page: str
    licence: str
    folder: str = ""
    """Name of the folder, for files that come in one archive with another system's."""


SYSTEMS: dict[str, PublishedSystem] = {
    system.name: system
    for system in (
        PublishedSystem(
            "emote",
            "EMOTE",
            "the unpacked folder EMOTE_v2 or EMOTE (cfg.yaml and checkpoints/last.ckpt)",
            "https://emote.is.tue.mpg.de",
            "Max Planck licence, non-commercial; registration needed",
        ),
        PublishedSystem(
            "talkshow",
            "TalkSHOW",
            "the face checkpoint (the unpacked folder of s2g_face with ckpt-99.pth)",
            "https://github.com/yhw-yhw/TalkSHOW",
            "Max Planck, research only; no licence file, ask the authors for other uses",
        ),
        PublishedSystem(
            "meshtalk",
            "MeshTalk",
            "encoder.pkl, context_model.pkl and vertex_unet.pkl",
            "https://github.com/facebookresearch/meshtalk",
            "CC BY-NC 4.0",
        ),
        PublishedSystem(
            "talkshow_body",
            "TalkSHOW's body",
            "the unpacked folders of s2g_body_vq and s2g_body_pixel (smplx_S2G-body-vq-3d and smplx_S2G-body-pixel-3d, "
            "each with ckpt-99.pth)",
            "https://github.com/yhw-yhw/TalkSHOW",
            "Max Planck, research only; no licence file, ask the authors for other uses",
            "talkshow",
        ),
        PublishedSystem(
            "probtalk",
            "ProbTalk",
            "the unpacked folder experiments (the VQ, predictor and refiner, each with ckpt-*.pth), norm_stats.npy and "
            "the folder wav2vec2-base-960h (from huggingface.co/facebook/wav2vec2-base-960h)",
            "https://github.com/feifeifeiliu/probtalk",
            "MIT by its page, which has no licence file; its motion is in SMPL-X's skeleton",
        ),
        PublishedSystem(
            "flame",
            "FLAME",
            "generic_model.pkl of FLAME 2020 or SMPLX_NEUTRAL_2020.npz of SMPL-X",
            "https://flame.is.tue.mpg.de and https://smpl-x.is.tue.mpg.de",
            "Max Planck licences, non-commercial (FLAME 2023 Open: CC BY 4.0); registration needed",
        ),
    )
}


@dataclass(frozen=True)
class Installed:
    """What was found of a system."""

    system: PublishedSystem
    folder: Path
    """The folder the system's own loader reads from, or where its files belong."""
    files: tuple[Path, ...]
    missing: str = ""
    """One sentence: what is missing and where to get it. Empty when all is there."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def default_models_folder() -> Path:
    """Return the folder for official files: ``$SOLILOQUY_MODELS``, or ``models`` where Soliloquy keeps its data."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "soliloquy" / "models"


def find_published(name: str, folder: Path | None = None) -> Installed:
    """Return what there is of a system.

    Parameters
    ----------
    name : str
        A key of :data:`SYSTEMS`.
    folder : path
        The folder for all systems; :func:`default_models_folder` when None.
    """
    system = SYSTEMS[name]
    home = (default_models_folder() if folder is None else folder) / (system.folder or name)
    found = _SEARCHES[name](sorted(_walk(home), key=lambda path: (len(path.parts), str(path).lower())))
    if found:
        return Installed(system, found[0].parent if name != "emote" else _emote_folder(found[0]), tuple(found))
    article = "a model file of FLAME or SMPL-X is" if name == "flame" else f"{system.title}'s official weights are"
    sentence = f"{article[0].upper()}{article[1:]} not there: put {system.files} into '{home}', from {system.page}."
    return Installed(system, home, (), sentence)


def _walk(home: Path) -> Iterator[Path]:
    seen = 0
    for place, folders, files in os.walk(home):
        if len(Path(place).relative_to(home).parts) >= _DEPTH:
            folders.clear()
        for name in files:
            seen += 1
            if seen > _MOST_ENTRIES:
                return
            yield Path(place) / name


def _emote_folder(checkpoint: Path) -> Path:
    return checkpoint.parent.parent if checkpoint.parent.name == "checkpoints" else checkpoint.parent


def _emote(files: list[Path]) -> list[Path]:
    configured = {path.parent for path in files if path.name == "cfg.yaml"}
    heads = [path for path in files if path.suffix == ".ckpt" and _emote_folder(path) in configured]
    # The motion priors of the same download lie in folders named FLINT; the talking head holds its own copy.
    heads = [path for path in heads if not _emote_folder(path).name.upper().startswith("FLINT")]
    newest = [path for path in heads if _emote_folder(path).name.upper() == "EMOTE_V2"]
    last = [path for path in (newest or heads) if path.name == "last.ckpt"]
    return (last or newest or heads)[:1]


def _talkshow(files: list[Path]) -> list[Path]:
    checkpoints = [path for path in files if path.suffix in (".pth", ".pt")]
    named = [path for path in checkpoints if "face" in path.parent.name.lower() or "face" in path.name.lower()]
    plain = [path for path in checkpoints if path.parent.name == "talkshow" and path.name.startswith("ckpt")]
    return (named or plain)[:1]


def _talkshow_body(files: list[Path]) -> list[Path]:
    """Return the file of the two VQ-VAEs and the one of the autoregressive model."""
    checkpoints = [path for path in files if path.suffix in (".pth", ".pt")]
    vq = [path for path in checkpoints if "body-vq" in path.parent.name.lower() or "body_vq" in path.name.lower()]
    pixel = [p for p in checkpoints if "body-pixel" in p.parent.name.lower() or "body_pixel" in p.name.lower()]
    return [vq[0], pixel[0]] if vq and pixel else []


def _probtalk(files: list[Path]) -> list[Path]:
    """Return the files of the VQ-VAE, the predictor and the refiner, and the statistics of its motion."""
    checkpoints = [path for path in files if path.suffix in (".pth", ".pt")]
    found = []
    for words in (("vq",), ("predictor",), ("final", "refiner", "hf")):
        # The refiner's training folder is named after its "vqaug" too.
        named = [path for path in checkpoints if any(word in path.parent.name.lower() for word in words)]
        if words == ("vq",):
            named = [path for path in named if "hf" not in path.parent.name.lower()]
        found += named[:1]
    statistics = [path for path in files if path.name == "norm_stats.npy"]
    heard = [path for path in files if path.name in ("model.safetensors", "pytorch_model.bin")]
    heard = [path for path in heard if "wav2vec2-base-960h" in str(path)]
    return [*found, statistics[0]] if len(found) == 3 and statistics and heard else []


def _meshtalk(files: list[Path]) -> list[Path]:
    wanted = ("encoder.pkl", "context_model.pkl", "vertex_unet.pkl")
    for place in {path.parent: None for path in files}:
        inside = {path.name: path for path in files if path.parent == place}
        if all(name in inside for name in wanted):
            return [inside[name] for name in wanted]
    return []


def _flame(files: list[Path]) -> list[Path]:
    return [path for path in files if head_model_kind(path)]


def head_model_kind(path: Path) -> str:
    """Return ``"flame2020"``, ``"flame2023"`` or ``"smplx"`` by the file's name; empty for other files.

    The name is all that tells FLAME's releases apart; a plain ``generic_model.pkl`` counts as FLAME 2020.
    """
    name = path.name.lower()
    if path.suffix.lower() not in (".pkl", ".npz"):
        return ""
    if name.startswith("smplx"):
        return "smplx" if path.suffix.lower() == ".npz" else ""
    if "embedding" in name or "texture" in name or "mask" in name:
        return ""
    if "flame" in name or name.startswith(("generic_model", "female_model", "male_model")):
        return "flame2023" if "2023" in f"{path.parent.name} {name}" else "flame2020"
    return ""


_SEARCHES = {
    "emote": _emote,
    "talkshow": _talkshow,
    "talkshow_body": _talkshow_body,
    "probtalk": _probtalk,
    "meshtalk": _meshtalk,
    "flame": _flame,
}


def find_head_model(space: str, folder: Path | None = None) -> Path | None:
    """Return the user's file whose expression space is ``"flame2020"``, ``"flame2023"`` or ``"smplx"``, or None.

    SMPL-X's head is FLAME's: the first of its expression coefficients are those of FLAME 2020, so that either file
    serves for ``"flame2020"`` and ``"smplx"``; the file of the very space goes first.
    """
    files = find_published("flame", folder).files
    kinds = {"flame2020": ("flame2020", "smplx"), "smplx": ("smplx", "flame2020")}.get(space, (space,))
    for kind in kinds:
        fitting = [path for path in files if head_model_kind(path) == kind]
        # A neutral head before a woman's or a man's, the release of 2020 before others.
        fitting.sort(key=lambda path: ("male" in path.name.lower(), "2020" not in f"{path.parent.name}{path.name}"))
        if fitting:
            return fitting[0]
    return None


def missing_head_model(space: str, folder: Path | None = None) -> str:
    """Return one sentence on what to add for an expression space, empty when a fitting head model is there."""
    if find_head_model(space, folder) is not None:
        return ""
    system = SYSTEMS["flame"]
    home = (default_models_folder() if folder is None else folder) / system.name
    files = "flame2023_Open.pkl or flame2023.pkl" if space == "flame2023" else system.files
    return f"Only the jaw speaks until there is a head model: put {files} into '{home}', from {system.page}."


@contextmanager
def refusing_bad_checkpoints() -> Iterator[None]:
    """Turn what loading a published network raises into a ``SoliloquyError`` of the same words and kind.

    That is a ``CheckpointError`` of :mod:`models.checkpoint`, or a ``TransformersMissingError`` of its speech encoder.
    """
    from ..models.checkpoint import CheckpointError
    from ..models.wav2vec2.resampled import TransformersMissingError

    try:
        yield
    except (CheckpointError, TransformersMissingError) as error:
        raise error_of(error.kind, error.message, error.hint) from error
