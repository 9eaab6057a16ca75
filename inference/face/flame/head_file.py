"""Reads the head a user brings along: FLAME's ``.pkl`` or ``.npz``, SMPL-X's ``.npz``; executes nothing.

The pickles are of an old kind that holds ``chumpy`` arrays and ``scipy`` sparse matrices. Only those and NumPy's arrays
are rebuilt, by stand-ins of our own; any other name in the file refuses it.

Layouts: Li et al. 2017, "Learning a model of facial shape and expression from 4D scans" (FLAME); Pavlakos et al. 2019,
"Expressive Body Capture" (SMPL-X).
"""

from __future__ import annotations

import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from pickle import Unpickler, UnpicklingError
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import BadCheckpoint

Doubles = npt.NDArray[np.float64]

_AGAIN = "Download it again from the page where you registered."
_FLAME_JOINTS, _SMPLX_JOINTS = 5, 55
_JAW = {_FLAME_JOINTS: 2, _SMPLX_JOINTS: 22}
_EYES = {_FLAME_JOINTS: (3, 4), _SMPLX_JOINTS: (23, 24)}
_SHAPES = 300
_ALL_SHAPES = 400
_SMPLX_SHORT = (10, 20)  # older SMPL-X files: 10 components of shape, then 10 of expression
_ROWS_LIMIT = 200_000


@dataclass(frozen=True, eq=False)
class HeadModel:
    """A head that an expression and a jaw move, at mean shape; Y up, facing +Z, metres, its left at +X."""

    vertices: Doubles
    """(V, 3) at rest."""
    expression: npt.NDArray[np.float32]
    """(V, 3, E) displacement per coefficient."""
    jaw_correctives: npt.NDArray[np.float32]
    """(V, 3, 9) displacement per entry of the jaw's rotation matrix minus identity, row by row."""
    jaw_share: Doubles
    """(V,) weight of the jaw joint; the rest stays with the head."""
    eye_share: Doubles
    """(V,) weight of the eye joints."""
    jaw_pivot: Doubles
    """(3,) the jaw joint."""
    jaw_pivot_expression: Doubles
    """(3, E) how it moves per coefficient."""
    eyes: Doubles
    """(2, 3) centres of the left and the right eye."""


class _Chumpy:
    """Takes the state of a ``chumpy`` array; its class is never looked up."""

    def __init__(self, *_: Any) -> None:
        self.state: dict[str, Any] = {}

    def __setstate__(self, state: Any) -> None:
        self.state = state if isinstance(state, dict) else {}

    def array(self) -> npt.NDArray[Any]:
        """Return the numbers it stood for."""
        if "x" in self.state:
            return np.asarray(_plain(self.state["x"]))
        picked = np.asarray(_plain(self.state["a"])).reshape(-1)[np.asarray(self.state["idxs"], np.int64)]
        shape = self.state.get("preferred_shape")
        return picked if shape is None else picked.reshape(tuple(shape))


class _Sparse:
    """Takes the state of a ``scipy`` sparse matrix in compressed rows or columns."""

    by_rows = False

    def __init__(self, *_: Any) -> None:
        self.state: dict[str, Any] = {}

    def __setstate__(self, state: Any) -> None:
        first = state[0] if isinstance(state, tuple) and state else state
        self.state = first if isinstance(first, dict) else {}

    def array(self) -> npt.NDArray[Any]:
        """Return the dense matrix."""
        shape = tuple(int(size) for size in self.state.get("_shape", self.state.get("shape", ())))
        if len(shape) != 2 or max(shape) > _ROWS_LIMIT or shape[0] * shape[1] > 100 * _ROWS_LIMIT:
            raise ValueError("a sparse matrix of unlikely size")
        starts, inner = np.asarray(self.state["indptr"]), np.asarray(self.state["indices"])
        outer = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        result = np.zeros(shape)
        np.add.at(result, (outer, inner) if self.by_rows else (inner, outer), np.asarray(self.state["data"]))
        return result


class _SparseRows(_Sparse):
    by_rows = True


def _rebuild(cls: Any, base: Any, state: Any) -> Any:
    if isinstance(cls, type) and issubclass(cls, _Chumpy | _Sparse):
        return cls()
    raise UnpicklingError("rebuilds an object of another kind")


def _encode(text: str, encoding: str = "latin1") -> bytes:
    return text.encode("latin1") if encoding == "latin1" else text.encode("utf-8")


def _numpy_names() -> dict[str, Any]:
    core = np.empty(0).__reduce__()[0]
    scalar = np.float64(0).__reduce__()[0]
    names: dict[str, Any] = {"numpy.ndarray": np.ndarray, "numpy.dtype": np.dtype}
    for package in ("numpy.core.multiarray", "numpy._core.multiarray"):
        names[f"{package}._reconstruct"] = core
        names[f"{package}.scalar"] = scalar
    return names


class _Reader(Unpickler):
    """Builds arrays and the two stand-ins, refuses every other name."""

    allowed = {
        **_numpy_names(),
        "collections.OrderedDict": OrderedDict,
        "_codecs.encode": _encode,
        # As Python 3 and as Python 2 wrote them.
        "copyreg._reconstructor": _rebuild,
        "copy_reg._reconstructor": _rebuild,
        "builtins.object": object,
        "__builtin__.object": object,
    }

    def find_class(self, module: str, name: str) -> Any:
        """Return the stand-in or the array constructor for a name in the pickle."""
        if module.split(".")[0] == "chumpy":
            return _Chumpy
        if module.startswith("scipy.sparse"):
            if name.startswith("csc_"):
                return _Sparse
            if name.startswith("csr_"):
                return _SparseRows
        found = self.allowed.get(f"{module}.{name}")
        if found is None:
            raise _CodeError(f"{module}.{name}")
        return found


class _CodeError(UnpicklingError):
    pass


def _plain(value: Any) -> Any:
    return value.array() if isinstance(value, _Chumpy | _Sparse) else value


_WANTED = ("v_template", "shapedirs", "posedirs", "J_regressor", "weights")


def _read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    if zipfile.is_zipfile(path):
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in _WANTED}
    with path.open("rb") as file:
        content = _Reader(file, encoding="latin1").load()
    if not isinstance(content, Mapping):
        raise ValueError("not a dictionary")
    return {name: np.asarray(_plain(content[name])) for name in _WANTED}


@lru_cache(maxsize=2)
def _read(path: Path, stamp: tuple[int, int]) -> HeadModel:
    name = path.name
    try:
        # Large ones keep their type: SMPL-X's correctives alone are 15 million numbers.
        arrays = {key: value.astype(np.result_type(value, np.float32)) for key, value in _read_arrays(path).items()}
    except _CodeError as error:
        raise BadCheckpoint(f"'{name}' carries code ({error}) and was not opened.", _AGAIN) from error
    except KeyError as error:
        raise BadCheckpoint(
            f"'{name}' is no FLAME or SMPL-X model: {error.args[0]} is missing.", "Choose the model file itself.",
        ) from error  # fmt: skip
    except MemoryError:
        raise
    except Exception as error:  # unpickling damaged bytes raises nearly anything
        raise BadCheckpoint(f"'{name}' is damaged, cut short or no FLAME or SMPL-X model.", _AGAIN) from error
    problem = _problem(arrays)
    if problem:
        raise BadCheckpoint(f"'{name}' is no FLAME or SMPL-X model: {problem}.", "Choose the model file itself.")
    return _head(arrays)


def read_head_model(path: Path) -> HeadModel:
    """Return the head in a user's FLAME or SMPL-X file, read once as long as the file stays as it is.

    Raises
    ------
    SoliloquyError
        Of kind ``"bad_checkpoint"`` when it is missing, damaged, carries code or is something else.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise BadCheckpoint(f"There is no FLAME or SMPL-X model at '{path}'.", "Choose the model file.") from error
    return _read(path, (status.st_mtime_ns, status.st_size))


def _problem(arrays: Mapping[str, npt.NDArray[np.floating]]) -> str:
    template, weights = arrays["v_template"], arrays["weights"]
    if template.ndim != 2 or template.shape[1] != 3:
        return f"its template is {template.shape}"
    count = len(template)
    if weights.ndim != 2 or weights.shape[0] != count or weights.shape[1] not in _JAW:
        return f"it has {weights.shape[-1] if weights.ndim else 0} joints instead of 5 or 55"
    joints = weights.shape[1]
    if arrays["J_regressor"].shape != (joints, count):
        return "its joint regressor does not fit its mesh"
    if arrays["posedirs"].shape != (count, 3, 9 * (joints - 1)):
        return "its pose correctives do not fit its mesh"
    shapes = arrays["shapedirs"]
    enough = (*_SMPLX_SHORT[1:], _ALL_SHAPES) if joints == _SMPLX_JOINTS else (_ALL_SHAPES,)
    if shapes.ndim != 3 or shapes.shape[:2] != (count, 3) or shapes.shape[2] not in enough:
        return "it holds no expressions"
    if not all(np.isfinite(array).all() for array in arrays.values()):
        return "it holds values that are not numbers"
    return ""


def _head(arrays: Mapping[str, npt.NDArray[np.floating]]) -> HeadModel:
    weights = arrays["weights"].astype(np.float64)
    template, regressor = arrays["v_template"].astype(np.float64), arrays["J_regressor"].astype(np.float64)
    joints = weights.shape[1]
    jaw, eyes = _JAW[joints], _EYES[joints]
    first = _SHAPES if arrays["shapedirs"].shape[2] >= _ALL_SHAPES else _SMPLX_SHORT[0]
    expression = arrays["shapedirs"][:, :, first:]
    places = regressor @ template
    return HeadModel(
        vertices=template,
        expression=expression.astype(np.float32),
        jaw_correctives=arrays["posedirs"][:, :, 9 * (jaw - 1) : 9 * jaw].astype(np.float32),
        jaw_share=weights[:, jaw],
        eye_share=weights[:, list(eyes)].sum(1),
        jaw_pivot=places[jaw],
        jaw_pivot_expression=np.tensordot(regressor[jaw], expression, 1),
        eyes=places[list(eyes)],
    )
