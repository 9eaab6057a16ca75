"""What is directed and can be keyed over time: the sliders of emotion, and all that a character can have of its own.

The scene directs every character (``scene.soliloquy``), unless a character has a direction of its own: that lies on its
armature's data, or its mesh's, where its keys are none of the takes' (``armature.data.soliloquy_direction``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, PointerProperty, StringProperty

from ..inference.emotion.affect import Affect
from ..inference.gestures.settings import GestureSettings
from ..inference.setting import settings_of
from ..inference.settings import EMOTIONS, AnimateSettings
from ..rigs.compat import PATH_OPTIONS
from .choice import anchor, seen
from .setting_properties import setting_property, with_settings

if TYPE_CHECKING:
    from ..rigs.rig import Rig

MODE_ITEMS = (
    ("SINGLE", "Single", "One emotion for the whole clip", 0),
    ("MIX", "Mix", "A mixture of emotions; the sliders can be keyed over time", 1),
    ("AFFECT", "Valence-Arousal", "How pleasant and how excited; the sliders can be keyed over time", 2),
    ("MARKERS", "Markers", "Timeline markers such as 'angry 0.8' or 'happy 0.5 + surprised 0.3'", 3),
    ("FILE", "File", "A JSON file with emotions over time", 4),
)
AFFECT = tuple(settings_of(Affect))
"""Names of the sliders of valence and arousal."""


def _weight(name: str) -> Any:
    about = "Calms the other emotions" if name == "neutral" else f"How strong the {name} face is"
    return FloatProperty(name=name.capitalize(), description=about, min=0.0, max=1.0, subtype="FACTOR")


@with_settings(Affect)
class SoliloquyEmotionMix(bpy.types.PropertyGroup):
    """Emotion as an artist keys it: a slider for each emotion, or valence and arousal."""

    __annotations__ = {name: _weight(name) for name in EMOTIONS}


_FELT = ("emotion", "intensity", "emotion_dynamics", "direct")
_LAYERS = (
    "eye_contact", "blink_strength", "eye_darts", "brow_strength", "head_motion", "breathing", "weight_shift",
    "openness", "lean", "listening",
)  # fmt: skip
_GESTURES = ("style", "energy", "rate", "handedness", "posture", "rest")
OWN = frozenset({*_FELT, *_LAYERS, *_GESTURES, "voice_emotion", "emotion_mode", "emotion_mix", "emotion_track"})
"""Names of the properties that a character can have of its own, the same as in ``scene.soliloquy``."""


@with_settings(AnimateSettings, only=(*_FELT, *_LAYERS))
@with_settings(GestureSettings, only=_GESTURES)
class SoliloquyDirection(bpy.types.PropertyGroup):
    """How one character is directed."""

    # Each character's own, whether or not the rest of its direction is.
    partner: PointerProperty(
        name="Speaks With",
        description="Whom this character speaks with and listens to: another character, the camera, any object. Empty: "
        "whoever speaks the other strips before it, else the camera, else who faces it",
        type=bpy.types.Object,
        poll=lambda self, item: item.data != self.id_data,
    )
    used: BoolProperty(name="Own Direction", description="Whether it goes before the scene's")
    begun: BoolProperty(name="Begun", description="Whether it ever was, so that it holds something to go back to")
    emotion_mode: EnumProperty(name="Directed By", description="What decides the emotion", items=MODE_ITEMS)
    emotion_mix: PointerProperty(type=SoliloquyEmotionMix)
    voice_emotion: setting_property(AnimateSettings, "voice_emotion", options=set())
    emotion_track: StringProperty(
        name="Track File", description="JSON file with emotions over time", subtype="FILE_PATH", options=PATH_OPTIONS
    )


@dataclass(frozen=True)
class Directed:
    """Whose direction counts: properties, and the data block that holds them and their keys."""

    owner: Any
    group: Any
    prefix: str
    scene: Any

    def path(self, name: str) -> str:
        """Return the owner's data path of a property."""
        return f"{self.prefix}.{name}"

    def value(self, name: str) -> Any:
        """Return what a property of the panels holds: the character's own where it has it, else the scene's."""
        return getattr(self.group if name in OWN else self.scene.soliloquy, name)

    def put(self, name: str, value: Any) -> None:
        """Set a property of the panels, as :meth:`value` finds it."""
        setattr(self.group if name in OWN else self.scene.soliloquy, name, value)

    @property
    def own(self) -> bool:
        """Whether it is a character's own."""
        return self.owner != self.scene


def own_direction(rig: Rig) -> Any:
    """Return the properties of a character's own direction, whether they are used or not."""
    return anchor(rig).data.soliloquy_direction


def direction_of(rig: Rig | None, scene: Any) -> Directed:
    """Return how a character is directed: by its own direction, or the scene's where it has none."""
    if rig is not None and own_direction(rig).used:
        return Directed(anchor(rig).data, own_direction(rig), "soliloquy_direction", scene)
    return Directed(scene, scene.soliloquy, "soliloquy", scene)


def directing(context: Any) -> Directed:
    """Return how the character that is meant is directed; for panels and polls."""
    return direction_of(seen(context).rig, context.scene)


CLASSES = (SoliloquyEmotionMix, SoliloquyDirection)


def register() -> None:
    """Attach a direction to what characters are made of."""
    for kind in (bpy.types.Armature, bpy.types.Mesh):
        kind.soliloquy_direction = PointerProperty(type=SoliloquyDirection)


def unregister() -> None:
    """Take it back."""
    for kind in (bpy.types.Armature, bpy.types.Mesh):
        del kind.soliloquy_direction
