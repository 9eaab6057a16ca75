"""Moments of a speech as people name them: seconds, a share of it, its start or end, a word; and what is where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..words.word import Word, plain

_CLOSING = (2.5, 0.25)
"""What "at the end" means: so many seconds before it, and no more than this share of the speech."""


@dataclass(frozen=True)
class Clip:
    """The speech that a direction is about."""

    seconds: float
    """How long somebody speaks, pauses included."""
    start: float = 0.0
    """Second of the performance at which the speech begins; what comes before is the lead-in."""
    words: tuple[Word, ...] | None = None
    """What is said, in seconds of the performance; None where it is not known."""

    @property
    def end(self) -> float:
        """Second of the performance at which the speech ends."""
        return self.start + self.seconds

    def find(self, said: str) -> tuple[float, float] | None:
        """Return start and end of the first place where words are said one after the other; None where they are not."""
        wanted = [plain(part) for part in said.split()]
        words = [word for word in self.words or () if word.plain]
        for first in range(len(words) - len(wanted) + 1):
            if wanted and all(words[first + number].plain == part for number, part in enumerate(wanted)):
                return words[first].start, words[first + len(wanted) - 1].end
        return None


@dataclass(frozen=True)
class Moment:
    """One moment, as it was named."""

    kind: str
    """``seconds``, ``share``, ``start``, ``end``, ``closing``, ``before_end``, ``word``, ``word_end`` or ``spoken``."""
    value: float = 0.0
    """Seconds, or a share 0..1 of the speech; of ``spoken`` the share of the written speech that comes before."""
    word: str = ""

    def at(self, clip: Clip) -> float | None:
        """Return its second of the performance; None where a word is not known or not said."""
        if self.kind in ("word", "word_end"):
            found = clip.find(self.word)
            return None if found is None else found[self.kind == "word_end"]
        if self.kind == "closing":
            return clip.end - min(_CLOSING[0], _CLOSING[1] * clip.seconds)
        seconds = {
            "seconds": self.value, "share": self.value * clip.seconds, "spoken": self.value * clip.seconds,
            "start": 0.0, "end": clip.seconds, "before_end": max(0.0, clip.seconds - self.value),
        }[self.kind]  # fmt: skip
        return clip.start + min(seconds, clip.seconds)

    def inside(self, clip: Clip) -> bool:
        """Tell whether it lies within the speech."""
        return self.kind != "seconds" or self.value < clip.seconds

    def words(self) -> str:
        """Return it as a sentence can hold it, such as ``"4.5 s"``."""
        if self.kind == "share":
            return f"{100 * self.value:.3g} % of it"
        if self.kind in ("word", "word_end"):
            return f"{'the end of ' if self.kind == 'word_end' else ''}'{self.word}'"
        if self.kind == "spoken":
            return f"'{self.word}'" if self.value else "the start"
        fixed = {"start": "the start", "end": "the end", "closing": "the end"}
        said = fixed.get(self.kind, f"{self.value:.4g} s")
        return f"{said} before the end" if self.kind == "before_end" else said


def spoken_moments(notes: Sequence[tuple[int, int]], said: str, words: Sequence[Word] | None) -> list[Moment]:
    """Return where in a speech notes stand that are written between its words.

    Parameters
    ----------
    notes : sequence of (words before it, letters before it)
        In order.
    said : str
        The written speech without the notes.
    words : sequence of Word, optional
        What is said in the recording; the notes are then placed at its words.
    """
    from difflib import SequenceMatcher

    letters = max(1, sum(not letter.isspace() for letter in said))
    written = [plain(part) for part in said.split() if plain(part)]
    shares = [
        Moment("spoken", before / letters, " ".join(written[number : number + 3]) or "the end")
        for number, before in notes
    ]
    heard = [word for word in words or () if word.plain]
    if not heard:
        return shares
    blocks = SequenceMatcher(None, written, [word.plain for word in heard], autojunk=False).get_matching_blocks()
    place = {block.a + number: block.b + number for block in blocks for number in range(block.size)}
    found: list[Moment] = []
    for (before, _), share in zip(notes, shares, strict=True):
        after = next((place[number] for number in range(before, len(written)) if number in place), None)
        if before == 0:
            found.append(Moment("start"))
        elif after is None:
            found.append(share)
        else:
            found.append(Moment("seconds", heard[after].start))
    return found
