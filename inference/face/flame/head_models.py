"""The user's FLAME and SMPL-X files: which there are, and which fits an expression space. Looks at names only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...published import PublishedSystem, default_models_folder, find_published


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


def _search(files: Sequence[Path]) -> list[Path]:
    return [path for path in files if head_model_kind(path)]


SYSTEM = PublishedSystem(
    title="FLAME",
    files="generic_model.pkl of FLAME 2020 or SMPLX_NEUTRAL_2020.npz of SMPL-X",
    page="https://flame.is.tue.mpg.de and https://smpl-x.is.tue.mpg.de",
    licence="Max Planck licences, non-commercial (FLAME 2023 Open: CC BY 4.0); registration needed",
    folder="flame",
    search=_search,
    what="A model file of FLAME or SMPL-X is",
)


def find_head_model(space: str, folder: Path | None = None) -> Path | None:
    """Return the user's file whose expression space is ``"flame2020"``, ``"flame2023"`` or ``"smplx"``, or None.

    SMPL-X's head is FLAME's: the first of its expression coefficients are those of FLAME 2020, so that either file
    serves for ``"flame2020"`` and ``"smplx"``; the file of the very space goes first.
    """
    files = find_published(SYSTEM, folder).files
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
    home = (default_models_folder() if folder is None else folder) / SYSTEM.folder
    files = "flame2023_Open.pkl or flame2023.pkl" if space == "flame2023" else SYSTEM.files
    return f"Only the jaw speaks until there is a head model: put {files} into '{home}', from {SYSTEM.page}."
