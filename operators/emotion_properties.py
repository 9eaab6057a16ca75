"""Sliders of emotion that can be keyed over time: ``scene.soliloquy.emotion_mix``."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import FloatProperty

from ..inference.settings import EMOTIONS

MODE_ITEMS = (
    ("SINGLE", "Single", "One emotion for the whole clip", 0),
    ("MIX", "Mix", "A mixture of emotions; the sliders can be keyed over time", 1),
    ("AFFECT", "Valence-Arousal", "How pleasant and how excited; the sliders can be keyed over time", 2),
    ("MARKERS", "Markers", "Timeline markers such as 'angry 0.8' or 'happy 0.5 + surprised 0.3'", 3),
    ("FILE", "File", "A JSON file with emotions over time", 4),
)
AFFECT = ("valence", "arousal")


def _weight(name: str) -> Any:
    about = "Calms the other emotions" if name == "neutral" else f"How strong the {name} face is"
    return FloatProperty(name=name.capitalize(), description=about, min=0.0, max=1.0, subtype="FACTOR")


class SoliloquyEmotionMix(bpy.types.PropertyGroup):
    """Emotion as an artist keys it."""

    neutral: _weight("neutral")
    happy: _weight("happy")
    sad: _weight("sad")
    surprised: _weight("surprised")
    fear: _weight("fear")
    disgusted: _weight("disgusted")
    angry: _weight("angry")
    contempt: _weight("contempt")
    valence: FloatProperty(name="Valence", description="From unpleasant to pleasant", min=-1.0, max=1.0)
    arousal: FloatProperty(name="Arousal", description="From asleep to agitated", min=-1.0, max=1.0)


assert set(EMOTIONS) | set(AFFECT) == set(SoliloquyEmotionMix.__annotations__)

CLASSES = (SoliloquyEmotionMix,)
