"""What a machine of a cluster does for a batch: one order, from the bytes of a recording to those of a performance.

Nothing is read from or left on the machine: recording and performance travel, so that no disk need be shared.
"""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..inference.errors import MissingRuntime, SoliloquyError
from ..inference.faults import as_soliloquy_error
from ..inference.orders.order import Order
from ..inference.orders.register import handler_of, read_order
from ..inference.performance import Performance
from ..inference.version import VERSION
from .batch_record import deciding_files
from .execution import runs_here


@dataclass(frozen=True)
class Parcel:
    """What travels to the machine."""

    kind: str
    """Of the order."""
    values: dict[str, Any]
    """The order as plain values."""
    recording: bytes
    made_by: str
    """:func:`same_maker` of the machine that asks."""


@dataclass(frozen=True)
class Answer:
    """What comes back: a performance or an error."""

    machine: str
    performance: bytes = b""
    result: dict[str, Any] = field(default_factory=dict[str, Any])
    """As of the order's handler, without ``output``."""
    notes: tuple[str, ...] = ()
    error: tuple[str, str, str] | None = None
    """Kind, message, hint."""


def same_maker() -> str:
    """Return a mark that is the same where the same performances are made: Soliloquy's version and weights."""
    return hashlib.sha256(json.dumps([VERSION, deciding_files()], sort_keys=True).encode()).hexdigest()


def parcel_of(order: Order) -> Parcel:
    """Return what travels for an order; raises :class:`OSError` where the recording cannot be read."""
    return Parcel(order.kind, order.to_json(), Path(order.audio.path).read_bytes(), same_maker())


def perform(parcel: Parcel) -> Answer:
    """Carry out an order; what goes wrong is in the answer."""
    machine = platform.node()
    notes: list[str] = []
    original = str(parcel.values["audio"]["path"])
    try:
        _check(parcel, machine)
        with tempfile.TemporaryDirectory(prefix="soliloquy_") as folder:
            recording, output = Path(folder, "in", Path(original).name), Path(folder, "out", "performance.npz")
            for path in (recording, output):
                path.parent.mkdir()
            recording.write_bytes(parcel.recording)
            values = {**parcel.values, "audio": {**parcel.values["audio"], "path": str(recording)}}
            order = read_order(parcel.kind, {**values, "output": str(output)})
            result = handler_of(type(order))(order, lambda _stage, _fraction: None, lambda: False, notes.append)
            performance = Performance.load(output)
            # Where the recording lies for whoever asked, not where it lay here.
            performance.meta["audio"]["path"] = original
            data = performance.save(output).read_bytes()
    except SoliloquyError as error:
        return Answer(machine, error=(error.kind, error.message, error.hint))
    except Exception as error:
        fault = as_soliloquy_error(error)
        return Answer(machine, error=(fault.kind, f"On '{machine}': {fault.message}", fault.hint))
    result = {name: value for name, value in result.items() if name != "output"}
    return Answer(machine, data, {**result, "sha256": hashlib.sha256(data).hexdigest()}, tuple(notes))


def _check(parcel: Parcel, machine: str) -> None:
    if parcel.made_by != same_maker():
        raise MissingRuntime(
            f"The machine '{machine}' has another Soliloquy than this one.", "Install the same on every machine."
        )
    if not runs_here():
        raise MissingRuntime(
            f"The Python of Ray on '{machine}' lacks what the networks need.", "Install 'soliloquy[worker]' there."
        )
