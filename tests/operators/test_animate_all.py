"""Animate All: each strip to its own speaker, what fails is said and stops nothing, only what is missing is made."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw
from small_character import add_small_character

from soliloquy.inference.errors import WorkerFault
from soliloquy.operators import animate_all, jobs, missing_takes, session
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.take import remove, takes_of

try:
    import aud  # noqa: F401
except ImportError:
    pytest.skip("this bpy was built without Audaspace", allow_module_level=True)


@pytest.fixture
def editor(blank_scene: Any, client: Any, speech_wav: Path, tmp_path: Path) -> Any:
    """Ann and Bob, who have spoken a strip each, and two more strips in their channels; nothing is selected."""
    client.seconds = 6.5
    made = blank_scene.sequence_editor_create()
    for number, name in enumerate(("Ann", "Bob"), 1):
        add_small_character(bpy, name)
        blank_scene.soliloquy.channel = number
        made.active_strip = compat.new_sound_strip(made, f"first {name}", str(speech_wav), number, 11)
        bpy.ops.soliloquy.animate(character=name)
        copy = tmp_path / f"next {name}.wav"
        shutil.copy(speech_wav, copy)
        compat.new_sound_strip(made, f"next {name}", str(copy), number, 301)
    blank_scene.soliloquy.channel = 0
    _select(made)
    client.orders.clear()
    client.handles.clear()
    return made


def _select(editor: Any, *names: str) -> None:
    for strip in compat.top_strips(editor):
        strip.select = strip.name in names


def _strip(editor: Any, name: str) -> Any:
    return next(strip for strip in compat.top_strips(editor) if strip.name == name)


def _takes(name: str) -> list[Any]:
    rig = find_rig(bpy.data.objects[name])
    assert rig is not None
    return takes_of(rig)


def _finish(client: Any, outcome: Any = "done") -> None:
    client.outcome = outcome
    for _ in range(20):
        session.tick()
        if not jobs.running():
            return
    raise AssertionError("the jobs do not end")


def _begin() -> None:
    """Press the button; the worker holds what it is given."""
    lines = missing_takes.build(bpy.context, anew=False, show=lambda fraction: None)
    for line in lines:
        animate_all.submit(line)
    animate_all.keep(lines)


def test_each_strip_goes_to_its_own_speaker_and_is_not_made_twice(editor: Any, client: Any) -> None:
    bpy.context.scene.soliloquy.transcript = "What one of them says"
    assert bpy.ops.soliloquy.animate_all() == {"FINISHED"}
    assert [(Path(order.audio.path).stem, order.audio.channel) for order in client.orders] == [
        ("next Ann", 1), ("next Bob", 2),
    ]  # fmt: skip
    assert not any(order.settings.words.transcript for order in client.orders)
    for name in ("Ann", "Bob"):
        assert [round(take.first_frame) for take in _takes(name)] == [11, 301]
    assert bpy.ops.soliloquy.animate_all() == {"FINISHED"}
    assert len(client.orders) == 2, "what is there is not made again"
    assert session.notice() == "4 strips: 4 had their take."
    assert bpy.ops.soliloquy.animate_all(anew=True) == {"FINISHED"}
    assert len(client.orders) == 6
    seeds = [order.settings.seed for order in client.orders]
    assert seeds[0] != seeds[1], "two that sway and rest their hands alike look like one"
    assert sorted(seeds[2:]) == sorted(2 * seeds[:2]), "a character has the same each time"


def test_again_makes_what_is_missing_or_stale_as_it_was_directed(editor: Any, client: Any) -> None:
    next_ann = _strip(editor, "next Ann")
    right = compat.strip_times(next_ann).right
    next_ann.frame_final_end = round(right) - 60
    bpy.context.scene.soliloquy.emotion = "SAD"
    bpy.ops.soliloquy.animate_all()
    bpy.context.scene.soliloquy.emotion = "HAPPY"
    client.orders.clear()
    client.handles.clear()
    rig = find_rig(bpy.data.objects["Bob"])
    assert rig is not None
    remove(rig, _takes("Bob")[0])
    next_ann.frame_final_end = round(right)
    bpy.ops.soliloquy.animate_all()
    assert [(Path(order.audio.path).stem, order.settings.emotion) for order in client.orders] == [
        (Path(client.orders[0].audio.path).stem, "happy"), ("next Ann", "sad"),
    ]  # fmt: skip
    assert "first" not in client.orders[0].audio.path
    assert session.notice() == "4 strips: 2 made, 2 had their take."


def test_what_fails_is_listed_with_the_reason_and_the_rest_is_made(editor: Any, client: Any, speech_wav: Path) -> None:
    Path(bpy.path.abspath(_strip(editor, "next Ann").sound.filepath)).unlink()
    compat.new_sound_strip(editor, "stranger", str(speech_wav), 3, 601)
    _select(editor, "next Ann", "next Bob", "stranger")
    with pytest.raises(RuntimeError, match=r"2 of 3 strips have no take.*Ann': .* is missing.*'stranger': Nobody"):
        bpy.ops.soliloquy.animate_all()
    assert len(_takes("Bob")) == 2
    assert len(_takes("Ann")) == 1
    drawn = draw("SOLILOQUY_PT_animate")
    said = " ".join(drawn.labels)
    assert "3 strips: 1 made, 2 failed." in said
    assert "next Ann (Ann): The file of" in said
    assert "Of 1 strip nobody knows the speaker." in said
    _select(editor, "stranger")
    bpy.context.view_layer.objects.active = bpy.data.objects["Bob"]
    bpy.data.objects["Bob"].select_set(True)
    assert bpy.ops.soliloquy.speaks_strips() == {"FINISHED"}
    _select(editor, "next Bob", "stranger")
    assert bpy.ops.soliloquy.animate_all() == {"FINISHED"}
    assert len(_takes("Bob")) == 3
    bpy.ops.soliloquy.dismiss_error()
    assert "failed" not in " ".join(draw("SOLILOQUY_PT_animate").labels)


def test_one_is_cancelled_and_the_others_go_on(editor: Any, client: Any) -> None:
    client.outcome = "hold"
    _begin()
    drawn = draw("SOLILOQUY_PT_animate")
    assert [text for _, text in drawn.progress] == ["Lips  ·  about 3 s left"] * 2
    assert drawn.operators.count("soliloquy.cancel") == 3
    assert "4 strips: 2 had their take, 2 to go" in drawn.labels
    _begin()
    assert len(client.orders) == 2, "what is being made is not ordered again"
    first, second = jobs.running()
    bpy.ops.soliloquy.cancel(job=first.number)
    _finish(client)
    assert (first.handle.state, second.handle.state) == ("cancelled", "done")
    assert (len(_takes("Ann")), len(_takes("Bob"))) == (1, 2)
    client.outcome = "hold"
    _begin()
    assert len(jobs.running()) == 1, "the one that was cancelled is missing still"
    bpy.ops.soliloquy.cancel()
    _finish(client, "hold")
    assert session.notice() == "4 strips: 3 had their take, 1 cancelled."


def test_a_worker_that_fails_at_one_does_not_stop_the_others(editor: Any, client: Any) -> None:
    client.outcome = "hold"
    _begin()
    first = jobs.running()[0]
    first.handle.fail(WorkerFault("The worker was killed.", "Try again."))
    _finish(client)
    assert [line.state for line in animate_all.lines()] == ["there", "there", "failed", "made"]
    assert "next Ann (Ann): The worker was killed." in " ".join(draw("SOLILOQUY_PT_animate").labels)
    assert bpy.ops.soliloquy.animate_all() == {"FINISHED"}
    assert (len(_takes("Ann")), len(_takes("Bob"))) == (2, 2)


def test_without_a_known_speaker_it_says_what_to_do(blank_scene: Any, client: Any) -> None:
    assert "press Speaks Selected Strips" in bpy.types.SOLILOQUY_OT_animate_all.disabled_reason(bpy.context)
    with pytest.raises(RuntimeError, match="no strip whose speaker is known"):
        bpy.ops.soliloquy.animate_all()


def test_the_only_character_speaks_what_is_selected(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.seconds = 6.5
    add_small_character(bpy, "Ann")
    made = blank_scene.sequence_editor_create()
    for number in (1, 2):
        compat.new_sound_strip(made, f"line {number}", str(speech_wav), number, 300 * number)
    _select(made, "line 1", "line 2")
    assert bpy.ops.soliloquy.animate_all() == {"FINISHED"}
    assert len(_takes("Ann")) == 2
