"""A setting is declared once: a copy of the house with one more field and one more name in a panel has all of it."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FIELD = """
    nods: float = setting(
        0.5, "Nods", "How often the head nods at the end of a phrase: 0 never, 3 always", low=0, high=3
    )
"""
LOOK = """
import contextlib, io, json, sys
from soliloquy.inference.api import chosen_settings
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.settings import AnimateSettings, GestureSettings
from soliloquy.shell.animate import build_job
from soliloquy.shell.cli import build_parser, main
from soliloquy.shell.settings_page import settings_page

def refused(call, *arguments, **given):
    try:
        call(*arguments, **given)
    except SoliloquyError as error:
        return str(error)

speech, output = sys.argv[1:]
found = {}
made = AnimateSettings(gestures=GestureSettings(nods=2))
found["travels"] = AnimateSettings.from_json(json.loads(json.dumps(made.to_json()))) == made
found["old file"] = GestureSettings.from_json({"energy": 1.0}).nods
found["script"] = refused(GestureSettings, nods=4)
found["message"] = refused(AnimateSettings.from_json, {"gestures": {"nods": "often"}})
order = ["animate", speech, "-o", output]
found["by name"] = chosen_settings(AnimateSettings(), {"nods": 2.5}).gestures.nods
found["typed"] = build_job(build_parser().parse_args([*order, "--nods", "1.5"])).settings.gestures.nods
found["mistyped"] = refused(lambda: build_job(build_parser().parse_args([*order, "--nods", "9"])))
with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
    main(["animate", "--help"])
found["help"] = " ".join(out.getvalue().split())
found["page"] = settings_page()
"""
LOOK_IN_BLENDER = """
import bpy, soliloquy
from fake_layout import draw
from soliloquy.operators import request
soliloquy.register()
try:
    panel = bpy.context.scene.soliloquy
    panel.source, panel.filepath = "FILE", speech
    for name, properties in (
        ("scene", panel.bl_rna.properties),
        ("operator", bpy.ops.soliloquy.animate.get_rna_type().properties),
        ("regenerate", bpy.ops.soliloquy.regenerate.get_rna_type().properties),
    ):
        item = properties["nods"]
        found[name] = [item.name, item.description, item.default, item.hard_min, item.hard_max]
    panel.nods = 2.5
    found["pressed"] = request.build(bpy.context, {}).order.settings.gestures.nods
    found["called"] = request.build(bpy.context, {"nods": 1.0}).order.settings.gestures.nods
    found["drawn"] = draw("SOLILOQUY_PT_body_details").properties
finally:
    soliloquy.unregister()
"""


def _changed(root: Path, copy: Path) -> Path:
    """Lay a copy of the house with the two edits; what they do not touch is linked."""
    edited = ("inference", "panels")
    copy.mkdir(parents=True)
    for entry in root.iterdir():
        if not entry.name.startswith(".") and entry.name not in (*edited, "build", "dist"):
            (copy / entry.name).symlink_to(entry)
    for name in edited:
        shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings, panel = copy / "inference" / "gestures" / "settings.py", copy / "panels" / "body.py"
    settings.write_text(settings.read_text(encoding="utf-8").rstrip("\n") + FIELD, encoding="utf-8")
    before = panel.read_text(encoding="utf-8")
    after = before.replace('GestureSettings, "contacts"', 'GestureSettings, "nods", "contacts"')
    assert after != before
    panel.write_text(after, encoding="utf-8")
    return copy


@pytest.mark.skipif(os.name == "nt", reason="links files")
def test_a_gesture_number_is_one_field_and_one_name_in_a_panel(root: Path, speech_wav: Path, tmp_path: Path) -> None:
    copy = _changed(root, tmp_path / "house" / "soliloquy")
    blender = importlib.util.find_spec("bpy") is not None
    program = LOOK + (LOOK_IN_BLENDER if blender else "") + "\nprint('FOUND ' + json.dumps(found))"
    path = os.pathsep.join((str(copy.parent), str(root / "tests" / "support")))
    done = subprocess.run(
        [sys.executable, "-c", program, str(speech_wav), str(tmp_path / "a.npz")],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert lines, done.stderr
    found = json.loads(lines[0].removeprefix("FOUND "))

    text = "How often the head nods at the end of a phrase: 0 never, 3 always"
    assert found["travels"] is True
    assert found["old file"] == 0.5
    assert found["script"] == "nods=4 cannot be used. Choose a value between 0 and 3."
    assert found["message"] == "nods='often' cannot be used. Choose a value between 0 and 3."
    assert (found["typed"], found["by name"]) == (1.5, 2.5)
    assert found["mistyped"] == "--nods 9 cannot be used. Choose a value between 0 and 3."
    assert f"--nods 0..3 h{text[1:]} (default: 0.5)" in found["help"]
    assert f"| Nods | `nods` | `--nods` | `nods` | 0 to 3 | 0.5 | {text}. |" in found["page"]
    if blender:
        for where in ("scene", "operator", "regenerate"):
            assert found[where] == ["Nods", text, 0.5, 0.0, 3.0]
        assert (found["pressed"], found["called"]) == (2.5, 1.0)
        assert found["drawn"] == ["body", "rate", "handedness", "nods", "contacts"]
