"""A real Blender with windows, used as an artist uses it. Pictures and the report stay in build/window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from window_session import run_in_window

pytestmark = pytest.mark.window

SCRIPT = Path(__file__).with_name("in_blender.py")


@pytest.fixture(scope="module")
def seen(root: Path, speech_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened in one session of an artist."""
    return run_in_window(SCRIPT, root / "build" / "window", speech_wav, tmp_path_factory.mktemp("window"))


def test_the_whole_session_went_through(seen: dict[str, Any]) -> None:
    assert seen.get("traceback") is None, seen["traceback"]
    assert seen["finished"]


def test_the_sidebar_keeps_the_tab_it_shows(seen: dict[str, Any]) -> None:
    assert seen["tab_before"] == seen["tab_after"] == "Item"
    assert seen["tab_of_a_new_file"] == "Item"


def test_a_character_is_seen_where_it_was_added_and_goes_with_one_undo(seen: dict[str, Any]) -> None:
    assert seen["seen_in_local_view"] == [True, True]
    aside, deep, up = seen["view_from_character"]
    assert abs(aside) < 0.1
    assert abs(deep) < 0.1
    assert 0.6 < up < 1.1, "the view turns around the middle of the body"
    assert seen["undone"]
    assert seen["mode_after_undo"] == "EDIT_MESH"


def test_the_zip_installs_cleanly_and_finds_the_runtime(seen: dict[str, Any]) -> None:
    assert seen["enabled"]
    assert seen["warnings"] == 0
    assert seen["runtime"].startswith("Works: torch")


def test_the_character_appears(seen: dict[str, Any]) -> None:
    assert seen["characters"] == ["Soliloquy"]


def test_a_click_on_animate_makes_a_take_where_the_strip_is(seen: dict[str, Any]) -> None:
    assert seen["pressed_with_mouse"]
    assert seen["first"]["error"] == ""
    assert len(seen["first"]["takes"]) == 1
    assert seen["first_frame"] == pytest.approx(5.0, abs=0.5)


def test_no_tick_waits_or_reads_files_while_a_job_runs(seen: dict[str, Any]) -> None:
    assert seen["figures"]["longest_tick"] > 0, "no tick was looked at"
    assert seen["tick_waits"] == []


def test_the_take_plays_and_moves_the_face(seen: dict[str, Any]) -> None:
    assert seen["played_to_frame"] > 10
    assert seen["picture_change"] > 0.2


def test_the_take_is_exported(seen: dict[str, Any]) -> None:
    assert seen["fbx_bytes"] > 500_000


def test_a_killed_worker_is_noticed_said_and_replaced(seen: dict[str, Any]) -> None:
    assert seen["kill_ticks"] is not None
    assert "killed" in seen["killed"]["error"]
    assert len(seen["killed"]["takes"]) == 1
    assert seen["again"]["error"] == ""
    assert len(seen["again"]["takes"]) == 2


def test_cancel_is_immediate_and_changes_nothing(seen: dict[str, Any]) -> None:
    assert seen["cancel_ticks"] <= 1
    assert seen["cancelled"]["notice"] == "Cancelled."
    assert len(seen["cancelled"]["takes"]) == 2


def test_several_takes_arrive_one_after_the_other(seen: dict[str, Any]) -> None:
    assert seen["bars"] == 2
    assert seen["two_takes"]["error"] == ""
    assert seen["two_takes"]["takes"][-2:] == ["Variation 20", "Variation 21"]
    assert len(seen["two_takes"]["takes"]) == 4


def test_any_part_names_the_character_and_a_test_leaves_nothing(seen: dict[str, Any]) -> None:
    assert seen["line"].startswith("SMPL-X skeleton, 70 bones")
    assert seen["tested"] == ["Test"]
    assert seen["light"] == "verified"
    assert seen["after_test"]


def test_a_part_made_anew_changes_that_part_only(seen: dict[str, Any]) -> None:
    assert seen["part"]["error"] == ""
    assert seen["part"]["takes"][-1] == "Variation 21 part"
    assert seen["part_inside"]
    assert seen["part_outside"] < 1e-3
