"""Feet that stand stay on wide hips too, and legs point where they were performed to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from made_up_skeleton import add_skeleton, made_up_body, renamed

from soliloquy.inference.performance import Performance
from soliloquy.rigs.reference_skeleton import unit
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.contacts import keep_contacts
from soliloquy.rigs.takes.rig_places import RigPlaces
from soliloquy.rigs.takes.world_turns import WorldTurns


def _swaying(frames: int = 60) -> Performance:
    """Return a pelvis that tilts to its sides while both feet stay."""
    result = Performance(
        30.0,
        np.zeros((frames, 165), np.float32),
        np.zeros((frames, 3), np.float32),
        np.zeros((frames, 52), np.float32),
        np.zeros(frames, np.float32),
    )
    tilt = 0.05 * np.sin(np.linspace(0.0, 2.0 * np.pi, frames))
    result.joint("pelvis")[:, 2] = tilt
    for side in ("left", "right"):
        result.joint(f"{side}_hip")[:, 2] = -tilt
    return result


@pytest.mark.parametrize("wide", [1.0, 3.5])
def test_legs_keep_their_direction_and_feet_their_height(blank_scene: Any, wide: float) -> None:
    bones = made_up_body(3)
    for name, (parent, place) in bones.items():
        if name.rpartition("_")[2] in ("hip", "knee", "ankle", "foot"):
            bones[name] = parent, place * np.array([wide, 1.0, 1.0])
    names = {bone: f"b{index:03d}" for index, bone in enumerate(bones)}
    rig = find_rig(add_skeleton(renamed(bones, names)))
    assert rig is not None
    turns = WorldTurns(_swaying(), rig)
    spine, before = turns.taken(rig.joints["spine3"].segments[-1].takes), RigPlaces(turns)
    performed = {side: turns.place(f"{side}_ankle")[:, 1] for side in ("left", "right")}
    loose = [before.place(f"{side}_ankle")[:, 1] - performed[side] for side in performed]
    keep_contacts(turns)
    places = RigPlaces(turns)
    for side, drifting in zip(performed, loose, strict=True):
        height = places.place(f"{side}_ankle")[:, 1] - performed[side]
        assert np.ptp(height) < 1.8e-2
        assert wide == 1.0 or np.ptp(drifting) > 2e-2
        for upper, lower in (("hip", "knee"), ("knee", "ankle")):
            shown = unit(places.place(f"{side}_{lower}") - places.place(f"{side}_{upper}"))
            wanted = unit(turns.place(f"{side}_{lower}") - turns.place(f"{side}_{upper}"))
            off = np.degrees(np.arccos(np.clip((shown * wanted).sum(axis=1), -1.0, 1.0)))
            assert off.max() < 3.0, (side, upper)
    np.testing.assert_allclose(turns.taken(rig.joints["spine3"].segments[-1].takes), spine)


def test_short_thighs_let_a_standing_foot_slide_rather_than_point_elsewhere(blank_scene: Any) -> None:
    bones = made_up_body(3)
    for side in ("left", "right"):
        parent, knee = bones[f"{side}_knee"]
        bones[f"{side}_knee"] = parent, knee * 0.3 + bones[f"{side}_hip"][1] * 0.7
    rig = find_rig(add_skeleton(renamed(bones, {bone: f"b{index:03d}" for index, bone in enumerate(bones)})))
    assert rig is not None
    performance = _swaying()
    bend = 0.5 * np.sin(np.linspace(0.0, np.pi, performance.frames)) ** 2
    for side in ("left", "right"):
        performance.joint(f"{side}_hip")[:, 0] = -bend
        performance.joint(f"{side}_knee")[:, 0] = 2.0 * bend
        performance.joint(f"{side}_ankle")[:, 0] = -bend
    performance.trans[:, 1] = 0.8 * (np.cos(bend) - 1.0)  # the hips come down, so that the feet stay
    turns = WorldTurns(performance, rig)
    free = {side: RigPlaces(turns).place(f"{side}_ankle") for side in ("left", "right")}
    keep_contacts(turns)
    places = RigPlaces(turns)
    for side, sliding in free.items():
        assert np.abs(places.place(f"{side}_ankle") - sliding).max() > 2e-3, "they are held in part"
        for upper, lower in (("hip", "knee"), ("knee", "ankle")):
            shown = unit(places.place(f"{side}_{lower}") - places.place(f"{side}_{upper}"))
            wanted = unit(turns.place(f"{side}_{lower}") - turns.place(f"{side}_{upper}"))
            off = np.degrees(np.arccos(np.clip((shown * wanted).sum(axis=1), -1.0, 1.0)))
            assert off.max() < 3.0, (side, upper, off.max())
