"""Direct by type of character, a preset that sets several settings at once, or in words, written down as keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..inference.errors import SoliloquyError
from ..inference.gestures.settings import CHOSEN, GestureSettings
from ..inference.setting import settings_of
from ..inference.settings import AnimateSettings
from . import handlers, session
from .choice import speech_reason
from .emotion_properties import Directed, directing
from .reason import Reasoned
from .setting_properties import chosen, shown_value

if TYPE_CHECKING:
    from ..inference.direction.cue import Direction
    from ..inference.presets import Preset

_READ_AT_ONCE = 400
"""Letters of a text that is read while it is drawn."""
_shown: tuple[str, Direction] | None = None
"""The text that was read last, and how."""
_waiting: set[str] = set()
_ITEMS: dict[bool, list[tuple[str, str, str]]] = {}  # Blender keeps no reference to the texts of a menu of a function.


def _items(own: bool) -> list[tuple[str, str, str]]:
    from ..inference.presets import own_presets, presets

    found = own_presets() if own else presets()
    items = [(preset.name.upper(), preset.title, preset.text) for preset in found.values()]
    if _ITEMS.get(own) != items:
        _ITEMS[own] = items
    return _ITEMS[own]


def _meant(identifier: str) -> Preset:
    """Return the preset behind an entry of a menu; capitals of some letters, as of ß, cannot be undone.

    Raises
    ------
    SoliloquyError
        When it is gone, or was damaged since the menu opened.
    """
    from ..inference.presets import find_preset, presets

    found = next((preset for preset in presets().values() if preset.name.upper() == identifier), None)
    return found if found is not None else find_preset(identifier.lower())


def _all_items(_self: Any, _context: Any) -> list[tuple[str, str, str]]:
    return _items(False)


def _own_items(_self: Any, _context: Any) -> list[tuple[str, str, str]]:
    return _items(True)


class SOLILOQUY_OT_preset(bpy.types.Operator):
    """Direct the next take by a type of character: gestures, posture, head, eyes and emotion at once"""

    bl_idname = "soliloquy.preset"
    bl_label = "Character Type"
    bl_options = {"REGISTER", "UNDO"}

    preset: EnumProperty(name="Character Type", description="Who is speaking", items=_all_items)

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """Return what the type is like, for the menu."""
        try:
            return _meant(properties.preset).text if properties.preset else (cls.__doc__ or "")
        except SoliloquyError as error:
            return str(error)

    def execute(self, context: Any) -> set[str]:
        """Set the sliders, the character's own where it has a direction of its own."""
        try:
            chosen_type = _meant(self.preset)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        by = directing(context)
        for cls in (AnimateSettings, GestureSettings):
            known = settings_of(cls)
            for name, value in chosen_type.of(cls).items():
                by.put(known[name].shown_name, shown_value(known[name], value))
        self.report({"INFO"}, f"Directed as: {chosen_type.title}. Press Animate for a take.")
        return {"FINISHED"}


class SOLILOQUY_OT_save_preset(bpy.types.Operator):
    """Keep how the next take is directed as a character type of your own, for every file and for the command line"""

    bl_idname = "soliloquy.save_preset"
    bl_label = "Save Character Type"
    bl_options = {"REGISTER"}

    name: StringProperty(name="Name", description="What the menu shall call it", maxlen=40)
    replace: BoolProperty(
        name="Replace", description="Replace a type of your own that has this name", options={"SKIP_SAVE"}
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the name."""
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: Any) -> set[str]:
        """Write it."""
        from ..inference.presets import save_preset

        by = directing(context)
        values = {
            **chosen(AnimateSettings, by.value, only=_held()),
            **chosen(GestureSettings, by.value, only=_held()),
        }
        try:
            saved = save_preset(self.name, values, replace=self.replace)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        _ITEMS.clear()
        self.report({"INFO"}, f"{saved.title} is among the character types.")
        return {"FINISHED"}


class SOLILOQUY_OT_remove_preset(bpy.types.Operator):
    """Delete a character type of your own; scenes and takes that were directed by it stay as they are"""

    bl_idname = "soliloquy.remove_preset"
    bl_label = "Remove Character Type"
    bl_options = {"REGISTER"}

    preset: EnumProperty(name="Character Type", description="Which of your own", items=_own_items)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Enabled where there is one."""
        cls.poll_message_set("There is no character type of your own.")
        # Panels ask at every drawing: files are read once, and when a menu opens.
        return bool(_ITEMS[True] if True in _ITEMS else _items(True))

    def execute(self, context: Any) -> set[str]:
        """Delete it."""
        from ..inference.presets import remove_preset

        try:
            preset = _meant(self.preset)
            remove_preset(preset.name)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        _ITEMS.clear()
        self.report({"INFO"}, f"{preset.title} is removed.")
        return {"FINISHED"}


def _held() -> tuple[str, ...]:
    """Return the names of the settings that presets hold."""
    from ..inference.presets import shipped_presets

    return tuple(next(iter(shipped_presets().values())).values)


def reading(text: str) -> Direction | None:
    """Return how a text is read, before it is placed in a speech; for drawing.

    Returns
    -------
    Direction or None
        None for a long text that is read outside of drawing, which comes back to it then.

    Raises
    ------
    SoliloquyError
        When it is too long.
    """
    from ..inference.direction.grammar import MOST_LETTERS, read_direction

    global _shown
    if _shown is not None and _shown[0] == text:
        return _shown[1]
    # One that is too long is refused at once: asked for again and again it would be drawn for ever.
    if _READ_AT_ONCE < len(text) <= MOST_LETTERS and not bpy.app.background:
        _waiting.add(text)
        handlers.soon(_read_soon)
        return None
    _shown = text, read_direction(text)
    return _shown[1]


def forget() -> None:
    """Let go of what waits to be read."""
    handlers.not_any_more(_read_soon)


def _read_soon() -> None:
    global _shown
    from ..inference.direction.grammar import read_direction

    while _waiting:
        text = _waiting.pop()
        _shown = text, read_direction(text)
    session.redraw()


class SOLILOQUY_OT_write_direction(Reasoned, bpy.types.Operator):
    """Write what the direction says as keys on sliders and menus; what is done at a moment stays in the text"""

    bl_idname = "soliloquy.write_direction"
    bl_label = "Write Direction as Keys"
    bl_options = {"REGISTER", "UNDO"}

    replace: BoolProperty(
        name="Replace", description="Replace the keys that are already along the speech", options={"SKIP_SAVE"}
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return speech_reason(context) or (
            "" if directing(context).value("direct").strip() else "Write a direction first."
        )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Write; asks first where keys are in the way."""
        try:
            found = _tracks(context)
        except SoliloquyError:
            return self.execute(context)
        if not self.replace and _occupied(directing(context), found.tracks):
            self.replace = True
            return context.window_manager.invoke_props_dialog(self)
        return self.execute(context)

    def draw(self, context: Any) -> None:
        """Draw the question."""
        self.layout.label(text="The keys along the speech will be replaced.", icon="QUESTION")

    def execute(self, context: Any) -> set[str]:
        """Write the keys, and leave the text to be written anew."""
        from ..rigs.takes.property_curves import write_keys

        by = directing(context)
        try:
            found = _tracks(context)
            if not self.replace and _occupied(by, found.tracks):
                raise SoliloquyError("There are keys along the speech already.", "Pass replace=True to replace them.")
            if not found.tracks:
                raise SoliloquyError("Nothing in the direction can be keyed.", "Read what stands below the field.")
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        written = sum(write_keys(by.owner, paths, frames, values) for paths, frames, values in found.tracks)
        if any(len(paths) > 1 for paths, _, _ in found.tracks):
            by.put("emotion_mode", "MIX")
        by.put("direct", found.left)
        said = " ".join((f"Direction written: {written} keys.", *found.missed))
        self.report({"WARNING" if found.missed else "INFO"}, said)
        return {"FINISHED"}


Tracks = list[tuple[list[str], Any, Any]]
"""Data paths of sliders and menus, the frames of their keys (N,), and their values there (N, C)."""


@dataclass(frozen=True)
class _Written:
    """What a direction comes to as keys."""

    tracks: Tracks
    left: str
    """What no key can hold, as text: acts."""
    missed: tuple[str, ...]
    """Sentences about what was not understood, or cannot be keyed."""


def _tracks(context: Any) -> _Written:
    """Return what the direction keys along the speech."""
    from ..inference.direction.acts import in_words
    from ..inference.direction.moments import Clip
    from ..inference.direction.placing import directed_by_text
    from ..inference.settings import DIRECTED
    from ..inference.words.word import words_of
    from . import request
    from .emotion_request import directed, weight_paths
    from .word_request import words_in_sequencer

    scene, by = context.scene, directing(context)
    _audio, first_frame, seconds, _title = request.speech(context, {})
    if seconds is None:
        raise SoliloquyError("How long the file is, is not known.", "Choose a sound strip under Speech.")
    fps = request.scene_fps(scene)
    gestures = GestureSettings(**chosen(GestureSettings, by.value))
    fields, _ = directed(context, {}, by, gestures, first_frame, fps, seconds)
    values = chosen(AnimateSettings, by.value, only=("direct", *DIRECTED))
    spoken = words_in_sequencer(context, first_frame, fps, seconds)
    words = words_of(word.to_row() for word in spoken) if spoken else None
    base = AnimateSettings(**{**values, **fields})
    made, direction = directed_by_text(base, Clip(seconds, 0.0, words))
    found: Tracks = []
    if made.emotion_curves != base.emotion_curves:
        rows = np.array(made.emotion_curves)
        found.append((weight_paths(by), first_frame + fps * rows[:, 0], rows[:, 1:]))
    for name in DIRECTED:
        keys = _keys(made, name)
        if keys and keys != _keys(base, name):
            table = np.array(keys)
            found.append(([by.path(name)], first_frame + fps * table[:, 0], table[:, 1:]))
    for name, names in CHOSEN.items():
        rows = made.gestures.rows(name)
        if rows != base.gestures.rows(name):
            frames = np.array([first_frame + fps * max(time, 0.0) for time, _ in rows])
            found.append(([by.path(name)], frames, np.array([[names.index(chosen_then)] for _, chosen_then in rows])))
    missed = tuple(item.sentence() for item in direction.missed)
    if made.gestures.posture != base.gestures.posture:
        missed += ("Posture is not keyed: choose it under Body & Gestures.",)
    return _Written(found, in_words(made.acts), missed)


def _keys(settings: AnimateSettings, name: str) -> list[tuple[float, float]]:
    return [(time, value) for time, word, value in settings.direction_track if word == name]


def _occupied(by: Directed, tracks: Tracks) -> bool:
    from ..rigs.takes.property_curves import keys_between

    return any(keys_between(by.owner, paths, float(frames[0]), float(frames[-1])) for paths, frames, _ in tracks)


CLASSES = (
    SOLILOQUY_OT_preset,
    SOLILOQUY_OT_save_preset,
    SOLILOQUY_OT_remove_preset,
    SOLILOQUY_OT_write_direction,
)
