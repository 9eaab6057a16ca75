"""The settings that a take was made with, for another take of the same kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..inference.gestures.settings import GestureSettings
from ..inference.settings import AnimateSettings, recorded_settings
from .setting_properties import shown_settings, shown_value

if TYPE_CHECKING:
    from ..rigs.takes.take import Take
    from .emotion_properties import Directed


def settings_of_take(take: Take) -> dict[str, Any]:
    """Return the settings that a take was made with, as operators take them.

    Raises
    ------
    SoliloquyError
        When it does not say them.
    """
    from ..inference.emotion.words import write_mixture

    made = recorded_settings(take.meta)
    curves = made.emotion_curves
    emotion = {"emotion", "intensity"} if curves or made.emotion_track else set()
    given = {
        item.shown_name: shown_value(item, getattr(owner, name))
        for cls, owner in ((AnimateSettings, made), (GestureSettings, made.gestures))
        for name, item in shown_settings(cls).items()
        if name not in emotion and getattr(owner, name) is not None
    }
    if len(curves) == 1:
        given["emotion_mix"] = write_mixture(curves[0][1:])
    return given


def use(by: Directed, take: Take) -> bool:
    """Set the panels' settings as a take was made.

    Returns
    -------
    bool
        False where its emotion changed over time or was mixed in a way that the panel cannot show.

    Raises
    ------
    SoliloquyError
        When it does not say them.
    """
    given = settings_of_take(take)
    known = by.scene.soliloquy.bl_rna.properties
    for name, value in given.items():
        if name in known and known[name].type != "POINTER":
            by.put(name, value)
    if "emotion" in given:
        by.put("emotion_mode", "SINGLE")
    return "emotion" in given
