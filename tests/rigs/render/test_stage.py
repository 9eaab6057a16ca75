"""What a render or a playblast changes of the takes is as it was afterwards."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.rigs.render.stage import take_alone
from soliloquy.rigs.takes import nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake


def test_every_piece_of_a_cut_take_gets_its_reach_back(blank_scene) -> None:
    rig = add_small_character(bpy)
    for name in ("One", "Two"):
        bake(small_performance(60, seed=1, speed=0.4), rig, BakeOptions(name=name))
    for item in nla.tracks(rig):
        later = item.track.strips.new("later", int(item.strip.frame_end) + 20, item.strip.action)
        later.extrapolation = "NOTHING"
        item.strip.extrapolation = "HOLD_FORWARD"

    def state() -> list[tuple[str, bool, list[str]]]:
        return [
            (item.track.name, item.track.mute, [strip.extrapolation for strip in item.track.strips])
            for item in nla.tracks(rig)
        ]

    before = state()
    assert all(len(reach) == 2 for _, _, reach in before)
    with take_alone(rig, takes.takes_of(rig)[0]):
        assert state() != before
        # What is rendered may reach over gaps.
        for item in nla.tracks(rig):
            item.track.strips[1].extrapolation = "HOLD"
    assert state() == before
