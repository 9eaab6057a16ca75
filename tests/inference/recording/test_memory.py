"""What a header declares is bounded before memory is taken for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("av")
pytest.importorskip("resource")

_READ = """
import resource, sys
from pathlib import Path
from soliloquy.inference.errors import BadAudio
from soliloquy.inference.recording.decoder import Decoder
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    list(Decoder(Path(sys.argv[1]), 0, None).blocks(0.0))
except BadAudio:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_title_that_claims_a_gigabyte_takes_none(tmp_path: Path) -> None:
    form = b"fmt " + (16).to_bytes(4, "little") + bytes.fromhex("0100010080bb000000770100 02001000")
    titles = b"LIST" + (0xF0000000).to_bytes(4, "little") + b"INFOINAM" + (1_200_000_000).to_bytes(4, "little")
    body = b"WAVE" + form + titles + b"x" * 100 + b"data" + (20_000).to_bytes(4, "little") + bytes(20_000)
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    assert int(done.stdout) < 100 * unit
