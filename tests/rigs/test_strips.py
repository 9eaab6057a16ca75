"""Sound strips map to the seconds of their file that are heard, and to the frame where they are heard."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.inference.errors import SoliloquyError
from soliloquy.rigs import compat
from soliloquy.rigs.strips import sound_strip, strip_range, why_no_strip

try:
    import aud  # noqa: F401
except ImportError:
    pytest.skip("this bpy was built without Audaspace", allow_module_level=True)

NEW_TIMES = bpy.app.version >= (5, 1)


@pytest.fixture
def scene(blank_scene):
    blank_scene.render.fps = 24
    blank_scene.sequence_editor_create()
    return blank_scene


def _add(scene, path: Path, channel: int = 1, frame: int = 11):
    return compat.new_sound_strip(scene.sequence_editor, "line", str(path), channel, frame)


def _trim(strip, left: int = 0, right: int = 0) -> None:
    """Cut frames off the edges, as dragging the handles does."""
    if NEW_TIMES:
        strip.left_handle += left
        strip.right_handle -= right
    else:
        strip.frame_offset_start += left
        strip.frame_offset_end += right


def _move(strip, frames: int) -> None:
    if NEW_TIMES:
        strip.content_start += frames
    else:
        strip.frame_start += frames


def _skip(strip, frames: int) -> None:
    """Cut off the beginning of the content itself (the strip's Hold / Trim settings)."""
    if NEW_TIMES:
        strip.content_trim_start = frames
    else:
        strip.animation_offset_start = frames


def test_whole_strip(scene, speech_wav) -> None:
    found = strip_range(_add(scene, speech_wav), scene)
    assert Path(found.audio.path) == speech_wav
    assert found.audio.start == 0.0
    assert found.first_frame == 11.0
    assert found.duration == pytest.approx(157 / 24)
    assert found.audio.stop == pytest.approx(157 / 24)


def test_trims_and_moves(scene, speech_wav) -> None:
    strip = _add(scene, speech_wav)
    _trim(strip, 10, 30)
    found = strip_range(strip, scene)
    assert found.first_frame == 21.0
    assert found.audio.start == pytest.approx(10 / 24)
    assert found.audio.stop == pytest.approx(127 / 24)
    _move(strip, 100)
    moved = strip_range(strip, scene)
    assert moved.first_frame == 121.0
    assert moved.audio == found.audio


def test_skipped_content_counts(scene, speech_wav) -> None:
    strip = _add(scene, speech_wav)
    _skip(strip, 12)
    found = strip_range(strip, scene)
    # Whatever the version makes of the edges, frame f plays second (f - 11) / 24 or (f + 1) / 24 of the file.
    origin = 11 if NEW_TIMES else -1
    assert found.audio.start == pytest.approx((found.first_frame - origin) / 24)
    assert found.audio.start == pytest.approx(0.5)


@pytest.mark.parametrize(("fps", "base"), [(24, 1.001), (30, 1.001), (120, 1.0)])
def test_frame_rates(scene, speech_wav, fps, base) -> None:
    scene.render.fps, scene.render.fps_base = fps, base
    strip = _add(scene, speech_wav)
    _trim(strip, 10)
    found = strip_range(strip, scene)
    assert found.audio.start == pytest.approx(10 * base / fps, rel=1e-6)
    assert found.first_frame == 21.0
    assert found.duration == pytest.approx(6.54, abs=0.6)


def test_sound_offset_gives_a_sub_frame_start(scene, speech_wav) -> None:
    strip = _add(scene, speech_wav)
    strip.sound_offset = 0.01
    found = strip_range(strip, scene)
    assert found.first_frame == pytest.approx(11 + 0.24, abs=1e-5)
    assert found.audio.start == 0.0
    strip.sound_offset = -0.01
    found = strip_range(strip, scene)
    assert found.first_frame == 11.0
    assert found.audio.start == pytest.approx(0.01, abs=1e-6)


def test_silence_before_the_content_is_left_out(scene, speech_wav) -> None:
    strip = _add(scene, speech_wav, frame=31)
    _trim(strip, -10)
    found = strip_range(strip, scene)
    assert found.first_frame == 31.0
    assert found.audio.start == 0.0


def test_packed_sounds_are_written_out_once(scene, speech_wav, tmp_path) -> None:
    copy = tmp_path / "line one.flac"
    copy.write_bytes(speech_wav.read_bytes())
    strip = _add(scene, copy)
    strip.sound.pack()
    copy.unlink()
    path = Path(strip_range(strip, scene).audio.path)
    assert path.read_bytes() == speech_wav.read_bytes()
    assert path.suffix == ".flac"
    stamp = path.stat().st_mtime_ns
    assert Path(strip_range(strip, scene).audio.path) == path
    assert path.stat().st_mtime_ns == stamp
    assert not list(path.parent.glob("*.part"))


def test_paths_relative_to_the_file(scene, speech_wav, tmp_path) -> None:
    (tmp_path / "audio").mkdir()
    copy = tmp_path / "audio" / "line.flac"
    copy.write_bytes(speech_wav.read_bytes())
    strip = _add(scene, copy)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"), relative_remap=True)
    strip = compat.top_strips(bpy.context.scene.sequence_editor)[0]
    strip.sound.filepath = "//audio/line.flac"
    assert Path(strip_range(strip, bpy.context.scene).audio.path) == copy


def test_paths_relative_to_a_linked_library(scene, speech_wav, tmp_path) -> None:
    (tmp_path / "library").mkdir()
    copy = tmp_path / "library" / "line.flac"
    copy.write_bytes(speech_wav.read_bytes())
    sound = _add(scene, copy).sound
    sound.use_fake_user = True
    sound.name = "linked line"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library" / "lib.blend"))
    bpy.data.sounds["linked line"].filepath = "//line.flac"
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    with bpy.data.libraries.load(str(tmp_path / "library" / "lib.blend"), link=True) as (_, wanted):
        wanted.sounds = ["linked line"]
    scene = bpy.context.scene
    scene.sequence_editor_create()
    strip = _add(scene, speech_wav)
    strip.sound = wanted.sounds[0]
    assert strip.sound.library is not None
    assert Path(strip_range(strip, scene).audio.path) == copy


def test_meta_strips_cut_and_move_what_is_inside(scene, speech_wav) -> None:
    strip = _add(scene, speech_wav, frame=11)
    strips = scene.sequence_editor.strips
    meta = strips.new_meta("scene one", 4, 11)
    strip.move_to_meta(meta)
    if NEW_TIMES:
        meta.right_handle, meta.left_handle = 101, 21
    else:
        meta.frame_final_end, meta.frame_final_start = 101, 21
    found = strip_range(strip, scene)
    assert found.first_frame == 21.0
    assert found.audio.start == pytest.approx(10 / 24)
    assert found.duration == pytest.approx(80 / 24)
    _move(meta, 50)
    moved = strip_range(strip, scene)
    assert moved.first_frame == 71.0
    assert moved.audio == found.audio
    scene.sequence_editor.active_strip = None
    assert sound_strip(bpy.context) == strip


def test_retimed_strips_are_refused(scene, speech_wav) -> None:
    strip = _add(scene, speech_wav)
    if NEW_TIMES:
        strip.retiming_keys.add(timeline_frame=60)
    else:  # adding a key without a window crashes this Blender, so only the reading is checked
        strip = SimpleNamespace(
            type="SOUND", name="line", retiming_keys=[SimpleNamespace(timeline_frame=frame) for frame in (11, 60)]
        )
    with pytest.raises(SoliloquyError, match="changed speed"):
        strip_range(strip, scene)


def test_missing_file_and_wrong_kind_are_refused(scene, speech_wav, tmp_path) -> None:
    copy = tmp_path / "line.flac"
    copy.write_bytes(speech_wav.read_bytes())
    strip = _add(scene, copy)
    copy.unlink()
    with pytest.raises(SoliloquyError, match="missing"):
        strip_range(strip, scene)
    color = scene.sequence_editor.strips.new_effect("c", "COLOR", 5, 1, **_length(20))
    with pytest.raises(SoliloquyError, match="not a sound"):
        strip_range(color, scene)


def _length(frames: int) -> dict[str, int]:
    return {"length": frames} if bpy.app.version >= (5, 0) else {"frame_end": 1 + frames}


def test_which_strip_is_meant(scene, speech_wav) -> None:
    editor = scene.sequence_editor
    assert sound_strip(bpy.context) is None
    assert "Add a sound strip" in why_no_strip(bpy.context)
    one = _add(scene, speech_wav, 1)
    two = _add(scene, speech_wav, 2, 300)
    two.mute = True
    editor.active_strip = None
    one.select, two.select = False, True
    assert sound_strip(bpy.context) == two
    two.select = False
    assert sound_strip(bpy.context) is None
    assert why_no_strip(bpy.context).startswith("Select one")
    one.select = two.select = True
    assert "Animate All" in why_no_strip(bpy.context)
    editor.active_strip = one
    assert sound_strip(bpy.context) == one
    assert why_no_strip(bpy.context) == ""


def test_the_sequencers_own_scene_comes_first(scene, speech_wav) -> None:
    other = bpy.data.scenes.new("Edit")
    other.sequence_editor_create()
    strip = _add(other, speech_wav)
    assert sound_strip(bpy.context) is None
    context = SimpleNamespace(scene=scene, workspace=SimpleNamespace(sequencer_scene=other))
    assert sound_strip(context) == strip


def test_the_sound_of_a_movie_strip_is_found(scene, tmp_path) -> None:
    movie = tmp_path / "clip.avi"
    _render_movie_with_sound(movie)
    strips = scene.sequence_editor.strips
    picture = strips.new_movie("clip", str(movie), 2, 31)
    scene.sequence_editor.active_strip = picture
    picture.select = True
    assert sound_strip(bpy.context) is None
    assert "no sound strip beside it" in why_no_strip(bpy.context)
    with pytest.raises(SoliloquyError, match="no sound strip"):
        strip_range(picture, scene)
    sound = _add(scene, movie, 1, 31)
    scene.sequence_editor.active_strip = picture
    assert sound_strip(bpy.context) == sound
    assert strip_range(picture, scene).first_frame == 31.0


def _render_movie_with_sound(path: Path) -> None:
    """Encode ten frames and half a second of tone with Blender's FFmpeg."""
    av = pytest.importorskip("av")
    import numpy as np

    with av.open(str(path), "w") as container:
        video = container.add_stream("mjpeg", rate=24)
        video.width = video.height = 32
        video.pix_fmt = "yuvj420p"
        audio = container.add_stream("pcm_s16le", rate=16000, layout="mono")
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            container.mux(video.encode(frame))
        tone = (8000 * np.sin(np.arange(6400) * 0.2)).astype(np.int16)[None]
        block = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        block.sample_rate = 16000
        container.mux(audio.encode(block))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
