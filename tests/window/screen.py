"""What a person does and sees at a Blender window: editors, tabs, pictures, the mouse; and how a session is played."""

import json
import subprocess
import traceback

import bpy
import numpy as np

MARK = (1.0, 0.0, 1.0)


def screenshot(path):
    """Save what is on the screen."""
    subprocess.run(["import", "-window", "root", str(path)], check=True)


def screen_pixels():
    """Return the screen as (rows, columns, 3) bytes."""
    data = subprocess.run(["import", "-window", "root", "-depth", "8", "ppm:-"], check=True, capture_output=True).stdout
    _, width, height, _ = data.split(None, 4)[:4]
    size = int(width) * int(height) * 3
    return np.frombuffer(data[-size:], np.uint8).reshape(int(height), int(width), 3)


def area_of(kind):
    """Return the largest area of a type."""
    areas = [area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == kind]
    return max(areas, key=lambda area: area.width * area.height)


def show_tab(area):
    """Open an area's sidebar at our tab; yields while Blender draws."""
    area.spaces.active.show_region_ui = True
    yield 0.4
    next(region for region in area.regions if region.type == "UI").active_panel_category = "Soliloquy"
    yield 0.6


def tab(area):
    """Return the tab that an area's sidebar shows."""
    return next(region for region in area.regions if region.type == "UI").active_panel_category


def inside(area):
    """Return an override for operators that want an editor."""
    region = next(region for region in area.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area, region=region)


def click_animate():
    """Click the Animate button with the mouse: the tallest button, found by colouring all of them for a moment.

    Yields while Blender draws; returns the button's height in pixels.
    """
    colours = bpy.context.preferences.themes[0].user_interface.wcol_tool
    before = tuple(colours.inner)
    colours.inner = (*MARK, 1.0)
    yield 0.6
    pixels = screen_pixels().astype(int)
    colours.inner = before
    yield 0.4
    marked = (pixels[..., 0] > 200) & (pixels[..., 1] < 60) & (pixels[..., 2] > 200)
    best, centre = 0, None
    for column in range(0, marked.shape[1], 8):
        rows = np.flatnonzero(np.diff(np.concatenate([[0], marked[:, column].astype(int), [0]])))
        for top, bottom in zip(rows[::2], rows[1::2], strict=True):
            if bottom - top > best:
                best, centre = bottom - top, (column + 24, (top + bottom) // 2)
    if centre is not None:
        subprocess.run(["xdotool", "mousemove", *map(str, centre)], check=True)
        yield 0.5
        subprocess.run(["xdotool", "click", "1"], check=True)
        yield 0.3
        # A tooltip would cover the panels in the pictures.
        subprocess.run(["xdotool", "mousemove", "300", "700"], check=True)
    yield 0.3
    return int(best)


def play(steps, report, output):
    """Let Blender's event loop play a session; then, however it went, write ``report.json`` and leave Blender.

    Parameters
    ----------
    steps : generator
        Yields the seconds until it goes on.
    report : dict
        What was seen; gets ``finished``, or ``traceback`` and a picture of the screen.
    output : Path
        Folder of the report.
    """

    def advance():
        try:
            return next(steps)
        except StopIteration:
            report["finished"] = True
        except BaseException:
            report["traceback"] = traceback.format_exc()
            screenshot(output / "failure.png")
        (output / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
        bpy.ops.wm.quit_blender()
        return None

    bpy.app.timers.register(advance, first_interval=1.0, persistent=True)
