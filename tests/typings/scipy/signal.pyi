from typing import Any

from numpy.typing import ArrayLike, NDArray

def resample_poly(
    x: ArrayLike,
    up: int,
    down: int,
    axis: int = 0,
    window: Any = ("kaiser", 5.0),
    padtype: str = "constant",
    cval: float | None = None,
) -> NDArray[Any]: ...
def find_peaks(
    x: ArrayLike,
    height: Any = None,
    threshold: Any = None,
    distance: float | None = None,
    prominence: Any = None,
    width: Any = None,
    wlen: int | None = None,
    rel_height: float = 0.5,
    plateau_size: Any = None,
) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]: ...
def peak_widths(
    x: ArrayLike, peaks: ArrayLike, rel_height: float = 0.5, prominence_data: Any = None, wlen: int | None = None
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]: ...
def __getattr__(name: str) -> Any: ...
