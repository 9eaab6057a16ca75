"""What is wrong with an installation, one finding each, with the mend."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ..character import load_character
from ..engines import EngineInfo, find_engine, list_engines, published_systems
from ..errors import SoliloquyError
from ..programs import find_program
from ..published import PublishedSystem, find_published
from ..settings import AnimateSettings
from ..shipped import MANIFEST, ROOT, check_shipped, read_manifest
from ..version import VERSION
from .check import CheckReport, check_python
from .locate import default_runtime_folder, find_runtime

_NEEDED = {
    "assets/character.npz",
    *(f"models/weights/{name}.safetensors" for name in ("upper_face", "emotion")),
}
"""Without these nothing can be animated; so with the files of the default engines."""
_SOURCES = {"assets/demo_speech.flac"}
"""Part of the source only, not of the built extension."""
REINSTALL = "Install Soliloquy again; the file is part of it."
MIN_FREE_MB = 500


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    ok: bool
    message: str
    mend: str = ""
    """The next step when it is not ok."""
    needed: bool = True
    """Whether animating needs it."""


def diagnose(setting: str | os.PathLike[str] | None = None, folder: Path | None = None) -> list[Finding]:
    """Look at everything a performance needs; takes some seconds, since the worker's Python is really tried.

    Parameters
    ----------
    setting : str or path
        The chosen Python or environment, as for ``locate.find_runtime``.
    folder : path
        Folder of the private environment.
    """
    folder = default_runtime_folder() if folder is None else folder
    findings = [
        Finding("soliloquy", True, f"version {VERSION} in '{ROOT}'"),
        Finding("python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
    ]
    findings += _runtime(setting, folder)
    findings += _shipped()
    findings += [_character(), _space(folder), _blender()]
    findings += [_published(system) for system in published_systems()]
    findings += [_outside(info) for info in list_engines() if info.source]
    return findings


def can_animate(findings: list[Finding]) -> bool:
    """Return whether nothing that animating needs is wrong."""
    return all(finding.ok for finding in findings if finding.needed)


def _runtime(setting: str | os.PathLike[str] | None, folder: Path) -> list[Finding]:
    status = find_runtime(setting, folder)
    if status.python is None:
        return [Finding("runtime", False, status.message, status.mend)]
    report = check_python(status.python, folder=folder)
    source = f"{status.details.get('source', '')}: {status.python}"
    if not report.ok:
        return [Finding("runtime", False, f"{report.message} ({source})", report.mend)]
    return [Finding("runtime", True, f"Python {report.python_version}, {source}"), *_libraries(report)]


def _libraries(report: CheckReport) -> list[Finding]:
    from .install_plan import read_requirements

    findings: list[Finding] = []
    for requirement in read_requirements():
        name, _, pin = requirement.partition("==")
        name = re.split(r"[<>=]", name)[0]
        version = report.versions.get(name, "")
        # A build tag such as +cu130 is part of the version torch reports.
        other = bool(pin) and version.split("+")[0] != pin
        absent = f"not there; {'published and drawing engines' if name == 'torch' else 'EMOTE and TalkSHOW'} need it"
        message = f"{version or absent} (tested with {pin})" if other else version
        findings.append(Finding(name, True, message))
    if version := report.versions.get("onnxruntime"):
        findings.append(Finding("onnxruntime", True, f"{version}, for the default engines"))
    devices = ", ".join(f"{device['name']} ({device['title']})" for device in report.devices)
    return [*findings, Finding("devices", True, devices)]


def _outside(info: EngineInfo) -> Finding:
    message = f"{info.kind} engine from {info.source}" if info.available else f"{info.why_not} ({info.source})"
    return Finding(info.name, info.available, message, needed=False)


def _shipped() -> list[Finding]:
    """Hold every file that comes along against the list of them."""
    try:
        listed = read_manifest()
    except SoliloquyError as error:
        return [Finding(Path(MANIFEST).name, False, error.message, error.hint)]
    chosen = AnimateSettings()
    default_files = {
        file
        for kind, name in (("face", chosen.face), ("body", chosen.body))
        for file in find_engine(kind, name).spec.files
    }
    found: list[Finding] = []
    for place in listed:
        path = ROOT / place
        needed = place in _NEEDED or place in default_files
        if not path.is_file():
            if place not in _SOURCES:
                found.append(Finding(path.name, False, f"'{path}' is missing.", REINSTALL, needed))
            continue
        try:
            check_shipped(path)
        except SoliloquyError:
            damaged = f"'{path}' is damaged: it is not what was shipped."
            found.append(Finding(path.name, False, damaged, REINSTALL, needed))
            continue
        found.append(Finding(path.name, True, f"{path.stat().st_size / 1e6:.1f} MB, as shipped"))
    return found


def _character() -> Finding:
    try:
        character = load_character()
    except SoliloquyError as error:
        return Finding("character", False, error.message, error.hint)
    return Finding("character", True, f"{len(character.vertices)} vertices")


def _published(system: PublishedSystem) -> Finding:
    found = find_published(system)
    if not found.complete:
        return Finding(system.title, False, found.missing, needed=False)
    files = ", ".join(str(path) for path in found.files)
    return Finding(system.title, True, f"{files} ({found.system.licence})")


def _space(folder: Path) -> Finding:
    existing = next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path.cwd())
    free_mb = shutil.disk_usage(existing).free // 1_000_000
    if free_mb < MIN_FREE_MB:
        return Finding("disk", False, f"Only {free_mb} MB are free in '{existing}'.", "Free some space.", needed=False)
    return Finding("disk", True, f"{free_mb / 1000:.0f} GB free in '{existing}'")


def _blender() -> Finding:
    if importlib.util.find_spec("bpy") is not None:
        return Finding("blender", True, f"the module bpy of Python {sys.version_info.major}.{sys.version_info.minor}")
    found = find_blender()
    if found is not None:
        return Finding("blender", True, str(found))
    return Finding(
        "blender",
        False,
        "Neither Blender nor its module bpy was found; 'soliloquy bake' needs one of them.",
        "Install Blender 4.2 or later and set BLENDER to its program, or pip install bpy.",
        needed=False,
    )


def find_blender(given: str | None = None) -> Path | None:
    """Return Blender's program: the given one and no other, else ``$BLENDER``, or the one on the PATH."""
    for candidate in (given,) if given else (os.environ.get("BLENDER"), "blender"):
        if candidate and (found := find_program(candidate)):
            return found
    return None
