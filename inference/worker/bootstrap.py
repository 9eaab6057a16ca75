"""The worker's entry: ``python -I -u bootstrap.py [folder of unpacked bundles]``.

In Blender the extension folder is called ``bl_ext.<repository>.soliloquy`` and is on no path. Here the package is built
from its root ``__init__.py`` under the name ``soliloquy``, wherever the folder lies and whatever it is called.
"""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

NAME = "soliloquy"


def load_package(root: Path) -> ModuleType:
    """Make the folder ``root`` importable as the package ``soliloquy``; ``sys.path`` stays as it is."""
    spec = importlib.util.spec_from_file_location(
        NAME, str(root / "__init__.py"), submodule_search_locations=[str(root)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"There is no Soliloquy in {root}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    return package


if __name__ == "__main__":
    load_package(Path(__file__).resolve().parents[2])
    # What the extension brings along must be there before anything imports numpy.
    unpacking = f"{NAME}.inference.runtime.unpack"
    failure = importlib.import_module(unpacking).use_bundle(sys.argv[1]) if len(sys.argv) > 1 else None
    importlib.import_module(f"{NAME}.inference.worker.main").main(failure)
