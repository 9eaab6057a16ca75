"""Masked decoding and windows of ProbTalk: what is known stays, what is shared is really handed over."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from probtalk_files import small_networks

from soliloquy.models.probtalk import windows
from soliloquy.models.probtalk.decoding import (
    decode_tokens,
    draw_noise,
    guided,
)
from soliloquy.models.probtalk.windows import (
    OVERLAP,
    Networks,
    Sampling,
    cross_fade,
    generate_motion,
    generate_window,
    plan_windows,
    stretch,
)

MASK = 6


def _noise(batch: int, places: int, seed: int = 0, steps: int = 8) -> Any:
    return draw_noise(batch, places, MASK, torch.Generator().manual_seed(seed), steps)


@pytest.mark.parametrize(
    ("places", "unknown"),
    [(88, [88, 86, 81, 73, 62, 48, 33, 17]), (3, [3, 2, 1, 0, 0, 0, 0, 0]), (1, [1, 0, 0, 0, 0, 0, 0, 0])],
)
def test_decoding_follows_the_published_cosine(places: int, unknown: list[int]) -> None:
    seen = []

    def logits(tokens: Any) -> Any:
        seen.append(int((tokens == MASK).sum()))
        return torch.zeros(*tokens.shape, MASK)

    result = decode_tokens(logits, torch.full((1, places), MASK), MASK, _noise(1, places))
    assert seen == unknown
    assert int(result.max()) < MASK


def test_known_tokens_stay_and_rows_may_know_different_places() -> None:
    tokens = torch.randint(0, MASK, (3, 24), generator=torch.Generator().manual_seed(5))
    unknown = torch.zeros(3, 24, dtype=torch.bool)
    unknown[0, 4:12] = True  # two steps of four groups
    unknown[1, 2::4] = True  # one group
    start = torch.where(unknown, MASK, tokens)
    result = decode_tokens(lambda now: torch.zeros(*now.shape, MASK), start, MASK, _noise(3, 24))
    assert torch.equal(result[~unknown], tokens[~unknown])
    assert int(result.max()) < MASK
    assert len(result[0, 4:12].unique()) > 1


def test_tokens_are_drawn_as_often_as_the_network_says() -> None:
    share = torch.tensor([0.5, 0.25, 0.125, 0.0625, 0.0625, 0.0])
    for temperature, expected in ((1.0, share), (0.5, share**2 / (share**2).sum())):
        logits = share.log()
        result = decode_tokens(
            lambda now, logits=logits: logits.expand(*now.shape, MASK),
            torch.full((50, 80), MASK),
            MASK,
            _noise(50, 80, steps=1),
            temperature=temperature,
        )
        found = torch.bincount(result.flatten(), minlength=MASK) / result.numel()
        assert torch.allclose(found, expected, atol=0.03)


def test_the_surest_are_kept_first() -> None:
    sure = torch.zeros(1, 16, MASK)
    sure[0, 5, 2] = sure[0, 11, 4] = 30.0
    kept = []

    def logits(tokens: Any) -> Any:
        kept.append((tokens != MASK).nonzero()[:, 1].tolist())
        return sure

    decode_tokens(logits, torch.full((1, 16), MASK), MASK, _noise(1, 16), choice_temperature=0.0)
    assert len(kept[1]) == 1
    assert kept[1][0] in (5, 11)
    assert {5, 11} <= set(kept[2])


def test_same_numbers_same_tokens() -> None:
    start = torch.full((1, 40), MASK)
    flat = [decode_tokens(lambda now: torch.zeros(*now.shape, MASK), start, MASK, _noise(1, 40, s)) for s in (1, 1, 2)]
    assert torch.equal(flat[0], flat[1])
    assert not torch.equal(flat[0], flat[2])


def test_guidance_pushes_away_from_the_untold() -> None:
    told, untold = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    assert guided(lambda _: told, lambda _: untold, 0.0)(told).tolist() == [1, 0]
    assert guided(lambda _: told, lambda _: untold, 0.5)(told).tolist() == [1.5, -0.5]


@pytest.mark.parametrize("frames", [1, 7, 179, 180, 181, 330, 331, 480, 500, 1000, 36000])
def test_windows_cover_everything_and_share_30_frames(frames: int) -> None:
    plan = plan_windows(frames)
    assert plan[0][0] == 0
    assert plan[-1][1] == frames
    assert all(stop - start == min(180, frames) for start, stop in plan)
    shared = [one[1] - two[0] for one, two in itertools.pairwise(plan)]
    assert all(overlap == 30 for overlap in shared[:-1])
    assert all(30 <= overlap < 180 for overlap in shared)
    if frames == 1000:
        assert plan == [(0, 180), (150, 330), (300, 480), (450, 630), (600, 780), (750, 930), (820, 1000)]


class _Counting:
    """Stands where the networks are: remembers what it is told, and moves by one per frame of the recording."""

    def __init__(self) -> None:
        self.config = small_networks()[1].config
        self.told: list[tuple[Any, Any]] = []

    def condition(self, motion: Any, known: Any, audio: Any) -> Any:
        self.told.append((motion.clone(), known.clone()))
        self.audio = audio
        return audio[:, : audio.shape[1] // 8]

    def logits(self, tokens: Any, condition: Any, label: Any) -> Any:
        return torch.zeros(*tokens.shape, self.config.codes)

    def decode(self, codes: Any) -> Any:
        # A window's own number is added, so that windows can be told apart.
        return self.audio[..., :1].expand(-1, -1, self.config.in_dim) + 1000.0 * len(self.told)


def _counted(frames: int) -> tuple[Any, _Counting]:
    counting: Any = _Counting()
    time = torch.arange(frames, dtype=torch.float32)[None, :, None]
    pieces = generate_motion(
        Networks(counting, counting), lambda start, stop: time[:, start:stop], frames, torch.tensor([0])
    )
    return torch.cat(list(pieces), 1), counting


@pytest.mark.parametrize("frames", [500, 700])
def test_every_window_is_told_the_30_frames_before_its_new_ones(frames: int) -> None:
    motion, counting = _counted(frames)
    plan = plan_windows(frames)
    assert len(plan) == len(counting.told) >= 4
    assert motion.shape == (1, frames, 376)
    assert not counting.told[0][1].any()
    for number, (told, known) in enumerate(counting.told[1:], 1):
        before, start = plan[number - 1][1], plan[number][0]
        places = known[0].nonzero()[:, 0]
        assert places.tolist() == list(range(before - OVERLAP - start, before - start))
        # What the window before made of those very frames.
        expected = torch.arange(before - OVERLAP, before) + 1000.0 * number
        assert torch.equal(told[0, places, 0], expected)
        assert not told[0, known[0] == 0].any()
        # And the result is that of the new window after them, of the older one before them.
        assert float(motion[0, before, 0]) == before + 1000.0 * (number + 1)
        assert float(motion[0, before - OVERLAP - 1, 0]) == before - OVERLAP - 1 + 1000.0 * number
        change = motion[0, before - OVERLAP - 1 : before + 1, 0].diff()
        assert float(change.max()) < 1000 / OVERLAP * math.pi / 2 + 2


def test_short_recordings_are_one_window_of_their_length() -> None:
    for frames in (3, 8, 100):
        motion, counting = _counted(frames)
        assert motion.shape == (1, frames, 376)
        assert len(counting.told) == 1
        assert counting.told[0][0].shape[1] == max(frames, 8)


def test_small_networks_draw_any_length_reproducibly() -> None:
    networks = Networks(*small_networks())
    audio = torch.randn(1, 400, 24, generator=torch.Generator().manual_seed(3))

    def drawn(seed: int, sampling: Sampling | None = None) -> Any:
        with torch.inference_mode():
            return torch.cat(
                list(
                    generate_motion(
                        networks, lambda start, stop: audio[:, start:stop], 400, torch.tensor([1]),
                        torch.Generator().manual_seed(seed), sampling=sampling,
                    )
                ), 1,
            )  # fmt: skip

    one = drawn(0)
    assert one.shape == (1, 400, 376)
    assert torch.isfinite(one).all()
    assert torch.equal(one, drawn(0))
    assert not torch.allclose(one, drawn(1), atol=1e-2)
    assert not torch.allclose(one, drawn(0, Sampling(guidance=3.0, null_label=0)), atol=1e-2)


def test_a_part_can_be_drawn_anew_among_the_rest() -> None:
    networks = Networks(*small_networks())
    audio, label = torch.randn(1, 64, 24), torch.tensor([1])
    motion, known = torch.zeros(1, 64, 376), torch.zeros(1, 64)

    def noise(seed: int) -> Any:
        return draw_noise(1, 32, 16, torch.Generator().manual_seed(seed))

    with torch.inference_mode():
        _, codes = generate_window(networks, audio, label, motion, known, noise(0))
        part = codes.clone()
        part[:, 3:6, 1] = 16
        _, again = generate_window(networks, audio, label, motion, known, noise(9), tokens=part.flatten(1))
    changed = (again != codes)[0]
    assert changed[3:6, 1].any()
    changed[3:6, 1] = False
    assert not changed.any()


def test_stretch_and_fade() -> None:
    ramp = torch.arange(176.0)[None, :, None]
    stretched = stretch(ramp, 180)
    assert stretched.shape == (1, 180, 1)
    # Outer edges on outer edges.
    assert float(stretched[0, 90, 0]) == pytest.approx((90 + 0.5) * 176 / 180 - 0.5, abs=1e-4)
    faded = cross_fade(torch.zeros(1, 30, 2), torch.ones(1, 30, 2))[0, :, 0]
    assert float(faded[0]) < 0.01
    assert float(faded[-1]) > 0.99
    assert (faded.diff() > 0).all()
    assert windows.steps_of(180) == 22
