from typing import Any

from numpy.typing import ArrayLike, NDArray

class _Curve:
    def __call__(self, x: ArrayLike, nu: int = 0, extrapolate: bool | str | None = None) -> NDArray[Any]: ...
    def derivative(self, nu: int = 1) -> _Curve: ...

class CubicSpline(_Curve):
    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike,
        axis: int = 0,
        bc_type: Any = "not-a-knot",
        extrapolate: bool | str | None = None,
    ) -> None: ...

class PchipInterpolator(_Curve):
    def __init__(self, x: ArrayLike, y: ArrayLike, axis: int = 0, extrapolate: bool | None = None) -> None: ...

class BSpline(_Curve):
    def __init__(self, t: ArrayLike, c: ArrayLike, k: int, extrapolate: bool | str = True, axis: int = 0) -> None: ...
    @classmethod
    def design_matrix(cls, x: ArrayLike, t: ArrayLike, k: int, extrapolate: bool = False) -> Any: ...

def __getattr__(name: str) -> Any: ...
