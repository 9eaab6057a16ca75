"""Several takes at one press: each from a seed of its own, named after it, none lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.operators import jobs, request, session
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.take import takes_of


def _takes(scene: Any) -> list[Any]:
    rig = find_rig(scene.soliloquy.character)
    return takes_of(rig) if rig is not None else []


def test_three_takes_from_three_seeds(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    assert bpy.ops.soliloquy.animate(filepath=str(speech_wav), seed=7, takes=3, style="SHY") == {"FINISHED"}
    assert [order.settings.seed for order in client.orders] == [7, 8, 9]
    assert len({order.output for order in client.orders}) == 3
    assert {order.settings.gestures.style for order in client.orders} == {"shy"}
    made = _takes(blank_scene)
    assert [take.name for take in made] == ["Variation 7", "Variation 8", "Variation 9"]
    assert [take.meta["seed"] for take in made] == [7, 8, 9]
    assert [take.active for take in made] == [False, False, True]
    assert {take.meta["speech"] for take in made} == {speech_wav.name}
    for take, order in zip(made, client.orders, strict=True):
        assert take.meta["performance"] == order.output
        assert Path(order.output).is_file()


def test_takes_that_are_there_already_stay(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), takes=2)
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), takes=2)
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), takes=2, seed=1, take_name="Cold")
    assert [take.name for take in _takes(blank_scene)] == [
        "Variation 0", "Variation 1", "Variation 0 (2)", "Variation 1 (2)", "Cold 1", "Cold 2",
    ]  # fmt: skip


def test_one_queue_item_per_take_and_nothing_waits(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.outcome = "hold"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    bpy.ops.soliloquy.add_character()
    for job in request.build_takes(bpy.context, {}, 3):
        jobs.submit(job)
    assert [job.title for job in jobs.running()] == [f"{speech_wav.name}, seed {seed}" for seed in range(3)]
    assert _takes(blank_scene) == []
    client.cancel(jobs.running()[1].handle)
    client.outcome = "done"
    for _ in range(5):
        session.tick()
    assert not jobs.running()
    assert [take.name for take in _takes(blank_scene)] == ["Variation 0", "Variation 2"]


def test_the_sound_is_added_once(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    orders = request.build_takes(bpy.context, {"filepath": str(speech_wav)}, 3)
    assert [bool(order.sound_path) for order in orders] == [True, False, False]


def test_three_takes_once_are_not_three_at_the_next_press(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.animate("EXEC_DEFAULT", True, filepath=str(speech_wav), takes=3)
    bpy.ops.soliloquy.animate("EXEC_DEFAULT", True, filepath=str(speech_wav))
    assert len(client.orders) == 4
