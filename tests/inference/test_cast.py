"""The cast without Blender: people and parts on one body, and what is said of files that are damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.cast import assemble, compose, read_part
from soliloquy.inference.character import Character, load_character
from soliloquy.inference.character_pack import PACK, load_pack
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.person import PEOPLE, load_people, read_people
from soliloquy.inference.skeleton import JOINT_INDEX

AMOUNTS = np.linspace(0, 1, 11)


@pytest.fixture(
    scope="module", params=["woman", "man", "black_woman", "east_asian_man", "older_woman", "child", "stylised"]
)
def person(request: pytest.FixtureRequest) -> Character:
    """Every person of the cast."""
    return compose(request.param)


def hat(**changes: Any) -> dict[str, Any]:
    """Return the arrays of a part: one triangle that follows three vertices of the body."""
    arrays = {
        "format": np.int32(1), "vertices": np.array([[0, 900000, 0], [1000, 900000, 0], [0, 900000, 1000]], np.int32),
        "vertex_step": np.float64(2e-6), "loops": np.array([0, 1, 2], np.int32), "sizes": np.array([3], np.uint8),
        "materials": np.array([0], np.uint8), "material_names": np.array(["hair"]), "uv": np.zeros((3, 2), np.uint16),
        "colours": np.zeros((3, 3), np.uint8), "weight_joints": np.full((3, 4), 12, np.uint8),
        "weight_shares": np.zeros((3, 3), np.uint8), "bind_index": np.array([[0, 1, 2, 3]] * 3, np.uint16),
        "bind_shares": np.full((3, 3), 64, np.uint8), "hides": np.array([5, 6], np.uint16), "credits": np.array("mine"),
    }  # fmt: skip
    return {**arrays, **changes}


def test_every_person_stands_on_the_ground_with_shut_lips(person: Character) -> None:
    assert abs(person.vertices[:, 1].min()) < 0.008
    poses, arkit = np.zeros((11, 165), np.float32), np.zeros((11, 52), np.float32)
    assert person.lip_aperture(poses, arkit).max() < 0.005
    poses[:, 3 * JOINT_INDEX["jaw"]] = person.jaw_open_radians * AMOUNTS
    arkit[:, ARKIT_INDEX["jawOpen"]] = AMOUNTS
    opening = person.lip_aperture(poses, arkit)
    assert (np.diff(opening) > 0.01).all()
    assert opening[-1] > 0.3
    arkit[:, ARKIT_INDEX["mouthClose"]] = AMOUNTS
    assert person.lip_aperture(poses, arkit).max() < 0.015


def test_eyes_turn_about_the_middle_of_their_ball(person: Character) -> None:
    for name in ("left_eye_smplhf", "right_eye_smplhf"):
        joint = JOINT_INDEX[name]
        ball = person.vertices[person.weight_joints[:, 0] == joint]
        away = np.linalg.norm(ball - person.joints[joint], axis=1)
        assert np.ptp(away) < 0.06 * away.mean()


def test_a_child_is_small_and_the_people_are_different_ones() -> None:
    heights = {name: compose(name).vertices[:, 1].max() for name in ("child", "woman", "man")}
    assert heights["child"] < 1.4 < heights["woman"] < heights["man"]
    faces = {name: compose(name).vertices[:5000] for name in load_people()}
    names = list(faces)
    for k, first in enumerate(names):
        for second in names[k + 1 :]:
            assert np.abs(faces[first] - faces[second]).max() > 0.01


def test_a_mixture_lies_between() -> None:
    one, other, both = compose("woman"), compose("man"), compose({"woman": 0.5, "man": 0.5})
    np.testing.assert_allclose(both.vertices, (one.vertices + other.vertices) / 2, rtol=0, atol=1e-5)
    assert both.lip_aperture(np.zeros((1, 165)), np.zeros((1, 52)))[0] < 0.005
    np.testing.assert_allclose(compose({"default": 1.0}).vertices, load_character().vertices, rtol=1e-6)


def test_what_is_left_off_is_gone_and_the_skin_below_is_whole() -> None:
    whole, bare = load_character(), compose(outfit="none", hair="none")
    assert "trousers" in whole.material_names
    assert not {"trousers", "top", "shoes"} & set(bare.material_names)
    assert (bare.base >= 0).sum() > (whole.base >= 0).sum()
    assert set(range(13380)) <= set(bare.base.tolist())


def test_a_part_follows_person_face_and_shape(tmp_path: Path) -> None:
    pack = load_pack()
    np.savez(tmp_path / "hair_hat.npz", **hat())
    part = read_part(tmp_path / "hair_hat.npz", pack)
    here = assemble(pack, None, set(), [part])
    child = assemble(pack, load_people()["child"], set(), [part])
    moved = load_people()["child"].displacements[:4].mean(0)
    assert child.vertices[-3:] - here.vertices[-3:] == pytest.approx(np.tile(moved, (3, 1)), abs=1e-5)
    assert here.shape[3, -1] == pytest.approx(pack.shape[3, :4].mean(0), abs=1e-6)
    for key, (indices, offsets) in zip((*here.arkit, here.jaw_corrective, *here.correctives), pack.keys, strict=True):
        dense = np.zeros((pack.core, 3))
        dense[indices] = offsets
        assert key.dense(len(here.vertices))[-1] == pytest.approx(dense[:4].mean(0), abs=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {"loops": np.array([0, 1, 9], np.int32)}, {"bind_index": np.full((3, 4), 60000, np.uint16)},
        {"sizes": np.array([7], np.uint8)}, {"hides": np.array([50000], np.uint16)},
        {"uv": np.zeros((9, 2), np.uint16)},
        {"bind_shares": np.full((3, 3), 200, np.uint8)}, {"weight_joints": np.full((3, 4), 99, np.uint8)},
        {"format": np.int32(7)},
    ],
)  # fmt: skip
def test_a_damaged_part_is_one_sentence(tmp_path: Path, changes: dict[str, Any]) -> None:
    np.savez(tmp_path / "hair_hat.npz", **hat(**changes))
    with pytest.raises(SoliloquyError, match="part 'hair_hat'"):
        read_part(tmp_path / "hair_hat.npz", load_pack())


def test_damaged_people_are_one_sentence(tmp_path: Path) -> None:
    with np.load(PEOPLE) as file:
        arrays = dict(file)
    arrays["displacements"] = arrays["displacements"][:, :-1]
    np.savez(tmp_path / "people.npz", **arrays)
    with pytest.raises(SoliloquyError, match=r"people\.npz"):
        read_people(tmp_path / "people.npz", load_pack())


def test_names_that_there_are_not_are_answered_with_those_that_there_are() -> None:
    with pytest.raises(SoliloquyError, match="woman"):
        compose("nobody")
    with pytest.raises(SoliloquyError, match="no hair called 'mohican'"):
        compose(hair="mohican")
    assert PACK.is_file()
