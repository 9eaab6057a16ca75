"""What a script calls: ``soliloquy.animate``, ``regenerate``, ``idle`` and ``craft``, one line each, in this process.

Inside Blender, whose own Python has no torch, ``bpy.ops.soliloquy.animate`` does the same in a worker process.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .craft import apply_craft
from .craft_settings import LipCraft
from .errors import BadAudio, MissingRuntime, SoliloquyError
from .faults import as_soliloquy_error
from .notes import heard_in
from .orders.animate import AnimateJob
from .performance import Performance
from .presets import find_preset
from .regenerate_job import body_for, next_seed, read_joints
from .settings import AnimateSettings, AudioRange
from .shape.reshape import reshaped
from .shape.settings import Reshape
from .user_folders import given_path

StrPath = str | os.PathLike[str]
Progress = Callable[[str, float], None]
Cancel = Callable[[], bool]


def animate(
    audio: StrPath,
    *,
    start: float = 0.0,
    stop: float | None = None,
    track: int = 0,
    channel: int = 0,
    output: StrPath | None = None,
    settings: AnimateSettings | None = None,
    preset: str = "",
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
    **choices: Any,
) -> Performance:
    """Turn recorded speech into a performance.

    Parameters
    ----------
    audio : path
        Any sound or video file.
    start, stop : float
        Seconds into the file; ``stop`` None means its end.
    track, channel : int
        Sound track and channel of the file, counted from 1; 0 to choose by the sound.
    output : path, optional
        An ``.npz`` to write too; only a complete one ever appears.
    settings : AnimateSettings, optional
        Where the settings start from; the defaults when missing.
    preset : str, optional
        A type of character such as ``"teacher"`` (:mod:`.presets`), laid over ``settings``; choices go before it.
    progress : callable, optional
        Called with the stage in words and the fraction of the whole, 0..1, never falling.
    cancelled : callable, optional
        Asked between and within the stages; when it returns true, :class:`~.errors.Cancelled` is raised.
    **choices
        Any setting by its name, those of gestures and lips included: ``emotion="happy"``, ``intensity=0.6``,
        ``seed=4``, ``style="enthusiastic"``, ``energy=1.3``, ``closure=1.2``. See :class:`AnimateSettings`.

    Raises
    ------
    SoliloquyError
        Of the class that says what is wrong: ``MissingRuntime`` where this Python lacks torch, ``BadAudio``, ...
    """
    directed = find_preset(preset).values if preset else {}
    chosen = chosen_settings(settings or AnimateSettings(), {**directed, **choices})
    _require_libraries()
    from .pipeline import animate as run

    job = AnimateJob(
        AudioRange(_there(audio), start, stop, track, channel), chosen, _absolute(output) if output else ""
    )
    with _in_words():
        return run(job, progress or _nothing, cancelled or _never)


def regenerate(
    performance: Performance | StrPath,
    audio: StrPath | None = None,
    *,
    range: Sequence[float] | Sequence[Sequence[float]],
    joints: str | Sequence[str] = "body",
    seed: int | None = None,
    output: StrPath | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
    **choices: Any,
) -> Performance:
    """Make chosen joints in chosen seconds of a performance anew; everything else stays bit for bit.

    Parameters
    ----------
    performance : Performance or path
        The performance to keep; stays as it is.
    audio : path, optional
        The recording it was made from; where the performance says it lies, when missing.
    range : (float, float) or several of them
        Seconds from the performance's start.
    joints : str or sequence of str
        Parts such as ``"left_arm"``, ``"hands"``, ``"body"``, or SMPL-X joints; a string may name several with commas.
    seed : int, optional
        One that no part was drawn with yet, when missing.
    output, progress, cancelled
        As in :func:`animate`.
    **choices
        ``body`` (the body engine), ``device``, and any setting of the gestures but the posture.

    Raises
    ------
    SoliloquyError
        Also when the recording is another one, or a setting is named that cannot change for a part.
    """
    kept = performance if isinstance(performance, Performance) else Performance.load(performance)
    free = {"body", "device", *_names(AnimateSettings().gestures)} - {"posture"}
    for name in choices:
        if name not in free:
            raise SoliloquyError(
                f"'{name}' cannot change for a part of a performance.", f"What can: {', '.join(sorted(free))}."
            )
    names = read_joints(joints if isinstance(joints, str) else _comma_list(joints))
    stretches = _stretches(range)
    _require_libraries()
    from .audio import read_audio
    from .regenerate import check_audio, performed_settings
    from .regenerate import regenerate as run

    performed = performed_settings(kept)
    if seed is None:
        seed = next_seed(performed.seed, kept.meta.get("regenerated", []))
    chosen = chosen_settings(performed, {"body": body_for(performed.body), **choices, "seed": seed})
    report, stopped = progress or _nothing, cancelled or _never
    with _in_words():
        report("Reading audio", 0.0)
        clip = read_audio(_recording(kept, audio), cancelled=stopped)
        check_audio(kept, clip)
        made = run(
            kept,
            clip.samples,
            chosen,
            stretches,
            names,
            progress=lambda done: report("Gestures", 0.2 + 0.75 * done),
            cancelled=stopped,
        )
    report("Writing", 0.95)
    if output:
        made.save(_absolute(output))
    report("Writing", 1.0)
    return made


def idle(
    seconds: float,
    *,
    heard: StrPath | Sequence[tuple[StrPath, float]] = (),
    heard_at: float = 0.0,
    output: StrPath | None = None,
    settings: AnimateSettings | None = None,
    preset: str = "",
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
    **choices: Any,
) -> Performance:
    """Return so many seconds of a character that waits or listens; no recording is needed.

    Parameters
    ----------
    seconds : float
        From a tenth of a second up to hours.
    heard : path, or sequence of (path, float)
        A recording of somebody else, or several with the seconds after which each begins: who listens
        (``listening=1.0``) answers where their phrases come to an end.
    heard_at : float
        Seconds after which one recording begins; below 0 it has begun before.
    output, settings, preset, progress, cancelled, **choices
        As in :func:`animate`; of the settings those of posture, head, weight, breath, eyes, emotion and ``listening``
        count.

    Raises
    ------
    SoliloquyError
        Of the class that says what is wrong.
    """
    directed = find_preset(preset).values if preset else {}
    chosen = chosen_settings(settings or AnimateSettings(), {**directed, **choices})
    _require_libraries()
    from .idle import idle as run
    from .orders.idle import HeardLine

    report = progress or _nothing
    lines = [(heard, heard_at)] if isinstance(heard, str | os.PathLike) else list(heard)
    with _in_words():
        return run(
            seconds,
            chosen,
            _absolute(output) if output else "",
            lambda part: report("Waiting", part),
            cancelled or _never,
            [HeardLine(AudioRange(_there(path)), at) for path, at in lines],
        )


def craft(performance: Performance | StrPath, *, output: StrPath | None = None, **choices: float) -> Performance:
    """Return a performance with other lips, or any other part of it re-shaped; no network runs, numpy is all it takes.

    Parameters
    ----------
    performance : Performance or path
        Stays as it is.
    output : path, optional
        An ``.npz`` to write too.
    **choices
        Settings of :class:`~.craft.LipCraft`: ``closure=1.3``, ``jaw=0.8``, ``offset=-0.04`` (seconds), ... and of
        :class:`~.shape.settings.Reshape`: ``head=0.7``, ``gestures=1.3``, ``emotion=0.5``, ...

    Raises
    ------
    SoliloquyError
        For a setting that does not exist or is out of range, or a file that is no performance.
    """
    kept = performance if isinstance(performance, Performance) else Performance.load(performance)
    shape = {name: value for name, value in choices.items() if name in _names(Reshape())}
    lips = {name: value for name, value in choices.items() if name not in shape}
    made = apply_craft(reshaped(kept, Reshape.from_json(shape)), LipCraft.from_json(lips))
    if output:
        made.save(_absolute(output))
    return made


def chosen_settings(settings: AnimateSettings, choices: dict[str, Any]) -> AnimateSettings:
    """Return settings with some of them changed by name, those inside ``gestures`` and ``craft`` included.

    Parameters
    ----------
    choices : dict
        Field of :class:`AnimateSettings`, or of one of its parts -> value.

    Raises
    ------
    SoliloquyError
        For a name that is none, with the nearest one; for a value that cannot be used.
    """
    own = _names(settings)
    parts = {name: part for name in own if dataclasses.is_dataclass(part := getattr(settings, name))}
    owner = {inner: name for name, part in parts.items() for inner in _names(part)}
    changed: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for name, value in choices.items():
        if name in own:
            changed[name] = value
        elif name in owner:
            inside.setdefault(owner[name], {})[name] = value
        else:
            near = difflib.get_close_matches(name, [*own, *owner], 1)
            known = ", ".join(sorted({*own, *owner}))
            raise SoliloquyError(
                f"There is no setting '{name}'.", f"Did you mean '{near[0]}'?" if near else f"There are: {known}."
            )
    for name, values in inside.items():
        changed[name] = dataclasses.replace(changed.get(name, parts[name]), **values)
    return dataclasses.replace(settings, **changed)


def _names(settings: Any) -> list[str]:
    return [item.name for item in dataclasses.fields(settings)]


def _absolute(path: StrPath) -> str:
    return str(given_path(path).absolute())


def _there(path: StrPath) -> str:
    with _in_words():
        found = given_path(path).exists()
    if not found:
        raise BadAudio(f"There is no file '{os.fspath(path)}'.", "Check the path.")
    return _absolute(path)


def _comma_list(joints: Any) -> str:
    try:
        return ",".join(joints)
    except TypeError as error:
        raise SoliloquyError(f"{joints!r} names no joints.", "Give names such as ('left_arm', 'spine').") from error


def _stretches(given: Sequence[Any]) -> list[tuple[float, float]]:
    """Return (start, stop) in seconds of one pair of numbers, or of several pairs."""
    try:
        pairs = [given] if not isinstance(given[0], Sequence) else given
        return [(float(start), float(stop)) for start, stop in pairs]
    except (TypeError, ValueError, IndexError):
        raise SoliloquyError(f"{given!r} is no range of seconds.", "Give two, such as (3.2, 5.8).") from None


def _recording(performance: Performance, given: StrPath | None) -> AudioRange:
    """Return the stretch of the recording a performance was made from."""
    known: dict[str, Any] = performance.meta.get("audio") or {}
    start, stop = performance.meta.get("range") or (0.0, None)
    if given is not None:
        return AudioRange(_there(given), start, stop, **heard_in(performance.meta))
    path = Path(str(known.get("path") or ""))
    if not path.is_file():
        name = known.get("name") or "The recording"
        raise BadAudio(f"'{name}' is no longer where the performance was made from it.", "Give it as audio=...")
    return AudioRange(str(path), start, stop, **heard_in(performance.meta))


def _require_libraries() -> None:
    """Raise :class:`MissingRuntime` where this Python cannot run the networks."""
    from .worker.describe import require_libraries

    try:
        require_libraries()
    except MissingRuntime as error:
        raise MissingRuntime(
            error.message,
            "Install the libraries with pip install 'soliloquy[worker]', or, inside Blender, "
            "call bpy.ops.soliloquy.animate, which uses a Python of its own.",
        ) from error


@contextmanager
def _in_words() -> Generator[None]:
    """Turn what nobody expected into an error of a class, the exception itself being its cause."""
    try:
        yield
    except SoliloquyError:
        raise
    except Exception as error:
        raise as_soliloquy_error(error) from error


def _nothing(_stage: str, _fraction: float) -> None:
    """Report to nobody."""


def _never() -> bool:
    return False
