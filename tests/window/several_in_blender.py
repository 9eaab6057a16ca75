"""Runs inside a Blender with windows: two characters, two strips each, Animate All as an artist uses it.

Started by test_several.py: ``blender --python several_in_blender.py -- ZIP WORKER_PYTHON AUDIO OUTPUT_FOLDER``.
"""

import importlib.util
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import bpy

ZIP, WORKER_PYTHON, AUDIO = sys.argv[-4:-1]
OUTPUT = Path(sys.argv[-1])
KEY = "bl_ext.user_default.soliloquy"
PATIENCE = 120.0
report: dict[str, Any] = {"finished": False}
bpy.context.preferences.view.show_splash = False
bpy.context.preferences.view.ui_scale = 0.75  # the whole panel in one picture

spec = importlib.util.spec_from_file_location("screen", Path(__file__).with_name("screen.py"))
assert spec is not None
assert spec.loader is not None
screen = importlib.util.module_from_spec(spec)
spec.loader.exec_module(screen)
area_of, inside, show_tab = screen.area_of, screen.inside, screen.show_tab


def module(name):
    """Return a module of the installed extension."""
    return sys.modules[f"{KEY}.{name}"]


def counts():
    """Return how many takes each character has."""
    find, takes_of = module("rigs.rig").find_rig, module("rigs.takes.take").takes_of
    return [len(takes_of(find(bpy.data.objects[name]))) for name in ("Ann", "Bob")]


def states():
    """Return what became of each strip of Animate All."""
    return [(line.strip, line.speaker, line.state) for line in module("operators.animate_all").lines()]


def wait():
    """Wait for the running jobs; Blender's own timer moves them on."""
    limit = time.perf_counter() + PATIENCE
    while module("operators.jobs").running() and time.perf_counter() < limit:
        yield 0.05
    yield 1.0


def press(**arguments):
    """Press Animate All; returns the seconds until Blender answers again."""
    began = time.perf_counter()
    with inside(area_of("VIEW_3D")):
        bpy.ops.soliloquy.animate_all("INVOKE_DEFAULT", **arguments)
    return time.perf_counter() - began


def choose(name, *strips):
    """Select a character and strips."""
    for item in bpy.context.view_layer.objects:
        item.select_set(item.name == name)
    bpy.context.view_layer.objects.active = bpy.data.objects[name] if name else None
    for strip in bpy.context.scene.sequence_editor.strips:
        strip.select = strip.name in strips


def artist():
    """The session; yields the seconds until its next step."""
    bpy.ops.extensions.package_install_files(filepath=ZIP, repo="user_default", enable_on_install=True)
    yield 0.6
    bpy.ops.wm.read_homefile()
    yield 0.5
    bpy.context.preferences.addons[KEY].preferences.worker_python = WORKER_PYTHON
    limit = time.perf_counter() + PATIENCE
    while module("operators.runtime").work.title and time.perf_counter() < limit:
        yield 0.1
    yield from show_tab(area_of("VIEW_3D"))
    view = area_of("VIEW_3D")
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    with inside(view):
        bpy.ops.soliloquy.add_character(name="Ann", person="woman", location=(-0.4, 0.0, 0.0))
        bpy.ops.soliloquy.add_character(name="Bob", person="man", location=(0.4, 0.0, 0.0))
    report["characters"] = sorted(item.name for item in bpy.data.objects if item.type == "ARMATURE")
    strips = bpy.context.scene.sequence_editor_create().strips
    for number, name in enumerate(("Ann 1", "Bob 1", "Ann 2", "Bob 2")):
        shutil.copy(AUDIO, OUTPUT / f"{name}.wav")
        strips.new_sound(name, str(OUTPUT / f"{name}.wav"), 1 + number % 2, 5 + 220 * number)
    choose("Ann", "Ann 1", "Ann 2")
    yield 1.0
    screen.screenshot(OUTPUT / "1_nobody_known.png")
    with inside(view):
        bpy.ops.soliloquy.speaks_strips()
    choose("Bob", "Bob 1", "Bob 2")
    with inside(view):
        bpy.ops.soliloquy.speaks_strips()
    choose("Ann")
    yield 1.0
    screen.screenshot(OUTPUT / "2_ready.png")
    (OUTPUT / "Ann 2.wav").unlink()

    report["press"] = press()
    jobs = module("operators.jobs")
    report["ordered"] = [job.title for job in jobs.running()]
    # At once: on a quick machine all of them are made within the time of a few pictures.
    bpy.ops.soliloquy.cancel(job=jobs.running()[-1].number)
    limit = time.perf_counter() + PATIENCE
    while jobs.running() and jobs.running()[0].handle.fraction < 0.1 and time.perf_counter() < limit:
        yield 0.01
    screen.screenshot(OUTPUT / "3_running.png")
    yield from wait()
    report["first"] = states()
    report["takes"] = counts()
    report["notice"] = module("operators.session").notice()
    yield 2.0
    screen.screenshot(OUTPUT / "4_outcome.png")

    with inside(view):
        bpy.ops.ed.undo()
    yield 0.5
    report["undone"] = counts()
    with inside(view):
        bpy.ops.ed.redo()
    yield 0.5
    report["redone"] = counts()

    shutil.copy(AUDIO, OUTPUT / "Ann 2.wav")
    press()
    report["ordered_again"] = [job.title for job in jobs.running()]
    yield from wait()
    report["second"] = states()
    report["takes_then"] = counts()
    choose("Ann", "Ann 1", "Bob 1")
    yield 2.0
    screen.screenshot(OUTPUT / "5_all_there.png")


screen.play(artist(), report, OUTPUT)
