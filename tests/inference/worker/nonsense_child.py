"""A worker that greets as it should and then says the bytes of a file."""

import json
import struct
import sys
from pathlib import Path

protocol, version, said = sys.argv[1:4]
hello = json.dumps({"type": "hello", "protocol": int(protocol), "version": version}).encode()
sys.stdout.buffer.write(struct.pack(">I", len(hello)) + hello)
sys.stdout.buffer.flush()
(length,) = struct.unpack(">I", sys.stdin.buffer.read(4))
sys.stdin.buffer.read(length)
sys.stdout.buffer.write(Path(said).read_bytes())
sys.stdout.buffer.flush()
sys.stdin.buffer.read()
