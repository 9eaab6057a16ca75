"""Which clip plays on an accent: by meaning, place in space, hands, time to get there, and what was seen before."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..gesture_settings import GestureSettings
from .accents import Accent
from .library import Clip, Library
from .phrases import SIDES
from .styles import Style

Doubles = npt.NDArray[np.float64]
STRONG = 0.55
"""From this strength on an accent calls for more than a beat."""
FASTEST_WARP, SLOWEST_WARP = 1.5, 0.7
"""Limits of the speed against the recording's."""
_METAPHORIC = ("offer", "frame", "negate", "stop", "shrug", "me", "you", "point")
_FORGET = 40.0  # seconds until a clip may come again as if it were new
_HAND_SPEED = 1.6  # metres per second, on average, at which a raised hand may go over into the next stroke
_KEEP_HAND = 0.7
_LAP = 0.13  # metres over the pelvis that a seated person's wrists stay above


@dataclass
class Casting:
    """Chooses clips one after the other and remembers them."""

    library: Library
    style: Style
    settings: GestureSettings
    rng: np.random.Generator
    used: dict[int, float] = field(default_factory=dict)
    tags: dict[str, float] = field(default_factory=dict)
    hand: str = ""
    """The hand that gestured last."""

    def __post_init__(self) -> None:
        self.clips: tuple[Clip, ...] = self.library.gestures
        clips = self.clips
        shares = self.style.kinds
        counts = {kind: sum(clip.kind == kind for clip in clips) for kind in {clip.kind for clip in clips}}
        weight = np.array([shares.get(clip.kind, 0.0) / counts[clip.kind] for clip in clips])
        hands = np.array([clip.hands for clip in clips])
        self.both = hands.min(1) > 0.3
        wrists = np.array([clip.wrists for clip in clips], np.float64)
        share = hands / np.maximum(hands.sum(1, keepdims=True), 1e-6)
        self.heights = (wrists[:, :, 1] * share).sum(1)
        self.widths = (np.abs(wrists[:, :, 0]) * share).sum(1)
        # Gesture space: a soft preference, so that a small library still gives variety.
        lift = 0.1 * (self.settings.energy - 1.0)
        away = ((self.heights - self.style.height - lift) / 0.13) ** 2 + ((self.widths - self.style.width) / 0.12) ** 2
        weight = weight * np.exp(-0.5 * np.minimum(away, 9.0))
        weight = weight * np.where(self.both, self.style.two_handed * (1 - 0.75 * abs(self.settings.handedness)), 1.0)
        if self.settings.posture == "seated":
            weight = weight * np.where(self.heights < _LAP, 0.02, 1.0)
        if not weight.any():
            weight = np.ones(len(clips))
        self.weight = weight
        self.preparation = np.array([clip.phases[2] - clip.phases[0] for clip in clips])
        self.last = self.clips[0]
        self.last_mirrored = False

    def choose(self, accent: Accent, room: float, speed: float, chained: bool) -> tuple[Clip, bool, str]:
        """Return a clip, whether it is mirrored, and the hand or hands it uses.

        Parameters
        ----------
        room : float
            Seconds before the accent in which the hand can get there.
        speed : float
            Wanted speed against the recording's.
        chained : bool
            The hands are up, at the end of the last stroke.
        """
        strong = accent.strength >= STRONG or accent.place == "first"
        weight = self.weight.copy()
        for row, clip in enumerate(self.clips):
            metaphoric = clip.kind in _METAPHORIC
            weight[row] *= 1.5 if metaphoric == strong else 0.6
            since = accent.time - self.used.get(clip.index, -1e9)
            weight[row] *= min(1.0, (since / _FORGET) ** 2) + 1e-5
            weight[row] *= min(1.0, 0.12 + (accent.time - self.tags.get(clip.tag, -1e9)) / 12.0)
        if not chained:
            late = self.preparation / FASTEST_WARP > room
            weight = np.where(late, weight * 1e-6 * np.exp(-8 * (self.preparation / FASTEST_WARP - room)), weight)
        hand = self._hand(chained)
        if chained:
            distance = np.array([self._distance(clip, hand) for clip in self.clips])
            # Near enough to get there in time, but not the very same place again.
            weight = weight * np.exp(-np.maximum(distance / max(room, 0.2) / _HAND_SPEED - 0.5, 0) * 5)
            weight = weight * np.where(distance < 0.04, 0.6, 1.0)
            if self.hand == "both":
                weight = weight * np.where(self.both, 1.6, 0.7)
        clip = self.clips[int(self.rng.choice(len(weight), p=weight / weight.sum()))]
        mirror, hand = self._mirror(clip, hand)
        self.used[clip.index] = accent.time
        self.tags[clip.tag] = accent.time
        self.hand, self.last, self.last_mirrored = hand, clip, mirror
        return clip, mirror, hand

    def _hand(self, chained: bool) -> str:
        """Return which hand a one-handed gesture would use."""
        right = 0.5 + 0.5 * self.settings.handedness
        if self.hand in SIDES and self.rng.uniform() < (0.85 if chained else _KEEP_HAND) and 0.0 < right < 1.0:
            keep = right if self.hand == "right" else 1 - right
            if self.rng.uniform() < min(1.0, 2 * keep):
                return self.hand
        return "right" if self.rng.uniform() < right else "left"

    def _mirror(self, clip: Clip, hand: str) -> tuple[bool, str]:
        left, right = clip.hands
        if min(left, right) > 0.3:
            return bool(self.rng.uniform() < 0.5), "both"
        own = "left" if left > right else "right"
        return own != hand, hand

    def _distance(self, clip: Clip, hand: str) -> float:
        """Return metres between where the hands are and this clip's emphasis."""
        old = _places(self.last, self.last_mirrored)
        both = min(clip.hands) > 0.3
        own = "left" if clip.hands[0] > clip.hands[1] else "right"
        new = _places(clip, False if both else own != hand)
        sides = (0, 1) if both else (SIDES.index(hand),)
        return float(max(np.linalg.norm(new[side] - old[side]) for side in sides))


def _places(clip: Clip, mirror: bool) -> Doubles:
    places = clip.wrists.astype(np.float64)
    return places[::-1] * np.array([-1.0, 1.0, 1.0]) if mirror else places
