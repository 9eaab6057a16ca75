"""Playblast without windows: the character alone is rendered; what cannot be written is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.operators import take_list
from soliloquy.rigs.render import playblast, preview

from .conftest import performance


@pytest.fixture
def taken(blank_scene: Any, tmp_path: Path) -> Path:
    """A folder with a performance that the scene's character plays."""
    blank_scene.render.fps = 30
    performance(4).save(tmp_path / "made.npz")
    assert bpy.ops.soliloquy.add_character() == {"FINISHED"}
    assert bpy.ops.soliloquy.load_performance(filepath=str(tmp_path / "made.npz"), first_frame=1) == {"FINISHED"}
    take_list.refresh(bpy.context)
    return tmp_path


def test_without_a_window_the_character_is_rendered(taken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(preview, "render_movie", lambda rig, path, **more: asked.append((path, more["take"].name)))
    assert bpy.ops.soliloquy.playblast(filepath=str(taken / "line.mp4")) == {"FINISHED"}
    assert asked == [(taken / "line.mp4", "made")]


def test_it_goes_beside_the_blend_named_after_the_take(taken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(preview, "render_movie", lambda rig, path, **more: asked.append(path))
    bpy.ops.wm.save_as_mainfile(filepath=str(taken / "shot.blend"))
    assert bpy.ops.soliloquy.playblast() == {"FINISHED"}
    assert asked == [taken / "soliloquy" / "made.mp4"]
    assert playblast.place_for("a / b: c").name == "a_b_c.mp4"


def test_takes_of_several_characters_go_to_files_of_their_own(taken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(preview, "render_movie", lambda rig, path, **more: asked.append(path))
    bpy.ops.wm.save_as_mainfile(filepath=str(taken / "shot.blend"))
    first = bpy.context.view_layer.objects.active.name
    assert bpy.ops.soliloquy.add_character() == {"FINISHED"}
    second = bpy.context.view_layer.objects.active.name
    assert bpy.ops.soliloquy.load_performance(filepath=str(taken / "made.npz"), first_frame=1) == {"FINISHED"}
    for name in (first, second):
        bpy.context.view_layer.objects.active = bpy.data.objects[name]
        take_list.refresh(bpy.context)
        assert bpy.ops.soliloquy.playblast() == {"FINISHED"}
    assert len(set(asked)) == 2


def test_a_folder_that_is_not_there_is_said(taken: Path) -> None:
    with pytest.raises(RuntimeError, match="no folder"):
        bpy.ops.soliloquy.playblast(filepath=str(taken / "none" / "line.mp4"))
