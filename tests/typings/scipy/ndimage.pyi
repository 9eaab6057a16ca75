from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike, NDArray

def gaussian_filter1d(
    input: ArrayLike,
    sigma: float,
    axis: int = -1,
    order: int = 0,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    truncate: float = 4.0,
    *,
    radius: int | None = None,
) -> NDArray[Any]: ...
def uniform_filter1d(
    input: ArrayLike,
    size: int,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> NDArray[Any]: ...
def maximum_filter1d(
    input: ArrayLike,
    size: int,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> NDArray[Any]: ...
def minimum_filter1d(
    input: ArrayLike,
    size: int,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> NDArray[Any]: ...
def convolve1d(
    input: ArrayLike,
    weights: ArrayLike,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> NDArray[Any]: ...
def correlate1d(
    input: ArrayLike,
    weights: ArrayLike,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> NDArray[Any]: ...
def median_filter(
    input: ArrayLike,
    size: int | Sequence[int] | None = None,
    *,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
    axes: Any = None,
) -> NDArray[Any]: ...
def spline_filter1d(
    input: ArrayLike, order: int = 3, axis: int = -1, output: Any = ..., mode: str = "mirror"
) -> NDArray[Any]: ...
def __getattr__(name: str) -> Any: ...
