"""Weights that come with Soliloquy: safetensors, refused in one sentence where they are missing or damaged."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .errors import MissingFiles, SoliloquyError
from .shipped import AGAIN, check_shipped

if TYPE_CHECKING:
    from torch import Tensor


def read_weights(path: Path, prefix: str = "") -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors of a file as float32, and its metadata; call it within :func:`refusing_damaged`.

    Parameters
    ----------
    prefix : str
        Only tensors whose names begin with it, returned without it.
    """
    from safetensors import safe_open

    check_shipped(path, "The weights")
    with safe_open(path, "pt") as opened:  # pyright: ignore[reportUnknownVariableType]
        # safetensors does not type what is opened.
        archive = cast("Any", opened)
        names: list[str] = [name for name in archive.keys() if name.startswith(prefix)]  # noqa: SIM118
        state: dict[str, Tensor] = {name.removeprefix(prefix): archive.get_tensor(name).float() for name in names}
        return state, archive.metadata() or {}


def read_plain_weights(path: Path, prefix: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return arrays whose names begin with ``prefix``, without it, and the file's metadata; needs no torch.

    Call it within :func:`refusing_damaged`.
    """
    from safetensors import safe_open

    check_shipped(path, "The weights")
    with safe_open(path, "np") as opened:  # pyright: ignore[reportUnknownVariableType]
        archive = cast("Any", opened)
        names: list[str] = [name for name in archive.keys() if name.startswith(prefix)]  # noqa: SIM118
        return {name.removeprefix(prefix): archive.get_tensor(name) for name in names}, archive.metadata() or {}


@contextmanager
def refusing_damaged(path: Path, whose: str, hint: str = AGAIN) -> Generator[None]:
    """Turn whatever goes wrong with a weights file into one sentence.

    Parameters
    ----------
    whose : str
        Begins the sentence, such as ``"The face engine's weights"``.
    hint : str
        The next step.

    Raises
    ------
    SoliloquyError
        When the file is missing, or reading and using it fails; of the kind ``"missing_files"``.
    """
    if not path.is_file():
        raise MissingFiles(f"{whose} '{path.name}' are missing.", hint)
    try:
        check_shipped(path, whose, hint)
        yield
    except (SoliloquyError, MemoryError):
        raise
    except Exception as error:  # what does not fit fails in as many ways as there are
        if type(error).__name__ == "OutOfMemoryError":  # of a graphics card
            raise
        raise MissingFiles(f"{whose} '{path.name}' are damaged or of another version.", hint) from error
