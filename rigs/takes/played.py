"""Which takes played last: a number on each take's actions that grows with every choice; for switching between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import nla

if TYPE_CHECKING:
    from ..rig import Rig

PROPERTY = "soliloquy_played"
"""Name of the custom property on an action: the higher, the later its take was chosen."""


def note(rig: Rig, take: str) -> None:
    """Note that a take, by its id, was chosen just now."""
    order = by_choice(rig)
    latest = max((number for number, _ in order), default=0)
    if order and order[0] == (latest, take) and latest > 0:
        return
    for action in nla.actions(nla.tracks(rig, take)):
        if action.is_editable:
            action[PROPERTY] = latest + 1


def by_choice(rig: Rig) -> list[tuple[int, str]]:
    """Return (number, id) of a rig's takes, the one that was chosen last first; takes never chosen, newest first."""
    found: dict[str, tuple[int, str]] = {}
    for item in nla.tracks(rig):
        number = item.strip.action.get(PROPERTY, 0)
        number = number if isinstance(number, int) else 0
        before = found.get(item.info["take"], (0, ""))
        found[item.info["take"]] = (max(before[0], number), str(item.info.get("made", "")))
    ordered = sorted(found.items(), key=lambda item: item[1], reverse=True)
    return [(number, take) for take, (number, _) in ordered]
