"""Performance files: any of them becomes a take; one that was written over is noticed; removed ones are tidied up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.performance import Performance
from soliloquy.inference.settings import AnimateSettings, AudioRange
from soliloquy.operators import jobs, performance_uses, regenerate, session, tidy_up
from soliloquy.operators.take_job import TakeJob
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import kept
from soliloquy.rigs.takes.take import find_take, takes_of


def _rig() -> Any:
    found = find_rig(bpy.context.scene.soliloquy.character)
    assert found is not None
    return found


def _take(name: str) -> Any:
    return find_take(_rig(), name)


def _file(name: str) -> Path:
    return Path(_take(name).meta["performance"])


@pytest.fixture
def scene(small_speaker: Any, client: Any, speech_wav: Path) -> Any:
    """A character with two takes."""
    small_speaker.render.fps = 30
    for seed, name in ((1, "Calm"), (2, "Loud")):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name=name, seed=seed, stop=2.0)
    tidy_up.forget()
    regenerate._looked.clear()
    return small_speaker


# ------------------------------------------------------------------------------------------------------- loading


def test_any_performance_becomes_a_take(scene: Any, tmp_path: Path) -> None:
    values = Performance.load(_file("Calm"))
    values.arkit[:, ARKIT_INDEX["mouthSmileLeft"]] = 0.6
    path = values.save(tmp_path / "from_elsewhere.npz")
    scene.frame_set(21)
    assert bpy.ops.soliloquy.load_performance(filepath=str(path)) == {"FINISHED"}
    take = _take("from_elsewhere")
    assert (take.active, take.first_frame) == (True, 21.0)
    assert take.meta["performance"] == str(path)
    scene.frame_set(30)
    assert _rig().meshes[0].data.shape_keys.key_blocks["mouthSmileLeft"].value == pytest.approx(0.6, abs=0.01)
    bpy.ops.soliloquy.load_performance(filepath=str(path), first_frame=5, take_name="Mine")
    assert _take("Mine").first_frame == 5.0
    bpy.ops.soliloquy.load_performance(filepath=str(path), take_name="Mine")
    assert [take.name for take in takes_of(_rig())][-2:] == ["Mine", "Mine (2)"]


def test_an_exported_take_comes_back_where_it_lay(scene: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.npz"
    bpy.ops.soliloquy.export(filepath=str(path), take="Calm")
    bpy.ops.soliloquy.load_performance(filepath=str(path))
    assert _take("Calm (2)").first_frame == _take("Calm").first_frame


def test_a_loaded_take_is_one_undo_step(scene: Any) -> None:
    path = str(_file("Calm"))
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.soliloquy.load_performance("EXEC_DEFAULT", True, filepath=path)
    assert len(takes_of(_rig())) == 3
    bpy.ops.ed.undo()
    assert len(takes_of(_rig())) == 2


def test_motion_without_a_face_leaves_the_face_alone_and_says_so(scene: Any, tmp_path: Path) -> None:
    path = tmp_path / "walk.npz"
    np.savez(path, poses=np.full((10, 156), 0.05), trans=np.zeros((10, 3)), mocap_framerate=60.0)
    assert bpy.ops.soliloquy.load_performance(filepath=str(path)) == {"FINISHED"}
    take = _take("walk")
    assert set(take.regions) == {"head", "body", "hands"}
    assert any("holds no face" in text for text in take.meta["warnings"])


def test_what_is_no_performance_is_refused_in_a_sentence(scene: Any, tmp_path: Path) -> None:
    model = tmp_path / "model.npz"
    np.savez(model, v_template=np.zeros((10, 3)), shapedirs=np.zeros((10, 3, 20)))
    text = tmp_path / "text.npz"
    text.write_text("no archive")
    before = len(bpy.data.actions)
    for path in (model, text, tmp_path / "missing.npz", tmp_path, ""):
        with pytest.raises(RuntimeError, match=r"^Error: [^\n]+\.\n?$"):
            bpy.ops.soliloquy.load_performance(filepath=str(path))
    assert len(bpy.data.actions) == before
    assert "soliloquy.load_performance" in draw("SOLILOQUY_PT_files").operators


# ---------------------------------------------------------------------------------------------- written over


def test_a_take_knows_its_performance_by_hash(scene: Any) -> None:
    assert _take("Calm").meta["performance_sha256"] == kept.sha256_of(_file("Calm"))
    assert regenerate.problem(_rig(), _take("Calm")) is None


def test_a_performance_written_over_is_noticed(scene: Any) -> None:
    path = _file("Calm")
    other = Performance.load(path)
    other.arkit[:] *= 0.5
    other.save(path)
    with pytest.raises(RuntimeError, match=r"file of 'Calm' is another one since the take was made"):
        bpy.ops.soliloquy.regenerate(take="Calm", first=5, last=30)
    bpy.ops.soliloquy.take_activate(take="Calm")
    text = " ".join(draw("SOLILOQUY_PT_regenerate").labels)
    assert "another one since the take was made" in text


def test_a_result_written_over_before_the_bake_is_no_take(scene: Any, client: Any, speech_wav: Path) -> None:
    tick = client.tick

    def overwritten() -> None:
        tick()
        for handle in client.handles[2:]:
            if handle.state == "done":
                handle.result["sha256"] = "0" * 64

    client.tick = overwritten
    with pytest.raises(RuntimeError, match="written over by another program"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name="Third")
    assert [take.name for take in takes_of(_rig())] == ["Calm", "Loud"]


def test_a_moved_performance_is_found_beside_the_file(scene: Any, tmp_path: Path) -> None:
    beside = tmp_path / "project"
    beside.mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(beside / "shot.blend"))
    path = _file("Calm")
    path.rename(beside / path.name)
    regenerate._looked.clear()
    assert regenerate.problem(_rig(), _take("Calm")) is None


# --------------------------------------------------------------------------------------------------- tidying up


def test_removed_takes_leave_files_that_are_tidied_up_on_request(scene: Any) -> None:
    calm, loud = _file("Calm"), _file("Loud")
    assert "soliloquy.tidy_up" not in draw("SOLILOQUY_PT_files").operators
    bpy.ops.soliloquy.take_remove(take="Calm")
    assert calm.is_file(), "until it is asked for"
    assert tidy_up.summary() == "1 file, 0.1 MB"
    assert "soliloquy.tidy_up" in draw("SOLILOQUY_PT_files").operators
    bpy.ops.soliloquy.tidy_up()
    assert (calm.is_file(), loud.is_file()) == (False, True)
    assert tidy_up.summary() == ""
    assert list(calm.parent.glob(calm.name + "*")) == []


def test_a_take_that_came_back_keeps_its_file(scene: Any) -> None:
    path = _file("Calm")
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.soliloquy.take_remove("EXEC_DEFAULT", True, take="Calm")
    bpy.ops.ed.undo()
    bpy.ops.soliloquy.tidy_up()
    assert path.is_file()


def test_a_duplicate_of_the_take_keeps_its_file(scene: Any) -> None:
    path = _file("Calm")
    copy = next(item for item in bpy.data.actions if "Calm" in item.name).copy()
    copy.use_fake_user = True
    bpy.ops.soliloquy.take_remove(take="Calm")
    bpy.ops.soliloquy.tidy_up()
    assert path.is_file()


def test_a_saved_file_keeps_what_it_uses_until_it_is_saved_without(scene: Any, tmp_path: Path) -> None:
    path = _file("Calm")
    one, other = tmp_path / "one.blend", tmp_path / "other.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(one))
    bpy.ops.wm.save_as_mainfile(filepath=str(other))
    bpy.ops.soliloquy.take_remove(take="Calm")
    bpy.ops.soliloquy.tidy_up()
    assert path.is_file(), "other.blend on the disk still has the take"
    bpy.ops.wm.save_mainfile()
    bpy.ops.soliloquy.tidy_up()
    assert path.is_file(), "one.blend has it"
    bpy.ops.wm.open_mainfile(filepath=str(one))
    assert _take("Calm")
    bpy.ops.soliloquy.take_remove(take="Calm")
    bpy.ops.wm.save_mainfile()
    bpy.ops.soliloquy.tidy_up()
    assert not path.is_file()


def test_nothing_but_performances_of_takes_is_ever_deleted(scene: Any, client: Any, tmp_path: Path) -> None:
    folder = _file("Calm").parent
    own = folder / "my own.npz"
    own.write_bytes(b"mine")
    outside = tmp_path / "outside.npz"
    Performance.load(_file("Calm")).save(outside)
    bpy.ops.soliloquy.load_performance(filepath=str(outside), take_name="Out")
    for name in ("Calm", "Loud", "Out"):
        bpy.ops.soliloquy.take_remove(take=name)
    client.outcome = "hold"
    job = jobs.submit(_job_writing(folder / "held.npz"))
    held = Path(job.order.output)
    held.write_bytes(b"x")
    performance_uses.note(removed={held.name})
    target = tmp_path / "target.npz"
    target.write_bytes(b"x")
    os.symlink(target, folder / "link.npz")
    performance_uses.note(removed={"link.npz"})
    bpy.ops.soliloquy.tidy_up()
    assert sorted(path.name for path in folder.glob("*.npz")) == ["held.npz", "link.npz", "my own.npz"]
    assert outside.is_file()
    assert target.is_file()


def _job_writing(path: Path) -> Any:
    order = AnimateJob(AudioRange("speech.wav"), AnimateSettings(), str(path))
    return TakeJob(order, "speech", bpy.context.scene.session_uid, 0, "nobody", 1.0)


def test_damaged_markers_delete_nothing(scene: Any) -> None:
    calm = _file("Calm")
    bpy.ops.soliloquy.take_remove(take="Calm")
    for text in ("", "[]", '{"files": 3, "removed": true}', '{"files": [1], "removed": true}', "\x00"):
        (calm.parent / (calm.name + ".uses.json")).write_text(text)
        bpy.ops.soliloquy.tidy_up()
        assert calm.is_file()
    assert session.last_error() is None
