"""What an artist chooses, kept with the scene (``scene.soliloquy``), and the list of takes that the panels show."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..inference.arkit import REGIONS
from ..inference.settings import EMOTIONS
from ..rigs.compat import PATH_OPTIONS
from .emotion_properties import MODE_ITEMS, SoliloquyEmotionMix
from .face_engine import FACE_ITEMS
from .gesture_properties import gesture_property
from .regenerate import SoliloquyPart

REGION_TITLES = {
    "lips": ("Lips", "Jaw, mouth and tongue"),
    "upper_face": ("Upper Face", "Brows, cheeks and nose"),
    "eyes": ("Eyes", "Blinks and gaze"),
    "head": ("Head", "Head and neck"),
    "body": ("Body", "Arms, breathing and weight shift"),
    "hands": ("Hands", "Fingers"),
}
UPPER_FACE_ITEMS = (
    ("LEARNED", "Learned", "Drawn by a network trained on tracked faces; another seed, another upper face"),
    ("RULES", "Rules", "Brows rise and the head nods plainly on accents"),
)
REGION_ITEMS = tuple((region.upper(), *REGION_TITLES[region]) for region in REGIONS)
EMOTION_ITEMS = tuple((name.upper(), name.capitalize(), f"The {name} face of the whole clip") for name in EMOTIONS)
LOOK_ITEMS = (
    ("A", "A-Pose", "Arms lowered at rest"),
    ("T", "T-Pose", "Arms stretched out at rest"),
)
FORMAT_ITEMS = (
    ("FBX", "FBX", "For game engines and other 3D programs"),
    ("GLTF", "glTF", "One .glb file, for the web and game engines"),
    ("NPZ", "Performance", "The .npz in the SMPL-X layout, for scripts and other tools"),
)
EXTENSIONS = {"FBX": ".fbx", "GLTF": ".glb", "NPZ": ".npz"}


def strength(name: str, description: str) -> Any:
    """Return a strength slider: 0 is off, 1 natural, 2 twice as strong."""
    return FloatProperty(name=name, description=description, default=1.0, min=0.0, max=4.0, soft_max=2.0, precision=2)


def _is_armature(self: Any, item: bpy.types.Object) -> bool:
    return item.type == "ARMATURE"


def _take_name_changed(self: Any, context: Any) -> None:
    from . import take_list

    take_list.name_edited(self)


def _take_chosen(self: Any, context: Any) -> None:
    from . import take_list

    take_list.chosen(self, context)


class SoliloquySettings(bpy.types.PropertyGroup):
    """Settings of the next performance."""

    source: EnumProperty(
        name="Speech",
        description="Where the speech comes from",
        items=(
            ("STRIP", "Strip", "The active sound strip of the Sequencer", "SEQUENCE", 0),
            ("FILE", "File", "A sound file", "FILE_SOUND", 1),
        ),
    )
    filepath: StringProperty(name="File", description="The speech", subtype="FILE_PATH", options=PATH_OPTIONS)
    add_sound: BoolProperty(
        name="Add Sound Strip",
        description="Put the file into the Sequencer at the current frame, so that it is heard",
        default=True,
    )
    character: PointerProperty(
        name="Character",
        description="The armature that shall speak. Empty: the active character, or the only one in the scene",
        type=bpy.types.Object,
        poll=_is_armature,
    )
    look: EnumProperty(name="Rest Pose", description="Rest pose of a new character", items=LOOK_ITEMS)

    face: EnumProperty(name="Face Engine", description="What makes the lips and the face", items=FACE_ITEMS)
    emotion_mode: EnumProperty(name="Directed By", description="What decides the emotion", items=MODE_ITEMS)
    emotion: EnumProperty(name="Emotion", description="Emotion of the whole clip", items=EMOTION_ITEMS)
    intensity: FloatProperty(
        name="Intensity", description="Strength of the emotion", default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )
    emotion_mix: PointerProperty(type=SoliloquyEmotionMix)
    voice_emotion: FloatProperty(
        name="From Voice",
        description="Share of the emotion heard in the voice: 0 as directed, 1 as heard",
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        options=set(),
    )
    emotion_track: StringProperty(
        name="Track File", description="JSON file with emotions over time", subtype="FILE_PATH", options=PATH_OPTIONS
    )
    seed: IntProperty(
        name="Seed",
        description="Same seed, same gestures, blinks and glances. The lips do not depend on it",
        min=0,
        max=2**31 - 1,
    )
    regions: EnumProperty(
        name="Animate",
        description="What is animated; the rest keeps the keys it has",
        items=REGION_ITEMS,
        options={"ENUM_FLAG"},
        default={item[0] for item in REGION_ITEMS},
    )
    body: gesture_property("body")
    style: gesture_property("style")
    energy: gesture_property("energy")
    rate: gesture_property("rate")
    handedness: gesture_property("handedness")
    posture: gesture_property("posture")
    contacts: gesture_property("contacts")
    upper_face: EnumProperty(
        name="Upper Face", description="How brows, lids and head follow the voice", items=UPPER_FACE_ITEMS
    )
    blink_strength: strength("Blinks", "How far the lids close in a blink")
    eye_darts: strength("Eye Darts", "How far the eyes dart")
    brow_strength: strength("Brows", "Brow accents on stressed syllables")
    head_motion: strength("Head", "Head movement with pitch and loudness")
    breathing: strength("Breathing", "Rise and fall of the chest")
    weight_shift: strength("Weight Shift", "Shift of weight from foot to foot")
    gaze_object: PointerProperty(
        name="Look At", description="Object the eyes and the head turn to. Empty: free gaze", type=bpy.types.Object
    )
    extend_scene: BoolProperty(
        name="Extend Scene",
        description="Move the end of the scene's frame range when the performance is longer",
        default=True,
    )
    interpolation: EnumProperty(
        name="Keys",
        description="How the keys are joined",
        items=(
            ("BEZIER", "Bezier", "Few keys with handles: pleasant to edit"),
            ("LINEAR", "Linear", "Straight lines between keys"),
        ),
    )
    part: PointerProperty(type=SoliloquyPart)
    export_format: EnumProperty(name="Format", description="File format of the export", items=FORMAT_ITEMS)


class SoliloquyTake(bpy.types.PropertyGroup):
    """One row of the list of takes; the take itself lives in its actions."""

    name: StringProperty(name="Name", description="Name of the take", update=_take_name_changed)
    take_id: StringProperty()
    active: BoolProperty()
    summary: StringProperty()


class SoliloquyTakeList(bpy.types.PropertyGroup):
    """The takes of the chosen character as the panels show them."""

    takes: CollectionProperty(type=SoliloquyTake)
    index: IntProperty(name="Take", description="The chosen take plays", update=_take_chosen)
    owner: StringProperty()


CLASSES = (SoliloquyPart, SoliloquySettings, SoliloquyTake, SoliloquyTakeList)


def register() -> None:
    """Attach the settings to scenes, and the list of takes to the window manager, which files do not save."""
    bpy.types.Scene.soliloquy = PointerProperty(type=SoliloquySettings)
    bpy.types.WindowManager.soliloquy_takes = PointerProperty(type=SoliloquyTakeList)


def unregister() -> None:
    """Take the settings back."""
    del bpy.types.WindowManager.soliloquy_takes
    del bpy.types.Scene.soliloquy
