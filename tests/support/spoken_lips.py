"""Lips that speak, without a recording; and how far a small mouth opens in the scene."""

from __future__ import annotations

from typing import Any

import numpy as np
from small_mouth import COLUMNS

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_INDEX

FPS = 30.0


def spoken_lips(frames: int = 90) -> Performance:
    """Return lips that open and close, rounded in the second half, pressed shut at every fifteenth frame; two winks."""
    time = np.arange(frames)
    arkit = np.zeros((frames, 52), np.float32)
    opened = np.abs(np.sin(np.pi * time / 15)) ** 1.5
    arkit[:, ARKIT_INDEX["jawOpen"]] = 0.25 * opened
    arkit[frames // 2 :, ARKIT_INDEX["mouthPucker"]] = 0.6 * opened[frames // 2 :]
    for name in ("mouthPressLeft", "mouthPressRight"):
        arkit[:, ARKIT_INDEX[name]] = 0.15 * (opened < 0.1)
    arkit[20:24, ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
    arkit[50:54, ARKIT_INDEX["eyeBlinkRight"]] = 0.7
    poses = np.zeros((frames, 165), np.float32)
    poses[:, 3 * JOINT_INDEX["jaw"]] = load_character().jaw_open_radians * arkit[:, ARKIT_INDEX["jawOpen"]]
    return Performance(FPS, poses, np.zeros((frames, 3)), arkit, load_character().lip_aperture(poses, arkit))


def shown_gap(bpy: Any, mesh: Any, frames: int) -> np.ndarray:
    """Return (T,) metres between the lips' middles of a small mouth in the evaluated scene, from frame 1 on."""
    found, middle = [], COLUMNS // 2
    for frame in range(1, frames + 1):
        bpy.context.scene.frame_set(frame)
        shown = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
        found.append(shown.vertices[middle].co.z - shown.vertices[5 * COLUMNS + middle].co.z)
    return np.array(found)
