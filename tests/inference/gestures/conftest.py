"""Fixtures of the gesture tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("scipy")

sys.path.insert(0, str(Path(__file__).resolve().parent))

from made_up_gestures import made_up_library

from soliloquy.inference.gestures.library import Library


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """48 made-up gestures of two performers."""
    return made_up_library(tmp_path_factory.mktemp("gestures") / "made_up.npz")
