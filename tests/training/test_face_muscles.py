"""Muscles show on the shipped faces: noses wrinkle, inner brows rise and knit, and speech keeps its lips."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.cast import compose
from soliloquy.inference.character import Character
from soliloquy.inference.skeleton import JOINT_INDEX

pytest.importorskip("scipy")

from soliloquy.training.character.face_muscles import ACTIONS, muscle_actions
from soliloquy.training.character.part import grid_faces, vertex_normals

_PEOPLE = ("default", "woman", "man", "black_woman", "east_asian_man", "older_woman", "child", "stylised")


def _moved(character: Character, *names: str) -> np.ndarray:
    """Return the (V, 3) displacement in millimetres of some keys at 1."""
    arkit = np.zeros(52)
    arkit[[ARKIT_INDEX[name] for name in names]] = 1.0
    return 1000 * (character.skin(np.zeros((55, 3)), arkit) - character.vertices)


def _both(name: str) -> tuple[str, str]:
    return f"{name}Left", f"{name}Right"


def _places(character: Character) -> np.ndarray:
    """Return (V, 3) vertices of the default person in millimetres about the middle between the eyes."""
    eyes = character.joints[[JOINT_INDEX["left_eye_smplhf"], JOINT_INDEX["right_eye_smplhf"]]]
    return 1000 * (character.vertices - eyes.mean(0))


@pytest.fixture(scope="module")
def spots() -> dict[str, int]:
    """Vertices of the face by what lies there; everybody shares them."""
    places = _places(compose("default", hair="none", brows="none", outfit="none"))
    where = {
        "wing": (15, -38, 26), "philtrum": (0, -57, 33), "lip beside it": (12, -57, 31), "fold": (22, -45, 22),
        "inner brow": (10, 17, 26), "other inner brow": (-10, 17, 26), "outer brow": (42, 17, 17),
    }  # fmt: skip
    return {name: int(np.linalg.norm(places - place, axis=1).argmin()) for name, place in where.items()}


@pytest.mark.parametrize("person", _PEOPLE)
def test_a_sneer_lifts_the_wings_and_draws_the_upper_lip_into_an_m(person: str, spots: dict[str, int]) -> None:
    moved = _moved(compose(person, hair="none", brows="none", outfit="none"), *_both("noseSneer"))
    assert moved[spots["wing"], 1] > 4
    assert moved[spots["lip beside it"], 1] > moved[spots["philtrum"], 1] + 1.5


def test_a_sneer_wrinkles_the_root_of_the_nose_and_leaves_the_middle_of_the_lips() -> None:
    character = compose("default", hair="none", brows="none", outfit="none")
    places, moved = _places(character), _moved(character, *_both("noseSneer"))
    spine = np.nonzero((np.abs(places[:, 0]) < 0.2) & (places[:, 2] > 15) & (np.abs(places[:, 1]) < 14))[0]
    spine = spine[np.argsort(places[spine, 1])]
    turns = np.diff(np.sign(np.diff(moved[spine, 2])))
    assert (turns != 0).sum() >= 4, "skin goes in and out in turn"
    assert np.abs(moved[character.landmarks[:4]]).max() < 0.3


@pytest.mark.parametrize("person", _PEOPLE)
def test_inner_brows_rise_alone_and_knit_ones_come_together(person: str, spots: dict[str, int]) -> None:
    character = compose(person, hair="none", brows="none", outfit="none")
    raised, knit = _moved(character, "browInnerUp"), _moved(character, *_both("browDown"))
    assert raised[spots["inner brow"], 1] > 5
    assert raised[spots["outer brow"], 1] < 0.14 * raised[spots["inner brow"], 1]
    assert knit[spots["other inner brow"], 0] - knit[spots["inner brow"], 0] > 7.5
    assert knit[spots["inner brow"], 1] < -4.2


def test_sides_mirror_each_other_and_add_up_to_both() -> None:
    faces = grid_faces(41, 31, closed=False)
    y, x = np.meshgrid(np.linspace(0.08, -0.09, 41), np.linspace(-0.06, 0.06, 31), indexing="ij")
    vertices = np.stack([x.ravel(), y.ravel(), np.full(x.size, 0.024)], 1)
    added = muscle_actions(vertices, faces, np.zeros(3))
    mirror = np.arange(41 * 31).reshape(41, 31)[:, ::-1].ravel()
    for name in ACTIONS:
        if name in added:
            assert added[name][mirror] * [-1, 1, 1] == pytest.approx(added[name], abs=1e-9)
        else:
            left, right = added[f"{name}Left"], added[f"{name}Right"]
            assert right[mirror] * [-1, 1, 1] == pytest.approx(left, abs=1e-9)
            assert np.abs(left[x.ravel() < -0.004]).max() == 0


@pytest.mark.parametrize("person", ["default", "older_woman", "child"])
def test_furrows_of_raised_brows_turn_the_skin_so_that_light_shows_them(person: str) -> None:
    """Rows that sink and rise by turns are smooth to the eye: at the rows themselves the skin looks the same way."""
    character = compose(person, hair="none", brows="none", outfit="none")
    places = _places(compose("default", hair="none", brows="none", outfit="none"))
    starts = (np.cumsum(character.sizes) - character.sizes)[character.sizes == 4]
    quads = character.loops[starts[:, None] + np.arange(4)].astype(int)
    spine = np.nonzero((np.abs(places[:, 0]) < 0.2) & (places[:, 2] > 15) & (places[:, 1] > 30) & (places[:, 1] < 62))[
        0
    ]
    spine = spine[np.argsort(places[spine, 1])]
    rest, raised = character.vertices.astype(float), _moved(character, "browInnerUp") / 1000
    leans = [
        np.degrees(np.arctan2(*vertex_normals(points, quads)[spine][:, [1, 2]].T)) for points in (rest, rest + raised)
    ]
    assert np.ptp(leans[1] - leans[0]) > 20
