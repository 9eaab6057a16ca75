"""The worker starts before it is asked, once, and only where a person sits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("bpy")

from soliloquy.inference.errors import MissingRuntime
from soliloquy.operators import session


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The timers that a Blender with windows, a working runtime and a fresh session is given."""
    registered: list[Any] = []
    app = SimpleNamespace(background=False, timers=SimpleNamespace(register=lambda call, **_: registered.append(call)))
    monkeypatch.setattr(session, "bpy", SimpleNamespace(app=app))
    monkeypatch.setattr(session, "preferences", lambda: SimpleNamespace(start_early=True))
    monkeypatch.setattr(session, "runtime_status", lambda refresh=False: SimpleNamespace(ok=True))
    monkeypatch.setattr(session, "_session", session._Session())
    return registered


def test_drawing_twice_starts_the_worker_once_and_not_while_drawing(
    timers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    warm: list[None] = []
    monkeypatch.setattr(session, "get_client", lambda: SimpleNamespace(warm_up=lambda: warm.append(None)))
    session.expect_work()
    session.expect_work()
    assert len(timers) == 1
    assert warm == []
    assert timers[0]() is None
    assert warm == [None]


def test_a_worker_that_cannot_start_early_says_nothing_yet(timers: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Any:
        raise MissingRuntime("None.", "Get one.")

    monkeypatch.setattr(session, "get_client", fail)
    session.expect_work()
    assert timers[0]() is None
    assert session.last_error() is None


@pytest.mark.parametrize("why", ["preference", "background", "no runtime", "being changed"])
def test_nothing_starts_early_where_it_should_not(timers: list[Any], monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    if why == "preference":
        monkeypatch.setattr(session, "preferences", lambda: SimpleNamespace(start_early=False))
    elif why == "background":
        session.bpy.app.background = True  # type: ignore[misc]
    elif why == "no runtime":
        monkeypatch.setattr(session, "runtime_status", lambda refresh=False: SimpleNamespace(ok=False))
    else:
        session._session.runtime_work = "Checking the Python"
    session.expect_work()
    assert timers == []
