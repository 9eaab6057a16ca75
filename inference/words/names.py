"""The meanings that words can have for a gesture, and which of them contradict one another."""

from __future__ import annotations

COUNTS: tuple[str, ...] = tuple(f"count{number}" for number in range(1, 11))
"""Numbers that fingers show."""
MEANINGS: tuple[str, ...] = (
    "negate", "assent", "me", "you", "we", "here", "there", "this", "that", "left", "right", *COUNTS, "big", "small",
    "tall", "wide", "round", "question", "contrast", "other", "think", "unknown", "all", "many", "stop",
)  # fmt: skip
"""What a language pack may say that words mean."""
NOTHING = "nothing"
"""Of a negation within an idiom ("no doubt"): the head neither shakes nor nods there."""
_CONTRARY: tuple[tuple[str, ...], ...] = (
    ("negate", "assent"), ("me", "you"), ("big", "small"), ("tall", "small"), ("wide", "small"), ("many", "small"),
    ("left", "right"), ("here", "there"), ("this", "that"), ("contrast", "other"), ("assent", "unknown"),
    ("assent", "stop"), ("we", "you"), COUNTS,
)  # fmt: skip


def contrary(one: str, other: str) -> bool:
    """Return whether a gesture of one meaning contradicts a word of the other."""
    return one != other and any(one in group and other in group for group in _CONTRARY)
