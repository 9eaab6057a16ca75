"""Runs in the Python that is to be checked and prints one line of JSON about it. Nothing of Soliloquy is imported."""

import contextlib
import importlib
import importlib.metadata
import importlib.util
import json
import sys
from typing import Any, Dict  # noqa: UP035 - runs in Pythons that are too old for the worker, to say so

NAMES = ("numpy", "scipy", "safetensors", "av")
EITHER = ("torch", "onnxruntime")  # Networks run in the first that is there.
PUBLISHED = ("transformers", "pyyaml")  # Only published face systems need them, and importing one takes seconds.
MARK = "SOLILOQUY "


def report() -> Dict[str, Any]:  # noqa: UP006
    """Return versions, devices and what does not import."""
    found: Dict[str, Any] = {  # noqa: UP006
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "versions": {},
        "errors": {},
        "devices": [],
    }
    there = [name for name in EITHER if importlib.util.find_spec(name) is not None]
    for name in (*(there[:1] or EITHER[:1]), *NAMES):
        try:
            found["versions"][name] = str(importlib.import_module(name).__version__)
        except Exception as error:
            found["errors"][name] = "%s: %s" % (type(error).__name__, str(error).strip().split("\n")[0])  # noqa: UP031
    for name in PUBLISHED:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found["versions"][name] = importlib.metadata.version(name)
    if "torch" in found["versions"]:
        import torch

        try:
            # A driver may be found although no kernel of this build runs on the card: only computing shows it.
            if torch.cuda.is_available():
                assert float(torch.ones(8, device="cuda").sum()) == 8.0
                found["devices"].append({"name": "cuda", "title": torch.cuda.get_device_name(0)})
        except Exception as error:
            found["graphics_error"] = "%s: %s" % (type(error).__name__, str(error).strip().split("\n")[0])  # noqa: UP031
        if getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
            found["devices"].append({"name": "mps", "title": "Apple GPU"})
        found["devices"].append({"name": "cpu", "title": "CPU, %d threads" % torch.get_num_threads()})  # noqa: UP031
    elif "onnxruntime" in found["versions"]:
        found["devices"].append({"name": "cpu", "title": "CPU"})
    return found


if __name__ == "__main__":
    print(MARK + json.dumps(report()))
