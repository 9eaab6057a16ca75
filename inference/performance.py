"""The one data structure and file format that every engine writes and every rig reads.

The ``.npz`` holds no pickles and is a superset of the AMASS / SMPL-X layout, so other tools open it too.
"""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX, ARKIT_NAMES
from .errors import SoliloquyError
from .skeleton import JOINT_INDEX, JOINT_NAMES

FORMAT_VERSION = 1
Floats = npt.NDArray[np.float32]


@dataclass
class Performance:
    """A character's performance: face, eyes, head, hands and body over time.

    Frame ``i`` is the instant ``i / fps`` seconds after the start of the audio range.
    """

    fps: float
    poses: Floats
    """(T, 165) axis-angle in radians of the 55 SMPL-X joints, full rotations from the flat-hand T-pose."""
    trans: Floats
    """(T, 3) pelvis translation from its rest place, metres, Y up."""
    arkit: Floats
    """(T, 52) ARKit coefficients 0..1 in Apple's order; ``jawOpen`` and ``eyeLook*`` agree with the joints."""
    lip_aperture: Floats
    """(T,) inner-lip distance over outer eye-corner distance, measured on the default character's mesh."""
    expressions: Floats | None = None
    """(T, K) coefficients when an engine works in FLAME / SMPL-X expression space."""
    expression_space: str = ""
    gender: str = "neutral"
    betas: Floats = field(default_factory=lambda: np.zeros(10, np.float32))
    meta: dict[str, Any] = field(default_factory=dict)
    """Format version, audio sha256 and range, engine and weights with versions, seed, settings, emotion track."""

    def __post_init__(self) -> None:
        frames = len(self.poses)
        for name, width in (("poses", len(JOINT_NAMES) * 3), ("trans", 3), ("arkit", len(ARKIT_NAMES))):
            array = np.ascontiguousarray(getattr(self, name), np.float32)
            if array.shape != (frames, width):
                raise SoliloquyError(f"A performance's '{name}' is {array.shape}, not ({frames}, {width}).")
            setattr(self, name, array)
        self.lip_aperture = np.ascontiguousarray(self.lip_aperture, np.float32).reshape(-1)
        if self.lip_aperture.shape != (frames,):
            raise SoliloquyError(f"A performance's 'lip_aperture' is {self.lip_aperture.shape}, not ({frames},).")
        if not self.fps > 0:
            raise SoliloquyError(f"A performance cannot run at {self.fps:g} frames per second.")

    @property
    def frames(self) -> int:
        """Number of frames T."""
        return len(self.poses)

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.frames / self.fps

    def joint(self, name: str) -> Floats:
        """Return a (T, 3) view of one joint's axis-angle; writing to it changes the performance."""
        index = JOINT_INDEX[name]
        return self.poses[:, 3 * index : 3 * index + 3]

    def coefficient(self, name: str) -> Floats:
        """Return a (T,) view of one ARKit coefficient; writing to it changes the performance."""
        return self.arkit[:, ARKIT_INDEX[name]]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the ``.npz``, aside first and then renamed, so that no half file is ever left.

        Raises
        ------
        SoliloquyError
            When the folder does not exist or cannot be written.
        """
        target = Path(path)
        aside = target.with_name(f".{target.name}.{os.getpid()}.part")
        arrays: dict[str, Any] = {
            "fps": np.float64(self.fps),
            "mocap_frame_rate": np.float64(self.fps),
            "poses": self.poses,
            "trans": self.trans,
            "arkit": self.arkit,
            "arkit_names": np.array(ARKIT_NAMES),
            "lip_aperture": self.lip_aperture,
            "gender": np.array(self.gender),
            "betas": np.asarray(self.betas, np.float32),
            "meta": np.array(json.dumps({"format": FORMAT_VERSION, **self.meta}, sort_keys=True)),
        }
        if self.expressions is not None:
            arrays["expressions"] = np.asarray(self.expressions, np.float32)
            arrays["expression_space"] = np.array(self.expression_space)
        try:
            with open(aside, "wb") as stream:
                np.savez_compressed(stream, **arrays)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(aside, target)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise SoliloquyError(
                f"The performance cannot be written to '{target}': {error.strerror}.",
                "Choose a folder you can write to.",
            ) from error
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Performance:
        """Read a ``.npz`` written by :meth:`save`. Nothing in the file is ever unpickled.

        Raises
        ------
        SoliloquyError
            When the file is missing, is not a performance, or is damaged.
        """
        source = Path(path)
        if not source.is_file():
            raise SoliloquyError(f"There is no performance file at '{source}'.", "Check the path.")
        try:
            with np.load(source, allow_pickle=False) as archive:
                data = {name: archive[name] for name in archive.files}
            names = tuple(str(name) for name in data["arkit_names"])
            missing = [name for name in ARKIT_NAMES if name not in names]
            if missing:
                raise SoliloquyError(f"'{source.name}' lacks the ARKit coefficient '{missing[0]}'.")
            columns = [names.index(name) for name in ARKIT_NAMES]
            return cls(
                fps=float(data["fps"]),
                poses=data["poses"],
                trans=data["trans"],
                arkit=data["arkit"][:, columns],
                lip_aperture=data["lip_aperture"],
                expressions=data.get("expressions"),
                expression_space=str(data.get("expression_space", "")),
                gender=str(data.get("gender", "neutral")),
                betas=np.asarray(data.get("betas", np.zeros(10)), np.float32),
                meta=json.loads(str(data["meta"])),
            )
        except (ValueError, KeyError, IndexError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise SoliloquyError(
                f"'{source.name}' is not a Soliloquy performance or is damaged.", "Animate the audio again."
            ) from error
