"""A finished performance with some of its parts stronger, weaker, smoother or later; no network runs."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, REGION_COEFFICIENTS
from ..character import Character, load_character
from ..errors import SoliloquyError
from ..eye_aim import EYE_COLUMNS, eye_directions, eye_rotations, head_frames
from ..eye_look import look_coefficients
from ..performance import Performance
from ..rotation import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    continuous_quaternions,
    quaternion_to_axis_angle,
)
from ..skeleton import JOINT_INDEX, JOINT_NAMES
from ..time_filters import FULL_WIDTH, held_part, shift
from .body import shape_body
from .face import shape_mood, shape_upper_face
from .settings import Reshape
from .touches import Touches, find_touches

Doubles = npt.NDArray[np.float64]

_LIPS = [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]]
_NOT_LIPS = [index for index in range(len(ARKIT_INDEX)) if index not in _LIPS]
_MOVED = [index for index, name in enumerate(JOINT_NAMES) if name != "jaw"]
_JAW = slice(3 * JOINT_INDEX["jaw"], 3 * JOINT_INDEX["jaw"] + 3)
_LOOKED_AT = 1.2
"""Metres to what is looked at, about as far as a listener stands."""
_MOSTLY = 8.0
"""Seconds over which eyes have one place that they mostly look at."""


def reshaped(performance: Performance, settings: Reshape, character: Character | None = None) -> Performance:
    """Return a performance as an artist wants its parts: numpy only, a minute in a moment.

    What is scaled fades to what the performance itself holds: the posture the head, the trunk and each arm come back
    to, brows at rest, eyes that stay with what they mostly look at. The eyes keep their targets when the head moves
    otherwise, pelvis and legs stay as performed, and lips keep their distance.

    Parameters
    ----------
    performance : Performance
        From any engine; stays as it is.
    settings : Reshape
        Neutral settings give identical arrays.
    character : Character, optional
        Whose body the hands stay out of; the default character when missing.

    Returns
    -------
    Performance
        ``meta["reshape"]`` holds the settings; those of earlier calls move to ``meta["earlier_reshapes"]``.

    Raises
    ------
    SoliloquyError
        When the performance holds values that are not numbers.
    """
    return Shaping(performance, character).shaped(settings)


class Shaping:
    """A performance that is re-shaped again and again: what does not depend on the settings is worked out once."""

    def __init__(self, performance: Performance, character: Character | None = None) -> None:
        for array in (performance.poses, performance.trans, performance.arkit):
            if not np.isfinite(array).all():
                raise SoliloquyError("The performance holds values that are not numbers.", "Animate again.")
        self.performance = performance
        self._character = character or load_character()

    @functools.cached_property
    def _touches(self) -> Touches:
        made = self.performance
        return find_touches(made.poses, made.trans, made.fps, self._character)

    def shaped(self, settings: Reshape) -> Performance:
        """Return the performance as :func:`reshaped` does."""
        made = self.performance
        poses, trans, arkit = made.poses.copy(), made.trans.copy(), made.arkit.copy()
        aperture, meta = made.lip_aperture.copy(), dict(made.meta)
        if not settings.neutral and made.frames:
            if "reshape" in meta:
                meta["earlier_reshapes"] = [*meta.get("earlier_reshapes", []), meta["reshape"]]
            meta["reshape"] = settings.to_json()
            poses, trans, arkit = self._applied(settings, poses, trans, arkit)
            lips = np.concatenate([arkit[:, _LIPS], poses[:, _JAW]], 1)
            if (lips != np.concatenate([made.arkit[:, _LIPS], made.poses[:, _JAW]], 1)).any():
                aperture = self._character.lip_aperture(poses, arkit)
        return dataclasses.replace(
            made,
            poses=poses,
            trans=trans,
            arkit=arkit,
            lip_aperture=aperture,
            expressions=None if made.expressions is None else made.expressions.copy(),
            betas=np.array(made.betas),
            tracks=dict(made.tracks),
            meta=meta,
        )

    def _applied(
        self,
        settings: Reshape,
        poses: npt.NDArray[np.float32],
        trans: npt.NDArray[np.float32],
        arkit: npt.NDArray[np.float32],
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        fps = self.performance.fps
        lag, sigma = settings.motion_offset * fps, settings.motion_smoothing / FULL_WIDTH * fps
        if lag:
            _shift_turns(poses, lag)
            trans = shift(trans, lag)
            arkit[:, _NOT_LIPS] = shift(arkit[:, _NOT_LIPS], lag)
        poses, arkit = shape_mood(poses, arkit, fps, settings.emotion, self._character)
        shape_upper_face(arkit, fps, settings.upper_face, settings.emotion, settings.blinks, sigma)
        performed = poses
        if self._moves_body(settings, poses):
            touches = self._touches if not lag else Touches(
                *(shift(getattr(self._touches, item.name), lag) for item in dataclasses.fields(Touches))
            )  # fmt: skip
            double = poses.astype(np.float64)
            turned = shape_body(double, trans.astype(np.float64), fps, settings, sigma, touches, self._character)
            poses = np.where(turned == double, poses, turned.astype(np.float32))
        _aim_eyes(performed, poses, trans, arkit, fps, settings.gaze, self._character)
        return poses, trans, arkit

    def _moves_body(self, settings: Reshape, poses: npt.NDArray[np.float32]) -> bool:
        names = ("head", "body", "gestures", "openness", "fingers", "motion_smoothing")
        return any(getattr(settings, name) != getattr(Reshape(), name) for name in names) and bool(poses.any())


def _shift_turns(poses: npt.NDArray[np.float32], lag: float) -> None:
    """Let all joints but the jaw come later, in place."""
    turns = poses.reshape(len(poses), -1, 3)
    quaternions = continuous_quaternions(axis_angle_to_quaternion(turns[:, _MOVED].astype(np.float64)))
    turns[:, _MOVED] = quaternion_to_axis_angle(shift(quaternions, lag))


def _aim_eyes(
    before: npt.NDArray[np.float32],
    poses: npt.NDArray[np.float32],
    trans: npt.NDArray[np.float32],
    arkit: npt.NDArray[np.float32],
    fps: float,
    glances: float,
    character: Character,
) -> None:
    """Let the eyes look where they looked before the head moved otherwise, and glance away as far as asked; in place.

    ``before`` are the poses in which they look at their targets.
    """
    if not any(before[:, column].any() for column in EYE_COLUMNS):
        return  # eyes at rest stay at rest
    if glances == 1 and before is poses:
        return
    was, places_before = head_frames(before, trans, character.joints)
    now, places = head_frames(poses, trans, character.joints)
    if glances == 1 and (was == now).all() and (places == places_before).all():
        return
    ahead = [np.einsum("tij,tj->ti", was, eye_directions(before[:, column])) for column in EYE_COLUMNS]
    if glances != 1:
        ahead = _glancing(ahead, fps, glances)
    eyes = np.zeros((len(poses), 2, 3))
    for number, column in enumerate(EYE_COLUMNS):
        points = places_before[:, number] + _LOOKED_AT * ahead[number]
        eyes[:, number] = eye_rotations(points, now, places[:, [number]])[:, 0]
        poses[:, column] = eyes[:, number]
    look_coefficients(arkit, eyes)


def _glancing(ahead: list[Doubles], fps: float, glances: float) -> list[Doubles]:
    """Return where both eyes look, their way from where they mostly look longer or shorter."""
    middle = ahead[0] + ahead[1]
    mostly = np.asarray(held_part(middle, _MOSTLY * fps, 0.5), np.float64)
    axis = np.cross(mostly, middle)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(sine[:, 0], (mostly * middle).sum(1))
    more = axis_angle_to_matrix((glances - 1) * angle[:, None] * axis / np.maximum(sine, 1e-12))
    return [np.einsum("tij,tj->ti", more, direction) for direction in ahead]
