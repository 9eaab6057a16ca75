"""A worker with the real orders: what ``bootstrap.py`` runs."""

from __future__ import annotations

import os
import platform
import sys
from typing import Any

from ..errors import SoliloquyError
from ..orders.register import handler_of
from ..version import VERSION
from .describe import describe, prepare
from .server import serve


def main(failure: SoliloquyError | None = None) -> None:
    """Serve every order of the register on this process's stdin and stdout.

    Parameters
    ----------
    failure : SoliloquyError, optional
        Why no order can be carried out: said instead of a greeting.
    """

    def greet() -> dict[str, Any]:
        if failure is not None:
            raise failure
        return describe()

    print(f"worker {VERSION}, Python {platform.python_version()}, pid {os.getpid()}", file=sys.stderr, flush=True)
    serve(handler_of, greet, prepare)
