"""What strangers' lips will be like: every tracked person left out once of what the second ear learns from.

    python -m soliloquy.training.benchmarks.strangers --data ../shared/data [--people whitehouse crema_d_1001]

For each person an ear is trained on all the others with the shipped settings, and what sounds ask for is fitted to all
the others; the engine with both hears the person, and its lips on the default character's mesh are compared with the
tracked ones. The rest of the engine never heard any of them, nor did the teacher. Eleven trainings of two minutes each
on an idle processor; with ``--cache FOLDER`` what was heard and the ears are kept there, and only what comes after them
is done again.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ...inference.face.default.engine import WEIGHTS as SHIPPED
from ...inference.face.default.engine import Tuning, load_network
from ...models.face.network import FaceNetwork, PeopleEar
from ..face.__main__ import ROOT, WEIGHTS, report, save_weights
from ..face.corpora import Clip, load_faces, load_grid
from ..face.metrics import correlation, tracked_scores
from ..face.people import OPENING, Heard, PeopleSettings, hear_people, train_people, with_ear
from ..face.sounds import fit_sounds
from ..face.teacher import TEACHER, Lessons, Speech, prepare, speech_without_faces, teach
from .lip_reading import our_lips
from .predictors import EnginePredictor

Floats = npt.NDArray[np.float32]
_APERTURE, _WIDTH = 0, 1


@dataclass(frozen=True)
class Likeness:
    """How like one person's tracked lips ours are, for the same sound."""

    r: float
    """Correlation of the aperture, mean over clips."""
    f1: float
    """Of closed frames, within +-1 frame, mean over clips."""
    width: float
    """Correlation of the width between the corners, mean over clips."""
    opening: float
    """95th percentile of our aperture, of theirs."""


def likeness(ours: list[Floats], theirs: list[Floats]) -> Likeness:
    """Compare clips of one person.

    Parameters
    ----------
    ours, theirs : list of (T, C) array
        Aperture and width first, in outer eye-corner distances at the same frame times; of theirs what was not seen is
        not a number.
    """
    pairs = [(a[: len(b)], b[: len(a)]) for a, b in zip(ours, theirs, strict=True)]
    r, f1 = tracked_scores([a[:, _APERTURE] for a, _ in pairs], [b[:, _APERTURE] for _, b in pairs])
    width = float(np.mean([correlation(a[:, _WIDTH], b[:, _WIDTH]) for a, b in pairs]))
    largest = [np.nanpercentile(np.concatenate([pair[k][:, _APERTURE] for pair in pairs]), 95) for k in (0, 1)]
    return Likeness(r, f1, width, float(largest[0] / largest[1]))


def table(found: dict[str, Likeness]) -> str:
    """Return the figures as Markdown; the last row holds the means over people, and the median of the opening."""
    lines = ["| left out | r | closure F1 | width r | opening, p95 of theirs |", "|---|---|---|---|---|"]
    rows = [*found.items()]
    if len(rows) > 1:
        r, f1, width = (float(np.mean([getattr(one, name) for one in found.values()])) for name in ("r", "f1", "width"))
        opening = float(np.median([one.opening for one in found.values()]))
        rows.append(("mean (opening: median)", Likeness(r, f1, width, opening)))
    lines += [f"| {name} | {o.r:.3f} | {o.f1:.3f} | {o.width:.3f} | {o.opening:.2f} |" for name, o in rows]
    return "\n".join(lines)


class Cache:
    """What was heard and the ears of earlier runs, for one network and one way of training; nothing without a folder.

    What the corpora hold and how they are augmented is not looked at: empty the folder when that changes.
    """

    def __init__(self, folder: Path | None, network: FaceNetwork, settings: PeopleSettings) -> None:
        digest = hashlib.sha256(repr((settings, TEACHER)).encode())
        for name, tensor in network.state_dict().items():
            if not name.startswith("head.people."):
                digest.update(tensor.numpy().tobytes())
        self._folder = None if folder is None else folder / digest.hexdigest()[:12]
        self._network, self._settings = network, settings

    def heard(self, first: list[Clip], others: list[Clip]) -> list[Heard]:
        """Return what ``people.hear_people`` does."""
        path = self._path("heard.pt")
        if path is not None and path.is_file():
            return [Heard(**one) for one in torch.load(path, weights_only=True)]
        heard = hear_people(self._network, first, others)
        if path is not None:
            torch.save([vars(one) for one in heard], path)
        return heard

    def lessons(self, first: list[Clip], others: list[Clip], data: Path) -> Lessons:
        """Return what ``teacher.prepare`` does."""
        path = self._path("lessons.pt")
        if path is not None and path.is_file():
            people, speech = torch.load(path, weights_only=True)
            return Lessons([Heard(**one) for one in people], [Speech(**one) for one in speech])
        lessons = prepare(self._network, WEIGHTS / "phones.safetensors", first, others, speech_without_faces(data))
        if path is not None:
            torch.save([[vars(one) for one in part] for part in (lessons.people, lessons.speech)], path)
        return lessons

    def ear(self, heard: list[Heard], lessons: Lessons, speaker: str) -> PeopleEar:
        """Return an ear trained on everybody but one, by a teacher who heard everybody but that one."""
        path = self._path(f"ear_{speaker}.pt")
        if path is not None and path.is_file():
            ear = PeopleEar(self._network.config)
            ear.load_state_dict(torch.load(path, weights_only=True))
            return ear.eval()
        left_out = frozenset({speaker})
        taught = teach(self._network, heard, lessons, left_out, report)
        ear = train_people(self._network, heard, self._settings, left_out, report, taught)
        if path is not None:
            torch.save(ear.state_dict(), path)
        return ear

    def _path(self, name: str) -> Path | None:
        if self._folder is None:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / name


def main() -> None:
    """Command line: print the table."""
    parser = argparse.ArgumentParser(description="Lips of people that the engine never heard.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="other weights of the face engine")
    parser.add_argument("--people", nargs="*", help="these alone are left out, one after the other; else everybody")
    parser.add_argument("--cache", type=Path, help="keep what was heard and the ears in this folder")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    network, _ = load_network(arguments.weights, "cpu")
    others = load_faces(arguments.data)
    speakers = sorted({clip.speaker for clip in others})
    if unknown := set(arguments.people or ()) - set(speakers):
        parser.error(f"there is nobody called {', '.join(sorted(unknown))}; there are {', '.join(speakers)}")
    cache = Cache(arguments.cache, network, PeopleSettings())
    first = [clip for clip in load_grid(arguments.data) if not clip.held_out]
    heard, lessons = cache.heard(first, others), cache.lessons(first, others, arguments.data)
    found: dict[str, Likeness] = {}
    for speaker in arguments.people or speakers:
        ear = cache.ear(heard, lessons, speaker)
        own: list[Clip] = [clip for clip in others if clip.speaker == speaker]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "face.safetensors"
            tuning = Tuning(opening=OPENING, sounds=fit_sounds(network, heard, frozenset({speaker})))
            save_weights(with_ear(network, ear), path, tuning, PeopleSettings())
            engine = EnginePredictor(path)
            ours = [our_lips(clip, engine) for clip in own]
        found[speaker] = likeness(ours, [clip.geometry for clip in own if clip.geometry is not None])
        report(f"{speaker}: {found[speaker]}")
    print(table(found))


if __name__ == "__main__":
    main()
