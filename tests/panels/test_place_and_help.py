"""Where the panels are, how one begins, and where their question marks lead."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import FakeLayout, draw, panel_names

from soliloquy.operators import speakers
from soliloquy.operators.help_pages import DOCS, address, anchor_of, page_of
from soliloquy.operators.preferences import preferences
from soliloquy.panels import CLASSES, menu


@pytest.fixture
def chosen() -> Iterator[Any]:
    """The preferences, as they were before afterwards."""
    found = preferences()
    yield found
    found.tab_name, found.in_properties, found.welcomed = "Soliloquy", False, False


def test_the_tab_is_where_the_artist_wants_it(chosen: Any) -> None:
    before = panel_names()
    chosen.tab_name = "Animation"
    assert {getattr(bpy.types, name).bl_category for name in panel_names()} == {"Animation"}
    assert panel_names() == before
    chosen.tab_name = " "
    assert {getattr(bpy.types, name).bl_category for name in panel_names()} == {"Soliloquy"}


def test_the_properties_show_the_panels_too_when_asked_to(chosen: Any) -> None:
    assert not [name for name in panel_names() if name.endswith("_properties")]
    chosen.in_properties = True
    there = [name for name in panel_names() if name.endswith("_properties")]
    assert len(there) == len(panel_names()) / 3
    assert draw("SOLILOQUY_PT_animate_properties") == draw("SOLILOQUY_PT_animate")
    chosen.in_properties = False
    assert not [name for name in panel_names() if name.endswith("_properties")]


def test_the_welcome_says_in_three_sentences_how_to_begin_and_goes_for_good(chosen: Any) -> None:
    drawn = draw("SOLILOQUY_PT_welcome")
    assert drawn is not None
    text = " ".join(drawn.labels)
    assert text.count(".") == 3
    assert text.index("character") < text.index("speech") < text.index("Animate")
    assert drawn.operators == ["soliloquy.help", "soliloquy.welcome_done"]
    bpy.ops.soliloquy.welcome_done()
    assert draw("SOLILOQUY_PT_welcome") is None
    assert chosen.welcomed


def _help_pages() -> dict[str, str]:
    return {item.bl_label: item.help_page for item in CLASSES if hasattr(item, "help_page")}


def test_question_marks_lead_to_places_that_exist() -> None:
    pages = _help_pages()
    assert {"Character", "Speech", "Animate", "Takes", "Export", "Emotion", "Re-shape", "Lip Craft"} <= set(pages)
    for label, page in pages.items():
        name, _, heading = page.partition("#")
        assert (DOCS / name).is_file(), f"{label}: {page}"
        lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
        headings = {anchor_of(line.lstrip("#").strip()) for line in lines if line.startswith("#")}
        assert not heading or heading in headings, f"{label}: {page}"


def test_a_question_mark_is_drawn_in_the_header() -> None:
    layout = FakeLayout()
    bpy.types.SOLILOQUY_PT_emotion.draw_header_preset(SimpleNamespace(layout=layout), bpy.context)
    assert layout.record.operators == ["soliloquy.help"]


def test_help_opens_a_page_without_the_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url, *_: opened.append(url))
    bpy.ops.soliloquy.help(page="emotions.md")
    assert len(opened) == 1
    assert opened[0].startswith("file://")
    text = Path(opened[0].removeprefix("file://")).read_text(encoding="utf-8")
    assert "<h1" in text
    assert "<table>" in text
    with pytest.raises(RuntimeError, match="no help page 'gone.md'"):
        bpy.ops.soliloquy.help(page="gone.md")
    with pytest.raises(RuntimeError, match="no help page"):
        bpy.ops.soliloquy.help(page="../README.md")


def test_no_page_for_the_browser_has_a_dead_link() -> None:
    import re

    folder = Path(address("README.md").removeprefix("file://")).parent
    for page in folder.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"(?:href|src)='([^'#]+)", text):
            place = Path(target.removeprefix("file://")) if target.startswith("file:") else folder / target
            assert target.startswith("http") or place.is_file(), f"{page.name}: {target}"
        assert "](" not in re.sub(r"<code>.*?</code>", "", text, flags=re.DOTALL), (
            f"{page.name}: a link was left as it is"
        )


def test_markdown_becomes_what_it_means() -> None:
    text = page_of(
        "# One\n\nA *soft* **loud** `a*b*` [x](emotions.md#y)\nline.\n\n- a\n  b\n- c\n\n| h |\n|---|\n| <1 |\n"
    )
    assert "<i>soft</i> <b>loud</b> <code>a*b*</code> <a href='emotions.html#y'>x</a> line." in text
    assert "<li>a b</li><li>c</li>" in text
    assert "<th>h</th>" in text
    assert "<td>&lt;1</td>" in text


def test_looking_at_oneself_is_flagged_and_mended_by_one_button(blank_scene: Any) -> None:
    bpy.ops.soliloquy.add_character()
    settings = blank_scene.soliloquy
    for part in (settings.character, settings.character.children[0]):
        settings.gaze_object = part
        drawn = draw("SOLILOQUY_PT_animate")
        assert drawn is not None
        assert "It is asked to look at itself." in drawn.labels
        assert "soliloquy.look_elsewhere" in drawn.operators
    bpy.ops.soliloquy.look_elsewhere()
    assert settings.gaze_object is None
    assert not speakers.looks_at_itself(bpy.context)
    drawn = draw("SOLILOQUY_PT_animate")
    assert drawn is not None
    assert "soliloquy.look_elsewhere" not in drawn.operators


def test_what_it_holds_may_be_looked_at(blank_scene: Any) -> None:
    bpy.ops.soliloquy.add_character()
    cup = bpy.data.objects.new("Cup", bpy.data.meshes.new("Cup"))
    blank_scene.collection.objects.link(cup)
    cup.parent = blank_scene.soliloquy.character
    blank_scene.soliloquy.gaze_object = cup
    assert not speakers.looks_at_itself(bpy.context)


def test_the_menu_that_search_looks_through_holds_what_exists() -> None:
    listed: list[str] = []
    for item in menu.CLASSES:
        layout = FakeLayout()
        item.draw(SimpleNamespace(layout=layout), bpy.context)
        listed += layout.record.operators
    named = (*menu.FIRST, "help", *(name for names in menu.GROUPS.values() for name in names))
    assert sorted(listed) == sorted(f"soliloquy.{name}" for name in named)
    assert len(set(listed)) == len(listed), "twice in the menu is twice in the search"
    shown = [function.__module__ for function in bpy.types.VIEW3D_MT_object._dyn_ui_initialize()]
    assert "soliloquy.panels.menu" in shown


def test_what_changes_a_take_and_what_directs_the_next_have_their_own_icons() -> None:
    from soliloquy.panels.editors import NEXT, PRESENT

    below = {
        parent: {getattr(item, "header_icon", "") for item in CLASSES if getattr(item, "bl_parent_id", "") == parent}
        for parent in ("SOLILOQUY_PT_takes", "SOLILOQUY_PT_performance")
    }
    assert below == {"SOLILOQUY_PT_takes": {PRESENT}, "SOLILOQUY_PT_performance": {NEXT}}


def test_the_pictures_of_the_tutorial_come_along_and_are_small() -> None:
    import re

    names = re.findall(r"\]\((img/[^)]+)\)", (DOCS / "tutorial.md").read_text(encoding="utf-8"))
    assert len(names) >= 8
    assert all(name.endswith(".webp") for name in names), "the zip leaves PNG pictures behind"
    assert sum((DOCS / name).stat().st_size for name in names) < 400_000
