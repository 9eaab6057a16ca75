"""ProbTalk as a body engine: the weights a user brings, its three networks, recordings of any length.

Of what it draws (jaw, spine, feet, neck, arms, hands and face) the 41 joints that gesture are used. Its motion has no
pelvis: the authors add one constant rotation of half a turn, from their camera's frame (Y down), which is left out
here, as joints turn relative to their parents in either frame.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from ...errors import Cancelled, MissingFiles
from ...gestures.settings import GestureSettings
from ...layers.noise import layer_rng
from ...published import Installed, refusing_bad_checkpoints
from ...rotation_curves import resampled
from ...skeleton import FINGER_JOINTS, JOINT_NAMES
from ..mano_mean_hand import mean_hands
from ..track import BodyTrack, SpokenBody
from ..upper_body import UPPER_BODY, from_six, with_upper_body
from .files import find_speech_encoder, read_statistics
from .system import SYSTEM

if TYPE_CHECKING:
    import torch

    from ....models.probtalk.speech import SpeechFeatures
    from ....models.probtalk.windows import Networks

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

SAMPLE_RATE = 16_000
FPS = 30
JOINTS: tuple[str, ...] = (
    "jaw",
    *(name for name in JOINT_NAMES[3:22] if name not in ("left_knee", "right_knee", "left_ankle", "right_ankle")),
    *FINGER_JOINTS,
)
"""The 46 joints of a frame in their order, six numbers each; 100 coefficients of expression follow."""
EXPRESSION = 100
SPEAKERS: tuple[str, ...] = ("oliver", "chemistry", "seth", "conan")
"""The people it was trained on, by label."""
STYLE_SPEAKERS: dict[str, str] = {
    "calm": "oliver",
    "explaining": "chemistry",
    "enthusiastic": "seth",
    "formal": "oliver",
    "shy": "oliver",
    "agitated": "conan",
}
"""Whose manner stands for a style: Oliver moves least of them, Seth and Conan most."""
WHOLE_FRAMES = 600
"""Longest recording heard at once, 20 s; longer ones are heard in blocks."""
_BLOCK, _MARGIN = 450, 75  # frames; multiples of 3, which are whole numbers of samples
_CHUNK = 8192  # frames put on the body at a time
_GESTURING = [JOINTS.index(name) for name in UPPER_BODY]
_FINGERS = [UPPER_BODY.index(name) for name in FINGER_JOINTS]
_RATE_UNUSED = "ProbTalk decides itself how often to gesture: the rate is not used."


class ProbTalkEngine:
    """ProbTalk with the authors' weights.

    Parameters
    ----------
    files : paths
        The autoencoder, the predictor, the refiner and ``norm_stats.npy``, as :func:`.published.find_published` has
        them. The stock speech encoder, a folder ``wav2vec2-base-960h``, is looked for beside them.

    Raises
    ------
    SoliloquyError
        When a file is missing, or the statistics are others.
    """

    name = "probtalk"

    def __init__(self, files: tuple[Path, ...]) -> None:
        if len(files) != 4:
            raise MissingFiles(
                "ProbTalk's official weights are not there.", f"Put {SYSTEM.files} there, from {SYSTEM.page}.",
            )  # fmt: skip
        self._files = (*files[:3], find_speech_encoder(files))
        self.weights = files[1]
        self._mean, self._deviation = read_statistics(files[3])

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """See :class:`~.body_track.BodyEngine`.

        The style chooses one of the four speakers. The networks cannot be asked for a hand.
        """
        from ...torch_device import resolve_device

        place = resolve_device(speech.device)
        stamps = tuple(path.stat().st_mtime_ns for path in self._files)
        networks, features = _load(self._files, stamps, place)
        rotations = self._drawn(networks, Hearing(features, speech.samples), speech, settings, progress, cancelled)
        hands, warning = mean_hands()
        warnings = (*speech.ground.warnings, warning) if warning else speech.ground.warnings
        # SMPL-X adds the mean hand to the numbers of the axis-angle, not rotation to rotation.
        rotations[:, _FINGERS] += hands.reshape(-1, 3)
        if settings.rate != 1:
            warnings = (*warnings, _RATE_UNUSED)
        poses = np.empty_like(speech.ground.poses, dtype=np.float64)
        for first in range(0, speech.frames, _CHUNK):
            rows = slice(first, min(first + _CHUNK, speech.frames))
            places = np.arange(rows.start, rows.stop) / speech.fps * FPS
            ground = speech.ground.poses[rows]
            poses[rows] = with_upper_body(ground, _at_places(rotations, places))
        return BodyTrack(poses, speech.ground.trans.copy(), warnings=warnings)

    def _drawn(
        self,
        networks: Networks,
        hearing: Hearing,
        speech: SpokenBody,
        settings: GestureSettings,
        progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Floats:
        """Return (N, 41, 3) axis-angle at 30 frames per second."""
        import torch

        from ....models.probtalk.windows import generate_motion

        device = next(networks.vq.parameters()).device
        seed = int(layer_rng(speech.seed, "probtalk").integers(2**62))
        label = torch.tensor([SPEAKERS.index(STYLE_SPEAKERS[settings.style])], device=device)
        rotations = np.empty((hearing.frames, len(UPPER_BODY), 3), np.float32)
        done = 0
        with torch.inference_mode():
            pieces = generate_motion(networks, hearing, hearing.frames, label, torch.Generator().manual_seed(seed))
            for piece in _watched(pieces, cancelled):
                motion = cast("Floats", piece[0].float().cpu().numpy()) * self._deviation + self._mean
                six = motion[:, :-EXPRESSION].reshape(len(motion), len(JOINTS), 6)
                rotations[done : done + len(motion)] = from_six(six[:, _GESTURING])
                done += len(motion)
                if progress is not None:
                    progress(0.95 * done / hearing.frames)
        return rotations


def load(found: Installed) -> ProbTalkEngine:
    """Return the engine of the official files that were found."""
    return ProbTalkEngine(found.files)


class Hearing:
    """Speech features of any stretch of a recording; long recordings are heard block by block, as they are asked for.

    Parameters
    ----------
    features : SpeechFeatures
        The encoder.
    samples : (n,) array
        The recording, mono at 16 kHz.
    """

    def __init__(self, features: SpeechFeatures, samples: npt.ArrayLike) -> None:
        wave = np.asarray(samples, np.float32)
        wave = np.pad(wave, (0, max(0, SAMPLE_RATE // FPS + 1 - len(wave))))
        self._features, self._wave = features, wave
        self._mean, self._scale = float(wave.mean(dtype=np.float64)), float(np.sqrt(wave.var(dtype=np.float64) + 1e-7))
        self.frames = len(wave) * FPS // SAMPLE_RATE
        """N, frames at 30 per second."""
        self._blocks: dict[int, torch.Tensor] = {}

    def __call__(self, start: int, stop: int) -> torch.Tensor:
        """Return (1, stop - start, 768) features of frames from ``start`` to before ``stop``."""
        import torch

        length = self.frames if self.frames <= WHOLE_FRAMES else _BLOCK
        parts: list[torch.Tensor] = []
        for number in range(start // length, (stop - 1) // length + 1):
            if number not in self._blocks:
                self._blocks = {key: part for key, part in self._blocks.items() if key >= start // length}
                self._blocks[number] = self._heard(number * length, min((number + 1) * length, self.frames))
            first = number * length
            parts.append(self._blocks[number][:, max(start - first, 0) : stop - first])
        return torch.cat(parts, 1)

    def _heard(self, start: int, stop: int) -> torch.Tensor:
        """Return the features of a block, heard with what is around it."""
        import torch

        first, last = max(start - _MARGIN, 0), stop + _MARGIN
        last = self.frames if last >= self.frames else last
        end = len(self._wave) if last == self.frames else last * SAMPLE_RATE // FPS
        wave = (self._wave[first * SAMPLE_RATE // FPS : end] - self._mean) / self._scale
        device = next(self._features.parameters()).device
        heard = self._features(torch.from_numpy(wave)[None].to(device), last - first)
        return heard[:, start - first : stop - first]


def _at_places(rotations: Floats, places: Doubles) -> Doubles:
    # Two more frames on either side, so that chunks do not show.
    low = max(0, min(int(places[0]), len(rotations) - 1) - 2)
    return resampled(rotations[low : int(places[-1]) + 4], places - low)


def _watched(pieces: Iterator[torch.Tensor], cancelled: Callable[[], bool] | None) -> Iterator[torch.Tensor]:
    while cancelled is None or not cancelled():
        piece = next(pieces, None)
        if piece is None:
            return
        yield piece
    raise Cancelled


@lru_cache(maxsize=1)
def _load(files: tuple[Path, ...], stamps: tuple[int, ...], device: str) -> tuple[Networks, SpeechFeatures]:
    from ....models.probtalk.checkpoint import load_pq_vae, load_predictor, load_refiner
    from ....models.probtalk.speech import load_speech_features
    from ....models.probtalk.windows import Networks

    with refusing_bad_checkpoints():
        networks = Networks(load_pq_vae(files[0]), load_predictor(files[1]), load_refiner(files[2]))
        return networks.to(device), load_speech_features(files[3]).to(device)
