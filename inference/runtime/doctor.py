"""What is wrong with an installation, one finding each, with the mend."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ..body.engines import BODIES
from ..errors import SoliloquyError
from ..published import SYSTEMS, find_published
from ..settings import AnimateSettings
from ..version import VERSION
from .check import CheckReport, check_python
from .locate import default_runtime_folder, find_runtime

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "models" / "weights"
CHARACTER = ROOT / "assets" / "character.npz"
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
    findings += [_weights(f"{name}.safetensors") for name in ("face", "upper_face", "emotion")]
    findings += [_body(name) for name, entry in BODIES.items() if entry.file]
    findings += [_character(), _space(folder), _blender()]
    findings += [_published(name) for name in SYSTEMS]
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
    from .install import read_requirements

    findings = []
    for requirement in read_requirements():
        name, _, pin = requirement.partition("==")
        name = re.split(r"[<>=]", name)[0]
        version = report.versions.get(name, "")
        # A build tag such as +cu130 is part of the version torch reports.
        other = bool(pin) and version.split("+")[0] != pin
        message = f"{version or 'not there; EMOTE and TalkSHOW need it'} (tested with {pin})" if other else version
        findings.append(Finding(name, True, message))
    devices = ", ".join(f"{device['name']} ({device['title']})" for device in report.devices)
    return [*findings, Finding("devices", True, devices)]


def _body(name: str) -> Finding:
    """Check the file of a body engine of ours; only the default engine's is needed."""
    path = ROOT / BODIES[name].file
    return _weights(path.name, path, needed=name == AnimateSettings().body)


def _weights(name: str, path: Path | None = None, needed: bool = True) -> Finding:
    """Check that a weights file is whole, and the one its card names where the card has a row ``file sha256``."""
    path = WEIGHTS / name if path is None else path
    if not path.is_file():
        return Finding(name, False, f"The weights '{path}' are missing.", REINSTALL, needed)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    try:
        card = path.with_suffix(".md").read_text(encoding="utf-8")
    except OSError:
        card = ""
    stated = re.search(r"file sha256\W+([0-9a-f]{64})", card)
    if not is_whole_safetensors(content) or (stated is not None and stated.group(1) != digest):
        return Finding(name, False, f"The weights '{path}' are damaged (sha256 {digest[:12]}).", REINSTALL, needed)
    return Finding(name, True, f"{len(content) / 1e6:.1f} MB, sha256 {digest[:12]}")


def is_whole_safetensors(content: bytes) -> bool:
    """Return whether the file's header is intact and the file is exactly as long as the header says."""
    try:
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length])
        ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return False
    return len(content) == 8 + length + max(ends, default=0)


def _character() -> Finding:
    try:
        from ..character import load_character

        character = load_character()
    except (SoliloquyError, OSError, ValueError, KeyError) as error:
        return Finding("character", False, f"The character '{CHARACTER}' cannot be read: {error}", REINSTALL)
    return Finding("character", True, f"{len(character.vertices)} vertices, {CHARACTER.stat().st_size / 1e6:.1f} MB")


def _published(name: str) -> Finding:
    found = find_published(name)
    if not found.complete:
        return Finding(name, False, found.missing, needed=False)
    files = ", ".join(str(path) for path in found.files)
    return Finding(name, True, f"{files} ({found.system.licence})")


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
        if candidate and (found := shutil.which(candidate)):
            return Path(found)
    return None
