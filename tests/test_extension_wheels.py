"""The zips that bring libraries along: what they are for, what they hold, and what happens without a network."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from soliloquy import extension_wheels
from soliloquy.extension_wheels import SERIES, TARGETS, Target, WheelsError, fetch, locked, write_bundled
from soliloquy.inference.runtime.bundle import read_bundle

TARGET = Target("linux-x64", "3.13")


def lay(cache: Path, name: str = "lib-1.0-py3-none-any.whl", text: str = "x = 1") -> tuple[Path, Path]:
    """Lay a made-up wheel into the cache, and write a lock that pins it."""
    wheel = cache / TARGET.name / name
    wheel.parent.mkdir(parents=True)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("lib/__init__.py", text)
    lock = cache / "locked.txt"
    lock.write_text(f"# pins\nlib==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    return wheel, lock


def test_what_was_fetched_before_serves_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extension_wheels, "_download", lambda *_: pytest.fail("nothing is missing"))
    wheel, lock = lay(tmp_path)
    assert fetch(TARGET, tmp_path, lock) == [wheel]
    wheel.write_bytes(wheel.read_bytes() + b"x")
    with pytest.raises(WheelsError, match="Delete it"):
        fetch(TARGET, tmp_path, lock)


def test_without_a_network_the_ways_on_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PIP_NO_INDEX", "1"), ("PIP_CONFIG_FILE", "/dev/null"), ("PIP_RETRIES", "0")):
        monkeypatch.setenv(name, value)
    wheel, lock = lay(tmp_path)
    wheel.unlink()
    with pytest.raises(WheelsError, match=r"cannot be fetched.*the network once.*ONLY=slim"):
        fetch(TARGET, tmp_path, lock)


def test_a_zip_is_for_one_platform_and_its_blenders(root: Path, tmp_path: Path) -> None:
    wheel, _ = lay(tmp_path)
    slim, bundled = tmp_path / "slim.zip", tmp_path / "bundled.zip"
    with zipfile.ZipFile(slim, "w") as archive:
        archive.write(root / "blender_manifest.toml", "blender_manifest.toml")
        archive.writestr("__init__.py", "")
    for target in (TARGET, Target("windows-x64", "3.11")):
        write_bundled(slim, bundled, target, [wheel])
        with zipfile.ZipFile(bundled) as archive:
            archive.extractall(tmp_path / target.name)
        manifest = tomllib.loads((tmp_path / target.name / "blender_manifest.toml").read_text(encoding="utf-8"))
        assert manifest["platforms"] == [target.platform]
        versions = (manifest["blender_version_min"], manifest.get("blender_version_max", ""))
        assert versions == SERIES[target.python]
        assert "wheels" not in manifest, "wheels are shared by all extensions"
        read = read_bundle(tmp_path / "home", tmp_path / target.name)
        assert read is not None
        assert read.python == target.python
        assert list(read.wheels) == [wheel.name]
        assert (read.source / wheel.name).read_bytes() == wheel.read_bytes()


def test_no_two_zips_are_for_the_same_blender() -> None:
    ends = [SERIES[python] for python in sorted(SERIES)]
    assert all(first[1] == second[0] for first, second in pairwise(ends))
    assert ends[-1][1] == ""
    assert len({target.name for target in TARGETS}) == len(TARGETS) == 6


def test_the_lock_pins_what_the_zips_and_the_tests_say(root: Path) -> None:
    pinned = locked()
    assert set(pinned) == {"numpy", "scipy", "av", "safetensors", "onnxruntime"}
    assert all(len(hashes) >= len(TARGETS) for _, hashes in pinned.values())
    wanted = dict(re.findall(r"(?m)^([\w-]+)==(\S+)", (root / "extension_wheels.txt").read_text(encoding="utf-8")))
    assert wanted == {name: version for name, (version, _) in pinned.items()}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    said = json.dumps(project)
    assert all(f"{name}=={version}" in said for name, version in wanted.items() if name != "numpy")


@pytest.mark.parametrize("name", ["linux", "linux-x64-py2", "amiga-py313"])
def test_a_name_that_means_nothing_is_answered_with_those_that_do(name: str) -> None:
    with pytest.raises(WheelsError, match="linux-x64-py311"):
        extension_wheels.target_named(name)
