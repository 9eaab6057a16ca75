"""From a speaking face to a performance: emotion, eyes, brows, head and body put together on what an engine gave."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX, REGION_COEFFICIENTS, REGION_JOINTS
from .body.body import ground_track
from .body.track import BodyTrack
from .character import Character
from .direction.tracks import jumps, over_time
from .emotion import bodily, facs
from .emotion.course import body_course, course, sides
from .emotion.curves import emotion_weights
from .eye_look import look_coefficients
from .face.lip_solver import hold_aperture, solve_aperture
from .face.track import FaceTrack
from .layers import acts, blinks, brows, emotion, gaze, head, listening
from .layers.bearing import head_in_world
from .layers.emphasis import shared_accents
from .layers.mouth_rest import rested_aperture
from .layers.noise import layer_rng
from .layers.upper_face import upper_face_layer
from .performance import Performance
from .prosody import Prosody
from .rotation import compose_axis_angle
from .settings import AnimateSettings
from .skeleton import JOINT_INDEX
from .words import face as meant
from .words.meaning import Meaning

_FELT = [ARKIT_INDEX[name] for name in ("jawOpen", "mouthClose", "mouthPucker")]
_MOUTH_YIELDS = 0.35
"""How far an expression gives the mouth up where speech takes it: all of it at 1. The lips' distance is held anyway
(``lip_solver``), and a smile of half its size is none."""
_FELT_ASIDE = 0.7
"""Part of the head's going along with a glance that an emotion of intensity 1 takes away."""
_LOOKS_ANEW = 0.25
"""Change of a directed eye contact at which the eyes turn at once."""
_EYES = ("left_eye_smplhf", "right_eye_smplhf")


def perform(
    face: FaceTrack,
    prosody: Prosody,
    settings: AnimateSettings,
    character: Character,
    progress: Callable[[float], None] = lambda _fraction: None,
    weights: npt.NDArray[np.float64] | None = None,
    samples: npt.NDArray[np.float32] | None = None,
    body: BodyTrack | None = None,
    meanings: tuple[Meaning, ...] = (),
    heard: listening.Heard | None = None,
) -> Performance:
    """Put all layers together on what the face engine gave.

    Parameters
    ----------
    face : FaceTrack
        T frames at ``settings.fps``. Of its coefficients the layers replace those of the eyes.
    weights : (T, 8) array
        How strongly each emotion holds; None: as the settings say.
    samples : (n,) array
        The recording at 16 kHz, for the learned upper face.
    body : BodyTrack
        From :func:`.body.body_track`; None: the body at rest that the settings describe.
    meanings : tuple of Meaning
        What the words call for, where they are known.
    heard : Heard, optional
        What is listened to, where somebody else speaks.

    Returns
    -------
    Performance
        Without ``meta``. Regions that are switched off are zero: coefficients 0 and joints at rest.
    """
    frames, fps, seed = len(face.arkit), settings.fps, settings.seed
    times = np.arange(frames) / fps
    if weights is None:
        weights = emotion_weights(times, settings)
    arkit = np.clip(np.nan_to_num(face.arkit), 0, 1).astype(np.float32)
    arkit[:, [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["eyes"]]] = 0

    if body is None:
        body = ground_track(times, prosody, settings, character, weights, heard)
    poses, trans = body.poses.astype(np.float32), body.trans.astype(np.float32)
    # Before the gaze is solved, as it must hold on the body that is written.
    _rest_joints(poses, [name for name in ("body", "head", "hands") if name not in settings.regions])
    if "body" not in settings.regions:
        trans[:] = 0
    progress(0.3)

    strokes = np.zeros((0, 2)) if body.strokes is None else body.strokes
    feeling = body_course(times, weights, prosody)
    turn, upper = _upper_face(times, prosody, samples, settings, strokes, feeling)
    if meanings:
        upper = meant.browed(times, upper, meanings, settings.brow_strength)
    felt = np.clip(1 - feeling[:, 0], 0, 1)
    turn = head.kept_to_listener(turn * bodily.factor(feeling, "head_size") + head_in_world(feeling), felt)
    if meanings:
        turn = meant.turned(times, turn, meanings, over_time(times, settings, "head_motion"))
    turn, upper = acts.acted_head(times, turn, settings.acts), acts.acted_brows(times, upper, settings.acts)
    duration = times[-1] + 1 / fps
    contact = over_time(times, settings, "eye_contact")
    mood = gaze.mood_of(feeling, contact, jumps(settings, "eye_contact", _LOOKS_ANEW))
    answers = None
    if settings.listening:
        answers = listening.listen(times, prosody, settings.listening, seed, heard, listening.cheer_of(weights))
        turn = turn + answers.head
        mood = dataclasses.replace(mood, contact=answers.contact(mood.contact))
    plan = gaze.plan_gaze(duration, prosody, layer_rng(seed, "gaze"), mood)
    if meanings:
        plan = meant.looking_aside(plan, meanings)
    if settings.acts:
        plan = acts.acted_gaze(plan, settings.acts, layer_rng(seed, "directed looks"))
    eyes, shifts = _look(times, poses, trans, turn, 1 - _FELT_ASIDE * felt, plan, settings, character)
    progress(0.5)

    shut = blinks.blink_times(
        duration, prosody, layer_rng(seed, "blinks"),
        rate=bodily.factor(feeling, "blink_rate") * max(settings.blink_strength, 1.0), gaze_shifts=shifts,
    )  # fmt: skip
    expression = np.zeros_like(arkit)
    speech = _at_rest(arkit, times, prosody, settings, character)
    arkit[:, _FELT] = speech[:, _FELT]
    if not face.emotional and weights[:, 1:].any():
        expression = _expression(face, times, prosody, weights, arkit, settings)
        speech = _part_lips(speech, times, prosody, weights, settings.emotion_dynamics, character)
        arkit[:, _FELT] = speech[:, _FELT]
    arkit += upper * (1 + weights @ (facs.of_emotions("brows") - 1))[:, None].astype(np.float32)
    if answers is not None:
        expression = expression + answers.face
    arkit += expression
    lids = blinks.blink_layer(times, fps, shut, settings.blink_strength, layer_rng(seed, "lids"))
    for name in ("eyeWideLeft", "eyeWideRight"):
        # Wide eyes would hold the lids apart in a blink.
        arkit[:, ARKIT_INDEX[name]] *= 1 - lids[:, ARKIT_INDEX[name.replace("Wide", "Blink")]]
    lids = blinks.resting_lids(lids, expression, settings.blink_strength)
    arkit = np.clip(np.maximum(arkit, 0) + lids, 0, 1)
    look_coefficients(arkit, eyes)
    emotion.open_lids(arkit)
    for number, name in enumerate(_EYES):
        poses[:, _columns(name)] = eyes[:, number]
    progress(0.7)

    poses, arkit = hold_aperture(poses, arkit, speech, expression, character)
    poses[:, _columns("jaw")][:, 1:] = np.asarray(face.jaw, np.float32)[:, 1:]
    _rest_regions(poses, trans, arkit, settings)
    progress(1.0)
    return Performance(
        fps, poses, trans, arkit, character.lip_aperture(poses, arkit), face.expressions, face.expression_space,
        tracks={} if face.visemes is None else {"visemes": face.visemes},
    )  # fmt: skip


def _upper_face(
    times: npt.NDArray[np.float64],
    prosody: Prosody,
    samples: npt.NDArray[np.float32] | None,
    settings: AnimateSettings,
    strokes: npt.NDArray[np.float64],
    feeling: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
    """Return the head's rotation (T, 3), radians, and the coefficients of brows and lids (T, 52)."""
    seed, fps, nods = settings.seed, settings.fps, over_time(times, settings, "head_motion")
    if settings.upper_face == "learned" and samples is not None:
        drawn = upper_face_layer(times, samples, prosody, settings.brow_strength, nods, seed, strokes, feeling)
        return np.zeros((len(times), 3)) if drawn.head is None else drawn.head, drawn.arkit
    accents = shared_accents(prosody, strokes)
    turn = head.head_layer(times, fps, accents, nods, seed, feeling=feeling)
    return turn, brows.brow_layer(times, accents, settings.brow_strength, layer_rng(seed, "brows"))


def _expression(
    face: FaceTrack,
    times: npt.NDArray[np.float64],
    prosody: Prosody,
    weights: npt.NDArray[np.float64],
    arkit: npt.NDArray[np.float32],
    settings: AnimateSettings,
) -> npt.NDArray[np.float32]:
    """Return (T, 52) what the emotions add to the speaking face ``arkit``."""
    shown = course(times, weights, prosody, layer_rng(settings.seed, "emotion"), settings.emotion_dynamics)
    share = face.mouth_share
    if share is None:
        share = emotion.mouth_share(times, prosody, arkit)
    return facs.expression_curve(
        shown, shown * share**_MOUTH_YIELDS, sides(times, layer_rng(settings.seed, "emotion sides"))
    )


def _at_rest(
    arkit: npt.NDArray[np.float32],
    times: npt.NDArray[np.float64],
    prosody: Prosody,
    settings: AnimateSettings,
    character: Character,
) -> npt.NDArray[np.float32]:
    """Return the speaking face (T, 52) with its lips as far apart in pauses as the character has them at rest."""
    rest = settings.mouth_rest / 1000 / character.lip_basis().eye_distance
    if rest <= 0 or "lips" not in settings.regions:
        return arkit.copy()
    poses = np.zeros((len(arkit), 165), np.float32)
    poses[:, _columns("jaw")][:, 0] = character.jaw_open_radians * arkit[:, ARKIT_INDEX["jawOpen"]]
    parted = rested_aperture(times, prosody, character.lip_aperture(poses, arkit), rest)
    return solve_aperture(poses, arkit, parted, character)[1]


def _part_lips(
    speech: npt.NDArray[np.float32],
    times: npt.NDArray[np.float64],
    prosody: Prosody,
    weights: npt.NDArray[np.float64],
    dynamics: float,
    character: Character,
) -> npt.NDArray[np.float32]:
    """Return the speaking face with its lips as narrow and as far apart as the emotion has them, whatever the seed."""
    acted = course(times, weights, prosody, None, dynamics)
    poses = np.zeros((len(speech), 165), np.float32)
    poses[:, _columns("jaw")][:, 0] = character.jaw_open_radians * speech[:, ARKIT_INDEX["jawOpen"]]
    spoken = character.lip_aperture(poses, speech)
    speech = speech.copy()
    speech[:, ARKIT_INDEX["mouthPucker"]] *= 1 + np.clip(acted @ (facs.of_emotions("pucker") - 1), -1, 0)
    return solve_aperture(poses, speech, emotion.felt_aperture(times, prosody, acted, spoken), character)[1]


def _columns(joint: str) -> slice:
    return slice(3 * JOINT_INDEX[joint], 3 * JOINT_INDEX[joint] + 3)


def _turn_head(poses: npt.NDArray[np.float32], turn: npt.NDArray[np.float64], settings: AnimateSettings) -> None:
    """Add a rotation of the head to its two joints, in place."""
    if "head" not in settings.regions:
        return
    for name, share in (("neck", head.NECK_SHARE), ("head", 1 - head.NECK_SHARE)):
        poses[:, _columns(name)] = compose_axis_angle(poses[:, _columns(name)].astype(np.float64), share * turn)


def _look(
    times: npt.NDArray[np.float64],
    poses: npt.NDArray[np.float32],
    trans: npt.NDArray[np.float32],
    turn: npt.NDArray[np.float64],
    aside: npt.NDArray[np.float64],
    plan: gaze.GazePlan,
    settings: AnimateSettings,
    character: Character,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Turn the head as it moves and towards what is looked at, in place.

    Returns (T, 2, 3) rotations of the eyes and (S,) seconds at which the gaze shifts far.

    ``aside`` (T,), 0..1, is how far the head goes along with a glance.
    """
    joints = character.joints
    middle = gaze.usual_place(poses, trans, joints, settings.gestures.posture == "seated")
    share, shifts = np.zeros((len(times), 2)), plan.large_shifts()
    if settings.gaze_target:
        points = np.broadcast_to(np.asarray(settings.gaze_target, np.float64), (len(times), 3))
        # Towards the target goes the head from where the trunk has it: what it does with the voice stays on top.
        share = gaze.head_share(points, *gaze.head_frames(poses, trans, joints), settings.fps)
    else:
        listener = middle + np.array([0.0, 0.0, gaze.LISTENER_DISTANCE])
        if settings.listener:
            listener, others = gaze.turned_to(np.asarray(settings.listener, np.float64), middle, settings.fps)
            shifts = np.sort(np.append(shifts, others))
            upright = np.broadcast_to(np.eye(3), (len(times), 3, 3)), np.broadcast_to(middle, (len(times), 2, 3))
            followed = gaze.followed(np.broadcast_to(listener, (len(times), 3)), settings.fps)
            share = gaze.head_share(followed, *upright, settings.fps, part=gaze.HELD_SHARE)
        partner = np.broadcast_to(listener, (len(times), 3))
        points = gaze.free_points(
            times, plan, partner, middle, settings.eye_darts, layer_rng(settings.seed, "gaze drift")
        )
        along = np.minimum(np.asarray(over_time(times, settings, "head_motion")).reshape(-1, 1), 1.0)
        share = share + along * aside[:, None] * plan.head_goes_along(times)
        share = share + gaze.kept_in_sight(partner - middle, turn[:, :2] + share, settings.fps)
    _turn_head(poses, turn, settings)
    _turn_head(poses, np.pad(share, ((0, 0), (0, 1))), settings)
    if settings.gaze_target and "head" in settings.regions:
        # What the eyes still cannot reach.
        rest = gaze.head_share(points, *gaze.head_frames(poses, trans, joints), settings.fps, part=0.0)
        _turn_head(poses, np.pad(rest, ((0, 0), (0, 1))), settings)
    return gaze.eye_rotations(points, *gaze.head_frames(poses, trans, joints)), shifts


def _rest_joints(poses: npt.NDArray[np.floating[Any]], regions: list[str]) -> None:
    for region in regions:
        for name in REGION_JOINTS[region]:
            poses[:, _columns(name)] = 0


def _rest_regions(
    poses: npt.NDArray[np.float32],
    trans: npt.NDArray[np.float32],
    arkit: npt.NDArray[np.float32],
    settings: AnimateSettings,
) -> None:
    """Put every region that is switched off at rest, in place."""
    off = [region for region in REGION_JOINTS if region not in settings.regions]
    _rest_joints(poses, off)
    for region in off:
        arkit[:, [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS[region]]] = 0
    if "body" in off:
        trans[:] = 0
