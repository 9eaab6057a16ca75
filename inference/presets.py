"""Direction by type of character: values for several settings at once.

Those that come along are data in ``assets/presets.json``; a person's own are files in :func:`own_folder`, one each,
shared by Blender and the command line and untouched by updates. A preset is only a starting point. It names the same
settings as every other preset, so that changing from one to the next leaves nothing of the last behind; what an artist
changes afterwards counts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from .errors import BadFile, NotSaved, SoliloquyError
from .gestures.settings import GestureSettings
from .plain_json import read_json
from .saving import private_folder, write_json
from .setting import settings_of
from .settings import AnimateSettings
from .user_folders import data_folder

FILE = Path(__file__).resolve().parents[1] / "assets" / "presets.json"
MOST_OWN = 200
"""Presets of one's own that are listed."""
_MOST_BYTES = 1 << 16
_LONGEST_TITLE, _LONGEST_TEXT = 40, 200


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


def presets() -> dict[str, Preset]:
    """Return the presets by name, in the order of the menu: those that come along, then a person's own.

    One of a person's own that is damaged is left out; :func:`find_preset` says what is wrong with it.

    Raises
    ------
    BadFile
        When the file of those that come along is missing or damaged, or names a setting or a value that there is not.
    """
    found = dict(shipped_presets())
    for path in _own_files():
        try:
            found.setdefault(path.stem, _own(path))
        except SoliloquyError:
            continue
    return found


@functools.cache
def shipped_presets() -> dict[str, Preset]:
    """Return the presets that come along.

    Raises
    ------
    BadFile
        As :func:`presets`.
    """
    again = "Install it again."
    try:
        content = cast("dict[str, Any]", read_json(FILE))
        return {name: _preset(name, said, again) for name, said in content.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise BadFile("The presets that come with Soliloquy cannot be read.", again) from error


def find_preset(name: str) -> Preset:
    """Return a preset by its name.

    Raises
    ------
    SoliloquyError
        When there is none of that name.
    BadFile
        When it is a person's own and its file is damaged.
    """
    found = presets().get(name)
    if found is None:
        path = own_folder() / f"{name}.json"
        if re.fullmatch(r"\w+", name) and path.is_file():
            return _own(path)
        raise SoliloquyError(f"There is no preset '{name[:40]}'.", f"Choose one of: {', '.join(presets())}.")
    return found


def own_folder() -> Path:
    """Return where a person's own presets are kept; not created."""
    return data_folder() / "presets"


def own_presets() -> dict[str, Preset]:
    """Return a person's own presets by name."""
    return {name: preset for name, preset in presets().items() if name not in shipped_presets()}


def save_preset(title: str, values: Mapping[str, Any], text: str = "", *, replace: bool = False) -> Preset:
    """Keep values of settings as a preset of one's own, and return it.

    Parameters
    ----------
    title : str
        As the panels shall show it; its name follows from it.
    values : mapping
        Settings by name; those that presets hold are kept, what is missing has its default.

    Raises
    ------
    SoliloquyError
        When the title is taken or none, or a value cannot be used.
    NotSaved
        When it cannot be written.
    """
    title = " ".join(title.split())
    name = re.sub(r"\W+", "_", title.lower()).strip("_")
    if not name or len(title) > _LONGEST_TITLE:
        raise SoliloquyError("The preset has no name.", f"Give it one of at most {_LONGEST_TITLE} letters.")
    if name in shipped_presets():
        raise SoliloquyError(f"'{title}' comes with Soliloquy and stays as it is.", "Give another name.")
    path = own_folder() / f"{name}.json"
    if path.exists() and not replace:
        raise SoliloquyError(f"There is a preset '{title}' already.", "Give another name, or replace it.")
    if len(_own_files()) >= MOST_OWN and not path.exists():
        raise SoliloquyError(f"There are {MOST_OWN} presets already.", "Remove one first.")
    known = _known()
    kept = {setting: known[setting].check(values.get(setting, known[setting].default)) for setting in _held()}
    said = {"title": title, "text": " ".join(text.split())[:_LONGEST_TEXT], "settings": kept}
    try:
        private_folder(path.parent)
    except OSError as error:
        raise NotSaved(f"The folder '{path.parent}' cannot be made: {error.strerror}.", "Check its rights.") from error
    write_json(path, said)
    return _preset(name, said, "")


def remove_preset(name: str) -> None:
    """Delete a preset of one's own.

    Raises
    ------
    SoliloquyError
        When it is none, or cannot be deleted.
    """
    if name in shipped_presets():
        raise SoliloquyError(f"'{shipped_presets()[name].title}' comes with Soliloquy and stays.", "Choose another.")
    path = own_folder() / f"{name}.json"
    if not re.fullmatch(r"\w+", name) or not path.is_file():
        raise SoliloquyError(f"There is no preset '{name[:40]}' of your own.", "Choose another.")
    try:
        path.unlink()
    except OSError as error:
        raise NotSaved(f"The preset '{name}' cannot be deleted: {error.strerror}.", f"Delete '{path}'.") from error


def _own_files() -> list[Path]:
    try:
        return sorted(path for path in own_folder().glob("*.json") if re.fullmatch(r"\w+", path.stem))[:MOST_OWN]
    except OSError:
        return []


def _own(path: Path) -> Preset:
    remedy = f"Delete '{path}', or save it anew."
    try:
        content: object = read_json(path, most_bytes=_MOST_BYTES)
    except (OSError, ValueError) as error:
        raise BadFile(f"The preset '{path.stem}' cannot be read ({error}).", remedy) from error
    return _preset(path.stem, content, remedy)


def _preset(name: str, said: object, remedy: str) -> Preset:
    """Return a preset from plain JSON values, checked."""
    try:
        table = cast("dict[str, Any]", said)
        found = Preset(name, str(table["title"]), str(table["text"]), dict(table["settings"]))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadFile(f"The preset '{name}' is none.", remedy) from error
    if len(found.title) > _LONGEST_TITLE or len(found.text) > _LONGEST_TEXT:
        raise BadFile(f"The title or the text of the preset '{name}' is too long.", remedy)
    known = _known()
    for setting, value in found.values.items():
        if setting not in known:
            raise BadFile(f"The preset '{name}' names an unknown setting '{str(setting)[:40]}'.", remedy)
        try:
            known[setting].check(value)
        except SoliloquyError as error:
            raise BadFile(f"The preset '{name}' cannot be used: {error.message}", error.hint or remedy) from error
    return found


def _known() -> dict[str, Any]:
    return {**settings_of(GestureSettings), **settings_of(AnimateSettings)}


def _held() -> tuple[str, ...]:
    """Return the settings that every preset holds."""
    return tuple(next(iter(shipped_presets().values())).values)
