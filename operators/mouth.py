"""How a character holds its mouth and how distinctly it speaks: kept with its armature, for every take of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import PointerProperty

from ..inference.settings import AnimateSettings
from .choice import anchor
from .setting_properties import with_settings

if TYPE_CHECKING:
    from ..rigs.rig import Rig

MOUTH = ("mouth_rest", "diction")
"""Settings of a performance that are the character's own."""


@with_settings(AnimateSettings, only=MOUTH, options=set())
class SoliloquyMouth(bpy.types.PropertyGroup):
    """The mouth of one character."""


def mouth_of(rig: Rig) -> Any:
    """Return the sliders of a character; they are saved, copied and appended with it."""
    return anchor(rig).soliloquy_mouth


def characters_own(rig: Rig, given: dict[str, Any], value: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads a setting: the character's own where it is one of :data:`MOUTH` and no script said it."""

    def read(name: str) -> Any:
        return given.get(name, getattr(mouth_of(rig), name)) if name in MOUTH else value(name)

    return read


CLASSES = (SoliloquyMouth,)


def register() -> None:
    """Attach the sliders to objects."""
    bpy.types.Object.soliloquy_mouth = PointerProperty(type=SoliloquyMouth)


def unregister() -> None:
    """Take the sliders back."""
    del bpy.types.Object.soliloquy_mouth
