"""What lives as long as a Blender session: the worker's client, the timer that ticks it, folders, the runtime's state.

No threads: one application timer calls every registered ticker; it stops by itself when nothing is left to do.
"""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent

from ..inference.errors import InternalFault, MissingRuntime, NotSaved, SoliloquyError
from ..inference.outside_engines import worker_environment
from ..inference.user_folders import temporary_folder
from . import engine_list, handlers
from .folders import data_folder, data_path
from .preferences import preferences

if TYPE_CHECKING:
    from ..inference.runtime.bundle import Bundle
    from ..inference.runtime.locate import RuntimeStatus
    from ..inference.worker.client import WorkerClient

BUSY_INTERVAL = 0.05
IDLE_INTERVAL = 1.0


@dataclass
class _Session:
    client: WorkerClient | None = None
    client_for: tuple[Path, Bundle | None] | None = None
    expected: bool = False
    leaving: list[WorkerClient] = field(default_factory=list)
    greeted_by: int | None = None
    status: RuntimeStatus | None = None
    runtime_work: str = ""
    tickers: list[Callable[[], float | None]] = field(default_factory=list)
    ticking: bool = False
    error: SoliloquyError | None = None
    notice: str = ""


_session = _Session()


def runtime_folder() -> Path:
    """Return the folder of the private runtime: the one chosen in the preferences, else the one of all programs.

    The extension's own folder would vanish with the extension and serve one Blender version only.
    """
    from ..inference.runtime.locate import default_runtime_folder

    chosen = preferences().runtime_folder
    return Path(bpy.path.abspath(chosen)) if chosen else default_runtime_folder()


def runtime_status(*, refresh: bool = False) -> RuntimeStatus:
    """Return what is known about the Python the worker runs in, looked up once and after every change."""
    if _session.status is None or refresh:
        from ..inference.runtime.bundle import read_bundle
        from ..inference.runtime.locate import find_runtime

        _session.status = find_runtime(_chosen_python(), runtime_folder(), read_bundle(data_path("bundle")))
    return _session.status


def _chosen_python() -> str | None:
    chosen = preferences().worker_python
    return bpy.path.abspath(chosen) if chosen else None


def set_runtime_work(text: str) -> None:
    """Say what is being done to the runtime, empty for nothing; meanwhile nothing can be animated."""
    _session.runtime_work = text


def unavailable_reason() -> str:
    """Return why nothing can be ordered from the worker now, empty when something can."""
    if _session.runtime_work:
        return f"{_session.runtime_work}: wait, or cancel it under AI Runtime."
    status = runtime_status()
    return "" if status.ok else f"{status.message} See AI Runtime."


def require_runtime() -> None:
    """Raise what :func:`unavailable_reason` says.

    Raises
    ------
    MissingRuntime
        When no working runtime is set up, or it is being checked or changed.
    """
    if _session.runtime_work:
        raise MissingRuntime(f"{_session.runtime_work}.", "Wait for it to end, or cancel it under AI Runtime.")
    status = runtime_status()
    if not status.ok:
        raise MissingRuntime(status.message, status.mend)


def read_engines_folder() -> None:
    """Read engines from the folder that the preferences name; the next job gets a worker that knows it."""
    chosen = preferences().engines_folder
    if engine_list.choose_folder(bpy.path.abspath(chosen) if chosen else ""):
        retire_client()


def get_client() -> WorkerClient:
    """Return the session's worker client; it starts its worker with the first job.

    Raises
    ------
    MissingRuntime
        When no working runtime is set up, or it is being checked or changed.
    """
    require_runtime()
    status = runtime_status()
    if status.python is None:
        raise MissingRuntime(status.message, status.mend)
    if _session.client is None or _session.client_for != (status.python, status.bundle):
        from ..inference.worker.client import WorkerClient
        from ..inference.worker.environment import worker_command

        bundle = status.bundle
        first = bundle is not None and not bundle.unpacked
        retire_client()
        chosen = preferences()
        _session.client = WorkerClient(
            status.python,
            log_folder(),
            command=worker_command(status.python, bundle.site.parent if bundle is not None else None),
            starting="Unpacking, only once" if first else "Starting the worker",
            idle_seconds=chosen.idle_minutes * 60.0 or None,
            stall_seconds=chosen.stall_seconds or None,
            environment=worker_environment(),
        )
        _session.client_for = (status.python, status.bundle)
        add_ticker(_tick_clients)
    return _session.client


def expect_work() -> None:
    """Start the worker soon, once a session, so that the first order need not wait for it; may be called from drawing.

    Not where the preferences say no, nor in a Blender without windows, which orders when it orders.
    """
    if _session.expected or bpy.app.background or not preferences().start_early:
        return
    if not _session.runtime_work and runtime_status().ok:
        _session.expected = True
        bpy.app.timers.register(_warm_up, first_interval=BUSY_INTERVAL)


def _warm_up() -> None:
    # What is wrong is said when something is ordered.
    with contextlib.suppress(SoliloquyError):
        get_client().warm_up()


def log_folder() -> Path:
    """Return where the worker's log goes: the extension's own folder, or one for temporary files where that fails."""
    try:
        return data_folder("logs")
    except NotSaved:
        return temporary_folder()


def current_client() -> WorkerClient | None:
    """Return the client if there is one already."""
    return _session.client


def set_patience(seconds: float) -> None:
    """Call jobs stalled after so many seconds without progress; 0 for never."""
    for client in (_session.client, *_session.leaving):
        if client is not None:
            client.stall_seconds = seconds or None


def retire_client() -> None:
    """Let the worker go: at once when it is idle, else when its jobs are done. The next job gets another one."""
    client, _session.client, _session.client_for = _session.client, None, None
    if client is not None and client.busy:
        _session.leaving.append(client)
    elif client is not None:
        client.stop()


def stop_client() -> None:
    """Stop every worker that runs; its jobs are cancelled."""
    clients = [*_session.leaving, *([_session.client] if _session.client is not None else [])]
    _session.leaving, _session.client, _session.client_for = [], None, None
    for client in clients:
        client.stop()


def _tick_clients() -> float | None:
    for client in list(_session.leaving):
        client.tick()
        if not client.busy:
            client.stop()
            _session.leaving.remove(client)
    client = _session.client
    if client is not None:
        client.tick()
        if client.hello and client.pid != _session.greeted_by:
            _session.greeted_by = client.pid
            engine_list.heard(client.hello.get("engines"))
    if _session.leaving or (client is not None and client.busy):
        return BUSY_INTERVAL
    return IDLE_INTERVAL if client is not None else None


def log_tail(lines: int) -> list[str]:
    """Return the last lines of the worker's log; not for drawing, it reads a file."""
    return _session.client.log_tail(lines) if _session.client is not None else []


def set_error(error: SoliloquyError | None) -> None:
    """Show an error in the panels until the next order or until it is dismissed."""
    _session.error = error
    redraw()


def last_error() -> SoliloquyError | None:
    """Return the error the panels show."""
    return _session.error


def set_notice(text: str) -> None:
    """Show one line about the last result in the panels."""
    _session.notice = text
    redraw()


def notice() -> str:
    """Return the line about the last result."""
    return _session.notice


def add_ticker(ticker: Callable[[], float | None]) -> None:
    """Call ``ticker`` from the session's timer; it returns the seconds until its next call, or None when it is done."""
    if ticker not in _session.tickers:
        _session.tickers.append(ticker)
    if _session.ticking:
        return
    # An idle timer may be a second away from its next call; what is new shall not wait for it.
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    bpy.app.timers.register(tick, first_interval=BUSY_INTERVAL, persistent=True)


def tick() -> float | None:
    """Call every ticker once; also what scripts call where no timers run.

    Returns
    -------
    float or None
        Seconds until the next call, None when nothing is left to do.
    """
    waits: list[float] = []
    _session.ticking = True
    try:
        for ticker in list(_session.tickers):
            try:
                wait = ticker()
            except Exception as error:
                # One that fails must not take the others with it: Blender drops a timer that raises.
                import traceback

                traceback.print_exc()
                set_error(InternalFault(f"Something unexpected went wrong ({error}).", "Please report it."))
                wait = None
            if wait is not None:
                waits.append(wait)
            elif ticker in _session.tickers:
                _session.tickers.remove(ticker)
    finally:
        _session.ticking = False
    return min(waits) if waits else None


def redraw() -> None:
    """Ask the 3D Views, Sequencers and Preferences to draw their side panels again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in ("VIEW_3D", "SEQUENCE_EDITOR"):
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
            elif area.type == "PREFERENCES":
                area.tag_redraw()


def stop() -> None:
    """Stop the timer and the worker; nothing is left behind in Blender."""
    for timer in (tick, _warm_up):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    _session.expected = False
    _session.tickers.clear()
    stop_client()
    _session.status = None
    _session.runtime_work = ""
    _session.error = None
    _session.notice = ""


@persistent
def _leave_file(*_: Any) -> None:
    """Forget what was said about the file that is left: no other one has that take, or lacks that strip."""
    _session.error = None
    _session.notice = ""


HANDLERS = (("load_pre", _leave_file),)


def register() -> None:
    """Make sure that the worker ends with Blender even when the extension is not unregistered."""
    handlers.add(HANDLERS)
    atexit.register(stop_client)
    read_engines_folder()


def unregister() -> None:
    """Stop everything."""
    handlers.remove(HANDLERS)
    stop()
    engine_list.unregister()
    atexit.unregister(stop_client)
