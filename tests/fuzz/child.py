"""Feeds readers with damaged inputs and says of each how it ended; a crash or a hang ends this process only."""

from __future__ import annotations

import importlib.util
import json
import logging
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))

import numpy as np
from readers import READERS

from soliloquy.inference.errors import InternalFault, SoliloquyError

SECONDS = 10
ADDRESS_SPACE = 24 << 30


class _Hang(BaseException):
    pass


def _alarm(*_: Any) -> None:
    raise _Hang


def main() -> None:
    """Take from the arguments the folder for what fails, and ``reader:first:last`` for each run of inputs."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    signal.signal(signal.SIGALRM, _alarm)
    folder, runs = Path(sys.argv[1]), sys.argv[2:]
    for place, run in enumerate(runs):
        print(json.dumps({"run": place}), flush=True)
        _feed(folder, *map(int, run.split(":")))
    print(json.dumps({"run": len(runs)}), flush=True)


def _feed(folder: Path, number: int, first: int, last: int) -> None:
    """Feed one reader with some of its inputs."""
    reader = READERS[number]
    if reader.needs and importlib.util.find_spec(reader.needs) is None:
        print(json.dumps({"skipped": reader.needs}), flush=True)
        return
    with tempfile.TemporaryDirectory() as place:
        seeds = reader.seeds(Path(place))
        for seed in seeds:  # a good input must be read, or at least be refused in words
            _try(reader, Path(place) / f"good.{reader.suffix}", seed)
        for index in range(first, last):
            random = np.random.default_rng([20261128, number, index])
            way = reader.ways[int(random.integers(len(reader.ways)))]
            content = way(seeds[int(random.integers(len(seeds)))], random)
            # The name is another each time: readers remember files.
            path = Path(place) / f"{index}.{reader.suffix}"
            (folder / f"{number}-now.bin").write_bytes(content)
            print(json.dumps({"at": index}), flush=True)
            said = _try(reader, path, content)
            path.unlink(missing_ok=True)
            if said["end"] not in ("read", "refused"):
                (folder / f"{reader.name.replace(' ', '_')}-{index}.bin").write_bytes(content)
            print(json.dumps({"index": index, **said}), flush=True)


def _try(reader: Any, path: Path, content: bytes) -> dict[str, Any]:
    path.write_bytes(content)
    begun = time.monotonic()
    signal.alarm(SECONDS)
    said: dict[str, Any] = {"end": "read"}
    try:
        reader.read(path)
    except InternalFault as error:
        said = {"end": "raw", "what": f"InternalFault: {error}"[:300]}
    except SoliloquyError as error:
        said = {"end": "refused"}
        if not error.message or "\n" in str(error) or len(str(error)) > 2000:
            said = {"end": "raw", "what": f"not one sentence: {str(error)[:300]!r}"}
    except _Hang:
        said = {"end": "hang", "what": f"longer than {SECONDS} s"}
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        inner = next(
            (f for f in reversed(traceback.extract_tb(error.__traceback__)) if "soliloquy" in f.filename), where
        )
        said = {
            "end": "raw",
            "what": f"{type(error).__name__}: {error}"[:200],
            "where": f"{inner.filename}:{inner.lineno}",
        }
    signal.alarm(0)
    said["seconds"] = round(time.monotonic() - begun, 3)
    said["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return said


if __name__ == "__main__":
    main()
