"""Where hands that do nothing lie, and when they change to another place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..body.track import RestSpan
from ..emotion.bodily import Manner
from ..layers.arms import SEATED_RESTS
from ..layers.noise import Doubles, layer_rng, quintic
from ..prosody import Prosody
from .settings import GestureSettings
from .styles import style_at

_INSTEAD = {
    "seated": {
        "together": "lap",
        "wrist": "lap",
        "behind": "lap",
        "hip": "thighs",
        "pockets": "thighs",
        "sides": "thighs",
    },
    "standing": {"lap": "together", "thighs": "sides"},
}
POISED = "ready"
"""Hands that wait before the body for the next gesture; only an emotion has them there."""
_DWELL = (9.0, 22.0)  # seconds
_BRIEF = {POISED: 0.6, "sides": 0.5, "crossed": 0.6, "hip": 0.7}
"""Shares of the time that hands stay in a place they tire of."""
_NEAR = 3.0  # seconds by which a change waits for a pause, or comes early for it
_CHANGE = (1.1, 1.9)  # seconds


def plan_rests(
    prosody: Prosody, settings: GestureSettings, duration: float, seed: int, manner: Manner | None = None
) -> tuple[RestSpan, ...]:
    """Return where the hands lie from when on: one place if the settings name it, else what the style chooses.

    Hands change place where a phrase of speech ends, if one does; from before the body to behind it they go by the
    sides.

    Parameters
    ----------
    duration : float
        Seconds.
    manner : Manner, optional
        Where the emotion would rather have them.
    """
    rng = layer_rng(seed, "rests")
    mirrored = bool(rng.uniform() < 0.5 - 0.5 * settings.handedness)
    if settings.rest != "auto" and not settings.rest_track:
        named = _INSTEAD[settings.posture].get(settings.rest, settings.rest)
        return (RestSpan(0.0, _CHANGE[0], named, mirrored),)
    changes = [time for time, _ in (*settings.rest_track, *settings.style_track)]
    stops = prosody.phrases[:, 1] if len(prosody.phrases) else np.zeros(0)
    spans: list[RestSpan] = []
    now = 0.0
    while now < duration:
        following = min((time for time in changes if time > now), default=np.inf)
        wanted = settings.at("rest", now)
        if wanted == "auto":
            shares = _shares(settings, now)
            if manner is not None:
                mood = manner.at(now / max(duration, 1e-6))
                felt = {name: share * mood.rests.get(name, 1.0) for name, share in shares.items()}
                if settings.posture == "standing":
                    felt[POISED] = max(mood.poised, 0.0)
                shares = {name: share for name, share in felt.items() if share > 0} or shares
            names = [name for name in shares if not spans or name != spans[-1].name] or list(shares)
            weights = np.array([shares[name] for name in names])
            name = str(rng.choice(names, p=weights / weights.sum()))
            if spans and rng.uniform() < 0.3:
                mirrored = not mirrored
        else:
            name = _INSTEAD[settings.posture].get(wanted, wanted)
            if spans and spans[-1].name == name:
                now = following
                continue
        length = float(rng.uniform(*_CHANGE))
        if spans and "behind" in (name, spans[-1].name) and "sides" not in (name, spans[-1].name):
            spans.append(RestSpan(now, 0.7 * length, "sides", mirrored))
            now += 0.6 * length
        spans.append(RestSpan(now, length, name, mirrored))
        if wanted != "auto":
            now = max(following, spans[-1].start + length)
            continue
        now += float(rng.uniform(*_DWELL)) * _BRIEF.get(name, 1.0)
        waiting = stops[np.abs(stops - now) < _NEAR]
        if len(waiting):
            now = float(waiting[np.abs(waiting - now).argmin()])
        now = max(now, spans[-1].start + 2.5 * length)
        # What is directed does not wait for the hands to tire of where they are.
        now = min(now, max(following, spans[-1].start + length))
    return tuple(spans)


def poised(spans: Sequence[RestSpan], times: Doubles) -> Doubles:
    """Return (n,) how far hands that do nothing wait before the body, 0..1."""
    share = np.zeros(len(times))
    for place, span in enumerate(spans):
        arrived = quintic((times - span.start) / span.length) if place else 1.0
        share += arrived * (float(span.name == POISED) - share)
    return share


def _shares(settings: GestureSettings, second: float) -> dict[str, float]:
    """Return the rests that the style likes at a second and the posture has, and how much."""
    return {
        name: share
        for name, share in style_at(settings, second).rests.items()
        if ((name in SEATED_RESTS) == (settings.posture == "seated"))
    }
