"""Training of the masked gestures: every stage learns, can be stopped, and writes what the engine reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("safetensors")
pytest.importorskip("scipy")

import torch

from soliloquy.inference.body.masked.networks import NO_STYLE, load_masked_networks
from soliloquy.inference.body.upper_body import SIX, from_six, to_six
from soliloquy.inference.gestures.features import FEATURES
from soliloquy.inference.gestures.settings import STYLES
from soliloquy.models.probtalk.predictor import Predictor
from soliloquy.training.body.clips import mirror_rotations
from soliloquy.training.body.probtalk import augment, autoencoder, predictor, refiner
from soliloquy.training.body.probtalk.budget import Run, Schedule, trained_state
from soliloquy.training.body.probtalk.export import export_networks, stamp_card
from soliloquy.training.body.probtalk.known import hidden_tokens, known_frames
from soliloquy.training.body.probtalk.losses import MotionLoss, degrees_apart
from soliloquy.training.body.probtalk.motion import WINDOW, MotionSpace, motion_space
from soliloquy.training.body.windows import Recordings

pytestmark = pytest.mark.usefixtures("one_thread")


def waving(frames: int = 600, seed: int = 0) -> np.ndarray:
    """(T, 246) smooth motion of all joints about a pose."""
    rng = np.random.default_rng(seed)
    times = np.arange(frames)[:, None, None] / 30
    rest = rng.uniform(-0.6, 0.6, (1, 41, 3))
    swing = np.sin(times * rng.uniform(1, 3, (1, 41, 3)) + rng.uniform(0, 6, (1, 41, 3))) * 0.3
    return to_six(rest + swing).reshape(frames, SIX).astype(np.float32)


@pytest.fixture(scope="module")
def space() -> MotionSpace:
    return motion_space(torch.from_numpy(waving()))


@pytest.fixture(scope="module")
def corpus() -> Recordings:
    features = np.random.default_rng(0).normal(size=(600, len(FEATURES))).astype(np.float32)
    return Recordings(waving(), features, np.array([0, 3]), np.array([0, 300, 600]))


def lowered(loss, parameters, rate: float, steps: int = 12) -> tuple[float, float]:
    """First and last loss of a few steps."""
    optimizer = torch.optim.Adam(parameters, rate)
    values = []
    for _ in range(steps):
        value = loss(torch.Generator().manual_seed(3))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        values.append(value.item())
    return values[0], values[-1]


def test_axes_lose_little_and_go_both_ways(space: MotionSpace) -> None:
    numbers = torch.from_numpy(waving(seed=0)[:100])
    assert degrees_apart(space.numbers(space.seen(numbers)), numbers).mean() < 1.0
    seen = torch.randn(5, space.forward.shape[1])
    assert torch.allclose(space.seen(space.numbers(seen)), seen, atol=1e-3)


def test_every_stage_learns(space: MotionSpace, corpus: Recordings) -> None:
    torch.manual_seed(0)
    vq, loss = autoencoder.new_autoencoder(), MotionLoss(space)
    lessons = predictor.Lessons(corpus, vq, space)
    motion, codes, heard, style = lessons.draw(4, torch.Generator().manual_seed(0))
    vq.train().requires_grad_(True)
    first, last = lowered(lambda _: autoencoder.autoencoder_loss(vq, loss, motion, 0.0), vq.parameters(), 5e-3, 25)
    assert last < 0.93 * first
    vq.eval().requires_grad_(False)
    guess = Predictor(predictor.CONFIG)
    first, last = lowered(
        lambda generator: predictor.predictor_loss(guess, motion, codes, heard, style, generator),
        [weight for weight in guess.parameters() if weight.requires_grad], 2e-3,
    )  # fmt: skip
    assert last < 0.95 * first
    network = refiner.new_refiner()
    first, last = lowered(
        lambda generator: refiner.refiner_loss(network, loss, vq, (motion, codes, heard, style), generator),
        [weight for weight in network.parameters() if weight.requires_grad], 2e-3,
    )  # fmt: skip
    assert last < 0.95 * first


def test_a_network_that_has_learnt_keeps_its_codes_when_it_goes_on(space: MotionSpace) -> None:
    torch.manual_seed(0)
    vq = autoencoder.new_autoencoder().train()
    before = [vq.vq_layer.book(group).clone() for group in range(vq.config.groups)]
    vq.vq_layer.remember_books(2.0)
    vq(space.seen(torch.from_numpy(np.stack([waving(WINDOW, seed) for seed in range(2)]))))
    for group, book in enumerate(before):
        moved = (vq.vq_layer.book(group) - book).norm(dim=1) / book.norm(dim=1)
        assert moved.median() < 0.02, "one batch hardly moves them"


def test_hands_in_the_wrong_place_cost(space: MotionSpace) -> None:
    loss = MotionLoss(space)
    right = space.seen(torch.from_numpy(waving()[None, :64]))
    assert loss(right, right) == 0
    bent = torch.from_numpy(waving()[None, :64]).clone()
    bent[..., 18 + 12 : 18 + 18] = torch.tensor([1.0, 0, 0, 0, 1, 0])
    assert loss(space.seen(bent), right) > 0.01
    assert (loss.places(space.seen(bent)) - loss.places(right)).norm(dim=-1).max() > 0.02


def test_a_stopped_run_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    target = torch.randn(8, generator=torch.Generator().manual_seed(1))

    def run(path: Path, minutes: float) -> Run:
        torch.manual_seed(0)
        network = torch.nn.Linear(4, 8)
        made = Run(network, Schedule(minutes, 1e-2, warm=1), path)
        made.train(
            lambda generator: (network(torch.randn(16, 4, generator=generator)) - target).square().mean(),
            lambda: "measured",
            lambda _line: None,
        )
        return made

    first = run(tmp_path / "run.pt", 0.002)
    second = run(tmp_path / "run.pt", 0.004)
    assert second.steps > first.steps
    assert second.spent >= 0.24
    wanted = trained_state(tmp_path / "run.pt")
    assert all(torch.equal(value, wanted[name]) for name, value in second.network.state_dict().items())


def test_mirrored_numbers_are_those_of_the_mirrored_motion() -> None:
    rotations = from_six(waving(20).reshape(20, 41, 6))
    wanted = to_six(mirror_rotations(rotations)).reshape(20, SIX)
    assert np.abs(augment.mirrored(torch.from_numpy(waving(20))).numpy() - wanted).max() < 1e-5


def test_new_takes_are_rotations_and_of_the_size_asked_for() -> None:
    generator = torch.Generator().manual_seed(0)
    windows = torch.from_numpy(np.stack([waving(229, seed) for seed in range(3)]))
    made = autoencoder.augmented(windows, generator)
    assert made.shape == (3, WINDOW, SIX)
    rows = made.unflatten(-1, (-1, 2, 3))
    assert (rows.norm(dim=-1) - 1).abs().max() < 1e-4
    assert (rows[..., 0, :] * rows[..., 1, :]).sum(-1).abs().max() < 1e-4
    small = augment.resized(windows, generator, 0.5, 0.5)
    assert abs(small.std(1).mean() / windows.std(1).mean() - 0.5) < 0.1


def test_joined_takes_have_no_jumps() -> None:
    takes = [torch.from_numpy(waving(40, seed)) for seed in range(3)]
    row = augment.joined(takes, torch.Generator().manual_seed(0))
    assert degrees_apart(row[1:], row[:-1]).max() < 25 < degrees_apart(takes[0][-1], takes[1][0]).max() - 15


def test_known_frames_settle_their_tokens_and_something_is_always_asked() -> None:
    generator = torch.Generator().manual_seed(0)
    known = known_frames(400, WINDOW, generator)
    hidden = hidden_tokens(known, 4, generator)
    settled = known.unflatten(1, (-1, 8)).all(-1).repeat_interleave(4, 1)
    assert not (hidden & settled).any()
    assert hidden.any(1).all()
    assert (hidden | settled).all(1).float().mean() > 0.1
    # Nothing known, a beginning, a stretch, and all but a gap: all of them occur.
    share = known.float().mean(1)
    assert (share == 0).any()
    assert (known[:, :32].all(1) & ~known[:, 32:].any(1)).any()
    assert (share > 0.6).any()


def test_some_windows_are_told_nothing(corpus: Recordings) -> None:
    heard, style = torch.ones(400, WINDOW, 17), torch.zeros(400, dtype=torch.long)
    less, label = predictor.untold(heard, style, torch.Generator().manual_seed(0))
    without = label == NO_STYLE
    assert 0.05 < without.float().mean() < 0.25
    assert (less[without] == 0).all()
    assert (less[~without] == 1).all()


def test_what_is_written_is_what_was_trained(tmp_path: Path, space: MotionSpace) -> None:
    networks = {
        "vq": autoencoder.new_autoencoder(),
        "predictor": Predictor(predictor.CONFIG),
        "refiner": refiner.new_refiner(),
    }
    size = export_networks(networks, space, tmp_path / "made.safetensors")
    assert size == (tmp_path / "made.safetensors").stat().st_size < 16e6
    read = load_masked_networks(tmp_path / "made.safetensors")
    motion = torch.randn(1, 64, space.forward.shape[1])
    networks["vq"].eval()
    ours, theirs = read.vq.decode(read.vq.encode(motion)), networks["vq"].decode(networks["vq"].encode(motion))
    assert (ours - theirs).abs().mean() < 0.05
    assert read.predictor.config == predictor.CONFIG
    assert 2 * len(STYLES) == NO_STYLE


def test_weights_that_are_not_numbers_are_not_written(tmp_path: Path, space: MotionSpace) -> None:
    broken = refiner.new_refiner()
    torch.nn.init.constant_(broken.class_embed.weight, float("nan"))
    with pytest.raises(ValueError, match="not finite"):
        export_networks({"refiner": broken}, space, tmp_path / "made.safetensors")
    assert not list(tmp_path.iterdir())


def test_the_card_gets_the_files_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "made.safetensors").write_bytes(b"weights")
    (tmp_path / "made.md").write_text("| | |\n| file sha256 | 12ab |\nMore.\n", encoding="utf-8")
    digest = stamp_card(tmp_path / "made.safetensors")
    assert digest == hashlib.sha256(b"weights").hexdigest()
    assert (tmp_path / "made.md").read_text(encoding="utf-8") == f"| | |\n| file sha256 | {digest} |\nMore.\n"
