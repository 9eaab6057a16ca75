"""Train the sampled gestures: TalkSHOW's body on the paired corpus.

    python -m soliloquy.training.body --data ../shared/data                      (the corpus, first)
    python -m soliloquy.training.body.talkshow --data ../shared/data --minutes 60

Fixed seeds; every stage goes on where it stopped. ``--stage vq`` trains the two motion codes, ``pixel`` what draws
them, ``all`` both (two fifths of the time for the codes) and ends with ``export``, which writes the weights. What draws
the codes knows them by number only: training the codes on, ``vq`` makes ``pixel`` begin anew. ``--start FILE`` begins
as the networks of a weights file, at a third of the rate, in the place of fresh ones: codes keep their numbers then.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from pathlib import Path

import torch
from safetensors.torch import save_file

from ....inference.body.sampled.networks import WEIGHTS, GestureNetworks, only_for_training, read_networks
from ..clips import load_clips
from ..corpus import load_corpus
from ..windows import Recordings, clip_recordings
from .codes import PARTS, code_error, train_codes
from .drawing import held_out_loss, read_tokens, train_drawing
from .schedule import Schedule

ROOT = Path(__file__).resolve().parents[3]
SEED = 20
CLIPS_SHARE = 0.25
"""Of every batch of the motion codes comes from the recorded clips themselves, where there is a corpus."""
OFFSETS = 2
"""Of the four frames a token can start at, so many are read."""
VQ_SHARE = 0.4
"""Of the minutes of ``--stage all``."""


def _sources(data: Path, cache: Path) -> list[tuple[Recordings, float]]:
    clips = clip_recordings(load_clips(data, "train"))
    try:
        return [(load_corpus(cache, "train"), 1 - CLIPS_SHARE), (clips, CLIPS_SHARE)]
    except FileNotFoundError:
        print("no corpus yet: the codes learn from the clips alone", flush=True)
        return [(clips, 1.0)]


def _say(text: str) -> None:
    print(text, flush=True)


def _load_codes(networks: GestureNetworks, folder: Path) -> None:
    for part in PARTS:
        state = torch.load(folder / f"{part}.pt", weights_only=True)
        networks.codes(part).load_state_dict(state["codes"])
        networks.get_buffer(f"{part}_centre").copy_(state["range"]["centre"])
        networks.get_buffer(f"{part}_scale").copy_(state["range"]["scale"])
    networks.eval()


def _train_codes(
    networks: GestureNetworks, data: Path, cache: Path, minutes: float, parts: list[str], started: bool
) -> None:
    folder = cache / "talkshow"
    sources = _sources(data, cache)
    held_out = clip_recordings(load_clips(data, "held_out"))
    for part in parts:
        torch.manual_seed(SEED)
        run = Schedule(folder / f"{part}.pt", minutes / len(parts), _say, SEED)
        train_codes(networks, part, sources, run, started=started)
        for title, recordings in (("training", sources[0][0]), ("held-out clips", held_out)):
            degrees, used = code_error(networks, part, recordings)
            print(f"{part}: {title} {degrees:.2f} degrees a joint, {100 * used:.0f} % of the codes in 32 windows")
    (folder / "drawing.pt").unlink(missing_ok=True)


def _train_drawing(networks: GestureNetworks, cache: Path, minutes: float, started: bool) -> None:
    folder = cache / "talkshow"
    _load_codes(networks, folder)
    grids = read_tokens(networks, load_corpus(cache, "train"), OFFSETS)
    print(f"{len(grids.tokens[0])} rows of tokens", flush=True)
    train_drawing(networks, grids, Schedule(folder / "drawing.pt", minutes, _say, SEED), started=started)
    unseen = read_tokens(networks, load_corpus(cache, "held_out"), 1)
    for title, some in (("training", grids), ("held out", unseen)):
        right, wrong = held_out_loss(networks, some), held_out_loss(networks, some, shuffled=True)
        print(f"{title}: {right:.3f} nats a token, with another recording's speech {wrong:.3f}", flush=True)


def _stamp(card: Path, digest: str) -> None:
    """Write the weights' hash into the row of their card that has it."""
    if card.is_file():
        row = re.compile(r"(\| file sha256 \| )[0-9a-f]*( \|)")
        card.write_text(row.sub(rf"\g<1>{digest}\g<2>", card.read_text(encoding="utf-8")), encoding="utf-8")


def export(networks: GestureNetworks, cache: Path, output: Path) -> None:
    """Write the latest state of all stages as half-precision safetensors, and the hash into the card beside it."""
    folder = cache / "talkshow"
    _load_codes(networks, folder)
    state = torch.load(folder / "drawing.pt", weights_only=True)
    networks.audio.load_state_dict(state["audio"])
    networks.draw.load_state_dict(state["draw"])
    tensors = {
        name: tensor.half().contiguous()
        for name, tensor in networks.state_dict().items()
        if not only_for_training(name)
    }
    metadata = {
        "networks": networks.config.to_json(),
        "training": json.dumps({"seed": SEED, "steps": int(state["step"])}),
        "licence": "GPL-3.0-or-later; trained on clips of SmartBody, LGPL-2.1, and Amazon Sumerian Hosts, CC-BY-SA-4.0",
    }
    aside = output.with_suffix(".part")
    save_file(tensors, aside, metadata=metadata)
    aside.replace(output)
    _stamp(output.with_suffix(".md"), hashlib.sha256(output.read_bytes()).hexdigest())
    print(f"{output.name}: {output.stat().st_size / 1e6:.1f} MB, {state['step']} steps of drawing")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train TalkSHOW's body on the paired corpus.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument(
        "--cache", type=Path, default=ROOT / ".cache", help="made by training.body; states are kept here"
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--stage", choices=("vq", "pixel", "all", "export"), default="all")
    parser.add_argument("--part", choices=PARTS, help="only this motion code")
    parser.add_argument("--start", type=Path, metavar="FILE", help="weights to begin as")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # The layers are small, and more threads would wait for each other.
    torch.manual_seed(SEED)
    started, cache = arguments.start is not None, arguments.cache / "body"
    networks = read_networks(arguments.start) if started else GestureNetworks()
    share = VQ_SHARE if arguments.stage == "all" else 1.0
    parts = [arguments.part] if arguments.part else list(PARTS)
    if arguments.stage in ("vq", "all"):
        _train_codes(networks, arguments.data, cache, share * arguments.minutes, parts, started)
    if arguments.stage in ("pixel", "all"):
        minutes = (1 - share if arguments.stage == "all" else 1.0) * arguments.minutes
        _train_drawing(networks, cache, minutes, started)
    if arguments.stage in ("all", "export"):
        export(networks, cache, arguments.output)


if __name__ == "__main__":
    main()
