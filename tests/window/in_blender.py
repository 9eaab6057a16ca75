"""Runs inside a Blender with windows: an artist's session, step by step, with what was seen written to a report.

Started by test_window.py: ``blender --python in_blender.py -- ZIP WORKER_PYTHON AUDIO OUTPUT_FOLDER``.
"""

import importlib.util
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import addon_utils
import bpy
import numpy as np

ZIP, WORKER_PYTHON, AUDIO = sys.argv[-4:-1]
OUTPUT = Path(sys.argv[-1])
KEY = "bl_ext.user_default.soliloquy"
PATIENCE = 120.0
"""Seconds after which what did not happen never will."""
report: dict[str, Any] = {"finished": False, "figures": {}, "tick_waits": []}
"""What was seen. ``figures`` are seconds for ``training/benchmarks/responsiveness.py``; no test looks at them."""
bpy.context.preferences.view.show_splash = False
bpy.context.preferences.view.ui_scale = 1.0


spec = importlib.util.spec_from_file_location("screen", Path(__file__).with_name("screen.py"))
assert spec is not None
assert spec.loader is not None
screen = importlib.util.module_from_spec(spec)
spec.loader.exec_module(screen)
area_of, inside, show_tab, tab = screen.area_of, screen.inside, screen.show_tab, screen.tab


def module(name):
    """Return a module of the installed extension."""
    return sys.modules[f"{KEY}.{name}"]


ticking = None
"""What the tick that runs now has done, None between ticks."""


def watch_tick(event, arguments):
    """Audit hook: note what may take long, or forever, in a tick of the session."""
    if ticking is not None and event in ("open", "subprocess.Popen", "time.sleep", "socket.connect"):
        ticking.append(f"{event} {arguments[0]}")


sys.addaudithook(watch_tick)


def tick():
    """Let the session tick; returns the seconds it took and what it did that may take long."""
    global ticking
    ticking = []
    began = time.perf_counter()
    module("operators.session").tick()
    spent, done, ticking = time.perf_counter() - began, ticking, None
    return spent, done


def watch_job():
    """Wait for the running jobs as the interface does, looking at every tick of the session."""
    jobs = module("operators.jobs")
    longest = report["figures"].get("longest_tick", 0.0)
    limit = time.perf_counter() + PATIENCE
    while jobs.running() and time.perf_counter() < limit:
        waiting = all(not job.handle.finished for job in jobs.running())
        count = len(jobs.running())
        started = module("operators.session").current_client().pid is not None
        spent, done = tick()
        if waiting and started and len(jobs.running()) == count:
            # A tick that bakes or starts a worker is another matter.
            longest = max(longest, spent)
            report["tick_waits"] += done
        yield 0.02
    report["figures"]["longest_tick"] = longest


def tick_until(condition, pause):
    """Tick until something holds; returns (ticks, seconds) that took, None for ticks when it never did."""
    began, ticks = time.perf_counter(), 0
    while not condition():
        if time.perf_counter() - began > PATIENCE:
            return None, PATIENCE
        tick()
        ticks += 1
        time.sleep(pause)
    return ticks, time.perf_counter() - began


def takes():
    """Return the takes of the chosen character."""
    rig = module("operators.choice").chosen_rig(bpy.context)
    return [] if rig is None else module("rigs.takes.take").takes_of(rig)


def outcome():
    """Return what the panel says about the last job."""
    session = module("operators.session")
    error = session.last_error()
    return {"error": str(error) if error else "", "notice": session.notice(), "takes": [take.name for take in takes()]}


def artist():
    """The session; yields the seconds until its next step."""
    yield from install()
    yield from add_beside_others()
    yield from animate_a_strip()
    yield from play_and_render()
    yield from export()
    yield from survive()
    yield from direct_gestures()
    yield from map_character()
    yield from show_sequencer()


def install():
    """Install the zip as a user does, open the tab, choose the worker's Python."""
    area_of("VIEW_3D").spaces.active.show_region_ui = True
    yield 0.6
    report["tab_before"] = tab(area_of("VIEW_3D"))
    bpy.ops.extensions.package_install_files(filepath=ZIP, repo="user_default", enable_on_install=True)
    report["enabled"] = addon_utils.check(KEY) == (True, True)
    report["warnings"] = len(addon_utils._extensions_warnings_get())
    yield 0.6
    report["tab_after"] = tab(area_of("VIEW_3D"))
    bpy.ops.wm.read_homefile()
    yield 0.5
    area_of("VIEW_3D").spaces.active.show_region_ui = True
    yield 0.6
    report["tab_of_a_new_file"] = tab(area_of("VIEW_3D"))
    screen.screenshot(OUTPUT / "0_new_file.png")
    yield from show_tab(area_of("VIEW_3D"))
    screen.screenshot(OUTPUT / "1_before_setup.png")
    bpy.context.preferences.addons[KEY].preferences.worker_python = WORKER_PYTHON
    limit = time.perf_counter() + PATIENCE
    while module("operators.runtime").work.title and time.perf_counter() < limit:
        yield 0.1
    report["runtime"] = module("operators.session").runtime_status().message


def add_beside_others():
    """Add a character from edit mode and local view, see it there, take it back with one undo."""
    view = area_of("VIEW_3D")
    space = view.spaces.active
    before = sorted(item.name for item in bpy.data.objects)
    bpy.context.scene.cursor.location = (3.0, 1.0, 0.0)
    with inside(view):
        bpy.ops.view3d.localview(frame_selected=False)
        bpy.ops.object.mode_set(mode="EDIT")
        bpy.ops.ed.undo_push(message="before")
        yield 0.3
    with inside(view):
        bpy.ops.soliloquy.add_character("INVOKE_DEFAULT", True)
    yield 1.0
    armature = bpy.context.scene.soliloquy.character
    report["seen_in_local_view"] = [armature.local_view_get(space), armature.children[0].local_view_get(space)]
    report["view_from_character"] = [
        round(there - here, 3)
        for there, here in zip(space.region_3d.view_location, armature.matrix_world.translation, strict=True)
    ]
    screen.screenshot(OUTPUT / "1_added_in_local_view.png")
    with inside(view):
        bpy.ops.ed.undo()
    yield 0.5
    report["undone"] = sorted(item.name for item in bpy.data.objects) == before
    report["mode_after_undo"] = bpy.context.mode
    bpy.ops.wm.read_homefile()
    yield 0.5
    yield from show_tab(area_of("VIEW_3D"))


def animate_a_strip():
    """Add the character and a sound strip, press Animate with the mouse, wait for the take."""
    view = area_of("VIEW_3D")
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    began = time.perf_counter()
    with inside(view):
        bpy.ops.soliloquy.add_character()
    report["figures"]["add_character"] = time.perf_counter() - began
    report["characters"] = [obj.name for obj in bpy.data.objects if obj.type == "ARMATURE"]
    bpy.context.scene.sequence_editor_create().strips.new_sound("speech", AUDIO, 1, 5)
    space = view.spaces.active
    space.shading.color_type = "MATERIAL"
    space.overlay.show_bones = False
    space.region_3d.view_perspective = "PERSP"
    space.region_3d.view_rotation = (0.7071, 0.7071, 0.0, 0.0)
    space.region_3d.view_location = (0.15, 0.0, 1.45)
    space.region_3d.view_distance = 1.2
    bpy.ops.object.select_all(action="DESELECT")
    yield 1.0
    screen.screenshot(OUTPUT / "2_ready.png")
    report["button_height"] = yield from screen.click_animate()
    jobs = module("operators.jobs")
    report["pressed_with_mouse"] = bool(jobs.running()) or bool(takes())
    if not report["pressed_with_mouse"]:
        with inside(view):
            bpy.ops.soliloquy.animate("INVOKE_DEFAULT")
    yield 0.2
    yield 0.4
    screen.screenshot(OUTPUT / "3_running.png")
    yield from watch_job()
    # The panels slide to their new places first.
    yield 3.0
    report["first"] = outcome()
    report["first_frame"] = takes()[0].first_frame if takes() else None
    screen.screenshot(OUTPUT / "4_take.png")


def play_and_render():
    """Play, then render frames of the viewport with the scene's camera in front of the face."""
    scene = bpy.context.scene
    scene.frame_set(5)
    with inside(area_of("VIEW_3D")):
        bpy.ops.screen.animation_play()
    # Software rendering on a busy machine shows few frames a second.
    limit = time.perf_counter() + PATIENCE
    while scene.frame_current < 12 and time.perf_counter() < limit:
        yield 0.2
    report["played_to_frame"] = scene.frame_current
    with inside(area_of("VIEW_3D")):
        bpy.ops.screen.animation_cancel(restore_frame=False)
    scene.camera.location = (0.0, -1.1, 1.52)
    scene.camera.rotation_euler = (np.pi / 2, 0.0, 0.0)
    scene.camera.data.lens = 70.0
    scene.render.resolution_x = scene.render.resolution_y = 400
    images = []
    for frame in (5, 30, 60, 90):
        scene.frame_set(frame)
        scene.render.filepath = str(OUTPUT / f"frame_{frame:03d}.png")
        with inside(area_of("VIEW_3D")):
            bpy.ops.render.opengl(write_still=True, view_context=False)
        image = bpy.data.images.load(scene.render.filepath)
        images.append(np.array(image.pixels[:]))
        yield 0.05
    report["picture_change"] = max(float(np.abs(image - images[0]).max()) for image in images[1:])


def export():
    """Export the take."""
    path = OUTPUT / "take.fbx"
    path.unlink(missing_ok=True)
    bpy.ops.soliloquy.export(filepath=str(path))
    report["fbx_bytes"] = path.stat().st_size
    yield 0.1


def survive():
    """Kill the worker in the middle of a job, see it said, animate again; cancel another."""
    jobs = module("operators.jobs")
    with inside(area_of("VIEW_3D")):
        bpy.ops.soliloquy.animate("INVOKE_DEFAULT")
    client = module("operators.session").current_client()
    tick_until(lambda: not jobs.running() or jobs.running()[0].handle.state == "running", 0.005)
    os.kill(client.pid, signal.SIGKILL)
    report["kill_ticks"], report["figures"]["kill_noticed"] = tick_until(lambda: not jobs.running(), 0.02)
    yield 3.0
    report["killed"] = outcome()
    screen.screenshot(OUTPUT / "5_worker_killed.png")
    with inside(area_of("VIEW_3D")):
        bpy.ops.soliloquy.animate("INVOKE_DEFAULT")
    yield from watch_job()
    yield 0.3
    report["again"] = outcome()
    with inside(area_of("VIEW_3D")):
        bpy.ops.soliloquy.animate("INVOKE_DEFAULT")
    tick()
    began = time.perf_counter()
    bpy.ops.soliloquy.cancel()
    report["cancel_ticks"], _ = tick_until(lambda: not jobs.running(), 0.005)
    report["figures"]["cancel"] = time.perf_counter() - began
    report["cancelled"] = outcome()
    yield 0.1


def elbow():
    """Return how the left elbow is turned on every fifth frame."""
    scene = bpy.context.scene
    bone = bpy.data.objects["Soliloquy"].pose.bones["left_elbow"]
    turned = {}
    for frame in range(10, 150, 5):
        scene.frame_set(frame)
        turned[frame] = [round(value, 5) for value in bone.rotation_quaternion]
    return turned


def direct_gestures():
    """Make two takes at once, then a part of the second anew over the preview range."""
    scene = bpy.context.scene
    scene.soliloquy.body, scene.soliloquy.style, scene.soliloquy.energy = "PHRASES", "ENTHUSIASTIC", 1.2
    view = area_of("VIEW_3D")
    with inside(view):
        bpy.ops.soliloquy.animate("INVOKE_DEFAULT", takes=2, seed=20)
    yield 0.5
    report["bars"] = len(module("operators.jobs").running())
    yield from watch_job()
    yield 0.5
    report["two_takes"] = outcome()
    before = elbow()
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = 60, 100
    with inside(view):
        bpy.ops.soliloquy.regenerate("INVOKE_DEFAULT", left_arm=True)
    yield from watch_job()
    yield 3.0
    report["part"] = outcome()
    after = elbow()
    report["part_inside"] = any(after[frame] != before[frame] for frame in range(65, 100, 5))
    report["part_outside"] = max(
        abs(one - other)
        for frame in before
        if not 60 <= frame <= 100
        for one, other in zip(before[frame], after[frame], strict=True)
    )
    scene.use_preview_range = False
    screen.screenshot(OUTPUT / "6_part.png")


def map_character():
    """Read the line about the character, try its mapping, take the test back."""
    scene, view = bpy.context.scene, area_of("VIEW_3D")
    body = bpy.data.objects["Soliloquy"].children[0]
    bpy.ops.object.select_all(action="DESELECT")
    body.select_set(True)
    bpy.context.view_layer.objects.active = body
    before = [take.name for take in takes()]
    yield 0.5
    report["line"] = module("operators.choice").seen(bpy.context).line
    scene.frame_set(400)
    with inside(view):
        bpy.ops.soliloquy.mapping_test()
    report["tested"] = [take.name for take in takes()][len(before) :]
    fields = module("operators.mapping_fields")
    report["light"] = fields.light(module("operators.choice").chosen_rig(bpy.context), "left_index2")
    yield 1.0
    screen.screenshot(OUTPUT / "7_tested.png")
    with inside(view):
        bpy.ops.soliloquy.mapping_test_end()
    report["after_test"] = [take.name for take in takes()] == before
    yield 0.3


def show_sequencer():
    """Show the same panels beside the strips."""
    area = area_of("VIEW_3D")
    workspace = bpy.context.window_manager.windows[0].workspace
    if hasattr(workspace, "sequencer_scene"):
        workspace.sequencer_scene = bpy.context.scene
    area.type = "SEQUENCE_EDITOR"
    yield 0.5
    yield from show_tab(area)
    with inside(area):
        bpy.ops.sequencer.view_all()
    yield 0.8
    screen.screenshot(OUTPUT / "8_sequencer.png")


screen.play(artist(), report, OUTPUT)
