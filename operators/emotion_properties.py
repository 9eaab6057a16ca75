"""Sliders of emotion that can be keyed over time: ``scene.soliloquy.emotion_mix``."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import FloatProperty

from ..inference.emotion.affect import Affect
from ..inference.setting import settings_of
from ..inference.settings import EMOTIONS
from .setting_properties import with_settings

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


CLASSES = (SoliloquyEmotionMix,)
