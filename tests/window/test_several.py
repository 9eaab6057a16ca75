"""Animate All in a real Blender with windows. Pictures and the report stay in build/window_several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from window_session import run_in_window

pytestmark = pytest.mark.window

SCRIPT = Path(__file__).with_name("several_in_blender.py")


@pytest.fixture(scope="module")
def seen(root: Path, speech_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened in one session of an artist."""
    return run_in_window(SCRIPT, root / "build" / "window_several", speech_wav, tmp_path_factory.mktemp("several"))


def test_the_whole_session_went_through(seen: dict[str, Any]) -> None:
    assert seen.get("traceback") is None, seen["traceback"]
    assert seen["finished"]
    assert seen["characters"] == ["Ann", "Bob"]


def test_one_job_each_and_a_missing_file_and_a_cancel_stop_nothing_else(seen: dict[str, Any]) -> None:
    assert seen["ordered"] == ["Ann 1", "Bob 1", "Bob 2"]
    assert seen["first"] == [
        ["Ann 1", "Ann", "made"],
        ["Bob 1", "Bob", "made"],
        ["Ann 2", "Ann", "failed"],
        ["Bob 2", "Bob", "cancelled"],
    ]
    assert seen["takes"] == [1, 1]
    assert seen["notice"] == "4 strips: 2 made, 1 failed, 1 cancelled."


def test_a_take_goes_and_comes_with_undo_and_redo(seen: dict[str, Any]) -> None:
    assert seen["undone"] == [1, 0]
    assert seen["redone"] == [1, 1]


def test_again_makes_only_what_is_missing(seen: dict[str, Any]) -> None:
    assert seen["ordered_again"] == ["Ann 2", "Bob 2"]
    assert [state for _, _, state in seen["second"]] == ["there", "there", "made", "made"]
    assert seen["takes_then"] == [2, 2]
