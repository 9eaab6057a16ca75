"""How distinctly a character speaks, whatever it says: its own articulation, in every take."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .craft import apply_craft
from .craft_settings import LipCraft

if TYPE_CHECKING:
    from .character import Character
    from .performance import Performance


def articulated(performance: Performance, diction: float, character: Character | None = None) -> Performance:
    """Return a performance by somebody who speaks more or less distinctly; numpy only.

    It belongs to the character, not to what an artist crafts about one take, so it is not noted as a craft.

    Parameters
    ----------
    diction : float
        As :attr:`LipCraft.articulation`; 1 gives the performance itself.
    """
    if diction == 1:
        return performance
    return dataclasses.replace(
        apply_craft(performance, LipCraft(articulation=diction), character), meta=performance.meta
    )
