"""AMASS's and SMPL-X's motion as performances, and performances as files that their add-ons and readers open.

AMASS stands on Z, SMPL-X's own frame and BEAT2 on Y. Where a model is moved by ``trans``, a point of its rest pose that
the root joint does not turn away goes to itself plus ``trans``; so a file that stands on Z puts the pelvis, which lies
under the model's origin, a little aside.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES, REGIONS
from ..character import load_character
from ..errors import BadFile, SoliloquyError
from ..eye_look import look_coefficients
from ..performance import Performance
from ..plausibility.kinematics import joint_frames
from ..rotation import axis_angle_to_matrix, matrix_to_axis_angle
from ..saving import written_aside
from ..skeleton import JOINT_INDEX
from .face_motion import columns
from .motion_format import MotionFormat
from .smplx_layouts import HAND_REFERENCE, SmplxMotion, is_smplx_motion, read_layout

Array = npt.NDArray[np.floating[Any]]

SPACE = "smplx"
_Z_TO_Y = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""Takes what stands on Z to what stands on Y."""
_PELVIS = np.array([0.0, -0.35, 0.0])
"""Where SMPL-X's pelvis lies under the origin of the model, roughly; it differs by millimetres between bodies."""
_FEET = tuple(JOINT_INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "foot"))
_ON_GROUND = 0.2
"""Metres that feet may seem to stand off the ground before another ground counts as meant: people differ in size."""
_SOME_FRAMES = 2000
_STILL = 1e-4
_EYES = ("left_eye_smplhf", "right_eye_smplhf")


def read_smplx_motion(path: Path, *, up: str = "", hands: str = "") -> Performance:
    """Read AMASS, SMPL-X or BEAT2 motion as a performance.

    Parameters
    ----------
    path : path
        The ``.npz``.
    up : str
        ``"y"`` or ``"z"``; told from the way the body stands where empty.
    hands : str
        ``"flat"`` or ``"relaxed"``, what finger rotations are taken against; told from the layout where empty. Relaxed
        hands need the user's SMPL-X file, and a warning says so where there is none.

    Returns
    -------
    Performance
        ``meta`` notes the regions that the file holds, and in its warnings what was taken how.

    Raises
    ------
    BadFile
        When it cannot be read, or holds no rotations of these joints.
    """
    found = read_layout(path)
    # Only now: all formats are loaded when the extension is enabled.
    from ..body.mano_mean_hand import mean_hands

    warnings = found.warnings
    poses, trans = found.poses.copy(), found.trans
    if (up or _up(found)) == "z":
        poses[:, :3], trans = _standing_on_y(poses[:, :3], trans)
    if (hands == "relaxed" or (not hands and found.relaxed_hands)) and found.relative in ("SMPL-X", "SMPL-H"):
        mean, problem = mean_hands()
        poses[:, 75:] += mean.reshape(-1).astype(np.float32)
        warnings += [problem] if problem else []
    trans, remark = _on_the_ground(poses, trans)
    warnings += [remark] if remark else []
    arkit, regions = _face(path, poses, found, warnings)
    if np.abs(poses[:, 75:]).max() < _STILL:
        regions = tuple(region for region in regions if region != "hands")
        warnings.append(f"'{path.name}' holds no fingers; hands left alone.")
    return Performance(
        fps=found.fps,
        poses=poses,
        trans=trans,
        arkit=arkit,
        lip_aperture=load_character().lip_aperture(poses, arkit),
        expressions=found.expressions,
        expression_space=SPACE if found.expressions is not None else "",
        gender=found.gender,
        betas=found.betas,
        meta={"regions": list(regions), "warnings": warnings},
    )


def _up(found: SmplxMotion) -> str:
    """Return the axis the body stands along, or that of the layout for one that lies."""
    turns = axis_angle_to_matrix(found.poses[:, :3].astype(np.float64))
    upwards = turns[:, :, 1].mean(0)
    if max(upwards[1], upwards[2]) > 0.5:
        return "z" if upwards[2] > upwards[1] else "y"
    return "z" if found.amass else "y"


def _standing_on_y(root: npt.ArrayLike, trans: Array) -> tuple[Array, Array]:
    """Return (T, 3) rotation and travel of the pelvis of a body that stood on Z, whose ground is at 0."""
    turned = matrix_to_axis_angle(_Z_TO_Y @ axis_angle_to_matrix(np.asarray(root, np.float64)))
    moved = (trans.astype(np.float64) + _PELVIS) @ _Z_TO_Y.T
    return turned.astype(np.float32), (moved - _standing_pelvis()).astype(np.float32)


def _standing_on_z(root: npt.ArrayLike, trans: Array) -> tuple[Array, Array]:
    """Undo :func:`_standing_on_y`."""
    turned = matrix_to_axis_angle(_Z_TO_Y.T @ axis_angle_to_matrix(np.asarray(root, np.float64)))
    moved = (trans.astype(np.float64) + _standing_pelvis()) @ _Z_TO_Y
    return turned.astype(np.float32), (moved - _PELVIS).astype(np.float32)


def _standing_pelvis() -> Array:
    """Return (3,) where the pelvis of a body that stands at rest is over the ground."""
    return np.array([0.0, load_character().joints[JOINT_INDEX["pelvis"], 1], 0.0])


def _on_the_ground(poses: Array, trans: Array) -> tuple[Array, str]:
    """Return travel with the feet on the ground of a performance, and a remark where the file's was another."""
    joints = load_character().joints
    some = slice(None, None, 1 + len(poses) // _SOME_FRAMES)
    _, places = joint_frames(poses[some], trans[some], joints, only=_FEET)
    lowest: Array = (places[:, _FEET, 1] - joints[list(_FEET), 1]).min(axis=1)
    off = float(np.percentile(lowest, 5))
    if abs(off) <= _ON_GROUND:
        return trans, ""
    moved = trans - np.array([0.0, off, 0.0], np.float32)
    return moved, f"Its ground lay {abs(off):.2f} m {'higher' if off > 0 else 'lower'}; the feet were put on ours."


def _face(path: Path, poses: Array, found: SmplxMotion, warnings: list[str]) -> tuple[Array, tuple[str, ...]]:
    """Return (T, 52) coefficients that agree with jaw and eyes, turned as said, and the regions that the file holds."""
    from ..face.flame.arkit_solver import head_face_track
    from ..face.flame.head_models import find_head_model, missing_head_model

    arkit = np.zeros((len(poses), len(ARKIT_NAMES)), np.float32)
    held = {"head", "body", "hands"}
    jaw = poses[:, columns("jaw")]
    expressive = found.expressions is not None and np.abs(found.expressions).max() > _STILL
    if np.abs(jaw).max() > _STILL or expressive:
        held |= {"lips"}
        arkit[:, ARKIT_INDEX["jawOpen"]] = np.clip(jaw[:, 0] / load_character().jaw_open_radians, 0, 1)
    if expressive and found.expressions is not None:
        held |= {"upper_face"}
        try:
            model = find_head_model(SPACE)
            if model is not None:
                track = head_face_track(found.expressions, jaw, SPACE, model)
                arkit, poses[:, columns("jaw")] = track.arkit, track.jaw
            else:
                warnings.append(missing_head_model(SPACE))
        except SoliloquyError as error:
            warnings.append(f"Only the jaw speaks: {error}")
    eyes = np.stack([poses[:, columns(joint)] for joint in _EYES], 1)
    if np.abs(eyes).max() > _STILL:
        held |= {"eyes"}
        look_coefficients(arkit, eyes)
    if "lips" not in held:
        warnings.append(f"'{path.name}' holds no face; lips and brows left alone.")
    return arkit, tuple(region for region in REGIONS if region in held)


def _write(performance: Performance, path: Path, *, z_up: bool) -> None:
    poses, trans = performance.poses.copy(), performance.trans
    arrays: dict[str, Any] = {}
    if z_up:
        poses[:, :3], trans = _standing_on_z(poses[:, :3], trans)
        arrays["surface_model_type"] = np.array("smplx")
        arrays["mocap_time_length"] = np.float64(performance.duration)
    if performance.expressions is not None:
        arrays["expressions"] = np.asarray(performance.expressions, np.float32)
    arrays |= {
        "poses": poses,
        "trans": trans,
        "betas": np.asarray(performance.betas, np.float32).reshape(-1),
        "gender": np.array(performance.gender),
        "mocap_frame_rate": np.float64(performance.fps),
        HAND_REFERENCE: np.array("flat"),
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    with written_aside(path) as stream:
        stream.write(packed.getbuffer())


def write_smplx(performance: Performance, path: Path) -> None:
    """Write the file that SMPL-X's add-on calls *SMPL-X*: on Y, the origin where the body stands at rest."""
    _write(performance, path, z_up=False)


def write_amass(performance: Performance, path: Path) -> None:
    """Write the file that SMPL-X's add-on calls *AMASS*: on Z, the ground at 0."""
    _write(performance, path, z_up=True)


def _recognises(path: Path, head: bytes) -> bool:
    return head.startswith(b"PK") and is_smplx_motion(path)


def _never(path: Path, head: bytes) -> bool:
    return False


def _read(path: Path) -> Performance:
    try:
        return read_smplx_motion(path)
    except (ValueError, IndexError) as error:  # arrays of kinds and shapes that nobody thought of
        raise BadFile(
            f"'{path.name}' holds motion whose arrays do not fit together.", "Choose another file."
        ) from error


FORMATS = (
    MotionFormat("smplx", "SMPL-X motion", ".npz", _recognises, _read, write_smplx),
    MotionFormat("amass", "AMASS motion", ".npz", _never, None, write_amass),
)
