"""The default character, on whose lips a face engine is trained and every take is measured."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from .cast import assemble, compose
from .character_model import Character, LipBasis, SparseDelta
from .character_pack import PACK, read_pack

__all__ = ["PACK", "Character", "LipBasis", "SparseDelta", "load_character", "read_character"]


def read_character(path: Path) -> Character:
    """Return the default person of a pack.

    Raises
    ------
    SoliloquyError
        When it is missing or damaged.
    """
    return assemble(read_pack(path), None, set(), ())


@lru_cache(maxsize=1)
def load_character() -> Character:
    """Return the default character, read once per process.

    Raises
    ------
    SoliloquyError
        When the pack is missing or damaged.
    """
    return compose()
