"""Real workers that stay from test to test: importing torch anew for each would be most of their work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from soliloquy.inference.worker.client import WorkerClient

SESSION = "soliloquy.inference.worker.client.WorkerClient"
"""Where Blender's session takes its client from."""
SHELL = "soliloquy.shell.execution.WorkerClient"
"""Where the command line takes its own from."""


class _Kept(WorkerClient):
    def stop(self) -> None:
        """Not yet."""


@contextmanager
def kept_workers(*places: str) -> Iterator[None]:
    """Let those who order from ``places`` find the worker that ran before, one per Python and environment."""
    made: dict[str, WorkerClient] = {}

    def client(python: Any, logs: Any, **options: Any) -> WorkerClient:
        kind = repr([str(python), options.get("command"), options.get("environment")])
        kept = made.get(kind)
        if kept is None or kept.busy:  # busy: the test before left it a job
            made[kind + str(len(made))] = made[kind] = kept = _Kept(python, logs, **options)
        kept.stall_seconds = options.get("stall_seconds", kept.stall_seconds)
        return kept

    with pytest.MonkeyPatch.context() as patch:
        for place in places:
            patch.setattr(place, client)
        try:
            yield
        finally:
            for kept in made.values():
                WorkerClient.stop(kept)
