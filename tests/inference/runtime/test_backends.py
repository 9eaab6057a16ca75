"""Which build of torch is chosen for which machine."""

from __future__ import annotations

import sys

import pytest

from soliloquy.inference.runtime import backends
from soliloquy.inference.runtime.backends import NvidiaDriver, choose_backend, parse_nvidia_smi


@pytest.mark.parametrize(
    ("driver", "names"),
    [
        (NvidiaDriver(580, 8.9), ["cu130", "cu126", "cpu"]),
        (NvidiaDriver(580, 6.1), ["cu126", "cpu"]),
        (NvidiaDriver(550, 8.6), ["cu126", "cpu"]),
        (NvidiaDriver(470, 7.5), ["cpu"]),
        (None, ["cpu"]),
    ],
)
def test_automatic_choice_follows_driver_and_card(
    monkeypatch: pytest.MonkeyPatch, driver: NvidiaDriver | None, names: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(backends, "find_nvidia_driver", lambda: driver)
    choice = choose_backend("AUTO")
    assert [backend.name for backend in choice.candidates] == names
    assert choice.reason


def test_mac_gets_metal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert [backend.name for backend in choose_backend().candidates] == ["mps"]


def test_a_choice_is_followed() -> None:
    assert [backend.name for backend in choose_backend("ROCM").candidates] == ["rocm"]


def test_driver_answer_is_read() -> None:
    assert parse_nvidia_smi("580.65.06, 9.0\n580.65.06, 7.5\n") == NvidiaDriver(580, 7.5)
    assert parse_nvidia_smi("NVIDIA-SMI has failed because it couldn't communicate with the driver.") is None
