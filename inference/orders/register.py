"""The one register of orders: which kinds there are, and what carries each out."""

from __future__ import annotations

import importlib
from typing import Any

from ..errors import WorkerFault
from .align import AlignJob
from .animate import AnimateJob
from .hear import HearJob
from .idle import IdleJob
from .order import Handler, Order
from .regenerate import RegenerateJob

ORDERS: dict[str, type[Order]] = {
    order.kind: order for order in (AnimateJob, IdleJob, RegenerateJob, HearJob, AlignJob)
}
"""Kind -> class."""


def order_class(kind: str) -> type[Order]:
    """Return the class of a kind of order.

    Raises
    ------
    WorkerFault
        When there is no such kind.
    """
    if kind not in ORDERS:
        raise WorkerFault(f"This worker has no order called '{kind}'.", "Restart Blender.")
    return ORDERS[kind]


def read_order(kind: str, payload: dict[str, Any]) -> Order:
    """Return the order that a payload of plain JSON values describes.

    Raises
    ------
    WorkerFault
        When there is no such kind.
    SoliloquyError
        When the values are not those of such an order.
    """
    return order_class(kind).from_json(payload)


def handler_of(order: type[Order]) -> Handler:
    """Return what carries an order out: ``run`` of the module ``<kind>_handler`` beside its class.

    Imported only now: a handler may import torch, which Blender's process does not have.
    """
    home = order.__module__.rpartition(".")[0]
    return importlib.import_module(f"{home}.{order.kind}_handler").run
