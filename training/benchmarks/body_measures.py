"""From takes to the figures of a row of the body benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ...inference.character import load_character
from ...inference.plausibility.capsules import Capsules, capsules_of
from ..metrics import diversity
from ..metrics.beat_consistency import BeatScore, beat_scores, kinematic_beats, pooled
from ..metrics.foot_slide import foot_slide
from ..metrics.frechet import Gaussian, bootstrap_interval, fit_gaussian, relative_distance
from ..metrics.jerk import Jerk, jerk
from ..metrics.joint_limits import limit_violation
from ..metrics.motion_autoencoder import FEATURES, WINDOW, MotionAutoencoder
from ..metrics.motion_features import windows
from ..metrics.pelvis_drift import pelvis_drift
from ..metrics.penetration import penetration
from ..metrics.speech_motion import (
    STEP,
    block_scales,
    joint_blocks,
    joint_features,
    relation,
    relation_error,
    speech_curves,
)
from ..metrics.stillness import longest_stillness
from ..metrics.t_pose import t_pose_share
from .body_movement import Movement, movement
from .body_speech import FPS
from .body_takes import Take

Doubles = npt.NDArray[np.float64]

HOP = 6
"""Frames from window to window."""
OVERLAP = WINDOW / HOP
_SHIFT_SEED = 5
_MOTION_FEATURES = FEATURES + 2 * WINDOW // STEP
_EVERY = 3  # frames from one test for penetration to the next


@lru_cache(maxsize=1)
def capsules() -> Capsules:
    """Return the default character's capsules."""
    return capsules_of(load_character())


@dataclass(frozen=True)
class References:
    """What distances are measured to."""

    network: MotionAutoencoder
    clips: Gaussian
    """Held-out real clips, mirrored too."""
    corpus: Gaussian
    """The held-out corpus: motion alone."""
    joint: Gaussian
    """The held-out corpus: motion with its speech."""
    scales: Doubles
    """Of the joint features' blocks."""
    relation: Doubles
    """How motion goes with speech in the held-out corpus."""


@dataclass
class Row:
    """The figures of one system; NaN where it does not apply."""

    takes: int
    minutes: float
    to_clips: float = np.nan
    to_clips_range: tuple[float, float] = (np.nan, np.nan)
    to_corpus: float = np.nan
    to_corpus_range: tuple[float, float] = (np.nan, np.nan)
    joint: float = np.nan
    joint_shifted: float = np.nan
    relation: float = np.nan
    relation_shifted: float = np.nan
    between: float = np.nan
    within: float = np.nan
    beats: dict[str, tuple[BeatScore, BeatScore]] = field(default_factory=dict)
    beats_per_second: float = np.nan
    jerk: Jerk | None = None
    movement: Movement | None = None
    slide: float = np.nan
    floating: float = np.nan
    sink: float = np.nan
    inside: float = np.nan
    deepest: float = np.nan
    beyond: float = np.nan
    worst_degrees: float = np.nan
    frozen: float = np.nan
    t_pose: float = np.nan
    drift: float = np.nan
    cpu_per_minute: float = np.nan


def motion_features(takes: Sequence[Take], network: MotionAutoencoder) -> list[Doubles]:
    """Return (n, 32) features of every take."""
    return [network.features(windows(take.channels, WINDOW, HOP)).astype(np.float64) for take in takes]


def _shifted(curves: Doubles, rng: np.random.Generator) -> Doubles:
    """Return speech turned round by at least a quarter of its length."""
    count = len(curves)
    return np.roll(curves, int(rng.integers(count // 4, count - count // 4)), axis=0)


def blocks_of(take: Take, features: Doubles, shift: np.random.Generator | None = None) -> list[Doubles]:
    """Return the blocks of the joint features of a take, with its own speech or with that shifted in time."""
    assert take.speech is not None
    speech = speech_curves(take.speech.prosody, len(take.rotations), FPS)
    return joint_blocks(features, take.wrist_speed, speech if shift is None else _shifted(speech, shift), WINDOW, HOP)


def references(network: MotionAutoencoder, clips: Sequence[Take], corpus: Sequence[Take]) -> References:
    """Fit the Gaussians that distances are measured to."""
    features = motion_features(corpus, network)
    blocks = [blocks_of(take, found) for take, found in zip(corpus, features, strict=True)]
    scales = block_scales(blocks)
    joint = np.concatenate([joint_features(one, scales) for one in blocks])
    return References(
        network,
        fit_gaussian(np.concatenate(motion_features(clips, network)), OVERLAP),
        fit_gaussian(np.concatenate(features), OVERLAP),
        fit_gaussian(joint, OVERLAP),
        scales,
        relation(joint, _MOTION_FEATURES),
    )


def measure(takes: Sequence[Take], reference: References) -> Row:
    """Return the figures of takes; what asks for speech or for a whole body only where they have it."""
    row = Row(len(takes), sum(take.seconds for take in takes) / 60)
    _distances(row, takes, reference)
    row.movement = movement(takes)
    row.jerk = jerk([take.points for take in takes], FPS)
    row.within = float(np.average([diversity.within_take(take.points) for take in takes], weights=_lengths(takes)))
    row.beats_per_second = sum(len(kinematic_beats(take.arms, FPS)) for take in takes) / (60 * row.minutes)
    if all(take.speech is not None for take in takes):
        _relation(row, takes)
    if all(take.poses is not None for take in takes):
        _plausibility(row, takes)
    return row


def _lengths(takes: Sequence[Take]) -> list[float]:
    return [take.seconds for take in takes]


def _distances(row: Row, takes: Sequence[Take], reference: References) -> None:
    features = motion_features(takes, reference.network)
    fitted = fit_gaussian(np.concatenate(features), OVERLAP)
    row.to_clips = relative_distance(reference.clips, fitted)
    row.to_corpus = relative_distance(reference.corpus, fitted)
    row.to_clips_range = bootstrap_interval(reference.clips, features, OVERLAP)
    row.to_corpus_range = bootstrap_interval(reference.corpus, features, OVERLAP)
    if any(take.speech is None for take in takes):
        return
    for shift in (None, np.random.default_rng(_SHIFT_SEED)):
        joint = np.concatenate([
            joint_features(blocks_of(take, found, shift), reference.scales)
            for take, found in zip(takes, features, strict=True)
        ])  # fmt: skip
        distance = relative_distance(reference.joint, fit_gaussian(joint, OVERLAP))
        error = relation_error(reference.relation, relation(joint, _MOTION_FEATURES))
        if shift is None:
            row.joint, row.relation = distance, error
        else:
            row.joint_shifted, row.relation_shifted = distance, error


def _relation(row: Row, takes: Sequence[Take]) -> None:
    heard = {
        "accents": lambda take: take.speech.prosody.accent_times,
        "onsets": lambda take: take.speech.onsets,
    }
    for name, beats in heard.items():
        scores = [beat_scores(beats(take), kinematic_beats(take.arms, FPS), take.seconds) for take in takes]
        row.beats[name] = (pooled([one for one, _ in scores]), pooled([other for _, other in scores]))
    groups: dict[str, list[Take]] = {}
    for take in takes:
        groups.setdefault(take.name, []).append(take)
    between = [diversity.between_takes([take.points for take in group]) for group in groups.values()]
    row.between = float(np.mean(between))
    row.cpu_per_minute = 60 * sum(take.cpu_seconds for take in takes) / sum(_lengths(takes))


def _plausibility(row: Row, takes: Sequence[Take]) -> None:
    joints, body, weights = load_character().joints, capsules(), _lengths(takes)
    feet = [foot_slide(take.places, joints, FPS) for take in takes]
    row.slide = float(np.average([one.slide for one in feet], weights=weights))
    row.floating = float(np.average([one.float_cm for one in feet], weights=weights))
    row.sink = max(one.sink_cm for one in feet)
    whole = [(take.poses, take.trans) for take in takes if take.poses is not None and take.trans is not None]
    depths = [penetration(poses, trans, body, _EVERY) for poses, trans in whole]
    row.inside = float(np.average([one.share for one in depths], weights=weights))
    row.deepest = max(one.deepest for one in depths)
    beyond = [limit_violation(poses) for poses, _ in whole]
    row.beyond = float(np.average([share for share, _ in beyond], weights=weights))
    row.worst_degrees = max(worst for _, worst in beyond)
    row.frozen = max(longest_stillness(take.points, FPS) for take in takes)
    row.t_pose = float(np.average([t_pose_share(take.places) for take in takes], weights=weights))
    row.drift = max(pelvis_drift(trans, FPS)[0] for _, trans in whole)
