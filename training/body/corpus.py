"""The paired corpus: real speech with the gestures that the scheduler lays over it.

No recording of speech with gestures has a licence that lets weights be shipped, so the pairing is made: the recorded
gestures of one side of the split (``split.py``) are scheduled over the speech of the same side (``recordings.py``) in
every style, at many rates, for either hand, standing and seated, and mirrored. docs/gesture_corpus.md has the recipe
and the figures.

Hands that do nothing lie in one place, :data:`~...inference.body.resting.HOME`: where a take's hands really rest is the
body's business, which lays them there afterwards, so that networks learn gestures and not ten ways to fold one's hands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...inference.body.body import ground_track
from ...inference.body.resting import HOME
from ...inference.body.upper_body import SIX, to_six
from ...inference.character import load_character
from ...inference.gestures.features import CONDITIONS, FEATURES, FPS, gesture_features
from ...inference.gestures.library import load_library
from ...inference.gestures.playback import upper_body_track
from ...inference.gestures.scheduler import plan
from ...inference.gestures.settings import STYLES, GestureSettings
from ...inference.layers.arms import ARM_PARTS, SIDES, laid_arm
from ...inference.layers.noise import smooth_noise
from ...inference.prosody import Prosody, analyse
from ...inference.rotation import quaternion_to_axis_angle
from ...inference.settings import EMOTIONS, AnimateSettings
from ...inference.skeleton import JOINT_INDEX
from .clips import mirror_rotations
from .recordings import EMODB_AROUSAL, Stretch
from .split import HELD_OUT_SETS, Split
from .windows import Recordings

_REST = "sides"
"""The rest of the settings that is nearest to where the corpus lays its hands."""

Doubles = npt.NDArray[np.float64]
Halves = npt.NDArray[np.float16]

_ALIEN = "alien"  # not human: on neither side
_LEFT, _RIGHT = (len(FEATURES) - len(CONDITIONS) + CONDITIONS.index(name) for name in ("left", "right"))


@dataclass(frozen=True)
class Take:
    """What is asked for over one stretch of speech."""

    stretch: int
    """Which stretch."""
    settings: GestureSettings
    arousal: float
    """Its mean over the stretch, -1..1."""
    seed: int
    mirrored: bool


@dataclass(frozen=True)
class Paired:
    """One take, played."""

    take: Take
    motion: Halves
    """(T, 246)."""
    features: Halves
    """(T, 16)."""
    strokes: Doubles
    """(S, 2) second and strength of every stroke."""
    resting: float
    """Share of the frames in which no gesture is under way."""


def excluded_sets(split: Split, sets: set[str]) -> tuple[str, ...]:
    """Return which sets of the library one side must not use."""
    other = set(HELD_OUT_SETS) if split == "train" else sets - set(HELD_OUT_SETS)
    return tuple(sorted(other | {_ALIEN}))


def plan_takes(stretches: list[Stretch], hours: float, seed: int) -> list[Take]:
    """Return takes that fill so many hours: every stretch again and again, each time in another style.

    The rate lies around 1.2 (what moves teaches more) and reaches to both ends; every fourth take is seated, two in
    five prefer a hand, every second one is mirrored. Energy is 1 throughout: engines are never asked for another.
    """
    rng = np.random.default_rng((seed, 2))
    takes: list[Take] = []
    seconds, turn = 0.0, 0
    while seconds < 3600 * hours:
        for place, index in enumerate(rng.permutation(len(stretches))):
            if seconds >= 3600 * hours:
                break
            style = STYLES[(int(index) + turn) % len(STYLES)]
            hand = 0.0 if rng.uniform() < 0.6 else float(rng.choice([-1.0, 1.0, *rng.uniform(-1, 1, 2)]))
            settings = GestureSettings(
                style=style,
                rate=_around(rng, 1.2, 0.3),
                handedness=round(hand, 2),
                posture="seated" if rng.uniform() < 0.25 else "standing",
                rest=_REST,
            )
            arousal = float(np.clip(rng.normal(0.05, 0.35), -0.9, 0.9))
            takes.append(Take(int(index), settings, arousal, 1000 * turn + place, bool(rng.uniform() < 0.5)))
            seconds += stretches[int(index)].seconds
        turn += 1
    return takes


def _around(rng: np.random.Generator, mean: float, spread: float) -> float:
    value = rng.uniform(0.2, 2.0) if rng.uniform() < 0.15 else rng.normal(mean, spread)
    return round(float(np.clip(value, 0.2, 2.0)), 2)


def arousal_curve(stretch: Stretch, take: Take, times: Doubles) -> Doubles:
    """Return (T,) arousal: the take's own, slowly wandering; emodb's actors have that of the emotion they play."""
    mean = np.full(len(times), take.arousal)
    if stretch.corpus == "emodb":
        for start, stop, name in stretch.sentences:
            mean[(times >= start - 0.3) & (times < stop + 0.3)] = EMODB_AROUSAL.get(name[5:6], 0.0)
    wander = smooth_noise(times, 4.0, np.random.default_rng((take.seed, 3)))[:, 0]
    return np.clip(mean + 0.12 * wander, -1, 1)


def pair(stretch: Stretch, prosody: Prosody, take: Take, exclude: tuple[str, ...]) -> Paired:
    """Schedule a take and play it at 30 fps on a body at rest."""
    library = load_library(exclude)
    frames = int(stretch.seconds * FPS)
    times = np.arange(frames) / FPS
    arousal = arousal_curve(stretch, take, times)
    asked = AnimateSettings(body="phrases", gestures=take.settings, seed=take.seed)
    calm = np.zeros((frames, len(EMOTIONS)))
    calm[:, EMOTIONS.index("neutral")] = 1
    ground = ground_track(times, prosody, asked, load_character(), calm)
    if take.settings.posture == "standing":
        for side in SIDES:
            joints = [JOINT_INDEX[f"{side}_{part}"] for part in ARM_PARTS]
            laid = quaternion_to_axis_angle(laid_arm(side, HOME, ground.poses))
            ground.poses.reshape(frames, -1, 3)[:, joints] = laid
    gestures = plan(prosody, take.settings, arousal, stretch.seconds, take.seed, library, rests=ground.rests)
    rotations = upper_body_track(gestures, library, ground.poses, times)
    features = gesture_features(prosody, take.settings, arousal)
    if take.mirrored:
        rotations = mirror_rotations(rotations)
        features[:, [_LEFT, _RIGHT]] = features[:, [_RIGHT, _LEFT]]
    busy = np.zeros(frames, bool)
    for phrase in gestures.phrases:
        busy |= (times >= phrase.start) & (times <= phrase.end)
    six = to_six(rotations).reshape(frames, SIX)
    return Paired(take, six.astype(np.float16), features.astype(np.float16), gestures.strokes, float(1 - busy.mean()))


def _pair_all(job: tuple[Stretch, list[Take], tuple[str, ...]]) -> list[Paired]:
    stretch, takes, exclude = job
    prosody = analyse(stretch.samples)
    return [pair(stretch, prosody, take, exclude) for take in takes]


def pair_takes(
    stretches: list[Stretch], takes: list[Take], exclude: tuple[str, ...], processes: int = 1
) -> Iterator[Paired]:
    """Yield all takes, those of one stretch together, in an order that does not depend on the processes."""
    jobs = [
        (stretch, mine, exclude)
        for index, stretch in enumerate(stretches)
        if (mine := [take for take in takes if take.stretch == index])
    ]
    if processes == 1:
        for job in jobs:
            yield from _pair_all(job)
        return
    # Spawned, so that no thread of a library that is loaded here is copied half-way through its work.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for pairs in pool.map(_pair_all, jobs, chunksize=4):
            yield from pairs


def save_corpus(pairs: list[Paired], stretches: list[Stretch], folder: Path) -> dict[str, Any]:
    """Write ``motion.npy``, ``features.npy``, ``style.npy``, ``starts.npy``, ``strokes.npy`` and ``report.json``.

    Returns
    -------
    dict
        The report: figures of the whole and of every style.
    """
    folder.mkdir(parents=True, exist_ok=True)
    starts = np.concatenate([[0], np.cumsum([len(one.motion) for one in pairs])]).astype(np.int64)
    strokes = [np.column_stack([np.full(len(one.strokes), row), one.strokes]) for row, one in enumerate(pairs)]
    arrays = {
        "motion": np.concatenate([one.motion for one in pairs]),
        "features": np.concatenate([one.features for one in pairs]),
        "style": np.array([STYLES.index(one.take.settings.style) for one in pairs], np.int64),
        "starts": starts,
        "strokes": np.concatenate(strokes).astype(np.float32),
    }
    for name, array in arrays.items():
        aside = folder / f"{name}.part"
        with open(aside, "wb") as file:
            np.save(file, array)
        aside.replace(folder / f"{name}.npy")
    report = describe(pairs, stretches)
    (folder / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return report


def describe(pairs: list[Paired], stretches: list[Stretch]) -> dict[str, Any]:
    """Return figures: hours, recordings, minutes of speech, and per style strokes a minute and the share of rest."""

    def figures(some: list[Paired]) -> dict[str, Any]:
        seconds = np.array([len(one.motion) / FPS for one in some])
        return {
            "hours": round(float(seconds.sum()) / 3600, 3),
            "takes": len(some),
            "strokes_per_minute": round(60 * sum(len(one.strokes) for one in some) / float(seconds.sum()), 1),
            "rest": round(float(np.average([one.resting for one in some], weights=seconds)), 3),
            "seated": round(float(np.mean([one.take.settings.posture == "seated" for one in some])), 3),
            "mirrored": round(float(np.mean([one.take.mirrored for one in some])), 3),
        }

    used = [stretches[index] for index in sorted({one.take.stretch for one in pairs})]
    styles = {style: [one for one in pairs if one.take.settings.style == style] for style in STYLES}
    return {
        "all": figures(pairs),
        "speech_minutes": round(sum(stretch.seconds for stretch in used) / 60, 1),
        "speakers": len({name for stretch in used for name in [f"{stretch.corpus}/{stretch.speaker}"]}),
        "styles": {style: figures(some) for style, some in styles.items() if some},
    }


def load_corpus(folder: Path, split: Split) -> Recordings:
    """Return one side of the corpus, its arrays mapped from disk.

    Parameters
    ----------
    folder : Path
        Where ``python -m soliloquy.training.body`` wrote it: ``.cache/body``.

    Raises
    ------
    FileNotFoundError
        When it has not been made yet.
    """
    side = folder / split
    return Recordings(
        np.load(side / "motion.npy", mmap_mode="r", allow_pickle=False),
        np.load(side / "features.npy", mmap_mode="r", allow_pickle=False),
        np.load(side / "style.npy", allow_pickle=False),
        np.load(side / "starts.npy", allow_pickle=False),
    )
