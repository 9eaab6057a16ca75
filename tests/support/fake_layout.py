"""A layout that draws nothing, remembers what was asked of it, and refuses what Blender would refuse."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import bpy


class FakeLayout:
    """Records labels, properties and operators; asserts that each property, operator and icon exists."""

    def __init__(self, record: SimpleNamespace | None = None) -> None:
        self.record = record or SimpleNamespace(labels=[], properties=[], operators=[], progress=[], disabled=[])
        self.enabled = True

    def _child(self, *_: Any, **__: Any) -> FakeLayout:
        child = FakeLayout(self.record)
        child.enabled = self.enabled
        return child

    row = column = box = split = grid_flow = column_flow = _child

    def panel(self, _: str, **__: Any) -> tuple[FakeLayout, FakeLayout]:
        """Return header and body of a part that can be folded; it is open."""
        return self._child(), self._child()

    def label(self, *, text: str = "", icon: str = "NONE", **_: Any) -> None:
        """Remember a label."""
        _check_icon(icon)
        self.record.labels.append(text)

    def menu(self, name: str, *, icon: str = "NONE", **_: Any) -> None:
        """Take a menu that exists."""
        _check_icon(icon)
        assert hasattr(bpy.types, name), f"there is no menu '{name}'"

    def separator(self, **_: Any) -> None:
        """Leave room."""

    def progress(self, *, factor: float, text: str = "", type: str = "RING", **_: Any) -> None:
        """Remember a progress bar."""
        assert 0.0 <= factor <= 1.0
        self.record.progress.append((factor, text))

    def prop(self, data: Any, name: str, *, icon: str = "NONE", text: str = "", **_: Any) -> None:
        """Remember a property that exists."""
        _check_icon(icon)
        own = name.startswith('["') and name[2:-2] in data  # a custom property
        assert own or name in data.bl_rna.properties, f"{type(data).__name__} has no property '{name}'"
        self.record.properties.append(name)

    def prop_search(self, data: Any, name: str, holder: Any, items: str, **_: Any) -> None:
        """Remember a property whose value is looked up in a collection that exists."""
        assert items in holder.bl_rna.properties, f"{type(holder).__name__} has no collection '{items}'"
        self.prop(data, name)

    def template_icon_view(self, data: Any, name: str, **_: Any) -> None:
        """Remember a property that is chosen by picture."""
        self.prop(data, name)

    def prop_enum(self, data: Any, name: str, value: str, **_: Any) -> None:
        """Remember one value of an enumeration that has it."""
        assert value in data.bl_rna.properties[name].enum_items, f"'{name}' has no value '{value}'"
        self.record.properties.append(f"{name}:{value}")

    def operator(self, name: str, *, text: str | None = None, icon: str = "NONE", **_: Any) -> Any:
        """Remember an operator that exists; returns something that takes its properties only."""
        _check_icon(icon)
        module, _dot, function = name.partition(".")
        kind = getattr(bpy.ops, module)
        known = getattr(kind, function).get_rna_type().properties
        self.record.operators.append(name)
        if not self.enabled:
            self.record.disabled.append(name)
        return _Properties(known)

    def operator_menu_enum(self, name: str, property: str, *, text: str = "", icon: str = "NONE", **_: Any) -> Any:
        """Remember an operator whose choices are a menu; it exists and has the property."""
        made = self.operator(name, text=text, icon=icon)
        assert property in made.known
        return made

    def template_list(self, name: str, _: str, data: Any, items: str, active: Any, index: str, **__: Any) -> None:
        """Draw every row of a list."""
        assert items in data.bl_rna.properties
        assert index in active.bl_rna.properties
        drawer = getattr(bpy.types, name)
        for number, item in enumerate(getattr(data, items)):
            drawer.draw_item(SimpleNamespace(), bpy.context, self, data, item, 0, active, index, number)


class _Properties:
    def __init__(self, known: Any) -> None:
        object.__setattr__(self, "known", known)

    def __setattr__(self, name: str, value: Any) -> None:
        assert name in self.known, f"the operator has no property '{name}'"


def _check_icon(icon: str) -> None:
    icons = bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items
    assert icon in icons, f"Blender has no icon '{icon}'"


def draw(identifier: str) -> SimpleNamespace | None:
    """Draw one registered panel as Blender would; returns what it asked for, None when it hides."""
    panel = getattr(bpy.types, identifier)
    if hasattr(panel, "poll") and not panel.poll(bpy.context):
        return None
    layout = FakeLayout()
    panel.draw(SimpleNamespace(layout=layout), bpy.context)
    return layout.record


def panel_names() -> list[str]:
    """Return the identifiers of all our panels."""
    return [name for name in dir(bpy.types) if name.startswith("SOLILOQUY_PT_")]
