"""What energy and handedness mean, held against any body engine."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from soliloquy.inference.body.body import gestured
from soliloquy.inference.body.track import BodyEngine, SpokenBody
from soliloquy.inference.body.upper_body import SPINE, UPPER_BODY, upper_body_of
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.rotation import axis_angle_to_quaternion

_FROM_THE_SHOULDER = [name in SPINE or name.endswith(("collar", "shoulder")) for name in UPPER_BODY]
_ARMS = {side: [name.startswith(side) for name in UPPER_BODY] for side in ("left", "right")}


def away(poses: npt.ArrayLike, ground: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """(T, 41) radians of every joint that gestures from where it rests."""
    drawn, resting = (axis_angle_to_quaternion(upper_body_of(item, ground)) for item in (poses, ground))
    return 2 * np.arccos(np.clip(np.abs((drawn * resting).sum(-1)), 0, 1))


def check_directed(engine: BodyEngine, speech: SpokenBody, chosen: GestureSettings | None = None) -> None:
    """Assert that energy and handedness change an engine's gestures by the same factors as every other engine's."""
    settings = chosen or GestureSettings()
    ground = speech.ground.poses
    drawn = engine.animate(speech, settings).poses
    assert np.array_equal(gestured(engine, speech, settings).poses, drawn)
    assert np.array_equal(gestured(engine, speech, dataclasses.replace(settings, energy=0.0)).poses, ground)
    natural = away(drawn, ground)
    for energy, large, small in ((0.5, 0.5, 0.5), (2.0, 2**0.5, 1.0)):
        sized = away(gestured(engine, speech, dataclasses.replace(settings, energy=energy)).poses, ground)
        farthest = np.minimum(natural * np.where(_FROM_THE_SHOULDER, large, small), np.maximum(natural, 2.5))
        np.testing.assert_allclose(sized, farthest, atol=1e-5)
    for handedness, other in ((1.0, "left"), (-0.5, "right")):
        asked = dataclasses.replace(settings, handedness=handedness)
        natural = away(engine.animate(speech, asked).poses, ground)
        made = away(gestured(engine, speech, asked).poses, ground)
        share = np.where(_ARMS[other], 1 - abs(handedness), 1.0)
        np.testing.assert_allclose(made, natural * share, atol=1e-5)
