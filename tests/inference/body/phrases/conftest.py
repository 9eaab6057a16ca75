"""Fixtures of the gesture tests."""

from __future__ import annotations

import pytest

pytest.importorskip("scipy")

from made_up_gestures import made_up_library

from soliloquy.inference.gestures.library import Library


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """48 made-up gestures of two performers."""
    return made_up_library(tmp_path_factory.mktemp("gestures") / "made_up.npz")
