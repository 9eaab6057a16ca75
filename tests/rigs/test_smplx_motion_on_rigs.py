"""SMPL-X motion onto the user's own model and back into a file: the model's own body and face, unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from body_model_files import posed_vertices, smplx_arrays, write_smplx_model

bpy = pytest.importorskip("bpy")

from soliloquy.inference.motion_files.register import read_motion, write_motion
from soliloquy.inference.performance import Performance
from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.rigs.body_models.add import add_body_model
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.takes.bake import BakeOptions, Tolerance, bake

FRAMES = 5


def test_a_beat_file_plays_as_the_model_itself_does_and_is_written_again(blank_scene: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    arrays = smplx_arrays()
    arrays["J_regressor"][:, :] = np.round(arrays["J_regressor"], 6)
    for name in ("shapedirs",):  # expressions that leave the joints where they are, as in faces of scans
        moved = arrays[name][:, :, 10:]
        moved -= np.repeat(moved.reshape(55, 4, 3, 10).mean(1), 4, axis=0)
    rig = add_body_model(bpy.context, write_smplx_model(tmp_path / "SMPLX_NEUTRAL.npz", arrays))
    poses = rng.normal(0, 0.2, (FRAMES, 165)).astype(np.float32)
    expressions = rng.normal(size=(FRAMES, 100)).astype(np.float32)
    np.savez(
        tmp_path / "speech.npz", poses=poses, trans=np.zeros((FRAMES, 3)), expressions=expressions,
        betas=np.zeros(300), mocap_frame_rate=30.0, hand_reference="flat",
    )  # fmt: skip
    blank_scene.render.fps = 30
    performance = read_motion(tmp_path / "speech.npz")
    exact = BakeOptions(first_frame=1.0, tolerance=Tolerance(0.0, 0.0, 0.0), regions=performance.regions)
    report = bake(performance, rig, exact)
    for frame in range(FRAMES):
        blank_scene.frame_set(1 + frame)
        body = rig.attached[0].evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
        x, y, z = np.array([vertex.co[:] for vertex in body.vertices]).T
        wanted = posed_vertices(
            arrays, np.zeros(1), expressions[frame, :10], poses[frame].reshape(55, 3), performance.trans[frame]
        )
        np.testing.assert_allclose(np.stack([x, z, -y], 1), wanted, atol=1e-5)
    back = read_motion(write_motion(sample_take(rig, report.take), tmp_path / "again.npz", "smplx"))
    turns = [axis_angle_to_matrix(item.poses.reshape(FRAMES, 55, 3)) for item in (performance, back)]
    np.testing.assert_allclose(turns[0], turns[1], atol=1e-4)
    assert back.expressions is not None
    np.testing.assert_allclose(back.expressions, expressions[:, :10], atol=1e-5)


def test_what_a_file_lacks_is_said_where_it_is_baked(blank_scene: Any, tmp_path: Path) -> None:
    rig = add_body_model(
        bpy.context, write_smplx_model(tmp_path / "SMPLX_NEUTRAL.npz", smplx_arrays()), correctives="OFF"
    )
    np.savez(tmp_path / "walk.npz", poses=np.full((3, 66), 0.1), trans=np.zeros((3, 3)))
    performance = read_motion(tmp_path / "walk.npz")
    assert isinstance(performance, Performance)
    report = bake(performance, rig, BakeOptions(regions=performance.regions))
    assert any("holds no face" in text for text in report.warnings)
    assert any("frame rate" in text for text in report.warnings)
    assert set(report.take.regions) == {"head", "body"}
