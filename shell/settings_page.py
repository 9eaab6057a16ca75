"""Writes ``docs/settings.md``, the table of every setting, out of the settings themselves.

python -m soliloquy.shell.settings_page
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..inference.craft_settings import LipCraft
from ..inference.emotion.affect import Affect
from ..inference.gestures.settings import GestureSettings
from ..inference.setting import Setting, Settings, settings_of
from ..inference.settings import AnimateSettings, AudioRange, Series
from ..inference.shape.settings import Reshape
from ..inference.words.settings import WordSettings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "settings.md"
_HEAD = """\
# Every setting

Written by `python -m soliloquy.shell.settings_page` out of the declarations; change those, not this page.

A value is checked however it comes: from a script, a file, the command line or a panel. What is not finite, out of
range, of another type or an unknown name is refused in one sentence. The command line calls a setting by its *option*;
`scene.soliloquy` and the operators `bpy.ops.soliloquy.*` by its *property*; Python and the files' `meta["settings"]` by
its *field*. Names in Blender's menus are in capitals.
"""
_SECTIONS: tuple[tuple[type[Settings], str, str], ...] = (
    (
        AnimateSettings,
        "The performance",
        "`AnimateSettings` in `inference/settings.py`. Properties are the scene's (`scene.soliloquy`) and those of\n"
        "`soliloquy.animate`, those of the mouth the character's own (`armature.soliloquy_mouth`); the frame rate is\n"
        "the scene's, the device is in the preferences.",
    ),
    (
        GestureSettings,
        "Hands and body",
        "`GestureSettings` in `inference/gestures/settings.py`, the field `gestures` of `AnimateSettings`. Properties\n"
        "are the scene's, those of `soliloquy.animate` and, without `posture`, of `soliloquy.regenerate`. See\n"
        "[gestures_controls.md](gestures_controls.md).",
    ),
    (
        WordSettings,
        "What is said",
        "`WordSettings` in `inference/words/settings.py`, the field `words` of `AnimateSettings`. Properties are the\n"
        "scene's and those of `soliloquy.animate`. See [words.md](words.md).",
    ),
    (
        LipCraft,
        "The lips",
        "`LipCraft` in `inference/craft.py`, the field `craft` of `AnimateSettings`. Properties are those of\n"
        "`soliloquy.craft` and of a take's own sliders; options those of `soliloquy craft` and `soliloquy animate`.\n"
        "See [lip_craft.md](lip_craft.md).",
    ),
    (
        Reshape,
        "Re-shape",
        "`Reshape` in `inference/shape/settings.py`: what else changes about a finished performance. Options are\n"
        "those of `soliloquy craft`, properties those of `soliloquy.reshape` and of a take's own sliders. See\n"
        "[reshape.md](reshape.md).",
    ),
    (
        Affect,
        "Valence and arousal",
        "`Affect` in `inference/emotion/affect.py`: another way to say an emotion. Properties are those of\n"
        "`scene.soliloquy.emotion_mix` and of `soliloquy.animate`. See [emotions.md](emotions.md).",
    ),
    (
        AudioRange,
        "The recording",
        "`AudioRange` in `inference/settings.py`. Properties are those of `soliloquy.animate` and\n"
        "`soliloquy.hear_emotion`.",
    ),
    (Series, "Several takes", "`Series` in `inference/settings.py`. The property is that of `soliloquy.animate`."),
)


def settings_page() -> str:
    """Return the page in Markdown."""
    parts = [_HEAD]
    for cls, title, text in _SECTIONS:
        parts.append(f"\n## {title}\n\n{text}\n\n{settings_table(cls)}")
    return "".join(parts)


def settings_table(cls: type[Any]) -> str:
    """Return the table of a class's settings in Markdown."""
    lines = ["| setting | field | option | property | values | default | what it does |", "|" + "---|" * 7]
    lines += [_row(item) for item in settings_of(cls).values()]
    return "\n".join(lines) + "\n"


def _row(item: Setting) -> str:
    option = f"`{item.option_name}`" if item.option_name else ""
    shown = f"`{item.shown_name}`" if item.panel and item.scalar else ""
    cells = (item.title, f"`{item.name}`", option, shown, _values(item), _default(item), f"{item.text}.")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _values(item: Setting) -> str:
    if issubclass(item.kind, Settings):
        return f"a `{item.kind.__name__}`"
    if callable(item.names):
        return "see `soliloquy engines`"
    if item.names:
        return ", ".join(f"`{choice.name}`" for choice in item.choices)
    if item.kind is bool:
        return "on, off"
    text = _range(item, 1.0) + (f" {item.unit}" if item.unit else "")
    if item.milliseconds:
        text += f"; option and property: {_range(item, item.scale)} ms"
    return text if item.kind in (float, int) else "rows" if item.check_value else "text"


def _range(item: Setting, scale: float) -> str:
    low, high = (None if end is None else f"{scale * end:.10g}" for end in (item.low, item.high))
    return f"{low} to {high}" if high is not None else f"from {low}" if low is not None else "any"


def _default(item: Setting) -> str:
    if item.required:
        return "must be given"
    if issubclass(item.kind, Settings):
        return "its own"
    if item.default is None:
        return "not given"
    if item.kind is bool:
        return "on" if item.default else "off"
    if item.kind is tuple:
        return "all" if item.names else "none"
    return f"`{item.default}`" if item.kind is str else f"{item.default:g}"


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8", newline="\n")
    print(PAGE)
