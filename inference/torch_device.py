"""Which device the networks run on."""

from __future__ import annotations

from .device import DEVICES
from .errors import MissingRuntime, SoliloquyError
from .network_runtime import has_torch


def resolve_device(device: str = "auto") -> str:
    """Return ``"cpu"``, ``"cuda"`` or ``"mps"``: the asked one, or for ``"auto"`` the fastest that is there.

    Raises
    ------
    SoliloquyError
        When the device is unknown, is not in this machine, or PyTorch is missing.
    """
    names = [choice.name for choice in DEVICES]
    if device not in names:
        raise SoliloquyError(f"There is no device '{device}'.", f"Choose among: {', '.join(names)}.")
    if not has_torch():
        # ONNX Runtime computes on the processor; graphics cards are torch's business.
        if device in ("auto", "cpu"):
            return "cpu"
        raise MissingRuntime(f"The device '{device}' needs PyTorch.", "Choose 'auto' or 'cpu', or install the runtime.")
    try:
        import torch
    except ImportError as error:
        raise MissingRuntime(
            "PyTorch is not installed in this Python.", "Install Soliloquy's runtime first."
        ) from error
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        raise MissingRuntime(f"The device '{device}' cannot be used on this machine.", "Choose 'auto' or 'cpu'.")
    return device
