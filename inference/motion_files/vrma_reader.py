"""Reads a VRM animation (.vrma), whoever wrote it, as a performance.

A bone's rotation counts from the T-pose that the file's skeleton has at rest, whatever its nodes' own axes: with ``P``
the rest of what it hangs on and ``W`` its own, both against the world, ``P q W^-1`` is what it turns by, in axes that
are the world's. Y is up and the body faces +Z, as in SMPL-X.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..character import load_character
from ..errors import BadFile
from ..eye_look import HORIZONTAL_LIMIT, VERTICAL_LIMIT, look_coefficients
from ..face.lip_solver import solve_aperture
from ..glb import read_glb
from ..performance import MOST_FRAMES, Performance
from ..rotation import quaternion_multiply, quaternion_to_axis_angle
from ..skeleton import JOINT_INDEX, JOINT_NAMES
from ..vrm_names import HUMANOID_BONES
from .face_motion import coefficient_column
from .gltf_tracks import GltfTracks, moved
from .vrm_visemes import shown_mouths

Doubles = npt.NDArray[np.float64]

_RATES = (24.0, 25.0, 30.0, 50.0, 60.0, 120.0)
_AGAIN = "Export the animation again as VRM animation."
_EYES = ("left_eye_smplhf", "right_eye_smplhf")
_BODY = ("body", "hands", "head")
_FELT: dict[str, dict[str, float]] = {
    "happy": {"mouthSmileLeft": 0.6, "mouthSmileRight": 0.6, "cheekSquintLeft": 0.4, "cheekSquintRight": 0.4},
    "angry": {"browDownLeft": 0.8, "browDownRight": 0.8, "noseSneerLeft": 0.3, "noseSneerRight": 0.3,
              "mouthPressLeft": 0.3, "mouthPressRight": 0.3},
    "sad": {"browInnerUp": 0.7, "mouthFrownLeft": 0.5, "mouthFrownRight": 0.5},
    "relaxed": {"mouthSmileLeft": 0.3, "mouthSmileRight": 0.3, "eyeSquintLeft": 0.2, "eyeSquintRight": 0.2},
    "surprised": {"browInnerUp": 0.7, "browOuterUpLeft": 0.7, "browOuterUpRight": 0.7, "eyeWideLeft": 0.6,
                  "eyeWideRight": 0.6},
    "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "lookUp": {"eyeLookUpLeft": 1.0, "eyeLookUpRight": 1.0},
    "lookDown": {"eyeLookDownLeft": 1.0, "eyeLookDownRight": 1.0},
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
}  # fmt: skip
"""Preset -> what it shows at 1; what an avatar makes of an emotion is its own, these are plain ones."""


def read_vrma(path: Path) -> Performance:
    """Read a VRM animation: body, hands, gaze, mouths, lids, emotions, and coefficients of ARKit where it has them.

    Raises
    ------
    BadFile
        When it is damaged or something else.
    """
    data, rest = read_glb(path)
    try:
        said = data["extensions"]["VRMC_vrm_animation"]
    except (KeyError, TypeError) as error:
        raise BadFile(f"'{path.name}' is no VRM animation.", "Choose a .vrma file.") from error
    try:
        return _performance(path.name, said, GltfTracks(data, rest[8:]))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        why = str(error) if isinstance(error, ValueError) else "its description lacks something"
        raise BadFile(f"'{path.name}' is damaged: {why}.", _AGAIN) from error


def _performance(name: str, said: dict[str, Any], tracks: GltfTracks) -> Performance:
    if not tracks.tracks:
        raise BadFile(f"'{name}' holds no motion.", _AGAIN)
    times = _times(tracks)
    if len(times) > MOST_FRAMES:
        raise BadFile(f"'{name}' holds {len(times):,} frames.", f"Cut it to {MOST_FRAMES:,} at most.")
    character = load_character()
    poses = np.zeros((len(times), 3 * len(JOINT_NAMES)), np.float32)
    trans = np.zeros((len(times), 3), np.float32)
    bones = {bone: item["node"] for bone, item in said.get("humanoid", {}).get("humanBones", {}).items()}
    held: set[str] = set()
    for joint, bone in HUMANOID_BONES.items():
        if bone in bones and (bones[bone], "rotation") in tracks.tracks:
            poses.reshape(len(times), -1, 3)[:, JOINT_INDEX[joint]] = _turns(tracks, bones[bone], times)
            held.update(_BODY)
    if (bones.get("hips"), "translation") in tracks.tracks:
        turn, place = tracks.above(bones["hips"])
        still = tracks.rest(bones["hips"])[1]
        gone = moved(turn, place, tracks.tracks[bones["hips"], "translation"].at(times)) - still
        trans[:] = gone * _stride(tracks, bones, still)
        held.update(_BODY)
    arkit, mouths = _face(said.get("expressions", {}), tracks, times)
    _gaze(said.get("lookAt", {}), bones, tracks, times, poses, arkit)
    if mouths is not None:
        held.add("lips")
        shapes, aperture = shown_mouths(mouths)
        arkit = np.clip(arkit + shapes, 0.0, 1.0).astype(np.float32)
        poses, arkit = solve_aperture(poses, arkit, aperture, character)
    elif arkit[:, ARKIT_INDEX["jawOpen"]].any():
        held.add("lips")
        jaw = poses[:, 3 * JOINT_INDEX["jaw"]]
        jaw[:] = arkit[:, ARKIT_INDEX["jawOpen"]] * np.float32(character.jaw_open_radians)
    if arkit.any():
        held.update(("upper_face", "eyes"))
    fps = 1.0 / float(times[1] - times[0]) if len(times) > 1 else 30.0
    meta = {"regions": sorted(held), "warnings": []}
    return Performance(fps, poses, trans, arkit, character.lip_aperture(poses, arkit), meta=meta)


def _stride(tracks: GltfTracks, bones: dict[str, int], hips: Doubles) -> float:
    """Return how much longer the default character's legs are than the file's, by the pelvis above the ankles."""
    feet = [tracks.rest(bones[bone])[1] for bone in ("leftFoot", "rightFoot") if bone in bones]
    joints = load_character().joints
    own = float(joints[0, 1] - joints[JOINT_INDEX["left_ankle"], 1])
    high = float(hips[1] - np.mean([foot[1] for foot in feet])) if feet else own
    return own / high if high > 0.01 * own else 1.0


def _times(tracks: GltfTracks) -> Doubles:
    """Return the even times that fit the file's own: its most frequent step as a common frame rate."""
    every = [track.times for track in tracks.tracks.values()]
    last = max(float(times[-1]) for times in every)
    if not 0.0 <= last < 1e5:
        raise ValueError("its times are beyond all bounds")
    steps = np.diff(max(every, key=len))
    steps = steps[steps > 1e-4]
    found = 1.0 / float(np.median(steps)) if len(steps) else 30.0
    rate = min(_RATES, key=lambda known: abs(np.log(known / found)))
    if abs(rate / found - 1.0) > 0.02:
        rate = 30.0 if found < 30.0 else 60.0
    return np.arange(int(np.floor(last * rate + 1e-3)) + 1) / rate


def _turns(tracks: GltfTracks, node: int, times: Doubles) -> npt.NDArray[Any]:
    """Return the (T, 3) axis-angle of a bone against the bone above, from the T-pose."""
    own, above = tracks.rest(node)[0], tracks.above(node)[0]
    back = own * np.array([1.0, -1.0, -1.0, -1.0])
    turn = quaternion_multiply(quaternion_multiply(above, tracks.tracks[node, "rotation"].at(times)), back)
    return quaternion_to_axis_angle(turn)


def _face(
    said: dict[str, Any], tracks: GltfTracks, times: Doubles
) -> tuple[npt.NDArray[np.float32], dict[str, Doubles] | None]:
    """Return (T, 52) coefficients, and mouth -> (T,) weights where the file has any of the five."""
    arkit = np.zeros((len(times), len(ARKIT_NAMES)), np.float32)
    mouths: dict[str, Doubles] = {}
    every = {**said.get("custom", {}), **said.get("preset", {})}
    for name, item in every.items():
        track = tracks.tracks.get((item["node"], "translation"))
        if track is None:
            continue
        weight = np.clip(track.at(times)[:, 0], 0.0, 1.0)
        column = coefficient_column(name)
        if name in ("aa", "ih", "ou", "ee", "oh"):
            mouths[name] = weight
        elif column is not None:
            arkit[:, column] = np.maximum(arkit[:, column], weight)
        for shown, share in _FELT.get(name, {}).items():
            arkit[:, ARKIT_INDEX[shown]] = np.minimum(1.0, arkit[:, ARKIT_INDEX[shown]] + share * weight)
    return arkit, mouths or None


def _gaze(
    said: dict[str, Any],
    bones: dict[str, int],
    tracks: GltfTracks,
    times: Doubles,
    poses: npt.NDArray[np.float32],
    arkit: npt.NDArray[np.float32],
) -> None:
    """Turn both eyes where the file looks, in place: bones of the eyes go before ``lookAt``."""
    joints = poses.reshape(len(poses), len(JOINT_NAMES), 3)
    eyes = [JOINT_INDEX[joint] for joint in _EYES]
    node = said.get("node")
    if (
        not any(HUMANOID_BONES[joint] in bones for joint in _EYES)
        and isinstance(node, int)
        and (node, "rotation") in tracks.tracks
    ):
        turn = _turns(tracks, node, times)
        turn[:, 2] = 0.0
        joints[:, eyes] = turn[:, None]
    if joints[:, eyes].any():
        limits = np.array([VERTICAL_LIMIT, HORIZONTAL_LIMIT, 0.0])
        joints[:, eyes] = np.clip(joints[:, eyes], -limits, limits)
        look_coefficients(arkit, joints[:, eyes])
