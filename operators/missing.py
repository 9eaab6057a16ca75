"""Which engines lack files, remembered for a moment: panels are drawn many times a second."""

from __future__ import annotations

import time

from ..inference.body.engines import missing_body_files
from ..inference.engines import missing_files

_LOOK_AGAIN_SECONDS = 2.0
_LOOKS = {"face": missing_files, "body": missing_body_files}
_looked: dict[tuple[str, str], tuple[float, str]] = {}


def missing(kind: str, identifier: str) -> str:
    """Return in one sentence what an engine lacks, empty when its files are there; looked up every two seconds.

    Parameters
    ----------
    kind : str
        ``"face"`` or ``"body"``.
    identifier : str
        The engine as an enumeration of Blender names it, in capitals.
    """
    now = time.monotonic()
    looked, answer = _looked.get((kind, identifier), (-_LOOK_AGAIN_SECONDS, ""))
    if now - looked >= _LOOK_AGAIN_SECONDS or now < looked:
        answer = _LOOKS[kind](identifier.lower())
        _looked[kind, identifier] = (now, answer)
    return answer


def forget() -> None:
    """Look again at the next question."""
    _looked.clear()
