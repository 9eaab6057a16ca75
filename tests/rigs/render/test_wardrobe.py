"""Sheets of what the cast can put on hold every part that is shipped, and turn people round."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.cast import part_names
from soliloquy.inference.looks import looks
from soliloquy.rigs.render.wardrobe import SHEETS, Shot, render_shot


def test_every_outfit_haircut_beard_and_pair_of_glasses_is_on_a_sheet() -> None:
    for kind, sheet in (("outfit", "outfits"), ("hair", "hair"), ("beard", "hair"), ("glasses", "glasses")):
        shown = {shot.parts.get(kind, looks()[shot.person].parts.get(kind)) for shot in SHEETS[sheet].shots}
        assert set(part_names(kind)) <= shown, kind


def test_who_turns_round_is_seen_from_behind() -> None:
    front, back = (
        render_shot(Shot("black_woman", {}, degrees), view="head", size=(24, 24), samples=1) for degrees in (0.0, 180.0)
    )
    assert np.abs(front - back).mean() > 0.01
