"""What simple drivers give: a property, scaled or compared, as control rigs use to switch their constraints.

Nothing is evaluated by Blender, so it can be asked anywhere, and for values that the properties do not have yet.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

_LONGEST = 200
_NOTHING = 1e-6
_BINARY: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip
_UNARY: dict[type, Callable[[float], float]] = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_}
_CALLS: dict[str, Any] = {"abs": abs, "min": min, "max": max, "round": round, "int": int, "bool": bool}


class DrivenValues:
    """The drivers of an armature object, and values that its properties are taken to have."""

    def __init__(self, armature: Any, held: Mapping[str, float]) -> None:
        """Look at the drivers once; ``held`` is data path from the armature -> value."""
        data = armature.animation_data
        self._armature = armature
        self._held = held
        self._drivers = {curve.data_path: curve for curve in data.drivers if not curve.mute} if data is not None else {}

    def value(self, item: Any, prop: str) -> float | None:
        """Return a property as its driver sets it, or as it is where none does; None where the driver is not simple.

        Parameters
        ----------
        item
            Something in the armature's pose, such as a constraint.
        prop : str
            The property of it.
        """
        curve = self._drivers.get(f"{item.path_from_id()}.{prop}") if self._drivers else None
        return float(getattr(item, prop)) if curve is None else self._result(curve, {})

    def switched(self, item: Any, prop: str, to: float) -> tuple[str, float] | None:
        """Return data path and value of what gives a property a value: itself, or what its driver reads; None for
        neither.
        """
        path = f"{item.path_from_id()}.{prop}"
        curve = self._drivers.get(path)
        if curve is None:
            return path, to
        for variable in curve.driver.variables:
            source = variable.targets[0].data_path
            for value in (0.0, 1.0) if variable.type == "SINGLE_PROP" and source not in self._drivers else ():
                result = self._result(curve, {source: value})
                if result is not None and abs(result - to) < _NOTHING:
                    return source, value
        return None

    def _result(self, curve: Any, instead: Mapping[str, float]) -> float | None:
        """Return what a driver gives, with other values of some of the properties that it reads."""
        values = {}
        for variable in curve.driver.variables:
            target = variable.targets[0]
            if variable.type != "SINGLE_PROP" or target.id != self._armature:
                return None
            path = target.data_path
            try:
                known = {**self._held, **instead}
                values[variable.name] = float(known[path] if path in known else self._armature.path_resolve(path))
            except (ValueError, TypeError):
                return None
        return driver_result(curve, values)


def driver_result(curve: Any, values: Mapping[str, float]) -> float | None:
    """Return what a driver gives for values of its variables, by name; None where it is not simple."""
    result = _driven(curve.driver, values)
    for modifier in curve.modifiers if result is not None else ():
        if modifier.type != "GENERATOR" or modifier.mode != "POLYNOMIAL" or result is None:
            return None
        result = sum(float(factor) * result**power for power, factor in enumerate(modifier.coefficients))
    return result


def _driven(driver: Any, values: Mapping[str, float]) -> float | None:
    if driver.type != "SCRIPTED":
        total = {"SUM": sum, "MIN": min, "MAX": max, "AVERAGE": lambda items: sum(items) / len(items)}[driver.type]
        return float(total(list(values.values()))) if values else None
    if len(driver.expression) > _LONGEST:
        return None
    try:
        return float(_calculated(ast.parse(driver.expression.strip(), mode="eval").body, values))
    except (SyntaxError, ValueError, KeyError, TypeError, ZeroDivisionError, RecursionError, OverflowError):
        return None


def _calculated(node: ast.expr, values: Mapping[str, float]) -> float:
    """Return what an expression of numbers, variables, plain operators and choices gives; KeyError for any other."""
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.UnaryOp):
        return _UNARY[type(node.op)](_calculated(node.operand, values))
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](_calculated(node.left, values), _calculated(node.right, values))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return float(
            _BINARY[type(node.ops[0])](_calculated(node.left, values), _calculated(node.comparators[0], values))
        )
    if isinstance(node, ast.BoolOp):
        known = [_calculated(item, values) for item in node.values]
        return next((item for item in known[:-1] if bool(item) == isinstance(node.op, ast.Or)), known[-1])
    if isinstance(node, ast.IfExp):
        return _calculated(node.body if _calculated(node.test, values) else node.orelse, values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return float(_CALLS[node.func.id](*(_calculated(item, values) for item in node.args)))
    raise KeyError(type(node).__name__)
