"""Build dist/soliloquy-<version>.zip with Blender's own extension builder and validate it strictly.

The builder is a plain Python file inside the ``bpy`` wheel; Blender itself is not started.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LIMIT_BYTES = 48_000_000
NEEDED = (
    "blender_manifest.toml",
    "__init__.py",
    "LICENSE",
    "NOTICE",
    "assets/character.npz",
    "inference/worker/bootstrap.py",
    "models/weights/manifest.json",
    "models/weights/face.safetensors",
    "operators/animate.py",
    "panels/animate.py",
    "rigs/takes/bake.py",
)
UNWANTED = (
    *("tests/", "training/", "docs/", "build/", "dist/", ".ci/", ".venv/", ".git"),
    *("mkdocs.yml", "CONTRIBUTING.md", "py.typed", ".pre-commit"),
)


class BuildError(Exception):
    """The zip cannot be built, or is not fit to ship."""


def builder() -> tuple[Path, Path]:
    """Return Blender's command line for extensions and its list of allowed tags.

    Raises
    ------
    BuildError
        When this Python has no ``bpy``.
    """
    # Finding the specification does not import bpy, which would start Blender.
    spec = importlib.util.find_spec("bpy")
    if spec is None or spec.origin is None:
        raise BuildError("This Python has no bpy. Run `make extension`, or use the Python of .venv/py311.")
    found = sorted(Path(spec.origin).parent.glob("[0-9].[0-9]/scripts"))
    if not found:
        raise BuildError(f"There is no Blender script folder beside {spec.origin}.")
    scripts = found[-1]
    return scripts / "addons_core/bl_pkg/cli/blender_ext.py", scripts / "modules/_bpy_internal/extensions/tags.py"


def _run(*arguments: str | Path) -> None:
    finished = subprocess.run(
        [sys.executable, *map(str, arguments)], check=False, capture_output=True, text=True, timeout=240
    )
    if finished.returncode:
        raise BuildError((finished.stdout + finished.stderr).strip())


def check_contents(path: Path) -> list[str]:
    """Return the names in the zip, once it is known that nothing is missing, nothing is too much, and it is small.

    Raises
    ------
    BuildError
        With everything that is wrong.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    wrong = [f"{name} is missing" for name in NEEDED if not any(item.startswith(name) for item in names)]
    wrong += [f"{item} does not belong in it" for item in names if item.startswith(UNWANTED) or "__pycache__" in item]
    if path.stat().st_size >= LIMIT_BYTES:
        wrong.append(f"it is {path.stat().st_size / 1e6:.1f} MB, the limit is {LIMIT_BYTES / 1e6:.0f} MB")
    if wrong:
        raise BuildError(f"{path.name}: " + "; ".join(wrong))
    return names


def build(output: Path, source: Path = ROOT) -> Path:
    """Build, validate and check the zip.

    Parameters
    ----------
    output : Path
        Folder for the zip; made when missing.
    source : Path
        The extension's folder.

    Returns
    -------
    Path
        The zip.

    Raises
    ------
    BuildError
        When Blender's builder or its validation refuses, or the contents are not what they must be.
    """
    command, tags = builder()
    manifest = tomllib.loads((source / "blender_manifest.toml").read_text(encoding="utf-8"))
    path = output / f"{manifest['id']}-{manifest['version']}.zip"
    output.mkdir(parents=True, exist_ok=True)
    try:
        _run(command, "build", "--source-dir", source, "--output-filepath", path, "--valid-tags", tags)
        _run(command, "validate", "--valid-tags", tags, path)
        check_contents(path)
    except BuildError:
        path.unlink(missing_ok=True)
        raise
    return path


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder for the zip (default: dist)")
    arguments = parser.parse_args()
    try:
        path = build(arguments.output)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 2
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    print(f"{shown}: {len(check_contents(path))} files, {path.stat().st_size / 1e6:.1f} MB, valid")
    return 0


if __name__ == "__main__":
    sys.exit(main())
