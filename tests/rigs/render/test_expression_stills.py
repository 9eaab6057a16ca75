"""Pictures of expressions, each frame for itself."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.performance import Performance
from soliloquy.rigs.render.expression_stills import render_stills
from soliloquy.rigs.render.images import read_picture


def test_every_frame_becomes_a_picture_of_its_own_face(tmp_path, blank_scene):
    arkit = np.zeros((3, 52), np.float32)
    # Shut eyes are seen in few pixels, too.
    arkit[1, [ARKIT_INDEX[name] for name in ("mouthPucker", "browInnerUp", "eyeBlinkLeft", "eyeBlinkRight")]] = 1
    still = Performance(25.0, np.zeros((3, 165), np.float32), np.zeros((3, 3), np.float32), arkit, np.zeros(3))
    files = render_stills(still, tmp_path, size=48, samples=1)
    assert [file.name for file in files] == ["00000.png", "00001.png", "00002.png"]
    first, other, again = (read_picture(file) for file in files)
    assert first.shape == (48, 48, 3)
    assert np.abs(first - other).max() > 0.1
    assert np.abs(first - again).max() < 0.02
    # Straight from the front the face is in the middle of the picture.
    skin = (first[..., 0] > first[..., 2] + 0.1).nonzero()[1]
    assert abs(np.median(skin) - 23.5) < 2.5
