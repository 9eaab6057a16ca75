"""A word while Blender is busy: it comes before the work, moves, and goes, whatever happens."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.operators import edit_take, jobs, performances, progress
from soliloquy.operators import export as export_operator


class Watched:
    """A context whose window manager and workspace note what they are told."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        workspace = SimpleNamespace(status_text_set=lambda text: self.told.append(text))
        self.window = SimpleNamespace(workspace=workspace)
        self.window_manager = SimpleNamespace(
            windows=[self.window],
            progress_begin=lambda low, high: self.told.append((low, high)),
            progress_update=self.told.append,
            progress_end=lambda: self.told.append("end"),
        )


def test_the_word_comes_first_and_always_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Watched()
    monkeypatch.setattr(progress, "_draw", lambda window: seen.told.append("drawn"))
    with progress.busy(seen, "Exporting Take 1") as show:
        show(0.25)
        show(7.0)
    assert seen.told == [(0.0, 100.0), "Exporting Take 1 ...", "drawn", 25.0, 100.0, "end", None]
    with pytest.raises(ZeroDivisionError), progress.busy(seen, "Baking"):
        raise ZeroDivisionError
    assert seen.told[-2:] == ["end", None]


def test_it_works_where_there_is_no_window(blank_scene: Any) -> None:
    with progress.busy(bpy.context, "Exporting") as show:
        show(0.5)


def test_what_takes_long_says_what_it_does(
    blank_scene: Any, client: Any, speech_wav: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    real = progress.busy

    def noted(context: Any, text: str) -> Any:
        said.append(text)
        return real(context, text)

    monkeypatch.setattr(jobs, "busy", noted)
    for module in (export_operator, performances, edit_take):
        monkeypatch.setattr(module, "busy", noted)
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    bpy.ops.soliloquy.export(filepath=str(tmp_path / "line.npz"))
    bpy.ops.soliloquy.load_performance(filepath=str(tmp_path / "line.npz"), take_name="Again")
    bpy.ops.soliloquy.bake_down(take="Again")
    assert said == [
        "Animate Speech: demo_speech.flac",
        "Animate Speech: putting demo_speech.flac into the scene",
        "Exporting Take 1 to line.npz",
        "Load Performance: line.npz",
        "Bake Down: Again",
    ]
