"""Fits the vocabulary of gestures to the packed clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.interpolate import BSpline

from ...inference.body.upper_body import UPPER_BODY, from_six, to_six
from ...inference.rotation import axis_angle_to_quaternion, quaternion_to_axis_angle
from ...models.gestures.vocabulary import GestureVocabulary, VocabularyConfig
from .motion import arm_paths

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class VocabularyTraining:
    """How long and how fast."""

    steps: int = 2500
    batch: int = 2048
    rate: float = 2e-3
    seed: int = 0


def joint_weights() -> npt.NDArray[np.float32]:
    """Return (246,) weights: what a joint carries along counts for it."""
    shares = []
    for name in UPPER_BODY:
        joint = name.split("_")[-1]
        shares.append({"collar": 3.0, "shoulder": 3.0, "elbow": 2.0, "wrist": 1.0}.get(joint, 0.5))
    shares[:3] = [3.0] * 3
    return np.repeat(np.array(shares, np.float32), 6)


def start_linear(network: GestureVocabulary, motion: list[Doubles]) -> None:
    """Begin as principal components: the linear map is theirs, codes are splines through the projected motion."""
    weights = joint_weights().astype(np.float64)
    rows = np.concatenate(motion)
    mean = rows.mean(0)
    _, _, axes = np.linalg.svd((rows - mean) * weights, full_matrices=False)
    axes = axes[: network.config.code_dim]
    codes = []
    for clip in motion:
        place = np.arange(len(clip)) / network.config.stride
        count = network.config.codes_of(len(clip))
        basis = BSpline.design_matrix(np.minimum(place, count - 3 - 1e-9), np.arange(-3, count + 1, dtype=float), 3)
        # A little ridge: the last codes of a clip are seen by few frames.
        normal = (basis.T @ basis).toarray() + 1e-4 * np.eye(count)
        codes.append(np.linalg.solve(normal, basis.T @ ((clip - mean) * weights @ axes.T)))
    values = np.concatenate(codes)
    scale = values.std(0)
    with torch.no_grad():
        network.codes.copy_(torch.from_numpy(values / scale))
        network.linear.weight.copy_(torch.from_numpy((axes * scale[:, None]).T / weights[:, None]))
        network.linear.bias.copy_(torch.from_numpy(mean))
        for parameter in network.bend[-1].parameters():
            parameter.zero_()


def fit(
    motion: list[Doubles],
    config: VocabularyConfig,
    training: VocabularyTraining,
    report: Callable[[int, float], None] = lambda _step, _loss: None,
) -> GestureVocabulary:
    """Return a vocabulary fitted to clips of (T, 246) motion each.

    Parameters
    ----------
    report : callable
        Called with the step and its loss every 500 steps.
    """
    torch.manual_seed(training.seed)
    network = GestureVocabulary(config, [len(clip) for clip in motion])
    start_linear(network, motion)
    target = torch.from_numpy(np.concatenate(motion)).float()
    weights = torch.from_numpy(joint_weights())
    optimiser = torch.optim.Adam(network.parameters(), training.rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, training.rate, training.steps, pct_start=0.1)
    for step in range(training.steps):
        rows = torch.randint(len(target), (training.batch,))
        loss = ((network(rows) - target[rows]).mul(weights)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 500 == 0 or step == training.steps - 1:
            report(step, loss.item())
    return network.eval().requires_grad_(False)


@dataclass(frozen=True)
class VocabularyError:
    """How far decoded gestures are from the recorded ones."""

    degrees: float
    """Mean over frames and joints."""
    arm_degrees: float
    """Mean over frames, collars to wrists."""
    arm_degrees_p99: float
    wrist_mm: float
    """Mean distance of the wrists."""
    wrist_mm_p99: float


def measure(decoded: Doubles, recorded: Doubles, joints: npt.ArrayLike) -> VocabularyError:
    """Compare (F, 246) decoded with recorded motion on a skeleton of (55, 3) rest joints, metres."""
    turns = [axis_angle_to_quaternion(from_six(rows.reshape(len(rows), -1, 6))) for rows in (decoded, recorded)]
    apart = np.degrees(2 * np.arccos(np.clip(np.abs((turns[0] * turns[1]).sum(-1)), 0, 1)))
    wrists = 1000 * np.linalg.norm(arm_paths(turns[0], joints) - arm_paths(turns[1], joints), axis=-1)
    arms = apart[:, 3:11]
    return VocabularyError(
        float(apart.mean()), float(arms.mean()), float(np.percentile(arms, 99)), float(wrists.mean()),
        float(np.percentile(wrists, 99)),
    )  # fmt: skip


def as_motion(quaternions: npt.NDArray[np.floating]) -> Doubles:
    """Return (T, 246) numbers of (T, 41, 4) quaternions."""
    return to_six(quaternion_to_axis_angle(quaternions.astype(np.float64))).reshape(len(quaternions), -1)
