"""What every order is: a kind, an output, plain JSON values; and what a handler of one is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from ..setting import REQUIRED, Settings, group, setting
from ..settings import AnimateSettings, AudioRange

if TYPE_CHECKING:
    from ..early_lips import Early

Progress = Callable[[str, float], None]
"""Called with the stage in words and the fraction of the whole order, 0..1."""
Cancelled = Callable[[], bool]
Note = Callable[[str], None]
"""Called with a sentence for the person, while the order goes on."""


@dataclass(frozen=True)
class Order(Settings):
    """An order for the worker: which audio, which settings, where the result goes.

    A subclass is one kind of order. It adds its own fields, and lies beside a module ``<kind>_handler`` whose ``run``
    carries it out (see :data:`Handler`). Subclasses are siblings: none is another's base.
    """

    kind: ClassVar[str]
    """Names the order on the worker's pipe and in the register."""
    suffix: ClassVar[str] = ".npz"
    """How the name of the file ends that it writes."""

    about: ClassVar[str] = "value of the order"

    audio: AudioRange = setting(REQUIRED, "Recording", "Which stretch of which recording")
    settings: AnimateSettings = group(AnimateSettings, "Settings", "What is chosen for the performance")
    output: str = setting("", "Output", "Path of the file to write; written aside and renamed")


class Handler(Protocol):
    """What carries an order out."""

    def __call__(
        self, order: Any, progress: Progress, cancelled: Cancelled, note: Note, early: Early | None = None, /
    ) -> dict[str, Any]:
        """Write ``order.output`` and return plain JSON values with at least ``output`` and ``seconds``.

        Parameters
        ----------
        early : Early
            Shown the lips while they are made, by orders that make some.

        Raises
        ------
        SoliloquyError
            When it cannot be carried out.
        """
        ...
