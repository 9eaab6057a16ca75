"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository root, which is also the extension folder."""
    return ROOT


@pytest.fixture(scope="session")
def speech_wav() -> Path:
    """A real recording of about six seconds (LJ Speech, public domain), FLAC, 16 kHz mono."""
    return ROOT / "assets" / "demo_speech.flac"


@pytest.fixture
def blank_scene() -> Iterator[Any]:
    """A fresh empty Blender scene; enabled add-ons stay enabled."""
    bpy = pytest.importorskip("bpy")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    yield bpy.context.scene
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
