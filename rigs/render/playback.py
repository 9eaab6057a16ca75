"""What a frame of one character speaking costs a 3D View, 1920 x 1080, Solid: with cards, without correctives, with
strands. In a Blender with windows that has the extension:

    blender --factory-startup --addons bl_ext.user_default.soliloquy --python-expr
        "from bl_ext.user_default.soliloquy.rigs.render import playback; playback.start('demo.npz', 'playback.json')"
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import bpy
import gpu

from ...inference.character import load_character
from ...inference.correctives import FACE_CORRECTIVES, JAW_CORRECTIVE
from ...inference.performance import Performance
from .. import compat
from ..character.default_character import add_character
from ..character.strands.hair import put_on_strands
from ..takes.bake import BakeOptions, bake
from .set_stage import set_stage

SIZE = (1920, 1080)
_FRAMES = 40
_MOST_SECONDS = 15.0
_WAIT = 1.0
"""Seconds after which the window is there."""


def start(performance: str, output: str, person: str = "default") -> None:
    """Measure as soon as the window is there, write JSON to ``output`` and quit Blender.

    Parameters
    ----------
    performance : str
        The ``.npz`` to play.
    output : str
        Receives, for each state of the character, milliseconds a frame of the wall clock: ``evaluated`` (skinning,
        shapes, hair) and ``drawn`` (the same and the picture, in Solid view).
    person : str
        A look of the cast.
    """

    def run() -> None:
        found = measure(Performance.load(performance), person)
        Path(output).write_text(json.dumps(found, indent=1), encoding="utf-8")
        bpy.ops.wm.quit_blender()

    bpy.app.timers.register(run, first_interval=_WAIT)


def measure(performance: Performance, person: str) -> dict[str, dict[str, float]]:
    """Return the figures of :func:`start`."""
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    window = bpy.context.window_manager.windows[0]
    area = max((a for a in window.screen.areas if a.type == "VIEW_3D"), key=lambda a: a.width * a.height)
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        compat.set_frame_rate(bpy.context.scene, performance.fps)
        rig = add_character(bpy.context, person=person)
        bake(performance, rig, BakeOptions(first_frame=1.0))
        set_stage(bpy.context, rig, view="upper")
        found = {"cards": _figures(area.spaces.active, region)}
        names = {JAW_CORRECTIVE, *(item.name for item in (*FACE_CORRECTIVES, *load_character().pose_correctives))}
        keyed = [mesh.data.shape_keys.key_blocks for mesh in rig.meshes if mesh.data.shape_keys is not None]
        correctives = [key for blocks in keyed for key in blocks if key.name in names]
        for key in correctives:
            key.mute = True
        found["cards, correctives off"] = _figures(area.spaces.active, region)
        for key in correctives:
            key.mute = False
        put_on_strands(rig)
        found["strands"] = _figures(area.spaces.active, region)
    return found


def _figures(space: Any, region: Any) -> dict[str, float]:
    """Return milliseconds a frame of what plays now."""
    found = {"evaluated": _milliseconds(lambda: None)}
    offscreen = gpu.types.GPUOffScreen(*SIZE)
    scene, layer = bpy.context.scene, bpy.context.view_layer
    space.overlay.show_overlays = False

    def draw() -> None:
        camera = scene.camera
        matrices = (
            camera.matrix_world.inverted(),
            camera.calc_matrix_camera(bpy.context.evaluated_depsgraph_get(), x=SIZE[0], y=SIZE[1]),
        )
        offscreen.draw_view3d(scene, layer, space, region, *matrices, do_color_management=True)
        with offscreen.bind():  # reading a pixel waits for the picture
            gpu.state.active_framebuffer_get().read_color(0, 0, 1, 1, 4, 0, "FLOAT")

    space.shading.type = "SOLID"
    found["drawn"] = _milliseconds(draw)
    offscreen.free()
    return found


def _milliseconds(then: Any) -> float:
    """Return the mean of a frame, the first ones left out."""
    scene = bpy.context.scene
    for frame in (1, 2):  # what the first frames have to fetch is no playback
        scene.frame_set(frame)
        then()
    begun = time.perf_counter()
    count = 0
    while count < _FRAMES and time.perf_counter() - begun < _MOST_SECONDS:
        scene.frame_set(3 + count)
        then()
        count += 1
    return round(1000.0 * (time.perf_counter() - begun) / count, 1)
