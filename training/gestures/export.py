"""Writes the fitted vocabulary of gestures as weights that ship."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from ...inference.gestures.vocabulary import TABLE
from ...models.gestures.vocabulary import GestureVocabulary


def write_vocabulary(network: GestureVocabulary, table: dict[str, Any], path: Path) -> None:
    """Write codes, decoder and table in one file; an existing one is replaced in one step.

    Parameters
    ----------
    table : dict
        From :func:`.pack.table_of`, of the same gestures.
    """
    tensors = {name: value.detach().half().contiguous() for name, value in network.state_dict().items()}
    texts: dict[str, Any] = {}
    for name, column in table.items():
        if column.ndim and np.issubdtype(column.dtype, np.number):
            tensors[TABLE + name] = torch.from_numpy(np.ascontiguousarray(column, np.float32))
        else:
            texts[name] = column.tolist()
    metadata = {"format": "1", "network": json.dumps(network.config.to_json()), "table": json.dumps(texts)}
    aside = path.with_suffix(".part")
    save_file(tensors, aside, metadata=metadata)
    os.replace(aside, path)
