"""What the command line runs inside Blender: a performance onto a character, and what a character is.

Run as a script, by the module bpy's Python or by ``blender --background --python``, with one argument: the order as
JSON. Lines on stdout that begin with ``SOLILOQUY`` are messages; everything else is Blender's own talk.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

MARK = "SOLILOQUY "
SHEET_PICTURES = 12
SHEET_VIEWS = ("head", "upper")
MOVIE_FPS = 15.0


def _say(**message: Any) -> None:
    print(MARK + json.dumps(message), flush=True)


def _progress(stage: str, fraction: float) -> None:
    _say(type="progress", stage=stage, fraction=fraction)


def run(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out an order.

    Parameters
    ----------
    order : dict
        Paths ``performance`` and ``blend``; ``preview``, ``audio``: paths or None; ``exports``: paths, whose endings
        say what they are; ``preset`` of FBX files; ``rig``: ``"default"`` or a path; ``character``: who
        of the cast where it is the default; ``object``: name of the character
        in it, empty for the only one; ``mapping``: path or None; ``fps``, None: the motion's own; ``name`` of the
        take; ``view`` of the preview, empty for the usual ones.

    Returns
    -------
    dict
        ``take``, ``keys``, ``max_error``, ``seconds``, ``warnings``.

    Raises
    ------
    SoliloquyError
        When a file cannot be used or holds no character.
    """
    import bpy

    from ..inference.motion_files.register import FRAME_RATE
    from ..inference.saving import not_saved_by
    from ..rigs import compat
    from ..rigs.export_formats import FORMATS, format_of
    from ..rigs.export_take import export_take
    from ..rigs.recorded_motion import load_motion
    from ..rigs.takes.bake import BakeOptions, bake

    performance = load_motion(order["performance"], order["fps"] or FRAME_RATE)
    order = {**order, "fps": order["fps"] or performance.fps}
    _progress("Preparing the scene", 0.05)
    rig, warnings = _open_rig(order)
    scene = bpy.context.scene
    compat.set_frame_rate(scene, order["fps"])
    scene.frame_start = 1
    scene.frame_end = max(1, round(1 + (performance.frames - 1) / performance.fps * order["fps"]))
    if order["audio"]:
        warnings += _add_sound(scene, order["audio"], performance)
    _progress("Baking", 0.15)
    report = bake(performance, rig, BakeOptions(first_frame=1.0, name=order["name"], regions=performance.regions))
    warnings += report.warnings
    scene.frame_set(1)
    _progress("Saving", 0.3)
    try:
        bpy.ops.wm.save_as_mainfile(filepath=order["blend"], compress=True, relative_remap=False, copy=True)
    except RuntimeError as error:
        raise not_saved_by(order["blend"], error, "Choose another folder.") from error
    for number, path in enumerate(order["exports"]):
        name = format_of(Path(path).suffix)
        _progress(f"Exporting {FORMATS[name].label}", 0.35 + 0.2 * number / len(order["exports"]))
        warnings += export_take(rig, report.take, path, name, order["preset"]).warnings
    if order["preview"]:
        _render(rig, report.take, performance, order)
    return {
        "take": report.take.name,
        "keys": report.keys,
        "max_error": report.max_error,
        "seconds": report.seconds,
        "warnings": list(dict.fromkeys(warnings)),
    }


def _open_rig(order: dict[str, Any]) -> tuple[Any, list[str]]:
    """Start from an empty scene with the default character, or from a file's; returns it and what to know about it."""
    import bpy

    source, name = order["rig"], order["object"]
    if source == "default":
        from ..rigs.character.default_character import add_character

        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        return add_character(bpy.context, person=order["character"]), []
    from ..rigs.open_file import character_in, open_file, others_in, use_mapping

    open_file(source)
    if order["mapping"]:
        use_mapping(order["mapping"], name)
    rig = character_in(source, name)
    others = others_in(rig) if not name else []
    left = [f"'{others[0]}' is left alone; only '{rig.holder.name}' is animated."] if others else []
    return rig, left


def tell(order: dict[str, Any]) -> dict[str, Any]:
    """Return what is known about the character in a file, as ``rigs.description.facts`` has it.

    Parameters
    ----------
    order : dict
        ``rig``: path of the file; ``object``: name, empty for the only character; ``mapping``: path or None.
    """
    from ..rigs.description import facts

    rig, left = _open_rig(order)
    found = facts(rig)
    found["warnings"] = [*left, *found["warnings"]]
    return found


def draw(order: dict[str, Any]) -> dict[str, Any]:
    """Render every frame of a performance, which need not belong together, as a small picture.

    Parameters
    ----------
    order : dict
        ``performance``: path; ``folder`` for ``00000.png`` and so on; ``size`` in pixels.
    """
    from ..inference.performance import Performance
    from ..rigs.render.expression_stills import render_stills

    def progress(fraction: float) -> None:
        _progress("Drawing pictures", fraction)

    frames = Performance.load(order["performance"])
    made = render_stills(frames, Path(order["folder"]), size=order["size"], samples=4, progress=progress)
    return {"pictures": len(made)}


def _audio_range(order: dict[str, Any], performance: Any) -> Any:
    """Return which stretch of the sound the performance was made from."""
    from ..inference.settings import AudioRange

    start, stop = (performance.meta.get("range") or (0.0, None))[:2]
    return AudioRange(order["audio"], float(start or 0.0), stop)


def _lead_in(performance: Any) -> float:
    """Return the seconds by which the performance begins before its sound."""
    from ..inference.settings import recorded_settings

    return recorded_settings(performance.meta).lead_in if "settings" in performance.meta else 0.0


def _add_sound(scene: Any, path: str, performance: Any) -> list[str]:
    """Put the sound where the performance begins; returns what could not be done."""
    from ..rigs import compat

    start = float((performance.meta.get("range") or (0.0, None))[0] or 0.0)
    fps = scene.render.fps / scene.render.fps_base
    start -= _lead_in(performance)
    editor = scene.sequence_editor or scene.sequence_editor_create()
    try:
        # Not trimmed: the scene's own range decides what is heard, and more can be animated later.
        compat.new_sound_strip(editor, Path(path).stem, path, 1, 1 - round(start * fps))
    except (RuntimeError, AttributeError):
        return [f"The sound '{Path(path).name}' was left out of the scene: this Blender cannot read it."]
    scene.use_audio_scrub = True
    scene.sync_mode = "AUDIO_SYNC"
    return []


def _render(rig: Any, take: Any, performance: Any, order: dict[str, Any]) -> None:
    from ..rigs.render import preview

    def progress(fraction: float) -> None:
        _progress("Rendering the preview", 0.55 + 0.45 * fraction)

    progress(0.0)
    if Path(order["preview"]).suffix.lower() == ".mp4":
        audio = _audio_range(order, performance) if order["audio"] else None
        fps = min(MOVIE_FPS, order["fps"])
        preview.render_movie(
            rig, order["preview"], take=take, fps=fps, audio=audio, view=order["view"] or "upper",
            lead_in=_lead_in(performance), progress=progress,
        )  # fmt: skip
        return
    views = (order["view"],) if order["view"] else SHEET_VIEWS
    pictures = SHEET_PICTURES // len(views)
    # In the middle of each part of the take, so that a still start and end do not fill the sheet.
    length = take.last_frame - take.first_frame
    frames = [take.first_frame + length * (index + 0.5) / pictures for index in range(pictures)]
    wave = _wave(order, performance)
    preview.render_sheet(rig, frames, order["preview"], take=take, view=views, audio_wave=wave, progress=progress)


def _wave(order: dict[str, Any], performance: Any) -> Any:
    """Return the samples of the sound where this Python can decode it, else None: the sheet works without."""
    if not order["audio"] or importlib.util.find_spec("av") is None or importlib.util.find_spec("scipy") is None:
        return None
    from ..inference.audio import read_audio
    from ..inference.recording.room import with_room

    return with_room(read_audio(_audio_range(order, performance)).samples, _lead_in(performance), 0.0)


def main(arguments: list[str]) -> int:
    """Carry out the order in the last argument and say how it went."""
    from ..inference.errors import SoliloquyError

    try:
        order = json.loads(arguments[-1])
        carry_out = {"bake": run, "rig": tell, "stills": draw}[order["command"]]
        _say(type="done", **carry_out(order))
    except SoliloquyError as error:
        _say(type="error", kind=error.kind, message=error.message, hint=error.hint)
        return 2
    except Exception as error:
        traceback.print_exc()
        message = f"Something unexpected went wrong in Blender ({type(error).__name__}: {error})."
        _say(type="error", kind="internal", message=message, hint="")
        return 1
    return 0


def _as_package() -> Any:
    """Return this module as part of the package, which as a script it is not."""
    root = Path(__file__).resolve().parents[1]
    name = "soliloquy"
    spec = importlib.util.spec_from_file_location(
        name, str(root / "__init__.py"), submodule_search_locations=[str(root)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"There is no Soliloquy in {root}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    return importlib.import_module(f"{name}.shell.in_blender")


if __name__ == "__main__":
    code = _as_package().main(sys.argv)
    sys.stdout.flush()
    sys.stderr.flush()
    # Blender's module before 5.0 can hang when it is taken down; everything is written by now.
    os._exit(code)
