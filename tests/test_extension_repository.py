"""The static repository, from which Get Extensions installs and updates, listed by Blender's own generator."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.extension_build import BuildError
from soliloquy.extension_repository import build_repository, zips_in
from soliloquy.extension_wheels import TARGETS, Target, write_bundled

INSTALL = """
import json, sys
import bpy
import addon_utils

bpy.context.preferences.system.use_online_access = True  # Blender wants it for any remote repository, a folder too.
bpy.ops.preferences.extension_repo_add(name="ours", remote_url=sys.argv[1], type="REMOTE")
repos = bpy.context.preferences.extensions.repos
index, repo = next((i, repo) for i, repo in enumerate(repos) if repo.name == "ours")
seen = []
for _ in range(2):
    bpy.ops.extensions.repo_sync(repo_index=index)
    if not seen:
        bpy.ops.extensions.package_install(repo_index=index, pkg_id="made_up", enable_on_install=True)
    else:
        bpy.ops.extensions.package_upgrade_all()
    module = sys.modules[f"bl_ext.{repo.module}.made_up"]
    seen.append([addon_utils.check(module.__name__), open(f"{repo.directory}/made_up/blender_manifest.toml").read()])
    if len(seen) == 1:
        exec(sys.argv[2])
print("SEEN " + json.dumps(seen))
"""
"""Installs from a repository, makes what the second argument says, and updates."""


def zips(folder: Path, root: Path, version: str, targets: tuple[Target, ...] = TARGETS) -> list[Path]:
    """Write zips of a made-up extension with our manifest, one per target."""
    folder.mkdir()
    text = (root / "blender_manifest.toml").read_text(encoding="utf-8")
    text = text.replace('id = "soliloquy"', 'id = "made_up"')
    text = re.sub(r"(?m)^version = .*$", f'version = "{version}"', text)
    slim, wheel = folder / "slim.zip", folder / "lib-1-py3-none-any.whl"
    wheel.write_bytes(b"a made-up wheel")
    with zipfile.ZipFile(slim, "w") as archive:
        archive.writestr("blender_manifest.toml", text)
        archive.writestr("__init__.py", "def register(): pass\ndef unregister(): pass\n")
    made = []
    for target in targets:
        made.append(folder / f"made_up-{version}-{target.name}.zip")
        write_bundled(slim, made[-1], target, [wheel])
    return made


@pytest.mark.skipif(bpy.app.version < (5, 1), reason="once is enough, and takes seconds")
def test_blender_installs_what_fits_it_and_updates(root: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    listed = build_repository(zips(tmp_path / "1", root, "0.1.0"), repository)
    assert {(item["platforms"][0], item["blender_version_min"]) for item in listed} == {
        (target.platform, {"3.11": "4.2.0", "3.13": "5.1.0"}[target.python]) for target in TARGETS
    }
    assert (repository / "index.html").is_file()
    later = zips(tmp_path / "2", root, "0.2.0")
    update = (
        f"sys.path.insert(0, {str(root.parent)!r})\nfrom pathlib import Path\n"
        "from soliloquy.extension_repository import build_repository\n"
        f"build_repository([Path(path) for path in {[str(path) for path in later]!r}], Path({str(repository)!r}))"
    )
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    (tmp_path / "user").mkdir()
    url = (repository / "index.json").as_uri()
    done = subprocess.run(
        [sys.executable, "-c", INSTALL, url, update],
        check=False, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    answer = re.search(r"SEEN (.*)", done.stdout)
    assert answer is not None, done.stdout + done.stderr
    for (enabled, manifest), version in zip(json.loads(answer[1]), ("0.1.0", "0.2.0"), strict=True):
        assert enabled == [True, True]
        assert f'version = "{version}"' in manifest
        assert 'blender_version_min = "5.1.0"' in manifest


def test_zips_that_blender_cannot_tell_apart_are_refused(root: Path, tmp_path: Path) -> None:
    same = (Target("linux-x64", "3.13"), Target("linux-x64", "3.14"))
    with pytest.raises(BuildError, match="duplicate"):
        build_repository(zips(tmp_path / "1", root, "0.1.0", same), tmp_path / "repository")


def test_a_missing_zip_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"linux-x64-py311\.zip.*make extension"):
        zips_in(tmp_path)
