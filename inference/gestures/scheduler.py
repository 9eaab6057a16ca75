"""Lays gesture phrases over a speech: what happens when, with which hand, how large and why.

Phrases follow Kendon ("Gesture: Visible Action as Utterance", 2004) and McNeill ("Hand and Mind", 1992): preparation,
stroke on the stressed syllable and never after it, a hold while the next accent is near, retraction when it is not.
Everything is decided in seconds; the frame rate plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..body.track import RestSpan
from ..direction.acts import REASON, ActRows, meanings_near
from ..emotion.bodily import GestureMood, Manner
from ..layers.arms import SEATED_RESTS
from ..layers.noise import layer_rng
from ..prosody import Prosody
from ..words.hands import with_meanings
from ..words.meaning import Meaning
from .accents import Accent, accents_of, choose_accents
from .casting import FASTEST_WARP, PEAK, SLOWEST_WARP, STRONG, Casting, fastest_hand
from .library import Clip, Library
from .phrases import GesturePhrase, GesturePlan, Pulse, TrunkTurn
from .planned import Planned, PlannedGesture, to_make
from .rests import POISED
from .settings import GestureSettings
from .styles import Style, style_at
from .timing import Cue, time_phrases

_EARLY = 0.015  # seconds, on average, by which the hand is ahead of the syllable
_STAYS_UP = 1.5
"""Seconds longer than a style's chains that hands stay up where there is no time to come up again."""
_PULSE_GAP = 0.25
_LEAST_SIGN = 0.9
"""Share of its recorded excursion that a gesture with a meaning has at least."""
_PIECE = 0.5
"""Seconds of the shortest piece of a phrase in which a style holds."""
_SEEN = 0.35
"""Seconds after a directed gesture's end in which no other one begins to strike."""
_TRACE = 0.5  # of a full beat, in hands at rest
BEATING = ("together", "wrist", POISED, *SEATED_RESTS)
"""Rests in which the hands go along with the accents."""


def plan(
    prosody: Prosody,
    settings: GestureSettings,
    arousal: npt.ArrayLike,
    duration: float,
    seed: int,
    library: Library,
    manner: Manner | None = None,
    meanings: Sequence[Meaning] | None = None,
    rests: tuple[RestSpan, ...] = (),
    given: Planned | None = None,
    only_pinned: bool = False,
    acts: ActRows = (),
) -> GesturePlan:
    """Decide on the gestures of a whole recording.

    Parameters
    ----------
    arousal : float or (T,) array
        -1..1, spread evenly over the recording.
    duration : float
        Seconds.
    manner : Manner
        How the emotion has hands gesture, in the place of arousal alone.
    meanings : sequence of Meaning, optional
        What words call for a gesture, where the words are known: the hands then show those meanings and no others.
    rests : tuple of RestSpan
        Where the hands lie between the gestures.
    given : tuple of PlannedGesture, optional
        The gestures to make, in the place of any that would be drawn: those of a plan come out as they were.
    only_pinned : bool
        Of those given only the pinned ones are kept; the others are drawn around them.
    acts : rows
        What is directed at moments; nothing is drawn there that says the contrary.

    Returns
    -------
    GesturePlan
        The same for the same arguments; without accents it is empty.

    Raises
    ------
    SoliloquyError
        When a gesture is given that the library has not, or one that is not within the recording.
    """
    excited = np.atleast_1d(np.asarray(arousal, np.float64))
    kept = to_make(given, library, duration, only_pinned=only_pinned)
    draws = given is None or only_pinned
    if not kept and (settings.rate == 0 or not draws or not (len(prosody.accent_times) or meanings)):
        return GesturePlan((), (), (), duration, seed, settings, rests)

    def mood_at(second: float) -> GestureMood:
        share = second / max(duration, 1e-6)
        if manner is not None:
            return manner.at(share)
        place = min(max(share, 0.0), 1.0) * (len(excited) - 1)
        arousal = float(np.clip(np.interp(place, np.arange(len(excited)), excited), -1, 1))
        return GestureMood(size=1 + 0.12 * arousal, speed=1 + 0.15 * arousal, rate=1 + 0.3 * arousal)

    prosody = _cut(prosody, [time for time, _ in settings.style_track])
    accents = accents_of(prosody, duration)
    middles = [(start + stop) / 2 for start, stop in prosody.phrases]
    rates = [style_at(settings, middle).rate * settings.rate * mood_at(middle).rate for middle in middles]
    chosen: list[Accent] = []
    if draws and settings.rate > 0:
        wide = float(np.clip(settings.rate, 0.8, 1.3))
        gaps = [style_at(settings, middle).gap / wide for middle in middles]
        chosen = choose_accents(prosody, accents, rates, gaps, layer_rng(seed, "gesture accents"))
        if meanings:
            chosen = with_meanings(chosen, meanings, library.clips, style_at(settings, 0.0).gap, duration)
        chosen = [accent for accent in chosen if _clear_of_all(accent.time, kept, settings)]
    casting = Casting(
        library, style_at(settings, 0.0), settings, layer_rng(seed, "gesture clips"), meanings is not None
    )
    cues = _cast(chosen, casting, settings, mood_at, layer_rng(seed, "gesture timing"), kept, acts)
    phrases = time_phrases(cues, np.array([accent.time for accent in accents]), settings, duration, rests)
    seated = settings.posture == "seated"
    phrases = [_carried(phrase, mood_at(phrase.emphasis), seated) for phrase in phrases]
    pulses = _pulses(phrases, accents, settings, rests, layer_rng(seed, "gesture beats"))
    pulses = sorted([*pulses, *_strikes(phrases, mood_at)], key=lambda pulse: pulse.time)
    turns = _turns(prosody, settings, duration, layer_rng(seed, "gesture posture"))
    planned = tuple(cue.planned(phrase) for cue, phrase in zip(cues, phrases, strict=True))
    return GesturePlan(tuple(phrases), tuple(pulses), tuple(turns), duration, seed, settings, rests, planned)


def _cast(
    chosen: list[Accent], casting: Casting, settings: GestureSettings, mood_at: Callable[[float], GestureMood],
    timing: np.random.Generator, kept: list[tuple[PlannedGesture, Clip]], acts: ActRows,
) -> list[Cue]:  # fmt: skip
    rng = casting.rng
    cues: list[Cue] = []
    waiting = list(reversed(kept))
    for accent in chosen:
        while waiting and waiting[-1][0].on < accent.time:
            cues.append(_given_cue(*waiting.pop(), cues[-1] if cues else None, casting, settings, mood_at))
        mood, style = mood_at(accent.time), style_at(settings, accent.time)
        casting.take_style(style)
        speed = style.speed * mood.speed * float(rng.normal(1.0, 0.05))
        speed = float(np.clip(speed, SLOWEST_WARP, FASTEST_WARP))
        size = style.amplitude * mood.size
        size *= (0.85 + 0.2 * accent.strength) * float(rng.normal(1.0, 0.06))
        size = float(np.clip(size, 0.25, 1.25))
        if accent.meaning is not None:
            # A sign that is made by halves says something else.
            size = max(size, _LEAST_SIGN)
        since = accent.time - cues[-1].time if cues else 1e9
        chain = style.chain + mood.stay
        chained = since <= chain
        room = _room(accent.time, since, chained)
        clip, mirror, hand, distance = casting.choose(accent, room, chained, mood, meanings_near(acts, accent.time))
        quickest = _quickest(clip, size, style, accent.meaning is not None)
        speed = min(speed, quickest)
        preparation = clip.phases[2] - clip.phases[0]
        if not chained and preparation / quickest > room:
            # No time to come up from rest: stay up instead, or let this accent pass.
            if not cues or since > chain + _STAYS_UP:
                continue
            chained = True
        early = float(abs(rng.normal(0.0, _EARLY)))
        kind = "strong accent" if accent.strength >= STRONG else "accent"
        why = f"{kind} ({accent.strength:.2f}) at {accent.time:.2f} s, {accent.place} of its phrase"
        if accent.meaning is not None:
            why = f"{accent.meaning.why}, said at {accent.meaning.start:.2f} s"
        cues.append(
            Cue(
                accent.time - min(early, 0.03),
                accent.strength,
                clip,
                mirror,
                hand,
                size,
                speed,
                quickest,
                chained,
                _journey(distance, style),
                why,
                accent.meaning is not None,
                accent.time,
                chances=tuple(float(chance) for chance in timing.uniform(size=4)),
            )
        )
    while waiting:
        cues.append(_given_cue(*waiting.pop(), cues[-1] if cues else None, casting, settings, mood_at))
    return cues


def _cut(prosody: Prosody, changes: list[float]) -> Prosody:
    """Return the prosody with every phrase of speech cut where the style changes within it."""
    pieces = list[tuple[float, float]]()
    for start, stop in prosody.phrases:
        edges = [float(start), *(time for time in changes if start + _PIECE < time < stop - _PIECE), float(stop)]
        pieces += pairwise(edges)
    return replace(prosody, phrases=np.array(pieces)) if len(pieces) > len(prosody.phrases) else prosody


def _clear_of_all(time: float, kept: list[tuple[PlannedGesture, Clip]], settings: GestureSettings) -> bool:
    gap = style_at(settings, time).gap
    return all(_clear(time, item, clip, gap) for item, clip in kept)


def _clear(time: float, item: PlannedGesture, clip: Clip, gap: float) -> bool:
    """Tell whether an accent leaves a gesture the time that it needs; one that is directed is seen to its end."""
    _, _, hit, stroke, _ = clip.phases
    after = max(gap, stroke - hit + _SEEN) if item.why.startswith(REASON) else gap
    return item.on - time >= gap or time - item.on >= after


def _given_cue(
    item: PlannedGesture, clip: Clip, before: Cue | None, casting: Casting, settings: GestureSettings,
    mood_at: Callable[[float], GestureMood],
) -> Cue:  # fmt: skip
    """Return the stroke that a planned gesture is after the one before it."""
    style = style_at(settings, item.on)
    since = item.on - before.time if before is not None else 1e9
    chain = style.chain + mood_at(item.on).stay
    chained = since <= chain
    quickest = _quickest(clip, item.size, style, item.sign)
    if not chained and (clip.phases[2] - clip.phases[0]) / quickest > _room(item.on, since, chained):
        # A gesture that somebody wants is made, from rest in a hurry if need be.
        chained = since <= chain + _STAYS_UP
    hand, distance = casting.put(clip, item.mirrored, item.on)
    return Cue(
        item.time, item.strength, clip, item.mirrored, hand, item.size, min(item.speed, quickest), quickest, chained,
        _journey(distance, style), item.why, item.sign, item.on, item.pinned, item.chances,
    )  # fmt: skip


def _room(time: float, since: float, chained: bool) -> float:
    """Return seconds in which the hands can get to an accent, ``since`` seconds after the last one."""
    return since - min(0.3, 0.3 * since) if chained else min(time - 0.05, since - 1.2)


def _quickest(clip: Clip, size: float, style: Style, sign: bool) -> float:
    """Return how many times as fast as recorded a clip may be: a fast recording is not sped up beyond what hands do."""
    return float(np.clip(fastest_hand(style, sign) / max(clip.speed * size, 0.1), SLOWEST_WARP, FASTEST_WARP))


def _journey(distance: float, style: Style) -> float:
    """Return seconds that a raised hand needs for so many metres."""
    return PEAK * distance / fastest_hand(style)


def _pulses(
    phrases: list[GesturePhrase], accents: list[Accent], settings: GestureSettings,
    rests: tuple[RestSpan, ...], rng: np.random.Generator,
) -> list[Pulse]:  # fmt: skip
    """Return small beats on the accents that fall into holds, and a trace of them where the hands rest."""
    pulses: list[Pulse] = []
    before = -1.0
    row = 0
    for accent in accents:
        chance, size, weaker, swap = rng.uniform(size=4)
        style = style_at(settings, accent.time)
        # Phrases may overlap where one hand goes back; the last to have begun is the one that is seen.
        while row + 1 < len(phrases) and phrases[row + 1].start < accent.time + _PULSE_GAP:
            row += 1
        phrase = phrases[row] if phrases else None
        if accent.time - before < _PULSE_GAP:
            continue
        busy = phrase is not None and phrase.start - _PULSE_GAP < accent.time < phrase.end + 0.1
        if phrase is not None and phrase.emphasis + _PULSE_GAP < accent.time <= phrase.hold_end + 0.05:
            if chance > style.beats * (0.65 + 0.35 * accent.strength) * min(settings.rate, 1.5):
                continue
            strength = phrase.amplitude * (0.55 + 0.65 * accent.strength) * (0.8 + 0.4 * float(size))
            left = 1.0 if phrase.hand in ("left", "both") else 0.0
            right = 1.0 if phrase.hand in ("right", "both") else 0.0
            if left and right:
                less = 0.4 + 0.5 * float(weaker)
                left, right = (less, 1.0) if swap < 0.5 + 0.5 * settings.handedness else (1.0, less)
        elif not busy and chance < style.beats and (rest := _rest_at(rests, accent.time)) in BEATING:
            trace = _TRACE * (0.4 + 0.6 * accent.strength)
            pulses.append(Pulse(accent.time, trace, 1.0, 1.0, together=True, lying=rest in SEATED_RESTS))
            before = accent.time
            continue
        else:
            continue
        before = accent.time
        pulses.append(Pulse(accent.time, strength, left, right))
    return pulses


def _carried(phrase: GesturePhrase, mood: GestureMood, seated: bool) -> GesturePhrase:
    """Return a phrase whose hands are where the emotion wants them; what shows a word is made as it was recorded, and
    below the hands of somebody who sits are the thighs."""
    lift = max(mood.height, 0.0) if seated else mood.height
    return phrase if phrase.sign else replace(phrase, lift=lift, spread=mood.width)


def _strikes(phrases: list[GesturePhrase], mood_at: Callable[[float], GestureMood]) -> list[Pulse]:
    """Return the blows with which an emotion has gestures come down on their accents."""
    found: list[Pulse] = []
    for phrase in phrases:
        hard = mood_at(phrase.emphasis).strike * (0.5 + 0.5 * phrase.strength)
        if hard > 0 and not phrase.sign:
            left, right = (float(use.amplitude > 0) for use in (phrase.left, phrase.right))
            found.append(Pulse(phrase.emphasis, hard, left, right))
    return found


def _rest_at(rests: tuple[RestSpan, ...], second: float) -> str:
    """Return where the hands have lain for a while, nothing where they change place."""
    for place, span in enumerate(rests):
        until = rests[place + 1].start if place + 1 < len(rests) else np.inf
        if (span.start + 1.2 * span.length if place else -np.inf) <= second < until:
            return span.name
    return ""


def _turns(prosody: Prosody, settings: GestureSettings, duration: float, rng: np.random.Generator) -> list[TrunkTurn]:
    """Return small turns of the trunk where a phrase of speech ends."""
    turns: list[TrunkTurn] = []
    last = -2.0
    for _, stop in prosody.phrases:
        start = float(stop) + float(rng.uniform(-0.25, 0.1))
        length = float(rng.uniform(0.8, 1.4))
        yaw, lean, side = rng.normal(0.0, 1.0, 3)
        if start - last < 1.6 or start >= duration or rng.uniform() < 0.25:
            continue
        last, style = start, style_at(settings, start)
        target = (0.45 * style.shift * float(np.clip(lean, -1.5, 1.5)), style.shift * float(np.clip(yaw, -1.6, 1.6)),
                  0.35 * style.shift * float(np.clip(side, -1.5, 1.5)))  # fmt: skip
        turns.append(TrunkTurn(max(start, 0.0), max(start, 0.0) + length, target))
    return turns
