"""A picture made here is in the file that is saved, pixel by pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.rigs.character.materials.coloured_image import as_bytes, coloured_image


def _pixels(image: Any) -> np.ndarray:
    found = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(found)
    return found.reshape(image.size[1], image.size[0], 4)


@pytest.mark.usefixtures("blank_scene")
@pytest.mark.parametrize("channels", [3, 4])
def test_pixels_are_those_given_and_come_back_from_a_saved_file(tmp_path: Path, channels: int) -> None:
    given = np.random.default_rng(channels).random((5, 7, channels)).astype(np.float32)
    image = coloured_image("Made", lambda: as_bytes(given), alpha_mode="CHANNEL_PACKED")
    image.use_fake_user = True
    assert tuple(image.size) == (7, 5)
    assert np.abs(_pixels(image)[:, :, :channels] - given).max() <= 0.5 / 255 + 1e-6
    path = tmp_path / "a.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    again = bpy.data.images["Made"]
    assert again.packed_file is not None
    assert again.colorspace_settings.name == "sRGB"
    assert np.abs(_pixels(again)[:, :, :channels] - given).max() <= 0.5 / 255 + 1e-6
