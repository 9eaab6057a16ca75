"""The mean hand comes from the user's SMPL-X file; without one the user is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.body.mano_mean_hand import mean_hands


@pytest.fixture
def smplx(tmp_path: Path) -> Path:
    path = tmp_path / "flame" / "SMPLX_NEUTRAL_2020.npz"
    path.parent.mkdir()
    # As the official file: some of its arrays are objects, which are never read.
    objects = np.array([{"a": 1}], dtype=object)
    np.savez(path, hands_meanl=np.arange(45) / 100, hands_meanr=-np.arange(45.0), joint2num=objects)
    return path


def test_hands_of_the_users_file(smplx: Path) -> None:
    hands, warning = mean_hands(smplx.parents[1])
    assert warning == ""
    assert hands.shape == (2, 15, 3)
    assert hands[0, 14, 2] == pytest.approx(0.44)
    assert hands[1, 1, 0] == -3


def test_without_a_file_hands_are_flat_and_the_user_is_told(tmp_path: Path) -> None:
    hands, warning = mean_hands(tmp_path)
    assert not hands.any()
    assert str(tmp_path / "flame") in warning
    assert "smpl-x.is.tue.mpg.de" in warning
    (tmp_path / "flame").mkdir()
    (tmp_path / "flame" / "generic_model.pkl").write_bytes(b"")
    assert "SMPLX_NEUTRAL_2020" in mean_hands(tmp_path)[1]


def test_files_that_cannot_be_read_are_named(smplx: Path) -> None:
    good = smplx.read_bytes()
    for content in (good[: len(good) // 2], b"", b"PK"):
        smplx.write_bytes(content)
        hands, warning = mean_hands(smplx.parents[1])
        assert not hands.any()
        assert smplx.name in warning
    for wrong in (
        {},
        {"hands_meanl": np.zeros(45), "hands_meanr": np.full(45, np.nan)},
        {"hands_meanl": np.zeros(45), "hands_meanr": np.array([{}] * 45)},
    ):
        np.savez(smplx, **wrong)
        hands, warning = mean_hands(smplx.parents[1])
        assert not hands.any()
        assert smplx.name in warning
