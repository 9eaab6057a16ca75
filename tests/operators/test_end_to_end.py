"""The whole way with a real worker: file -> worker -> bake -> take -> export, and what happens when the worker dies."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
import numpy as np

from soliloquy.inference.performance import Performance
from soliloquy.operators import jobs, request, session
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.take import takes_of


def test_a_script_gets_a_character_that_speaks(blank_scene: Any, real_worker: str, speech_wav: Path) -> None:
    given: dict[str, Any] = {"filepath": str(speech_wav), "stop": 3.0}
    assert bpy.ops.soliloquy.animate(**given, emotion="HAPPY", intensity=0.5, seed=3) == {"FINISHED"}
    rig = find_rig(blank_scene.soliloquy.character)
    assert rig is not None
    (take,) = takes_of(rig)
    assert take.meta["settings"]["emotion"] == "happy"
    assert take.meta["seed"] == 3
    mesh = rig.meshes[0]
    key = mesh.data.shape_keys.key_blocks[rig.shape_keys["jawOpen"]]
    opened = []
    for frame in range(1, 72, 2):
        blank_scene.frame_set(frame)
        opened.append(key.value)
    assert np.ptp(opened) > 0.1, "the mouth does not move"
    target = session.data_folder() / "take.npz"
    assert bpy.ops.soliloquy.export(filepath=str(target)) == {"FINISHED"}
    assert target.is_file()


def test_takes_differ_in_their_gestures_and_a_part_is_made_anew(
    blank_scene: Any, real_worker: str, speech_wav: Path
) -> None:
    blank_scene.render.fps = 30
    given: dict[str, Any] = {"filepath": str(speech_wav), "stop": 3.0, "first_frame": 1}
    assert bpy.ops.soliloquy.animate(**given, body="RELAXED", takes=2, seed=5) == {"FINISHED"}
    rig = find_rig(blank_scene.soliloquy.character)
    assert rig is not None
    made = takes_of(rig)
    assert [take.name for take in made] == ["Variation 5", "Variation 6"]
    one, other = (Performance.load(take.meta["performance"]) for take in made)
    assert np.abs(one.lip_aperture - other.lip_aperture).max() < 2e-3
    assert np.abs(one.poses - other.poses).max() > 0.01
    # No energy: the arms at rest, whichever engine.
    assert bpy.ops.soliloquy.regenerate(first=30, last=60, left_arm=True, energy=0.0) == {"FINISHED"}
    part = takes_of(rig)[-1]
    assert (part.name, part.active) == ("Variation 6 part", True)
    assert part.meta["regenerated"][0]["seed"] == 7
    again = Performance.load(part.meta["performance"])
    np.testing.assert_array_equal(again.arkit, other.arkit)
    np.testing.assert_array_equal(again.poses[:29], other.poses[:29])


def test_a_killed_worker_is_said_and_the_next_press_works(blank_scene: Any, real_worker: str, speech_wav: Path) -> None:
    panel = blank_scene.soliloquy
    panel.source, panel.filepath = "FILE", str(speech_wav)
    job = jobs.submit(request.build(bpy.context, {"stop": 2.0}))
    client = session.current_client()
    assert client is not None
    while job.handle is not None and job.handle.state != "running":
        session.tick()
    os.kill(client.pid or 0, getattr(signal, "SIGKILL", signal.SIGTERM))
    with pytest.raises(Exception, match="stopped unexpectedly"):
        jobs.wait(job)
    assert "Animate again" in session.last_error().hint
    assert bpy.ops.soliloquy.animate(stop=2.0) == {"FINISHED"}
    rig = find_rig(panel.character)
    assert rig is not None
    assert len(takes_of(rig)) == 1


def test_check_says_what_the_python_can_do(blank_scene: Any, real_worker: str) -> None:
    assert bpy.ops.soliloquy.runtime_check() == {"FINISHED"}
    assert session.runtime_status().message.startswith("Works: torch")


def test_check_of_a_python_without_torch_names_what_it_lacks(
    blank_scene: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("SOLILOQUY_WORKER_PYTHON", str(script))
    monkeypatch.setenv("SOLILOQUY_RUNTIME", str(tmp_path / "runtime"))
    session.runtime_status(refresh=True)
    with pytest.raises(RuntimeError, match="failed the check"):
        bpy.ops.soliloquy.runtime_check()
    assert not session.runtime_status().ok
    assert not bpy.ops.soliloquy.animate.poll()


def test_install_without_network_or_wheels_says_what_to_do(
    blank_scene: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOLILOQUY_RUNTIME", str(tmp_path / "runtime"))
    bpy.context.preferences.system.use_online_access = False
    with pytest.raises(RuntimeError, match=r"not allowed to use the internet.*Allow online access"):
        bpy.ops.soliloquy.runtime_install()
    assert not (tmp_path / "runtime").exists()
