"""Keeps what Blender's renderers print off the terminal."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the renderer's lines, which it prints past Python, off the user's terminal."""
    with open(os.devnull, "w") as nowhere:
        out = os.dup(1)
        try:
            os.dup2(nowhere.fileno(), 1)
            yield
        finally:
            os.dup2(out, 1)
            os.close(out)
