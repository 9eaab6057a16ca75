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
            (0.1543, -0.1331, 0.2241),
            (-39.62, -105.38, -43.86),
            (0.526, -0.546, -0.652),
            (0.0, 0.0, -3.0),
            (20.1, 24.1, 27.5, 29.8),
            (0.0, 16.0, 4.0, 8.6, 11.5),
        ),
        HandRest(
            "spine2",
            (0.1543, -0.1331, 0.2241),
            (-39.62, -105.38, -43.86),
            (0.526, -0.546, -0.652),
            (0.0, 0.0, -3.0),
            (20.1, 24.1, 27.5, 29.8),
            (0.0, 16.0, 4.0, 8.6, 11.5),
        ),
        together=False,
    ),
    "together": RestPose(
        HandRest(
            "spine2",
            (0.0954, -0.1609, 0.2333),
            (-42.58, -90.47, -89.92),
            (0.695, -0.545, -0.468),
            (0.0, 0.0, -3.0),
            (54.6, 30.0, 43.1, 34.0),
            (-2.2, 16.3, 8.1, 8.1, 11.7),
        ),
        HandRest(
            "spine2",
            (0.0829, -0.1409, 0.2427),
            (-38.87, -106.35, -74.03),
            (0.660, -0.606, -0.443),
            (0.0, 0.0, -3.0),
            (32.2, 35.3, 23.8, 55.7),
            (-0.7, 15.0, 3.8, 7.8, 11.2),
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
            (0.1777, 0.0117, -0.0048),
            (-44.96, -45.28, -82.85),
            (0.816, 0.066, -0.574),
            (0.0, 4.0, 0.0),
            (19.8, 15.7, 9.4, 1.9),
            (-14.0, -33.7, 4.6, 1.5, 4.3),
        ),
        HandRest(
            "own_hip",
            (0.1295, -0.0228, 0.0187),
            (4.83, -10.67, -108.09),
            (0.665, 0.072, -0.743),
            (0.0, 0.0, -3.0),
            (-6.0, -7.2, -4.3, 6.8),
            (-10.8, 7.8, 10.9, 2.7, 9.4),
        ),
    ),
    "pockets": RestPose(
        HandRest(
            "own_hip",
            (0.1072, 0.0532, 0.0656),
            (10.41, -39.67, -107.75),
            (0.613, -0.053, -0.789),
            (0.0, 0.0, -3.0),
            (9.4, 2.6, -3.2, -5.7),
            (-3.9, -16.4, 9.3, 2.7, 5.3),
        ),
        HandRest(
            "own_hip",
            (0.1072, 0.0532, 0.0656),
            (10.45, -39.73, -107.75),
            (0.612, -0.053, -0.789),
            (0.0, 0.0, -3.0),
            (9.4, 2.6, -3.2, -5.6),
            (-3.9, -16.4, 9.3, 2.7, 5.3),
        ),
    ),
    "sides": RestPose(
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
            (-0.0015, -0.1653, 0.1260),
            (41.38, -57.24, -126.75),
            (0.869, -0.420, -0.263),
            (0.0, 0.0, -3.0),
            (16.6, 30.9, 57.7, 40.2),
            (0.0, 16.0, 4.0, 8.6, 11.5),
        ),
        HandRest(
            "other_hip",
            (0.1741, -0.1870, 0.1559),
            (40.94, -59.10, -133.62),
            (0.827, -0.478, -0.295),
            (0.0, 0.0, -3.0),
            (19.9, 25.8, 28.9, 27.3),
            (-9.2, 9.3, 10.9, 4.0, 9.9),
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
