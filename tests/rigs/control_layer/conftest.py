"""The character that the tests of controls work on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

from saved_scene import open_scene

from soliloquy.rigs.rig import Rig


@pytest.fixture
def rig(scene: Path, blank_scene: Any) -> Rig:
    """Return the character of the module's scene, as it was built."""
    return open_scene(scene)
