"""Where hands lie at rest: in each other, on the hips, the thighs, the other arm.

Solved on the joints and the flesh of the default character (``training.gestures.rest_poses``): what touches does so
within a few millimetres, and nothing is inside anything. Numbers are those of a left hand; on the right they are
mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HandRest:
    """Where one hand lies and how its arm and fingers are, as a left hand's."""

    anchor: str
    """The joint that carries what the hand lies on; ``own_hip`` and ``other_hip`` are those of the two thighs."""
    wrist: tuple[float, float, float]
    """Metres from that joint, in its frame."""
    turn: tuple[float, float, float]
    """Axis-angle of the hand in the same frame, degrees."""
    pole: tuple[float, float, float]
    """Where the elbow points to, in the frame of the upper spine."""
    collar: tuple[float, float, float]
    """Axis-angle, degrees."""
    curl: tuple[float, float, float, float]
    """Degrees by which index, middle, ring and little finger bend in their middle joint."""
    thumb: tuple[float, float, float, float, float]
    """Degrees: axis-angle of the first joint, bend of the second and the third."""


@dataclass(frozen=True)
class RestPose:
    """Where both hands are."""

    left: HandRest
    right: HandRest
    together: bool = False
    """The hands or arms touch each other, so that they move as one."""


REST_POSES: dict[str, RestPose] = {
    "ready": RestPose(
        HandRest(
            "spine2",
            (0.1911, -0.1185, 0.2877),
            (-51.78, -103.58, -34.95),
            (0.451, -0.644, -0.618),
            (0.0, 0.0, -3.0),
            (24.1, 29.8, 34.4, 37.8),
            (0.0, 16.0, 4.0, 8.6, 11.5),
        ),
        HandRest(
            "spine2",
            (0.1911, -0.1185, 0.2877),
            (-51.78, -103.58, -34.95),
            (0.451, -0.644, -0.618),
            (0.0, 0.0, -3.0),
            (24.1, 29.8, 34.4, 37.8),
            (0.0, 16.0, 4.0, 8.6, 11.5),
        ),
    ),
    "together": RestPose(
        HandRest(
            "spine2",
            (0.0914, -0.1814, 0.2445),
            (-39.76, -87.91, -92.38),
            (0.639, -0.560, -0.528),
            (0.0, 0.0, -3.0),
            (56.7, 31.6, 45.3, 37.8),
            (-1.2, 16.3, 6.3, 8.5, 11.8),
        ),
        HandRest(
            "spine2",
            (0.0839, -0.1618, 0.2488),
            (-38.28, -101.12, -76.30),
            (0.641, -0.594, -0.486),
            (0.0, 0.0, -3.0),
            (33.2, 34.9, 51.9, 55.8),
            (0.1, 16.0, 3.7, 8.6, 11.5),
        ),
        together=True,
    ),
    "wrist": RestPose(
        HandRest(
            "pelvis",
            (0.0684, -0.0226, 0.2350),
            (31.11, -98.74, -87.32),
            (0.955, -0.296, -0.027),
            (0.0, 0.0, -3.0),
            (20.1, 22.9, 25.8, 28.6),
            (0.0, 16.0, 4.0, 8.6, 11.5),
        ),
        HandRest(
            "pelvis",
            (0.0409, 0.0064, 0.2555),
            (5.86, -121.63, -102.80),
            (0.903, -0.420, -0.092),
            (0.0, 0.0, -3.0),
            (25.8, 38.2, 39.5, 23.1),
            (-6.8, 7.1, 3.8, 3.0, 9.7),
        ),
        together=True,
    ),
    "hip": RestPose(
        HandRest(
            "pelvis",
            (0.1765, 0.0124, 0.0011),
            (-46.33, -49.46, -79.70),
            (0.865, 0.046, -0.499),
            (0.0, 4.0, 0.0),
            (23.0, 21.7, 14.1, 5.6),
            (-15.4, -31.4, 6.1, 2.5, 4.6),
        ),
        HandRest(
            "own_hip",
            (0.1026, -0.0372, 0.0319),
            (14.46, 0.84, -88.93),
            (0.567, 0.003, -0.824),
            (0.0, 0.0, -3.0),
            (6.1, 9.9, 15.6, 35.3),
            (-12.9, 10.1, 11.2, 5.8, 8.8),
        ),
    ),
    "pockets": RestPose(
        HandRest(
            "own_hip",
            (0.1116, 0.0254, 0.0537),
            (7.10, -37.25, -88.14),
            (0.504, -0.036, -0.863),
            (0.0, 0.0, -3.0),
            (20.1, 26.5, 24.4, 31.5),
            (6.3, -11.8, 4.6, 5.5, 5.6),
        ),
        HandRest(
            "own_hip",
            (0.1116, 0.0254, 0.0537),
            (7.10, -37.26, -88.14),
            (0.504, -0.036, -0.863),
            (0.0, 0.0, -3.0),
            (20.1, 26.5, 24.4, 31.5),
            (6.3, -11.8, 4.6, 5.5, 5.6),
        ),
    ),
    "sides": RestPose(
        HandRest(
            "own_hip",
            (0.1042, -0.0393, 0.0274),
            (13.48, 6.99, -89.93),
            (0.575, 0.014, -0.818),
            (0.0, 0.0, -3.0),
            (4.0, 9.3, 15.6, 33.7),
            (-15.2, 8.4, 11.1, 5.4, 7.8),
        ),
        HandRest(
            "own_hip",
            (0.1043, -0.0393, 0.0274),
            (13.48, 6.99, -89.93),
            (0.574, 0.014, -0.819),
            (0.0, 0.0, -3.0),
            (4.0, 9.3, 15.6, 33.7),
            (-15.2, 8.4, 11.1, 5.4, 7.8),
        ),
    ),
    "learned": RestPose(
        HandRest(
            "own_hip",
            (0.1340, -0.0223, 0.0175),
            (3.92, -13.88, -109.56),
            (0.660, 0.080, -0.747),
            (0.0, 0.0, -3.0),
            (-6.4, -8.1, -5.7, 4.5),
            (-11.2, 7.7, 11.5, 2.7, 9.4),
        ),
        HandRest(
            "own_hip",
            (0.1341, -0.0223, 0.0175),
            (3.91, -13.87, -109.56),
            (0.660, 0.080, -0.747),
            (0.0, 0.0, -3.0),
            (-6.4, -8.1, -5.7, 4.5),
            (-11.2, 7.7, 11.5, 2.7, 9.4),
        ),
    ),
    "crossed": RestPose(
        HandRest(
            "spine3",
            (-0.0692, -0.1547, 0.2697),
            (15.08, 119.12, 116.04),
            (0.687, -0.723, 0.073),
            (0.0, -14.0, -2.0),
            (38.5, 45.7, 28.6, 28.6),
            (-9.2, 14.6, 9.7, 8.6, 11.5),
        ),
        HandRest(
            "spine3",
            (-0.0923, -0.0761, 0.2074),
            (32.00, 128.70, 77.07),
            (0.559, -0.742, 0.370),
            (0.0, -15.0, -1.0),
            (15.8, 31.5, 28.6, 28.6),
            (-10.9, 20.2, 28.3, 8.3, 11.1),
        ),
        together=True,
    ),
    "behind": RestPose(
        HandRest(
            "pelvis",
            (0.0660, -0.0427, -0.1242),
            (34.14, -85.16, -100.03),
            (0.965, -0.212, -0.157),
            (0.0, 8.0, -3.0),
            (22.9, 25.8, 28.6, 31.5),
            (-5.7, -15.5, 4.4, -2.9, -0.7),
        ),
        HandRest(
            "pelvis",
            (0.0536, -0.0267, -0.1685),
            (-30.57, 67.94, -121.70),
            (0.563, 0.228, -0.795),
            (0.0, 8.0, -3.0),
            (45.2, 23.5, 82.6, 35.9),
            (5.1, 10.8, -9.2, 6.6, 11.8),
        ),
        together=True,
    ),
    "lap": RestPose(
        HandRest(
            "own_hip",
            (-0.0082, -0.1777, 0.1223),
            (38.77, -47.76, -126.44),
            (0.818, -0.472, -0.329),
            (0.0, 0.0, -3.0),
            (24.7, 34.8, 30.7, 41.9),
            (0.0, 16.0, 4.0, 8.6, 11.5),
        ),
        HandRest(
            "other_hip",
            (0.1685, -0.2013, 0.1594),
            (47.55, -45.34, -129.96),
            (0.760, -0.542, -0.359),
            (0.0, 0.0, -3.0),
            (27.3, 32.2, 28.3, 28.8),
            (-5.0, 13.9, 10.0, 6.6, 10.7),
        ),
        together=True,
    ),
    "thighs": RestPose(
        HandRest(
            "own_hip",
            (0.0265, -0.1947, 0.1288),
            (67.94, -66.26, -83.89),
            (0.451, -0.551, -0.702),
            (0.0, 0.0, -3.0),
            (17.0, 13.0, 13.0, 17.0),
            (0.0, 10.0, 2.0, 6.0, 10.0),
        ),
        HandRest(
            "own_hip",
            (0.0256, -0.1830, 0.1303),
            (64.70, -69.34, -87.74),
            (0.451, -0.551, -0.702),
            (0.0, 0.0, -3.0),
            (17.0, 13.0, 13.0, 17.0),
            (0.0, 10.0, 2.0, 6.0, 10.0),
        ),
    ),
}
"""By the names that the setting ``rest`` knows."""
