"""Pictures and movies of a performance: what is in them, and that nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import small_performance

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.settings import AudioRange
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.render import studio
from soliloquy.rigs.render.images import contact_sheet, read_picture, save_picture, waveform
from soliloquy.rigs.render.preview import render_movie, render_sheet
from soliloquy.rigs.takes.bake import BakeOptions, bake


@pytest.fixture
def rig(blank_scene):
    rig = add_character(bpy.context)
    blank_scene.render.fps = 25
    performance = small_performance(8, 25.0)
    performance.poses[:] = 0
    performance.trans[:] = 0
    performance.arkit[:] = 0
    performance.coefficient("jawOpen")[4:] = 1
    performance.joint("jaw")[4:, 0] = 0.42
    bake(performance, rig, BakeOptions(first_frame=1))
    return rig


def _census() -> dict[str, int]:
    kinds = ("scenes", "objects", "cameras", "lights", "worlds", "sounds", "meshes", "actions")
    # Blender itself makes and keeps one "Render Result".
    images = sum(image.type != "RENDER_RESULT" for image in bpy.data.images)
    return {"images": images, **{kind: len(getattr(bpy.data, kind)) for kind in kinds}}


def test_sheet_shows_the_character_at_each_frame(rig, tmp_path) -> None:
    bpy.context.scene.frame_set(3)
    before, seen = _census(), []
    wave = np.concatenate([np.zeros(500), np.ones(500)])
    path = render_sheet(
        rig, [2, 7], tmp_path / "sheet.png", size=(64, 80), samples=2, audio_wave=wave, progress=seen.append
    )
    sheet = read_picture(path)
    assert sheet.shape == (80 + 8 + 32, 2 * 64 + 12, 3)
    one, two = sheet[4:84, 4:68], sheet[4:84, 72:136]
    assert np.ptp(one.mean(axis=2)) > 0.3  # a lit face before a darker background
    changed = np.abs(one - two).mean(axis=2)
    rows = changed[:, 20:44].mean(axis=1)
    assert changed.max() > 0.1  # the mouth has opened
    assert rows[45:70].mean() > 5 * rows[:40].mean()  # around the mouth, not at the eyes or above
    assert seen == [0.5, 1.0]
    assert _census() == before
    assert bpy.context.scene.frame_current == 3
    assert [item.name for item in tmp_path.iterdir()] == ["sheet.png"]


def test_sheet_of_several_views_goes_from_close_to_far(rig, tmp_path) -> None:
    path = render_sheet(rig, [2], tmp_path / "s.png", size=(60, 75), columns=3, samples=2, view=studio.VIEWS)
    sheet = read_picture(path)
    assert sheet.shape == (75 + 8, 3 * 60 + 16, 3)
    views = [sheet[4:79, left : left + 60] for left in (4, 68, 132)]
    # Skin and hair are warm, the wall behind them is not.
    shown = [(view[..., 0] > view[..., 2] + 0.04).mean() for view in views]
    assert shown[0] > shown[1] > shown[2] > 0.01
    # The wall is darker towards the corners.
    assert views[2][:3, :3].mean() < 0.75 * views[2][30:45, 5:15].mean()


def test_movie_has_every_frame_and_the_sound(rig, tmp_path, speech_wav) -> None:
    before = _census()
    path = render_movie(
        rig, tmp_path / "clip.mp4", fps=12.5, size=(48, 65), samples=1, audio=AudioRange(str(speech_wav), 1.0, 1.3)
    )
    assert _census() == before
    assert [item.name for item in tmp_path.iterdir()] == ["clip.mp4"]
    clip = bpy.data.movieclips.load(str(path))
    assert tuple(clip.size) == (48, 64)
    assert clip.frame_duration == 4  # 8 samples at 25 per second, every second one
    try:
        import aud
    except ImportError:
        return  # this bpy cannot read sound, so the movie is silent
    heard = aud.Sound.file(str(path)).data()
    assert len(heard) > 0
    assert np.abs(heard).max() > 0.01


def test_bad_requests_are_refused_in_words(rig, tmp_path) -> None:
    with pytest.raises(SoliloquyError, match="at least one frame"):
        render_sheet(rig, [], tmp_path / "a.png")
    with pytest.raises(SoliloquyError, match="cannot be written"):
        render_sheet(rig, [1], tmp_path / "missing" / "a.png")
    before = _census()
    with pytest.raises(SoliloquyError, match="Unknown view"):
        render_sheet(rig, [1], tmp_path / "a.png", view="foot")
    with pytest.raises(SoliloquyError, match="cannot render with Luxury"):
        render_sheet(rig, [1], tmp_path / "a.png", engine="LUXURY", size=(32, 32))
    assert _census() == before
    assert list(tmp_path.iterdir()) == []


def test_pictures_survive_saving(tmp_path) -> None:
    picture = np.zeros((5, 7, 3), np.float32)
    picture[0, 0], picture[4, 6] = (1, 0, 0), (0, 0.5, 1)
    found = read_picture(save_picture(picture, tmp_path / "p.png"))
    assert np.abs(found - picture).max() < 0.003


def test_contact_sheet_layout() -> None:
    pictures = [np.full((10, 20, 3), value, np.float32) for value in (0.2, 0.4, 0.6)]
    sheet = contact_sheet(pictures, 2, gap=4)
    assert sheet.shape == (2 * 14 + 4, 2 * 24 + 4, 3)
    assert sheet[5, 5, 0] == pytest.approx(0.2)
    assert sheet[5, 29, 0] == pytest.approx(0.4)
    assert sheet[19, 5, 0] == pytest.approx(0.6)


def test_waveform_is_tall_where_it_is_loud() -> None:
    strip = waveform(np.concatenate([np.zeros(100), np.ones(100)]), 50, 20, [0.5])
    lit = (strip[:, :, 2] > 0.5).sum(axis=0)
    assert lit[:20].max() <= 2
    assert lit[30:].min() >= 14
