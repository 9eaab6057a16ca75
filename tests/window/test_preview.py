"""The mouth's preview in a real Blender with windows. Pictures and the report stay in build/window_preview."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from window_session import run_in_window

soundfile = pytest.importorskip("soundfile")

pytestmark = pytest.mark.window

SCRIPT = Path(__file__).with_name("preview_in_blender.py")


@pytest.fixture(scope="module")
def seen(root: Path, speech_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened in one session of an artist."""
    folder = tmp_path_factory.mktemp("preview")
    samples, rate = soundfile.read(speech_wav, dtype="float32")
    soundfile.write(folder / "short.wav", samples, rate)
    soundfile.write(folder / "long.wav", np.tile(samples, 20), rate)
    return run_in_window(SCRIPT, root / "build" / "window_preview", folder / "long.wav", folder)


def test_the_whole_session_went_through(seen: dict[str, Any]) -> None:
    assert seen.get("traceback") is None, seen["traceback"]
    assert seen["finished"]


def test_nothing_is_there_before_a_job(seen: dict[str, Any]) -> None:
    assert seen["before"] == []


def test_the_mouth_shows_and_opens_while_the_job_still_runs(seen: dict[str, Any]) -> None:
    assert seen["running_state"] == "running"
    made, whole = seen["made"]
    assert 20 < made < whole
    (lips, dark), (shut_lips, shut_dark) = seen["open"], seen["shut"]
    assert min(lips, shut_lips) > 300
    assert dark > 60
    assert shut_dark < dark / 4


def test_a_drag_over_it_moves_the_frame_and_selects_nothing(seen: dict[str, Any]) -> None:
    frame, wanted = seen["scrubbed"]
    # A pixel of the waveform is many frames of so long a recording.
    assert frame == pytest.approx(wanted, abs=30)
    assert seen["selection_kept"]
    assert seen["broken_off"] == [True, True], "Esc goes back to the frame of before"


def test_cancel_takes_it_away_and_leaves_no_take(seen: dict[str, Any]) -> None:
    assert seen["cancelled"] == [0, [], "Cancelled."]


def test_a_take_that_waits_is_discarded_or_kept_with_the_mouse(seen: dict[str, Any]) -> None:
    assert seen["held_drop"][0] == seen["held_keep"][0] == 0
    assert seen["held_drop"][1] > 300
    assert seen["outcomes"] == [[0, []], [1, []]]


def test_it_follows_theme_and_scale(seen: dict[str, Any]) -> None:
    assert seen["light"][0] > 300
    # The sidebar leaves less than twice the width.
    assert seen["twice"][1] == pytest.approx(2.0, abs=0.05)
    assert 1.1 < seen["twice"][0] <= 2.0


def test_it_is_not_rendered(seen: dict[str, Any]) -> None:
    # The 3D cursor has as many red pixels; the mouth has over 500 of them at this size.
    assert seen["rendered"] < 100


def test_nothing_is_left_in_another_file_or_without_the_extension(seen: dict[str, Any]) -> None:
    assert seen["before_file"]
    # What hears of files being opened cannot go while it is called; it goes with the next tick.
    assert seen["at_once"] == ["_leave"]
    assert seen["in_another_file"] == [[], 1]
    assert seen["disabled"] == [None, []]
