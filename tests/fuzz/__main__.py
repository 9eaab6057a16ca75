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


@dataclass
class Outcome:
    """How one reader fared."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    mb: int = 0
    slowest: float = 0.0
    skipped: str = ""


def run_reader(number: int, count: int, folder: Path) -> Outcome:
    """Feed one reader with its first ``count`` inputs, going on after each crash."""
    outcome, first = Outcome(), 0
    while first < count and not outcome.skipped:
        first = _run_block(number, first, min(count, first + _BLOCK), folder, outcome)
    return outcome


def _run_block(number: int, first: int, last: int, folder: Path, outcome: Outcome) -> int:
    """Return the input to go on with."""
    child = [sys.executable, str(Path(__file__).with_name("child.py")), str(number), str(first), str(last), str(folder)]
    log = folder / f"{number}.log"
    at = first
    with open(log, "wb") as errors, subprocess.Popen(child, stdout=subprocess.PIPE, stderr=errors) as process:
        assert process.stdout is not None
        source, rest = process.stdout.fileno(), b""
        while True:
            # Importing torch on a busy machine takes a while.
            patience = PATIENCE if at > first else 4 * PATIENCE
            if not select.select([source], [], [], patience)[0]:
                process.kill()
                _fault(outcome, number, at, "hang", "no word from the process", folder)
                return at + 1
            data = os.read(source, 1 << 16)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                if line.startswith(b'{"'):  # libraries have a word of their own now and then
                    at = _note(json.loads(line), number, at, outcome)
    if outcome.skipped or at >= last:
        return last
    _fault(outcome, number, at, "crash", f"the process ended with {process.returncode}: {_last(log)}", folder)
    return at + 1


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
    parser.add_argument("--only", default="", help="name of one reader")
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "fuzz", help="folder for inputs that fail")
    arguments = parser.parse_args()
    arguments.keep.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHONFAULTHANDLER"] = "1"
    begun, total, failed = time.monotonic(), Counter[str](), False
    print(_row("reader", "inputs", "read", "refused", "raw", "crash", "hang", "slowest", "memory"))
    for number, reader in enumerate(READERS):
        if arguments.only and reader.name != arguments.only:
            continue
        count = max(1, round(reader.share * arguments.inputs / WHOLE))
        outcome = run_reader(number, count, arguments.keep)
        if outcome.skipped:
            print(f"{reader.name:20} left out: no {outcome.skipped}", flush=True)
            continue
        ends = outcome.ends
        counts = [str(ends[name]) for name in ("read", "refused", "raw", "crash", "hang")]
        cost = f"{outcome.slowest:.2f} s", f"{outcome.mb} MB"
        print(_row(reader.name, str(sum(ends.values())), *counts, *cost), flush=True)
        for fault in outcome.faults[:20]:
            print(f"    {fault}", flush=True)
        total += ends
        failed |= bool(outcome.faults) or outcome.mb > MOST_MB
    print(
        f"{sum(total.values())} inputs: {total['read']} read, {total['refused']} refused in a sentence, "
        f"{total['raw']} raw, {total['crash']} crashes, {total['hang']} hangs; {time.monotonic() - begun:.0f} s"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
