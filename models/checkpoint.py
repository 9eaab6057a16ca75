"""Reads checkpoints that people bring along: weights only, nothing executed, every key accounted for.

Training frameworks leave settings and logs beside the weights. Objects of the frameworks named in
:data:`INERT_MODULES` are read as empty :class:`Inert` ones; any other foreign name refuses the whole file.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from pickle import UnpicklingError
from pickletools import genops
from typing import Any, cast

import torch
from torch import Tensor, _weights_only_unpickler, nn

from .opcodes import check_opcodes

INERT_MODULES = (
    "argparse",
    "gdl",
    "inferno",
    "lightning",
    "lightning_fabric",
    "munch",
    "numpy",
    "omegaconf",
    "pathlib",
    "pytorch_lightning",
    "typing",
    "yacs",
)
"""Packages whose objects a training run leaves in a checkpoint, and which hold no weights."""
_RENAMED_NORM = (("weight_g", "parametrizations.weight.original0"), ("weight_v", "parametrizations.weight.original1"))
_ROW = 5
"""Pickles one after the other in the older form: a number, the version, the system, the content, the keys."""
_MOST_DEPTH = 100
_AGAIN = "Download it again from the authors' page."


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; ``message`` is one sentence, ``hint`` the next step.

    ``inference.published.refusing_bad_checkpoints`` turns it into a ``SoliloquyError`` of kind ``"bad_checkpoint"``.
    """

    kind = "bad_checkpoint"

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint


class Inert:
    """Stands for an object whose class is never looked up: takes any arguments and any state, does nothing."""

    def __new__(cls, *_: Any, **__: Any) -> Inert:
        """Make one of whatever arguments."""
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        """Drop the arguments."""

    def __setstate__(self, state: Any) -> None:
        """Drop the state."""


def _empty_mapping(*_: Any) -> OrderedDict[Any, Any]:
    return OrderedDict()


def read_checkpoint(path: str | os.PathLike[str], *, system: str) -> dict[str, Any]:
    """Return what ``torch.save`` put into a file, with tensors on the CPU, mapped from the file where possible.

    Parameters
    ----------
    path : path
        A ``.pth``, ``.pt``, ``.ckpt`` or ``.pkl`` written by PyTorch, zipped or of the older form.
    system : str
        Whose checkpoint it should be, as it is called in a sentence: ``"TalkSHOW"``.

    Raises
    ------
    CheckpointError
        For a file that is missing, truncated, no checkpoint, or a pickle with code in it. Nothing in it was executed.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"There is no {system} checkpoint at '{path}'.", "Choose the file the authors offer.")
    try:
        _look_through(path)
        foreign = _foreign_names(path)
        refused = sorted(name for name in foreign if not _may_be_inert(name))
        if refused:
            raise _carries_code(path, refused[0])
        inert: list[Any] = [(_stand_in(name), name) for name in foreign]
        with torch.serialization.safe_globals(inert):
            content: object = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except CheckpointError:
        raise
    except UnpicklingError as error:
        if "Unsupported global" in str(error) or "not an allowed global" in str(error):
            raise _carries_code(path, "") from error
        raise _damaged(path, system) from error
    except Exception as error:  # torch's readers raise nearly anything on damaged input
        raise _damaged(path, system) from error
    if not isinstance(content, dict):
        raise CheckpointError(f"'{path.name}' holds no {system} weights.", "Choose the file the authors offer.")
    if not _is_tree(content):
        raise CheckpointError(f"'{path.name}' holds itself and was not opened further.", _AGAIN)
    return cast("dict[str, Any]", content)


def inner_state(state: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Return what a checkpoint keeps under a name where that holds further entries, else None."""
    inner: object = state.get(name)
    return cast("Mapping[str, Any]", inner) if isinstance(inner, Mapping) else None


def _look_through(path: Path) -> None:
    """Raise for pickles that would take the reader beyond its memory or its stack."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            for _ in range(_ROW):
                if file.peek(1):
                    check_opcodes(file)
        return
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.endswith(".pkl"):
                if member.compress_type != zipfile.ZIP_STORED:
                    raise ValueError("packed as PyTorch never does")
                with archive.open(member) as file:
                    check_opcodes(io.BytesIO(file.read()))


def _is_tree(content: Any) -> bool:
    """Tell whether no container lies within itself, and none more than :data:`_MOST_DEPTH` others deep."""
    done: set[int] = set()
    above: set[int] = set()
    # A container is on the list twice: to go into it, and to come out of it.
    waiting: list[tuple[Any, bool]] = [(content, True)]
    while waiting:
        item, enter = waiting.pop()
        if not enter:
            above.discard(id(item))
            done.add(id(item))
            continue
        if id(item) in above or len(above) > _MOST_DEPTH:
            return False
        if id(item) in done:
            continue
        above.add(id(item))
        waiting.append((item, False))
        inside = cast("Iterable[Any]", item.values() if isinstance(item, Mapping) else item)
        waiting += [(value, True) for value in inside if isinstance(value, (Mapping, list, tuple, set, frozenset))]
    return True


def _damaged(path: Path, system: str) -> CheckpointError:
    return CheckpointError(f"'{path.name}' is damaged, cut short or no {system} checkpoint.", _AGAIN)


def _carries_code(path: Path, name: str) -> CheckpointError:
    what = f" ({name})" if name else ""
    return CheckpointError(f"'{path.name}' carries code{what} and was not opened.", _AGAIN)


def _foreign_names(path: Path) -> list[str]:
    """Return every ``module.name`` the pickle asks for that PyTorch does not know as harmless."""
    if zipfile.is_zipfile(path):
        return torch.serialization.get_unsafe_globals_in_checkpoint(path)
    # The older form is a row of pickles; the first with a foreign name decides. Torch's own list stays the judge.
    names: list[str] = []
    with path.open("rb") as file:
        for _ in range(_ROW):
            strings: list[str] = []
            try:
                for opcode, argument, _position in genops(file):
                    if opcode.name == "GLOBAL":
                        names.append(str(argument).replace(" ", ".", 1))
                    elif opcode.name == "STACK_GLOBAL":
                        names.append(".".join(strings[-2:]))
                    elif isinstance(argument, str):
                        strings.append(argument)
            except ValueError:
                break
    known = _weights_only_unpickler._get_allowed_globals()  # pyright: ignore[reportPrivateUsage]
    renamed = {name.replace("__builtin__.", "builtins.", 1) for name in names}
    return [name for name in sorted(renamed) if name not in known]


def _may_be_inert(name: str) -> bool:
    package = name.split(".")[0]
    return package in INERT_MODULES or name in ("collections.defaultdict", "builtins.dict", "builtins.list")


def _stand_in(name: str) -> Any:
    if name == "collections.defaultdict":
        return _empty_mapping
    # One class per name: torch tells them apart by identity.
    return type("Inert", (Inert,), {})


def load_strict(
    module: nn.Module, state: Mapping[str, Any], *, system: str, ignored: Iterable[str] = (), source: str = ""
) -> None:
    """Load a state dict of which every key must fit, and which must fill every key.

    A ``module.`` prefix (DataParallel) is taken off, other floating types become the module's, and the two names of a
    weight norm's halves (``weight_g`` and ``parametrizations.weight.original0``) are taken for one another.

    Parameters
    ----------
    module : nn.Module
        What to fill; unchanged when an error is raised.
    state : dict of str to Tensor
        The state dict.
    system : str
        Whose it should be, as in a sentence.
    ignored : prefixes
        Keys of the state that start with one of these are left alone.
    source : str
        Name of the file, for the message.

    Raises
    ------
    CheckpointError
        For keys missing or left over, other shapes, or values that are not numbers.
    """
    ignored = tuple(ignored)
    where = f"'{source}'" if source else "The file"
    if not isinstance(state, Mapping) or not state:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise CheckpointError(f"{where} holds no {system} weights.", "Choose the file the authors offer.")
    given = {str(key).removeprefix("module."): value for key, value in state.items()}
    given = {key: value for key, value in given.items() if not (ignored and key.startswith(ignored))}
    wanted = module.state_dict()
    given = _rename_norm(given, wanted)
    missing, extra = [key for key in wanted if key not in given], [key for key in given if key not in wanted]
    if missing or extra:
        raise _unmatched(where, system, missing, extra, len(wanted))
    for key, tensor in wanted.items():
        value = given[key]
        if not isinstance(value, Tensor):
            raise CheckpointError(f"{where} is no {system} checkpoint: '{key}' is no tensor.", _AGAIN)
        if value.shape != tensor.shape:
            raise CheckpointError(
                f"{where} is of another {system} variant: '{key}' is {_sizes(value)} instead of {_sizes(tensor)}.",
                "Choose the checkpoint that the documentation names.",
            )
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise CheckpointError(f"{where} holds values that are not numbers in '{key}'.", _AGAIN)
    module.load_state_dict({key: given[key].to(tensor.dtype) for key, tensor in wanted.items()}, strict=True)


def _rename_norm(given: dict[str, Any], wanted: Mapping[str, Tensor]) -> dict[str, Any]:
    result = dict(given)
    for older, newer in _RENAMED_NORM:
        for here, there in ((older, newer), (newer, older)):
            for key in [key for key in result if key.endswith(f".{here}") or key == here]:
                other = key[: -len(here)] + there
                if key not in wanted and other in wanted:
                    result[other] = result.pop(key)
    return result


def _unmatched(where: str, system: str, missing: list[str], extra: list[str], count: int) -> CheckpointError:
    if len(missing) > count // 2:
        return CheckpointError(
            f"{where} is the checkpoint of another system, not of {system}.",
            "Choose the checkpoint that the documentation names.",
        )
    parts: list[str] = []
    if missing:
        parts.append(f"{len(missing)} weights are missing ('{missing[0]}')")
    if extra:
        parts.append(f"{len(extra)} are unknown ('{extra[0]}')")
    return CheckpointError(
        f"{where} does not fit {system}: {' and '.join(parts)}.", "Choose the checkpoint that the documentation names."
    )


def _sizes(tensor: Tensor) -> str:
    return "x".join(str(size) for size in tensor.shape) or "one number"
