"""A worker with the real orders: what ``bootstrap.py`` runs."""

from __future__ import annotations

import os
import platform
import sys

from ..orders.register import handler_of
from ..version import VERSION
from .describe import describe, prepare
from .server import serve


def main() -> None:
    """Serve every order of the register on this process's stdin and stdout."""
    print(f"worker {VERSION}, Python {platform.python_version()}, pid {os.getpid()}", file=sys.stderr, flush=True)
    serve(handler_of, describe, prepare)
