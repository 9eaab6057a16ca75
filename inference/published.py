"""Where the official files of published systems lie that a user brings along, and what is missing.

Soliloquy ships none of them: their licences allow research or ask for a registration. Each engine's folder says which
files its system has and how to know them; this module looks for them, at names only, so that a panel may ask.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import error_of
from .user_folders import data_folder, given_path

FOLDER_VARIABLE = "SOLILOQUY_MODELS"
_DEPTH = 5
"""Folders deep that an unpacked archive is searched."""
_MOST_ENTRIES = 20_000


@dataclass(frozen=True)
class PublishedSystem:
    """Official files, and where a person gets them."""

    title: str
    files: str
    """What belongs into the folder, in words."""
    page: str
    licence: str
    folder: str
    """Name of their folder; systems whose files come in one archive share one."""
    search: Callable[[Sequence[Path]], list[Path]]
    """Picks the system's files out of all there are, nearest first; none while one is missing."""
    home: Callable[[Path], Path] = lambda path: path.parent
    """From the first of them to the folder that the system's own loader reads from."""
    what: str = ""
    """What is missing, to begin a sentence with; empty: the official weights."""


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
        return given_path(chosen)
    return data_folder() / "models"


def find_published(system: PublishedSystem, folder: Path | None = None) -> Installed:
    """Return what there is of a system.

    Parameters
    ----------
    folder : path
        The folder for all systems; :func:`default_models_folder` when None.
    """
    home = (default_models_folder() if folder is None else folder) / system.folder
    found = system.search(sorted(_walk(home), key=lambda path: (len(path.parts), str(path).lower())))
    if found:
        return Installed(system, system.home(found[0]), tuple(found))
    what = system.what or f"{system.title}'s official weights are"
    sentence = f"{what} not there: put {system.files} into '{home}', from {system.page}."
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


@contextmanager
def refusing_bad_checkpoints() -> Generator[None]:
    """Turn what loading a published network raises into a ``SoliloquyError`` of the same words and kind.

    That is a ``CheckpointError`` of :mod:`models.checkpoint`, or a ``TransformersMissingError`` of its speech encoder.
    """
    from ..models.checkpoint import CheckpointError
    from ..models.wav2vec2.resampled import TransformersMissingError

    try:
        yield
    except (CheckpointError, TransformersMissingError) as error:
        raise error_of(error.kind, error.message, error.hint) from error
