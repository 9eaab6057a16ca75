"""A performance as a VRM animation (.vrma): the motion of a humanoid for any VRM 1.0 avatar.

The skeleton in the file is the default character's in the T-pose with every joint unturned, which is how VRM 1.0 counts
rotations: Y up, facing +Z, metres, as SMPL-X does. So rotations go in as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..character import load_character
from ..emotion.curves import emotion_weights
from ..emotion.names import EMOTIONS
from ..errors import SoliloquyError
from ..glb import binary_chunk, write_glb
from ..performance import Performance
from ..rotation import axis_angle_to_quaternion, continuous_quaternions
from ..saving import aside_of, not_saved
from ..settings import recorded_settings
from ..skeleton import JOINT_INDEX, JOINT_NAMES, PARENTS
from ..vrm_names import HUMANOID_BONES
from .motion_format import MotionFormat
from .vrm_visemes import MOUTHS, mouth_shares
from .vrma_reader import read_vrma

Array = npt.NDArray[Any]
_FLOAT = 5126
_EMOTIONS = ("happy", "sad", "angry", "surprised")
_FELT = 1e-3
_EYES = ("left_eye_smplhf", "right_eye_smplhf")


class _File:
    """A glTF file that grows: its JSON, and the numbers that it points at."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.nodes: list[dict[str, Any]] = []
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.samplers: list[dict[str, Any]] = []
        self.channels: list[dict[str, Any]] = []

    def node(self, name: str, **more: Any) -> int:
        """Add a node; returns its number."""
        self.nodes.append({"name": name, **more})
        return len(self.nodes) - 1

    def numbers(self, values: Array, kind: str) -> int:
        """Add an array of float32; returns the number of its accessor."""
        values = np.ascontiguousarray(values, "<f4")
        self.views.append({"buffer": 0, "byteOffset": len(self.data), "byteLength": values.nbytes})
        self.data += values.tobytes()
        flat = values.reshape(len(values), -1)
        self.accessors.append(
            {
                "bufferView": len(self.views) - 1, "componentType": _FLOAT, "count": len(values), "type": kind,
                "min": flat.min(0).tolist(), "max": flat.max(0).tolist(),
            }
        )  # fmt: skip
        return len(self.accessors) - 1

    def animate(self, node: int, path: str, times: int, values: Array) -> None:
        """Animate a node's rotation or translation."""
        output = self.numbers(values, "VEC4" if path == "rotation" else "VEC3")
        self.samplers.append({"input": times, "output": output, "interpolation": "LINEAR"})
        self.channels.append({"sampler": len(self.samplers) - 1, "target": {"node": node, "path": path}})


def write_vrma(performance: Performance, path: Path) -> None:
    """Write a performance as a VRM animation: body, head, gaze, mouth, lids and directed emotions.

    Raises
    ------
    NotSaved
        When the file cannot be written.
    """
    file = _File()
    joints = load_character().joints.astype(np.float64)
    times = file.numbers(np.arange(performance.frames) / performance.fps, "SCALAR")
    shown = [joint for joint in JOINT_NAMES if joint in HUMANOID_BONES and joint not in _EYES]
    nodes: dict[str, int] = {}
    for joint in shown:
        index = JOINT_INDEX[joint]
        above = JOINT_NAMES[PARENTS[index]] if PARENTS[index] >= 0 else None
        place = joints[index] - (joints[JOINT_INDEX[above]] if above is not None else 0)
        nodes[joint] = file.node(HUMANOID_BONES[joint], translation=place.tolist())
        if above is not None:
            file.nodes[nodes[above]].setdefault("children", []).append(nodes[joint])
        if performance.joint(joint).any() or joint == "pelvis":
            file.animate(nodes[joint], "rotation", times, _quaternions(performance.joint(joint)))
    file.animate(nodes["pelvis"], "translation", times, joints[0] + performance.trans)
    roots = [nodes["pelvis"]]
    faces = _expressions(performance, file, times, roots)
    gaze = file.node("lookAt")
    file.nodes[nodes["head"]].setdefault("children", []).append(gaze)
    turned = 0.5 * (performance.joint(_EYES[0]) + performance.joint(_EYES[1]))
    file.animate(gaze, "rotation", times, _quaternions(turned))
    eyes = joints[[JOINT_INDEX[eye] for eye in _EYES]].mean(0) - joints[JOINT_INDEX["head"]]
    said = {
        "specVersion": "1.0",
        "humanoid": {"humanBones": {HUMANOID_BONES[joint]: {"node": node} for joint, node in nodes.items()}},
        "expressions": {"preset": {name: {"node": node} for name, node in faces.items()}},
        "lookAt": {"node": gaze, "offsetFromHeadBone": eyes.tolist()},
    }
    _save(file, said, roots, str(performance.meta.get("take") or "take"), path)


def _expressions(performance: Performance, file: _File, times: int, roots: list[int]) -> dict[str, int]:
    """Add a node per preset whose place along X is its weight, as the format has it; returns their numbers."""
    shares = mouth_shares(performance)
    weights = {name: shares[:, index] for index, name in enumerate(MOUTHS)}
    for side in ("Left", "Right"):
        weights[f"blink{side}"] = performance.coefficient(f"eyeBlink{side}")
    weights |= _emotions(performance)
    found: dict[str, int] = {}
    for name, values in weights.items():
        found[name] = file.node(name)
        roots.append(found[name])
        file.animate(found[name], "translation", times, np.stack([values, 0 * values, 0 * values], 1))
    return found


def _emotions(performance: Performance) -> dict[str, Array]:
    """Return preset -> (T,) how strongly an emotion was directed that VRM has too; those that never were are left out.

    Nothing for performances that do not say how they were made.
    """
    try:
        settings = recorded_settings(performance.meta)
    except SoliloquyError:
        return {}
    weights = emotion_weights(np.arange(performance.frames) / performance.fps, settings)
    found = {name: np.asarray(weights[:, EMOTIONS.index(name)], np.float32) for name in _EMOTIONS}
    return {name: values for name, values in found.items() if values.max() > _FELT}


def _quaternions(turns: Array) -> Array:
    """Return (T, 4) unit quaternions x, y, z, w of axis-angle, without flips of sign."""
    return np.roll(continuous_quaternions(axis_angle_to_quaternion(turns.astype(np.float64))), -1, axis=1)


def _save(file: _File, said: dict[str, Any], roots: list[int], name: str, path: Path) -> None:
    content = {
        "asset": {"version": "2.0", "generator": "Soliloquy"},
        "extensionsUsed": ["VRMC_vrm_animation"],
        "extensions": {"VRMC_vrm_animation": said},
        "scene": 0,
        "scenes": [{"nodes": roots}],
        "nodes": file.nodes,
        "animations": [{"name": name, "samplers": file.samplers, "channels": file.channels}],
        "accessors": file.accessors,
        "bufferViews": file.views,
        "buffers": [{"byteLength": len(file.data)}],
    }
    aside = aside_of(path)
    try:
        write_glb(aside, json.dumps(content, ensure_ascii=False).encode(), binary_chunk(bytes(file.data)))
        aside.replace(path)
    except OSError as error:
        raise not_saved(path, error) from error
    finally:
        aside.unlink(missing_ok=True)


def _recognises(path: Path, head: bytes) -> bool:
    return head.startswith(b"glTF") and (b"VRMC_vrm_animation" in head or path.suffix.lower() == ".vrma")


FORMATS = (MotionFormat("vrma", "VRM animation", ".vrma", _recognises, read=read_vrma, write=write_vrma),)
