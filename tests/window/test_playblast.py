"""A playblast in a real Blender with windows: a movie with picture and sound, and a scene as it was."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.window

pytest.importorskip("av")

import av
import numpy as np

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.performance import Performance

SCRIPT = Path(__file__).with_name("film_a_take.py")


def test_a_take_is_filmed_with_sound_and_the_scene_stays_as_it_is(root: Path, tmp_path: Path) -> None:
    blender = os.environ.get("BLENDER")
    if not blender:
        pytest.skip("NO WINDOW TEST: set BLENDER to the executable of a Blender that can open windows.")
    frames = 12
    made = Performance(30.0, np.zeros((frames, 165)), np.zeros((frames, 3)), np.zeros((frames, 52)), np.zeros(frames))
    made.arkit[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0, 1, frames)
    made.save(tmp_path / "made.npz")
    extensions = tmp_path / "resources" / "extensions" / "user_default"
    extensions.mkdir(parents=True)
    (extensions / "soliloquy").symlink_to(root)
    output = tmp_path / "output"
    output.mkdir()
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "resources")}
    finished = subprocess.run(
        [blender, "--factory-startup", "--window-geometry", "0", "0", "1000", "700", "--python", str(SCRIPT), "--",
         str(tmp_path / "made.npz"), str(output)],
        check=False, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert (output / "report.json").is_file(), finished.stdout + finished.stderr
    report = json.loads((output / "report.json").read_text(encoding="utf-8"))
    assert report.get("traceback") is None, report["traceback"]
    assert report["finished"]
    assert report["same"] == [True, True]
    assert report["left"] == ["camera.mp4", "view.mp4"]
    for name in report["left"]:
        with av.open(output / name) as movie:
            picture, sound = movie.streams.video[0], movie.streams.audio[0]
            assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
            assert (picture.codec_context.width, picture.codec_context.height) == (160, 90)
            shown = [frame.to_ndarray(format="gray") for frame in movie.decode(picture)]
        assert abs(len(shown) - frames) <= 1
        assert np.ptp(shown[0].astype(int)) > 20, "nothing is to be seen"
