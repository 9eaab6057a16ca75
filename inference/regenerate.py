"""A part of a finished performance made anew: chosen joints in chosen seconds; everything else stays bit for bit."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from .arkit import REGION_JOINTS
from .audio import AudioClip, read_audio
from .body.body import borne, directed_poses, gestured, gestures_at_all, ground_track, moves_body, spoken_body
from .body.track import BodyTrack, InfillEngine, SpokenBody
from .body.upper_body import ARMS, SPINE
from .character import Character, load_character
from .emotion.curves import emotion_weights
from .emotion.voice import hear
from .engines import body_engine, find_engine
from .errors import Cancelled, InternalFault, SoliloquyError
from .eye_aim import EYE_COLUMNS, eye_directions, eye_rotations, head_frames
from .eye_look import look_coefficients
from .gestures.direction import natural
from .orders.regenerate import RegenerateJob
from .performance import Performance
from .plausibility.settle import settle
from .prosody import analyse
from .recording.room import with_room
from .regenerate_job import frame_ranges
from .rotation_curves import meeting, meeting_frames
from .settings import AnimateSettings, recorded_settings
from .shipped import file_sha256
from .skeleton import JOINT_INDEX
from .words.spoken import SpokenWords, noted_words, spoken_words

Doubles = npt.NDArray[np.float64]
Draw = Callable[[Performance, SpokenBody, AnimateSettings, list[tuple[int, int]], tuple[str, ...]], Doubles]
"""Poses (T, 165) of which the chosen stretches and joints are used; see :func:`draw_body`."""
Remake = Callable[[Performance, npt.NDArray[np.float32], Callable[[float], None], Callable[[], bool]], Performance]
"""Called with the performance, the recording at 16 kHz, and what :func:`regenerate` has as progress and cancelled."""
_AROUND = 2.0
"""Seconds around a stretch that are looked at when it is settled."""


def regenerate(
    performance: Performance,
    samples: npt.NDArray[np.float32],
    settings: AnimateSettings,
    ranges: Sequence[tuple[float, float]],
    joints: Sequence[str],
    *,
    progress: Callable[[float], None] = lambda _fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
    draw: Draw | None = None,
) -> Performance:
    """Return a performance with a part of its gestures made anew.

    Frames outside the ranges and joints that are not named stay bit for bit, and so do lips, face and head. Where the
    spine is made anew, the eyes turn back within the ranges by what the head moved, so that they look where they did.

    Parameters
    ----------
    performance : Performance
        Stays as it is.
    samples : (n,) array
        The recording it was made from, mono at 16 kHz.
    settings : AnimateSettings
        Of these the seed, the gestures, the body engine and the device count; posture and everything else are as
        performed.
    ranges : sequence of (float, float)
        Seconds from the performance's start.
    joints : sequence of str
        Of ``upper_body.UPPER_BODY``.
    draw : callable, optional
        What draws the new poses; :func:`draw_body` when missing.

    Returns
    -------
    Performance
        ``meta["regenerated"]`` gains a record of ranges, joints, seed, engine and gestures.

    Raises
    ------
    SoliloquyError
        For ranges or joints that cannot be used, or a performance without a body.
    Cancelled
        When ``cancelled()`` turned true.
    """
    stretches = frame_ranges(tuple(ranges), performance.frames, performance.fps)
    performed = performed_settings(performance)
    chosen = moving_joints(performed, joints)
    samples = fitting_samples(performance, samples, performed)
    gestures = dataclasses.replace(settings.gestures, posture=performed.gestures.posture)
    asked = dataclasses.replace(
        performed, seed=settings.seed, gestures=gestures, body=settings.body, device=settings.device,
        words=settings.words,
    )  # fmt: skip
    character = load_character()
    speech, words = speech_of(performance, samples, performed, asked, character, cancelled)
    progress(0.3)
    _stop_if(cancelled)
    made = with_stretches(performance, speech, asked, stretches, chosen, character, draw or draw_body, cancelled)
    progress(1.0)
    made.meta = _noted(performance, asked, stretches, chosen)
    if words is not None:
        made.meta["words"], made.tracks["words"] = words.to_json(), words.track()
    return made


def with_stretches(
    performance: Performance,
    speech: SpokenBody,
    asked: AnimateSettings,
    stretches: list[tuple[int, int]],
    chosen: tuple[str, ...],
    character: Character,
    draw: Draw,
    cancelled: Callable[[], bool],
) -> Performance:
    """Return the performance with what is drawn of some joints in some frames; see :func:`regenerate`.

    Raises
    ------
    InternalFault
        When what was drawn cannot be used.
    """
    drawn = draw(performance, speech, asked, stretches, chosen)
    _stop_if(cancelled)
    poses, arkit = _with_part(performance, drawn, stretches, chosen), performance.arkit.copy()
    if asked.gestures.contacts:
        # The new part only: what stays was settled when it was made, and a person may have wanted it otherwise.
        settled = _settled(performance, poses, stretches, character, cancelled)
        poses = _with_part(performance, settled, stretches, chosen)
    if not np.isfinite(poses).all():
        raise InternalFault("The new gestures hold values that are not numbers.", "Try another seed.")
    if set(chosen) & set(SPINE):
        _hold_gaze(performance, poses, arkit, stretches, character)
    return dataclasses.replace(
        performance,
        poses=poses,
        trans=performance.trans.copy(),
        arkit=arkit,
        lip_aperture=performance.lip_aperture.copy(),
        expressions=None if performance.expressions is None else performance.expressions.copy(),
        betas=np.array(performance.betas),
        tracks=dict(performance.tracks),
        meta=dict(performance.meta),
    )


def run(
    job: RegenerateJob,
    progress: Callable[[str, float], None] = lambda _stage, _fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
    remake: Remake | None = None,
) -> Performance:
    """Make a part of a performance anew, from file to file.

    Parameters
    ----------
    remake : callable, optional
        What makes it anew, in the place of :func:`regenerate`.

    Raises
    ------
    SoliloquyError
        Also when the audio is not the one the performance was made from.
    Cancelled
        When ``cancelled()`` turned true; nothing is written.
    """
    performance = Performance.load(job.keep)
    if remake is None:
        frame_ranges(job.ranges, performance.frames, performance.fps)  # better now than after the listening
    progress("Reading audio", 0.0)
    clip = read_audio(job.audio, progress=lambda done: progress("Reading audio", 0.2 * done), cancelled=cancelled)
    check_audio(performance, clip)

    def report(done: float) -> None:
        progress("Gestures", 0.2 + 0.75 * done)

    if remake is not None:
        made = remake(performance, clip.samples, report, cancelled)
    else:
        made = regenerate(
            performance, clip.samples, job.settings, job.ranges, job.joints, progress=report, cancelled=cancelled
        )
    known = made.meta.get("warnings", [])
    made.meta["warnings"] = [*known, *(text for text in clip.warnings if text not in known)]
    progress("Writing", 0.95)
    if job.output:
        made.save(job.output)
    progress("Writing", 1.0)
    return made


def fitting_samples(
    performance: Performance, samples: npt.NDArray[np.float32], performed: AnimateSettings
) -> npt.NDArray[np.float32]:
    """Return a recording with the room around it that a performance has; raises SoliloquyError for another length."""
    samples = with_room(samples, performed.lead_in, performed.lead_out)
    if abs(len(samples) / 16000 - performance.duration) > 1.0 / performance.fps + 0.02:
        raise SoliloquyError(
            f"The recording lasts {len(samples) / 16000:.2f} s, the performance {performance.duration:.2f} s.",
            "Give the recording, and the part of it, that the performance was made from.",
        )
    return samples


def check_audio(performance: Performance, clip: AudioClip) -> None:
    """Raise :class:`SoliloquyError` when a performance was not made from this stretch of audio."""
    known: dict[str, Any] = performance.meta.get("audio") or {}
    if known.get("sha256") != clip.sha256:
        name = known.get("name") or "another recording"
        raise SoliloquyError(f"The performance was made from '{name}', not from this file.", "Give that recording.")
    start, stop = performance.meta.get("range") or (clip.start, clip.stop)
    if abs(start - clip.start) > 1e-3 or abs(stop - clip.stop) > 1e-3:
        raise SoliloquyError(
            f"The performance was made from second {start:g} to {stop:g} of the recording.", "Give that part of it."
        )


def performed_settings(performance: Performance) -> AnimateSettings:
    """Return the settings a performance was made with.

    Raises
    ------
    SoliloquyError
        When it does not say, or was made without a body.
    """
    settings = recorded_settings(performance.meta)
    if not moves_body(settings):
        raise SoliloquyError("The performance was made without a body.", "Animate the recording with a body first.")
    return settings


def draw_body(
    performance: Performance,
    speech: SpokenBody,
    settings: AnimateSettings,
    stretches: list[tuple[int, int]],
    joints: tuple[str, ...],
) -> Doubles:
    """Return (T, 165) poses to take the stretches from.

    An engine that can ``infill`` knows what lies around it; every other engine gestures through the whole speech.
    """
    gestures = settings.gestures
    engine = body_engine(settings.body) if gestures_at_all(speech, gestures) else None
    if engine is None:
        return borne(speech, gestures)
    if "infill" not in find_engine("body", settings.body).spec.abilities:
        return gestured(engine, speech, gestures).poses
    fill, poses = cast(InfillEngine, engine).infill, performance.poses.astype(np.float64)
    for first, last in stretches:
        poses = fill(poses, speech, natural(gestures), first=first, last=last + 1, joints=joints)
    return directed_poses(poses, speech.ground.poses, gestures, speech.energy)


def _with_part(
    performance: Performance,
    drawn: npt.NDArray[np.floating[Any]],
    stretches: list[tuple[int, int]],
    joints: tuple[str, ...],
) -> npt.NDArray[np.float32]:
    """Return the performance's (T, 165) poses with what was drawn, bent so that pose and velocity meet the kept."""
    numbers = [JOINT_INDEX[name] for name in joints]
    poses = performance.poses.copy()
    kept, new = (
        array.astype(np.float64).reshape(performance.frames, -1, 3)[:, numbers] for array in (performance.poses, drawn)
    )
    for first, last in stretches:
        frames = meeting_frames(last + 1 - first, performance.fps)
        part = meeting(kept, new, first, last + 1, frames)
        poses.reshape(performance.frames, -1, 3)[first : last + 1, numbers] = part.astype(np.float32)
    return poses


def _settled(
    performance: Performance,
    poses: npt.NDArray[np.float32],
    stretches: list[tuple[int, int]],
    character: Character,
    cancelled: Callable[[], bool],
) -> Doubles:
    """Return (T, 165) poses that keep within human limits and out of the body in and around the stretches."""
    result = poses.astype(np.float64)
    around = round(_AROUND * performance.fps)
    for first, last in stretches:
        part = slice(max(first - around, 0), last + around + 1)
        track = BodyTrack(result[part].copy(), performance.trans[part].astype(np.float64))
        result[part] = settle(track, character, performance.fps, cancelled=cancelled).poses
    return result


def moving_joints(performed: AnimateSettings, joints: Sequence[str]) -> tuple[str, ...]:
    """Return the joints that move in the performance at all."""
    resting = {
        name for region in ("body", "hands") if region not in performed.regions for name in REGION_JOINTS[region]
    }
    chosen = tuple(name for name in joints if name not in resting)
    if not chosen:
        raise SoliloquyError("The performance was made without these joints.", "Choose others, or animate them first.")
    return chosen


def speech_of(
    performance: Performance,
    samples: npt.NDArray[np.float32],
    performed: AnimateSettings,
    asked: AnimateSettings,
    character: Character,
    cancelled: Callable[[], bool],
) -> tuple[SpokenBody, SpokenWords | None]:
    """Return the speech on the very ground the performance stands on, and its words where they are known."""
    times = np.arange(performance.frames) / performance.fps
    prosody = analyse(samples, 16000)
    heard = None
    if performed.voice_emotion > 0:
        heard = hear(samples, times, asked.device, cancelled, prosody).weights
    weights = emotion_weights(times, performed, heard)
    ground = ground_track(times, prosody, performed, character, weights)
    words = spoken_words(noted_words(performance.meta, performed.words, asked.words), samples, prosody, cancelled)
    meanings = None if words is None else words.meanings
    speech = spoken_body(samples, prosody, performed, ground, weights, meanings)
    return dataclasses.replace(speech, seed=asked.seed, device=asked.device, fps=performance.fps), words


def _hold_gaze(
    before: Performance,
    poses: npt.NDArray[np.float32],
    arkit: npt.NDArray[np.float32],
    stretches: list[tuple[int, int]],
    character: Character,
) -> None:
    """Turn the eyes so that they look where they did before the trunk moved otherwise, in place."""
    if not any(before.poses[:, column].any() for column in EYE_COLUMNS):
        return  # eyes at rest stay at rest
    for first, last in stretches:
        part = slice(first, last + 1)
        was, _ = head_frames(before.poses[part], before.trans[part], character.joints)
        now, places = head_frames(poses[part], before.trans[part], character.joints)
        eyes = np.zeros((last + 1 - first, 2, 3))
        for number, column in enumerate(EYE_COLUMNS):
            ahead = eye_directions(before.poses[part, column])
            points = places[:, number] + np.einsum("tij,tj->ti", was, ahead)
            eyes[:, number] = eye_rotations(points, now, places[:, [number]])[:, 0]
            poses[part, column] = eyes[:, number]
        look_coefficients(arkit[part], eyes)


def _noted(
    performance: Performance, settings: AnimateSettings, stretches: list[tuple[int, int]], joints: tuple[str, ...]
) -> dict[str, Any]:
    record: dict[str, Any] = {
        "ranges": [[first / performance.fps, last / performance.fps] for first, last in stretches],
        "joints": list(joints),
        "seed": settings.seed,
        "body": settings.body,
        "gestures": settings.gestures.to_json(),
    }
    files = [file for file in find_engine("body", settings.body).files if file.is_file()]
    if files:
        record["weights"] = {file.name: file_sha256(file) for file in files}
    meta = {**performance.meta, "regenerated": [*performance.meta.get("regenerated", []), record]}
    if "gestures" in meta and set(joints) & set(ARMS):
        # What is there now is not what was planned.
        meta["gestures"] = [
            item
            for item in performance.meta.get("gestures", [])
            if not any(first <= item["time"] * performance.fps <= last for first, last in stretches)
        ]
    return meta


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled
