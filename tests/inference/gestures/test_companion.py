"""A hand that lay in the other one does not stay on the belly while that one gestures."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

pytest.importorskip("scipy")

from made_up_gestures import even_speech

from soliloquy.inference.body.track import BodyTrack, RestSpan
from soliloquy.inference.character import load_character
from soliloquy.inference.gestures.companion import lonely
from soliloquy.inference.gestures.library import load_library
from soliloquy.inference.gestures.phrases import GesturePlan, TrunkTurn
from soliloquy.inference.gestures.playback import play
from soliloquy.inference.gestures.scheduler import plan
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.layers import posture
from soliloquy.inference.plausibility.capsules import capsules_of, penetration
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.plausibility.settle import settle
from soliloquy.inference.prosody import analyse
from soliloquy.inference.skeleton import JOINT_INDEX

FPS, SECONDS = 30.0, 20.0
TIMES = np.arange(round(SECONDS * FPS)) / FPS


def played(rest: str, kind: str = "standing") -> tuple[GesturePlan, BodyTrack, BodyTrack]:
    """Two gestures of the right hand, at 4 to 6 s and at 12 to 14 s, from a rest."""
    joints, quiet = load_character().joints, analyse(np.zeros(round(16000 * SECONDS), np.float32))
    rests = (RestSpan(0.0, 1.0, rest),)
    ground = posture.posture_layer(TIMES, quiet, joints, 3, posture=kind, rests=rests)
    library = load_library()
    made = plan(even_speech(SECONDS), GestureSettings(posture=kind), 0.0, SECONDS, 3, library, rests=rests)
    one = next(phrase for phrase in made.phrases if phrase.right.amplitude > 0)
    none = dataclasses.replace(one.left, amplitude=0.0)
    phrases = []
    for on in (4.0, 12.0):
        use = dataclasses.replace(one.right, on=on, on_end=on + 0.5, off=on + 2.5, off_end=on + 3.2)
        warp = tuple((on + place - one.warp[0][0], second) for place, second in one.warp)
        phrases.append(
            dataclasses.replace(
                one,
                left=none,
                right=use,
                trunk=none,
                warp=warp,
                start=on,
                end=on + 3.2,
                emphasis=on + 0.8,
                hand="right",
            )
        )
    alone = dataclasses.replace(made, phrases=tuple(phrases), pulses=(), turns=(), rests=rests)
    return alone, play(alone, library, ground, TIMES), ground


def left_wrist(track: BodyTrack) -> np.ndarray:
    return joint_positions(track.poses, track.trans, load_character().joints)[:, JOINT_INDEX["left_wrist"]]


@pytest.mark.parametrize(("rest", "kind"), [("together", "standing"), ("crossed", "standing"), ("lap", "seated")])
def test_the_hand_that_is_left_alone_sinks_and_comes_back(rest: str, kind: str) -> None:
    made, track, ground = played(rest, kind)
    assert [stretch for stretch, _ in lonely(made, "left")] == [(4.0, 6.5), (12.0, 14.5)]
    assert lonely(made, "right") == []
    wrist, laid = left_wrist(track), left_wrist(ground)
    away = np.linalg.norm(wrist - laid, axis=1)
    assert away[round(3.9 * FPS)] < 0.01
    assert away[round(5.9 * FPS)] > (0.08 if kind == "standing" else 0.03)
    assert away[round(9.0 * FPS)] < 0.01
    if kind == "standing":
        assert wrist[round(5.9 * FPS), 1] < laid[round(5.9 * FPS), 1] - 0.1
    # No faster than an arm that is let down.
    assert np.linalg.norm(np.diff(wrist, axis=0), axis=1).max() * FPS < 1.2


def test_hands_that_lie_apart_stay_and_short_absences_do_not_count() -> None:
    made, track, ground = played("sides")
    assert lonely(made, "left") == []
    assert np.abs(left_wrist(track) - left_wrist(ground)).max() < 0.02
    phrase = played("together")[0].phrases[0]
    short = dataclasses.replace(phrase, right=dataclasses.replace(phrase.right, off=4.8, off_end=5.3))
    assert lonely(dataclasses.replace(made, phrases=(short,), rests=(RestSpan(0.0, 1.0, "together"),)), "left") == []


def test_hands_come_from_behind_the_back_and_go_there_round_the_body() -> None:
    body, capsules = load_character(), capsules_of(load_character())
    drawn = played("behind")[1]
    settled = settle(drawn, body, FPS)
    before, after = (penetration(track.poses, track.trans, capsules) for track in (drawn, settled))
    assert before.max() < 0.03  # straight through buttock and waist, 8.5 cm
    assert after.max() < 0.015  # 6.5 cm
    assert (after > 0.01).mean() < 0.01


@pytest.mark.parametrize("rests", [("crossed", "wrist"), ("together", "sides")])
def test_a_resting_hand_does_not_jump_as_the_trunk_turns_and_the_rest_changes(rests: tuple[str, str]) -> None:
    """What the one rest lies on goes with the trunk, what the other one lies on does not."""
    made, _, _ = played(rests[0])
    spans = (RestSpan(0.0, 1.0, rests[0]), RestSpan(6.9, 1.6, rests[1]))
    quiet = analyse(np.zeros(round(16000 * SECONDS), np.float32))
    ground = posture.posture_layer(TIMES, quiet, load_character().joints, 3, rests=spans)
    turned = dataclasses.replace(made, rests=spans, turns=(TrunkTurn(2.0, 3.2, (8.0, 14.0, 0.0)),))
    wrist = left_wrist(play(turned, load_library(), ground, TIMES))
    assert np.linalg.norm(np.diff(wrist, axis=0), axis=1).max() * FPS < 2.0


def test_hands_take_their_time_from_behind_the_back() -> None:
    library, prosody = load_library(), even_speech(SECONDS)
    style = GestureSettings(style="formal")

    def preparation(rest: str) -> float:
        made = plan(prosody, style, 0.0, SECONDS, 3, library, rests=(RestSpan(0.0, 1.0, rest),))
        return min(phrase.emphasis - phrase.start for phrase in made.phrases if not phrase.chained_from)

    assert preparation("behind") > 0.9 > preparation("together")
