"""``soliloquy animate``: a recording becomes a performance."""

from __future__ import annotations

import argparse
import importlib.util
import math
from pathlib import Path
from typing import Any

from ..arkit import REGIONS
from ..errors import Cancelled, SoliloquyError
from ..runtime.locate import find_runtime
from ..settings import UPPER_FACES, AnimateJob, AnimateSettings, AudioRange
from ..worker.client import WorkerClient
from ..worker.progress import EtaEstimate
from . import emotion_options, gesture_options
from .craft import add_options, craft_of
from .terminal import ProgressBar, check_output, duration_text, log_folder, show

NEEDED = ("torch", "scipy", "safetensors", "av")

EPILOG = f"""\
examples:
  soliloquy animate speech.mp3 -o performance.npz
  soliloquy animate take3.wav -o angry.npz --start 12.5 --stop 20 --emotion angry --intensity 0.7 --seed 4
  soliloquy animate speech.wav -o lips.npz --regions lips --fps 23.976 --body none
  soliloquy animate speech.wav -o felt.npz --emotion happy:0.5,surprised:0.3 --voice-emotion 0.5

{emotion_options.EPILOG}

The performance is a NumPy .npz (AMASS / SMPL-X layout plus ARKit coefficients); an existing file is replaced only when
the new one is complete."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    defaults = AnimateSettings()
    parser = commands.add_parser(
        "animate",
        help="turn a recording into a performance (.npz)",
        description="Turns recorded speech into a performance: lips, face, eyes, head and body over time.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("audio", metavar="AUDIO", help="speech: WAV, FLAC, MP3, OGG, M4A, or a video with sound")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the performance to write, an .npz")
    parser.add_argument("--start", type=float, default=0.0, metavar="S", help="second of the recording to start at")
    parser.add_argument("--stop", type=float, metavar="S", help="second of the recording to stop at (default: its end)")
    parser.add_argument("--face", default=defaults.face, metavar="ENGINE", help="face engine (see 'soliloquy engines')")
    parser.add_argument("--body", default=defaults.body, metavar="ENGINE", help="body engine, relaxed or none")
    parser.add_argument("--seed", type=int, default=defaults.seed, metavar="N", help="another seed, another take")
    parser.add_argument("--fps", type=float, default=defaults.fps, metavar="F", help="frames per second, 1 to 240")
    parser.add_argument("--regions", metavar="A,B", help=f"only these, others rest: {','.join(REGIONS)}")
    emotion_options.add_emotion_options(parser)
    gesture_options.add_gesture_options(parser)
    layers = parser.add_argument_group("strength of each layer (0 off, 1 natural, 2 twice as strong)")
    for option, name, text in (
        ("--blinks", "blink_strength", "blinking"),
        ("--eye-darts", "eye_darts", "glances and eye darts"),
        ("--brows", "brow_strength", "brows that follow accents"),
        ("--head", "head_motion", "head movement"),
        ("--breathing", "breathing", "breathing"),
        ("--weight-shift", "weight_shift", "shifts of weight"),
    ):
        layers.add_argument(option, dest=name, type=float, default=getattr(defaults, name), metavar="X", help=text)
    layers.add_argument(
        "--upper-face",
        choices=UPPER_FACES,
        default=defaults.upper_face,
        help="brows, lids and head: drawn or by rules",
    )
    add_options(parser)
    where = parser.add_argument_group("where it runs")
    where.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default=defaults.device)
    where.add_argument("--worker", action="store_true", help="run in a worker process, as Blender does")
    where.add_argument("--python", metavar="PATH", help="Python with torch for the worker (implies --worker)")
    parser.set_defaults(run=run)


def build_job(arguments: argparse.Namespace) -> AnimateJob:
    """Return the order that the arguments describe.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used.
    """
    for name in ("start", "stop"):
        value = getattr(arguments, name)
        if value is not None and not (math.isfinite(value) and value >= 0.0):
            raise SoliloquyError(f"--{name} {value:g} cannot be used.", "Give seconds from the start of the recording.")
    if arguments.stop is not None and arguments.stop <= arguments.start:
        raise SoliloquyError(
            f"--stop {arguments.stop:g} does not lie after --start {arguments.start:g}.", "Give a later second."
        )
    layers = ("blink_strength", "eye_darts", "brow_strength", "head_motion", "breathing", "weight_shift")
    for name in layers:
        value = getattr(arguments, name)
        if not (math.isfinite(value) and value >= 0.0):
            raise SoliloquyError(f"A strength of {value:g} cannot be used.", "Give 0 or more; 1 is natural.")
    regions = REGIONS
    if arguments.regions is not None:
        regions = tuple(name.strip() for name in arguments.regions.split(",") if name.strip())
        if not regions:
            raise SoliloquyError("--regions names no region.", f"Choose among: {', '.join(REGIONS)}.")
    settings = AnimateSettings(
        face=arguments.face,
        body=arguments.body,
        gestures=gesture_options.gesture_settings(arguments),
        **emotion_options.emotion_settings(arguments),
        seed=arguments.seed,
        fps=arguments.fps,
        device=arguments.device,
        regions=regions,
        upper_face=arguments.upper_face,
        craft=craft_of(arguments),
        **{name: getattr(arguments, name) for name in layers},
    )
    output = check_output(arguments.output, suffix=".npz")
    audio = Path(arguments.audio).expanduser()
    if not audio.exists():
        raise SoliloquyError(f"There is no file '{arguments.audio}'.", "Check the path.", kind="bad_audio")
    return AnimateJob(AudioRange(str(audio.absolute()), arguments.start, arguments.stop), settings, str(output))


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    job = build_job(arguments)
    bar = ProgressBar()
    try:
        if arguments.worker or arguments.python or not _can_run_here():
            result = _run_in_worker(job, arguments.python, bar)
        else:
            result = _run_here(job, bar)
    finally:
        bar.clear()
    length = duration_text(result["duration"])
    took = duration_text(result["seconds"])
    print(f"{arguments.output}: {result['frames']} frames, {length} at {result['fps']:g} fps, made in {took}")
    return 0


def _can_run_here() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def _run_here(job: AnimateJob, bar: ProgressBar) -> dict[str, Any]:
    from ..worker.handlers import animate
    from ..worker.server import as_soliloquy_error, is_out_of_memory

    eta = EtaEstimate()

    def note(text: str) -> None:
        bar.clear()
        show(text)

    bar.update("Starting", 0.0)
    try:
        return animate(
            job.to_json(), lambda stage, fraction: bar.update(stage, fraction, eta(fraction)), lambda: False, note
        )
    except Exception as error:
        if is_out_of_memory(error):
            raise as_soliloquy_error(error) from error
        raise


def _run_in_worker(job: AnimateJob, python: str | None, bar: ProgressBar) -> dict[str, Any]:
    status = find_runtime(python)
    if not status.ok or status.python is None:
        raise SoliloquyError(status.message, status.mend, kind="missing_runtime")
    client = WorkerClient(status.python, log_folder())
    try:
        handle = client.submit(job)
        shown = 0
        while not handle.finished:
            client.wait(handle, timeout=0.1)
            bar.update(handle.stage, handle.fraction, handle.eta)
            for text in handle.notes[shown:]:
                bar.clear()
                show(text)
            shown = len(handle.notes)
        if handle.state == "cancelled":
            raise Cancelled
        if handle.error is not None and handle.error.kind == "internal":
            hint = f"Please report it together with '{client.log_path}'."
            raise SoliloquyError(handle.error.message, hint, kind="internal")
        handle.raise_if_failed()
        return handle.result
    finally:
        client.stop()
