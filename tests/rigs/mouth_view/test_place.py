"""The preview keeps clear of what Blender lays over a viewport, at any scale, and stays away where there is no room."""

from __future__ import annotations

import pytest

pytest.importorskip("bpy")

from soliloquy.rigs.mouth_view.paint import fitting
from soliloquy.rigs.mouth_view.place import HEIGHT, WIDTH, Rect, place

TOOLBAR, SIDEBAR = Rect(0, 0, 50, 780), Rect(1300, 0, 1600, 780)
HEADER, SHELF = Rect(0, 740, 1600, 780), Rect(0, 0, 1600, 90)
LAST_OPERATION = Rect(60, 10, 300, 200)


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
def test_it_lies_at_the_lower_right_beside_bars(scale: float) -> None:
    found = place(1600, 780, [TOOLBAR, SIDEBAR, HEADER, SHELF], scale)
    assert found is not None
    assert found.whole.width == pytest.approx(WIDTH * scale)
    assert found.whole.height == pytest.approx(HEIGHT * scale)
    assert not any(found.whole.meets(item) for item in (TOOLBAR, SIDEBAR, HEADER, SHELF))
    assert 1300 - found.whole.right < (20 + 44) * scale


def test_it_leaves_the_buttons_that_turn_the_view_where_they_are() -> None:
    low, tall = place(800, 420, [], 1.0), place(800, 900, [], 1.0)
    assert low is None or low.whole.top < 420 - 220
    assert tall is not None
    twice = place(820, 700, [TOOLBAR], 2.0)
    assert twice is not None
    assert twice.whole.right <= 820 - 2 * 44


def test_parts_lie_within_and_not_over_each_other() -> None:
    found = place(1600, 780, [], 1.0)
    assert found is not None
    parts = [found.mouth, found.wave, found.keep, found.drop]
    for number, part in enumerate(parts):
        assert found.whole.holds(part.left, part.bottom)
        assert found.whole.holds(part.right, part.top)
        assert not any(part.meets(other) for other in parts[number + 1 :])
    assert found.title[0] + found.title_width <= found.keep.left


def test_a_floating_panel_in_its_way_is_passed_over() -> None:
    found = place(640, 780, [LAST_OPERATION], 1.0)
    assert found is not None
    assert not found.whole.meets(LAST_OPERATION)
    assert found.whole.bottom >= 200


@pytest.mark.parametrize(("width", "height"), [(200, 700), (900, 150), (10, 10)])
def test_there_is_none_where_there_is_no_room(width: float, height: float) -> None:
    assert place(width, height, [], 1.0) is None


def test_seconds_and_places_are_each_other() -> None:
    found = place(1600, 780, [], 1.0)
    assert found is not None
    for second in (0.0, 3.3, 10.0):
        assert found.second(found.x(second, 10.0), 10.0) == pytest.approx(second)
    assert found.second(-1000, 10.0) == 0.0
    assert found.second(5000, 10.0) == 10.0


def test_words_are_shortened_to_their_place() -> None:
    assert fitting("Ann: Line 1", 200, lambda text: 10.0 * len(text)) == "Ann: Line 1"
    assert fitting("Ann: Line 1", 90, lambda text: 10.0 * len(text)) == "Ann: L..."
