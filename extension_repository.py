"""Build a static extension repository, from which Get Extensions installs and updates: index and zips in one folder.

The index is made by Blender's own generator, from the zips that `make extension` left; any web server, or a folder
(file:///...), serves it. The zip without libraries stays out: Blender would not know which of two to offer.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

# Run as a script it lies beside these files; the tests import them from the package.
if __package__:
    from .extension_build import ROOT, BuildError, builder, run_builder
    from .extension_wheels import TARGETS
else:
    from extension_build import ROOT, BuildError, builder, run_builder
    from extension_wheels import TARGETS


def zips_in(dist: Path, manifest: Path = ROOT / "blender_manifest.toml") -> list[Path]:
    """Return the zips of this version, one per target.

    Raises
    ------
    BuildError
        When one is missing.
    """
    said = tomllib.loads(manifest.read_text(encoding="utf-8"))
    found = [dist / f"{said['id']}-{said['version']}-{target.name}.zip" for target in TARGETS]
    if lacking := [path.name for path in found if not path.is_file()]:
        raise BuildError(f"In '{dist}' there is no {', '.join(lacking)}: run `make extension` first.")
    return found


def build_repository(zips: list[Path], folder: Path) -> list[dict[str, Any]]:
    """Copy the zips into a new folder, let Blender's generator list them there, and return the list.

    Raises
    ------
    BuildError
        When the generator refuses one, or could not tell two apart.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in zips:
        shutil.copyfile(path, folder / path.name)
    command, _ = builder()
    said = run_builder(command, "server-generate", "--html", "--repo-dir", folder)
    listed: list[dict[str, Any]] = json.loads((folder / "index.json").read_text(encoding="utf-8"))["data"]
    if len(listed) != len(zips) or "duplicate" in said:
        raise BuildError(f"The repository lists {len(listed)} of {len(zips)} zips. {said}".strip())
    return listed


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="folder of the zips (default: dist)")
    arguments = parser.parse_args()
    try:
        folder = arguments.dist / "repository"
        listed = build_repository(zips_in(arguments.dist), folder)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{folder}: {len(listed)} zips, {sum(item['archive_size'] for item in listed) / 1e6:.0f} MB")
    print(f"Get Extensions > Repositories > Add Remote Repository: {(folder / 'index.json').resolve().as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
