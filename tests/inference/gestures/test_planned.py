"""Plans as a person changes them: given back they are the same; what is changed changes, and nothing that cannot be."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

from made_up_gestures import even_speech

from soliloquy.inference.errors import BadFile, SoliloquyError
from soliloquy.inference.gestures.casting import BOTH
from soliloquy.inference.gestures.library import Library, load_library
from soliloquy.inference.gestures.names import alternatives, title_of, vocabulary
from soliloquy.inference.gestures.phrases import GesturePlan
from soliloquy.inference.gestures.planned import (
    PlannedGesture,
    moved,
    pinned,
    read_gestures,
    read_plan,
    removed,
    replaced,
    to_rows,
    write_plan,
)
from soliloquy.inference.gestures.scheduler import plan
from soliloquy.inference.gestures.settings import STYLES, GestureSettings

SECONDS = 60.0


def _plan(library: Library, seed: int = 3, style: str = "explaining", **more) -> GesturePlan:
    return plan(even_speech(SECONDS), GestureSettings(style=style), 0.2, SECONDS, seed, library, **more)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("posture", ["standing", "seated"])
def test_a_plan_given_back_is_the_same_to_the_last_digit(library: Library, style: str, posture: str) -> None:
    settings = GestureSettings(style=style, posture=posture)
    made = plan(even_speech(SECONDS), settings, 0.2, SECONDS, 5, library)
    assert len(made.gestures) == len(made.phrases) > 5
    sent = read_gestures(json.loads(json.dumps(to_rows(made.gestures))))
    assert plan(even_speech(SECONDS), settings, 0.2, SECONDS, 5, library, given=sent) == made


def test_a_gesture_that_is_moved_takes_along_only_what_hangs_on_it(library: Library) -> None:
    made = _plan(library)
    later = made.gestures[6].time + 0.2
    again = _plan(library, given=moved(made.gestures, 6, later))
    assert again.phrases[6].emphasis == later
    assert again.phrases[6].name == made.phrases[6].name
    assert again.gestures[6].why.startswith("by hand")
    others = [row for row in range(len(made.phrases)) if abs(row - 6) > 1]
    assert [again.phrases[row] for row in others] == [made.phrases[row] for row in others]


def test_a_gesture_is_replaced_by_name_and_removed(library: Library) -> None:
    made = _plan(library)
    other = next(clip.name for clip in library.clips if clip.name != made.phrases[4].name)
    again = _plan(library, given=replaced(made.gestures, 4, other))
    assert again.phrases[4].name == other
    assert again.phrases[4].emphasis == made.phrases[4].emphasis
    fewer = _plan(library, given=removed(made.gestures, 4))
    assert len(fewer.phrases) == len(made.phrases) - 1
    assert _plan(library, given=()).phrases == ()


def test_pinned_gestures_stay_when_the_others_are_drawn_anew(library: Library) -> None:
    made = _plan(library)
    given = pinned(pinned(made.gestures, 3, True), 8, True)
    again = _plan(library, seed=99, given=given, only_pinned=True)
    assert [(item.gesture, item.time) for item in again.gestures if item.pinned] == [
        (made.gestures[row].gesture, made.gestures[row].time) for row in (3, 8)
    ]
    free = [item for item in again.gestures if not item.pinned]
    assert len(free) > 5
    assert {(item.time, item.gesture) for item in free} - {(item.time, item.gesture) for item in made.gestures}
    assert np.diff([item.time for item in again.gestures]).min() > 0.3


def test_a_time_and_a_name_are_enough(library: Library) -> None:
    name = library.clips[0].name
    (phrase,) = _plan(library, given=read_gestures([{"time": 3.2, "gesture": name}])).phrases
    assert (phrase.name, phrase.emphasis) == (name, 3.2)


def test_what_cannot_be_made_is_said_in_a_sentence(library: Library) -> None:
    name = library.clips[0].name
    for rows, words in (
        ([{"time": 3.0, "gesture": "wave"}], "no gesture 'wave'"),
        ([{"time": 300.0, "gesture": name}], "not within"),
        ([{"time": 3.0, "gesture": name}, {"time": 3.1, "gesture": name}], "apart"),
    ):
        with pytest.raises(SoliloquyError, match=words):
            _plan(library, given=read_gestures(rows))
    for rows, words in (
        ([{"gesture": name}], "'time' is missing"),
        ([{"time": 3.0, "gesture": name, "size": 9}], "Gesture 1"),
        ([{"time": 3.0, "gesture": name, "colour": 1}], "Unknown"),
        ([{"time": 3.0, "gesture": name, "chances": [1, 2]}], "Gesture 1"),
        ("none", "no list"),
    ):
        with pytest.raises(SoliloquyError, match=words):
            read_gestures(rows)


def test_a_plan_file_is_read_as_it_was_written_and_as_a_person_left_it(library: Library, tmp_path: Path) -> None:
    made = _plan(library)
    path = tmp_path / "plan.json"
    write_plan(made.gestures, path)
    assert read_plan(path) == made.gestures
    rows = json.loads(path.read_text())
    rows["gestures"][2]["time"] += 0.3
    path.write_text(json.dumps(rows))
    assert read_plan(path)[2] == dataclasses.replace(
        made.gestures[2], time=made.gestures[2].time + 0.3, accent=made.gestures[2].time + 0.3
    )
    for text in ("", "[", '{"gestures": 3}', "null", '{"gestures": [null]}'):
        path.write_text(text)
        with pytest.raises(BadFile):
            read_plan(path)
    with pytest.raises(BadFile):
        read_plan(tmp_path / "none.json")


def test_the_vocabulary_by_name_is_the_librarys() -> None:
    known = vocabulary()
    for clip in load_library().clips:
        item = known[clip.name]
        both = min(clip.hands) > BOTH
        assert (item.kind, item.tag) == (clip.kind, clip.tag)
        assert item.hand == ("both" if both else "left" if clip.hands[0] > clip.hands[1] else "right")
    assert known["Count3"].kind == "sign"
    titles = [item.title for item in known.values()]
    assert len(set(titles)) == len(titles)
    assert title_of("gone") == "gone"
    some = alternatives("ChrBrad@Idle03_Me")
    assert "ChrBrad@Idle03_Me" in some
    assert len(some) == 2


def test_a_gesture_whose_accent_is_elsewhere_is_on_its_own_time() -> None:
    assert PlannedGesture(2.0, "one", accent=2.02).on == 2.02
    assert PlannedGesture(2.0, "one", accent=3.0).on == 2.0


def test_names_and_reasons_without_end_reach_no_sentence_and_no_panel() -> None:
    with pytest.raises(SoliloquyError, match="is no name of a gesture") as caught:
        read_gestures([{"time": 1.0, "gesture": "x" * 1_000_000}])
    assert len(str(caught.value)) < 300
    (item,) = read_gestures([{"time": 1.0, "gesture": "Wave", "why": "x" * 1_000_000}])
    assert len(item.why) == 300
    with pytest.raises(SoliloquyError, match="does not say what a gesture is for"):
        read_gestures([{"time": 1.0, "gesture": "Wave", "why": 3}])
