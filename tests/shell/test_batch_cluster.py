"""``soliloquy batch --address``: on a cluster of two workers, of which one is killed, nothing is lost or made twice."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray", reason="NO CLUSTER TEST: Ray is not installed in this Python (the extra 'cluster').")

import ray
import ray.cloudpickle
from ray.cluster_utils import Cluster

from soliloquy.inference.performance import Performance
from soliloquy.inference.version import VERSION
from soliloquy.shell import batch_cluster, cluster_task
from soliloquy.shell.batch_record import FILE
from soliloquy.shell.cli import main

NAMES = [f"line{number}" for number in range(8)]


def made_up(log: str, gate: str = "") -> Callable[[Any], Any]:
    """Return what a machine does instead of the networks: write a still performance and keep a log.

    With ``gate``, the path of a file, all but the first two recordings go on only once that file is there.
    """

    def perform(parcel: Any) -> Any:
        import hashlib
        import tempfile
        import time
        from pathlib import Path

        import numpy as np

        from soliloquy.inference.performance import Performance
        from soliloquy.shell.cluster_task import Answer

        def note(word: str) -> None:
            with open(log, "a") as stream:
                stream.write(f"{word} {stem}\n")

        stem = Path(parcel.values["audio"]["path"]).stem
        note("begins")
        if parcel.recording == b"noise":
            return Answer("here", error=("bad_audio", "This is noise.", "Record it again."))
        time.sleep(0.4)
        while gate and stem not in ("line0", "line1") and not Path(gate).exists():
            time.sleep(0.02)
        with tempfile.TemporaryDirectory() as folder:
            arkit, still = np.zeros((12, 52), np.float32), np.zeros((12, 3), np.float32)
            made = Performance(24.0, np.zeros((12, 165), np.float32), still, arkit, np.zeros(12, np.float32))
            data = made.save(Path(folder) / "made.npz").read_bytes()
        note("ends")
        result = {"seconds": 0.4, "frames": 12, "fps": 24.0, "duration": 0.5}
        return Answer("here", data, {**result, "sha256": hashlib.sha256(data).hexdigest()})

    return perform


@pytest.fixture
def cluster(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A head that works at nothing and two workers, which find this tree."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root.parent), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    memory = 80_000_000
    made = Cluster(True, head_node_args={"num_cpus": 0, "object_store_memory": memory, "include_dashboard": False})
    try:
        for _ in range(2):
            made.add_node(num_cpus=1, object_store_memory=memory)
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.wav").write_bytes(name.encode())
    return folder


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the machines have begun and ended."""
    path = tmp_path / "log.txt"
    path.touch()
    monkeypatch.setenv("SOLILOQUY_RUNTIME", str(tmp_path / "runtime"))
    # Machines cannot import the tests.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    monkeypatch.setattr(batch_cluster, "PERFORM", made_up(str(path)))
    return path


def _counted(log: Path, word: str) -> Counter[str]:
    lines = [line.split() for line in log.read_text().splitlines()]
    return Counter(name for what, name in lines if what == word)


def _batch(recordings: Path, output: Path, address: str) -> int:
    return main(["batch", str(recordings), "--output", str(output), "--address", address])


def test_a_killed_worker_loses_nothing_and_nothing_is_made_twice(
    cluster: Cluster, recordings: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (recordings / "line2.wav").write_bytes(b"noise")
    gate, output, killed = tmp_path / "gate", tmp_path / "out", []
    monkeypatch.setattr(batch_cluster, "PERFORM", made_up(str(log), str(gate)))

    def ready() -> bool:
        """Whether the first two are made and heard of, and both workers are in the middle of another."""
        ended, begun = sum(_counted(log, "ends").values()), sum(_counted(log, "begins").values())
        return ended == 2 and begun == 5 and len(list(output.glob("*.npz"))) == 2

    def kill() -> None:
        limit = time.monotonic() + 60
        while not ready() and time.monotonic() < limit:
            time.sleep(0.02)
        killed.append(ready())
        cluster.remove_node(cluster.worker_nodes.copy().pop(), allow_graceful=False)
        gate.touch()

    killer = threading.Thread(target=kill)
    killer.start()
    code = _batch(recordings, output, str(cluster.address))
    killer.join()
    assert killed == [True], "no worker was killed in the middle of its work"
    assert code == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "8 performances: 7 made, 1 failed"
    assert "line2.npz: This is noise. Record it again." in said.err
    whole = [name for name in NAMES if name != "line2"]
    assert sorted(path.name for path in output.iterdir()) == [*(f"{name}.npz" for name in whole), FILE]
    assert all(Performance.load(output / f"{name}.npz").frames == 12 for name in whole)
    assert _counted(log, "ends") == dict.fromkeys(whole, 1), "nothing is finished twice"
    begun = _counted(log, "begins")
    assert sorted(begun[name] for name in whole)[:-1] == [1] * 6, "only what the killed worker was at is begun anew"
    # The same once more, here: only what failed.
    (recordings / "line2.wav").write_bytes(b"mended")
    log.write_text("")
    assert _batch(recordings, output, str(cluster.address)) == 0
    assert _counted(log, "ends") == {"line2": 1}
    assert capsys.readouterr().out.splitlines()[-1] == "8 performances: 7 done before, 1 made"


CHILD = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("cluster_child", {file!r})
module = sys.modules["cluster_child"] = module_from_spec(spec)
spec.loader.exec_module(module)
import ray.cloudpickle
ray.cloudpickle.register_pickle_by_value(module)
module.batch_cluster.PERFORM = module.made_up({log!r})
module.main(sys.argv[1:])
"""


def test_a_killed_batch_goes_on_where_it_was(cluster: Cluster, recordings: Path, log: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    words = [sys.executable, "-c", CHILD.format(file=__file__, log=str(log))]
    with subprocess.Popen(
        [*words, "batch", str(recordings), "--output", str(output), "--address", str(cluster.address)],
        stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        made = sum("made in" in child.stdout.readline() for _ in range(3))
        child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    assert made == 3
    states = Counter(entry["state"] for entry in json.loads((output / FILE).read_text())["jobs"].values())
    assert states["done"] >= 3
    done = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in output.glob("*.npz")}
    log.write_text("")
    assert _batch(recordings, output, str(cluster.address)) == 0
    assert not set(_counted(log, "ends")) & set(done)
    assert sorted(path.stem for path in output.glob("*.npz")) == NAMES


@pytest.mark.parametrize(("address", "words"), [("127.0.0.1:9", "No Ray cluster answers"), ("here", "no HOST:PORT")])
def test_an_address_where_nothing_answers_is_said_at_once(
    address: str, words: str, recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    assert _batch(recordings, tmp_path / "out", address) == 2
    assert words in capsys.readouterr().err
    assert time.monotonic() - began < 10
    assert main(["batch", str(recordings), "--output", str(tmp_path / "out"), "--address", address, "--worker"]) == 2


def test_a_machine_with_other_weights_is_refused(recordings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from soliloquy.inference.orders.animate import AnimateJob
    from soliloquy.inference.settings import AnimateSettings, AudioRange

    parcel = cluster_task.parcel_of(AnimateJob(AudioRange(str(recordings / "line0.wav")), AnimateSettings(), "out.npz"))
    monkeypatch.setattr(cluster_task, "VERSION", f"{VERSION}.other")
    answer = cluster_task.perform(parcel)
    assert answer.error is not None
    assert answer.error[0] == "missing_runtime"
    assert "has another Soliloquy than this one" in answer.error[1]
