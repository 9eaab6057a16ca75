"""The plan of a take's gestures, kept with the take: in a custom property of one of its actions.

So it is saved, undone, appended and copied with the take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...inference.errors import SoliloquyError
from ...inference.gestures.planned import Planned, from_text, read_gestures, to_text
from . import nla
from .access import own_take, why_locked
from .packed import carrier

if TYPE_CHECKING:
    from ..rig import Rig
    from .take import Take

PROPERTY = "soliloquy_gestures"
"""Name of the custom property on an action: the plan as JSON."""
NOTE = "gestures"
"""Under which a performance notes its plan; no take's own note holds it a second time."""
_read: dict[str, Planned] = {}


def keep(rig: Rig, take: Take, planned: Planned | None) -> None:
    """Keep a plan with a take, in the place of the one it has; None takes it away."""
    for action in nla.actions(nla.tracks(rig, take.id)):
        if PROPERTY in action:
            del action[PROPERTY]
    action = carrier(rig, take)
    if planned is not None and action is not None:
        action[PROPERTY] = to_text(planned)


def keep_edited(rig: Rig, take: Take, planned: Planned) -> None:
    """Keep a plan that a person changed; a duplicate of the character that plays the take keeps its own.

    Raises
    ------
    BadRig
        When the take cannot be changed here.
    """
    problem = why_locked(rig, nla.tracks(rig, take.id))
    if problem is not None:
        raise problem
    own_take(rig, take.id)
    keep(rig, take, planned)


def keep_noted(rig: Rig, take: Take, noted: Any) -> None:
    """Keep the plan that a performance notes with the take that was baked from it; what cannot be read is left out."""
    if noted is None:
        return
    try:
        keep(rig, take, read_gestures(noted))
    except SoliloquyError:
        keep(rig, take, None)


def text_of(rig: Rig, take: Take) -> str:
    """Return a take's plan as it is kept, empty where there is none; for drawing."""
    found = (action.get(PROPERTY) for action in nla.actions(nla.tracks(rig, take.id)))
    return next((text for text in found if isinstance(text, str)), "")


def plan_of(rig: Rig, take: Take) -> Planned | None:
    """Return a take's plan, None where it has none.

    Raises
    ------
    SoliloquyError
        When a person made something else of it.
    """
    text = text_of(rig, take)
    if not text:
        return None
    if text not in _read:
        _read.clear()
        _read[text] = from_text(text)
    return _read[text]
