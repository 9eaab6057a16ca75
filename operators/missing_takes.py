"""Which takes Animate All has to make: a line for every strip, with the order where its take is missing or stale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..inference.errors import SoliloquyError
from ..rigs.rig import rigs_in_scene
from ..rigs.strip_identity import identity
from ..rigs.takes import follow
from ..rigs.takes.take import takes_of
from . import following, jobs, request, speakers
from .choice import anchor, character_of
from .speech_lines import HOW, Line, meant_strips
from .take_job import TakeJob

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take


class _Takes:
    """The newest take that each character has of each strip, each character looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, Take]] = {}

    def of(self, rig: Rig, strip: str) -> Take | None:
        """Return the take of the strip with an id."""

        uid = anchor(rig).session_uid
        if uid not in self._known:
            linked = ((follow.link_of(rig, take), take) for take in takes_of(rig))
            self._known[uid] = {link.strip: take for link, take in linked if link is not None}
        return self._known[uid].get(strip)


def build(context: Any, *, anew: bool, show: Callable[[float], None]) -> list[Line]:
    """Return a line for each strip that is meant, with the order for its take where one is to be made.

    Parameters
    ----------
    anew : bool
        Another take also where a strip has one that still fits.
    show : callable
        Takes the fraction that is done.

    Raises
    ------
    SoliloquyError
        When no strip is meant.
    """
    chosen, _selected = meant_strips(context)
    if not chosen:
        raise SoliloquyError("There is no strip whose speaker is known.", HOW)
    takes, made = _Takes(), []
    for number, strip in enumerate(chosen):
        show(number / len(chosen))
        line = Line(strip.name)
        made.append(line)
        try:
            line.job = _order(context, strip, line, takes, anew)
        except SoliloquyError as error:
            line.error = error
    return made


def _order(context: Any, strip: Any, line: Line, takes: _Takes, anew: bool) -> TakeJob | None:
    """Return the order for a strip, None where its take is there or under way."""
    speaker = speakers.likely(context.scene, strip)
    rig = _rig(context, strip, speaker)
    line.speaker = anchor(rig).name
    known = identity(strip)
    if known and _under_way(known, anchor(rig)):
        return None
    take = takes.of(rig, known) if known else None
    link = follow.link_of(rig, take) if take is not None else None
    if take is not None and link is not None and not anew:
        stale = follow.why_stale(link, str((take.meta.get("audio") or {}).get("sha256", "")))
        # What was directed for this strip stays as it was.
        return following.again(context, rig, take, several=True) if stale is not None else None
    given: dict[str, Any] = {"strip": strip.name, "character": line.speaker, "several": True}
    if speaker is not None:
        given |= {"track": speaker.track, "channel": speaker.channel}
    made = request.build(context, given)
    seed = speakers.own_variation(context.scene, anchor(rig), made.order.settings.seed)
    return replace(made, order=replace(made.order, settings=replace(made.order.settings, seed=seed)))


def _rig(context: Any, strip: Any, speaker: Any) -> Rig:
    if speaker is not None:
        rig = character_of(speaker.character)
        if rig is None:
            raise SoliloquyError(f"'{speaker.character.name}' is no character any more.", HOW)
        return rig
    there = rigs_in_scene(context.scene)
    if len(there) != 1:
        raise SoliloquyError("Nobody knows who speaks it.", HOW)
    return there[0]


def _under_way(strip: str, character: Any) -> bool:
    """Tell whether a character's take of a strip is being made."""
    return any(
        isinstance(job, TakeJob)
        and job.spoken is not None
        and job.spoken.strip == strip
        and job.object_uid == character.session_uid
        for job in jobs.running()
    )
