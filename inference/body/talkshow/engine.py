"""TalkSHOW's body as a body engine: the weights a user brings, the authors' networks, recordings of any length.

The recording is heard, drawn and decoded in pieces that join exactly (:mod:`models.talkshow.body`): there are no
windows, and so no seams.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from ...errors import Cancelled, MissingFiles
from ...gestures.settings import GestureSettings
from ...published import Installed, refusing_bad_checkpoints
from ...rotation import axis_angle_to_quaternion, continuous_quaternions, quaternion_to_axis_angle, slerp
from ..mano_mean_hand import mean_hands
from ..track import BodyTrack, SpokenBody
from ..upper_body import with_upper_body
from .joints import BODY_WIDTH, HANDS_WIDTH, upper_body_rotations
from .system import SYSTEM

if TYPE_CHECKING:
    from ....models.talkshow.body.audio_encoder import AudioEncoder
    from ....models.talkshow.body.pixelcnn import GatedPixelCNN
    from ....models.talkshow.body.vqvae import VQVAE

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

FPS = 30
SPEAKERS: dict[str, int] = {
    "calm": 0, "shy": 0, "explaining": 1, "formal": 1, "agitated": 2, "enthusiastic": 3,
}  # fmt: skip
"""Whose manner stands for a style. In results the authors publish, the arms and spine of speaker 0 (a desk host) vary
least, those of speaker 1 (a lecturer) more, of 3 and 2 (late-night hosts) most."""
_TOKEN = 4
_ROWS = 16
"""Rows between two questions whether to stop: a fifth of a second of one core."""
_PIECE = 3000
"""Frames put onto the body at once."""


class Networks(NamedTuple):
    """What both files hold."""

    body: VQVAE
    hands: VQVAE
    autoregressive: GatedPixelCNN
    audio: AudioEncoder


@lru_cache(maxsize=1)
def load_networks(codes: Path, autoregressive: Path, device: str, stamps: tuple[int, int]) -> Networks:
    """Return the networks on a device; ``stamps`` change with the files.

    Raises
    ------
    SoliloquyError
        When a checkpoint cannot be used.
    """
    from ....models.talkshow.body import checkpoint

    with refusing_bad_checkpoints():
        body, hands = checkpoint.load_motion_codes(codes)
        network, audio = checkpoint.load_autoregressive(autoregressive)
    return Networks(*(module.to(device) for module in (body, hands, network, audio)))  # type: ignore[arg-type]


class TalkShowBodyEngine:
    """TalkSHOW's body and hands.

    Parameters
    ----------
    files : paths
        ``s2g_body_vq``'s checkpoint, then ``s2g_body_pixel``'s.
    models : path or None
        The folder for official files in which SMPL-X's is looked for; the usual one when None.
    """

    name = "talkshow"

    def __init__(self, files: tuple[Path, ...], models: Path | None = None) -> None:
        if len(files) != 2 or not all(path.is_file() for path in files):
            raise MissingFiles(
                f"{SYSTEM.title}'s official weights are not there.",
                f"Put {SYSTEM.files} into one folder, from {SYSTEM.page}.",
            )
        self._codes, self.weights = files
        self._models = models

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """Gesture with a speech; see :class:`~.body_track.BodyEngine`.

        The style chooses one of the authors' four speakers (:data:`SPEAKERS`); the seed what is drawn. The networks
        cannot be asked for a hand, nor for more or fewer gestures: ``rate`` is not used.
        """
        from ...torch_device import resolve_device

        report: Callable[[float], None] = progress or (lambda _: None)
        stopped = cancelled or (lambda: False)
        stamps = tuple(path.stat().st_mtime_ns for path in (self._codes, self.weights))
        networks = load_networks(self._codes, self.weights, resolve_device(speech.device), stamps)  # type: ignore[arg-type]
        hands, warning = mean_hands(self._models)
        motion = speak(networks, speech, SPEAKERS[settings.style], report, stopped)
        rotations = upper_body_rotations(motion, hands)
        poses = put_on(rotations, speech, stopped)
        report(1.0)
        return BodyTrack(poses, speech.ground.trans.copy(), warnings=(warning,) if warning else ())


def load(found: Installed) -> TalkShowBodyEngine:
    """Return the engine of the official files that were found."""
    return TalkShowBodyEngine(found.files)


def speak(
    networks: Networks,
    speech: SpokenBody,
    speaker: int,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Floats:
    """Return (N, 129) numbers of body and hands; frame ``i`` is the instant ``i / 30`` s.

    N is a multiple of 4, and reaches beyond the speech's last frame.
    """
    import torch

    from ....models.talkshow.body.mfcc import speech_features
    from ....models.talkshow.body.sampler import Draw, RowSampler

    last = (speech.frames - 1) / speech.fps * FPS
    rows = (int(last) + 2 + _TOKEN - 1) // _TOKEN
    place = next(networks.audio.parameters()).device
    features = torch.from_numpy(speech_features(speech.samples, _TOKEN * rows))[None].to(place)
    progress(0.05)
    classes = torch.tensor([speaker], device=place)
    sampler = RowSampler(networks.autoregressive, classes, Draw(speech.seed))
    drawn: list[torch.Tensor] = []
    for audio in networks.audio.encode_pieces(features):
        for part in cast("Sequence[torch.Tensor]", audio.split(_ROWS, 2)):
            if cancelled():
                raise Cancelled
            drawn.append(sampler.sample(part))
            progress(0.05 + 0.75 * sum(piece.shape[1] for piece in drawn) / rows)
    tokens = torch.cat(drawn, 1)
    motion = np.empty((_TOKEN * rows, BODY_WIDTH + HANDS_WIDTH), np.float32)
    for column, (network, channels) in enumerate(
        ((networks.body, slice(0, BODY_WIDTH)), (networks.hands, slice(BODY_WIDTH, None)))
    ):
        start = 0
        for piece in network.decode_pieces(tokens[:, :, column]):
            if cancelled():
                raise Cancelled
            motion[start : start + piece.shape[1], channels] = piece[0].float().cpu().numpy()
            start += piece.shape[1]
        progress(0.85 + 0.05 * column)
    return motion


def put_on(rotations: Doubles, speech: SpokenBody, cancelled: Callable[[], bool] = lambda: False) -> Doubles:
    """Return (T, 165) poses: the ground's with (N, 41, 3) rotations of 30 frames per second at the speech's frames.

    Between frames rotations go the shortest way at even speed; piece after piece, so that memory stays bounded.
    """
    quaternions = continuous_quaternions(axis_angle_to_quaternion(rotations))
    poses = np.array(speech.ground.poses, np.float64)
    for start in range(0, speech.frames, _PIECE):
        if cancelled():
            raise Cancelled
        ground = poses[start : start + _PIECE]
        instants = np.minimum(np.arange(start, start + len(ground)) / speech.fps * FPS, len(rotations) - 1)
        before = np.minimum(instants.astype(np.int64), max(0, len(rotations) - 2))
        after = np.minimum(before + 1, len(rotations) - 1)
        gestures = slerp(quaternions[before], quaternions[after], (instants - before)[:, None])
        poses[start : start + len(ground)] = with_upper_body(ground, quaternion_to_axis_angle(gestures))
    return poses
