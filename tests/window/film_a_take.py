"""Runs inside a Blender with windows: films a take from the view and through a camera, and reports what changed.

Started by test_playblast.py: ``blender --python film_a_take.py -- PERFORMANCE OUTPUT_FOLDER``.
"""

import importlib.util
import sys
from pathlib import Path

import addon_utils
import bpy

PERFORMANCE, OUTPUT = Path(sys.argv[-2]), Path(sys.argv[-1])
KEY = "bl_ext.user_default.soliloquy"
report = {"finished": False, "same": [], "written": []}

spec = importlib.util.spec_from_file_location("screen", Path(__file__).with_name("screen.py"))
assert spec is not None
assert spec.loader is not None
screen = importlib.util.module_from_spec(spec)
spec.loader.exec_module(screen)


def value(owner, item):
    """Return one plain value, arrays as tuples."""
    found = getattr(owner, item.identifier)
    return tuple(found) if getattr(item, "is_array", False) else found


def plain(owner):
    """Return every plain value of a part of the settings."""
    return {
        item.identifier: repr(value(owner, item))
        for item in owner.bl_rna.properties
        if item.type in ("BOOLEAN", "INT", "FLOAT", "ENUM", "STRING")
        and item.identifier not in ("is_movie_format", "frame_current_final")
    }


def state(space):
    """Return all that filming could have changed."""
    scene, view = bpy.context.scene, space.region_3d
    parts = (scene, scene.render, scene.render.image_settings, scene.render.ffmpeg, space, space.overlay)
    matrix = [round(number, 5) for row in view.view_matrix for number in row]
    return [*map(plain, parts), view.view_perspective, matrix, sorted(item.name for item in bpy.data.objects)]


def session():
    """Film twice."""
    addon_utils.enable(KEY, default_set=True)
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    scene = bpy.context.scene
    scene.render.fps = 30
    bpy.ops.soliloquy.add_character()
    bpy.ops.soliloquy.load_performance(filepath=str(PERFORMANCE), first_frame=3)
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 161, 91, 100
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"
    render.image_settings.color_depth = "16"
    scene.frame_set(7)
    yield 0.5
    space = screen.area_of("VIEW_3D").spaces[0]
    for name, view in (("view", ""), ("camera", "upper")):
        if view:
            bpy.ops.soliloquy.set_stage(view=view)
            yield 0.5
        before = state(space)
        bpy.ops.soliloquy.playblast(filepath=str(OUTPUT / f"{name}.mp4"), open=False)
        report["same"].append(state(space) == before)
        report["written"].append((OUTPUT / f"{name}.mp4").stat().st_size)
    report["left"] = sorted(path.name for path in OUTPUT.iterdir())


screen.play(session(), report, OUTPUT)
