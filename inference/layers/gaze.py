"""Gaze: fixations joined by saccades, eyes that hold their target while the head moves, and lids that go along.

Saccades last 21 ms and 2.2 ms more per degree (the main sequence: Bahill, Clark and Stark, 1975; figures as in Lee,
Badler and Badler, "Eyes Alive", 2002). Speakers look away when they begin to speak and in hesitations, and back at the
listener as they come to an end (Kendon 1967, "Some functions of gaze-direction in social interaction"); looking away
frees the mind for finding words (Glenberg, Schroeder and Robertson 1998, "Averting the gaze disengages the environment
and facilitates remembering").

How far eyes turn, and what ties them to coefficients, is in ``inference/eye_look.py``.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..easing import s_curve
from ..emotion.bodily import added, factor
from ..eye_aim import eye_rotations as eye_rotations
from ..eye_aim import head_frames as head_frames
from ..eye_look import HORIZONTAL_LIMIT, VERTICAL_LIMIT
from ..prosody import Prosody
from ..skeleton import JOINT_INDEX
from .noise import Doubles, smooth_noise

LISTENER_DISTANCE = 1.2
"""Metres in front of the eyes where the listener's face is."""
_HEAD_LIMIT = np.radians([25.0, 60.0])
_EASY = np.radians([4.0, 6.0])  # down and sideways: what the eyes do alone
_HEAD_SHARE = 0.6
HELD_SHARE = 0.7
"""Part that the head takes of the way to somebody who is looked at for long, besides what the trunk takes."""
_COMFORTABLE = 0.6
"""Part of the eyes' limits to which they go while the head moves with the voice: beyond, lids droop or white shows."""
_GOES_ALONG = 0.3
"""Part of a glance aside that the head makes too."""
_FACE = ((0.2, 1.5), (0.2, -1.5), (3.0, 0.0))
"""Degrees (down, left) of a listener's eyes and mouth, at arm's length and a half."""
_FACE_SHARES = (0.4, 0.38, 0.22)
_CYCLE = 4.4  # seconds from one look at the listener to the next, typically
_SHORTEST_STAY = 0.3
_TURN = 0.7  # seconds of silence before a phrase that starts a turn
_ALWAYS = 0.985
_HEAD_LATE = 0.12  # seconds
_JUMP = 5.0  # degrees from one frame to the next by which a place is another one's
_SETTLED = 0.4  # seconds after which contact that is directed anew is what it shall be


def _saccade(degrees: Doubles) -> Doubles:
    """Return how long saccades last, in seconds."""
    return 0.021 + 0.0022 * degrees


@dataclass(frozen=True)
class GazePlan:
    """Where the eyes rest, as degrees (down, left) from the listener's face."""

    starts: Doubles
    """(S,) seconds at which each saccade starts; the first is 0."""
    places: Doubles
    """(S, 2) degrees that it leads to."""
    away: npt.NDArray[np.bool_]
    """(S,) whether it leads away from the listener."""
    firm: npt.NDArray[np.bool_] | None = None
    """(S,) whether somebody directed it, so that it is made whole however little the eyes dart; None: none is."""

    def large_shifts(self, degrees: float = 8.0) -> Doubles:
        """Return the instants of large movements, in seconds."""
        steps = np.linalg.norm(np.diff(self.places, axis=0, prepend=self.places[:1]), axis=1)
        return self.starts[steps > degrees]

    def at(self, times: Doubles) -> Doubles:
        """Return (T, 2) degrees."""
        number = np.searchsorted(self.starts, times, side="right") - 1
        now, before = self.places[number], self.places[np.maximum(number - 1, 0)]
        lasts = _saccade(np.linalg.norm(now - before, axis=1))
        part = s_curve((times - self.starts[number]) / np.clip(lasts, 0.02, 0.08))
        return before + (now - before) * part[:, None]

    def head_goes_along(self, times: Doubles) -> Doubles:
        """Return (T, 2) radians (down, left) by which the head follows the eyes when they leave the listener."""
        step = float(times[1] - times[0]) if len(times) > 1 else 1.0
        number = np.searchsorted(self.starts, times, side="right") - 1
        aside = np.where(self.away[number, None], self.places[number], 0.0)
        return np.radians(_GOES_ALONG * gaussian_filter1d(aside, 0.18 / step, axis=0, mode="nearest"))


@dataclass(frozen=True)
class GazeMood:
    """What decides where somebody looks, at moments spread evenly over a recording."""

    contact: Doubles
    """(T,) 0..1 share of the time in which the eyes are on the listener; :attr:`pace` (T,) times as many movements."""
    pace: Doubles
    aside: Doubles
    """(T, 2) degrees (down, left) to which they rather go when they leave."""
    changes: tuple[float, ...] = ()
    """Seconds, rising, at which the contact is directed anew: what the eyes do there does not wait for a phrase."""

    def at(self, share: float) -> tuple[float, float, Doubles]:
        """Return contact, pace and aside at a part 0..1 of the recording."""
        row = round(min(max(share, 0.0), 1.0) * (len(self.contact) - 1))
        return float(self.contact[row]), float(self.pace[row]), self.aside[row]


def usual_place(
    poses: npt.NDArray[np.float32], trans: npt.NDArray[np.float32], joints: npt.NDArray[np.floating[Any]], seated: bool
) -> Doubles:
    """Return (3,) metres: the middle between the eyes of a (T, 165) body, before its head turns.

    Who sits is spoken to at its own height: at that of somebody standing its eyes would roll up under the lids.
    """
    if seated:
        return np.median(head_frames(poses, trans, joints)[1].mean(1), axis=0)
    return np.mean([joints[JOINT_INDEX[f"{side}_eye_smplhf"]] for side in ("left", "right")], axis=0).astype(np.float64)


def mood_of(feeling: Doubles, eye_contact: float | Doubles, changes: tuple[float, ...] = ()) -> GazeMood:
    """Return the mood for the setting Eye Contact, (T,) where it changes, under (T, 8) emotions of the body."""
    odds = eye_contact * factor(feeling, "contact")
    return GazeMood(np.clip(odds, 0, 1), factor(feeling, "gaze_pace"), added(feeling, "gaze"), changes)


def plan_gaze(duration: float, prosody: Prosody, rng: np.random.Generator, mood: GazeMood) -> GazePlan:
    """Return fixations: on the listener's eyes and mouth, away while thinking and at the start of a turn."""
    starts, places, away = [0.0], [np.zeros(2)], [False]
    for start, stop, leaving in _stretches(duration, prosody, rng, mood):
        now, home = start, np.zeros(2)
        if leaving:
            home = _aside(mood.at(start / duration)[2], rng)
        while now < stop:
            _, pace, _ = mood.at(now / duration)
            if leaving:
                place = home if now == start else home + rng.standard_normal(2) * [1.5, 2.5]
            else:
                place = np.array(_FACE[int(rng.choice(len(_FACE), p=_FACE_SHARES))]) + 0.35 * rng.standard_normal(2)
            starts.append(now)
            places.append(place)
            away.append(leaving)
            stay = (0.75 if leaving else 1.0) * float(np.exp(0.5 * rng.standard_normal())) / max(pace, 0.2)
            now += float(np.clip(stay, 0.3, 3.0))
            if stop - now < 0.25:
                break
    return GazePlan(np.array(starts), np.array(places), np.array(away))


def _stretches(
    duration: float, prosody: Prosody, rng: np.random.Generator, mood: GazeMood
) -> list[tuple[float, float, bool]]:
    """Return start, stop and whether the eyes are away, one stretch after the other."""
    onsets, ends = prosody.phrases[:, 0], prosody.phrases[:, 1]
    silence = np.diff(np.concatenate([[-10.0], np.stack([onsets, ends], 1).ravel()]))[::2]
    # People look away as they begin to speak and where they search for words, and back as they come to an end.
    leave = np.sort(np.concatenate([onsets[silence > _TURN] - 0.35, ends[:-1] + 0.05]))
    back = ends - 0.35
    found: list[tuple[float, float, bool]] = []
    now, leaving = 0.0, False
    while now < duration:
        change = next((time for time in mood.changes if time > now), duration)
        contact, pace, _ = mood.at(now / duration)
        if now in mood.changes:
            contact = mood.at(min(now + _SETTLED, duration) / duration)[0]
            leaving = contact < 0.5
        spread = float(np.exp(0.35 * rng.standard_normal())) / max(pace, 0.5) ** 0.5
        if contact > _ALWAYS and not leaving:
            found.append((now, change, False))
            now = change
            continue
        length = _CYCLE * spread * float(np.clip(1 - contact if leaving else contact, 0.02, 1.0))
        moments = back if leaving else leave
        coming = moments[(moments > now + 0.6 * length) & (moments < now + 1.5 * length)]
        stop = now + length if not len(coming) else float(coming[np.abs(coming - now - length).argmin()])
        stop = min(max(stop, now + _SHORTEST_STAY), change, duration)
        found.append((now, stop, leaving))
        now, leaving = stop, not leaving
    return found


def _aside(wanted: Doubles, rng: np.random.Generator) -> Doubles:
    """Return degrees (down, left) of a glance away: where a mood draws the eyes, else to a side, seldom straight up."""
    size, angle = rng.uniform(8.0, 15.0), rng.uniform(0, 2 * np.pi)
    place = size * np.array([0.55 * np.sin(angle) + 0.1, np.cos(angle)])
    drawn = float(np.clip(np.linalg.norm(wanted) / 8.0, 0, 1))
    # Glances go to either side of the face, whichever the mood prefers.
    side = 1.0 if rng.uniform() < 0.75 else -1.0
    return (1 - drawn) * place + drawn * (np.asarray(wanted) * [1.0, side] + rng.standard_normal(2) * [1.5, 2.5])


def turned_to(points: Doubles, eyes: Doubles, fps: float) -> tuple[Doubles, Doubles]:
    """Return a path (T, 3) on which the eyes pass from one listener to the next, and the seconds at which they do.

    Parameters
    ----------
    points : (T, 3) array
        Where the listener is; it jumps where somebody else becomes the listener.
    eyes : (3,) array
        Between the character's eyes at rest.
    """
    away = points - eyes
    away = away / np.maximum(np.linalg.norm(away, axis=1), 1e-6)[:, None]
    degrees = np.degrees(np.arccos(np.clip((away[1:] * away[:-1]).sum(1), -1, 1)))
    path = points.copy()
    jumps: list[int] = [int(frame) + 1 for frame in np.flatnonzero(degrees > _JUMP)]
    for frame in jumps:
        lasts = float(_saccade(degrees[frame - 1])) * fps
        passing = np.arange(frame, min(frame + int(np.ceil(lasts)), len(points)))
        part = s_curve((passing - frame + 1) / (lasts + 1))[:, None]
        path[passing] = (1 - part) * points[frame - 1] + part * points[passing]
    return path, np.array(jumps, np.float64) / fps


def followed(points: Doubles, fps: float) -> Doubles:
    """Return (T, 3) places as the head goes after them: the eyes lead."""
    late = min(round(_HEAD_LATE * fps), len(points) - 1)
    return np.concatenate([np.repeat(points[:1], late, axis=0), points[: len(points) - late]])


def free_points(
    times: Doubles, plan: GazePlan, listener: Doubles, eyes: Doubles, darts: float, rng: np.random.Generator
) -> Doubles:
    """Return (T, 3) points to look at, in the character's frame, around the face of a listener.

    Parameters
    ----------
    listener : (T, 3) array
        Where the listener's eyes are, or the camera.
    eyes : (3,) array
        Between the character's eyes at rest.
    """
    drift = 0.12 * smooth_noise(times, 0.6, rng, 2)
    if plan.firm is None:
        degrees = darts * (plan.at(times) + drift)
    else:
        sizes = np.where(plan.firm, 1.0, darts)[:, None]
        degrees = replace(plan, places=sizes * plan.places).at(times) + darts * drift
    to_listener = listener - eyes
    far = np.maximum(np.linalg.norm(to_listener, axis=1), 0.2)
    down = np.arctan2(-to_listener[:, 1], np.hypot(to_listener[:, 0], to_listener[:, 2]))
    left = np.arctan2(to_listener[:, 0], to_listener[:, 2])
    down, left = down + np.radians(np.clip(degrees[:, 0], -25, 25)), left + np.radians(np.clip(degrees[:, 1], -25, 25))
    direction = np.stack([np.sin(left) * np.cos(down), -np.sin(down), np.cos(left) * np.cos(down)], 1)
    return eyes + far[:, None] * direction


def head_share(points: Doubles, rotation: Doubles, eyes: Doubles, fps: float, *, part: float = _HEAD_SHARE) -> Doubles:
    """Return (T, 2) radians (down, left) by which the head turns towards what is looked at.

    The eyes go alone to what is near; beyond, the head takes a part, and all that the eyes cannot reach.
    """
    local = np.einsum("tji,tj->ti", rotation, points - eyes.mean(1))
    down = np.arctan2(-local[:, 1], np.hypot(local[:, 0], local[:, 2]))
    left = np.arctan2(local[:, 0], local[:, 2])
    wanted = np.stack([down, left], 1)
    beyond = np.sign(wanted) * np.maximum(np.abs(wanted) - _EASY, 0)
    # What the eyes can add, with a margin for the head lagging behind.
    limit = 0.8 * np.array([VERTICAL_LIMIT, HORIZONTAL_LIMIT])
    share = np.sign(wanted) * np.maximum(np.abs(beyond) * part, np.abs(wanted) - limit)
    share = np.clip(share, -_HEAD_LIMIT, _HEAD_LIMIT)
    return np.asarray(gaussian_filter1d(share, 0.12 * fps, axis=0, mode="nearest"), np.float64)


def kept_in_sight(towards: Doubles, turned: Doubles, fps: float) -> Doubles:
    """Return (T, 2) radians (down, left) by which a head that moves with the voice comes back to the listener.

    Parameters
    ----------
    towards : (T, 3) array
        From the eyes to the listener, as the trunk stands upright.
    turned : (T, 2) array
        Where the head has turned, radians; beyond it the eyes make up for no more than is comfortable.
    """
    down = np.arctan2(-towards[:, 1], np.hypot(towards[:, 0], towards[:, 2]))
    wanted = np.stack([down, np.arctan2(towards[:, 0], towards[:, 2])], 1) - turned
    comfortable = _COMFORTABLE * np.array([VERTICAL_LIMIT, HORIZONTAL_LIMIT])
    beyond = np.sign(wanted) * np.maximum(np.abs(wanted) - comfortable, 0)
    return np.asarray(gaussian_filter1d(beyond, 0.12 * fps, axis=0, mode="nearest"), np.float64)
