"""Which build of torch fits this machine, and how much it downloads.

The builds are those of torch 2.13: CUDA 12.6 (Maxwell to Hopper cards) and 13.0 (Turing to Blackwell), ROCm 7.2, CPU,
and the macOS build with Metal (pytorch/pytorch, RELEASE.md).
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..programs import find_program
from ..worker.environment import clean_environment, process_flags

INDEX = "https://download.pytorch.org/whl/"


@dataclass(frozen=True)
class Backend:
    """One build of torch."""

    name: str
    title: str
    index: str
    """Package index of torch; empty for pip's own (PyPI, or the mirror pip is configured for)."""
    download_mb: int
    """Approximate download of everything, rounded up; November 2026, Linux x86-64. The log shows the true sizes."""

    @property
    def disk_mb(self) -> int:
        """Approximate size once unpacked."""
        return int(self.download_mb * 2.5)


BACKENDS: dict[str, Backend] = {
    "cu130": Backend("cu130", "NVIDIA, CUDA 13.0", INDEX + "cu130", 2350),
    "cu126": Backend("cu126", "NVIDIA, CUDA 12.6", INDEX + "cu126", 2750),
    "rocm": Backend("rocm", "AMD, ROCm 7.2", INDEX + "rocm7.2", 4850),
    "cpu": Backend("cpu", "CPU only", INDEX + "cpu", 380),
    "mps": Backend("mps", "Apple, Metal", "", 230),
    "default": Backend("default", "what pip's own index offers", "", 2350),
}


@dataclass(frozen=True)
class NvidiaDriver:
    """An NVIDIA driver and the oldest compute capability among its cards."""

    version: int
    """Major number, such as 580."""
    capability: float | None = None


@dataclass(frozen=True)
class BackendChoice:
    """The builds to try, best first, and why."""

    candidates: tuple[Backend, ...]
    reason: str


def choose_backend(choice: str = "auto") -> BackendChoice:
    """Return the builds to try for ``"auto"``, ``"cuda"`` or a name out of :data:`BACKENDS` (any case).

    A build that the package index does not offer is followed by the next one, down to the CPU.
    """
    choice = choice.lower()
    if choice in BACKENDS:
        return BackendChoice((BACKENDS[choice],), "Your choice.")
    if choice == "cuda":
        return _for_nvidia(find_nvidia_driver() or NvidiaDriver(580), fallback=False)
    if choice != "auto":
        raise ValueError(f"no build called '{choice}'")
    if sys.platform == "darwin":
        return BackendChoice((BACKENDS["mps"],), "This is a Mac.")
    driver = find_nvidia_driver()
    if driver is not None:
        return _for_nvidia(driver, fallback=True)
    if sys.platform == "linux" and (find_program("rocminfo") or Path("/opt/rocm").is_dir()):
        return BackendChoice((BACKENDS["rocm"], BACKENDS["cpu"]), "ROCm is installed.")
    return BackendChoice((BACKENDS["cpu"],), "No NVIDIA or AMD driver was found.")


def _for_nvidia(driver: NvidiaDriver, *, fallback: bool) -> BackendChoice:
    last = (BACKENDS["cpu"],) if fallback else ()
    new, old = BACKENDS["cu130"], BACKENDS["cu126"]
    if driver.version < 525:
        reason = f"The NVIDIA driver {driver.version} is too old for CUDA: update it to 580 or later, then reinstall."
        return BackendChoice(last or (old,), reason)
    if driver.capability is not None and driver.capability < 7.5:
        return BackendChoice((old, *last), "The NVIDIA card is older than Turing, which CUDA 13 no longer serves.")
    if driver.version >= 580:
        return BackendChoice((new, old, *last), f"NVIDIA driver {driver.version} serves CUDA 13.")
    return BackendChoice((old, *last), f"NVIDIA driver {driver.version} serves CUDA 12; from 580 on CUDA 13 fits too.")


def find_nvidia_driver() -> NvidiaDriver | None:
    """Return the NVIDIA driver that runs, or None."""
    program = find_program("nvidia-smi")
    if program is not None:
        try:
            answer = subprocess.run(
                [str(program), "--query-gpu=driver_version,compute_cap", "--format=csv,noheader"],
                capture_output=True,
                text=True,
                timeout=5.0,
                env=clean_environment(),
                check=False,
                **process_flags(),
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            answer = ""
        driver = parse_nvidia_smi(answer)
        if driver is not None:
            return driver
    try:
        found = re.search(r"\s(\d{3,})\.\d+", Path("/proc/driver/nvidia/version").read_text(encoding="utf-8"))
    except OSError:
        return None
    return NvidiaDriver(int(found.group(1))) if found else None


def parse_nvidia_smi(answer: str) -> NvidiaDriver | None:
    """Return what ``nvidia-smi --query-gpu=driver_version,compute_cap`` says, one card a line."""
    cards = re.findall(r"^\s*(\d+)\.[\d.]+\s*,\s*(\d+\.\d+)?", answer, re.MULTILINE)
    if not cards:
        return None
    capabilities = [float(capability) for _, capability in cards if capability]
    return NvidiaDriver(int(cards[0][0]), min(capabilities) if capabilities else None)
