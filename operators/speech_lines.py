"""Which strips Animate All is about and who speaks them, and the line that says what became of each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..inference.errors import Cancelled, SoliloquyError
from . import speakers

if TYPE_CHECKING:
    from .take_job import TakeJob

HOW = "Choose a character, select its strips in the Sequencer and press Speaks Selected Strips."


@dataclass
class Line:
    """One strip, and what became of it."""

    strip: str
    """Its name."""
    speaker: str = ""
    """Name of the character, empty where nobody knows who speaks it."""
    job: TakeJob | None = None
    error: SoliloquyError | None = None
    """Why it could not be ordered."""

    @property
    def why(self) -> SoliloquyError | None:
        """Return why there is no take, None where there is one or may be one yet."""
        return self.error or (self.job.error if self.job is not None else None)

    @property
    def state(self) -> str:
        """``"there"`` (it had its take), ``"running"``, ``"made"``, ``"cancelled"`` or ``"failed"``."""
        if self.why is not None:
            return "cancelled" if isinstance(self.why, Cancelled) else "failed"
        if self.job is None:
            return "there"
        return "made" if self.job.finished else "running"


@dataclass(frozen=True)
class Meant:
    """What Animate All is about to look at."""

    strips: int = 0
    speakers: int = 0
    unknown: int = 0
    """Strips of which nobody knows who speaks them."""
    selected: bool = False
    """Whether they are the selected ones, else all of known speakers."""


_LOOK_SECONDS = 0.5
_PATIENCE = 20.0
"""A look that takes long holds so many times as long."""
_looked: dict[int, tuple[float, Meant]] = {}


def selected_sounds(context: Any) -> list[Any]:
    """Return the selected sound strips, in the order in which they are heard."""
    return [strip for strip in _sounds(context) if strip.select]


def meant(context: Any) -> Meant:
    """Return what Animate All would look at, for drawing: looked up every half second, or less often."""
    scene, now = context.scene, time.monotonic()
    until, known = _looked.get(scene.session_uid, (0.0, Meant()))
    if now < until:
        return known
    chosen, selected = meant_strips(context)
    spoken = speakers.likely_of_each(scene, chosen)
    known = Meant(
        len(chosen), len({item.character.name for item in spoken if item is not None}), spoken.count(None), selected
    )
    _looked.clear()
    done = time.monotonic()
    _looked[scene.session_uid] = (done + max(_LOOK_SECONDS, _PATIENCE * (done - now)), known)
    return known


def _sounds(context: Any) -> list[Any]:
    from ..rigs.compat import sequencer_scene, strip_times
    from ..rigs.strips import sound_strips

    return sorted(sound_strips(sequencer_scene(context)), key=lambda strip: strip_times(strip).left)


def meant_strips(context: Any) -> tuple[list[Any], bool]:
    """Return the strips that are meant, and whether because they are selected.

    One selected strip is what every click leaves behind, so it takes two to mean these only.
    """
    selected = selected_sounds(context)
    if len(selected) > 1:
        return selected, True
    heard = [strip for strip in _sounds(context) if not strip.mute]
    spoken = speakers.likely_of_each(context.scene, heard)
    return [strip for strip, speaker in zip(heard, spoken, strict=True) if speaker is not None], False


def look_anew() -> None:
    """Forget what :func:`meant` knows."""
    _looked.clear()
