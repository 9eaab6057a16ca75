"""Runs inside a Blender with windows: brings the panels into every state, writes down their words, takes pictures.

Started by test_panel_states.py: ``blender --python panel_states.py -- ZIP WORKER_PYTHON AUDIO OUTPUT_FOLDER``.
"""

import contextlib
import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

import addon_utils
import bpy

ZIP, WORKER_PYTHON, AUDIO = sys.argv[-4:-1]
OUTPUT = Path(sys.argv[-1])
KEY = "bl_ext.user_default.soliloquy"
PATIENCE = 240.0
"""Seconds after which what did not happen never will."""
report: dict[str, Any] = {"finished": False, "states": {}, "parts": {}}
LOOKS = (("dark", 1.0), ("light", 1.0), ("dark", 2.0))
"""Theme and interface scale of the pictures of each state."""
bpy.context.preferences.view.show_splash = False


def load(path):
    """Return a module of the tests by its file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


screen = load(Path(__file__).with_name("screen.py"))
fake_layout = load(Path(__file__).parents[1] / "support" / "fake_layout.py")


def module(name):
    """Return a module of the installed extension."""
    return importlib.import_module(f"{KEY}.{name}")


def view():
    """Return the largest 3D View."""
    return screen.area_of("VIEW_3D")


def look(theme, scale):
    """Set theme and interface scale."""
    system = Path(bpy.utils.system_resource("SCRIPTS"))
    name = "Blender_Light.xml" if theme == "light" else "Blender_Dark.xml"
    found = next(iter(system.rglob(name)), None)
    if found is not None:
        bpy.ops.script.execute_preset(filepath=str(found), menu_idname="USERPREF_MT_interface_theme_presets")
    bpy.context.preferences.view.ui_scale = scale


def words():
    """Return what every panel says now, by its name."""
    said = {}
    with screen.inside(view()):
        for name in fake_layout.panel_names():
            drawn = None if name.endswith(("_sequencer", "_properties")) else fake_layout.draw(name)
            if drawn is not None:
                said[name.removeprefix("SOLILOQUY_PT_")] = {
                    "labels": drawn.labels,
                    "operators": drawn.operators,
                    "disabled": drawn.disabled,
                    "progress": drawn.progress,
                }
    return said


def state(name, *, looks=LOOKS):
    """Note what the panels say, and take a picture in every look; yields while Blender draws."""
    report["states"][name] = words()
    for theme, scale in looks:
        if len(looks) > 1:
            look(theme, scale)
            yield 0.5
        view().tag_redraw()
        yield 0.7
        screen.screenshot(OUTPUT / f"{name}_{theme}_{scale:g}x.png")
    if len(looks) > 1:
        look("dark", 1.0)
        yield 0.2


def wait_for(condition):
    """Let the session tick until something holds."""
    limit = time.perf_counter() + PATIENCE
    while not condition() and time.perf_counter() < limit:
        module("operators.session").tick()
        yield 0.02


def animate(**arguments):
    """Press Animate."""
    with screen.inside(view()):
        bpy.ops.soliloquy.animate("INVOKE_DEFAULT", **arguments)


def alone(names):
    """Show one panel after the other, opened, and nothing else of ours, and take its picture; then all again."""
    panels = module("panels")
    ours = [item for item in panels.CLASSES if getattr(item, "bl_space_type", "") == "VIEW_3D"]
    for item in reversed(ours):
        bpy.utils.unregister_class(item)
    for name in names:
        old = next(item for item in ours if item.bl_idname == f"SOLILOQUY_PT_{name}")
        values = {key: value for key, value in vars(old).items() if key not in ("bl_rna", "__dict__", "__weakref__")}
        values.pop("bl_parent_id", None)
        # Blender remembers by the name which panels are open.
        values.update(bl_idname=f"{old.bl_idname}_alone", bl_options=set())
        shown = type(values["bl_idname"], old.__bases__, values)
        bpy.utils.register_class(shown)
        yield from screen.show_tab(view())
        yield 0.6
        screen.screenshot(OUTPUT / f"alone_{name}.png")
        bpy.utils.unregister_class(shown)
    for item in ours:
        bpy.utils.register_class(item)


def artist():
    """The session; yields the seconds until its next step."""
    bpy.context.preferences.view.ui_scale = 1.0
    yield 0.5
    bpy.ops.extensions.package_install_files(filepath=ZIP, repo="user_default", enable_on_install=True)
    report["enabled"] = addon_utils.check(KEY) == (True, True)
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    yield from screen.show_tab(view())
    runtime = module("operators.runtime_work")
    yield from wait_for(lambda: not runtime.work.title)
    yield from state("no_runtime")
    bpy.context.preferences.addons[KEY].preferences.worker_python = WORKER_PYTHON
    yield from wait_for(lambda: not runtime.work.title)
    yield from state("nothing")
    bpy.ops.soliloquy.welcome_done()
    yield from first_take()
    yield from film()
    yield from mismatches()
    yield from failures()
    yield from elsewhere()


def first_take():
    """The main path: character, speech, Animate, take."""
    scene = bpy.context.scene
    with screen.inside(view()):
        bpy.ops.soliloquy.add_character()
    yield from state("character")
    strip = scene.sequence_editor_create().strips.new_sound("Line 012", AUDIO, 1, 1)
    scene.sequence_editor.active_strip = strip
    space = view().spaces.active
    space.shading.color_type = "MATERIAL"
    space.overlay.show_bones = False
    yield from state("ready")
    report["button_height"] = yield from screen.click_animate()
    jobs = module("operators.jobs")
    report["pressed_with_mouse"] = bool(jobs.running())
    if not report["pressed_with_mouse"]:
        animate()
    yield from wait_for(lambda: not jobs.running() or jobs.running()[0].handle.fraction > 0)
    view().tag_redraw()
    bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)
    screen.screenshot(OUTPUT / "running.png")
    yield from state("running", looks=())
    yield from wait_for(lambda: not jobs.running())
    yield 3.0
    yield from state("done")


def film():
    """Pictures of the take as it plays, beside the panels, 8 a second."""
    scene, region = bpy.context.scene, view().spaces.active.region_3d
    region.view_perspective = "PERSP"
    region.view_rotation = (0.7071, 0.7071, 0.0, 0.0)
    region.view_location = (0.15, 0.0, 1.45)
    region.view_distance = 1.2
    yield 0.5
    for number, frame in enumerate(range(1, 97, 3)):
        scene.frame_set(frame)
        yield 0.1
        screen.screenshot(OUTPUT / f"film_{number:02d}.png")
    scene.frame_set(1)


def mismatches():
    """A strip that says other words, one of another speaker, a look at oneself."""
    scene = bpy.context.scene
    strip = scene.sequence_editor.active_strip
    sound = strip.sound
    other = bpy.data.sounds.load(report["other"], check_existing=True)
    strip.sound = other
    yield 2.0
    yield from state("stale")
    strip.sound = sound
    yield 1.0
    scene.cursor.location = (1.0, 0.0, 0.0)
    with screen.inside(view()):
        bpy.ops.soliloquy.add_character(name="Anna")
    yield 1.2
    yield from state("wrong_speaker")
    scene.soliloquy.gaze_object = scene.soliloquy.character
    yield from state("look_at_oneself")
    bpy.ops.soliloquy.look_elsewhere()
    bpy.ops.soliloquy.choose_speaker()
    yield 1.2
    yield from state("mended", looks=LOOKS[:1])


def failures():
    """A file that is not there."""
    settings = bpy.context.scene.soliloquy
    settings.source, settings.filepath = "FILE", str(OUTPUT / "gone.wav")
    with contextlib.suppress(RuntimeError):
        animate()
    yield from wait_for(lambda: not module("operators.jobs").running())
    yield 1.0
    yield from state("failed")
    bpy.ops.soliloquy.dismiss_error()
    settings.source = "STRIP"


def elsewhere():
    """The same in the Sequencer, and in the Properties."""
    chosen = bpy.context.preferences.addons[KEY].preferences
    chosen.in_properties = True
    properties = screen.area_of("PROPERTIES")
    properties.spaces.active.context = "SCENE"
    yield 1.0
    screen.screenshot(OUTPUT / "properties.png")
    chosen.in_properties = False
    chosen.tab_name = "Animation"
    yield 0.6
    regions = [region for region in view().regions if region.type == "UI"]
    regions[0].active_panel_category = "Animation"
    yield 0.8
    report["moved_tab"] = screen.tab(view())
    screen.screenshot(OUTPUT / "other_tab.png")
    chosen.tab_name = "Soliloquy"
    bpy.context.scene.soliloquy.emotion = "HAPPY"
    yield from alone(("reshape", "lip_craft", "export", "direction", "emotion", "body", "takes"))


report["other"] = str(Path(AUDIO).with_name("other.wav"))
screen.play(artist(), report, OUTPUT)
