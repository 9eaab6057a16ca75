"""A worker client on a child with misbehaving jobs; no torch needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.settings import AnimateSettings, AudioRange
from soliloquy.inference.worker.client import WorkerClient
from soliloquy.inference.worker.environment import BOOTSTRAP

CHILD = Path(__file__).with_name("jobs_child.py")

# The child runs isolated, as the real worker does: the package is made importable by the real bootstrap.
START = (
    "import importlib.util, runpy, sys; "
    "spec = importlib.util.spec_from_file_location('bootstrap', sys.argv[1]); "
    "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module); "
    "module.load_package(module.Path(sys.argv[1]).resolve().parents[2]); "
    "sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)


def child_command(*arguments: str) -> list[str]:
    """The command of a child that serves the jobs of ``jobs_child.py``."""
    return [sys.executable, "-I", "-u", "-c", START, str(BOOTSTRAP), str(CHILD), *arguments]


@pytest.fixture(name="child_command")
def child_command_fixture() -> Callable[..., list[str]]:
    return child_command


@pytest.fixture
def new_client(tmp_path: Path) -> Iterator[Callable[..., WorkerClient]]:
    clients: list[WorkerClient] = []

    def build(*arguments: str, **options: Any) -> WorkerClient:
        client = WorkerClient(sys.executable, tmp_path / "logs", command=child_command(*arguments), **options)
        clients.append(client)
        return client

    yield build
    for client in clients:
        client.stop()


@pytest.fixture
def client(new_client: Callable[..., WorkerClient]) -> WorkerClient:
    return new_client()


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., AnimateJob]:
    def build(what: str, name: str = "performance.npz", **settings: Any) -> AnimateJob:
        return AnimateJob(AudioRange(what), AnimateSettings(**settings), str(tmp_path / name))

    return build
