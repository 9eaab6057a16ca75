"""Style and rest that change over time, phrase by phrase, and gestures around what is directed at a moment."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from made_up_gestures import even_speech, speech

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.library import Library
from soliloquy.inference.gestures.rests import plan_rests
from soliloquy.inference.gestures.scheduler import plan
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.words.hands import meanings_of
from soliloquy.inference.words.names import contrary

SECONDS = 120.0
CROSSED = GestureSettings(style="calm", style_track=((60.0, "agitated"),))


def test_a_style_holds_from_its_second_on() -> None:
    chosen = GestureSettings(style="shy", style_track=((8.0, "formal"), (2.0, "calm")))
    assert [chosen.at("style", second) for second in (-1.0, 1.9, 2.0, 7.9, 8.0, 99.0)] == [
        "shy", "shy", "calm", "calm", "formal", "formal",
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [((1.0, "loud"),), ((1.0, "calm", 2.0),), (("a", "calm"),), "calm"])
def test_a_track_that_is_none_is_refused_in_a_sentence(rows: object) -> None:
    with pytest.raises(SoliloquyError, match="style_track"):
        GestureSettings(style_track=rows)  # type: ignore[arg-type]


def test_gestures_follow_the_style_of_their_second(library: Library) -> None:
    prosody = even_speech(SECONDS)
    made, calm, agitated = (
        plan(prosody, settings, 0.0, SECONDS, 4, library).strokes[:, 0]
        for settings in (CROSSED, GestureSettings(style="calm"), GestureSettings(style="agitated"))
    )
    halves = [(made < 60).sum(), (made >= 60).sum()]
    assert halves[0] == pytest.approx((calm < 60).sum(), abs=4)
    assert halves[1] == pytest.approx((agitated >= 60).sum(), rel=0.15)
    assert halves[1] > 1.5 * halves[0]


def test_until_the_style_changes_nothing_is_otherwise(library: Library) -> None:
    accents = np.arange(1.0, SECONDS - 1, 0.5)
    prosody = speech([*accents], SECONDS, [(start, start + 3.8) for start in np.arange(0.5, SECONDS - 4, 4.0)])
    made, calm = (
        plan(prosody, settings, 0.0, SECONDS, 4, library) for settings in (CROSSED, GestureSettings(style="calm"))
    )
    before = [item.gesture for item in made.gestures if item.time < 58.0]
    assert before == [item.gesture for item in calm.gestures if item.time < 58.0]


def test_a_plan_under_a_style_that_changes_is_given_back_unchanged(library: Library) -> None:
    prosody = even_speech(SECONDS)
    made = plan(prosody, CROSSED, 0.0, SECONDS, 4, library)
    again = plan(prosody, CROSSED, 0.0, SECONDS, 4, library, given=made.gestures)
    assert again.phrases == made.phrases
    assert again.pulses == made.pulses


def test_hands_go_to_a_rest_at_its_second_and_stay_there() -> None:
    settings = GestureSettings(rest_track=((4.0, "crossed"), (30.0, "auto"), (50.0, "hip")))
    spans = plan_rests(even_speech(SECONDS), settings, SECONDS, 0)
    crossed = next(span for span in spans if span.name == "crossed")
    assert crossed.start == pytest.approx(4.0)
    after = spans[spans.index(crossed) + 1]
    assert after.start == pytest.approx(30.0)
    assert spans[-1].name == "hip"
    assert spans[-1].start == pytest.approx(50.0, abs=1.0)
    assert all(span.start < following.start for span, following in pairwise(spans))


def test_the_same_rest_again_is_no_change() -> None:
    settings = GestureSettings(rest="hip", rest_track=((4.0, "hip"), (9.0, "crossed")))
    assert [span.name for span in plan_rests(even_speech(30.0), settings, 30.0, 0)] == ["hip", "crossed"]


@pytest.mark.parametrize("act", ["nod", "point_me", "small"])
def test_nothing_around_what_is_directed_says_the_contrary(library: Library, act: str) -> None:
    pytest.importorskip("scipy")
    from soliloquy.inference.direction.acts import ACTS

    acts = tuple((float(second), act, 0.0) for second in range(4, 116, 4))
    for seed in range(3):
        settings = GestureSettings(style="agitated", rate=2.0)
        for item in plan(even_speech(SECONDS), settings, 0.0, SECONDS, seed, library, acts=acts).phrases:
            clip = library.clips[item.clip]
            assert not any(contrary(ACTS[act].meaning, name) for name in meanings_of(clip, item.mirrored))


def test_no_joint_jumps_where_style_and_rest_change() -> None:
    pytest.importorskip("av")
    from soliloquy.inference import pipeline
    from soliloquy.inference.orders.animate import AnimateJob
    from soliloquy.inference.rotation import axis_angle_to_quaternion
    from soliloquy.inference.settings import AnimateSettings, AudioRange

    demo = Path(__file__).parents[3] / "assets" / "demo_speech.flac"

    def jolt(settings: GestureSettings, seed: int) -> float:
        order = AnimateJob(AudioRange(str(demo)), AnimateSettings(seed=seed, gestures=settings), "")
        turns = axis_angle_to_quaternion(pipeline.animate(order).poses.reshape(-1, 55, 3)[:, :22])
        steps = 2 * np.arccos(np.clip(np.abs((turns[1:] * turns[:-1]).sum(-1)), 0, 1))
        # A quick stroke has quick frames on both sides; a jump has none.
        return float(np.degrees(steps[1:-1] - np.maximum(steps[:-2], steps[2:])).max())

    changing = GestureSettings(style="calm", style_track=((3.0, "agitated"),), rest_track=((3.0, "crossed"),))
    found = [jolt(changing, seed) for seed in (1, 2)]
    # The demo ends soon after an accent: its gesture has less time than it was recorded with.
    found += [jolt(GestureSettings(style="agitated"), seed) for seed in (3, 4)]
    assert max(found) < 3.5, "degrees of a single frame"
