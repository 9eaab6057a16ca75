"""Whom of the cast to add: the menu's items with their pictures, and the parts that may stand in for a look's own."""

from __future__ import annotations

from typing import Any

from ..inference.errors import SoliloquyError
from ..inference.shipped import ROOT

THUMBNAILS = ROOT / "assets" / "cast" / "thumbnails"
_KINDS = ("hair", "brows", "beard", "outfit", "glasses")
AS_LOOK = "look"
"""Instead of a part's name: what the look says."""
_previews: list[Any] = []
_items: dict[str, list[tuple[Any, ...]]] = {}


def _icon(name: str) -> int:
    """Return the number of a person's picture; 0 where there is none, as without a window."""
    import bpy.utils.previews

    if not _previews:
        _previews.append(bpy.utils.previews.new())
    path = THUMBNAILS / f"{name}.jpg"
    if not path.is_file():
        return 0
    known = _previews[0].get(name)
    return (known or _previews[0].load(name, str(path), "IMAGE")).icon_id


def person_items(_self: Any, _context: Any) -> list[tuple[Any, ...]]:
    """Return the cast as items of an ``EnumProperty``; Blender needs them to stay in memory."""
    from ..inference.looks import looks

    if "person" not in _items:
        try:
            found = looks()
        except SoliloquyError:
            return [("default", "Default", "The default character")]
        _items["person"] = [
            (name, look.title, look.described(), _icon(name), number)
            for number, (name, look) in enumerate(found.items())
        ]
    return _items["person"]


def part_items(kind: str) -> Any:
    """Return what gives the items of an ``EnumProperty`` for one kind of part."""

    def items(_self: Any, _context: Any) -> list[tuple[Any, ...]]:
        from ..inference.cast import NONE, part_names

        if kind not in _items:
            named = [(name, name.replace("_", " ").title(), "") for name in part_names(kind)]
            _items[kind] = [
                (AS_LOOK, "As the Look", "What this person has"), (NONE, "None", f"No {kind}"), *named,
            ]  # fmt: skip
        return _items[kind]

    return items


def chosen_parts(operator: Any) -> dict[str, str]:
    """Return the parts that an operator's properties name."""
    values = {kind: getattr(operator, kind) for kind in _KINDS}
    return {kind: value for kind, value in values.items() if value not in ("", AS_LOOK)}


def forget() -> None:
    """Release the pictures."""
    import bpy.utils.previews

    for collection in _previews:
        bpy.utils.previews.remove(collection)
    _previews.clear()
    _items.clear()
