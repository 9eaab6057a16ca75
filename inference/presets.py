"""Direction by type of character: values for several settings at once, as data in ``assets/presets.json``.

A preset is only a starting point. It names the same settings as every other preset, so that changing from one to the
next leaves nothing of the last behind; what an artist changes afterwards counts.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from .errors import BadFile, SoliloquyError
from .gestures.settings import GestureSettings
from .plain_json import read_json
from .setting import settings_of
from .settings import AnimateSettings

FILE = Path(__file__).resolve().parents[1] / "assets" / "presets.json"


@dataclass(frozen=True)
class Preset:
    """One type of character."""

    name: str
    title: str
    """As the panels show it."""
    text: str
    """What it is like, one sentence without its full stop."""
    values: dict[str, Any]
    """Fields of :class:`AnimateSettings` and :class:`GestureSettings` by name."""

    def of(self, cls: type[Any]) -> dict[str, Any]:
        """Return those of its values that are fields of a class of settings."""
        return {name: value for name, value in self.values.items() if name in settings_of(cls)}


@functools.cache
def presets() -> dict[str, Preset]:
    """Return the presets by name, in the order of the menu.

    Raises
    ------
    BadFile
        When the file is missing or damaged, or names a setting or a value that there is not.
    """
    try:
        content = cast("dict[str, Any]", read_json(FILE))
        found = {
            name: Preset(name, str(said["title"]), str(said["text"]), dict(said["settings"]))
            for name, said in content.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadFile("The presets that come with Soliloquy cannot be read.", "Install it again.") from error
    known = {**settings_of(GestureSettings), **settings_of(AnimateSettings)}
    for preset in found.values():
        for name, value in preset.values.items():
            if name not in known:
                raise BadFile(f"The preset '{preset.name}' names an unknown setting '{name}'.", "Install it again.")
            known[name].check(value)
    return found


def find_preset(name: str) -> Preset:
    """Return a preset by its name.

    Raises
    ------
    SoliloquyError
        When there is none of that name.
    """
    found = presets().get(name)
    if found is None:
        raise SoliloquyError(f"There is no preset '{name}'.", f"Choose one of: {', '.join(presets())}.")
    return found
