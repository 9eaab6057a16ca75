"""The one data structure and file format that every engine writes and every rig reads.

The ``.npz`` holds no pickles and is a superset of the AMASS / SMPL-X layout, so other tools open it too.
"""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .archive import ArchiveError, array_names, read_arrays
from .arkit import ARKIT_INDEX, ARKIT_NAMES, REGIONS
from .errors import BadFile, SoliloquyError
from .label_track import LabelTrack, track_arrays, tracks_from_arrays, tracks_to_arrays
from .notes import checked_notes
from .plain_json import parse_object
from .saving import written_aside
from .skeleton import JOINT_INDEX, JOINT_NAMES
from .user_folders import given_path

FORMAT_VERSION = 1
MOST_BYTES = 600 << 20
"""Bytes of all arrays of a file together."""
MOST_FRAMES = 480_000
"""Frames that fit with a hundred expressions: four hours at 30 frames per second."""
Floats = npt.NDArray[np.float32]

_LARGEST = 1e6  # radians, metres and shares stay far below; what is beyond overflows in Blender
_MOST_BETAS, _LONGEST_TEXT = 400, 64
_FRAME_RATES = (0.1, 1000.0)


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
    tracks: dict[str, LabelTrack] = field(default_factory=dict[str, LabelTrack])
    """What is said when, by name of the track: those of ``label_track.TRACK_NAMES`` that are known."""
    meta: dict[str, Any] = field(default_factory=dict[str, Any])
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
        if not _FRAME_RATES[0] <= self.fps <= _FRAME_RATES[1]:
            raise SoliloquyError(f"A performance cannot run at {self.fps:g} frames per second.")

    @property
    def frames(self) -> int:
        """Number of frames T."""
        return len(self.poses)

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.frames / self.fps

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions it holds: all, unless it was read from a file that holds a part, which ``meta`` notes."""
        held = self.meta.get("regions")
        return tuple(region for region in REGIONS if not held or region in held)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was to be said when it was read from another program's format; empty for one that was made here."""
        return tuple(self.meta.get("warnings", ())) if "imported" in self.meta else ()

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
        NotSaved
            When the folder does not exist or cannot be written.
        """
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
        arrays.update(tracks_to_arrays(self.tracks))
        with written_aside(path) as stream:
            # Packed in memory: an archive that cannot be finished complains once more when it is collected.
            packed = io.BytesIO()
            np.savez_compressed(packed, **arrays)
            stream.write(packed.getbuffer())
        return Path(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Performance:
        """Read a ``.npz`` written by :meth:`save`. Nothing in the file is ever unpickled.

        Raises
        ------
        BadFile
            When the file is missing, is damaged or too large, or is something else; the sentence says what it is.
        """
        source = given_path(path)
        try:
            found = source.is_file()
        except OSError as error:
            raise BadFile(f"'{source.name}' cannot be read: {error.strerror}.", "Check the path.") from error
        if not found:
            raise BadFile(f"There is no performance file at '{source}'.", "Check the path.")
        try:
            data = read_arrays(source, _READ, most_bytes=MOST_BYTES)
        except ArchiveError as error:
            raise _no_performance(source, f"it {error}") from error
        missing = [name for name in _NEEDED if name not in data]
        if missing:
            raise _no_performance(source, f"it has no '{missing[0]}'")
        try:
            return _from_arrays(cls, data, source.name)
        except BadFile:
            raise
        except SoliloquyError as error:
            raise BadFile(f"'{source.name}' is damaged. {error.message}", _AGAIN) from error
        except Exception as error:  # arrays of other kinds and shapes fail in as many ways as there are
            raise _no_performance(source, "its arrays do not fit together") from error

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Performance:
        """Read the bytes of a ``.npz`` written by :meth:`save`, as carefully as :meth:`load`.

        Parameters
        ----------
        name : str
            What the sentences call it.

        Raises
        ------
        BadFile
            When the bytes are anything else.
        """
        try:
            arrays = read_arrays(data, _READ, most_bytes=MOST_BYTES)
            missing = [key for key in _NEEDED if key not in arrays]
            if not missing:
                return _from_arrays(cls, arrays, name)
        except BadFile:
            raise
        except Exception as error:  # bytes of a .blend that anyone may have edited
            raise BadFile(f"The performance '{name}' in this file is damaged.", _AGAIN) from error
        raise BadFile(f"The performance '{name}' in this file has no '{missing[0]}'.", _AGAIN)


_NEEDED = ("fps", "poses", "trans", "arkit", "arkit_names", "lip_aperture", "meta")
_READ = (*_NEEDED, "expressions", "expression_space", "gender", "betas", *track_arrays())
_AGAIN = "Animate the recording again, or choose another file."
_STARTS = (
    (b"\x93NUMPY", "a single NumPy array (.npy)"),
    (b"RIFF", "a sound or video file"),
    (b"fLaC", "a sound file"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"BLENDER", "a Blender file"),
    (b"Kaydara", "an FBX file"),
    (b"glTF", "a glTF file"),
    (b"{", "a text file"),
)
_MOTION = "motion in the layout of AMASS or SMPL-X"
_OTHERS = (
    ({"v_template", "shapedirs"}, "a body model such as SMPL-X or FLAME"),
    ({"vertices", "key_values"}, "Soliloquy's own character"),
    ({"steps", "low", "scale"}, "a record of lips"),
    ({"poses", "arkit"}, ""),
    ({"poses"}, _MOTION),
    ({"pose_body"}, _MOTION),
)
"""Arrays that tell what another archive is; an empty text for one that is a performance, if not a whole one."""


def _from_arrays(kind: type[Performance], data: dict[str, Any], name: str) -> Performance:
    for key, columns in (("poses", 3 * len(JOINT_NAMES)), ("arkit", len(ARKIT_NAMES))):
        if data[key].ndim != 2 or data[key].shape[1] != columns or 4 * data[key].size > MOST_BYTES:
            raise BadFile(f"'{name}' is not a Soliloquy performance: '{key}' is {data[key].shape}.", _AGAIN)
    numbers = [key for key in _READ if key in data and data[key].dtype.kind in "fiu"]
    for key in numbers:
        # NaN is neither; nothing as large as the array is made.
        if not (data[key].min(initial=0) >= -_LARGEST and data[key].max(initial=0) <= _LARGEST):
            raise BadFile(f"'{name}' is damaged: its '{key}' holds values that are not numbers.", _AGAIN)
    names = [str(item) for item in data["arkit_names"].reshape(-1)]
    missing = [item for item in ARKIT_NAMES if item not in names]
    if missing:
        raise BadFile(f"'{name}' lacks the ARKit coefficient '{missing[0]}'.", _AGAIN)
    meta = checked_notes(parse_object(str(data["meta"])))
    betas = np.asarray(data.get("betas", np.zeros(10)), np.float32).reshape(-1)
    if len(betas) > _MOST_BETAS:
        raise BadFile(f"'{name}' is not a Soliloquy performance: it has {len(betas)} body shapes.", _AGAIN)
    return kind(
        fps=float(data["fps"]),
        poses=data["poses"],
        trans=data["trans"],
        arkit=data["arkit"][:, [names.index(item) for item in ARKIT_NAMES]],
        lip_aperture=data["lip_aperture"],
        expressions=data.get("expressions"),
        expression_space=str(data.get("expression_space", ""))[:_LONGEST_TEXT],
        gender=str(data.get("gender", "neutral"))[:_LONGEST_TEXT],
        betas=betas,
        tracks=tracks_from_arrays(data),
        meta=meta,
    )


def _no_performance(path: Path, why: str) -> BadFile:
    """Return the sentence that says what a file is instead, where that can be told."""
    try:
        with open(path, "rb") as stream:
            start = stream.read(16)
    except OSError:
        start = b""
    names = set(array_names(path))
    found = next((text for mark, text in _STARTS if start.startswith(mark)), "")
    found = found or next((text for keys, text in _OTHERS if keys <= names), "")
    what = f"is {found}, not a Soliloquy performance." if found else f"is not a Soliloquy performance: {why}."
    if found == _MOTION:
        return BadFile(
            f"'{path.name}' {what}", "Bake it with Load Performance or 'soliloquy bake', which read such motion."
        )
    return BadFile(f"'{path.name}' {what}", "Choose the .npz that Soliloquy wrote, or animate the recording again.")
