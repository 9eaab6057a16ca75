"""What the emotion detector tells apart; needs no torch."""

from __future__ import annotations

CLASSES: tuple[str, ...] = ("neutral", "happy", "sad", "fear", "disgusted", "angry", "bored")
"""What the classifier tells apart: the emotions of the Berlin database."""
