"""Acts in words: what is done at a moment, by head, brows, eyes and hands, and never by the lips."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from soliloquy.inference.direction.acts import ACTS, REASON, lasting, said
from soliloquy.inference.direction.moments import Clip
from soliloquy.inference.direction.placing import directed_by_text
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.asked import cannot_make, with_asked
from soliloquy.inference.gestures.names import vocabulary
from soliloquy.inference.gestures.planned import PlannedGesture
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.layers.acts import acted_brows, acted_gaze, acted_head
from soliloquy.inference.layers.gaze import GazePlan, free_points
from soliloquy.inference.layers.noise import layer_rng
from soliloquy.inference.settings import AnimateSettings
from soliloquy.inference.words.names import MEANINGS

TIMES = np.arange(300) / 30.0


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_read_again_from_what_a_reader_is_told_of_it(name: str) -> None:
    made, direction = directed_by_text(AnimateSettings(direct=said((4.0, name, 0.0))), Clip(12.0))
    assert [row[:2] for row in made.acts] == [(4.0, name)], direction.readings()
    assert direction.missed == ()


def test_every_act_of_the_hands_has_a_gesture_and_says_a_known_meaning() -> None:
    tags = {clip.tag for clip in vocabulary().values()}
    for name, act in ACTS.items():
        assert not act.meaning or act.meaning in MEANINGS, name
        assert set(act.tags) <= tags, name
        assert (act.part == "hands") == bool(act.tags), name


@pytest.mark.parametrize(
    "rows", [((1.0, "jump", 0.0),), ((1.0, "nod", -1.0),), ((1.0, "nod"),), ((np.nan, "nod", 0.0),)]
)
def test_acts_that_there_are_not_are_refused_in_a_sentence(rows: object) -> None:
    with pytest.raises(SoliloquyError, match="acts"):
        AnimateSettings(acts=rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "axis"), [("nod", 0), ("shake", 1), ("tilt", 2), ("turn_left", 1), ("bow", 0)])
def test_the_head_does_it_when_it_is_said_and_nothing_elsewhere(name: str, axis: int) -> None:
    still = np.zeros((len(TIMES), 3))
    turned = np.degrees(acted_head(TIMES, still, ((4.0, name, 0.0),)))
    there = (TIMES > 4.0) & (4.0 + ACTS[name].seconds > TIMES)
    away = (TIMES < 3.6) | (4.0 + ACTS[name].seconds + 0.8 < TIMES)
    assert np.abs(turned[there, axis]).max() > 6
    assert np.abs(turned[away]).max() < 0.01
    assert np.abs(np.diff(turned, axis=0)).max() * 30 < 200, "degrees a second"


def test_a_head_nods_down_and_up_as_often_as_it_lasts() -> None:
    for lasts, nods in ((0.0, 2), (3.0, 5)):
        pitch = np.degrees(acted_head(TIMES, np.zeros((len(TIMES), 3)), ((3.0, "nod", lasts),)))[:, 0]
        peaks = (pitch[1:-1] > pitch[:-2]) & (pitch[1:-1] >= pitch[2:]) & (pitch[1:-1] > 2)
        assert peaks.sum() == nods


def test_brows_rise_and_lower_again_and_no_mouth_moves() -> None:
    made = acted_brows(TIMES, np.zeros((len(TIMES), 52), np.float32), ((4.0, "brows_up", 0.0),))
    assert made[130, ARKIT_INDEX["browInnerUp"]] > 0.4
    assert not made[:100].any()
    assert not made[:, [number for number, name in enumerate(ARKIT_NAMES) if not name.startswith("brow")]].any()


@pytest.mark.parametrize("darts", [0.0, 1.0])
def test_eyes_look_there_however_little_they_dart_and_come_back(darts: float) -> None:
    plan = GazePlan(np.array([0.0, 4.5]), np.array([[0.0, 0.0], [0.0, 12.0]]), np.array([False, True]))
    plan = acted_gaze(plan, ((4.0, "look_down", 3.0),), layer_rng(0, "directed looks"))
    eyes = np.zeros(3)
    points = free_points(TIMES, plan, np.tile([0.0, 0.0, 1.0], (len(TIMES), 1)), eyes, darts, layer_rng(0, "drift"))
    down = np.degrees(np.arctan2(-points[:, 1], points[:, 2]))
    assert np.median(down[(TIMES > 4.2) & (TIMES < 6.9)]) > 12
    assert np.abs(down[(TIMES < 3.9) | (TIMES > 7.3)]).max() < 5


def test_hands_get_pinned_gestures_with_their_reason_on_the_side_that_is_said() -> None:
    acts = ((2.0, "point_left", 0.0), (5.0, "shrug", 0.0), (7.0, "point_right", 0.0), (8.0, "nod", 0.0))
    for seed in range(6):
        planned, only_pinned, warnings = with_asked(acts, GestureSettings(), seed, 12.0, None, False)
        assert planned is not None
        assert (only_pinned, warnings) == (True, ())
        assert [item.time for item in planned] == [2.0, 5.0, 7.0]
        assert all(item.pinned and item.why.startswith(REASON) for item in planned)
        assert planned[0].why == "from the direction: points left at 2 s"
        for item, side in ((planned[0], "left"), (planned[2], "right")):
            recorded = vocabulary()[item.gesture].hand
            assert (recorded == side) != item.mirrored


def test_a_plan_that_says_every_gesture_goes_before_and_a_pinned_one_is_not_made_twice() -> None:
    acts = ((5.0, "shrug", 0.0),)
    changed = (PlannedGesture(6.0, "ChrBrad@Idle03_Me", pinned=True),)
    assert with_asked(acts, GestureSettings(), 0, 12.0, changed, False) == (changed, False, ())
    first, _, _ = with_asked(acts, GestureSettings(), 0, 12.0, None, False)
    again, _, _ = with_asked(acts, GestureSettings(), 0, 12.0, first, True)
    assert again == first
    both, _, _ = with_asked(acts, GestureSettings(), 0, 12.0, changed, True)
    assert both is not None
    assert [item.time for item in both] == [5.0, 6.0]


def test_what_finds_no_room_or_no_engine_is_told() -> None:
    acts = ((11.9, "shrug", 0.0), (12.0, "wave", 0.0))
    planned, _, warnings = with_asked(acts, GestureSettings(), 0, 12.0, None, False)
    assert planned is not None
    assert len(planned) == 1
    assert warnings == ("Left out: 'waves at 12 s'. The hands have no time for it.",)
    assert cannot_make(((1.0, "nod", 0.0), (2.0, "wave", 0.0)), "Why.") == ("Left out: 'waves at 2 s'. Why.",)


def test_what_is_done_beyond_the_speech_is_told_and_left_out() -> None:
    made, direction = directed_by_text(AnimateSettings(direct="counts to ten at 8 s"), Clip(12.0))
    assert [name for _, name, _ in made.acts] == ["count1", "count2", "count3", "count4", "count5"]
    assert len(direction.missed) == 5
    assert "lasts 12 s" in direction.missed[0].sentence()
    assert lasting((0.0, "nod", 0.0)) == ACTS["nod"].seconds
