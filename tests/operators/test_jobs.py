"""Orders on their way in Blender: not while the runtime is looked at, ended when stuck, tried again, never mixed up."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.errors import MissingRuntime, NotSaved, WorkerFault
from soliloquy.operators import jobs, request, runtime_work, session
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.take import takes_of


@pytest.fixture
def pressed(blank_scene: Any, client: Any, speech_wav: Path) -> Any:
    """A press of Animate that the worker is still busy with."""
    client.outcome = "hold"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    return jobs.submit(request.build(bpy.context, {}))


def finish(client: Any, outcome: Any = "done") -> None:
    client.outcome = outcome
    for _ in range(20):
        session.tick()
        if not jobs.running():
            return
    raise AssertionError("the job does not end")


def takes(scene: Any) -> list[Any]:
    rig = find_rig(scene.soliloquy.character)
    return takes_of(rig) if rig is not None else []


def test_nothing_is_ordered_while_the_runtime_is_checked(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    session.set_runtime_work("Checking the Python")
    assert "Checking the Python" in bpy.types.SOLILOQUY_OT_animate.disabled_reason(bpy.context)
    for operator in (bpy.ops.soliloquy.animate, bpy.ops.soliloquy.regenerate, bpy.ops.soliloquy.hear_emotion):
        assert not operator.poll()
    with pytest.raises(MissingRuntime, match="Checking the Python"):
        jobs.submit(request.build(bpy.context, {}))
    assert client.orders == []
    session.set_runtime_work("")
    assert bpy.ops.soliloquy.animate.poll()
    assert bpy.ops.soliloquy.animate() == {"FINISHED"}


def test_the_end_of_a_check_cancels_nothing(
    pressed: Any, client: Any, monkeypatch: pytest.MonkeyPatch, blank_scene: Any
) -> None:
    monkeypatch.setattr(session._session, "client", client)
    stopped: list[Any] = []
    monkeypatch.setattr(client, "stop", lambda: stopped.append(client))
    work: Any = SimpleNamespace(poll=lambda: "report")
    monkeypatch.setattr(runtime_work, "work", runtime_work.RuntimeWork(check=work))
    assert runtime_work.watch() is None
    assert session._session.client is None
    assert stopped == []
    finish(client)
    assert pressed.error is None
    assert len(takes(blank_scene)) == 1
    for _ in range(3):
        session._tick_clients()
    assert stopped == [client]


def test_a_stuck_job_can_be_ended_in_the_panel(pressed: Any, client: Any, blank_scene: Any) -> None:
    assert not bpy.ops.soliloquy.end_stalled.poll()
    pressed.handle.stalled, pressed.handle.still_for = True, 130.0
    assert bpy.ops.soliloquy.end_stalled() == {"FINISHED"}
    finish(client, "hold")
    error = session.last_error()
    assert isinstance(error, WorkerFault)
    assert takes(blank_scene) == []


def test_what_the_worker_failed_at_can_be_tried_again(pressed: Any, client: Any, blank_scene: Any) -> None:
    finish(client, WorkerFault("The worker crashed 3 times.", "Look into its log."))
    assert session.last_error() is not None
    assert bpy.ops.soliloquy.try_again.poll()
    client.outcome = "done"
    forgiven = client.forgiven
    assert bpy.ops.soliloquy.try_again() == {"FINISHED"}
    assert client.forgiven == forgiven + 1
    finish(client)
    assert session.last_error() is None
    assert len(takes(blank_scene)) == 1
    assert not bpy.ops.soliloquy.try_again.poll()


def test_a_fault_of_the_input_is_not_tried_again(pressed: Any, client: Any) -> None:
    finish(client, MissingRuntime("There is no torch.", "Install it."))
    assert not bpy.ops.soliloquy.try_again.poll()


def test_a_name_that_another_blender_has_is_left_alone(
    blank_scene: Any, client: Any, speech_wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request.time, "strftime", lambda form: "20260101-120000")
    theirs = session.data_folder("performances") / f"{speech_wav.stem}-20260101-120000.npz"
    theirs.write_bytes(b"another performance")
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert theirs.read_bytes() == b"another performance"
    outputs = [Path(order.output) for order in client.orders]
    assert len({theirs, *outputs}) == 3
    assert all(path.stat().st_size > 1000 for path in outputs)


def test_a_cancelled_job_gives_its_name_back(pressed: Any, client: Any) -> None:
    reserved = Path(pressed.order.output)
    assert reserved.exists()
    bpy.ops.soliloquy.cancel()
    finish(client, "hold")
    assert not reserved.exists()


def test_a_folder_that_cannot_be_written_is_said(
    blank_scene: Any, client: Any, speech_wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*parts: str) -> Path:
        raise NotSaved("'performances' cannot be saved in the folder '/full': the disk is full.", "Free some space.")

    monkeypatch.setattr(session, "data_folder", refuse)
    with pytest.raises(RuntimeError, match="the disk is full"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert client.orders == []


def test_one_ticker_that_fails_does_not_take_the_others_with_it(capfd: pytest.CaptureFixture[str]) -> None:
    ticked: list[int] = []

    def faulty() -> float:
        raise ZeroDivisionError

    session.add_ticker(faulty)
    session.add_ticker(lambda: ticked.append(1))
    session.tick()
    session.tick()
    assert ticked
    error = session.last_error()
    assert error is not None
    assert error.kind == "internal"
    session.set_error(None)


def test_a_job_ends_though_what_moves_the_worker_on_fell_over(
    blank_scene: Any, client: Any, speech_wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty() -> float:
        raise ZeroDivisionError

    monkeypatch.setattr(session, "get_client", lambda: session.add_ticker(faulty) or client)
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        assert ticks < 50, "waits for ever"
        session_tick()

    session_tick = session.tick
    monkeypatch.setattr(session, "tick", tick)
    assert bpy.ops.soliloquy.animate(filepath=str(speech_wav)) == {"FINISHED"}
