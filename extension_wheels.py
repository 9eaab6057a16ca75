"""The libraries that a zip brings along for one platform and Python: fetched once, held against hashes, laid in.

What they are is pinned and hashed in extension_wheels.locked.txt (`make lock`). Fetching is pip's; what was fetched
before stays in a folder, so that a second build needs no network.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "extension_wheels.locked.txt"
PLATFORMS: dict[str, tuple[str, ...]] = {
    "linux-x64": (*(f"manylinux_2_{glibc}_x86_64" for glibc in range(28, 16, -1)), "manylinux2014_x86_64"),
    "windows-x64": ("win_amd64",),
    "macos-arm64": tuple(f"macosx_{system}_0_arm64" for system in range(14, 10, -1)),
}
"""Blender's name of a platform -> pip's tags of what runs there (glibc 2.28 as Blender asks for, macOS 14)."""
SERIES: dict[str, tuple[str, str]] = {"3.11": ("4.2.0", "5.1.0"), "3.13": ("5.1.0", "")}
"""Python -> the first Blender that has it, and the first that no longer has."""


class WheelsError(Exception):
    """Libraries that cannot be had, or are not what they must be."""


@dataclass(frozen=True)
class Target:
    """What one zip is for."""

    platform: str
    """Of :data:`PLATFORMS`."""
    python: str
    """Such as ``"3.13"``."""

    @property
    def name(self) -> str:
        """As it is part of file names: ``linux-x64-py313``."""
        return f"{self.platform}-py{self.python.replace('.', '')}"


TARGETS = tuple(Target(platform, python) for python in SERIES for platform in PLATFORMS)


def target_named(name: str) -> Target:
    """Return what a name such as ``linux-x64-py313`` means; any Python 3 is taken, for Blenders of one's own.

    Raises
    ------
    WheelsError
        When it means nothing.
    """
    found = re.fullmatch(r"(.+)-py3(\d{1,2})", name)
    if found is None or found[1] not in PLATFORMS:
        raise WheelsError(f"'{name}' is none of slim, {', '.join(target.name for target in TARGETS)}.")
    return Target(found[1], f"3.{found[2]}")


def locked(path: Path = LOCK) -> dict[str, tuple[str, set[str]]]:
    """Return library -> version and the hashes that its files may have."""
    found: dict[str, tuple[str, set[str]]] = {}
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if match := re.match(r"([\w.-]+)==([^\s;]+)", line):
            found[match[1].lower()] = (match[2], set(re.findall(r"--hash=sha256:([0-9a-f]{64})", line)))
    return found


def fetch(target: Target, cache: Path, lock: Path = LOCK) -> list[Path]:
    """Return the wheels for a target, each held against its hash; what the cache lacks is fetched.

    Raises
    ------
    WheelsError
        When one is missing and cannot be fetched, or is not what the lock says.
    """
    folder = cache / target.name
    folder.mkdir(parents=True, exist_ok=True)
    pinned = locked(lock)
    found = _present(folder, pinned)
    if len(found) < len(pinned):
        _download(target, folder, lock)
        found = _present(folder, pinned)
    if lacking := sorted(set(pinned) - set(found)):
        raise WheelsError(f"No wheel of {', '.join(lacking)} for {target.name} has a hash of {lock.name}.")
    return [found[name] for name in sorted(found)]


def _present(folder: Path, pinned: dict[str, tuple[str, set[str]]]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        name = name.lower().replace("_", "-")
        if name not in pinned or pinned[name][0] != version:
            continue  # of another lock
        if hashlib.sha256(path.read_bytes()).hexdigest() not in pinned[name][1]:
            raise WheelsError(f"'{path}' is not the file that {LOCK.name} names. Delete it; it is fetched again.")
        found[name] = path
    return found


def _download(target: Target, folder: Path, lock: Path) -> None:
    tags = [part for tag in PLATFORMS[target.platform] for part in ("--platform", tag)]
    abis = [part for abi in (f"cp{target.python.replace('.', '')}", "abi3", "none") for part in ("--abi", abi)]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--require-hashes",
               "--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", target.python,
               *tags, *abis, "--dest", str(folder), "--requirement", str(lock)]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=1500)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()[-1:]
        raise WheelsError(
            f"The libraries for {target.name} cannot be fetched ({' '.join(said)[:300]}). Building these zips needs "
            f"the network once; wheels laid into '{folder}' serve too. Without libraries: make extension ONLY=slim."
        )


def manifest_for(text: str, target: Target) -> str:
    """Return the text of a manifest, for this target only."""
    first, end = SERIES.get(target.python, (SERIES["3.13"][0], ""))
    lines = [f'blender_version_min = "{first}"', *([f'blender_version_max = "{end}"'] if end else [])]
    lines += [f'platforms = ["{target.platform}"]']
    changed, count = re.subn(r"(?m)^blender_version_min = .*$", "\n".join(lines), text)
    if count != 1:
        raise WheelsError("The manifest does not say blender_version_min once.")
    return changed


def write_bundled(slim: Path, output: Path, target: Target, wheels: list[Path]) -> None:
    """Write a zip like ``slim`` for one target, with the wheels in its folder ``bundle``."""
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in wheels}
    version = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()[:10]
    listed = {"format": 1, "python": target.python, "platform": target.platform, "version": version, "wheels": hashes}
    with zipfile.ZipFile(slim) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.infolist():
            data = source.read(item)
            if item.filename == "blender_manifest.toml":
                data = manifest_for(data.decode("utf-8"), target).encode("utf-8")
            archive.writestr(item, data)
        archive.writestr("bundle/bundle.json", json.dumps(listed, indent=1) + "\n")
        for path in wheels:
            archive.write(path, f"bundle/{path.name}", zipfile.ZIP_STORED)
