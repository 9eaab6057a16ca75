"""Looks through a pickle before anything reads it: what it would make Python take or nest beyond measure is refused.

A few bytes may ask the reader for a table of two thousand million entries, or nest tuples until hashing them overflows
the stack and ends the process. No module is looked up here and nothing is built.
"""

from __future__ import annotations

from pickletools import genops
from typing import BinaryIO, cast

_MOST_OPCODES = 5_000_000
_MOST_DEPTH = 200
_REFUSED = frozenset(("EXT1", "EXT2", "EXT4", "PERSID", "NEXT_BUFFER", "READONLY_BUFFER"))
_PUTS = frozenset(("PUT", "BINPUT", "LONG_BINPUT"))
_GETS = frozenset(("GET", "BINGET", "LONG_BINGET"))
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_MARK = -1


def check_opcodes(file: BinaryIO, *, most: int = _MOST_OPCODES) -> None:
    """Read one pickle from a file and leave the file after it.

    Parameters
    ----------
    most : int
        Opcodes that it may have, and entries of its memo.

    Raises
    ------
    ValueError
        For a pickle that is cut short, longer or deeper than weights are, or refers to what lies outside it.
    """
    stack: list[int] = []  # how deep the tuples on the reader's stack are nested
    memo: dict[int, int] = {}
    for count, (opcode, argument, _position) in enumerate(genops(file)):
        name = opcode.name
        if count > most or name in _REFUSED:
            raise ValueError("a pickle of another kind")
        if name in _PUTS or name == "MEMOIZE":
            entry = int(cast("int", argument)) if name in _PUTS else len(memo)
            if not 0 <= entry <= most:
                raise ValueError("a pickle with a memo of unlikely size")
            memo[entry] = stack[-1] if stack else 0
        elif name in _GETS:
            stack.append(memo.get(int(cast("int", argument)), 0))
        elif name == "MARK":
            stack.append(_MARK)
        elif name == "DUP":
            stack.append(stack[-1] if stack else 0)
        elif name in _TUPLES:
            _nest(stack, _take(stack, _TUPLES[name]))
        elif name in ("TUPLE", "FROZENSET"):
            _nest(stack, _take_to_mark(stack))
        else:
            # Whatever else is built is no key of a dictionary, or hashed by its identity.
            before = [item.name for item in opcode.stack_before]
            if "mark" in before:
                _take_to_mark(stack)
                before = before[: before.index("mark")]
            _take(stack, len(before))
            stack.extend([0] * len(opcode.stack_after))


def _take(stack: list[int], count: int) -> list[int]:
    start = max(0, len(stack) - count)
    taken = stack[start:]
    del stack[start:]
    return taken


def _take_to_mark(stack: list[int]) -> list[int]:
    count = 0
    while count < len(stack) and stack[-1 - count] != _MARK:
        count += 1
    taken = _take(stack, count)
    _take(stack, 1)
    return taken


def _nest(stack: list[int], parts: list[int]) -> None:
    depth = 1 + max(parts, default=0)
    if depth > _MOST_DEPTH:
        raise ValueError("a pickle that is nested too deeply")
    stack.append(depth)
