"""The child's side: takes jobs from stdin, runs them one at a time, reports on the pipe that was stdout.

The main thread computes. A reader thread takes ``cancel`` during inference and ends the process the moment the other
end goes away, so no orphan ever keeps computing; a heartbeat thread shows that the process lives.
"""

from __future__ import annotations

import _thread
import contextlib
import faulthandler
import os
import platform
import queue
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import early_lips
from ..errors import Cancelled, SoliloquyError
from ..faults import as_soliloquy_error
from ..orders.order import Handler, Order
from ..orders.register import order_class, read_order
from ..saving import remove_unfinished
from ..version import VERSION
from .guard import Guard
from .progress import EtaEstimate
from .protocol import HEARTBEAT_SECONDS, MAX_EVENT_BYTES, PROTOCOL, Decoder, Message, ProtocolError, encode

_PROGRESS_SECONDS = 0.05
_EXIT_REFUSED = 3
_MAX_TRACE = 20_000


class Server:
    """Serves jobs over two file descriptors until the other end closes.

    Parameters
    ----------
    handler_of : callable
        Returns what carries out a class of orders.
    describe : callable
        Returns what ``hello`` tells about this process; the slow imports happen in it. May raise SoliloquyError.
    source, sink : int
        File descriptors of the requests and of the events.
    prepare : callable, optional
        Called once after ``hello`` when no job waits yet: loads what the first job would have to.
    """

    def __init__(
        self,
        handler_of: Callable[[type[Order]], Handler],
        describe: Callable[[], dict[str, Any]],
        source: int,
        sink: int,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._handler_of = handler_of
        self._describe = describe
        self._prepare = prepare
        self._running: int | None = None
        self._source = source
        self._sink = sink
        self._write_lock = threading.Lock()
        self._requests: queue.Queue[Message] = queue.Queue()
        self._cancelled: set[int] = set()
        self._output = ""
        self._guard: Guard | None = None

    def run(self) -> None:
        """Say hello, then run jobs; ends the process itself when the pipe closes. Call it in the main thread."""
        signal.signal(signal.SIGINT, self._interrupt)
        self._guard = Guard(self._source)  # before any thread: it forks
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        try:
            description = self._describe()
        except SoliloquyError as error:
            self._send({"type": "refused", "kind": error.kind, "message": error.message, "hint": error.hint})
            os._exit(_EXIT_REFUSED)
        hello = {
            "type": "hello",
            "protocol": PROTOCOL,
            "version": VERSION,
            "python": platform.python_version(),
            "pid": os.getpid(),
        }
        self._send({**description, **hello})
        if self._prepare is not None and self._requests.empty():
            try:
                self._prepare()
            except Exception:  # the job that needs it will say so in words
                traceback.print_exc()
        while True:
            request = self._requests.get()
            if request["type"] == "quit":
                os._exit(0)
            if request["type"] == "run":
                self._run(request)

    def _run(self, request: Message) -> None:
        number, payload = request["id"], request["payload"]
        self._writes(str(payload.get("output") or ""))
        eta = EtaEstimate()
        last: tuple[str, float] = ("", -1.0)

        def cancelled() -> bool:
            return number in self._cancelled

        def progress(stage: str, fraction: float) -> None:
            nonlocal last
            if cancelled():
                raise Cancelled
            now = time.monotonic()
            if stage == last[0] and now - last[1] < _PROGRESS_SECONDS and fraction < 1.0:
                return
            last = (stage, now)
            fraction = min(1.0, max(0.0, float(fraction)))
            event = {"type": "progress", "id": number, "stage": stage, "fraction": fraction, "eta": eta(fraction)}
            self._send(event, droppable=True)

        def note(text: str) -> None:
            print(text, file=sys.stderr, flush=True)
            self._send({"type": "note", "id": number, "text": text})

        def show(message: Message) -> None:
            self._send({**message, "id": number}, droppable=True)

        try:
            kind = str(request.get("kind"))
            handler = self._handler_of(order_class(kind))
            order = read_order(kind, payload)
            self._running = number
            if cancelled():
                raise Cancelled
            # Only to who asks for these very lips: another version of the owner would misread them.
            wanted = request.get("early") == early_lips.VERSION
            result = handler(order, progress, cancelled, note, early_lips.Early(show if wanted else None))
            self._running = None
            event: Message = {"type": "done", "id": number, "result": result}
        except Cancelled:
            event = {"type": "cancelled", "id": number}
        except SoliloquyError as error:
            event = _error_event(number, error, "")
        except Exception as error:
            trace = traceback.format_exc()
            print(trace, file=sys.stderr, flush=True)
            event = _error_event(number, as_soliloquy_error(error), trace)
        self._running = None
        self._writes("")
        self._answer(number, event)

    def _writes(self, output: str) -> None:
        self._output = output
        if self._guard is not None:
            self._guard.tell(output)

    def _answer(self, number: int, event: Message) -> None:
        try:
            self._send(event)
        except ProtocolError as error:
            self._send(_error_event(number, as_soliloquy_error(error), ""))

    def _interrupt(self, _signal: int, _frame: Any) -> None:
        """Break off a cancelled job wherever its Python code is; runs in the main thread, so never after the job."""
        if self._running is not None and self._running in self._cancelled:
            raise Cancelled

    def _send(self, message: Message, *, droppable: bool = False) -> None:
        data = encode(message, MAX_EVENT_BYTES)
        with self._write_lock:
            # When nobody reads (Blender renders for an hour), a full pipe must not hold up the job for mere progress.
            if droppable and os.name == "posix" and not select.select([], [self._sink], [], 0)[1]:
                return
            view = memoryview(data)
            try:
                while view:
                    view = view[os.write(self._sink, view) :]
            except OSError:
                self._vanish()

    def _read(self) -> None:
        decoder = Decoder()
        while True:
            try:
                data = os.read(self._source, 1 << 16)
                for message in decoder.feed(data):
                    self._take(message)
            except Exception:
                # An owner that speaks nonsense is none.
                traceback.print_exc()
                data = b""
            if not data:
                self._vanish()

    def _take(self, message: Message) -> None:
        kind = message["type"]
        if kind == "cancel":
            self._cancelled.add(int(message["id"]))
            # Only marks the signal as arrived: the main thread calls the handler between two steps of Python.
            _thread.interrupt_main(signal.SIGINT)
        elif kind == "quit" or (isinstance(message["id"], int) and isinstance(message["payload"], dict)):
            self._requests.put(message)

    def _beat(self) -> None:
        while True:
            self._send({"type": "heartbeat"}, droppable=True)
            time.sleep(HEARTBEAT_SECONDS)

    def _vanish(self) -> None:
        """End at once, whatever is being computed, and leave no half-written result."""
        if self._output:
            remove_unfinished(Path(self._output))
        os._exit(0)


def _error_event(number: int, error: SoliloquyError, trace: str) -> Message:
    return {
        "type": "error",
        "id": number,
        "kind": error.kind,
        "message": error.message,
        "hint": error.hint,
        "traceback": trace[-_MAX_TRACE:],
    }


def take_over_pipes() -> tuple[int, int]:
    """Keep stdin and stdout for the protocol; what any library prints goes to stderr, which is the log.

    Returns
    -------
    source, sink : int
        Private file descriptors for requests and events.
    """
    source, sink = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(source, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def serve(
    handler_of: Callable[[type[Order]], Handler],
    describe: Callable[[], dict[str, Any]] = dict,
    prepare: Callable[[], None] | None = None,
) -> None:
    """Run a worker with these handlers on this process's stdin and stdout; returns never."""
    source, sink = take_over_pipes()
    faulthandler.enable(file=sys.stderr)
    if hasattr(os, "nice"):
        # The interface comes first when both want the same core.
        with contextlib.suppress(OSError):
            os.nice(5)
    Server(handler_of, describe, source, sink, prepare).run()
