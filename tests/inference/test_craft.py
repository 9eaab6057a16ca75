"""What every setting of the lips promises, on a spoken performance with and without a mood."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from spoken import CLOSURES, FPS, FRAMES, NEAR, spoken

from soliloquy.inference.arkit import ARKIT_INDEX, REGION_COEFFICIENTS
from soliloquy.inference.character import load_character
from soliloquy.inference.craft import LipCraft, apply_craft
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.performance import Performance
from soliloquy.inference.setting import settings_of


@pytest.fixture(scope="module")
def plain() -> Performance:
    return spoken()


@pytest.fixture(scope="module")
def happy() -> Performance:
    return spoken(0.4)


def crafted(performance: Performance, **settings: float) -> Performance:
    return apply_craft(performance, LipCraft(**settings))


def is_shut(aperture: np.ndarray, reference: np.ndarray | None = None) -> np.ndarray:
    """DESIGN's definition of closed, by the clip's own range."""
    low, high = np.percentile(aperture if reference is None else reference, (5, 95))
    return aperture <= low + 0.15 * (high - low)


def assert_sound(performance: Performance) -> None:
    """Coefficients are shares, jaw and joint agree, the aperture is the mesh's."""
    character = load_character()
    assert performance.arkit.min() >= 0
    assert performance.arkit.max() <= 1
    turned = performance.joint("jaw")[:, 0]
    assert np.abs(turned - character.jaw_open_radians * performance.coefficient("jawOpen")).max() < 1e-6
    measured = character.lip_aperture(performance.poses, performance.arkit)
    assert np.abs(measured - performance.lip_aperture).max() < 1e-6


def test_neutral_settings_change_no_bit(happy: Performance) -> None:
    same = apply_craft(happy, LipCraft())
    for name in ("poses", "trans", "arkit", "lip_aperture", "betas"):
        one, other = getattr(same, name), getattr(happy, name)
        assert one.tobytes() == other.tobytes()
        assert not np.shares_memory(one, other)
    assert "craft" not in same.meta


def test_input_and_all_but_the_mouth_stay_as_they_are(happy: Performance) -> None:
    before = {name: getattr(happy, name).copy() for name in ("poses", "trans", "arkit", "lip_aperture")}
    done = crafted(happy, closure=1.5, jaw=1.4, articulation=1.5, offset=0.1, smoothing=0.05, asymmetry=0.4)
    for name, values in before.items():
        assert np.array_equal(getattr(happy, name), values)
    others = [i for name, i in ARKIT_INDEX.items() if name not in REGION_COEFFICIENTS["lips"]]
    assert np.array_equal(done.arkit[:, others], happy.arkit[:, others])
    assert np.array_equal(np.delete(done.poses, [66, 67, 68], 1), np.delete(happy.poses, [66, 67, 68], 1))
    assert done.meta["craft"]["jaw"] == 1.4
    assert done.meta["seed"] == 1
    assert "craft" not in happy.meta
    again = crafted(done, jaw=0.5)
    assert again.meta["craft"]["jaw"] == 0.5
    assert again.meta["earlier_crafts"] == [done.meta["craft"]]


_KNOWN = settings_of(LipCraft)
CORNERS = [
    dict(zip(names, values, strict=True))
    for names in (("jaw", "articulation", "smoothing"), ("rounding", "upper_lip", "lower_lip"), ("offset", "asymmetry"))
    for values in itertools.product(*((_KNOWN[name].low, _KNOWN[name].high) for name in names))
]


@pytest.mark.parametrize("closure", [1.0, 1.4, 2.0])
@pytest.mark.parametrize("settings", CORNERS, ids=str)
def test_closures_stay_closed_under_every_setting(
    plain: Performance, happy: Performance, closure: float, settings: dict[str, float]
) -> None:
    for performance in (plain, happy):
        done = crafted(performance, closure=closure, **settings)
        assert_sound(done)
        lag = round(settings.get("offset", 0.0) * FPS)
        places = np.array(CLOSURES) + lag
        places = places[(places >= 0) & (places < FRAMES)]
        # A mood keeps this mesh's lips a third of a millimetre apart: craft may not add to it.
        assert done.lip_aperture[places].max() < performance.lip_aperture[list(CLOSURES)].max() + 0.0015, settings


def test_closure_2_seals_near_closures_and_0_leaves_words_open(plain: Performance) -> None:
    assert plain.lip_aperture[NEAR].min() > 0.012
    firm = crafted(plain, closure=2)
    assert firm.lip_aperture[NEAR].max() < 0.004
    wide = plain.lip_aperture > 0.08
    assert np.abs(firm.lip_aperture - plain.lip_aperture)[wide].max() < 0.003
    loose = crafted(plain, closure=0)
    assert loose.lip_aperture[list(CLOSURES)].min() > 0.02
    assert loose.lip_aperture[215:].max() < 0.004, "a mouth at rest stays shut"
    half = crafted(plain, closure=0.5)
    assert 0.005 < half.lip_aperture[list(CLOSURES)].min() < loose.lip_aperture[list(CLOSURES)].min()


def test_jaw_scales_the_drop_of_the_jaw(plain: Performance) -> None:
    drop = plain.coefficient("jawOpen")
    moving = drop > 0.05
    for gain in (0.5, 1.5):
        ratio = crafted(plain, jaw=gain).coefficient("jawOpen")[moving].sum() / drop[moving].sum()
        assert ratio == pytest.approx(gain, abs=0.05)
    still = crafted(plain, jaw=0)
    assert still.coefficient("jawOpen").max() < 0.05
    assert still.lip_aperture.max() > 0.01, "lips still move on a still jaw"


def test_articulation_scales_how_far_the_mouth_moves(plain: Performance, happy: Performance) -> None:
    for performance in (plain, happy):
        for amount in (0.5, 1.5):
            done = crafted(performance, articulation=amount)
            wide = performance.lip_aperture > 0.06
            ratio = done.lip_aperture[wide] / performance.lip_aperture[wide]
            assert np.abs(ratio - amount).max() < 0.08
    mumbled = crafted(plain, articulation=0.5).coefficient("mouthPucker")
    assert mumbled.max() == pytest.approx(0.5 * plain.coefficient("mouthPucker").max(), abs=0.03)


def test_a_mood_survives_articulation(happy: Performance) -> None:
    smile = happy.coefficient("mouthSmileLeft")
    for amount in (0.0, 2.0):
        done = crafted(happy, articulation=amount).coefficient("mouthSmileLeft")
        assert done.mean() == pytest.approx(smile.mean(), abs=0.06)
        assert done.max() < 0.6


def test_rounding_and_region_masks_weight_their_own_coefficients(plain: Performance) -> None:
    for setting, names in (
        ("rounding", ("mouthPucker",)),
        ("upper_lip", ("mouthUpperUpLeft", "mouthUpperUpRight")),
        ("lower_lip", ("mouthLowerDownLeft",)),
        ("corners", ("mouthSmileRight", "mouthPressLeft")),
        ("tongue", ("tongueOut",)),
    ):
        for gain in (0.0, 0.5, 2.0):
            done = crafted(plain, **{setting: gain})
            for name in names:
                assert done.coefficient(name) == pytest.approx(gain * plain.coefficient(name), abs=0.02), name
            assert np.abs(done.lip_aperture - plain.lip_aperture).max() < 0.004, "lips open as far as before"


def test_smoothing_calms_the_mouth(plain: Performance) -> None:
    def jerk(performance: Performance) -> float:
        return float(np.abs(np.diff(performance.lip_aperture[145:178], n=3)).mean())

    assert jerk(crafted(plain, smoothing=0.15)) < 0.6 * jerk(plain)


@pytest.mark.parametrize("milliseconds", [-40, -100, 25, 250])
def test_offset_shifts_the_mouth_by_what_it_says(plain: Performance, milliseconds: int) -> None:
    done = crafted(plain, offset=milliseconds / 1000)
    times = np.arange(FRAMES) / FPS
    fine = np.arange(20, 180) / FPS

    def at(curve: np.ndarray, lag: float) -> np.ndarray:
        return np.interp(fine - lag, times, curve)

    lags = np.arange(-0.4, 0.4, 0.0025)
    moved = np.interp(fine, times, done.lip_aperture)
    best = lags[np.argmin([np.abs(at(plain.lip_aperture, lag) - moved).mean() for lag in lags])]
    assert best == pytest.approx(milliseconds / 1000, abs=0.006)
    assert np.array_equal(done.joint("head"), plain.joint("head"))
    if milliseconds >= 100:
        assert np.ptp(done.lip_aperture[: round(milliseconds / 1000 * FPS)]) < 1e-3, "the first frame is held"


@pytest.mark.parametrize("frames", [-1.2, 0.45, 1.5, 7.3])
def test_closures_of_a_single_frame_survive_an_offset_between_frames(plain: Performance, frames: float) -> None:
    done = crafted(plain, offset=frames / FPS)
    place = CLOSURES[0] + round(frames)
    assert plain.lip_aperture[CLOSURES[0] + 1] > 0.02
    assert done.lip_aperture[place] < 0.003


def test_asymmetry_moves_speech_to_one_side(plain: Performance) -> None:
    left, right = "mouthUpperUpLeft", "mouthUpperUpRight"
    one = crafted(plain, asymmetry=1)
    assert one.coefficient(left).max() > 1.5 * plain.coefficient(left).max()
    assert one.coefficient(right).max() < 0.02
    other = crafted(plain, asymmetry=-1)
    assert np.allclose(other.coefficient(right), one.coefficient(left), atol=1e-5)
    assert other.coefficient(left).max() < 0.02


def test_another_frame_rate_gives_the_same_motion(plain: Performance) -> None:
    half = dataclasses.replace(
        plain, fps=FPS / 2, poses=plain.poses[::2], trans=plain.trans[::2], arkit=plain.arkit[::2],
        lip_aperture=plain.lip_aperture[::2],
    )  # fmt: skip
    slow, fast = (crafted(item, articulation=1.5, jaw=0.8, offset=0.2).lip_aperture for item in (half, plain))
    assert np.abs(slow - fast[::2])[8:-8].mean() < 0.004


def test_what_no_mouth_moves_in_stays(plain: Performance) -> None:
    rest = dataclasses.replace(plain, arkit=plain.arkit.copy(), poses=plain.poses.copy())
    rest.arkit[:, [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]]] = 0
    rest.poses[:, 66:69] = 0
    done = crafted(rest, closure=0, jaw=2, articulation=2, asymmetry=1)
    assert np.array_equal(done.arkit, rest.arkit)
    silent = dataclasses.replace(
        plain, **{name: np.repeat(getattr(plain, name)[230:231], 90, 0) for name in ("poses", "trans", "arkit")},
        lip_aperture=np.repeat(plain.lip_aperture[230:231], 90),
    )  # fmt: skip
    for settings in ({"closure": 0.0}, {"articulation": 2.0}, {"jaw": 2.0, "smoothing": 0.2}):
        assert crafted(silent, **settings).lip_aperture.max() < 0.003


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_a_few_frames_are_enough(plain: Performance, frames: int) -> None:
    short = dataclasses.replace(
        plain, **{name: getattr(plain, name)[28 : 28 + frames] for name in ("poses", "trans", "arkit", "lip_aperture")}
    )
    assert_sound(crafted(short, closure=1.7, jaw=1.3, articulation=1.3, smoothing=0.1, offset=-0.2, asymmetry=-0.5))


def test_numbers_that_are_none_are_refused(plain: Performance) -> None:
    broken = dataclasses.replace(plain, arkit=plain.arkit.copy())
    broken.arkit[3, ARKIT_INDEX["jawOpen"]] = np.nan
    with pytest.raises(SoliloquyError, match="not numbers"):
        crafted(broken, jaw=0.5)


def test_values_out_of_range_are_refused() -> None:
    with pytest.raises(SoliloquyError, match=r"jaw=2\.5 .*between 0 and 2"):
        LipCraft(jaw=2.5)
    with pytest.raises(SoliloquyError, match="Unknown lip setting"):
        LipCraft.from_json({"jawline": 1.0})
    assert LipCraft.from_json(LipCraft(jaw=0.5).to_json()) == LipCraft(jaw=0.5)
