"""A take of four seconds that tries every part of a character: fingers, elbows, nod, eyes, jaw, blink, p b m."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES, REGIONS
from ...inference.character import load_character
from ...inference.easing import s_curve
from ...inference.eye_look import HORIZONTAL_LIMIT, look_coefficients
from ...inference.performance import Performance
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from . import nla
from .bake import bake
from .bake_options import BakeOptions
from .channels import region_channels
from .readback import missed
from .take import Take, free_variant, remove, takes_of

if TYPE_CHECKING:
    from ..rig import Rig
    from .bake import BakeReport

NAME = "Test"
SECONDS = 4.0
_FPS = 30.0
_MARK = "test"
"""Entry of a take's ``meta``: the tracks that played before it, by take and region."""
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """What a test take showed."""

    report: BakeReport
    worked: frozenset[str]
    """SMPL-X joints and ARKit coefficients that show what was performed."""
    failed: frozenset[str]
    """Those that do not: something else holds their bone or key."""


def trial_performance() -> Performance:
    """Return the performance: one part after the other, with lowered arms."""
    time = np.arange(round(SECONDS * _FPS) + 1) / _FPS
    poses = np.zeros((len(time), len(JOINT_NAMES), 3))
    arkit = np.zeros((len(time), len(ARKIT_NAMES)))
    lowered = np.minimum(_pulse(time, -0.2, SECONDS + 0.2, 0.4), 1.0)
    curl, bend = _pulse(time, 0.2, 1.0), _pulse(time, 0.8, 1.6)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        poses[:, JOINT_INDEX[f"{side}_shoulder"], 2] = -sign * 1.0 * lowered
        poses[:, JOINT_INDEX[f"{side}_elbow"], 1] = -sign * 1.3 * bend
        for finger in ("index", "middle", "ring", "pinky"):
            for part in "123":
                poses[:, JOINT_INDEX[f"{side}_{finger}{part}"], 2] = -sign * 1.1 * curl
        for part in "23":
            poses[:, JOINT_INDEX[f"{side}_thumb{part}"], 1] = sign * 0.6 * curl
    poses[:, JOINT_INDEX["head"], 0] = 0.3 * _pulse(time, 1.4, 1.9) - 0.15 * _pulse(time, 1.8, 2.1)
    eyes = np.zeros((len(time), 2, 3))
    eyes[:, :, 1] = (0.8 * HORIZONTAL_LIMIT * (_pulse(time, 1.9, 2.25) - _pulse(time, 2.2, 2.55)))[:, None]
    for number, name in enumerate(("left_eye_smplhf", "right_eye_smplhf")):
        poses[:, JOINT_INDEX[name]] = eyes[:, number]
    look_coefficients(arkit, eyes)
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        arkit[:, ARKIT_INDEX[name]] = _pulse(time, 2.5, 2.8)
    # A wide "a", then three syllables that begin with p, b and m.
    opened = 0.9 * _pulse(time, 2.7, 3.1) + sum(0.45 * _pulse(time, start, start + 0.28) for start in (3.1, 3.4, 3.7))
    shut = sum(_pulse(time, at - 0.06, at + 0.06, 0.05) for at in (3.1, 3.4, 3.7))
    arkit[:, ARKIT_INDEX["jawOpen"]] = opened
    for name, amount in (("mouthPressLeft", 0.4), ("mouthPressRight", 0.4), ("mouthRollLower", 0.2)):
        arkit[:, ARKIT_INDEX[name]] = amount * shut
    for name in ("mouthSmileLeft", "mouthSmileRight", "browInnerUp"):
        arkit[:, ARKIT_INDEX[name]] = 0.5 * _pulse(time, 0.3, 1.2)
    character = load_character()
    poses[:, JOINT_INDEX["jaw"], 0] = character.jaw_open_radians * opened
    flat, shown = poses.reshape(len(time), -1).astype(np.float32), arkit.astype(np.float32)
    still = np.zeros((len(time), 3), np.float32)
    return Performance(_FPS, flat, still, shown, character.lip_aperture(flat, shown))


def try_out(rig: Rig, *, first_frame: float, scene: Any = None) -> Trial:
    """Bake the test performance as a take of its own, in place of an earlier one.

    Raises
    ------
    SoliloquyError
        As :func:`rigs.takes.bake.bake`; the character is as before then.
    """
    end_trial(rig)
    performance = trial_performance()
    played = [[item.info["take"], item.region] for item in nla.tracks(rig) if not item.track.mute]
    bare = [owner.name for owner in nla.owners(rig) if owner.animation_data is None]
    options = BakeOptions(
        first_frame=first_frame, name=free_variant(rig, NAME), meta={_MARK: {"played": played, "bare": bare}}
    )
    report = bake(performance, rig, options, scene=scene)
    by_region = {region: region_channels(performance, rig, region) for region in REGIONS}
    by_region = {region: found for region, found in by_region.items() if found}
    fps = scene.render.fps / scene.render.fps_base if scene is not None else _FPS
    frames: Doubles = first_frame + np.arange(performance.frames, dtype=np.float64) * (fps / performance.fps)
    held = {item.name for item in missed(rig, by_region, frames)}
    shown = {joint: item.bone for joint, item in rig.joints.items()}
    shown |= {name: key.name for key in rig.keys for name, _ in key.shows.mix}
    failed = frozenset(name for name, target in shown.items() if target in held)
    return Trial(report, frozenset(shown) - failed, failed)


def trial_take(rig: Rig) -> Take | None:
    """Return the test take of a character, None where it has none."""
    return next((take for take in reversed(takes_of(rig)) if isinstance(take.meta.get(_MARK), dict)), None)


def end_trial(rig: Rig) -> bool:
    """Remove the test take and play what played before; returns whether there was one."""
    take = trial_take(rig)
    if take is None:
        return False
    noted = take.meta[_MARK]
    remove(rig, take, force=True)
    played = {tuple(item) for item in _rows(noted.get("played"))}
    for item in nla.tracks(rig):
        if (item.info["take"], item.region) in played:
            item.track.mute = False
    nla.arrange(rig)
    bare = noted.get("bare")
    for owner in nla.owners(rig):
        data = owner.animation_data
        if isinstance(bare, list) and owner.name in bare and data is not None and _empty(data):
            owner.animation_data_clear()
    return True


def _rows(value: Any) -> Iterable[list[Any]]:
    return [item for item in value if isinstance(item, list)] if isinstance(value, list) else []


def _empty(data: Any) -> bool:
    return data.action is None and not len(data.nla_tracks) and not len(data.drivers)


def _pulse(time: Doubles, start: float, stop: float, rise: float = 0.0) -> Doubles:
    """Return 0..1: up from ``start``, down to ``stop``, smooth; each slope takes ``rise`` seconds, by default half."""
    rise = rise or 0.5 * (stop - start)
    return s_curve(np.minimum(time - start, stop - time) / rise)
