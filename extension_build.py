"""Build the extension's zips with Blender's own builder and validate them strictly.

One holds no libraries; for each platform and Python there is one that brings along what the default engines need, see
extension_wheels.py. The builder is a plain Python file inside the ``bpy`` wheel; Blender itself is not started.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

# Run as a script it lies beside this file; the tests import both from the package.
if __package__:
    from .extension_wheels import TARGETS, Target, WheelsError, fetch, target_named, write_bundled
else:
    from extension_wheels import TARGETS, Target, WheelsError, fetch, target_named, write_bundled

ROOT = Path(__file__).resolve().parent
LIMIT_BYTES = 48_000_000
BUNDLED_LIMIT_BYTES = 160_000_000
NEEDED = (
    "blender_manifest.toml",
    "__init__.py",
    "LICENSE",
    "NOTICE",
    "assets/character.npz",
    "docs/tutorial.md",
    "inference/worker/bootstrap.py",
    "models/weights/manifest.json",
    "models/weights/face.safetensors",
    "operators/animate.py",
    "panels/animate.py",
    "rigs/takes/bake.py",
)
UNWANTED = (
    *("tests/", "training/", "build/", "dist/", ".ci/", ".venv/", ".git"),
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


def run_builder(*arguments: str | Path) -> str:
    """Run Blender's command line for extensions and return what it said; raises :class:`BuildError` with it."""
    finished = subprocess.run(
        [sys.executable, *map(str, arguments)], check=False, capture_output=True, text=True, timeout=240
    )
    if finished.returncode:
        raise BuildError((finished.stdout + finished.stderr).strip())
    return (finished.stdout + finished.stderr).strip()


def check_contents(path: Path, limit: int = LIMIT_BYTES) -> list[str]:
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
    if path.stat().st_size >= limit:
        wrong.append(f"it is {path.stat().st_size / 1e6:.1f} MB, the limit is {limit / 1e6:.0f} MB")
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
        run_builder(command, "build", "--source-dir", source, "--output-filepath", path, "--valid-tags", tags)
        run_builder(command, "validate", "--valid-tags", tags, path)
        check_contents(path)
    except BuildError:
        path.unlink(missing_ok=True)
        raise
    return path


def build_bundled(slim: Path, target: Target, cache: Path) -> Path:
    """Build the zip of one platform and Python from the one without libraries, beside it; validate and check it.

    Raises
    ------
    BuildError
        When Blender's validation refuses it, or the contents are not what they must be.
    WheelsError
        When the libraries cannot be had.
    """
    command, tags = builder()
    path = slim.with_name(f"{slim.stem}-{target.name}.zip")
    try:
        write_bundled(slim, path, target, fetch(target, cache))
        run_builder(command, "validate", "--valid-tags", tags, path)
        check_contents(path, BUNDLED_LIMIT_BYTES)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder for the zip (default: dist)")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "wheels", help="folder of fetched libraries")
    parser.add_argument("--only", help=f"one zip: slim, {', '.join(target.name for target in TARGETS)}")
    arguments = parser.parse_args()
    try:
        slim = build(arguments.output)
        _say(slim, LIMIT_BYTES)
        targets = TARGETS if arguments.only is None else ()
        if arguments.only not in (None, "slim"):
            targets = (target_named(arguments.only),)
        for target in targets:
            _say(build_bundled(slim, target, arguments.cache), BUNDLED_LIMIT_BYTES)
    except (BuildError, WheelsError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _say(path: Path, limit: int) -> None:
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    print(f"{shown}: {len(check_contents(path, limit))} files, {path.stat().st_size / 1e6:.1f} MB, valid", flush=True)


if __name__ == "__main__":
    sys.exit(main())
