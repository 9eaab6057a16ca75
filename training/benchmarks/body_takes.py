"""Takes of the body benchmark: a system's motion over a recording, and what is read from it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ...inference.body.body import gestured
from ...inference.body.track import BodyEngine
from ...inference.body.upper_body import ARMS, UPPER_BODY, upper_body_of
from ...inference.character import load_character
from ...inference.gestures.settings import GestureSettings
from ...inference.plausibility.kinematics import joint_positions
from ...inference.plausibility.settle import settle
from ...inference.skeleton import JOINT_INDEX
from ..metrics.motion_features import SIDES, channels_of, fingertips, gesture_frames
from .body_baselines import STILL
from .body_speech import FPS, Speech

Doubles = npt.NDArray[np.float64]

WRISTS = [JOINT_INDEX[f"{side}_wrist"] for side in SIDES]
_ELBOWS = [JOINT_INDEX[f"{side}_elbow"] for side in SIDES]
_ARMS = [UPPER_BODY.index(name) for name in ARMS if "collar" not in name]


@dataclass(frozen=True, eq=False)
class Take:
    """One motion at 30 fps."""

    name: str
    """Of the recording or clip."""
    rotations: Doubles
    """(T, 41, 3) what gestures, the spine without the ground's."""
    speech: Speech | None = None
    poses: Doubles | None = None
    """(T, 165) the whole body, where there is one."""
    trans: Doubles | None = None
    strokes: Doubles | None = None
    cpu_seconds: float = 0.0
    """Processor time of the engine and of settling."""
    settings: GestureSettings | None = None

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.rotations) / FPS

    @cached_property
    def channels(self) -> npt.NDArray[np.float32]:
        """(T, 2, 33) features, see ``motion_features``."""
        return channels_of(*self._frames, load_character().joints)

    @cached_property
    def points(self) -> Doubles:
        """(T, 14, 3) wrists, elbows and fingertips of the body with its pelvis at rest, metres."""
        turns, places = self._frames
        return np.concatenate([places[:, WRISTS + _ELBOWS], fingertips(turns, places, load_character().joints)], 1)

    @cached_property
    def _frames(self) -> tuple[Doubles, Doubles]:
        return gesture_frames(self.rotations, load_character().joints)

    @cached_property
    def places(self) -> Doubles:
        """(T, 55, 3) joints of the whole body, metres."""
        assert self.poses is not None
        assert self.trans is not None
        return joint_positions(self.poses, self.trans, load_character().joints)

    @property
    def arms(self) -> Doubles:
        """(T, 6, 3) axis-angle of shoulders, elbows and wrists."""
        return self.rotations[:, _ARMS]

    @property
    def wrist_speed(self) -> Doubles:
        """(T, 2) m/s of left and right."""
        return np.linalg.norm(np.gradient(self.points[:, :2], axis=0), axis=-1) * FPS


def perform(
    engine: BodyEngine, speech: Speech, seed: int, gestures: GestureSettings | None = None, arousal: float = 0.0
) -> Take:
    """Let a system move to a recording, and settle what gestures as the product does: limits, contacts, jitter."""
    spoken, settings = speech.spoken(seed, gestures, arousal)
    begun = time.process_time()
    track = gestured(engine, spoken, settings)
    if engine.name != STILL and settings.contacts:
        track = settle(track, load_character(), FPS)
    cost = time.process_time() - begun
    # A body that does not move at all does not stand on the ground that does.
    ground = track.poses if engine.name == STILL else spoken.ground.poses
    rotations = np.asarray(upper_body_of(track.poses, ground), np.float64)
    poses, trans = np.asarray(track.poses, np.float64), np.asarray(track.trans, np.float64)
    return Take(speech.name, rotations, speech, poses, trans, track.strokes, cost, settings)


def perform_all(engine: BodyEngine, speeches: Sequence[Speech], seeds: Sequence[int]) -> list[Take]:
    """Let a system move to every recording with every seed; the recordings' styles are theirs."""
    return [perform(engine, speech, seed) for speech in speeches for seed in seeds]
