"""The options of ``soliloquy animate`` that direct emotion."""

from __future__ import annotations

import argparse
import math
from typing import Any

from ..inference.emotion.track import affect_row, read_emotion_track
from ..inference.emotion.words import named_emotion, read_mixture
from ..inference.errors import SoliloquyError
from ..inference.settings import EMOTIONS

EPILOG = """\
An emotion track is a JSON file; times are seconds from --start, and a key says one emotion, a mixture, or a place:
  {"keys": [{"time": 0.0, "emotion": "neutral"}, {"time": 2.5, "emotion": "happy", "intensity": 0.8},
            {"time": 4.0, "emotions": {"happy": 0.4, "surprised": 0.5}},
            {"time": 6.0, "valence": -0.6, "arousal": 0.7}]}"""


def add_emotion_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of emotion to a command."""
    group = parser.add_argument_group("emotion")
    group.add_argument(
        "--emotion",
        metavar="NAME",
        help=f"one for the whole clip: {', '.join(EMOTIONS)}; or a mixture such as happy:0.5,surprised:0.3",
    )
    group.add_argument("--intensity", type=float, default=1.0, metavar="0..1", help="its strength")
    group.add_argument("--valence", type=float, metavar="-1..1", help="instead: from unpleasant to pleasant")
    group.add_argument("--arousal", type=float, metavar="-1..1", help="with it: from asleep to agitated")
    group.add_argument("--emotion-track", metavar="FILE", help="instead: emotions over time, a JSON file (see below)")
    group.add_argument(
        "--voice-emotion",
        type=float,
        default=0.0,
        metavar="0..1",
        help="0 as directed (default), 1 as heard in the voice, a blend between",
    )


def emotion_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of ``AnimateSettings`` that the options of emotion decide.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used, or two ways to say an emotion at once.
    """
    chosen: dict[str, Any] = {"voice_emotion": _within(arguments.voice_emotion, "A voice emotion", 0.0)}
    intensity = _within(arguments.intensity, "An intensity", 0.0)
    given = [
        name for name in ("emotion", "valence", "arousal", "emotion_track") if getattr(arguments, name) is not None
    ]
    if given in (["valence"], ["arousal"]):
        missing = "arousal" if given == ["valence"] else "valence"
        raise SoliloquyError(f"--{given[0]} is given without --{missing}.", f"Add one, such as --{missing} 0.5.")
    if len(given) > 1 and given != ["valence", "arousal"]:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in (given[0], given[-1]))
        raise SoliloquyError(f"{names} both say the emotion.", "Give one of them.")
    if arguments.emotion_track is not None:
        return {**chosen, "emotion_curves": read_emotion_track(arguments.emotion_track)}
    if arguments.valence is not None:
        place = (
            _within(getattr(arguments, name), text, -1.0)
            for name, text in (("valence", "A valence"), ("arousal", "An arousal"))
        )
        return {**chosen, "emotion_curves": (affect_row(0.0, *place),)}
    if arguments.emotion is None:
        return {**chosen, "intensity": intensity}
    single = named_emotion(arguments.emotion)
    if single is not None:
        return {**chosen, "emotion": single, "intensity": intensity}
    weights = (intensity * weight for weight in read_mixture(arguments.emotion))
    return {**chosen, "emotion_curves": ((0.0, *weights),)}


def _within(value: float, name: str, low: float) -> float:
    if not (math.isfinite(value) and low <= value <= 1.0):
        raise SoliloquyError(f"{name} of {value:g} cannot be used.", f"Give a number from {low:g} to 1.")
    return value
