"""What ProbTalk needs beside its checkpoints: statistics of its motion, the stock speech encoder."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...archive import read_array
from ...errors import BadCheckpoint, MissingFiles, SoliloquyError
from ...published import default_models_folder

Doubles = npt.NDArray[np.float64]

ENCODER = "wav2vec2-base-960h"
ENCODER_FILES = ("model.safetensors", "pytorch_model.bin")
_POSE, _EXPRESSION = 330, 100
_DEPTH = 6
_MOST_BYTES = 1 << 20
# Of the 55 joints of SHOW's order (jaw, eyes, pelvis, 21 of the body, hands): what ProbTalk's frames hold.
_HELD = (0, 6, 9, *range(12, 55))


def read_statistics(path: Path) -> tuple[Doubles, Doubles]:
    """Return the (376,) mean and the (376,) standard deviation that ProbTalk's numbers are normalised by.

    ``norm_stats.npy`` holds them for all 55 joints of SHOW's order, six numbers each, and 100 of expression.

    Raises
    ------
    SoliloquyError
        When the file is damaged or holds something else.
    """
    wanted = (2, _POSE + _EXPRESSION)
    try:
        values = np.asarray(read_array(path, most_bytes=_MOST_BYTES), np.float64).reshape(wanted)
    except ValueError as error:
        raise _bad_statistics(path) from error
    chosen = np.concatenate([(6 * np.array(_HELD)[:, None] + np.arange(6)).ravel(), np.arange(_POSE, wanted[1])])
    mean, deviation = values[:, chosen]
    if not np.isfinite(values).all() or (deviation <= 0).any():
        raise _bad_statistics(path)
    return mean, deviation


def find_speech_encoder(files: tuple[Path, ...]) -> Path:
    """Return the weights of the stock speech encoder that lie among or beside ProbTalk's files.

    Raises
    ------
    SoliloquyError
        When they are not there.
    """
    common = Path(os.path.commonpath([path.parent for path in files]))
    home = default_models_folder() / "probtalk"
    places = [common, *(parent for parent in common.parents if parent.name == "probtalk"), home]
    for name in ENCODER_FILES:
        for place in places:
            found = _inside(place, name)
            if found is not None:
                return found
    raise MissingFiles(
        f"ProbTalk listens through the speech encoder {ENCODER}, which is not there.",
        f"Put the folder '{ENCODER}' with {ENCODER_FILES[0]}, from https://huggingface.co/facebook/{ENCODER}, into "
        f"'{common if home not in (common, *common.parents) else home}'.",
    )


def _inside(place: Path, name: str) -> Path | None:
    for folder, folders, files in os.walk(place):
        if len(Path(folder).relative_to(place).parts) >= _DEPTH:
            folders.clear()
        folders.sort()
        if name in files and ENCODER in str(Path(folder).relative_to(place)):
            return Path(folder) / name
    return None


def _bad_statistics(path: Path) -> SoliloquyError:
    return BadCheckpoint(
        f"'{path.name}' does not hold the statistics of ProbTalk's motion.",
        "Download it again: data_utils/norm_stats.npy of https://github.com/feifeifeiliu/probtalk.",
    )
