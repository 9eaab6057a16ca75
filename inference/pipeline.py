"""From an order to a performance: read, listen, move the lips, put life around them, measure, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX
from .audio import AudioClip, read_audio
from .body.body import body_track, moves_body
from .character import Character, load_character
from .craft import apply_craft
from .diction import articulated
from .direction.moments import Clip
from .direction.placing import directed_by_text
from .early_lips import Early
from .emotion.curves import emotion_weights
from .emotion.voice import WEIGHTS as VOICE_EMOTION_WEIGHTS
from .emotion.voice import hear
from .engines import body_engine, face_engine, find_engine
from .errors import Cancelled, SoliloquyError
from .face.track import FaceTrack
from .gestures.asked import cannot_make
from .gestures.planned import require_planner, to_rows
from .layers.upper_face import WEIGHTS as UPPER_FACE_WEIGHTS
from .notes import HEARD
from .orders.animate import AnimateJob
from .perform import perform
from .performance import MOST_FRAMES, Performance
from .prosody import analyse
from .recording.room import with_room
from .shipped import file_sha256
from .skeleton import JOINT_INDEX
from .version import VERSION
from .words.meaning import without_contrary
from .words.spoken import spoken_words

Progress = Callable[[str, float], None]
Cancel = Callable[[], bool]

STAGES: dict[str, tuple[float, float]] = {
    "Reading audio": (0.0, 0.1),
    "Listening": (0.1, 0.18),
    "Lips": (0.18, 0.7),
    "Gestures": (0.7, 0.86),
    "Expression": (0.86, 0.95),
    "Writing": (0.95, 1.0),
}
"""Stages of a job and the part of the whole that each takes."""
_AIMED = "The eyes have a point to look at."


class _Reporter:
    """Maps a stage's own fraction to the job's, which never falls."""

    def __init__(self, progress: Progress, cancelled: Cancel) -> None:
        self._progress, self._cancelled = progress, cancelled
        self._highest = 0.0

    def __call__(self, stage: str, fraction: float = 0.0) -> None:
        if self._cancelled():
            raise Cancelled()
        start, stop = STAGES[stage]
        self._highest = max(self._highest, start + (stop - start) * min(max(fraction, 0.0), 1.0))
        self._progress(stage, self._highest)

    def stage(self, stage: str) -> Callable[[float], None]:
        return lambda fraction: self(stage, fraction)


def animate(
    job: AnimateJob,
    progress: Progress = lambda _stage, _fraction: None,
    cancelled: Cancel = lambda: False,
    early: Early | None = None,
) -> Performance:
    """Animate a recording.

    The same order gives the same performance, bit for bit on the same machine and device. Another seed changes all but
    how far the lips are apart.

    Parameters
    ----------
    progress : callable
        Called with the stage in words (see :data:`STAGES`) and the fraction of the whole job, 0..1, never falling.
    cancelled : callable
        Asked between and within the stages.
    early : Early
        Shown the sound, and the lips as soon as there are any; see :mod:`.early_lips`.

    Raises
    ------
    SoliloquyError
        Bad audio, a missing engine, a place that cannot be written; nothing is left behind.
    Cancelled
        When ``cancelled()`` turned true.
    """
    settings, report, early = job.settings, _Reporter(progress, cancelled), early or Early()
    _check(job)
    engine = face_engine(settings.face) if "lips" in settings.regions else None
    gesturing = body_engine(settings.body) if moves_body(settings) else None
    report("Reading audio")
    clip = read_audio(job.audio, progress=report.stage("Reading audio"), cancelled=cancelled)
    clip = replace(clip, samples=with_room(clip.samples, settings.lead_in, settings.lead_out))
    early.sound(clip.samples, clip.sample_rate)
    report("Listening")
    prosody = analyse(clip.samples, clip.sample_rate)
    frames = max(1, round(clip.duration * settings.fps))
    if frames > MOST_FRAMES:
        raise SoliloquyError(
            f"That would be {frames:,} frames, more than the {MOST_FRAMES:,} that a performance can have.",
            "Choose a shorter stretch, or fewer frames per second.",
        )
    settings = settings.for_frames(frames)
    times = np.arange(frames) / settings.fps
    heard = None
    if settings.voice_emotion > 0:
        heard = hear(clip.samples, times, settings.device, cancelled, prosody).weights
    words = spoken_words(settings.words, clip.samples, prosody, cancelled)
    speech = Clip(
        clip.duration - settings.lead_in - settings.lead_out, settings.lead_in, None if words is None else words.words
    )
    settings, direction = directed_by_text(settings, speech)
    weights = emotion_weights(times, settings, heard)
    meanings = None if words is None else without_contrary(words.meanings, settings.acts)
    report("Lips")
    if engine is None:
        face = FaceTrack(np.zeros((frames, len(ARKIT_INDEX)), np.float32), np.zeros((frames, 3), np.float32))
    else:
        face = engine.animate(
            clip.samples,
            settings.fps,
            emotion=weights,
            seed=settings.seed,
            device=settings.device,
            progress=report.stage("Lips"),
            cancelled=cancelled,
            **({"early": early} if "early" in find_engine("face", settings.face).spec.abilities else {}),
        )
    character = load_character()
    if engine is not None and not early.streamed:
        early.face(face.arkit, lambda: _aperture(face, character), character.lip_basis(), settings.fps)
    report("Gestures")
    body = body_track(
        clip.samples, prosody, settings, character, weights, gesturing, report.stage("Gestures"), cancelled, meanings,
        planned=job.plan, only_pinned=job.only_pinned,
    )  # fmt: skip
    report("Expression")
    performance = perform(
        face, prosody, settings, character, report.stage("Expression"), weights, clip.samples, body, meanings or ()
    )
    warnings = (
        *face.warnings, *body.warnings, *(words.warnings if words is not None else ()),
        *(missed.sentence() for missed in direction.missed),
        *(cannot_make(settings.acts, _AIMED, "eyes") if settings.gaze_target else ()),
    )  # fmt: skip
    performance.meta = _meta(replace(job, settings=settings), clip, (engine, gesturing), warnings)
    if settings.direct.strip():
        performance.meta["direction"] = direction.to_json()
    if body.planned is not None:
        performance.meta["gestures"] = to_rows(body.planned)
    if words is not None:
        performance.meta["words"] = words.to_json()
        performance.tracks["words"] = words.track()
    performance = articulated(performance, settings.diction, character)
    performance = apply_craft(performance, settings.craft, character)
    if engine is not None:
        early.performance(performance, character.lip_basis())
    report("Writing")
    if job.output:
        performance.save(job.output)
    report("Writing", 1.0)
    return performance


def _aperture(face: FaceTrack, character: Character) -> npt.NDArray[np.float32]:
    """Return (T,) how far the lips of a face without a body are apart."""
    poses = np.zeros((len(face.arkit), 3 * len(JOINT_INDEX)), np.float32)
    poses[:, 3 * JOINT_INDEX["jaw"] : 3 * JOINT_INDEX["jaw"] + 3] = face.jaw
    return character.lip_aperture(poses, face.arkit)


def _check(job: AnimateJob) -> None:
    body = find_engine("body", job.settings.body)
    if job.plan is not None:
        require_planner(body.spec, moves_body(job.settings))
    if job.output and not Path(job.output).resolve().parent.is_dir():
        # Better now than after minutes of work.
        raise SoliloquyError(f"The folder of '{job.output}' does not exist.", "Create it, or choose another.")


def _meta(job: AnimateJob, clip: AudioClip, engines: tuple[Any, ...], warnings: tuple[str, ...]) -> dict[str, Any]:
    settings = job.settings
    used = [Path(getattr(engine, "weights", "") or "") for engine in engines]
    if settings.upper_face == "learned":
        used.append(UPPER_FACE_WEIGHTS)
    if settings.voice_emotion > 0:
        used.append(VOICE_EMOTION_WEIGHTS)
    return {
        "soliloquy": VERSION,
        "audio": {
            "name": Path(job.audio.path).name,
            "path": job.audio.path,
            "sha256": clip.sha256,
            **{name: getattr(job.audio, name) for name in HEARD if getattr(job.audio, name)},
        },
        "range": [clip.start, clip.stop],
        "engines": {
            "face": settings.face,
            "body": settings.body,
            "weights": {path.name: file_sha256(path) for path in used if path.is_file()},
        },
        "seed": settings.seed,
        "settings": settings.to_json(),
        "emotion_track": [list(key) for key in settings.emotion_curves or settings.emotion_track],
        "warnings": [*clip.warnings, *warnings],
    }
