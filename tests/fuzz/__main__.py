"""Feeds every reader with damaged inputs, in processes of their own: ``python tests/fuzz --inputs 20000``.

The inputs are drawn from fixed seeds: the same number gives the same inputs, but for checkpoints of PyTorch's older
form, which hold addresses. What fails is kept in ``build/fuzz``.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from readers import READERS

ROOT = Path(__file__).resolve().parents[2]
WHOLE = sum(reader.share for reader in READERS)
MOST_MB = 1024
PATIENCE = 40.0
"""Seconds without a word after which a process is taken to hang where Python has no say."""
_BLOCK = 400
_ROUNDS = 12


@dataclass
class Outcome:
    """How one reader fared."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    mb: int = 0
    """Most memory of the process so far, what readers before it in the same process took included."""
    slowest: float = 0.0
    skipped: str = ""


@dataclass(frozen=True)
class Run:
    """A stretch of one reader's inputs."""

    number: int
    first: int
    last: int


def runs_of(chosen: dict[int, int], rounds: int) -> list[Run]:
    """Return all inputs, number of reader -> how many, in rounds that feed every reader: what is left out is even."""
    return [
        Run(number, count * turn // rounds, count * (turn + 1) // rounds)
        for turn in range(rounds)
        for number, count in chosen.items()
        if count * turn // rounds < count * (turn + 1) // rounds
    ]


def take_block(left: list[Run]) -> tuple[list[Run], list[Run]]:
    """Return what one process is given, and what is left: starting one costs as much as a hundred inputs."""
    block, room = [], _BLOCK
    while left and room:
        run = left[0]
        stop = min(run.last, run.first + room)
        block.append(Run(run.number, run.first, stop))
        room -= stop - run.first
        left = [Run(run.number, stop, run.last), *left[1:]] if stop < run.last else left[1:]
    return block, left


def run_block(block: list[Run], folder: Path, outcomes: dict[int, Outcome]) -> list[Run]:
    """Feed a block's inputs to one process; returns what a crash or a hang left over."""
    child = [sys.executable, str(Path(__file__).with_name("child.py")), str(folder)]
    child += [f"{run.number}:{run.first}:{run.last}" for run in block]
    log = folder / f"{block[0].number}.log"
    place, at, heard = 0, block[0].first, False
    with open(log, "wb") as errors, subprocess.Popen(child, stdout=subprocess.PIPE, stderr=errors) as process:
        assert process.stdout is not None
        source, rest = process.stdout.fileno(), b""
        while True:
            # Importing torch on a busy machine takes a while.
            if not select.select([source], [], [], PATIENCE if heard else 4 * PATIENCE)[0]:
                process.kill()
                _fault(
                    outcomes[block[place].number], block[place].number, at, "hang", "no word from the process", folder
                )
                return _after(block, place, at)
            data = os.read(source, 1 << 16)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                if not line.startswith(b'{"'):  # libraries have a word of their own now and then
                    continue
                said = json.loads(line)
                if "run" in said:
                    place, heard = said["run"], False
                    at = block[place].first if place < len(block) else at
                else:
                    at, heard = _note(said, block[place].number, at, outcomes[block[place].number]), True
    if place == len(block):
        return []
    what = f"the process ended with {process.returncode}: {_last(log)}"
    _fault(outcomes[block[place].number], block[place].number, at, "crash", what, folder)
    return _after(block, place, at)


def _after(block: list[Run], place: int, at: int) -> list[Run]:
    """Return what is left of a block after the input that ended its process."""
    run = block[place]
    rest = [Run(run.number, at + 1, run.last)] if at + 1 < run.last else []
    return [*rest, *block[place + 1 :]]


def _note(said: dict[str, Any], number: int, at: int, outcome: Outcome) -> int:
    """Take one line of a process down and return the input that it is at."""
    if "skipped" in said:
        outcome.skipped = said["skipped"]
        return at
    if "at" in said:
        return int(said["at"])
    outcome.ends[said["end"]] += 1
    outcome.mb, outcome.slowest = max(outcome.mb, said["mb"]), max(outcome.slowest, said["seconds"])
    if said["end"] not in ("read", "refused"):
        outcome.faults.append(f"{READERS[number].name} {at}: {said['what']} {said.get('where', '')}")
    return at + 1


def _fault(outcome: Outcome, number: int, index: int, end: str, what: str, folder: Path) -> None:
    outcome.ends[end] += 1
    name = READERS[number].name
    outcome.faults.append(f"{name} {index}: {what}")
    now = folder / f"{number}-now.bin"
    if now.exists():
        now.replace(folder / f"{name.replace(' ', '_')}-{index}.bin")


def _last(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def _row(name: str, *cells: str) -> str:
    return f"{name:20}" + "".join(f"{cell:>9}" for cell in cells)


def main() -> int:
    """Run the command line; returns 1 when a reader let anything but a sentence through."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=WHOLE, help=f"over all readers (default: {WHOLE})")
    parser.add_argument("--seconds", type=float, default=0.0, help="no new inputs after so long (default: all of them)")
    parser.add_argument("--only", default="", help="name of one reader")
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "fuzz", help="folder for inputs that fail")
    arguments = parser.parse_args()
    arguments.keep.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHONFAULTHANDLER"] = "1"
    begun, total, failed = time.monotonic(), Counter[str](), False
    print(_row("reader", "inputs", "read", "refused", "raw", "crash", "hang", "slowest", "memory"))
    chosen = {
        number: max(1, round(reader.share * arguments.inputs / WHOLE))
        for number, reader in enumerate(READERS)
        if arguments.only in ("", reader.name)
    }
    outcomes = {number: Outcome() for number in chosen}
    left, waiting = runs_of(chosen, _ROUNDS if arguments.seconds else 1), list(chosen)
    while waiting:
        block, later = take_block(left)
        left = run_block(block, arguments.keep, outcomes) + later
        if arguments.seconds and time.monotonic() - begun > arguments.seconds:
            left = []
        while waiting and waiting[0] not in {run.number for run in left}:
            number = waiting.pop(0)
            outcome = outcomes[number]
            _say(READERS[number].name, outcome)
            total += outcome.ends
            failed |= bool(outcome.faults) or outcome.mb > MOST_MB
    print(
        f"{sum(total.values())} inputs: {total['read']} read, {total['refused']} refused in a sentence, "
        f"{total['raw']} raw, {total['crash']} crashes, {total['hang']} hangs; {time.monotonic() - begun:.0f} s"
    )
    return int(failed)


def _say(name: str, outcome: Outcome) -> None:
    """Print how one reader fared."""
    if outcome.skipped:
        print(f"{name:20} left out: no {outcome.skipped}", flush=True)
        return
    counts = [str(outcome.ends[end]) for end in ("read", "refused", "raw", "crash", "hang")]
    cost = f"{outcome.slowest:.2f} s", f"{outcome.mb} MB"
    print(_row(name, str(sum(outcome.ends.values())), *counts, *cost), flush=True)
    for fault in outcome.faults[:20]:
        print(f"    {fault}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
