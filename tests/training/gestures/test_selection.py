"""Which clips enter the gesture library."""

from __future__ import annotations

import pytest

from soliloquy.training.gestures.selection import KINDS, reason_to_leave_out

ROW = {"dup_of": "", "flags": "", "tag": "BeatLow", "base": "Idle01", "name": "a", "set": "Gestures"}


def test_a_plain_beat_is_kept() -> None:
    assert reason_to_leave_out(ROW) == ""


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"dup_of": "b"}, "near-copy"),
        ({"flags": "elbow-hyperext;non-human-source"}, "non-human"),
        ({"flags": "source-glitch:right_pinky2"}, "jumping"),
        ({"flags": "finger-bent-back"}, "fingers"),
        ({"flags": "forearm-twist>110"}, "twisted"),
        ({"flags": "elbow-hyperext"}, "elbow"),
        ({"flags": "not-a-speech-gesture"}, "accompany"),
        ({"tag": "ScrewYou"}, "rude"),
        ({"tag": "ScratchHead"}, "own body"),
        ({"tag": "ToWalkTurn90"}, "stance"),
        ({"tag": "Idle"}, "rest"),
        ({"base": "IdleCross01"}, "crossed"),
        ({"tag": "NeverSeen"}, "unknown"),
    ],
)
def test_what_is_left_out_has_a_reason(change: dict[str, str], word: str) -> None:
    assert word in reason_to_leave_out({**ROW, **change})


def test_a_wrong_name_does_not_matter() -> None:
    assert reason_to_leave_out({**ROW, "flags": "hand-suffix-wrong-in-source"}) == ""


def test_a_meaning_has_one_kind() -> None:
    tags = [tag for tags in KINDS.values() for tag in tags]
    assert len(tags) == len(set(tags))
