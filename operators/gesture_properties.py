"""What an artist chooses about hands and body: the same choices for the scene and for scripts."""

from __future__ import annotations

from typing import Any

from bpy.props import BoolProperty, EnumProperty, FloatProperty

from ..inference.body.engines import BODIES
from ..inference.gestures.settings import POSTURES, RANGES, GestureSettings
from ..inference.settings import AnimateSettings
from .missing import missing

NAMES = ("style", "energy", "rate", "handedness", "posture", "contacts")
"""Fields of :class:`GestureSettings`; the properties of the scene and of the operators have the same names."""
BODY_ITEMS = tuple((name.upper(), entry.title, entry.description) for name, entry in BODIES.items())
STYLE_ITEMS = (
    ("CALM", "Calm", "Few and slow gestures with long rests"),
    ("EXPLAINING", "Explaining", "Open hands that lay out a matter"),
    ("ENTHUSIASTIC", "Enthusiastic", "Wide and frequent gestures"),
    ("FORMAL", "Formal", "Measured gestures, upright"),
    ("SHY", "Shy", "Small gestures close to the body"),
    ("AGITATED", "Agitated", "Quick and abrupt gestures"),
)
POSTURE_ITEMS = tuple((name.upper(), name.capitalize(), f"The character is {name}") for name in POSTURES)
_TEXTS = {
    "energy": ("Energy", "Size and speed of the gestures: 0 keeps the hands at rest, 1 is natural, 2 twice as strong"),
    "rate": ("Amount", "How many accents of the speech get a gesture: 1 is natural for the style"),
    "handedness": ("Handedness", "-1 gestures with the left hand, 1 with the right, 0 with both alike"),
}
_DEFAULTS = GestureSettings()


def why_not(identifier: str) -> str:
    """Return why a body engine of :data:`BODY_ITEMS` cannot gesture, empty when its files are there."""
    return missing("body", identifier)


def gesture_property(name: str) -> Any:
    """Return the property of one of :data:`NAMES`, or of ``"body"``, the engine."""
    if name == "body":
        return EnumProperty(
            name="Body Engine",
            description="What moves the hands and the body",
            items=BODY_ITEMS,
            default=AnimateSettings().body.upper(),
        )
    default = getattr(_DEFAULTS, name)
    if name == "style":
        return EnumProperty(name="Style", description="Manner of gesturing", items=STYLE_ITEMS, default=default.upper())
    if name == "posture":
        return EnumProperty(
            name="Posture", description="How the body is held", items=POSTURE_ITEMS, default=default.upper()
        )
    if name == "contacts":
        return BoolProperty(
            name="Keep Clear",
            description="Keep the hands out of the body, and the joints within human limits",
            default=default,
        )
    title, description = _TEXTS[name]
    low, high = RANGES[name]
    return FloatProperty(name=title, description=description, default=default, min=low, max=high, precision=2, step=5)


def gesture_settings(values: dict[str, Any]) -> GestureSettings:
    """Return the settings that the values of the properties say.

    Parameters
    ----------
    values : dict
        Of :data:`NAMES`, as the properties hold them; what is missing is as natural.
    """
    fields: dict[str, Any] = {}
    for name, value in values.items():
        if name in RANGES:
            # 32 bits of a slider would otherwise show in files and messages.
            value = round(value, 5)
        fields[name] = value.lower() if isinstance(value, str) else value
    return GestureSettings(**fields)
