"""Every panel in every state: what is drawn exists, and what an artist must read is there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw, panel_names

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.errors import BadAudio, WorkerFault
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.settings import AudioRange
from soliloquy.inference.worker.job import JobHandle
from soliloquy.operators import jobs, runtime_work, session, take_list
from soliloquy.operators.take_job import TakeJob

READY = SimpleNamespace(ok=True, python=Path("python"), kind="own", message="Works: torch on CPU.", mend="")
MISSING = SimpleNamespace(ok=False, python=None, kind="none", message="No Python is set up.", mend="Press Install.")


@pytest.fixture(autouse=True)
def _runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "runtime_status", lambda refresh=False: READY)


def _text(identifier: str) -> str:
    drawn = draw(identifier)
    assert drawn is not None
    return " ".join(drawn.labels)


def _draw_all() -> dict[str, Any]:
    drawn = {name: draw(name) for name in panel_names()}
    for name in panel_names():
        if not name.endswith("_sequencer"):
            assert drawn[name] == drawn[f"{name}_sequencer"], f"{name} differs between the editors"
    return drawn


def test_every_panel_is_in_both_editors() -> None:
    spaces: dict[str, set[str]] = {"VIEW_3D": set(), "SEQUENCE_EDITOR": set()}
    for name in panel_names():
        panel = getattr(bpy.types, name)
        assert panel.bl_category == "Soliloquy"
        assert panel.bl_region_type == "UI"
        spaces[panel.bl_space_type].add(panel.bl_label)
    assert spaces["VIEW_3D"] == spaces["SEQUENCE_EDITOR"]
    named = {"Character", "Speech", "Animate", "Takes", "Export", "Direct the Next Take", "AI Runtime"}
    assert named <= spaces["VIEW_3D"]


def test_no_panel_pushes_its_tab_before_blenders_own() -> None:
    """A tab comes where its first panel comes, and Blender puts panels without a header, or of low order, first."""
    for name in panel_names():
        panel = getattr(bpy.types, name)
        if not hasattr(panel, "bl_parent_id"):
            assert "HIDE_HEADER" not in getattr(panel, "bl_options", set()), name
            assert getattr(panel, "bl_order", 0) >= 0, name


def _order(parent: str = "") -> list[str]:
    """Labels of the panels of one level in the 3D View, from top to bottom as Blender sorts them."""
    from soliloquy.panels import CLASSES

    level = [
        item
        for item in CLASSES
        if getattr(item, "bl_space_type", "") == "VIEW_3D"
        and getattr(item, "bl_parent_id", "") == (f"SOLILOQUY_PT_{parent}" if parent else "")
    ]
    return [item.bl_label for item in sorted(level, key=lambda item: getattr(item, "bl_order", 0))]


def test_what_one_does_next_comes_next() -> None:
    for parent, labels in (
        ("", ["Character", "Speech", "Animate", "Takes", "Direct the Next Take"]),
        ("takes", ["Re-shape", "Lip Craft", "Export", "Regenerate"]),
        ("performance", ["Emotion", "Body & Gestures", "Words", "Strengths", "Keys", "Face Engine"]),
    ):
        assert [label for label in _order(parent) if label in labels] == labels


def test_an_empty_scene_says_what_is_missing(blank_scene: Any) -> None:
    drawn = _draw_all()
    assert drawn["SOLILOQUY_PT_animate"].disabled == ["soliloquy.animate", "soliloquy.animate"]
    assert "Add a sound strip to the Sequencer, or choose a file." in _text("SOLILOQUY_PT_animate")
    assert "let Animate add it" in _text("SOLILOQUY_PT_character")
    assert drawn["SOLILOQUY_PT_export"].disabled == ["soliloquy.export", "soliloquy.playblast"]
    assert drawn["SOLILOQUY_PT_setup_needed"] is None
    assert "No takes yet" in _text("SOLILOQUY_PT_takes")


def test_without_a_runtime_setup_comes_first_and_animate_points_to_it(
    blank_scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "runtime_status", lambda refresh=False: MISSING)
    drawn = _draw_all()
    assert drawn["SOLILOQUY_PT_animate"].disabled == ["soliloquy.animate", "soliloquy.animate"]
    assert drawn["SOLILOQUY_PT_silent"].disabled == ["soliloquy.idle", "soliloquy.idle", "soliloquy.between_lines"]
    assert "No Python is set up. See AI Runtime." in _text("SOLILOQUY_PT_animate")
    needed = drawn["SOLILOQUY_PT_setup_needed"]
    assert "worker_python" in needed.properties
    assert "soliloquy.runtime_install" in needed.operators
    assert "Press Install." in " ".join(needed.labels)
    assert drawn["SOLILOQUY_PT_setup"] is None


def test_with_what_the_zip_brings_along_there_is_no_setup(blank_scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = SimpleNamespace(ok=True, python=Path("python"), kind="bundled", message="Ready.", mend="")
    monkeypatch.setattr(session, "runtime_status", lambda refresh=False: bundled)
    expected: list[None] = []
    monkeypatch.setattr(session, "expect_work", lambda: expected.append(None))
    drawn = _draw_all()
    assert drawn["SOLILOQUY_PT_setup_needed"] is drawn["SOLILOQUY_PT_setup"] is None
    assert expected == [], "nobody speaks here"
    bpy.ops.soliloquy.add_character()
    draw("SOLILOQUY_PT_character")
    assert expected, "the worker starts when a character shows"
    installer = SimpleNamespace(stage="Downloading torch (CPU only)", fraction=0.4)
    monkeypatch.setattr(runtime_work, "work", runtime_work.RuntimeWork(installer=installer))  # type: ignore[arg-type]
    setup = draw("SOLILOQUY_PT_setup")
    assert setup is not None
    assert setup.progress == [(0.4, "Downloading torch (CPU only)")]


def test_while_the_runtime_is_installed_its_progress_shows(blank_scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "runtime_status", lambda refresh=False: MISSING)
    installer = SimpleNamespace(stage="Downloading torch (CPU only)", fraction=0.4)
    monkeypatch.setattr(runtime_work, "work", runtime_work.RuntimeWork(installer=installer, log=("Collecting torch",)))  # type: ignore[arg-type]
    needed = _draw_all()["SOLILOQUY_PT_setup_needed"]
    assert needed.progress == [(0.4, "Downloading torch (CPU only)")]
    assert "Collecting torch" in needed.labels
    assert needed.operators == ["soliloquy.runtime_cancel"]


def test_a_file_and_a_character_enable_animate(blank_scene: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.add_character()
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    drawn = _draw_all()
    assert drawn["SOLILOQUY_PT_animate"].disabled == []
    assert drawn["SOLILOQUY_PT_animate"].labels == []
    assert set(drawn["SOLILOQUY_PT_shape"].properties) >= {"masculine", "age", "weight", "height"}
    assert "filepath" in drawn["SOLILOQUY_PT_speech"].properties


def test_track_and_channel_are_automatic_until_one_is_chosen(blank_scene: Any) -> None:
    settings = blank_scene.soliloquy
    settings.source = "FILE"
    drawn = draw("SOLILOQUY_PT_hearing")
    assert drawn is not None
    assert drawn.properties[-3:] == ["any_track", "any_channel", "add_sound"]
    assert settings.bl_rna.properties["any_track"].name == "Track: Automatic"
    settings.any_track = False
    assert settings.track == 1
    settings.track = 3
    drawn = draw("SOLILOQUY_PT_hearing")
    assert drawn is not None
    assert drawn.properties[-4:-1] == ["track", "any_track", "any_channel"]
    settings.any_track = True
    assert settings.track == 0


def test_a_strip_is_named_with_its_range(blank_scene: Any, speech_wav: Path) -> None:
    from soliloquy.rigs.compat import new_sound_strip

    try:
        new_sound_strip(blank_scene.sequence_editor_create(), "Act One", str(speech_wav), 1, 5)
    except RuntimeError:
        pytest.skip("this bpy was built without sound")
    text = _text("SOLILOQUY_PT_speech")
    assert "Act One" in text
    assert "Frames 5 to" in text
    assert "6.5 s" in text


def test_what_is_no_character_is_said(blank_scene: Any) -> None:
    empty = bpy.data.objects.new("Bare", bpy.data.armatures.new("Bare"))
    blank_scene.collection.objects.link(empty)
    blank_scene.soliloquy.character = empty
    _draw_all()
    assert "'Bare' is not a character" in _text("SOLILOQUY_PT_character")
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", "//speech.wav"
    assert "'Bare' is not a character" in _text("SOLILOQUY_PT_animate")


def test_a_running_job_shows_progress_stage_and_time_left(blank_scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    order = AnimateJob(AudioRange("speech.wav"), output="speech.npz")
    job = TakeJob(order, "speech.wav", 0, 0, "Soliloquy", 1.0)
    job.handle = JobHandle(1, order, "speech.npz", "running", "Lips", 0.25, 12.0)
    monkeypatch.setattr(jobs, "running", lambda: [job])
    drawn = _draw_all()["SOLILOQUY_PT_animate"]
    assert drawn.progress == [(0.25, "Lips  ·  about 12 s left")]
    assert "speech.wav" in drawn.labels
    assert drawn.operators == ["soliloquy.cancel"]


def test_a_stuck_job_is_named_and_can_be_ended(blank_scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    order = AnimateJob(AudioRange("speech.wav"), output="speech.npz")
    job = TakeJob(order, "speech.wav", 0, 0, "Soliloquy", 1.0)
    job.handle = JobHandle(1, order, "speech.npz", "running", "Lips", 0.25, still_for=130.0, stalled=True)
    monkeypatch.setattr(jobs, "running", lambda: [job])
    drawn = _draw_all()["SOLILOQUY_PT_animate"]
    assert "No progress for 2 min" in " ".join(drawn.labels)
    assert drawn.operators == ["soliloquy.end_stalled", "soliloquy.cancel"]


def test_what_the_worker_failed_at_offers_another_try(blank_scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    order = AnimateJob(AudioRange("speech.wav"), output="speech.npz")
    job = TakeJob(order, "speech.wav", 0, 0, "Soliloquy", 1.0)
    job.error = WorkerFault("The worker crashed 3 times.", "Look into its log.")
    monkeypatch.setattr(jobs, "_failed", [job])
    session.set_error(job.error)
    assert "soliloquy.try_again" in _draw_all()["SOLILOQUY_PT_animate"].operators
    session.set_error(BadAudio("The recording is silent.", "Choose another one."))
    assert "soliloquy.try_again" not in _draw_all()["SOLILOQUY_PT_animate"].operators
    session.set_error(None)


def test_while_the_runtime_is_looked_at_animate_says_why_it_waits(blank_scene: Any) -> None:
    session.set_runtime_work("Checking the Python")
    drawn = _draw_all()["SOLILOQUY_PT_animate"]
    session.set_runtime_work("")
    assert "Checking the Python" in " ".join(drawn.labels)
    assert "soliloquy.animate" in drawn.disabled


def test_an_error_shows_its_mend_and_can_be_copied_and_put_away(blank_scene: Any) -> None:
    session.set_error(BadAudio("The recording is silent.", "Choose another one."))
    text = _text("SOLILOQUY_PT_animate")
    assert "The recording is silent." in text
    assert "Choose another one." in text
    drawn = _draw_all()["SOLILOQUY_PT_animate"]
    assert "soliloquy.copy_report" in drawn.operators
    bpy.ops.soliloquy.dismiss_error()
    assert "silent" not in _text("SOLILOQUY_PT_animate")


def test_what_the_character_lacks_is_said_before_animating(blank_scene: Any) -> None:
    armature = bpy.data.objects.new("Hero", bpy.data.armatures.new("Hero"))
    blank_scene.collection.objects.link(armature)
    mesh = bpy.data.objects.new("Face", bpy.data.meshes.new("Face"))
    blank_scene.collection.objects.link(mesh)
    mesh.parent = armature
    for name in ("Basis", *ARKIT_NAMES):
        mesh.shape_key_add(name=name)
    bpy.context.view_layer.objects.active = armature
    assert "'Hero': neither names nor places of its bones make a body" in _text("SOLILOQUY_PT_character")
    assert "Unknown skeleton, 0 bones; face only; face: ARKit 52/52" in _text("SOLILOQUY_PT_character")
    blank_scene.soliloquy.regions = {"LIPS"}
    assert "no bone" not in _text("SOLILOQUY_PT_character")


def test_takes_are_listed_and_the_newest_is_chosen(blank_scene: Any) -> None:
    bpy.ops.soliloquy.add_character()
    shown = bpy.context.window_manager.soliloquy_takes
    take_list.refresh()
    assert len(shown.takes) == 0
    from soliloquy.rigs.rig import find_rig
    from soliloquy.rigs.takes.bake import BakeOptions, bake

    rig = find_rig(blank_scene.soliloquy.character)
    assert rig is not None
    for name in ("Calm", "Loud"):
        bake(_performance(), rig, BakeOptions(name=name))
    assert not take_list.is_current(bpy.context, rig)
    take_list.refresh()
    assert take_list.is_current(bpy.context, rig)
    drawn = _draw_all()["SOLILOQUY_PT_takes"]
    assert drawn.properties[:2] == ["name", "name"]
    assert "keys" in " ".join(drawn.labels)
    assert shown.takes[shown.index].name == "Loud"
    assert _draw_all()["SOLILOQUY_PT_export"].disabled == []


def _performance() -> Any:
    import numpy as np

    from soliloquy.inference.performance import Performance

    arkit = np.zeros((20, 52), np.float32)
    arkit[:, 17] = np.sin(np.linspace(0.0, 3.0, 20))
    return Performance(
        30.0, np.zeros((20, 165), np.float32), np.zeros((20, 3), np.float32), arkit, np.zeros(20, np.float32)
    )


def test_long_words_are_wrapped_to_the_width_of_the_sidebar() -> None:
    from fake_layout import FakeLayout

    from soliloquy.panels.editors import paragraph

    layout = FakeLayout()
    narrow = SimpleNamespace(
        preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0)), region=SimpleNamespace(width=220)
    )
    paragraph(
        layout, narrow, "Details are in '/a/very/long/path/without/any/room/to/break/it/worker.log'.", icon="ERROR"
    )
    assert len(layout.record.labels) > 2
    assert max(map(len, layout.record.labels)) <= 25
    layout = FakeLayout()
    paragraph(layout, narrow, "Take 1: 547 keys in 0.1 s.")
    assert layout.record.labels == ["Take 1: 547 keys in", "0.1 s."], "a unit stays with its number"
