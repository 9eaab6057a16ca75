"""The recorded gestures as they come from the index, and who of them is held out."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.body.upper_body import UPPER_BODY, UPPER_BODY_INDEX, from_six
from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.body.clips import GestureClip, load_clips, mirror_rotations, mirrored_clip
from soliloquy.training.body.split import HELD_OUT_SETS

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not (DATA / "gestures" / "index.csv").is_file(), reason="the gesture clips are not here"
)
COLUMNS: tuple[str, ...] = ("path", "set", "name", "tag", "seconds", "phases", "hand", "base", "dup_of", "flags")


def wrist_path(rotations: np.ndarray) -> np.ndarray:
    """Return (T, 4, 3) elbows and wrists (left, left, right, right) from the shoulders, metres, for (T, 41, 3)."""
    rotations = np.asarray(rotations, np.float64)
    points = []
    for side, outward in (("left", 1.0), ("right", -1.0)):
        shoulder = axis_angle_to_matrix(rotations[:, UPPER_BODY.index(f"{side}_shoulder")])
        elbow = shoulder @ axis_angle_to_matrix(rotations[:, UPPER_BODY.index(f"{side}_elbow")])
        upper = shoulder[..., 0] * outward * 0.28
        points += [upper, upper + elbow[..., 0] * outward * 0.25]
    return np.stack(points, 1)


def path_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Return how differently two :func:`wrist_path` move, over all shifts in time: 0 the same, about 1 or more unlike.

    The rms of their difference without its mean (skeletons rest differently) over the rms of the first one's own
    movement. At least 70 % of the shorter one must lie within the longer one.
    """
    a, b = first.reshape(len(first), -1), second.reshape(len(second), -1)
    needed = int(0.7 * min(len(a), len(b)))
    least = np.inf
    for shift in range(needed - len(a), len(b) - needed + 1):
        length = min(len(a) - max(0, -shift), len(b) - max(0, shift))
        here = a[max(0, -shift) :][:length]
        movement = here.var(0).sum()
        least = min(least, float((here - b[max(0, shift) :][:length]).var(0).sum() / max(movement, 1e-6)))
    return float(np.sqrt(least))


def write_clips(folder: Path, rows: list[dict[str, str]]) -> Path:
    """A data folder with clips of 40 frames: the left elbow bends by the row's number."""
    (folder / "gestures").mkdir()
    with open(folder / "gestures" / "index.csv", "w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, COLUMNS)
        table.writeheader()
        for number, row in enumerate(rows):
            path = folder / "gestures" / f"{number}.npz"
            poses = np.zeros((40, 55, 3), np.float32)
            poses[:, JOINT_INDEX["left_elbow"], 1] = -0.1 * (number + 1) * np.hanning(40)
            poses[:, JOINT_INDEX["spine2"], 0] = 0.3
            np.savez(path, poses=poses)
            table.writerow(dict.fromkeys(COLUMNS, "") | {"path": path.name, "set": "Gestures", "phases": "{}"} | row)
    return folder


def test_only_usable_clips_are_read_and_each_has_its_mirrored_one(tmp_path):
    rows = [
        {"tag": "Beat", "hand": "Lf", "phases": '{"ready": 0.2, "relax": 1.0, "hold": [0.1, 0.2]}'},
        {"tag": "Beat", "dup_of": "Gestures/0"},
        {"tag": "Kick", "flags": "source-glitch:left_ring1;not-a-speech-gesture"},
        {"tag": "ScrewYou"},
        {"tag": "Talk", "set": "alien", "flags": "non-human-source"},
        {"tag": "Point", "set": "Gestures2", "flags": "forearm-twist>110"},
    ]
    data = write_clips(tmp_path, rows)
    clips = load_clips(data)
    assert [clip.name for clip in clips] == ["Gestures/0", "Gestures/0~", "Gestures2/5", "Gestures2/5~"]
    assert [clip.hand for clip in clips[:2]] == ["Lf", "Rt"]
    assert clips[0].phases == {"ready": 0.2, "relax": 1.0}
    left, right = (UPPER_BODY.index(f"{side}_elbow") for side in ("left", "right"))
    assert np.allclose(clips[1].rotations[:, right], clips[0].rotations[:, left] * [1, -1, -1])
    assert not clips[1].rotations[:, left].any()
    assert [clip.name for clip in load_clips(data, "held_out", mirrored=False)] == ["Gestures2/5"]
    assert {clip.split for clip in load_clips(data, "train")} == {"train"}


def test_the_spine_is_what_moves_on_top_of_a_resting_trunk(tmp_path):
    clip = load_clips(write_clips(tmp_path, [{"tag": "Beat"}]))[0]
    assert np.abs(clip.rotations[:, :3]).max() < 1e-5


def test_six_numbers_give_the_rotations_back(tmp_path):
    clip = load_clips(write_clips(tmp_path, [{"tag": "Beat"}]))[0]
    back = from_six(clip.six.reshape(-1, len(UPPER_BODY), 6))
    assert np.allclose(back, clip.rotations, atol=1e-4)


def test_a_mirror_of_a_mirror_is_the_motion_itself():
    rotations = np.random.default_rng(0).normal(size=(5, len(UPPER_BODY), 3)).astype(np.float32)
    assert np.array_equal(mirror_rotations(mirror_rotations(rotations)), rotations)
    seen = mirrored_clip(GestureClip("a/b", "a", "Beat", "Rt", "", rotations))
    first, second = wrist_path(rotations), wrist_path(seen.rotations)
    assert np.allclose(first[:, :2] * [-1, 1, 1], second[:, 2:], atol=1e-5), "the left wrist is the right one now"


def test_the_distance_of_paths_finds_a_copy_shifted_in_time():
    rng = np.random.default_rng(1)
    path = np.cumsum(rng.normal(size=(60, 4, 3)), 0) * 0.02
    assert path_distance(path[5:55], path) < 1e-6
    assert path_distance(path, path[5:55]) < 1e-6
    assert path_distance(path + 0.3, path) < 1e-6, "where the arms rest does not matter"
    assert path_distance(path, path[::-1]) > 0.5


@needs_data
def test_no_held_out_set_is_trained_on():
    train, held_out = load_clips(DATA, "train"), load_clips(DATA, "held_out")
    assert {clip.set for clip in held_out} == set(HELD_OUT_SETS)
    assert not {clip.set for clip in train} & set(HELD_OUT_SETS)
    assert not {clip.name for clip in train} & {clip.name for clip in held_out}
    seconds = [sum(len(clip.rotations) for clip in clips if not clip.mirrored) / 30 for clips in (train, held_out)]
    assert seconds[0] > 600
    assert seconds[1] > 80


@needs_data
def test_no_near_copy_of_a_held_out_clip_is_trained_on():
    train = [wrist_path(clip.rotations)[::3] for clip in load_clips(DATA, "train", mirrored=False)]
    train = [path for path in train if len(path) < 100]
    paths = [wrist_path(clip.rotations)[::3] for clip in load_clips(DATA, "held_out")]
    moving = [path for path in paths if np.sqrt(path.var(0).sum()) > 0.06][::5]
    assert len(moving) > 10
    nearest = [min(path_distance(path, other) for other in train) for path in moving]
    # The index lists near-copies of these very sets: half of them lie within 0.3 of their original.
    assert min(nearest) > 0.32
    assert np.median(nearest) > 0.42


@needs_data
def test_the_distance_recognises_the_near_copies_that_the_index_lists():
    with open(DATA / "gestures" / "index.csv", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    files = {f"{row['set']}/{row['name']}": row["path"] for row in rows}

    def path(file: str) -> np.ndarray:
        with np.load(DATA / "gestures" / file, allow_pickle=False) as archive:
            return wrist_path(archive["poses"][:, UPPER_BODY_INDEX])[::3]

    copies = [row for row in rows if row["dup_of"] and row["set"] == "Gestures2"][::3]
    assert np.median([path_distance(path(row["path"]), path(files[row["dup_of"]])) for row in copies]) < 0.32
