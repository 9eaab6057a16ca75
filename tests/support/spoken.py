"""A spoken performance made by hand: closures, a near closure, a rest, and if asked a mood that stays on the mouth."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.face.lip_solver import hold_aperture, solve_aperture
from soliloquy.inference.performance import Performance

FPS = 30.0
FRAMES = 240
CLOSURES = (30, 60, 61, 62, 100, 101, 102, 103, 140, 141, 142, 180, 181)
NEAR = slice(116, 121)


def spoken(mood: float = 0.0, fps: float = FPS) -> Performance:
    """A mouth that opens about four times a second, shuts firmly at ``CLOSURES`` and nearly at ``NEAR``."""
    character = load_character()
    at = np.arange(FRAMES) / FPS
    aperture = 0.07 + 0.05 * np.sin(2 * np.pi * 3.7 * at) + 0.02 * np.sin(2 * np.pi * 1.3 * at + 1)
    aperture = np.maximum(aperture, 0.03)
    aperture[NEAR] = np.minimum(aperture[NEAR], 0.017)
    aperture[list(CLOSURES)] = 0.0008
    aperture[200:] = 0.0008  # a rest of more than a second
    arkit = np.zeros((FRAMES, 52), np.float32)

    def put(name: str, values: np.ndarray) -> None:
        arkit[:, ARKIT_INDEX[name]] = np.clip(values, 0, 1)

    moves = (aperture > 0.02) * 1.0
    put("mouthPucker", 0.3 * (np.sin(2 * np.pi * 0.9 * at) > 0.3) * moves)
    for side in ("Left", "Right"):
        put(f"mouthUpperUp{side}", 4 * np.maximum(aperture - 0.08, 0))
        put(f"mouthLowerDown{side}", aperture)
        put(f"mouthSmile{side}", 0.05 * moves)
        put(f"mouthPress{side}", 0.08 * (1 - moves))
    put("browInnerUp", 0.2 + 0 * at)
    put("mouthClose", 0.04 * moves)
    put("jawOpen", aperture)
    put("tongueOut", 0.1 * moves)
    poses = np.zeros((FRAMES, 165), np.float32)
    poses[:, 45:48] = 0.1 * np.sin(at)[:, None]
    poses, arkit = solve_aperture(poses, arkit, aperture, character)
    if mood:
        expression = np.zeros_like(arkit)
        expression[:, [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]] = mood
        poses, arkit = hold_aperture(poses, arkit + expression, arkit, expression, character)
    return Performance(
        fps, poses, np.zeros((FRAMES, 3), np.float32), arkit, character.lip_aperture(poses, arkit), meta={"seed": 1}
    )
