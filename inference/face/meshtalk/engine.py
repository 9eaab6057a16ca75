"""MeshTalk as a face engine: the weights a user brings, a mesh drawn from speech, and its lips on our characters.

The mesh is the authors' (6172 vertices, millimetres, y up, facing +z, the character's left at +x). Lips, chin and eye
corners are vertices of it; the default character's mouth is then opened as far as the mesh's, in outer eye-corner
distances. Brows, lids and blinks of the mesh are not carried over: the layers around the lips make them. Whoever wants
the whole mesh calls :meth:`MeshTalkEngine.vertices`.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from ...arkit import ARKIT_INDEX
from ...character import load_character
from ...easing import s_curve
from ...errors import BadCheckpoint, Cancelled, MissingFiles, SoliloquyError
from ...layers.noise import layer_rng
from ...published import Installed, refusing_bad_checkpoints
from ..lips import LipSolver, MouthMotion
from ..track import FaceTrack
from .system import FILES, SYSTEM

if TYPE_CHECKING:
    from ....models.meshtalk.config import MeshTalkConfig
    from ....models.meshtalk.context import ContextModel
    from ....models.meshtalk.decoder import VertexUnet
    from ....models.meshtalk.encoders import MultimodalEncoder

Floats = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
TEMPLATE = "face_template.obj"
"""The neutral face of whom to animate, optional; without it the weights' own mean face speaks."""
MASKS = ("forehead_mask.txt", "neck_mask.txt")
"""Optional: where the authors smooth the mesh over time, one weight per vertex."""
_MOST_TEXT = 16 << 20
WINDOW_FRAMES = 60
_SEALED = (0.004, 0.014)
"""Apertures, in eye-corner distances, below which lips are shut and above which they are not."""


@dataclass(frozen=True)
class LipVertices:
    """Vertices of the authors' mesh, found on ``face_template.obj`` where the lips meet in the middle and end."""

    upper: int = 2901
    lower: int = 3496
    left: int = 3516
    right: int = 22
    chin: int = 4471
    left_eye: int = 4786
    right_eye: int = 1945

    def measure(self, vertices: Floats, neutral: Floats) -> MouthMotion:
        """Return the mouth of (T, V, 3) vertices against the (V, 3) neutral face, whose lips are shut."""
        scale = float(np.linalg.norm(neutral[self.left_eye] - neutral[self.right_eye]))

        def apart(a: int, b: int) -> Floats:
            grown = np.linalg.norm(vertices[:, a] - vertices[:, b], axis=1) - np.linalg.norm(neutral[a] - neutral[b])
            return (grown / scale).astype(np.float32)

        def rise(point: int) -> Floats:
            return ((vertices[:, point, 1] - neutral[point, 1]) / scale).astype(np.float32)

        aperture = np.maximum(apart(self.upper, self.lower), 0)
        part = np.clip((aperture - _SEALED[0]) / (_SEALED[1] - _SEALED[0]), 0, 1)
        from ....models.face.visemes import VISEMES

        return MouthMotion(
            aperture=aperture,
            width=apart(self.left, self.right),
            upper=rise(self.upper),
            jaw=-rise(self.chin),
            sealed=(1 - s_curve(part)).astype(np.float32),
            visemes={name: np.zeros(len(vertices), np.float32) for name in VISEMES},
        )


@dataclass(frozen=True, eq=False)
class Networks:
    """The three networks and the face they animate."""

    config: MeshTalkConfig
    encoder: MultimodalEncoder
    context: ContextModel
    decoder: VertexUnet
    neutral: Floats
    """(V, 3)."""


@lru_cache(maxsize=1)
def load_networks(folder: Path, device: str, stamp: int) -> Networks:
    """Return the networks on a device; ``stamp`` changes with the files.

    Raises
    ------
    SoliloquyError
        When a file is missing, damaged, of another system, or holds code.
    """
    import torch

    from ....models.checkpoint import load_strict, read_checkpoint
    from ....models.meshtalk.config import MeshTalkConfig
    from ....models.meshtalk.context import ContextModel
    from ....models.meshtalk.decoder import VertexUnet
    from ....models.meshtalk.encoders import MultimodalEncoder

    config = MeshTalkConfig()
    networks = MultimodalEncoder(config), ContextModel(config.context_config()), VertexUnet(config)
    with refusing_bad_checkpoints():
        for name, network in zip(FILES, networks, strict=True):
            load_strict(network, read_checkpoint(folder / name, system="MeshTalk"), system="MeshTalk", source=name)
            network.eval().requires_grad_(False)
    encoder, context, decoder = networks
    neutral = cast("Floats", decoder.get_buffer("mean")[0, 0].numpy()).copy()
    if (folder / TEMPLATE).is_file():
        neutral = read_template(folder / TEMPLATE, config.points)
    return Networks(config, encoder.to(torch.device(device)), context, decoder.to(torch.device(device)), neutral)


def read_template(path: Path, points: int) -> Floats:
    """Return the (points, 3) vertices of an OBJ file.

    Raises
    ------
    SoliloquyError
        When the file cannot be read or has another number of vertices.
    """
    try:
        if path.stat().st_size > _MOST_TEXT:
            raise ValueError("too long")
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        rows = [line.split()[1:4] for line in lines if line.startswith("v ")]
        vertices = np.array(rows, np.float32)
        if not np.isfinite(vertices).all():
            raise ValueError("not finite")
    except (OSError, ValueError) as error:
        raise SoliloquyError(
            f"The face '{path.name}' cannot be read.", "Take it from the authors' page again."
        ) from error
    if vertices.shape != (points, 3):
        raise SoliloquyError(
            f"The face '{path.name}' has {len(vertices)} vertices; MeshTalk's mesh has {points}.",
            "Take the face_template.obj that the authors offer.",
        )
    return vertices


def read_mask(path: Path, points: int) -> Floats:
    """Return the (points,) weights of a text file of numbers.

    Raises
    ------
    BadCheckpoint
        When the file cannot be read or holds another number of weights.
    """
    again = "Take it from the authors' page again."
    try:
        if path.stat().st_size > _MOST_TEXT:
            raise ValueError("too long")
        mask = np.array(path.read_text(encoding="utf-8").split(), np.float32)
    except (OSError, ValueError) as error:
        raise BadCheckpoint(f"The mask '{path.name}' cannot be read.", again) from error
    if mask.shape != (points,) or not np.isfinite(mask).all():
        raise BadCheckpoint(f"The mask '{path.name}' has {len(mask)} weights for {points} vertices.", again)
    return mask


def smooth_vertices(vertices: Floats, mask: Floats) -> Floats:
    """Return (T, V, 3) vertices smoothed over time where the (V,) mask is 1, as the authors do on forehead and neck.

    A Gaussian of 9 frames with a deviation of 2, the ends held.
    """
    from scipy.ndimage import correlate1d

    taps = np.exp(-0.5 * (np.arange(-4, 5) / 2.0) ** 2)
    smooth = correlate1d(vertices.astype(np.float64), taps / taps.sum(), axis=0, mode="nearest")
    weight = mask[None, :, None]
    return (smooth * weight + vertices * (1 - weight)).astype(np.float32)


class MeshTalkEngine:
    """MeshTalk with the authors' weights.

    Parameters
    ----------
    folder : path
        Holds :data:`FILES`; may hold :data:`TEMPLATE` and :data:`MASKS` from the authors' repository.
    """

    name = "meshtalk"

    def __init__(self, folder: Path) -> None:
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise MissingFiles(
                f"MeshTalk's file '{missing[0]}' is not in '{folder}'.",
                f"Put {SYSTEM.files} there, from {SYSTEM.page}.",
            )
        self._folder = folder
        self.weights = folder / FILES[2]

    def animate(
        self,
        samples: Floats,
        fps: float,
        *,
        emotion: npt.NDArray[np.floating[Any]] | None = None,
        seed: int = 0,
        device: str = "auto",
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> FaceTrack:
        """Animate the lips; see :class:`~.face_track.FaceEngine`.

        MeshTalk draws its face, so another ``seed`` gives slightly other lips too. It knows no directed emotion:
        ``emotion`` is not used.
        """
        from scipy.interpolate import PchipInterpolator

        from ....models.face.visemes import VISEMES

        networks = self._networks(device)
        lips = LipVertices()
        parts: list[Floats] = []
        for vertices in self._windows(networks, samples, seed, progress, cancelled):
            motion = lips.measure(vertices, networks.neutral)
            parts.append(np.stack([motion.aperture, motion.width, motion.upper, motion.jaw, motion.sealed], 1))
        columns = np.concatenate(parts).astype(np.float64)
        frames = max(1, round(len(samples) / SAMPLE_RATE * fps))
        moments = np.clip(np.arange(frames) / fps, *frame_times(len(columns), networks.config)[[0, -1]])
        if len(columns) > 1:
            columns = PchipInterpolator(frame_times(len(columns), networks.config), columns, axis=0)(moments)
        else:
            columns = np.repeat(columns, frames, 0)
        aperture, width, upper, jaw, sealed = columns.astype(np.float32).T
        silent = {name: np.zeros(frames, np.float32) for name in VISEMES}
        character = load_character()
        arkit = LipSolver(character.lip_basis()).solve(MouthMotion(aperture, width, upper, jaw, sealed, silent))
        turn = np.zeros((frames, 3), np.float32)
        turn[:, 0] = arkit[:, ARKIT_INDEX["jawOpen"]] * character.jaw_open_radians
        if progress is not None:
            progress(1.0)
        return FaceTrack(arkit, turn)

    def vertices(
        self,
        samples: Floats,
        *,
        seed: int = 0,
        device: str = "auto",
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[npt.NDArray[np.float64], Floats]:
        """Return the whole face: the (T,) seconds of its frames and (T, 6172, 3) vertices in the template's unit.

        Forehead and neck are smoothed where :data:`MASKS` are there. A minute takes 0.4 GB.
        """
        networks = self._networks(device)
        mesh = np.concatenate(list(self._windows(networks, samples, seed, progress, cancelled)))
        for name in MASKS:
            if (self._folder / name).is_file():
                mesh = smooth_vertices(mesh, read_mask(self._folder / name, mesh.shape[1]))
        return frame_times(len(mesh), networks.config), mesh

    def _networks(self, device: str) -> Networks:
        from ...torch_device import resolve_device

        stamp = sum((self._folder / name).stat().st_mtime_ns for name in FILES)
        return load_networks(self._folder, resolve_device(device), stamp)

    def _windows(
        self,
        networks: Networks,
        samples: Floats,
        seed: int,
        progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Iterator[Floats]:
        """Yield the vertices of up to :data:`WINDOW_FRAMES` frames at a time, each going on where the last ended."""
        import torch
        from torch.nn import functional

        from ....models.meshtalk.encoders import audio_windows, loudness_gain
        from ....models.meshtalk.sampler import ContextSampler

        config = networks.config
        place = networks.decoder.get_buffer("mean").device
        heard = torch.from_numpy(np.pad(samples, (0, max(0, config.hop + 2 - len(samples)))).astype(np.float32))
        heard = heard * loudness_gain(heard)
        sampler, rng = ContextSampler(networks.context), layer_rng(seed, "meshtalk")
        neutral = torch.from_numpy(networks.neutral)[None, None].to(place)
        total, state = config.frames(len(heard)), None
        for start in range(0, total, WINDOW_FRAMES):
            if cancelled is not None and cancelled():
                raise Cancelled
            stop = min(start + WINDOW_FRAMES, total)
            with torch.inference_mode():
                windows = audio_windows(heard, config, start, stop)[None].to(place)
                audio = networks.encoder.audio_encoder(windows)[0].float().cpu().numpy()
                uniform = rng.random((stop - start, config.heads, config.classes), np.float32)
                classes = torch.from_numpy(sampler.sample(audio, uniform)).to(place)
                code = functional.one_hot(classes, config.classes).float()[None]
                mesh, state = networks.decoder.decode(neutral, code, state)
            yield mesh[0].float().cpu().numpy()
            if progress is not None:
                progress(0.95 * stop / total)


def load(found: Installed) -> MeshTalkEngine:
    """Return the engine of the official files that were found."""
    return MeshTalkEngine(found.folder)


def frame_times(frames: int, config: MeshTalkConfig) -> npt.NDArray[np.float64]:
    """Return the (frames,) seconds of MeshTalk's frames: the middles of what they hear.

    They are 533 samples apart, not a thirtieth of a second, so that played at 30 fps they would lag after a while.
    """
    return (np.arange(frames) * config.hop + config.hop / 2) / config.sample_rate
