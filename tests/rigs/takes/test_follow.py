"""A take follows its sound strip: moved, trimmed, cut, slipped, at another frame rate, with the sound it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.inference.craft import LipCraft
from soliloquy.rigs import compat, strip_identity, strips
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import craft, curves, fixes, follow, nla, strip_link
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake

FPS = 24
SMILE = "mouthSmileLeft"
try:
    import aud  # noqa: F401

    SOUND = True
except ImportError:
    SOUND = False


class Line:
    """A character that speaks a strip: its smile is the second of the file, as a share of ten."""

    def __init__(self, scene: Any, strip: Any) -> None:
        self.scene, self.strip = scene, strip
        self.rig = add_small_character(bpy)
        self.take = self.speak("Line")

    def speak(self, name: str, lead: float = 0.0) -> Any:
        """Bake what the strip plays now and tie it to the strip."""
        fps = strips.scene_fps(self.scene)
        heard = strips.heard(self.strip, self.scene)
        frames = round((heard.stop - heard.start + lead) * fps) + 1
        performance = small_performance(frames, fps)
        performance.coefficient(SMILE)[:] = 0.1 * np.maximum(heard.start - lead + np.arange(frames) / fps, 0.0)
        options = BakeOptions(first_frame=heard.first_frame - lead * fps, name=name, tolerance=0.0)
        strip_identity.identify(self.strip, self.scene)
        take = bake(performance, self.rig, options, scene=self.scene).take
        assert follow.link_take(
            self.rig, take, self.strip, self.scene,
            at=heard.first_frame, second=heard.start, stop=heard.stop, scene=self.scene,
        )  # fmt: skip
        return take

    def second_shown(self, frame: float) -> float:
        """Return the second of the file that the character's face shows at a scene frame."""
        whole = int(np.floor(frame))
        self.scene.frame_set(whole, subframe=frame - whole)
        return 10.0 * self.rig.meshes[0].data.shape_keys.key_blocks[SMILE].value

    def in_sync(self, strip: Any = None) -> bool:
        """Tell whether the face shows what is heard, all along a strip (edges left out, where faces come to rest)."""
        heard = strips.heard(strip or self.strip, self.scene)
        margin = 0.2
        seconds = np.linspace(heard.start + margin, heard.stop - margin, 7)
        shown = [self.second_shown(heard.first_frame + (s - heard.start) * heard.rate) for s in seconds]
        return bool(np.allclose(shown, seconds, atol=0.03))

    def lies(self) -> list[tuple[float, ...]]:
        """Return where every NLA strip of the character lies."""
        return [
            (s.frame_start, s.frame_end, s.action_frame_start, s.action_frame_end, s.blend_in, s.blend_out)
            for item in nla.tracks(self.rig, fixes=True)
            for s in item.pieces
        ]


@pytest.fixture
def line(blank_scene: Any, speech_wav: Any, request: Any) -> Line:
    if not SOUND:
        pytest.skip("this bpy was built without Audaspace")
    blank_scene.render.fps, blank_scene.render.fps_base = FPS, 1.0
    editor = blank_scene.sequence_editor_create()
    return Line(blank_scene, compat.new_sound_strip(editor, "line", str(speech_wav), 1, 11))


def _shift(strip: Any, frames: int) -> None:
    if hasattr(strip, "content_start"):
        strip.content_start += frames
    else:
        strip.frame_start += frames


def _trim(strip: Any, left: int = 0, right: int = 0) -> None:
    if hasattr(strip, "left_handle"):
        strip.left_handle += left
        strip.right_handle -= right
    else:
        strip.frame_offset_start += left
        strip.frame_offset_end += right


def _slip(strip: Any, frames: int) -> None:
    """Move the sound below the edges."""
    _shift(strip, frames)
    _trim(strip, -frames, frames)


def test_moving_takes_everything_along_and_back_exactly(line: Line) -> None:
    before = line.lies()
    keys = [curves.fingerprint(action) for action in bpy.data.actions]
    _shift(line.strip, 100)
    assert follow.follow().moved == (line.take.id,)
    assert line.in_sync()
    assert takes.find_take(line.rig, "Line").first_frame == pytest.approx(111.0)
    assert [curves.fingerprint(action) for action in bpy.data.actions] == keys
    assert follow.follow().moved == ()
    _shift(line.strip, -100)
    follow.follow()
    assert line.lies() == before


def test_trimming_cuts_and_the_mouth_comes_to_rest(line: Line) -> None:
    before = line.lies()
    _trim(line.strip, 30, 40)
    follow.follow()
    take = takes.find_take(line.rig, "Line")
    assert take.first_frame == pytest.approx(41.0)
    assert take.last_frame == pytest.approx(strips.heard(line.strip, line.scene).last_frame)
    assert line.in_sync()
    assert line.second_shown(take.last_frame + 10) == pytest.approx(0.0, abs=0.01)
    _trim(line.strip, -30, -40)
    follow.follow()
    assert line.lies() == before


def test_slipping_shows_another_stretch_at_the_same_place(line: Line) -> None:
    _trim(line.strip, 40, 40)
    _slip(line.strip, -20)
    follow.follow()
    heard = strips.heard(line.strip, line.scene)
    assert heard.first_frame == 51.0
    assert heard.start == pytest.approx(60 / FPS)
    assert line.in_sync()


def test_a_cut_makes_two_parts_that_are_moved_apart_and_together(line: Line) -> None:
    before = line.lies()
    second = line.strip.split(frame=70, split_method="SOFT")
    follow.follow()
    assert line.lies() == before, "a cut alone changes nothing"
    _shift(second, 50)
    follow.follow()
    assert line.in_sync(line.strip)
    assert line.in_sync(second)
    assert line.second_shown(95) == pytest.approx(0.0, abs=0.01)
    _shift(line.strip, 500)
    follow.follow()
    assert line.in_sync(line.strip)
    assert line.in_sync(second)
    line.scene.sequence_editor.strips.remove(second)
    follow.follow()
    assert len(nla.tracks(line.rig, region="lips")[0].pieces) == 1
    assert line.in_sync(line.strip)


def test_scene_frame_rates_keep_lips_and_sound_together(line: Line) -> None:
    before = line.lies()
    for fps, base in ((30, 1.0), (30, 1.001), (12, 1.0), (60, 1.0)):
        line.scene.render.fps, line.scene.render.fps_base = fps, base
        follow.follow()
        assert line.in_sync(), (fps, base)
    line.scene.render.fps, line.scene.render.fps_base = FPS, 1.0
    follow.follow()
    assert np.allclose(line.lies(), before, atol=1e-3)


@pytest.mark.skipif(bpy.app.version < (5, 1), reason="adding a key without a window crashes this Blender")
def test_one_changed_speed_is_followed_and_two_are_said(line: Line) -> None:
    keys = line.strip.retiming_keys
    keys.add(timeline_frame=11)
    keys[-1].timeline_frame = 11 + 2 * 157
    assert len(keys) == 2
    follow.follow()
    heard = strips.heard(line.strip, line.scene, 157 / FPS)
    assert heard.rate == pytest.approx(FPS * 2)
    for second in (1.0, 3.0, 5.0):
        assert line.second_shown(11 + 48 * second) == pytest.approx(second, abs=0.03)
    link = follow.link_of(line.rig, line.take)
    assert follow.why_stale(link) is None
    keys.add(timeline_frame=100)
    assert "changed speed" in str(follow.why_stale(link))


def test_hand_made_layers_go_with_their_take(line: Line) -> None:
    block = line.rig.meshes[0].data.shape_keys.key_blocks["browInnerUp"]
    line.scene.frame_set(50)
    under = block.value
    for frame, more in ((40, 0.0), (50, 0.3), (60, 0.0)):
        line.scene.frame_set(frame)
        block.value += more
        block.keyframe_insert("value", frame=frame)
    assert fixes.keep_as_fix(line.rig, line.take, scene=line.scene)
    line.scene.frame_set(50)
    with_fix = block.value
    assert with_fix > under + 0.2
    _shift(line.strip, 75)
    follow.follow()
    line.scene.frame_set(125)
    assert block.value == pytest.approx(with_fix, abs=0.01)
    _shift(line.strip, -75)
    line.scene.render.fps = 48
    follow.follow()
    at = 11 + 2 * (50 - 11)
    line.scene.frame_set(at)
    assert block.value == pytest.approx(with_fix, abs=0.01)


def test_what_a_person_moved_stays_moved_and_what_they_cut_is_left_alone(line: Line) -> None:
    takes.move(line.rig, line.take, 8.0)
    _shift(line.strip, 20)
    follow.follow()
    assert takes.find_take(line.rig, "Line").first_frame == pytest.approx(28.0)
    for item in nla.tracks(line.rig):
        item.strip.action_frame_start += 12
    at = takes.find_take(line.rig, "Line").first_frame
    _shift(line.strip, 20)
    assert follow.follow().moved == ()
    assert takes.find_take(line.rig, "Line").first_frame == pytest.approx(at)
    follow.follow([line.take.id], again=True)
    assert line.in_sync()


def test_duplicates_repeat_the_speech_until_they_are_animated(line: Line) -> None:
    second = line.strip.split(frame=70, split_method="SOFT")
    _trim(second, -59)  # as a copy of the whole would lie on top of the first half
    follow.follow()
    assert line.in_sync(line.strip)
    _shift(second, 400)
    follow.follow()
    assert line.in_sync(line.strip)
    assert line.in_sync(second)
    first, line.strip = line.strip, second
    line.speak("Again")
    assert strip_identity.identity(first) != strip_identity.identity(second)
    follow.follow()
    assert takes.find_take(line.rig, "Line").last_frame < 100
    assert {take.name for take in takes.takes_of(line.rig)} == {"Line", "Again"}


def test_takes_that_do_not_fit_any_more_say_why_and_stay(line: Line, tmp_path: Any) -> None:
    link = follow.link_of(line.rig, line.take)
    assert follow.why_stale(link) is None
    before = line.lies()
    other = tmp_path / "other.flac"
    other.write_bytes(b"x" + Path(line.strip.sound.filepath).read_bytes())
    was = line.strip.sound.filepath
    line.strip.sound.filepath = str(other)
    assert "another sound" in str(follow.why_stale(link))
    line.strip.sound.filepath = was
    assert follow.why_stale(link) is None
    _trim(line.strip, 100, 0)
    half = line.speak("Half")
    _trim(line.strip, -50, 0)
    assert "more of its sound" in str(follow.why_stale(follow.link_of(line.rig, half)))
    _trim(line.strip, -50, 0)
    line.scene.sequence_editor.strips.remove(line.strip)
    follow.follow()
    assert set(before) <= set(line.lies())


def test_lead_in_stays_with_an_edge_that_was_not_trimmed(line: Line) -> None:
    take = line.speak("Led", lead=0.5)
    assert take.first_frame == pytest.approx(-1.0)
    _shift(line.strip, 30)
    follow.follow()
    assert takes.find_take(line.rig, "Led").first_frame == pytest.approx(29.0)
    _trim(line.strip, 24)
    follow.follow()
    assert takes.find_take(line.rig, "Led").first_frame == pytest.approx(65.0)


def test_saved_files_follow_when_they_are_opened(line: Line, tmp_path: Any) -> None:
    path = str(tmp_path / "line.blend")
    _shift(line.strip, 60)
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert len(follow.follow().moved) == 1
    action = next(action for action in bpy.data.actions if strip_link.read(action) is not None)
    assert strip_link.read(action).pieces[0].start == pytest.approx(71.0)


def test_meta_strips_take_along_what_is_inside(line: Line) -> None:
    meta = line.scene.sequence_editor.strips.new_meta("scene one", 4, 11)
    line.strip.move_to_meta(meta)
    if hasattr(meta, "right_handle"):
        meta.right_handle, meta.left_handle = 101, 21
    else:
        meta.frame_final_end, meta.frame_final_start = 101, 21
    follow.follow()
    assert line.in_sync()
    _shift(meta, 60)
    follow.follow()
    assert takes.find_take(line.rig, "Line").first_frame == pytest.approx(81.0)
    assert line.in_sync()


def test_a_duplicate_of_the_character_follows_the_same_strip(line: Line) -> None:
    for item in bpy.data.objects:
        item.select_set(True)
    bpy.ops.object.duplicate()
    twin = next(item for item in bpy.data.objects if item.type == "ARMATURE" and item != line.rig.armature)
    _shift(line.strip, 30)
    follow.follow()
    for rig in (line.rig, find_rig(twin)):
        assert {item.strip.frame_start for item in nla.tracks(rig)} == {41.0}


def test_lips_crafted_into_a_new_take_follow_too(line: Line) -> None:
    _shift(line.strip, 30)
    _trim(line.strip, 24)
    follow.follow()
    made = craft.craft_into_new_take(line.rig, line.take, LipCraft(), name="Lips", scene=line.scene).take
    assert takes.find_take(line.rig, "Lips").first_frame == pytest.approx(65.0)
    _shift(line.strip, 10)
    assert set(follow.follow().moved) == {line.take.id, made.id}
    assert takes.find_take(line.rig, "Lips").first_frame == pytest.approx(75.0)


def test_a_damaged_link_is_none(blank_scene: Any) -> None:
    action = bpy.data.actions.new("Any")
    for text in ("", "[]", "{}", '{"pieces": 3}', "[" * 4000):
        action[strip_link.PROPERTY] = text
        assert strip_link.read(action) is None


def test_strips_of_the_nla_are_placed_cut_and_joined_without_sound_too(blank_scene: Any, monkeypatch: Any) -> None:
    """What Blender is asked to do, with a strip that only answers: also where Blender was built without sound."""
    rig = add_small_character(bpy)
    take = bake(small_performance(101, 24.0), rig, BakeOptions(first_frame=11.0)).take
    link = strip_link.Link(
        "id", "line", blank_scene.name, 11.0, 0.0, 24.0, 0.0, 100 / 24, 11.0, 111.0, 5.0, "", 0, 0.0,
        (strip_link.Piece(11.0, 111.0, 11.0, 1.0),),
    )  # fmt: skip
    for action in nla.actions(nla.tracks(rig)):
        strip_link.write(action, link)
    heard: list[strips.Heard] = []
    monkeypatch.setattr(follow, "_heard", lambda _link: heard)
    whole = [(11.0, 111.0, 11.0, 111.0)]

    def lie() -> list[tuple[float, ...]]:
        return [
            (s.action_frame_start, s.action_frame_end, s.frame_start, s.frame_end)
            for s in nla.tracks(rig, region="body")[0].pieces
        ]

    heard[:] = [strips.Heard(1.0, 2.0, 500.0, 48.0), strips.Heard(2.0, 100 / 24, 20.0, 24.0)]
    follow.follow()
    # A later part that plays earlier, and one at half the speed.
    assert np.allclose(lie(), [(59, 111, 20, 72), (35, 59, 500, 548)])
    found = takes.find_take(rig, take.name)
    assert (found.first_frame, found.last_frame) == (20.0, 548.0)
    moved = takes.move(rig, found, 30.0)
    assert moved.last_frame == 558.0
    heard[:] = []
    assert follow.follow().moved == ()
    heard[:] = [strips.Heard(0.0, 100 / 24, 11.0, 24.0)]
    assert follow.follow([take.id], again=True).moved == (take.id,)
    assert np.allclose(lie(), whole)
    takes.remove(rig, found, force=True)
    assert not nla.tracks(rig)
