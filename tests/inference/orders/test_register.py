"""Orders are siblings in one register; a new one is a class and its handler, and nothing else changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from soliloquy.inference.errors import SoliloquyError, WorkerFault
from soliloquy.inference.orders.order import Order
from soliloquy.inference.orders.regenerate import RegenerateJob
from soliloquy.inference.orders.register import ORDERS, handler_of, order_class, read_order
from soliloquy.inference.settings import AnimateSettings, AudioRange


def test_kinds_name_their_classes_and_none_is_anothers_base() -> None:
    assert {"animate", "regenerate", "hear"} <= set(ORDERS)
    assert all(order.kind == kind for kind, order in ORDERS.items())
    assert all(order.__bases__ == (Order,) for order in ORDERS.values())


@pytest.mark.parametrize("kind", sorted(ORDERS))
def test_every_order_survives_the_way_to_the_worker(kind: str) -> None:
    order = ORDERS[kind](AudioRange("a.wav", 0.5), AnimateSettings(seed=3), f"out{ORDERS[kind].suffix}")
    assert read_order(kind, json.loads(json.dumps(order.to_json()))) == order


def test_a_part_keeps_its_stretches_and_joints() -> None:
    order = RegenerateJob(AudioRange("a.wav"), output="b.npz", keep="a.npz", ranges=((0.5, 1.0),), joints=("spine1",))
    assert read_order("regenerate", json.loads(json.dumps(order.to_json()))) == order


def test_the_old_places_still_have_the_names() -> None:
    from soliloquy.inference.regenerate_job import RegenerateJob as OldPart
    from soliloquy.inference.settings import AnimateJob as OldAnimate

    assert OldAnimate is ORDERS["animate"]
    assert OldPart is ORDERS["regenerate"]


@pytest.mark.parametrize(
    "payload",
    [{}, {"audio": 3}, {"audio": {"path": "a"}, "settings": [], "output": ""}, {"output": "x", "dance": True}],
)
@pytest.mark.parametrize("kind", sorted(ORDERS))
def test_what_is_no_order_is_a_sentence(kind: str, payload: dict[str, Any]) -> None:
    with pytest.raises(SoliloquyError):
        read_order(kind, payload)


def test_an_unknown_kind_is_a_sentence() -> None:
    with pytest.raises(WorkerFault, match="no order called 'dance'"):
        order_class("dance")


@dataclass(frozen=True)
class CountJob(Order):
    """An order of the test's own."""

    kind: ClassVar[str] = "count"
    suffix: ClassVar[str] = ".txt"

    up_to: int = 3


def test_a_new_order_is_a_class_and_the_handler_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(order: CountJob, progress: Callable[[str, float], None], *_: Any) -> dict[str, Any]:
        progress("Counting", 1.0)
        Path(order.output).write_text(str(list(range(order.up_to))))
        return {"output": order.output}

    beside = ModuleType("made_up.count_handler")
    beside.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up", ModuleType("made_up"))
    monkeypatch.setitem(sys.modules, "made_up.count_handler", beside)
    order_module = ModuleType("made_up.count")
    vars(order_module).update(globals())
    monkeypatch.setitem(sys.modules, "made_up.count", order_module)
    monkeypatch.setattr(CountJob, "__module__", "made_up.count")
    monkeypatch.setitem(ORDERS, "count", CountJob)

    given = CountJob(AudioRange("a.wav"), output=str(tmp_path / "n.txt"), up_to=4)
    order = read_order("count", json.loads(json.dumps(given.to_json())))
    stages: list[str] = []
    handler_of(type(order))(order, lambda stage, _: stages.append(stage), lambda: False, lambda _: None)
    assert Path(order.output).read_text() == "[0, 1, 2, 3]"
    assert stages == ["Counting"]
