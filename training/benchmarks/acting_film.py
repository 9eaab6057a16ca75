"""What a director would see: contact sheets at four pictures a second, and movies with sound, of face and body.

    python -m soliloquy.training.benchmarks.acting_film FOLDER --data ../shared/data [--movies] [--speakers 3] ...

Three speakers, each emotion, standing and seated: every take is a sheet of its own, faces above bodies, and with
``--movies`` an MP4 with the sound (Blender's own encoder, in a process of its own). Movies are for looking at and stay
out of the repository. ``--listen`` makes one more take of somebody who listens to the first speaker. One sheet more
for each posture has the emotions below one another, a picture a second of the first speaker.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image, ImageDraw, ImageFont

from ...inference.character import load_character
from ...inference.emotion.names import EMOTIONS
from ...inference.eye_aim import head_frames
from ...inference.gestures.settings import STYLES, GestureSettings
from ...inference.idle import idle
from ...inference.orders.idle import HeardLine
from ...inference.performance import Performance
from ...inference.settings import AnimateSettings, AudioRange
from ..face.corpora import RATE
from .acting_takes import Recording, recordings, take
from .body_raster import PAPER, View, draw_points

_ROOT = Path(__file__).resolve().parents[2]
SHEET_FPS = 4.0
_COLUMNS = 10
_TITLE = 22
_WIDTH, _FACE = 1.04, 0.29
"""Metres, width of the pictures of the body and of the face."""
_BODIES = {"standing": (0.0, 1.86), "seated": (0.0, 1.5)}
"""Metres, bottom and top of the pictures of the body."""
_ENCODE = """
import json, sys
from pathlib import Path
from {package}.inference.settings import AudioRange
from {package}.rigs.render.movie import encode
order = json.loads(sys.argv[1])
pictures = sorted(Path(order["folder"]).glob("*.png"))
encode(pictures, Path(order["target"]), order["fps"], tuple(order["size"]), AudioRange(order["sound"]))
"""


def views(posture: str, height: int) -> tuple[View, View]:
    """Return how face and body are seen, in pictures of about ``height`` pixels for the body; the face is seen about
    the ground's middle, to which it is brought."""
    low, high = _BODIES[posture]
    body = View(_WIDTH, low, high, height / (high - low), 20.0)
    face = View(_FACE, -0.55 * _FACE, 0.45 * _FACE, body.size[0] / _FACE, 8.0)
    return face, body


def picture(performance: Performance, second: float, posture: str, height: int) -> Image.Image:
    """Return face above body at one moment; the face is kept in the middle of its picture."""
    frame = min(round(second * performance.fps), performance.frames - 1)
    poses, trans, arkit = performance.poses[frame], performance.trans[frame], performance.arkit[frame]
    face, body = views(posture, height)
    character = load_character()
    points = character.skin(poses, arkit, trans=trans)
    eyes = head_frames(poses[None], trans[None], character.joints)[1][0].mean(0)
    parts = [draw_points(points - eyes, face), draw_points(points, body)]
    both = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), PAPER)
    both.paste(parts[0], (0, 0))
    both.paste(parts[1], (0, parts[0].height))
    return both


def sheet(
    performance: Performance, title: str, posture: str, path: Path, height: int = 190, seconds: float = 10.0
) -> None:
    """Write a contact sheet of the first seconds of a performance."""
    moments = np.arange(0, min(seconds, performance.duration), 1 / SHEET_FPS)
    cells = [picture(performance, float(moment), posture, height) for moment in moments]
    rows = -(-len(cells) // _COLUMNS)
    width, tall = cells[0].size
    whole = Image.new("RGB", (min(len(cells), _COLUMNS) * width, rows * tall + _TITLE), PAPER)
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(size=14)
    draw.text((6, 3), f"{title}, {SHEET_FPS:g} pictures a second", fill=(40, 40, 40), font=font)
    for number, cell in enumerate(cells):
        row, column = divmod(number, _COLUMNS)
        whole.paste(cell, (column * width, _TITLE + row * tall))
    path.parent.mkdir(parents=True, exist_ok=True)
    whole.quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)


def overview(acted: Sequence[tuple[str, Performance]], posture: str, path: Path, height: int, seconds: float) -> None:
    """Write a sheet of several performances, one below the other, by name, a picture a second."""
    moments = np.arange(0.5, seconds, 1.0)
    rows = [(name, [picture(done, float(moment), posture, height) for moment in moments]) for name, done in acted]
    width, tall = rows[0][1][0].size
    whole = Image.new("RGB", (len(moments) * width, len(rows) * (tall + _TITLE)), PAPER)
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(size=14)
    for number, (name, cells) in enumerate(rows):
        top = number * (tall + _TITLE)
        draw.text((6, top + 3), name, fill=(40, 40, 40), font=font)
        for column, cell in enumerate(cells):
            whole.paste(cell, (column * width, top + _TITLE))
    whole.quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)


def movie(
    performance: Performance, samples: np.ndarray, posture: str, path: Path, height: int = 360, fps: float = 12.0
) -> None:
    """Write an MP4 of a performance with its sound.

    Raises
    ------
    subprocess.CalledProcessError
        When Blender could not encode it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = (0, 0)
        for number, second in enumerate(np.arange(0, performance.duration, 1 / fps)):
            shown = picture(performance, float(second), posture, height)
            size = (shown.width // 2 * 2, shown.height // 2 * 2)
            shown.crop((0, 0, *size)).save(folder / f"{number:05d}.png")
        soundfile.write(folder / "sound.wav", samples, RATE)
        order = {
            "folder": name, "target": str(path.absolute()), "fps": fps, "size": size,
            "sound": str(folder / "sound.wav"),
        }  # fmt: skip
        code = _ENCODE.format(package=__package__.split(".")[0])
        subprocess.run([sys.executable, "-c", code, json.dumps(order)], check=True, stdout=subprocess.DEVNULL)


def speakers(found: Sequence[Recording], count: int) -> list[Recording]:
    """Return one recording each of so many speakers."""
    chosen: dict[str, Recording] = {}
    for recording in found:
        chosen.setdefault(recording.name.rsplit(" ", 1)[0], recording)
    return list(chosen.values())[:count]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data", help="folder of the corpora")
    parser.add_argument("--speakers", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--emotions", nargs="*", choices=EMOTIONS, default=list(EMOTIONS))
    parser.add_argument("--intensity", type=float, default=0.8)
    parser.add_argument("--postures", nargs="*", choices=tuple(_BODIES), default=list(_BODIES))
    parser.add_argument("--style", choices=STYLES, default="explaining")
    parser.add_argument("--seed", type=int, default=0, help="of the first speaker; the next has the next")
    parser.add_argument("--height", type=int, default=190, help="of the pictures of the body, pixels")
    parser.add_argument("--movies", action="store_true", help="write an MP4 of each take too")
    parser.add_argument("--fps", type=float, default=12.0, help="pictures per second of a movie")
    parser.add_argument("--listen", action="store_true", help="one more take: a listener to the first speaker")
    options = parser.parse_args()

    talkers = speakers(recordings(options.data, 30, options.seconds), options.speakers)
    for posture in options.postures:
        gestures = GestureSettings(style=options.style, posture=posture)
        for number, recording in enumerate(talkers):
            acted: list[tuple[str, Performance]] = []
            for emotion in options.emotions:
                settings = AnimateSettings(
                    gestures=gestures, emotion=emotion, intensity=options.intensity, seed=options.seed + number
                )
                made = take(recording, settings, lips=True).performance
                _write(options, made, recording, f"{recording.name}, {emotion}, {posture}", posture)
                acted.append((f"{emotion}, {posture}", made))
            if number == 0 and len(acted) > 1:
                path = options.folder / f"emotions-{posture}.png"
                overview(acted, posture, path, options.height, options.seconds)
                print(path, flush=True)
        if options.listen:
            settings = AnimateSettings(gestures=gestures, listening=1.0, seed=options.seed)
            with tempfile.TemporaryDirectory() as folder:
                sound = Path(folder) / "speaker.wav"
                soundfile.write(sound, talkers[0].samples, RATE)
                made = idle(talkers[0].seconds, settings, heard=[HeardLine(AudioRange(str(sound)))])
            _write(options, made, talkers[0], f"listening to {talkers[0].name}, {posture}", posture)
    return 0


def _write(options: argparse.Namespace, made: Performance, recording: Recording, title: str, posture: str) -> None:
    path = options.folder / f"{title.replace(', ', '-').replace(' ', '_')}.png"
    sheet(made, title, posture, path, options.height, options.seconds)
    if options.movies:
        movie(made, recording.samples, posture, path.with_suffix(".mp4"), 2 * options.height, options.fps)
    print(path, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
