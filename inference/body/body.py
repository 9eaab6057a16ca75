"""Hands and body: a body at rest on planted feet, and the gestures of a body engine on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..character import Character
from ..direction.tracks import over_time
from ..emotion.affect import COORDINATES
from ..emotion.bodily import factor, manner
from ..emotion.course import body_course
from ..engines import find_engine
from ..gestures.asked import cannot_make, with_asked
from ..gestures.direction import directed, natural
from ..gestures.planned import Planned
from ..gestures.rests import plan_rests
from ..gestures.settings import GestureSettings
from ..gestures.strokes import gesture_strokes
from ..layers import posture
from ..layers.bearing import bear_arms, bear_trunk, stresses
from ..layers.listening import Heard, listen
from ..layers.noise import layer_rng
from ..layers.seat import Seat
from ..plausibility.settle import settle
from ..prosody import Prosody
from ..settings import EMOTIONS, AnimateSettings
from ..words.meaning import Meaning
from .track import BodyEngine, BodyTrack, SpokenBody
from .upper_body import UPPER_BODY_INDEX, upper_body_of, with_upper_body

Doubles = npt.NDArray[np.float64]
_CHUNK = 8192  # frames
_LEAN = 12.0
"""Degrees of a lean of 1."""


def moves_body(settings: AnimateSettings) -> bool:
    """Return whether the settings ask for anything below the neck."""
    return settings.body != "none" and bool({"body", "hands"} & set(settings.regions))


def ground_track(
    times: Doubles, prosody: Prosody, settings: AnimateSettings, character: Character, weights: Doubles,
    heard: Heard | None = None,
) -> BodyTrack:  # fmt: skip
    """Return T frames of the body at rest: posture, breath and shifting weight.

    Parameters
    ----------
    times : (T,) array
        Seconds.
    weights : (T, 8) array
        How strongly each emotion holds.
    heard : Heard, optional
        What is listened to.
    """
    if not moves_body(settings):
        return BodyTrack(np.zeros((len(times), 165)), np.zeros((len(times), 3)))
    feeling, seated = body_course(times, weights, prosody), settings.gestures.posture == "seated"
    forward = _LEAN * over_time(times, settings, "lean")
    if settings.listening:
        forward = forward + listen(times, prosody, settings.listening, settings.seed, heard).lean

    openness = over_time(times, settings, "openness")

    def bearing(track: BodyTrack) -> None:
        bear_trunk(
            track, times, feeling, stresses(times, prosody, feeling), layer_rng(settings.seed, "tremor"),
            openness=openness, seated=seated, forward=forward,
        )  # fmt: skip

    rests = plan_rests(prosody, settings.gestures, len(times) / settings.fps, settings.seed, manner(feeling))
    return posture.posture_layer(
        times, prosody, character.joints, settings.seed,
        breathing=settings.breathing * factor(feeling, "breath_depth"), breath_rate=factor(feeling, "breath_rate"),
        weight_shift=settings.weight_shift * factor(feeling, "weight_shift"),
        bearing=bearing if "body" in settings.regions else None, posture=settings.gestures.posture,
        seat=Seat(settings.seat_height, settings.seat_depth),
        rests=rests, looked_at=settings.gaze_target or settings.listener if "head" in settings.regions else (),
        feeling=feeling,
    )  # fmt: skip


def spoken_body(
    samples: npt.NDArray[np.float32], prosody: Prosody, settings: AnimateSettings, ground: BodyTrack, weights: Doubles,
    meanings: tuple[Meaning, ...] | None = None,
) -> SpokenBody:  # fmt: skip
    """Return what body engines are told about a speech; ``weights`` (T, 8) say how strongly each emotion holds."""
    times = np.arange(len(weights)) / settings.fps
    energy = over_time(times, settings, "energy")
    return SpokenBody(
        samples, prosody, settings.fps, ground, arousal_of(weights), settings.seed, settings.device,
        body_course(times, weights, prosody), over_time(times, settings, "openness"), meanings,
        energy if isinstance(energy, np.ndarray) else None, acts=settings.acts,
    )  # fmt: skip


def arousal_of(weights: Doubles) -> Doubles:
    """Return (T,) arousal -1..1 of (T, 8) emotion weights."""
    return np.clip(weights @ np.array([COORDINATES[name][1] for name in EMOTIONS]), -1, 1)


def gestured(
    engine: BodyEngine,
    speech: SpokenBody,
    settings: GestureSettings,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> BodyTrack:
    """Return the gestures of an engine, of the size and by the hand that are asked for, and where they strike.

    Returns
    -------
    BodyTrack
        With strokes; the body at rest where the energy is 0.
    """
    if not gestures_at_all(speech, settings):
        said = cannot_make(speech.acts, "An energy of 0 keeps the hands at rest.")
        return dataclasses.replace(
            speech.ground, poses=borne(speech, settings), strokes=np.zeros((0, 2)),
            warnings=(*speech.ground.warnings, *said),
        )  # fmt: skip
    speech, said = _asked(engine, speech, settings)
    track = engine.animate(speech, natural(settings), progress=progress, cancelled=cancelled)
    poses = directed_poses(track.poses, speech.ground.poses, settings, speech.energy)
    strokes = gesture_strokes(poses, speech.fps, speech.prosody) if track.strokes is None else track.strokes
    return dataclasses.replace(
        track, poses=borne(speech, settings, poses), strokes=strokes, warnings=(*track.warnings, *said)
    )


def _asked(engine: BodyEngine, speech: SpokenBody, settings: GestureSettings) -> tuple[SpokenBody, tuple[str, ...]]:
    """Return the speech with the gestures that are directed in its plan, and sentences about those left out."""
    if not speech.acts:
        return speech, ()
    if "plan" not in find_engine("body", engine.name).spec.abilities:
        return speech, cannot_make(speech.acts, "Only the engine Gesture phrases makes gestures that are asked for.")
    seconds = speech.frames / speech.fps
    planned, only_pinned, said = with_asked(
        speech.acts, settings, speech.seed, seconds, speech.planned, speech.only_pinned
    )
    return dataclasses.replace(speech, planned=planned, only_pinned=only_pinned), said


def borne(speech: SpokenBody, settings: GestureSettings, poses: Doubles | None = None) -> Doubles:
    """Return (T, 165) poses, the ground's if none are given, with shoulders and fingers as the speech's emotion has
    them."""
    poses = speech.ground.poses if poses is None else poses
    if speech.feeling is None:
        return poses
    return bear_arms(
        poses, speech.feeling, stresses(speech.times, speech.prosody, speech.feeling),
        openness=speech.openness, seated=settings.posture == "seated",
    )  # fmt: skip


def gestures_at_all(speech: SpokenBody, settings: GestureSettings) -> bool:
    """Return whether the energy is above 0 at any moment."""
    return settings.energy > 0 if speech.energy is None else bool(speech.energy.any())


def directed_poses(
    poses: Doubles, ground: Doubles, settings: GestureSettings, energy: Doubles | None = None
) -> Doubles:
    """Return (T, 165) poses whose gestures are as :func:`~..gestures.direction.directed` has them.

    Parameters
    ----------
    poses : (T, 165) array
        Drawn at natural energy.
    ground : (T, 165) array
        The body at rest beneath them.
    energy : (T,) array, optional
        Where it changes over time, in place of the settings'.
    """
    if energy is None and settings.energy == 1 and settings.handedness == 0:
        return poses
    result = np.array(poses, np.float64)
    joints = list(UPPER_BODY_INDEX)
    for first in range(0, len(poses), _CHUNK):
        rows = slice(first, first + _CHUNK)
        resting = ground[rows]
        turns = directed(
            upper_body_of(poses[rows], resting),
            upper_body_of(resting, resting),
            settings,
            None if energy is None else energy[rows],
        )
        placed = with_upper_body(resting, turns).reshape(len(turns), -1, 3)
        result[rows].reshape(len(turns), -1, 3)[:, joints] = placed[:, joints]
    return result


def body_track(
    samples: npt.NDArray[np.float32],
    prosody: Prosody,
    settings: AnimateSettings,
    character: Character,
    weights: Doubles,
    engine: BodyEngine | None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    meanings: tuple[Meaning, ...] | None = None,
    heard: Heard | None = None,
    planned: Planned | None = None,
    only_pinned: bool = False,
) -> BodyTrack:
    """Return the body of a performance: at rest, or gesturing where an engine is given.

    Parameters
    ----------
    samples : (n,) array
        The recording, mono at 16 kHz.
    weights : (T, 8) array
        How strongly each emotion holds; T is the number of frames.
    meanings : tuple of Meaning, optional
        What the words call for, where they are known.
    heard : Heard, optional
        What is listened to, where somebody else speaks.
    planned : tuple of PlannedGesture, optional
        The gestures to make; with ``only_pinned`` those among them that are pinned stay.
    """
    times = np.arange(len(weights)) / settings.fps
    ground = ground_track(times, prosody, settings, character, weights, heard)
    if not moves_body(settings):
        return ground
    report: Callable[[float], None] = progress or (lambda _fraction: None)
    speech = spoken_body(samples, prosody, settings, ground, weights, meanings)
    speech = dataclasses.replace(speech, planned=planned, only_pinned=only_pinned)
    if engine is None:
        track = dataclasses.replace(ground, poses=borne(speech, settings.gestures))
    else:
        track = gestured(engine, speech, settings.gestures, lambda done: report(0.8 * done), cancelled)
    if not settings.gestures.contacts:
        return track
    return settle(track, character, settings.fps, progress=lambda done: report(0.8 + 0.2 * done), cancelled=cancelled)
