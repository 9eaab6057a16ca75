"""Tracks of labels: blended over time, moved with the clock, kept in files, bounded."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from spoken_face import spoken_face

from soliloquy.inference.craft import LipCraft, apply_craft
from soliloquy.inference.errors import BadFile, SoliloquyError
from soliloquy.inference.label_track import LONGEST_LABEL, LabelTrack
from soliloquy.inference.performance import Performance
from soliloquy.inference.resample import at_times

SAID = LabelTrack(("PP", "aa", "PP"), np.array([[0.1, 0.2], [0.2, 0.4], [0.5, 0.6]]))


def _performance(**tracks: LabelTrack) -> Performance:
    return dataclasses.replace(spoken_face(), tracks=tracks or {"visemes": SAID})


def test_one_label_turns_into_the_next() -> None:
    shares = SAID.shares(np.array([0.0, 0.1, 0.15, 0.2, 0.3, 0.45, 0.55, 2.0]), blend=0.06)
    np.testing.assert_allclose(shares["PP"], [0, 0.5, 1, 0.5, 0, 0, 1, 0], atol=1e-5)
    np.testing.assert_allclose(shares["aa"], [0, 0, 0, 0.5, 1, 0, 0, 0], atol=1e-5)


def test_a_file_gives_the_tracks_back(tmp_path: Path) -> None:
    assert Performance.load(_performance().save(tmp_path / "p.npz")).tracks == {"visemes": SAID}
    silent = LabelTrack((), np.zeros((0, 2)))
    assert Performance.load(_performance(visemes=silent).save(tmp_path / "s.npz")).tracks == {"visemes": silent}


def test_a_file_without_tracks_opens(tmp_path: Path) -> None:
    assert Performance.load(spoken_face().save(tmp_path / "p.npz")).tracks == {}


def test_a_track_that_nobody_knows_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match="no track 'smells'"):
        _performance(smells=SAID).save(tmp_path / "p.npz")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "broken",
    [
        {"track_visemes_spans": np.array([[0.2, 0.1], [0.2, 0.4], [0.5, 0.6]])},
        {"track_visemes_spans": np.array([[0.1, 0.2], [0.15, 0.4], [0.5, 0.6]])},
        {"track_visemes_spans": np.array([[np.nan, 0.2], [0.2, 0.4], [0.5, 0.6]])},
        {"track_visemes_spans": np.zeros((2, 2))},
        {"track_visemes_labels": np.arange(3)},
        {"track_visemes_labels": np.array(["PP", "", "PP"])},
        {"track_visemes_labels": np.array(["PP", "x" * (LONGEST_LABEL + 1), "PP"])},
    ],
)
def test_a_damaged_track_is_one_sentence(tmp_path: Path, broken: dict[str, np.ndarray]) -> None:
    path = _performance().save(tmp_path / "p.npz")
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    np.savez(path, **arrays | broken)
    with pytest.raises(BadFile, match="damaged"):
        Performance.load(path)


def test_lips_that_come_later_take_their_sounds_along() -> None:
    performance = _performance()
    later = apply_craft(performance, LipCraft(offset=0.1)).tracks["visemes"]
    assert later.labels == ("PP", "aa", "PP")
    np.testing.assert_allclose(later.spans, [[0.2, 0.3], [0.3, 0.5], [0.6, performance.duration]], atol=1e-6)
    sooner = apply_craft(performance, LipCraft(offset=-0.25)).tracks["visemes"]
    assert sooner.labels == ("aa", "PP")
    np.testing.assert_allclose(sooner.spans, [[0, 0.15], [0.25, 0.35]], atol=1e-6)
    assert apply_craft(performance, LipCraft(jaw=1.5)).tracks == performance.tracks


def test_another_frame_rate_leaves_the_sounds_where_they_are() -> None:
    performance = _performance()
    times = np.arange(int(performance.duration * 24)) / 24
    same = at_times(performance, times, 24.0).tracks["visemes"]
    np.testing.assert_allclose(same.spans[:2], SAID.spans[:2], atol=1e-6)
    cut = at_times(performance, times[6:], 24.0).tracks["visemes"]
    assert cut.labels == ("aa", "PP")
    np.testing.assert_allclose(cut.spans[0], [0, 0.15], atol=1e-6)
