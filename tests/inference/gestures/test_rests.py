"""Where hands rest and when: as the settings say or as the style does, changing in pauses, never hanging for long."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from made_up_gestures import even_speech, speech

from soliloquy.inference.emotion.bodily import manner
from soliloquy.inference.emotion.names import EMOTIONS
from soliloquy.inference.gestures.library import Library
from soliloquy.inference.gestures.phrases import GesturePlan
from soliloquy.inference.gestures.rests import plan_rests
from soliloquy.inference.gestures.scheduler import plan
from soliloquy.inference.gestures.settings import STYLES, GestureSettings

MINUTES = 4
SECONDS = 60.0 * MINUTES


def spans(seed: int = 0, **settings):
    return plan_rests(even_speech(SECONDS), GestureSettings(**settings), SECONDS, seed)


def stays(found) -> dict[str, list[float]]:
    """Seconds of every stay by its name, but for the last one."""
    result: dict[str, list[float]] = {}
    for here, after in itertools.pairwise(found):
        result.setdefault(here.name, []).append(after.start - here.start)
    return result


def test_a_named_rest_is_kept() -> None:
    assert [span.name for span in spans(rest="hip")] == ["hip"]
    assert [span.name for span in spans(rest="hip", posture="seated")] == ["thighs"]
    assert [span.name for span in spans(rest="lap")] == ["together"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("posture", ["standing", "seated"])
def test_rests_change_now_and_then_and_suit_the_posture(style: str, posture: str) -> None:
    found = spans(style=style, posture=posture)
    assert found[0].start == 0
    assert 2 * MINUTES < len(found) < 12 * MINUTES
    assert all(after.start >= here.start + here.length * 0.6 for here, after in itertools.pairwise(found))
    assert {span.name for span in found} & {"lap", "thighs"} == (set() if posture == "standing" else {"lap", "thighs"})


@pytest.mark.parametrize("style", STYLES)
def test_hands_never_hang_for_long(style: str) -> None:
    for seed in range(4):
        assert max(stays(spans(seed, style=style)).get("sides", [0.0])) < 14.5


def test_styles_differ_and_a_seed_is_a_take() -> None:
    formal, agitated = ({span.name for seed in range(3) for span in spans(seed, style=style)}
                        for style in ("formal", "agitated"))  # fmt: skip
    assert "behind" in formal - agitated
    assert "crossed" in agitated - formal
    assert spans(1) == spans(1) != spans(2)


def test_hands_change_place_where_a_phrase_ends() -> None:
    stops = np.arange(2.0, SECONDS, 2.5)
    prosody = speech([], SECONDS, [(stop - 2.0, stop) for stop in stops])
    found = plan_rests(prosody, GestureSettings(), SECONDS, 0)
    starts = [span.start for span in found[1:]]
    assert np.mean([np.abs(stops - start).min() < 1e-6 for start in starts]) > 0.8


def test_the_plan_says_where_the_hands_rest(library: Library) -> None:
    found = spans(3)
    text = plan(even_speech(SECONDS), GestureSettings(), 0.0, SECONDS, 3, library, rests=found).explain()
    said = [line.split("rest")[1].split()[0] for line in text.splitlines() if " rest " in line]
    assert said == [span.name for span in found]
    times = [float(line.split()[0]) for line in text.splitlines()]
    assert times == sorted(times)


def test_an_angry_person_does_not_lay_the_hands_in_each_other_and_strikes(library: Library) -> None:
    felt = np.zeros((10, len(EMOTIONS)))
    felt[:, EMOTIONS.index("angry")] = 1.0
    prosody, settings = even_speech(SECONDS), GestureSettings()
    found = {span.name for span in plan_rests(prosody, settings, SECONDS, 0, manner(felt))}
    assert not found & {"together", "wrist"}
    # Its fists wait before the body instead; nobody else's hands hover there.
    assert "ready" in found
    assert "ready" not in {span.name for span in spans()}
    assert {"together"} < {span.name for span in spans()}
    angry, calm = (plan(prosody, settings, 0.0, SECONDS, 0, library, one) for one in (manner(felt), manner(0 * felt)))

    def blows(made: GesturePlan) -> int:
        times = {pulse.time for pulse in made.pulses if pulse.strength > 0.7}
        return sum(phrase.emphasis in times for phrase in made.phrases)

    assert blows(angry) > 0.9 * len(angry.phrases)
    assert blows(calm) == 0
