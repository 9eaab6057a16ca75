"""The options of ``soliloquy animate`` that say what is said."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from ..inference.errors import SoliloquyError
from ..inference.words.settings import AUTOMATIC, WordSettings
from ..inference.words.transcript import read_transcript
from .setting_options import add_settings, given_settings, option_group


def add_word_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of words to a command."""
    add_settings(parser, WordSettings)
    option_group(parser, WordSettings.heading).add_argument(
        "--transcript",
        metavar="FILE",
        help="instead: a file with the text (.txt, .srt, .vtt), or with words and their times (.TextGrid, .csv with "
        "start, end, word); its seconds are those of the recording",
    )


def word_settings(arguments: argparse.Namespace, span: Mapping[str, Any]) -> WordSettings:
    """Return what the options say about words.

    Parameters
    ----------
    span : mapping
        Fields of ``AudioRange`` that were given.

    Raises
    ------
    SoliloquyError
        For a file that cannot be read, or two ways to say it.
    """
    said = given_settings(arguments, WordSettings)
    if arguments.transcript is None:
        return WordSettings(**said)
    if said.get("transcript"):
        raise SoliloquyError("--text and --transcript both say what is said.", "Give one of them.")
    found = read_transcript(arguments.transcript)
    return found.settings(span.get("start", 0.0), span.get("stop"), said.get("language", AUTOMATIC))
