"""What hands at rest are to do: roughly where they are, which way they face, and what touches what.

Metres in the default character's standing rest frame (X to its left, Y up, Z ahead); seated ones from between the hips.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

Vector = tuple[float, float, float]
Touch = tuple[tuple[str, ...], tuple[str, ...], float]
"""Balls of the hand by the beginnings of their names, parts of the body, and how much it counts."""

_TIPS = ("index2@1", "middle2@1", "ring2@1", "pinky2@1")
_PALM = ("palm0@1", "palm1@1", "palm2@1")


@dataclass(frozen=True)
class HandWish:
    """What one hand is to do."""

    wrist: Vector
    fingers: Vector
    """Where the fingers point."""
    palm: Vector
    """Where the palm faces."""
    elbow: Vector
    bend: float = 0.9
    """Radians of the elbow to start from."""
    curl: tuple[float, float, float, float] = (0.3, 0.35, 0.4, 0.45)
    """Radians by which index, middle, ring and little finger bend."""
    thumb: tuple[float, float, float, float, float] = (0.0, 0.28, 0.07, 0.15, 0.2)
    touch: tuple[Touch, ...] = ()
    facing: float = 0.6
    """How much the directions count."""

    def mirrored(self) -> HandWish:
        """Return the same of the other hand."""
        swap = str.maketrans({"<": "right", ">": "left"})
        touch = tuple(
            (balls, tuple(part.replace("left", "<").replace("right", ">").translate(swap) for part in parts), weight)
            for balls, parts, weight in self.touch
        )
        wrist, fingers, palm, elbow = (
            (-vector[0], vector[1], vector[2]) for vector in (self.wrist, self.fingers, self.palm, self.elbow)
        )
        return dataclasses.replace(self, wrist=wrist, fingers=fingers, palm=palm, elbow=elbow, touch=touch)


@dataclass(frozen=True)
class RestWish:
    """What both hands are to do."""

    anchors: tuple[str, str]
    """See ``HandRest.anchor``."""
    left: HandWish
    right: HandWish
    collars: tuple[Vector, Vector] = ((0.0, 0.0, -3.0), (0.0, 0.0, -3.0))
    """Degrees, both as of the left one."""
    together: bool = False
    seated: bool = False
    body: float = 0.0015
    """Metres that stay between the hands and what of the body they do not lie on."""
    hands: float = 0.0015
    """Metres between the hands."""


def _each(anchor: str, wish: HandWish, **more: float) -> RestWish:
    return RestWish((anchor, anchor), wish, wish.mirrored(), **more)  # pyright: ignore[reportArgumentType]


_SIDE = HandWish((0.222, 0.875, 0.06), (-0.05, -1, 0.12), (-1, 0, -0.25), (0.222, 1.108, 0.035), 0.3,
                 (0.4, 0.5, 0.58, 0.66),
                 touch=((("index2", "middle2", "thumb"), ("left_thigh", "torso"), 1.0),))  # fmt: skip
_LEFT_HAND = ("left_palm", "left_finger")
_RIGHT_HAND = ("right_palm", "right_finger")
_LEFT_WRIST = ("left_forearm", "left_palm")

WISHES: dict[str, RestWish] = {
    "ready": _each("spine2", HandWish((0.188, 1.096, 0.302), (-0.3, 0.42, 0.86), (-0.78, -0.58, 0.15),
                                      (0.262, 1.112, 0.062), 1.3, (0.42, 0.52, 0.6, 0.66)), body=0.02, hands=0.02),
    "together": RestWish(
        ("spine2", "spine2"),
        HandWish((0.08, 1.025, 0.255), (-0.62, -0.12, 0.78), (-0.75, -0.25, -0.5), (0.225, 1.11, 0.05), 1.3,
                 (0.75, 0.8, 0.85, 0.9), facing=0.4,
                 touch=((("palm0@1", "palm1@1"), _RIGHT_HAND, 0.6), (_TIPS, _RIGHT_HAND, 0.7),
                        (("thumb2@1",), _RIGHT_HAND, 0.4))),
        HandWish((-0.07, 1.05, 0.27), (0.7, -0.1, 0.7), (0.7, -0.4, -0.55), (-0.225, 1.11, 0.05), 1.3,
                 (0.75, 0.8, 0.85, 0.9), facing=0.4,
                 touch=((_PALM, _LEFT_HAND, 0.6), (_TIPS, _LEFT_HAND, 0.7), (("thumb2@1",), _LEFT_HAND, 0.5))),
        together=True, body=0.02),
    "wrist": RestWish(
        ("pelvis", "pelvis"),
        HandWish((0.055, 0.93, 0.20), (-0.75, -0.62, 0.1), (-0.2, -0.25, -0.95), (0.27, 1.09, 0.03), 0.7,
                 (0.35, 0.4, 0.45, 0.5)),
        HandWish((-0.035, 0.975, 0.262), (0.9, -0.12, -0.05), (0.05, -0.3, -0.95), (-0.265, 1.1, 0.04), 0.9,
                 (0.45, 0.5, 0.5, 0.5),
                 touch=((_PALM, _LEFT_WRIST, 1.0), (_TIPS, _LEFT_WRIST, 0.7), (("thumb2@1",), _LEFT_WRIST, 0.6))),
        together=True, body=0.015),
    "hip": RestWish(
        ("pelvis", "own_hip"),
        HandWish((0.195, 1.0, -0.005), (-0.25, -0.45, 0.85), (-0.9, -0.35, -0.2), (0.36, 1.16, -0.07), 1.4,
                 thumb=(0.0, -0.5, 0.0, 0.1, 0.1),
                 touch=((("palm0", "palm1", "palm2"), ("torso",), 0.6), (_TIPS, ("torso",), 0.8),
                        (("thumb2@1",), ("torso",), 0.5))),
        _SIDE.mirrored(), collars=((0.0, 4.0, 0.0), (0.0, 0.0, -3.0)), body=0.004),
    "pockets": _each("own_hip", HandWish(
        (0.205, 0.94, 0.075), (-0.15, -0.95, 0.15), (-0.95, 0.0, -0.3), (0.245, 1.115, -0.02), 0.9,
        (0.35, 0.42, 0.5, 0.55), (0.1, -0.2, 0.1, 0.1, 0.1),
        touch=((("thumb2@1",), ("torso", "left_thigh"), 1.0),
               (("middle2@1", "ring2@1"), ("left_thigh", "torso"), 0.6)))),
    "sides": _each("own_hip", _SIDE, body=0.006),
    "crossed": RestWish(
        ("spine3", "spine3"),
        HandWish((-0.10, 1.165, 0.215), (-0.9, 0.25, -0.2), (-0.1, -0.2, -0.95), (0.24, 1.12, 0.11), 1.9,
                 (0.4, 0.45, 0.5, 0.5), touch=((("palm1", "index2@1", "middle2@1"), ("right_upper_arm",), 1.0),)),
        HandWish((0.115, 1.20, 0.235), (0.9, 0.25, -0.35), (0.1, -0.1, -0.95), (-0.24, 1.12, 0.12), 1.9,
                 (0.4, 0.45, 0.5, 0.5), touch=((("palm1", "index2@1", "middle2@1"), ("left_upper_arm",), 1.0),
                                               (("forearm",), ("left_forearm",), 0.25))),
        collars=((0.0, -14.0, -2.0), (0.0, -15.0, -1.0)), together=True, body=0.014),
    "behind": RestWish(
        ("pelvis", "pelvis"),
        HandWish((0.06, 0.93, -0.135), (-0.85, -0.5, -0.05), (0.1, -0.1, -1), (0.27, 1.1, -0.08), 0.7,
                 (0.4, 0.45, 0.5, 0.55), (0.0, -0.2, 0.07, 0.0, 0.0)),
        HandWish((-0.05, 0.96, -0.155), (0.85, -0.2, 0.1), (0.1, -0.3, 0.95), (-0.27, 1.1, -0.08), 0.7,
                 (0.9, 0.95, 1.0, 1.0),
                 touch=((_PALM, _LEFT_WRIST, 1.0), (_TIPS, _LEFT_WRIST, 0.7), (("thumb2@1",), _LEFT_WRIST, 0.5))),
        collars=((0.0, 8.0, -3.0), (0.0, 8.0, -3.0)), together=True, body=0.008),
    "lap": RestWish(
        ("own_hip", "other_hip"),
        HandWish((0.10, 0.13, 0.17), (-0.7, -0.3, 0.65), (-0.45, -0.85, -0.2), (0.23, 0.185, 0.05), 1.2,
                 (0.5, 0.55, 0.6, 0.6), touch=((("palm2@1", "pinky1"), ("left_thigh", "torso", "right_thigh"), 0.3),
                                               (_TIPS, ("right_thigh", "left_thigh", "torso"), 0.3))),
        HandWish((-0.075, 0.165, 0.20), (0.8, -0.25, 0.5), (0.3, -0.92, -0.2), (-0.23, 0.19, 0.05), 1.2,
                 (0.45, 0.5, 0.55, 0.55),
                 touch=((_PALM, _LEFT_HAND, 1.0), (_TIPS, _LEFT_HAND, 0.7), (("thumb2@1",), _LEFT_HAND, 0.5))),
        together=True, seated=True, body=0.004),
    "thighs": RestWish(
        ("own_hip", "own_hip"),
        HandWish((0.125, 0.13, 0.20), (-0.14, -0.15, 0.98), (0.0, -0.98, -0.15), (0.25, 0.24, -0.06), 1.2,
                 (0.3, 0.23, 0.23, 0.3), (0.0, 0.17, 0.03, 0.1, 0.17),
                 touch=((_PALM, ("left_thigh",), 1.0), (_TIPS, ("left_thigh",), 0.7),
                        (("thumb2@1",), ("left_thigh",), 0.5))),
        HandWish((-0.125, 0.13, 0.185), (0.22, -0.14, 0.97), (0.0, -0.98, -0.15), (-0.25, 0.24, -0.06), 1.2,
                 (0.3, 0.23, 0.23, 0.3), (0.0, 0.17, 0.03, 0.1, 0.17),
                 touch=((_PALM, ("right_thigh",), 1.0), (_TIPS, ("right_thigh",), 0.7),
                        (("thumb2@1",), ("right_thigh",), 0.5))),
        seated=True),
}  # fmt: skip
"""By the names of ``inference.layers.rest_poses``."""
