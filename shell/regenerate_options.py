"""The options of ``soliloquy animate`` that make a part of a finished performance anew, or its changed gestures."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from ..inference.errors import BadAudio, SoliloquyError
from ..inference.gestures.planned import read_plan
from ..inference.gestures.settings import GestureSettings
from ..inference.notes import heard_in
from ..inference.orders.regenerate import RegenerateJob
from ..inference.performance import Performance
from ..inference.regenerate_job import PARTS, body_for, frame_ranges, next_seed, read_joints, read_range
from ..inference.settings import AnimateSettings, AudioRange, recorded_settings
from ..inference.user_folders import given_path
from ..inference.words.settings import WordSettings
from . import word_options
from .setting_options import given_settings, options_of
from .terminal import check_output

_FREE = {
    *("command", "run", "audio", "output", "keep", "range", "joints", "seed", "takes", "body", "device", "worker"),
    *("plan", "only_pinned"),
    *("python", *options_of(AudioRange), *options_of(GestureSettings), *options_of(WordSettings), "transcript"),
}
"""What may be said together with ``--keep``; everything else is as it was performed."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to a command; :func:`build_job` reads them."""
    group = parser.add_argument_group(
        "make a part anew",
        "Everything outside the ranges and joints, or but the changed gestures of a plan, stays bit for bit.",
    )
    group.add_argument("--keep", metavar="FILE", help="the performance to keep apart from that part")
    group.add_argument(
        "--range", action="append", metavar="S:S", help="seconds from its start, such as 3.2:5.8; may be said again"
    )
    group.add_argument(
        "--plan", metavar="FILE.json",
        help="the gestures to make, as 'soliloquy gestures' wrote and you edited them; with --keep what changed is "
        "made anew, without it the recording is animated with them",
    )  # fmt: skip
    group.add_argument(
        "--only-pinned", action="store_const", const=True,
        help="of the plan keep what is pinned and draw all other gestures anew, from --seed",
    )  # fmt: skip
    group.add_argument("--joints", metavar="A,B", help=f"{', '.join(PARTS)}, or names of SMPL-X joints (default: body)")


def check_absent(arguments: argparse.Namespace) -> None:
    """Raise :class:`SoliloquyError` for options that mean nothing without ``--keep``."""
    for name in ("range", "joints"):
        if getattr(arguments, name) is not None:
            raise SoliloquyError(f"--{name} is given without --keep.", "Name the performance to keep.")
    _check_pinned(arguments)


def given_plan(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what the arguments say about the gestures to make, as the fields of an order.

    Raises
    ------
    SoliloquyError
        When the plan cannot be used.
    """
    _check_pinned(arguments)
    if arguments.plan is None:
        return {}
    return {"plan": read_plan(given_path(arguments.plan)), "only_pinned": bool(arguments.only_pinned)}


def _check_pinned(arguments: argparse.Namespace) -> None:
    if arguments.only_pinned and arguments.plan is None:
        raise SoliloquyError("--only-pinned is given without --plan.", "Name the plan with the pinned gestures.")


def build_job(arguments: argparse.Namespace) -> RegenerateJob:
    """Return the order that the arguments describe; what they do not say is as the performance was made.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used, or one that cannot change for a part of a performance.
    """
    for name, value in vars(arguments).items():
        if name not in _FREE and value is not None:
            option = name.replace("_", "-")
            raise SoliloquyError(
                f"--{option} cannot change for a part of a performance.", "Leave it out, or animate all of it."
            )
    plan = given_plan(arguments)
    if plan:
        for name in ("range", "joints", "body", *options_of(GestureSettings)):
            if getattr(arguments, name) is not None:
                raise SoliloquyError(f"--{name} and --plan exclude each other.", "Leave one of them out.")
    elif arguments.range is None:
        raise SoliloquyError("--keep is given without --range.", "Name the seconds to make anew, such as 3.2:5.8.")
    ranges = tuple(read_range(text) for text in arguments.range or ())
    joints = read_joints("body" if arguments.joints is None else arguments.joints)
    output = check_output(arguments.output, suffix=".npz")
    audio = given_path(arguments.audio)
    if not audio.exists():
        raise BadAudio(f"There is no file '{arguments.audio}'.", "Check the path.")
    kept = Performance.load(given_path(arguments.keep))
    if output.exists() and given_path(arguments.keep).samefile(output) and arguments.takes in (None, 1):
        raise SoliloquyError("The new performance would replace the one to keep.", "Give another name after -o.")
    if not plan:
        frame_ranges(ranges, kept.frames, kept.fps)
    performed = recorded_settings(kept.meta)
    try:
        start, stop = (float(second) for second in kept.meta["range"])
    except (KeyError, TypeError, ValueError) as error:
        raise SoliloquyError(
            f"'{arguments.keep}' does not say how it was made.", "Animate the recording again."
        ) from error
    if arguments.posture not in (None, performed.gestures.posture):
        raise SoliloquyError(
            f"The posture cannot change for a part of a performance: it is {performed.gestures.posture}.",
            "Leave it out, or animate all of it.",
        )
    again = kept.meta.get("regenerated", [])
    settings = dataclasses.replace(
        performed,
        gestures=dataclasses.replace(performed.gestures, **given_settings(arguments, GestureSettings)),
        **{
            "seed": next_seed(performed.seed, again),
            "body": performed.body if plan else body_for(performed.body),
            "device": AnimateSettings.device,
            **given_settings(arguments, AnimateSettings, only=("seed", "body", "device")),
        },
    )
    given = given_settings(arguments, AudioRange)
    if arguments.transcript is not None or given_settings(arguments, WordSettings):
        words = word_options.word_settings(arguments, {"start": start, "stop": stop}).later(performed.lead_in)
        settings = dataclasses.replace(settings, words=words)
    span = {
        **heard_in(kept.meta),
        **({} if {"start", "stop"} & set(given) else {"start": start, "stop": stop}),
        **given,
    }
    return RegenerateJob(
        audio=AudioRange(str(audio.absolute()), **span),
        settings=settings,
        output=str(output),
        keep=str(given_path(arguments.keep).absolute()),
        ranges=ranges,
        joints=joints,
        **plan,
    )
