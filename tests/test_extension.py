"""The built zip, used as a user uses it: validated, installed, enabled, drawn, disabled, uninstalled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

from soliloquy import extension_build

INSTALL = """
import sys
import bpy
import addon_utils

KEY = "bl_ext.user_default.soliloquy"
bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True)
assert addon_utils.check(KEY) == (True, True)
"""

# A second start of Blender: Python has compiled the modules by now, as at every start but the first.
USE = """
import json, os, sys
import bpy
import addon_utils

report_path = sys.argv[1]
KEY = "bl_ext.user_default.soliloquy"
report = {}
report["installed"] = any(module.__name__ == KEY for module in addon_utils.modules())
# What enabling does is counted; how long that takes is measured by training/benchmarks/responsiveness.py.
before, opened, started = set(sys.modules), [], []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.append(arguments[0])
    elif event in ("subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "socket.connect", "time.sleep"):
        started.append(event)

sys.addaudithook(watch)
addon_utils.enable(KEY, default_set=True, handle_error=lambda error: report.setdefault("error", repr(error)))
report["started"] = list(started)
report["read"] = [path for path in opened if not path.endswith((".py", ".pyc", ".toml"))]
report["modules"] = sorted(name for name in set(sys.modules) - before)
report["enabled"] = addon_utils.check(KEY) == (True, True)
report["warnings"] = {key: list(map(str, value)) for key, value in addon_utils._extensions_warnings_get().items()}
report["operators"] = sorted(dir(bpy.ops.soliloquy))
report["panels"] = [name for name in dir(bpy.types) if name.startswith("SOLILOQUY_PT_")]
report["scene"] = hasattr(bpy.context.scene, "soliloquy")
report["preferences"] = KEY in bpy.context.preferences.addons
folder = bpy.utils.extension_path_user(KEY, path="", create=False)
bpy.ops.soliloquy.add_character()
report["character"] = bpy.context.scene.soliloquy.character.type
addon_utils.disable(KEY, default_set=True)
report["left"] = [name for name in dir(bpy.types) if name.startswith("SOLILOQUY_")]
report["scene_after"] = hasattr(bpy.context.scene, "soliloquy")
addon_utils.enable(KEY, default_set=True)
report["enabled_again"] = addon_utils.check(KEY) == (True, True)
repos = bpy.context.preferences.extensions.repos
index = next(i for i, repo in enumerate(repos) if repo.module == "user_default")
bpy.ops.extensions.package_uninstall(repo_index=index, pkg_id="soliloquy")
report["uninstalled"] = addon_utils.check(KEY) == (False, False)
report["user_folder_left"] = bool(folder) and os.path.isdir(folder)
with open(report_path, "w", encoding="utf-8") as stream:
    json.dump(report, stream)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, built once."""
    return extension_build.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def used(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened when a fresh Blender installed, enabled, used, disabled and uninstalled the zip."""
    folder = tmp_path_factory.mktemp("blender")
    report = folder / "report.json"
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(folder / "resources")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    (folder / "resources").mkdir()
    for script, argument in ((INSTALL, built), (USE, report)):
        # Outside the repository: the extension must not find the project's own copy.
        finished = subprocess.run(
            [sys.executable, "-c", script, str(argument)],
            check=False, env=environment, cwd=folder, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert finished.returncode == 0, finished.stdout + finished.stderr
    return json.loads(report.read_text(encoding="utf-8"))


def test_zip_holds_what_blender_and_the_worker_need_and_nothing_else(built: Path) -> None:
    names = extension_build.check_contents(built)
    assert built.stat().st_size < 48e6
    assert {name.split("/")[0] for name in names if "/" in name} == {
        "assets", "docs", "inference", "models", "operators", "panels", "rigs", "shell",
    }  # fmt: skip
    assert not [name for name in names if name.endswith((".flac", ".whl", ".blend", ".pyc"))]


def test_a_zip_without_the_character_is_refused(built: Path, tmp_path: Path) -> None:
    poorer = tmp_path / "poorer.zip"
    with zipfile.ZipFile(built) as source, zipfile.ZipFile(poorer, "w") as target:
        for name in source.namelist():
            if name != "assets/character.npz":
                target.writestr(name, source.read(name))
        target.writestr("tests/test_x.py", "")
    both = r"character\.npz is missing.*tests/test_x\.py does not belong"
    with pytest.raises(extension_build.BuildError, match=both):
        extension_build.check_contents(poorer)


def test_a_manifest_blender_refuses_stops_the_build(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "soliloquy"
    source.mkdir()
    text = (root / "blender_manifest.toml").read_text(encoding="utf-8")
    (source / "blender_manifest.toml").write_text(text.replace('"Rigging"', '"Machine Learning"'), encoding="utf-8")
    (source / "__init__.py").write_text("", encoding="utf-8")
    with pytest.raises(extension_build.BuildError, match="Machine Learning"):
        extension_build.build(tmp_path / "dist", source)
    assert not list((tmp_path / "dist").iterdir())


def test_manifest_says_the_same_as_the_project(root: Path) -> None:
    manifest = tomllib.loads((root / "blender_manifest.toml").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert manifest["id"] == project["name"]
    assert manifest["version"] == project["version"]
    assert manifest["license"] == [f"SPDX:{project['license']}"]
    assert set(manifest["permissions"]) == {"files", "network", "clipboard"}
    assert "wheels" not in manifest, "wheels are shared by all extensions; the worker has a Python of its own"


def test_installs_and_enables_by_reading_little_but_its_own_code(used: dict[str, Any]) -> None:
    assert used.get("error") is None
    assert used["installed"]
    assert used["enabled"]
    assert used["started"] == [], "enabling starts no process, opens no connection and waits for nothing"
    assert [path for path in used["read"] if "soliloquy" in Path(path).parts] == [], "the character and weights wait"
    brought = {name.partition(".")[0] for name in used["modules"]}
    assert brought - set(sys.stdlib_module_names) == {"bl_ext", "numpy"}
    own = [name for name in used["modules"] if name.startswith("bl_ext.user_default.soliloquy.")]
    rooms = {tuple(name.split(".")[3:5]) for name in own}
    waiting = {("inference", "pipeline"), ("inference", "perform"), ("inference", "worker"), ("rigs", "render")}
    waiting |= {("rigs", "rig"), ("rigs", "faces")}
    assert rooms.isdisjoint(waiting)
    assert {first for first, *_ in rooms} == {"inference", "operators", "panels", "rigs"}
    assert len(own) < 130


def test_obeys_the_rules_for_extensions(used: dict[str, Any]) -> None:
    assert used["warnings"] == {}


def test_brings_operators_panels_settings_and_preferences(used: dict[str, Any]) -> None:
    for name in ("add_character", "animate", "cancel", "export", "take_activate", "take_remove", "take_rename"):
        assert name in used["operators"]
    assert "SOLILOQUY_PT_animate" in used["panels"]
    assert "SOLILOQUY_PT_animate_sequencer" in used["panels"]
    assert used["scene"]
    assert used["preferences"]
    assert used["character"] == "ARMATURE"


def test_leaves_nothing_behind(used: dict[str, Any]) -> None:
    assert used["left"] == []
    assert not used["scene_after"]
    assert used["enabled_again"]
    assert used["uninstalled"]
    assert not used["user_folder_left"]


def test_blender_as_a_module_ends_with_everything_registered() -> None:
    script = "import soliloquy; soliloquy.register()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
