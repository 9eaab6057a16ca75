"""Runs inside a Blender with windows: the mouth over its waveform while a take is made, scrubbed, kept and discarded.

Started by test_preview.py: ``blender --python preview_in_blender.py -- ZIP WORKER_PYTHON AUDIO OUTPUT_FOLDER``; the
recording is a long one, and a short one lies beside it as ``short.wav``.
"""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np

ZIP, WORKER_PYTHON, AUDIO = sys.argv[-4:-1]
OUTPUT = Path(sys.argv[-1])
KEY = "bl_ext.user_default.soliloquy"
PATIENCE = 120.0
report: dict[str, Any] = {"finished": False}
bpy.context.preferences.view.show_splash = False
bpy.context.preferences.view.ui_scale = 1.0

spec = importlib.util.spec_from_file_location("screen", Path(__file__).with_name("screen.py"))
assert spec is not None
assert spec.loader is not None
screen = importlib.util.module_from_spec(spec)
spec.loader.exec_module(screen)
area_of, inside, show_tab = screen.area_of, screen.inside, screen.show_tab


def module(name):
    """Return a module of the installed extension."""
    return sys.modules[f"{KEY}.{name}"]


def until(condition):
    """Wait until something holds; Blender goes on meanwhile."""
    limit = time.perf_counter() + PATIENCE
    while not condition() and time.perf_counter() < limit:
        yield 0.03


def shown():
    """Return the job whose mouth is shown, None for none."""
    preview = sys.modules.get(f"{KEY}.operators.mouth_preview")
    return preview.shown() if preview is not None else None


def left_behind():
    """Return what of a preview is still there."""
    overlay = sys.modules.get(f"{KEY}.operators.mouth_overlay")
    found = [] if overlay is None or overlay._handler is None else ["draw handler"]
    scrub = sys.modules.get(f"{KEY}.operators.mouth_scrub")
    found += [item.__name__ for item in scrub._registered] if scrub is not None else []
    return found + [f.__name__ for f in bpy.app.handlers.load_pre if f.__module__.endswith("mouth_overlay")]


def place():
    """Return where the preview lies in the 3D View, and that view's region."""
    area = area_of("VIEW_3D")
    region = next(region for region in area.regions if region.type == "WINDOW")
    with inside(area):
        return module("operators.mouth_preview").place_in(bpy.context), region


def on_screen(rect):
    """Return a rectangle of the 3D View as rows and columns of the screen."""
    _, region = place()
    height = bpy.context.window_manager.windows[0].height
    top, bottom = height - (region.y + rect.top), height - (region.y + rect.bottom)
    return slice(int(top), int(bottom)), slice(int(region.x + rect.left), int(region.x + rect.right))


def pixels(rect):
    """Return what the screen shows in a part of the preview."""
    return screen.screen_pixels()[on_screen(rect)].astype(int)


def reds():
    """Return how many pixels of the mouth's picture have the colour of lips, and how many are the dark between them."""
    seen = pixels(place()[0].mouth)
    lips = (seen[..., 0] > seen[..., 1] + 35) & (seen[..., 0] > 100)
    dark = (seen.max(-1) < 45) & (seen[..., 0] > seen[..., 1] + 8)
    return int(lips.sum()), int(dark.sum())


def mouse(*arguments):
    """Let the mouse do something."""
    subprocess.run(["xdotool", *map(str, arguments)], check=True)


def at(share, rect):
    """Return the point of the screen at a share of a rectangle's width."""
    rows, columns = on_screen(rect)
    return int(columns.start + share * (columns.stop - columns.start)), (rows.start + rows.stop) // 2


def press():
    """Press Animate as the panel's button does."""
    with inside(area_of("VIEW_3D")):
        bpy.ops.soliloquy.animate("INVOKE_DEFAULT")


def takes():
    """Return how many takes there are."""
    rig = module("rigs.rig").find_rig(bpy.data.objects["Soliloquy"])
    return len(module("rigs.takes.take").takes_of(rig))


def selected():
    """Return what is selected."""
    return sorted(item.name for item in bpy.context.view_layer.objects if item.select_get())


def frame_of(share):
    """Return the frame at a share of the recording that is shown."""
    preview = module("operators.mouth_preview")
    return preview.frame_of(bpy.context, share * preview.lips(shown()).seconds)


def most_open(value):
    """Return the frame where the lips are furthest apart, or least."""
    preview = module("operators.mouth_preview")
    early = preview.lips(shown())
    times = np.arange(0.5, early.made_seconds - 0.2, 1 / 30)
    rows = [(early.at(second) or {"aperture": np.nan})["aperture"] for second in times]
    return preview.frame_of(bpy.context, times[int(value(rows))])


def artist():
    """The session; yields the seconds until its next step."""
    bpy.ops.extensions.package_install_files(filepath=ZIP, repo="user_default", enable_on_install=True)
    yield 0.6
    bpy.ops.wm.read_homefile()
    yield 0.5
    chosen = bpy.context.preferences.addons[KEY].preferences
    chosen.worker_python = WORKER_PYTHON
    yield from until(lambda: not module("operators.runtime").work.title)
    yield from show_tab(area_of("VIEW_3D"))
    view = area_of("VIEW_3D")
    with inside(view):
        bpy.ops.soliloquy.add_character()
    strips = bpy.context.scene.sequence_editor_create().strips
    strip = strips.new_sound("Line 1", str(Path(AUDIO).with_name("short.wav")), 1, 10)
    bpy.context.scene.sequence_editor.active_strip = strip
    long_strip = strips.new_sound("Long line", AUDIO, 2, 10)
    yield 0.5
    report["before"] = left_behind()

    yield from while_it_runs(long_strip)
    yield from held(strip)
    yield from themes(strip)
    yield from another_file()


def while_it_runs(strip):
    """See the mouth grow, scrub it, cancel."""
    scene = bpy.context.scene
    scene.sequence_editor.active_strip = strip
    press()
    yield from until(lambda: shown() is not None)
    early = module("operators.mouth_preview").lips(shown())
    yield from until(lambda: early.made_seconds > 20)
    # On a quick machine the take would be there before the mouse is.
    worker = module("operators.session").current_client().pid
    os.kill(worker, signal.SIGSTOP)
    scene.frame_set(most_open(np.nanargmax))
    yield 0.3
    report["running_state"] = shown().handle.state
    report["made"] = [early.made_seconds, early.seconds]
    screen.screenshot(OUTPUT / "1_running.png")
    report["open"] = reds()
    scene.frame_set(most_open(np.nanargmin))
    yield 0.3
    report["shut"] = reds()
    mouse("mousemove", *at(0.02, place()[0].wave))
    yield 0.3
    before = selected()
    mouse("mousedown", 1)
    yield 0.2
    mouse("mousemove", *at(0.10, place()[0].wave))
    yield 0.4
    report["scrubbed"] = [scene.frame_current, frame_of(0.10)]
    mouse("mouseup", 1)
    yield 0.3
    frame = scene.frame_current
    mouse("mousedown", 1)
    yield 0.2
    mouse("mousemove", *at(0.3, place()[0].wave))
    yield 0.4
    gone_to = scene.frame_current
    mouse("key", "Escape")
    yield 0.4
    mouse("mouseup", 1)
    yield 0.3
    report["broken_off"] = [gone_to != frame, scene.frame_current == frame]
    report["selection_kept"] = before == selected()
    report["still_running"] = not shown().handle.finished if shown() else False
    bpy.ops.soliloquy.cancel()
    os.kill(worker, signal.SIGCONT)
    yield from until(lambda: not module("operators.jobs").running())
    yield 0.3
    report["cancelled"] = [takes(), left_behind(), module("operators.session").notice()]
    screen.screenshot(OUTPUT / "2_cancelled.png")


def held(strip):
    """Let finished takes wait: discard one with the mouse, keep one with the mouse."""
    chosen = bpy.context.preferences.addons[KEY].preferences
    chosen.preview_first = True
    bpy.context.scene.sequence_editor.active_strip = strip
    outcomes = []
    for button in ("drop", "keep"):
        press()
        yield from until(lambda: shown() is not None and shown().held)
        yield 0.6
        bpy.context.scene.frame_set(most_open(np.nanargmax))
        yield 0.4
        screen.screenshot(OUTPUT / f"3_held_{button}.png")
        report[f"held_{button}"] = [takes(), *reds()]
        mouse("mousemove", *at(0.5, getattr(place()[0], button)))
        yield 0.3
        mouse("click", 1)
        yield from until(lambda: not module("operators.jobs").running())
        yield 0.5
        outcomes.append([takes(), left_behind()])
    report["outcomes"] = outcomes


def rendered():
    """Return how many pixels of a render of the 3D View, at its lower right, have the colour of lips."""
    render = bpy.context.scene.render
    render.resolution_x, render.resolution_y, render.filepath = 800, 450, str(OUTPUT / "rendered.png")
    render.image_settings.file_format = "PNG"
    with inside(area_of("VIEW_3D")):
        bpy.ops.render.opengl(write_still=True, view_context=True)
    image = bpy.data.images.load(render.filepath)
    seen = np.array(image.pixels[:]).reshape(450, 800, -1)[:225, 400:, :3] * 255
    bpy.data.images.remove(image)
    # The outline of what is selected is as red, but orange.
    lips = (seen[..., 0] > seen[..., 1] + 35) & (seen[..., 0] > 100) & (np.abs(seen[..., 1] - seen[..., 2]) < 25)
    return int(lips.sum())


def themes(strip):
    """Look at it in a light theme, and twice as large."""
    press()
    yield from until(lambda: shown() is not None and shown().held)
    bpy.context.scene.frame_set(most_open(np.nanargmax))
    yield 0.3
    report["rendered"] = rendered()
    presets = Path(bpy.utils.system_resource("SCRIPTS")) / "presets" / "interface_theme" / "Blender_Light.xml"
    bpy.ops.script.execute_preset(filepath=str(presets), menu_idname="USERPREF_MT_interface_theme_presets")
    yield 0.8
    screen.screenshot(OUTPUT / "4_light.png")
    report["light"] = reds()
    small = place()[0].whole
    bpy.context.preferences.view.ui_scale = 2.0
    yield 1.0
    screen.screenshot(OUTPUT / "5_light_2x.png")
    large = place()[0].whole
    report["twice"] = [large.width / small.width, large.height / small.height]
    bpy.ops.preferences.reset_default_theme()
    yield 0.8
    screen.screenshot(OUTPUT / "6_dark_2x.png")
    bpy.context.preferences.view.ui_scale = 1.0
    yield 0.8


def another_file():
    """Open another file while one waits; then leave the extension with one that runs."""
    report["before_file"] = left_behind() != []
    bpy.ops.wm.read_homefile()
    report["at_once"] = left_behind()
    yield 1.5
    report["in_another_file"] = [left_behind(), len(module("operators.jobs").running())]
    bpy.ops.soliloquy.cancel()
    yield from until(lambda: not module("operators.jobs").running())
    overlay, scrub = module("operators.mouth_overlay"), module("operators.mouth_scrub")
    bpy.ops.preferences.addon_disable(module=KEY)
    report["disabled"] = [overlay._handler, scrub._registered]
    yield 0.3


screen.play(artist(), report, OUTPUT)
