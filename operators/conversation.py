"""Whom a character speaks with, moment by moment: who has a line looks at who spoke before, the others at who speaks.

Listeners' eyes turn to who begins to speak, and speakers' to who is to go on (Kendon 1967, "Some functions of
gaze-direction in social interaction"; Vertegaal et al. 2001, "Eye gaze patterns in conversations").
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..rigs.strips import scene_fps
from . import speakers
from .choice import anchor
from .emotion_properties import own_direction
from .looking import Points, listener_points, place_in_sight, points_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..rigs.rig import Rig

_NOTICED = 0.25  # seconds after which eyes turn to who begins to speak
_HANDED_ON = 0.35  # seconds before the end of one's own line at which one looks at who goes on
_NEXT = 1.5  # seconds of silence after which the next line no longer answers
_SHORT = 0.6  # seconds of a line that draws nobody's eyes: a "yes" in between
_ROUND = (4.0, 2.5)  # seconds of one's own line for who is answered and for each of the others, in turn
_SIDEWAYS = np.radians(65.0)
"""How far aside of straight ahead somebody may stand who is spoken with: further, the head does not turn."""
_BEFORE = np.radians(50.0)
"""How far aside somebody may stand who is spoken to though nothing says that it speaks."""


@dataclass(frozen=True)
class Turn:
    """A line of a conversation."""

    who: int
    """Number of the speaker; 0 is the one whose eyes are asked about."""
    start: float
    stop: float
    """Seconds."""


def attention(turns: Sequence[Turn], seconds: float, fps: float) -> list[int]:
    """Return whom speaker 0 looks at in every frame, from second 0 on.

    Parameters
    ----------
    turns : sequence of Turn
        At least one of somebody else's. Those before second 0 and after the end count: who spoke last is looked at, and
        before anybody did, who will be the first.
    seconds, fps : float
        How long, and frames per second.
    """
    ordered = sorted(turns, key=lambda turn: turn.start)
    own = [turn for turn in ordered if turn.who == 0]
    others = [turn for turn in ordered if turn.who and turn.stop - turn.start >= _SHORT] or [
        turn for turn in ordered if turn.who
    ]
    handed = _handed_on(own, [turn.start for turn in others])
    rounds = [turn.start + part for turn in own for part in _parts(min(turn.stop, seconds) - turn.start)]
    moments = [0.0, *rounds, *(turn.start + _NOTICED for turn in others), *(turn.stop for turn in ordered)]
    moments += [moment for start, stop, _ in handed for moment in (start, stop)]
    moments = sorted({moment for moment in moments if 0 <= moment < seconds} | {0.0})
    looked_at = np.array([_at(moment, own, others, handed) for moment in moments])
    # A frame's worth of rounding must not put a frame before the moment that it stands for.
    times = np.arange(max(1, round(seconds * fps))) / fps + 1e-6
    return [int(who) for who in looked_at[np.searchsorted(moments, times, side="right") - 1]]


def _handed_on(own: list[Turn], starts: list[float]) -> list[tuple[float, float, int]]:
    """Return first and last second of each stretch at the end of one's own line, and which line of others follows."""
    found: list[tuple[float, float, int]] = []
    for turn in own:
        number = bisect_left(starts, turn.stop - _HANDED_ON)
        if number < len(starts) and starts[number] - turn.stop < _NEXT:
            found.append((turn.stop - _HANDED_ON, starts[number] + _NOTICED, number))
    return found


def _at(time: float, own: list[Turn], others: list[Turn], handed: list[tuple[float, float, int]]) -> int:
    for start, stop, following in handed:
        if start <= time < stop:
            return others[following].who
    begun = [turn for turn in others if turn.start + _NOTICED <= time]
    mine = next((turn for turn in own if turn.start <= time < turn.stop), None)
    if mine is None:
        speaking = [turn for turn in begun if time < turn.stop]
        return (speaking or begun or others[:1])[-1].who
    # In the order in which they last spoke before this line; who has not spoken yet comes after.
    before = [turn.who for turn in reversed(others) if turn.start < mine.start]
    partners = list(dict.fromkeys([*before, *(turn.who for turn in others)]))
    return _addressed(time - mine.start, partners)


def _parts(seconds: float) -> list[float]:
    """Return the seconds of one's own line at which the eyes go to somebody else."""
    rounds = np.arange(0.0, max(seconds, 0.0), sum(_ROUND))
    return [*rounds, *(rounds + _ROUND[0])]


def _addressed(spoken: float, partners: list[int]) -> int:
    """Return who is looked at after some seconds of one's own line: who is answered, now and then each of the rest."""
    answered, *rest = partners
    number, within = divmod(spoken + 1e-6, sum(_ROUND))
    return answered if within < _ROUND[0] or not rest else rest[int(number) % len(rest)]


def partner_points(context: Any, rig: Rig, first_frame: float, duration: float | None) -> Points:
    """Return where the eyes of who is spoken with are in a character's own frame (Y up, metres).

    That is the one chosen for the character; else whoever speaks the other sound strips of the scene and stands before
    the character; where nobody does, the camera before it, and without one the nearest character with whom it stands
    face to face. Places are those of now.

    Parameters
    ----------
    first_frame : float
        Scene frame of the performance's beginning.
    duration : float or None
        Its seconds; None where they are not known: then one place is returned.
    """
    scene = context.scene
    chosen = chosen_partner(rig, scene)
    if chosen is not None:
        return points_of(chosen, rig, first_frame, duration, scene)
    fps = scene_fps(scene)
    turns, people = _turns(context, rig, first_frame, fps)
    paths = {who: points_of(place, rig, first_frame, duration, scene) for who, place in people.items()}
    if paths:
        looked_at = attention(turns, duration or 0.0, fps)
        if duration is None or (len(set(looked_at)) == 1 and len(paths[looked_at[0]]) == 1):
            return paths[looked_at[0]][:1]
        return tuple(paths[who][min(frame, len(paths[who]) - 1)] for frame, who in enumerate(looked_at))
    found = listener_points(rig, first_frame, duration, scene)
    faced = None if found else _faced(scene, rig)
    return found if faced is None else points_of(faced, rig, first_frame, duration, scene)


def chosen_partner(rig: Rig, scene: Any) -> Any | None:
    """Return the object chosen for a character to speak with; None for none, or one that left the scene."""
    partner = own_direction(rig).partner
    own = (rig.armature, rig.holder, *rig.meshes)
    there = partner is not None and partner not in own and scene.objects.get(partner.name) == partner
    return partner if there else None


def partners(context: Any, rig: Rig) -> list[Any]:
    """Return whom a character speaks with in this scene, as :func:`partner_points` finds it; empty for nobody.

    Objects: those who speak the other strips in the order of their lines, or one camera or character.
    """
    scene = context.scene
    chosen = chosen_partner(rig, scene)
    if chosen is not None:
        return [chosen]
    _, people = _turns(context, rig, 0.0, scene_fps(scene))
    if people:
        return list(people.values())
    if listener_points(rig, 0.0, None, scene):
        return [scene.camera]
    faced = _faced(scene, rig)
    return [faced] if faced is not None else []


def _turns(context: Any, rig: Rig, first_frame: float, fps: float) -> tuple[list[Turn], dict[int, Any]]:
    """Return the lines of the scene, in seconds from ``first_frame`` on, and the others who speak and are in sight."""
    numbers: dict[Any, int] = {anchor(rig): 0}
    people: dict[int, Any] = {}
    turns: list[Turn] = []
    for line in speakers.lines(context):
        who = line.character
        if who not in numbers:
            numbers[who] = len(numbers) if place_in_sight(who, rig, _SIDEWAYS) is not None else -1
        number = numbers[who]
        if number < 0:
            continue
        if number:
            people[number] = who
        turns.append(Turn(number, (line.first_frame - first_frame) / fps, (line.last_frame - first_frame) / fps))
    return turns, people


def _faced(scene: Any, rig: Rig) -> Any | None:
    """Return the nearest other character before this one; None where there is none."""
    from ..rigs.rig import find_rig

    # A head without bones is spoken to as well, but not looked for: scenes have thousands of meshes.
    found = [find_rig(item) for item in scene.objects if item.type == "ARMATURE"]
    others = [other for other in found if other is not None and other.holder is not rig.holder]
    near: list[tuple[float, int]] = []
    for number, other in enumerate(others):
        place = place_in_sight(anchor(other), rig, _BEFORE)
        # Who turns its back is not spoken to.
        if place is not None and place_in_sight(anchor(rig), other, _SIDEWAYS) is not None:
            near.append((float(np.linalg.norm(place)), number))
    return anchor(others[min(near)[1]]) if near else None
