"""Which clip plays on an accent: by meaning, place in space, hands, time to get there, and what was seen before."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from ..emotion.bodily import GestureMood
from ..words.hands import fits, meanings_of, neutral
from ..words.names import contrary
from .accents import Accent
from .library import Clip, Library
from .names import BOTH
from .phrases import SIDES
from .settings import GestureSettings
from .styles import Style

Doubles = npt.NDArray[np.float64]
STRONG = 0.55
"""From this strength on an accent calls for more than a beat."""
FASTEST_WARP, SLOWEST_WARP = 1.5, 0.7
"""Limits of the speed against the recording's."""
_METAPHORIC = ("offer", "frame", "negate", "stop", "shrug", "me", "you", "point")
_FORGET = 40.0  # seconds until a clip may come again as if it were new
FASTEST_HAND = 1.9
"""Metres per second of a wrist at its fastest, at a style speed of 1."""
MOST_HAND = 1.9
"""The same of any style: talkers' wrists reach 1.5 to 2 metres per second, however excited they are."""
_LEAP = 10.0
"""How strongly a clip is avoided that a raised hand would have to leap to."""
PEAK = 1.875
"""The fastest speed of a quintic movement against its mean."""
_KEEP_HAND = 0.7
_DRAWN = 60.0
"""Per square metre: how strongly an emotion that wants hands higher or further out draws clips that are."""
_LOW_ELBOWS = 25.0  # per metre
_LAP = 0.13  # metres over the pelvis that a seated person's wrists stay above


def fastest_hand(style: Style, sign: bool = False) -> float:
    """Return metres per second of a wrist at its fastest in a style; what shows a word hurries to be in time for it."""
    hand = FASTEST_HAND * style.speed
    return hand if sign else min(hand, MOST_HAND)


class Casting:
    """Chooses clips one after the other and remembers them.

    Parameters
    ----------
    rng : numpy.random.Generator
        What chance decides is drawn from it.
    worded : bool
        Words are known: gestures with a meaning are for the words that have it.
    """

    def __init__(
        self, library: Library, style: Style, settings: GestureSettings, rng: np.random.Generator, worded: bool = False
    ) -> None:
        self.clips: tuple[Clip, ...] = library.clips
        self.settings = settings
        self.rng = rng
        self.hand = ""
        """The hand or hands that gestured last."""
        self._contrary: dict[str, npt.NDArray[np.bool_]] = {}
        count = len(self.clips)
        tags = sorted({clip.tag for clip in self.clips})
        self._tag = np.array([tags.index(clip.tag) for clip in self.clips])
        self._used = np.full(count, -1e9)
        self._tag_used = np.full(len(tags), -1e9)
        hands = np.array([clip.hands for clip in self.clips])
        self._both = hands.min(1) > BOTH
        self._own = np.where(hands[:, 0] > hands[:, 1], 0, 1)
        places = np.array([clip.wrists for clip in self.clips], np.float64)
        # By mirroring, then clip, then hand.
        self._places = np.stack([places, places[:, ::-1] * np.array([-1.0, 1.0, 1.0])])
        self._hands, self._elbow_heights = hands, np.array([clip.elbows for clip in self.clips])
        self._metaphoric = np.array([clip.kind in _METAPHORIC for clip in self.clips])
        self._preparation = np.array([clip.phases[2] - clip.phases[0] for clip in self.clips])
        self._speeds = np.array([max(clip.speed, 0.1) for clip in self.clips])
        self._among = neutral(self.clips) if worded else None
        self._styles: dict[int, tuple[Doubles, Doubles]] = {}
        self.take_style(style)
        self._last: npt.NDArray[np.float64] = self._places[0, 0]

    def take_style(self, style: Style) -> None:
        """Choose by another manner of gesturing from now on; what was seen before stays remembered."""
        if id(style) not in self._styles:
            places = self._places[0]
            space = self._fitting(np.ones(len(self.clips)), style, self._hands, places)
            self._styles[id(style)] = space, self._preference(style, self._hands, places, self._among, space)
        self._space, self._weight = self._styles[id(style)]
        self._fastest, self._hurried = fastest_hand(style), fastest_hand(style, sign=True)
        self._quickest = np.clip(self._fastest / self._speeds, SLOWEST_WARP, FASTEST_WARP)

    def _preference(
        self, style: Style, hands: Doubles, places: Doubles, among: npt.NDArray[np.bool_] | None, space: Doubles
    ) -> Doubles:
        """Return (C,) what the style and the settings think of every clip, of those alone that it is ``among``."""
        counts = Counter(clip.kind for clip in self.clips)
        weight = np.array([style.kinds.get(clip.kind, 0.0) / counts[clip.kind] for clip in self.clips])
        weight = self._fitting(weight, style, hands, places)
        if among is not None:
            return among * (weight if weight[among].any() else space)
        return weight if weight.any() else np.ones(len(self.clips))

    def _fitting(self, weight: Doubles, style: Style, hands: Doubles, places: Doubles) -> Doubles:
        """Return (C,) weights times how well every clip fits the style's gesture space and hands, and the posture."""
        share = hands / np.maximum(hands.sum(1, keepdims=True), 1e-6)
        heights = (places[:, :, 1] * share).sum(1)
        widths = (np.abs(places[:, :, 0]) * share).sum(1)
        self._heights, self._widths = heights - heights.mean(), widths - widths.mean()
        # Gesture space: a soft preference, so that a small library still gives variety.
        height = style.height
        if self.settings.posture == "seated":
            height = max(height, _LAP + 0.07)
        away = ((heights - height) / 0.13) ** 2 + ((widths - style.width) / 0.12) ** 2
        weight = weight * np.exp(-0.5 * np.minimum(away, 16.0))
        weight = weight * np.where(self._both, style.two_handed * (1 - 0.75 * abs(self.settings.handedness)), 1.0)
        # Elbows at the height of the shoulders are for shouting.
        elbows = np.where(hands > BOTH, self._elbow_heights, -1.0).max(1)
        weight = weight * np.exp(-_LOW_ELBOWS * np.maximum(elbows + 0.12, 0.0))
        if self.settings.posture == "seated":
            weight = weight * np.where(heights < _LAP, 1e-4, 1.0)
        return weight

    def choose(
        self, accent: Accent, room: float, chained: bool, mood: GestureMood | None = None,
        beside: tuple[str, ...] = (),
    ) -> tuple[Clip, bool, str, float]:  # fmt: skip
        """Return a clip, whether it is mirrored, the hand or hands it uses, and metres to get there.

        Parameters
        ----------
        room : float
            Seconds before the accent in which the hand can get there.
        chained : bool
            The hands are up, at the end of the last stroke.
        mood : GestureMood
            Which kinds of gesture the emotion prefers, and where.
        beside : tuple of str
            Meanings of what is directed nearby: no gesture with a contrary one is chosen.
        """
        if accent.meaning is not None:
            return self._choose_meaning(accent, accent.meaning.name, room, chained)
        strong = accent.strength >= STRONG or accent.place == "first"
        weight = self._weight * np.where(self._metaphoric == strong, 1.5, 0.6)
        if mood is not None:
            weight = weight * self._drawn_by(mood)
        for meaning in beside:
            weight = np.where(self._against(meaning), 0.0, weight)
        weight = weight * (np.minimum(1.0, ((accent.time - self._used) / _FORGET) ** 2) + 1e-5)
        weight *= np.minimum(1.0, 0.12 + (accent.time - self._tag_used[self._tag]) / 12.0)
        side = self._side(chained)
        flip = np.where(self._both, self.rng.uniform() < 0.5, self._own != side).astype(np.int64)
        places = self._places[flip, np.arange(len(self.clips))]
        distance = np.linalg.norm(places - self._last, axis=-1)
        distance = np.where(self._both, distance.max(1), distance[:, side])
        if chained:
            # Near enough to get there in time, but not the very same place again.
            peak = PEAK * distance / max(room, 0.2)
            weight *= np.exp(-_LEAP * np.maximum(peak / self._fastest - 0.7, 0)) * np.where(distance < 0.05, 0.5, 1.0)
            if self.hand == "both":
                weight *= np.where(self._both, 1.5, 0.8)
        else:
            short = self._preparation / self._quickest - room
            weight *= np.where(short > 0, 1e-6 * np.exp(-8 * np.maximum(short, 0)), 1.0)
        row = int(self.rng.choice(len(weight), p=weight / weight.sum()))
        self._used[row] = self._tag_used[self._tag[row]] = accent.time
        self._last = self._places[flip[row], row]
        self.hand = "both" if self._both[row] else SIDES[side]
        return self.clips[row], bool(flip[row]), self.hand, float(distance[row])

    def put(self, clip: Clip, mirrored: bool, time: float) -> tuple[str, float]:
        """Remember a clip that a person chose, and return the hand or hands it uses, and metres to get there."""
        row = clip.index
        side = int(self._own[row]) ^ int(mirrored)
        place = self._places[int(mirrored), row]
        away = np.linalg.norm(place - self._last, axis=-1)
        self._used[row] = self._tag_used[self._tag[row]] = time
        self._last = place
        self.hand = "both" if self._both[row] else SIDES[side]
        return self.hand, float(away.max() if self._both[row] else away[side])

    def _against(self, meaning: str) -> npt.NDArray[np.bool_]:
        """Return (C,) which clips say the contrary of a meaning, as they are or in a mirror."""
        if meaning not in self._contrary:
            self._contrary[meaning] = np.array(
                [
                    any(contrary(meaning, name) for mirrored in (False, True) for name in meanings_of(clip, mirrored))
                    for clip in self.clips
                ]
            )
        return self._contrary[meaning]

    def _drawn_by(self, mood: GestureMood) -> Doubles:
        """Return (C,) what an emotion thinks of every clip: its kind, and whether its hands are high and wide."""
        kinds = np.array([mood.kinds.get(clip.kind, 1.0) for clip in self.clips])
        return kinds * np.exp(np.clip(_DRAWN * (mood.height * self._heights + mood.width * self._widths), -3, 3))

    def _choose_meaning(self, accent: Accent, name: str, room: float, chained: bool) -> tuple[Clip, bool, str, float]:
        """Return what :meth:`choose` does for a word that is to be shown."""
        # (2, C): every clip as it is and in a mirror, where it shows the meaning.
        # A sign at the hip is no sign: what lies in the style's gesture space goes before more than for beats.
        weight = fits(self.clips, name) * (self._space**2 + 1e-5)
        weight = weight * (np.minimum(1.0, ((accent.time - self._used) / _FORGET) ** 2) + 1e-3)
        liked = 0.5 + 0.5 * self.settings.handedness
        right = np.stack([self._own == 1, self._own == 0])
        weight = weight * np.where(self._both, 1.0, np.where(right, liked, 1 - liked) + 1e-3)
        distance = np.linalg.norm(self._places - self._last, axis=-1)
        distance = np.where(self._both, distance.max(2), np.where(right, distance[..., 1], distance[..., 0]))
        if chained:
            peak = PEAK * distance / max(room, 0.2)
            weight = weight * np.exp(-6 * np.minimum(np.maximum(peak / self._hurried - 0.8, 0), 50))
        else:
            quickest = np.clip(self._hurried / self._speeds, SLOWEST_WARP, FASTEST_WARP)
            short = np.clip(self._preparation / quickest - room, 0, 10)
            weight = weight * np.exp(-8 * short)
        flat = weight.reshape(-1) + fits(self.clips, name).reshape(-1) * 1e-300
        flip, row = divmod(int(self.rng.choice(len(flat), p=flat / flat.sum())), len(self.clips))
        self._used[row] = self._tag_used[self._tag[row]] = accent.time
        self._last = self._places[flip, row]
        self.hand = "both" if self._both[row] else SIDES[int(right[flip, row])]
        return self.clips[row], bool(flip), self.hand, float(distance[flip, row])

    def _side(self, chained: bool) -> int:
        """Return which hand a one-handed gesture would use: 0 left, 1 right."""
        right = 0.5 + 0.5 * self.settings.handedness
        if self.hand in SIDES and 0.0 < right < 1.0 and self.rng.uniform() < (0.85 if chained else _KEEP_HAND):
            keep = right if self.hand == "right" else 1 - right
            if self.rng.uniform() < min(1.0, 2 * keep):
                return SIDES.index(self.hand)
        return int(self.rng.uniform() < right)
