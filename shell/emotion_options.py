"""The options of ``soliloquy animate`` that direct emotion."""

from __future__ import annotations

import argparse
from typing import Any

from ..inference.emotion.affect import Affect
from ..inference.emotion.track import affect_row, read_track
from ..inference.emotion.words import named_emotion, read_mixture
from ..inference.errors import SoliloquyError
from ..inference.settings import EMOTIONS, AnimateSettings
from .setting_options import add_settings, given_settings, option_group

EPILOG = """\
An emotion track is a JSON file; times are seconds from --start, and a key says one emotion, a mixture, or a place:
  {"keys": [{"time": 0.0, "emotion": "neutral"}, {"time": 2.5, "emotion": "happy", "intensity": 0.8},
            {"time": 4.0, "emotions": {"happy": 0.4, "surprised": 0.5}},
            {"time": 6.0, "valence": -0.6, "arousal": 0.7},
            {"time": 6.5, "energy": 1.3, "openness": 0.5, "eye_contact": 0.2, "head_motion": 1.5}]}"""

FIELDS = ("emotion", "intensity", "voice_emotion")
"""Fields of ``AnimateSettings`` whose options are here."""


def add_emotion_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of emotion to a command."""
    group = option_group(parser, "emotion")
    group.add_argument(
        "--emotion",
        metavar="NAME",
        help=f"one for the whole clip: {', '.join(EMOTIONS)}; or a mixture such as happy:0.5,surprised:0.3",
    )
    add_settings(parser, AnimateSettings, only=("intensity",))
    add_settings(parser, Affect)
    group.add_argument("--emotion-track", metavar="FILE", help="instead: emotions over time, a JSON file (see below)")
    add_settings(parser, AnimateSettings, only=("voice_emotion",))


def emotion_settings(arguments: argparse.Namespace, usual: float | None = None) -> dict[str, Any]:
    """Return the fields of ``AnimateSettings`` that the options of emotion decide.

    Parameters
    ----------
    usual : float
        The intensity where none is given; the setting's default when missing.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used, or two ways to say an emotion at once.
    """
    chosen = given_settings(arguments, AnimateSettings, only=("voice_emotion",))
    said = given_settings(arguments, AnimateSettings, only=("intensity",)).get("intensity", usual)
    intensity = AnimateSettings.intensity if said is None else said
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
        return {**chosen, **read_track(arguments.emotion_track).fields()}
    if arguments.valence is not None:
        return {**chosen, "emotion_curves": (affect_row(0.0, **given_settings(arguments, Affect)),)}
    if arguments.emotion is None:
        return {**chosen, "intensity": intensity}
    single = named_emotion(arguments.emotion)
    if single is not None:
        return {**chosen, "emotion": single, "intensity": intensity}
    # A mixture says its strengths itself.
    weights = ((1.0 if said is None else said) * weight for weight in read_mixture(arguments.emotion))
    return {**chosen, "emotion_curves": ((0.0, *weights),)}
