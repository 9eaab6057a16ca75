"""The whole way from an order to a performance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("av")

from soliloquy.inference import eye_look, pipeline
from soliloquy.inference.arkit import ARKIT_INDEX, REGION_COEFFICIENTS, REGION_JOINTS, REGIONS
from soliloquy.inference.audio import read_audio
from soliloquy.inference.character import load_character
from soliloquy.inference.emotion.facs import EXPRESSIONS
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.face.lip_solver import solve_aperture
from soliloquy.inference.face.lips import LipSolver, MouthMotion
from soliloquy.inference.face.track import FaceTrack
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.layers import gaze
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.performance import Performance
from soliloquy.inference.prosody import analyse
from soliloquy.inference.settings import EMOTIONS, AnimateSettings, AudioRange
from soliloquy.inference.skeleton import JOINT_INDEX, JOINT_NAMES

SMILING = EXPRESSIONS["happy"].face["cheekSquint"]
"""How far cheeks rise at most by the table; the rest of a smile is its mouth's."""


class MumblingEngine:
    """Opens the mouth with the loudness, rounds it now and then, and shuts it every half second: no network needed."""

    weights = ""

    def animate(
        self,
        samples: np.ndarray,
        fps: float,
        *,
        emotion: np.ndarray | None = None,
        seed: int = 0,
        device: str = "auto",
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        early: object = None,
    ) -> FaceTrack:
        frames = max(1, round(len(samples) / 16000 * fps))
        times = np.arange(frames) / fps
        prosody = analyse(samples)
        loud = np.clip((prosody.at(prosody.energy_db, times) + 40) / 30, 0, 1)
        shut = (times % 0.5 < 0.1).astype(np.float32)
        quiet = dict.fromkeys(
            ("PP", "FF", "TH", "DD", "KK", "CH", "SS", "NN", "RR", "AA", "E", "I", "O", "U"), 0 * loud
        )
        motion = MouthMotion(
            (0.14 * loud * (1 - shut)).astype(np.float32), 0 * loud, 0.1 * loud, 0.2 * loud, shut, {**quiet, "PP": shut}
        )
        arkit = LipSolver(load_character().lip_basis()).solve(motion)
        arkit[:, ARKIT_INDEX["mouthPucker"]] = 0.3 * np.clip(np.sin(5 * times), 0, 1) * loud
        jaw = np.zeros((frames, 3), np.float32)
        jaw[:, 0] = arkit[:, ARKIT_INDEX["jawOpen"]] * load_character().jaw_open_radians
        if progress is not None:
            progress(1.0)
        return FaceTrack(arkit, jaw)


@pytest.fixture(autouse=True)
def _mumble(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_engine" not in request.keywords.get("usefixtures", pytest.mark.usefixtures()).args:
        monkeypatch.setattr(pipeline, "face_engine", lambda _name: MumblingEngine())


@pytest.fixture
def real_engine() -> None:
    pytest.importorskip("torch")


_made: dict[AnimateJob, Performance] = {}
"""What the mumbling engine has performed already: tests compare with the same few again and again."""


def run(
    speech_wav: Path, output: str = "", span: tuple[float, float | None] = (0.0, None), **settings: Any
) -> Performance:
    job = AnimateJob(AudioRange(str(speech_wav), *span), AnimateSettings(**settings), output)
    if output:
        return pipeline.animate(job)
    if job not in _made:
        _made[job] = pipeline.animate(job)
        for values in (_made[job].poses, _made[job].trans, _made[job].arkit, _made[job].lip_aperture):
            values.flags.writeable = False
    return _made[job]


def joint(performance: Performance, name: str) -> np.ndarray:
    return performance.joint(name)


@pytest.mark.usefixtures("real_engine")
def test_the_real_engine_speaks(speech_wav: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, float]] = []
    job = AnimateJob(AudioRange(str(speech_wav)), AnimateSettings(), str(tmp_path / "p.npz"))
    made = pipeline.animate(job, lambda stage, fraction: seen.append((stage, fraction)))
    assert made.frames == round(6.5248 * 30)
    assert made.lip_aperture.max() > 0.06
    assert made.lip_aperture.min() < 0.003
    stages = list(dict.fromkeys(stage for stage, _ in seen))
    assert stages == list(pipeline.STAGES)
    fractions = [fraction for _, fraction in seen]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    back = Performance.load(tmp_path / "p.npz")
    np.testing.assert_array_equal(back.poses, made.poses)
    assert back.meta["settings"]["fps"] == 30.0
    assert back.meta["audio"]["sha256"] == read_audio(job.audio).sha256
    assert next(iter(back.meta["engines"]["weights"].values()))


@pytest.mark.usefixtures("real_engine")
def test_more_threads_are_the_same_performance(speech_wav: Path) -> None:
    """All other tests run on one; sums in another order differ in the last digits, and in nothing that is seen."""
    import torch

    made = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        made.append(pipeline.animate(AnimateJob(AudioRange(str(speech_wav), 0.0, 1.0), AnimateSettings(body="none"))))
    np.testing.assert_allclose(made[0].lip_aperture, made[1].lip_aperture, atol=1e-3)
    np.testing.assert_allclose(made[0].arkit, made[1].arkit, atol=5e-3)


@pytest.mark.parametrize("fps", [1.0, 23.976, 25.0, 60.0, 120.0])
def test_frames_follow_the_rate(speech_wav: Path, fps: float) -> None:
    made = run(speech_wav, span=(1.0, 3.0), fps=fps)
    assert made.frames == max(1, round(2.0 * fps))
    assert np.isfinite(made.poses).all()


@pytest.mark.parametrize("fps", [24.0, 60.0])
def test_everything_agrees_with_everything(speech_wav: Path, fps: float) -> None:
    made = run(speech_wav, emotion="happy", fps=fps)
    character = load_character()
    assert made.arkit.min() >= 0
    assert made.arkit.max() <= 1
    np.testing.assert_allclose(
        joint(made, "jaw")[:, 0], character.jaw_open_radians * made.coefficient("jawOpen"), atol=1e-6
    )
    for side, outwards in (("left", 1), ("right", -1)):
        eye, name = joint(made, f"{side}_eye_smplhf"), side.title()
        down = made.coefficient(f"eyeLookDown{name}") - made.coefficient(f"eyeLookUp{name}")
        out = made.coefficient(f"eyeLookOut{name}") - made.coefficient(f"eyeLookIn{name}")
        np.testing.assert_allclose(down * eye_look.VERTICAL_LIMIT, eye[:, 0], atol=1e-6)
        np.testing.assert_allclose(out * eye_look.HORIZONTAL_LIMIT, outwards * eye[:, 1], atol=1e-6)
    np.testing.assert_array_equal(made.lip_aperture, character.lip_aperture(made.poses, made.arkit))


@pytest.mark.parametrize("emotion", EMOTIONS[1:])
def test_emotions_leave_the_lips_where_speech_put_them(speech_wav: Path, emotion: str) -> None:
    plain, felt = run(speech_wav), run(speech_wav, emotion=emotion, intensity=1.0)
    expression = EXPRESSIONS[emotion]
    wider = felt.lip_aperture - plain.lip_aperture
    assert wider.max() < expression.parted + max(expression.opening, 0) * plain.lip_aperture.max() + 0.0035
    assert wider.min() > min(expression.opening, 0) * plain.lip_aperture.max() - 0.0035
    spoken = analyse(read_audio(AudioRange(str(speech_wav))).samples)
    talking = spoken.at(spoken.speaking, np.arange(plain.frames) / plain.fps) > 0.9
    shut = (plain.lip_aperture < 0.002) & talking
    assert shut.mean() > 0.05
    assert felt.lip_aperture[shut].max() < 0.05 * plain.lip_aperture.max()
    changed = np.abs(felt.arkit - plain.arkit).max(0)
    assert changed[[ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["upper_face"]]].max() > 0.25
    assert changed[[ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]]].max() > 0.05


def test_an_expression_does_not_flicker_with_the_sounds(speech_wav: Path) -> None:
    plain, felt = run(speech_wav), run(speech_wav, emotion="happy", intensity=1.0)
    smile = felt.coefficient("mouthSmileLeft") - plain.coefficient("mouthSmileLeft")
    assert smile.min() > 0.2
    assert np.abs(np.diff(smile)).max() < 0.15


def test_emotions_differ_and_intensity_scales_them(speech_wav: Path) -> None:
    plain = run(speech_wav).arkit.mean(0)
    faces = {emotion: run(speech_wav, emotion=emotion, intensity=1.0).arkit.mean(0) - plain for emotion in EMOTIONS[1:]}
    for first, one in faces.items():
        for second, other in faces.items():
            if first < second:
                assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) < 0.9, (first, second)
    half = run(speech_wav, emotion="happy", intensity=0.5).arkit.mean(0) - plain
    cheek = ARKIT_INDEX["cheekSquintLeft"]
    assert half[cheek] == pytest.approx(faces["happy"][cheek] / 2, rel=0.02)
    contempt = run(speech_wav, emotion="contempt")
    assert contempt.coefficient("mouthSmileRight").mean() > contempt.coefficient("mouthSmileLeft").mean() + 0.15


def test_an_emotion_track_leads_through_a_small_face_from_one_emotion_to_its_opposite(speech_wav: Path) -> None:
    track = ((1.0, "happy", 1.0), (3.0, "happy", 1.0), (5.0, "angry", 1.0))
    made = run(speech_wav, emotion_track=track)
    smile, frown = made.coefficient("cheekSquintLeft"), made.coefficient("browDownLeft")
    assert smile[15:90].max() > 0.6 * SMILING
    assert smile[165:].max() < 0.3 * SMILING
    assert frown[15:80].max() < 0.3
    assert frown[160:].max() > 0.7
    # Half way neither is strong: no grinning frown.
    assert max(smile[115:125].mean(), frown[115:125].mean()) < 0.45
    assert np.abs(np.diff(smile)).max() < 0.09


def test_a_felt_emotion_comes_and_goes_and_is_not_saturated(speech_wav: Path) -> None:
    for emotion, unit, share in (("happy", "cheekSquint", SMILING), ("angry", "browDown", 1.0)):
        made = run(speech_wav, emotion=emotion, intensity=1.0)
        left, right = made.coefficient(f"{unit}Left"), made.coefficient(f"{unit}Right")
        both = (left + right) / 2
        assert np.percentile(both, 95) - np.percentile(both, 5) > 0.3 * share
        assert (both >= 0.95).mean() < 0.05
        assert 0.05 < np.abs(left - right).mean() / both.mean() < 0.2
        held = run(speech_wav, emotion=emotion, intensity=1.0, emotion_dynamics=0.0).coefficient(f"{unit}Right")
        assert np.percentile(held, 95) - np.percentile(held, 5) < 0.15


def test_the_body_feels_what_the_face_shows(speech_wav: Path) -> None:
    loose = GestureSettings(rest="sides")
    plain, sad, angry = (
        run(speech_wav, emotion=emotion, intensity=1.0, gestures=loose) for emotion in ("neutral", "sad", "angry")
    )
    back = [sum(joint(made, f"spine{n}")[:, 0].mean() for n in (1, 2, 3)) for made in (plain, sad)]
    assert np.degrees(back[1] - back[0]) > 5
    assert joint(sad, "left_collar")[:, 2].mean() < joint(plain, "left_collar")[:, 2].mean() - np.radians(2)
    assert np.degrees(joint(angry, "pelvis")[:, 0].mean() - joint(plain, "pelvis")[:, 0].mean()) > 1.5
    fists = [joint(made, "left_index2")[:, 2].mean() for made in (plain, angry)]
    assert np.degrees(fists[0] - fists[1]) > 8


def test_a_listener_aside_is_looked_at_by_eyes_and_head(speech_wav: Path) -> None:
    ahead, aside = run(speech_wav, eye_contact=1.0), run(speech_wav, eye_contact=1.0, listener=((1.2, 1.5, 1.2),))
    turned = [joint(made, "head")[:, 1] + joint(made, "neck")[:, 1] for made in (ahead, aside)]
    assert np.degrees(turned[1] - turned[0]).mean() > 20  # of 45
    with pytest.raises(SoliloquyError, match="7 places of the listener"):
        run(speech_wav, listener=((0.0, 1.6, 1.0),) * 7)


def test_seeds(speech_wav: Path, tmp_path: Path) -> None:
    first, again = (run(speech_wav, output=str(tmp_path / f"{n}.npz"), seed=4, emotion="sad") for n in range(2))
    for name in ("poses", "trans", "arkit", "lip_aperture"):
        assert getattr(first, name).tobytes() == getattr(again, name).tobytes()
    other = run(speech_wav, seed=5)
    plain = run(speech_wav, seed=4)
    np.testing.assert_allclose(other.lip_aperture, plain.lip_aperture, atol=2e-4)
    for name in ("head", "left_eye_smplhf", "spine3", "left_shoulder"):
        assert np.abs(joint(other, name) - joint(plain, name)).max() > 1e-3
    for name in ("eyeBlinkLeft", "browInnerUp"):
        assert np.abs(other.coefficient(name) - plain.coefficient(name)).max() > 0.05


@pytest.mark.parametrize(
    "slider", ["blink_strength", "eye_darts", "brow_strength", "head_motion", "breathing", "weight_shift"]
)
def test_a_slider_leaves_the_other_layers_alone(speech_wav: Path, slider: str) -> None:
    plain, without = run(speech_wav), run(speech_wav, **dict[str, Any]([(slider, 0.0)]))
    same = {
        "blink_strength": np.array_equal(plain.coefficient("eyeBlinkLeft"), without.coefficient("eyeBlinkLeft")),
        "brow_strength": np.array_equal(plain.coefficient("browInnerUp"), without.coefficient("browInnerUp")),
        "head_motion": np.allclose(joint(plain, "head"), joint(without, "head"), atol=1e-6),
        "breathing": np.allclose(joint(plain, "left_collar"), joint(without, "left_collar"), atol=1e-6),
        "weight_shift": np.allclose(plain.trans, without.trans, atol=1e-6),
    }
    assert {name for name, kept in same.items() if not kept} == {slider} - {"eye_darts"}
    if slider == "blink_strength":
        assert without.coefficient("eyeBlinkLeft").max() == 0
    if slider == "eye_darts":
        assert np.abs(joint(plain, "left_eye_smplhf") - joint(without, "left_eye_smplhf")).max() > 0.03


@pytest.mark.parametrize("target", [(0.0, 1.6, 2.0), (1.5, 1.3, 1.5), (-0.6, 2.0, 1.0), (0.1, 0.9, 0.5)])
def test_eyes_and_head_look_at_a_target(speech_wav: Path, target: tuple[float, float, float]) -> None:
    made = run(speech_wav, gaze_target=(target,))
    rotation, eyes = gaze.head_frames(made.poses, made.trans, load_character().joints)
    for number, name in enumerate(("left_eye_smplhf", "right_eye_smplhf")):
        local = np.einsum("tji,tj->ti", rotation, np.array(target) - eyes[:, number])
        local /= np.linalg.norm(local, axis=1, keepdims=True)
        turned = joint(made, name)
        angle = np.linalg.norm(turned, axis=1)
        scale = np.sinc(angle / np.pi)
        looking = np.stack([turned[:, 1] * scale, -turned[:, 0] * scale, np.cos(angle)], 1)
        off = np.degrees(np.arccos(np.clip((local * looking).sum(1), -1, 1)))
        assert np.quantile(off, 0.99) < 1.0, target


def test_a_look_that_is_asked_for_is_left_out_in_words_where_the_eyes_have_a_target(speech_wav: Path) -> None:
    asked: dict[str, Any] = {"acts": ((2.0, "nod", 0.0), (3.0, "look_down", 0.0)), "span": (0.0, 4.0)}
    (said,) = [
        line for line in run(speech_wav, gaze_target=((0.0, 1.6, 2.0),), **asked).meta["warnings"] if "Left" in line
    ]
    assert "down" in said
    assert "look at" in said
    assert not [line for line in run(speech_wav, **asked).meta["warnings"] if "Left" in line]


def test_a_target_per_frame(speech_wav: Path) -> None:
    frames = round(6.5248125 * 30)
    path = np.stack([np.sin(np.arange(frames) / 30), np.full(frames, 1.6), np.full(frames, 1.5)], 1)
    made = run(speech_wav, gaze_target=tuple(map(tuple, path)))
    left = joint(made, "left_eye_smplhf")[:, 1] + joint(made, "head")[:, 1] + joint(made, "neck")[:, 1]
    assert np.corrcoef(left, path[:, 0])[0, 1] > 0.95
    with pytest.raises(SoliloquyError, match="7 gaze targets"):
        run(speech_wav, gaze_target=((0.0, 1.6, 1.0),) * 7)


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_that_is_off_is_at_rest_and_the_others_are_not(speech_wav: Path, region: str) -> None:
    made = run(speech_wav, emotion="happy", regions=tuple(name for name in REGIONS if name != region))
    for name in REGIONS:
        joints = np.concatenate(
            [made.poses[:, 3 * JOINT_INDEX[j] :][:, :3].ravel() for j in REGION_JOINTS[name]] or [[0]]
        )
        columns = made.arkit[:, [ARKIT_INDEX[c] for c in REGION_COEFFICIENTS[name]]]
        moving = bool(np.any(joints)) or bool(np.any(columns))
        assert moving == (name != region), name
    assert bool(np.any(made.trans)) == (region != "body")


def test_no_body_means_a_body_at_rest(speech_wav: Path) -> None:
    made = run(speech_wav, body="none")
    still = [name for name in JOINT_NAMES if name in REGION_JOINTS["body"] + REGION_JOINTS["hands"]]
    assert not any(joint(made, name).any() for name in still)
    assert joint(made, "head").any()
    with pytest.raises(SoliloquyError, match="no body engine 'dancing'"):
        run(speech_wav, body="dancing")


ARM_JOINTS = ("collar", "shoulder", "elbow", "wrist")


def test_nothing_jumps(speech_wav: Path) -> None:
    made = run(speech_wav, emotion="fear", fps=60.0)
    speed = np.degrees(np.abs(np.diff(made.poses, axis=0)).reshape(-1, 55, 3).max(2)) * 60
    assert speed[:, [JOINT_INDEX["neck"], JOINT_INDEX["head"]]].max() < 80  # nods
    assert speed[:, [JOINT_INDEX[name] for name in ("pelvis", "spine1", "spine2", "spine3")]].max() < 60
    trunk_and_legs = [index for index in range(22) if not JOINT_NAMES[index].endswith(ARM_JOINTS)]
    assert speed[:, trunk_and_legs].max() < 200  # steps
    # Arms gesture: fast, yet never by a jump.
    assert 60 < speed[:, :22].max() < 700
    assert speed[:, 25:].max() < 500


def test_silence_gives_a_living_face_with_closed_lips(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    soundfile.write(tmp_path / "a.wav", np.zeros(160000), 16000)
    made = run(tmp_path / "a.wav", emotion="happy")
    assert made.lip_aperture.max() < 0.006
    assert made.coefficient("eyeBlinkLeft").max() == 1
    assert "silent" in made.meta["warnings"][0]
    assert np.ptp(joint(made, "spine3")[:, 0]) > 0.005


def test_cancelling_and_failing_leave_nothing(speech_wav: Path, tmp_path: Path) -> None:
    job = AnimateJob(AudioRange(str(speech_wav)), AnimateSettings(), str(tmp_path / "p.npz"))
    with pytest.raises(Cancelled):
        pipeline.animate(job, cancelled=lambda: True)
    with pytest.raises(SoliloquyError, match="folder of"):
        pipeline.animate(replace(job, output=str(tmp_path / "none" / "p.npz")))
    assert list(tmp_path.iterdir()) == []


def test_the_solver_reaches_any_aperture() -> None:
    rng = np.random.default_rng(0)
    character = load_character()
    arkit = np.zeros((300, 52), np.float32)
    for name in ("mouthSmileLeft", "mouthSmileRight", "mouthUpperUpLeft", "mouthStretchRight", "eyeBlinkLeft"):
        arkit[:, ARKIT_INDEX[name]] = rng.uniform(0, 0.6, 300)
    target = np.linspace(0.02, 0.25, 300).astype(np.float32)
    poses, solved = solve_aperture(np.zeros((300, 165)), arkit, target, character)
    assert np.abs(character.lip_aperture(poses, solved) - target).max() < 1e-4
    np.testing.assert_allclose(poses[:, 66], character.jaw_open_radians * solved[:, ARKIT_INDEX["jawOpen"]], atol=1e-6)
