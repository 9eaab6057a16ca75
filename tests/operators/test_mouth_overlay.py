"""The mouth's preview: there while there is something to see, gone afterwards; takes that wait are kept or go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.early_lips import LipsSoFar
from soliloquy.operators import jobs, mouth_overlay, mouth_preview, mouth_scrub, preferences, request, session
from soliloquy.operators.progress_words import stage_line
from soliloquy.operators.take_job import OrdersTakes
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.take import takes_of


def lips(seconds: float = 10.0, made: float = 3.0) -> LipsSoFar:
    """Return what a worker has shown of a job."""
    early = LipsSoFar()
    early.hear(seconds, bytes(range(100)))
    early.see(0, round(30 * seconds), bytes(8 * round(30 * made)))
    return early


def press(scene: Any, speech: Path) -> Any:
    """Press Animate; the worker is busy with it and shows lips."""
    scene.soliloquy.source, scene.soliloquy.filepath = "FILE", str(speech)
    job = jobs.submit(request.build(bpy.context, {}))
    job.handle.early = lips()
    return job


@pytest.fixture
def pressed(blank_scene: Any, client: Any, speech_wav: Path) -> Any:
    client.outcome = "hold"
    return press(blank_scene, speech_wav)


def there() -> list[bool]:
    """Return whether it draws, listens to the mouse and to files being opened."""
    opening = [item.__name__ for item in bpy.app.handlers.load_pre]
    return [mouth_overlay._handler is not None, bool(mouth_scrub._registered), "_leave" in opening]


def takes(scene: Any) -> int:
    rig = find_rig(scene.soliloquy.character)
    return len(takes_of(rig)) if rig is not None else 0


def settle(client: Any) -> None:
    client.outcome = "done"
    for _ in range(5):
        session.tick()


def test_a_blender_without_windows_asks_for_no_lips(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.outcome = "hold"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    job: Any = jobs.submit(request.build(bpy.context, {}))
    assert job.handle.early is None
    session.tick()
    assert there() == [False] * 3


def test_it_is_there_while_the_job_runs_and_gone_when_it_ends(pressed: Any, client: Any, blank_scene: Any) -> None:
    session.tick()
    assert mouth_preview.shown() is pressed
    assert there() == [True] * 3
    settle(client)
    assert takes(blank_scene) == 1
    assert mouth_preview.shown() is None
    assert there() == [False] * 3


def test_a_cancel_and_leaving_take_it_away(pressed: Any, client: Any, blank_scene: Any, speech_wav: Path) -> None:
    session.tick()
    assert bpy.ops.soliloquy.cancel() == {"FINISHED"}
    session.tick()
    assert there() == [False] * 3
    press(blank_scene, speech_wav)
    session.tick()
    assert there() == [True] * 3
    jobs.unregister()
    assert there() == [False] * 3


def test_another_file_shows_nothing_of_it(pressed: Any) -> None:
    session.tick()
    bpy.ops.wm.read_homefile(use_empty=True)
    assert there()[:2] == [False] * 2
    session.tick()
    assert there() == [False] * 3
    assert jobs.running() == [pressed]


def test_what_cannot_be_drawn_is_said_once_and_taken_away(pressed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    session.tick()

    def fail(_: Any) -> None:
        raise RuntimeError("no such shader\nat all")

    monkeypatch.setattr(mouth_overlay, "_paint", fail)
    for _ in range(3):
        mouth_overlay._draw()
    assert bpy.app.timers.is_registered(mouth_overlay._give_up)
    mouth_overlay._give_up()
    assert session.notice().count("no such shader") == 1
    assert there() == [False] * 3
    session.tick()
    assert there() == [False] * 3, "it is not tried again in this session"


def test_of_several_the_chosen_character_is_shown_and_what_runs_first(
    blank_scene: Any, client: Any, speech_wav: Path
) -> None:
    client.outcome = "hold"
    first, second = press(blank_scene, speech_wav), press(blank_scene, speech_wav)
    session.tick()
    assert mouth_preview.shown() is first
    first.hold, first.handle.state = True, "done"
    session.tick()
    assert mouth_preview.shown() is second
    second.object_uid = -2
    session.tick()
    assert mouth_preview.shown() is first


def test_the_playhead_is_where_the_scene_is(pressed: Any, blank_scene: Any) -> None:
    pressed.first_frame = 11.5
    session.tick()
    blank_scene.render.fps, blank_scene.render.fps_base = 24, 1.0
    blank_scene.frame_set(35, subframe=0.5)
    assert mouth_preview.second_now(bpy.context) == pytest.approx(1.0)
    assert mouth_preview.frame_of(bpy.context, 2.0) in (59, 60)


def test_a_take_that_waits_is_kept(pressed: Any, client: Any, blank_scene: Any) -> None:
    pressed.hold = True
    settle(client)
    assert pressed.held
    assert takes(blank_scene) == 0
    assert mouth_preview.shown() is pressed, "it goes on being shown"
    assert bpy.ops.soliloquy.keep_take(job=pressed.number) == {"FINISHED"}
    settle(client)
    assert takes(blank_scene) == 1
    assert not bpy.ops.soliloquy.keep_take.poll()
    assert there() == [False] * 3


def test_a_take_that_waits_is_discarded_with_its_file(pressed: Any, client: Any, blank_scene: Any) -> None:
    pressed.hold = True
    settle(client)
    assert Path(pressed.order.output).stat().st_size > 1000
    assert bpy.ops.soliloquy.cancel(job=pressed.number) == {"FINISHED"}
    settle(client)
    assert takes(blank_scene) == 0
    assert not Path(pressed.order.output).exists()
    assert session.notice() == "Cancelled."
    assert there() == [False] * 3


def test_cancel_all_leaves_what_waits_to_be_kept(pressed: Any, client: Any, blank_scene: Any, speech_wav: Path) -> None:
    pressed.hold = True
    settle(client)
    client.outcome = "hold"
    press(blank_scene, speech_wav)
    assert bpy.ops.soliloquy.cancel() == {"FINISHED"}
    session.tick()
    assert jobs.running() == [pressed]
    assert pressed.held


@pytest.mark.parametrize("first", [False, True])
def test_the_button_waits_where_the_preferences_say_so_and_a_script_never_does(
    blank_scene: Any, client: Any, speech_wav: Path, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    monkeypatch.setattr(preferences, "DEFAULTS", replace(preferences.DEFAULTS, preview_first=first))
    assert bpy.ops.soliloquy.animate(filepath=str(speech_wav)) == {"FINISHED"}
    assert takes(blank_scene) == 1
    # Blender invokes nothing where it has no windows.
    made = [press(blank_scene, speech_wav)]
    button: Any = SimpleNamespace(_submit=lambda _context: ({"FINISHED"}, made))
    assert OrdersTakes.invoke(button, bpy.context, None) == {"FINISHED"}
    settle(client)
    assert takes(blank_scene) == (1 if first else 2)
    assert [job.held for job in jobs.running()] == [True] * first


def test_the_progress_says_stage_seconds_and_what_is_left(pressed: Any) -> None:
    pressed.handle.eta = 3.6
    assert stage_line(pressed.handle) == "Lips 3 s of 10 s  ·  about 4 s left"
    pressed.handle.stage, pressed.handle.eta = "Gestures", 200.0
    assert stage_line(pressed.handle) == "Gestures  ·  about 3 min left"
    pressed.handle.stage, pressed.handle.eta, pressed.handle.early = "Lips", None, None
    assert stage_line(pressed.handle) == "Lips"
