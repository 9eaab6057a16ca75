"""What a person chose for a performance: plain values that travel as JSON to the worker and into ``meta``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, cast

from .arkit import REGIONS
from .craft_settings import LipCraft
from .device import DEVICES
from .emotion.names import EMOTIONS
from .engines import engines_of, require_known
from .errors import BadAudio, BadFile, SoliloquyError
from .gestures.settings import GestureSettings
from .setting import REQUIRED, Choice, Settings, group, setting, settings_of
from .setting_rows import Rows, named_rows, number_rows, within
from .words.settings import WordSettings

DIRECTED = ("energy", "openness", "lean", "eye_contact", "head_motion")
"""Settings that can change over time, see ``direction_track``."""
_LONGEST = 1e7
"""Seconds of the longest recording, four months."""
_FARTHEST = 1e6
"""Metres to the farthest thing to look at."""
_LAYERS = "strength of each layer (0 off, 1 natural, 2 twice as strong)"
_WHERE = "where it runs"
_SEAT = "the seat of a seated character"
_AROUND = "before and after the speech"
_MOUTH = "the mouth of the character"
_REGION_TEXTS = {
    "lips": ("Lips", "Jaw, mouth and tongue"),
    "upper_face": ("Upper Face", "Brows, cheeks and nose"),
    "eyes": ("Eyes", "Blinks and gaze"),
    "head": ("Head", "Head and neck"),
    "body": ("Body", "Arms, breathing and weight shift"),
    "hands": ("Hands", "Fingers"),
}
_EMOTIONS = tuple(Choice(name, text=f"The {name} face of the whole clip") for name in EMOTIONS)
_UPPER_FACES = (
    Choice("learned", text="Drawn by a network trained on tracked faces; another seed, another upper face"),
    Choice("rules", text="Brows rise and the head nods plainly on accents"),
)


def _engines(kind: str) -> tuple[Choice, ...]:
    specs = [engine.spec for engine in engines_of(kind, packages=False)]
    return tuple(Choice(spec.name, spec.title, spec.description) for spec in specs)


def _engine(kind: str, default: str, title: str, text: str) -> str:
    return setting(default, title, text, names=partial(_engines, kind), find=partial(require_known, kind))


def _emotion_track(value: Any) -> tuple[tuple[float, str, float], ...]:
    return named_rows(value, EMOTIONS, "emotion_track", "emotion", lambda _name: (0.0, 1.0))


def _direction_track(value: Any) -> tuple[tuple[float, str, float], ...]:
    known = {**settings_of(GestureSettings), **settings_of(AnimateSettings)}

    def limits(name: str) -> tuple[float, float]:
        return cast(float, known[name].low), cast(float, known[name].high)

    return named_rows(value, DIRECTED, "direction_track", "name", limits)


def _acts(value: Any) -> tuple[tuple[float, str, float], ...]:
    if isinstance(value, tuple) and not value:
        return ()
    # Only who directs one needs to know what acts there are.
    from .direction.acts import ACTS, LONGEST

    return named_rows(value, tuple(ACTS), "acts", "act", lambda _name: (0.0, LONGEST))


def _emotion_curves(value: Any) -> Rows:
    rows = number_rows(value, 1 + len(EMOTIONS), "emotion_curves", f"a time and eight weights: {', '.join(EMOTIONS)}")
    within(tuple(row[1:] for row in rows), 0.0, 1.0, "the weights of emotion_curves")
    return tuple(sorted(rows, key=lambda row: row[0]))


def _points(name: str, value: Any) -> tuple[tuple[float, float, float], ...]:
    rows = number_rows(value, 3, name, "a place: x, y, z in metres")
    within(rows, -_FARTHEST, _FARTHEST, name)
    return tuple((x, y, z) for x, y, z in rows)


def _strength(title: str, text: str, option: str | None = None) -> float:
    return setting(1.0, title, text, low=0, high=4, soft_high=2, option=option, group=_LAYERS)


@dataclass(frozen=True)
class AnimateSettings(Settings):
    """Everything that decides a performance apart from the audio itself.

    All strengths are multipliers: 0 switches the layer off, 1 is natural, 2 is twice as strong.
    """

    face: str = _engine("face", "default", "Face Engine", "What makes the lips and the face")
    body: str = _engine("body", "phrases", "Body Engine", "What moves the hands and the body")
    gestures: GestureSettings = group(GestureSettings, "Gestures", "How hands and body accompany the speech")
    words: WordSettings = group(WordSettings, "Words", "What is said, where gestures are to follow its meaning")
    emotion: str = setting(
        "neutral", "Emotion", "Emotion of the whole clip, where no emotions over time are given", names=_EMOTIONS,
        group="emotion",
    )  # fmt: skip
    intensity: float = setting(
        0.7, "Intensity", "Strength of the emotion: 0.7 is moderate, 1 the strongest that still speaks", low=0, high=1,
        group="emotion",
    )  # fmt: skip
    emotion_track: tuple[tuple[float, str, float], ...] = setting(
        (), "Emotion Track", "Keys of a time in s, an emotion and an intensity, blended between keys",
        check=_emotion_track,
    )  # fmt: skip
    emotion_curves: Rows = setting(
        (), "Emotion Curves",
        f"Rows of a time in s and eight weights 0 to 1 ({', '.join(EMOTIONS)}), blended between rows: mixtures over "
        "time, in place of emotion and emotion_track",
        check=_emotion_curves,
    )  # fmt: skip
    direct: str = setting(
        "", "Direction", "What the character does, in words: 'starts calm, gets angry at 4.5 s, ends sad and quiet'; "
        "it goes before what is directed otherwise",
        group="emotion",
    )  # fmt: skip
    direction_track: tuple[tuple[float, str, float], ...] = setting(
        (), "Direction Track", f"Keys of a time in s, one of {', '.join(DIRECTED)}, and its value, blended between "
        "keys, in place of the constant setting of that name",
        check=_direction_track,
    )  # fmt: skip
    acts: tuple[tuple[float, str, float], ...] = setting(
        (), "Acts", "Rows of a time in s, what is done then (a nod, a glance, a gesture of a meaning), and the seconds "
        "that it lasts, 0 for as long as it takes",
        check=_acts,
    )  # fmt: skip
    voice_emotion: float = setting(
        0.0, "From Voice", "Share of the emotion heard in the voice: 0 as directed, 1 as heard, a blend between",
        low=0, high=1, group="emotion",
    )  # fmt: skip
    seed: int = setting(
        0, "Variation", "Same number, same gestures, blinks and glances; another number, another take of the same "
        "words. The lips do not depend on it",
        low=0, high=2**31 - 1,
    )  # fmt: skip
    fps: float = setting(
        30.0, "Frame Rate", "Frames per second of the performance, such as 23.976", low=1, high=240, unit="frames/s",
        panel=False,
    )  # fmt: skip
    device: str = setting("auto", "Device", "What computes the performance", names=DEVICES, group=_WHERE, panel=False)
    regions: tuple[str, ...] = setting(
        REGIONS, "Animate", "What is animated; the rest stays at rest, or keeps the keys it has", noun="region",
        names=tuple(Choice(region, *_REGION_TEXTS[region]) for region in REGIONS),
    )  # fmt: skip
    upper_face: str = setting(
        "learned", "Upper Face", "How brows, lids and head follow the voice", names=_UPPER_FACES, group=_LAYERS
    )
    craft: LipCraft = group(LipCraft, "Lip Craft", "What is changed about the lips")
    emotion_dynamics: float = setting(
        1.0, "Emotion Dynamics",
        "How far the emotion comes and goes with phrases and stressed words: 0 holds one level, 1 is natural",
        low=0, high=2, group="emotion",
    )  # fmt: skip
    eye_contact: float = setting(
        0.75, "Eye Contact", "Share of the time in which the eyes are on the listener or the camera: 0 never, 1 always",
        low=0, high=1, group=_LAYERS,
    )  # fmt: skip
    diction: float = setting(
        1.0, "Diction", "How distinctly the character speaks, in every take: 0.5 mumbles, 1 is natural, 1.5 as on a "
        "stage; lips that meet still meet",
        low=0, high=2, group=_MOUTH,
    )  # fmt: skip
    mouth_rest: float = setting(
        0.0, "Mouth at Rest (mm)", "How far the lips are apart where nobody speaks, on the default character: "
        "0 shut, 3 parted",
        low=0, high=10, soft_high=6, unit="mm", group=_MOUTH,
    )  # fmt: skip
    blink_strength: float = _strength("Blinks", "How far the lids close in a blink", "blinks")
    eye_darts: float = _strength("Eye Darts", "How far the eyes dart")
    brow_strength: float = _strength("Brows", "Brow accents on stressed syllables", "brows")
    head_motion: float = _strength("Head", "Head movement with pitch and loudness", "head")
    breathing: float = _strength("Breathing", "Rise and fall of the chest")
    weight_shift: float = _strength("Weight Shift", "Shift of weight from foot to foot")
    openness: float = setting(
        0.0, "Openness", "How the body is held: -1 closed, back round and shoulders forward; 1 open, chest lifted",
        low=-1, high=1, group=_LAYERS,
    )  # fmt: skip
    lean: float = setting(
        0.0, "Lean", "How the trunk leans: -1 back, away from the listener; 1 in, towards the listener",
        low=-1, high=1, group=_LAYERS,
    )  # fmt: skip
    listening: float = setting(
        0.0, "Listening", "How the character responds while it is silent: 0 only lives, 1 nods, raises brows, "
        "smiles and leans in as listeners do",
        low=0, high=2, group=_LAYERS,
    )  # fmt: skip
    seat_height: float = setting(
        0.0, "Seat Height", "Height of the seat over the floor for somebody seated; 0: as high as brings the thighs "
        "level",
        low=0, high=1.2, unit="m", group=_SEAT,
    )  # fmt: skip
    seat_depth: float = setting(
        0.0, "Seat Depth", "How much further back than upright shins ask for one sits; below 0 the feet are under the "
        "seat",
        low=-0.2, high=0.4, unit="m", group=_SEAT,
    )  # fmt: skip
    lead_in: float = setting(
        0.0, "Lead-In", "Time in which the character is there, silent and alive, before the speech; times in emotions "
        "and words count from its beginning",
        low=0, high=600, soft_high=10, unit="s", group=_AROUND,
    )  # fmt: skip
    lead_out: float = setting(
        0.0, "Lead-Out", "Time in which it goes on living after the speech",
        low=0, high=600, soft_high=10, unit="s", group=_AROUND,
    )  # fmt: skip
    gaze_target: tuple[tuple[float, float, float], ...] = setting(
        (), "Gaze Target",
        "Places to look at in the character's own frame (Y up, metres, pelvis at rest): none for free gaze, one for a "
        "fixed target, or one per frame",
        check=partial(_points, "gaze_target"),
    )  # fmt: skip
    listener: tuple[tuple[float, float, float], ...] = setting(
        (), "Listener",
        "Where the listener's eyes are, or the camera, in the character's own frame: the eyes come back to it as often "
        "as Eye Contact says; none for straight ahead, one place, or one per frame",
        check=partial(_points, "listener"),
    )  # fmt: skip

    def for_frames(self, frames: int) -> AnimateSettings:
        """Return the settings with no, one, or exactly ``frames`` places to look at.

        A recording may last a little longer or shorter than a strip or a header says: within a second the last place
        holds.

        Raises
        ------
        SoliloquyError
            For another number of places.
        """
        made = {}
        for name, noun in (("gaze_target", "gaze targets"), ("listener", "places of the listener")):
            points = getattr(self, name)
            if len(points) <= 1 or len(points) == frames:
                continue
            if abs(len(points) - frames) > self.fps:
                raise SoliloquyError(
                    f"There are {len(points)} {noun} for {frames} frames.", "Give one, or one per frame."
                )
            made[name] = (*points[:frames], *points[-1:] * (frames - len(points)))
        return replace(self, **made) if made else self


def recorded_settings(meta: Mapping[str, Any]) -> AnimateSettings:
    """Return the settings a performance was made with.

    An engine that is not here any more is replaced by the default one: what it made stays, what is made anew is made by
    one that is here.

    Parameters
    ----------
    meta : mapping
        Of the performance, or of the take that was baked from it.

    Raises
    ------
    BadFile
        When it does not say them, or says what cannot be used.
    """
    again = "Animate the recording again."
    if "settings" not in meta:
        raise BadFile("The performance does not say how it was made.", again)
    values: object = meta["settings"]
    if isinstance(values, dict):
        said = cast("dict[str, Any]", values)
        values = {name: value for name, value in said.items() if not _gone(name, value)}
    try:
        return AnimateSettings.from_json(values)
    except SoliloquyError as error:
        raise BadFile(f"The settings in the performance cannot be used: {error.message}", again) from error


def _gone(name: Any, value: Any) -> bool:
    """Return whether a setting names an engine that is not here."""
    if name not in ("face", "body") or not isinstance(value, str):
        return False
    try:
        require_known(name, value)
    except SoliloquyError:
        return True
    return False


@dataclass(frozen=True)
class AudioRange(Settings):
    """A stretch of an audio file: what a sound strip plays, or a whole file."""

    about: ClassVar[str] = "setting of the recording"

    path: str = setting(REQUIRED, "File", "The speech", option="", panel=False)
    start: float = setting(0.0, "Start", "Second of the recording to start at", low=0, high=_LONGEST, unit="s")
    stop: float | None = setting(
        None, "Stop", "Second of the recording to stop at; not given: its end", low=0, high=_LONGEST, unit="s"
    )
    track: int = setting(
        0,
        "Track",
        "Sound track of the file, counted from 1; 0 for the first in which somebody speaks",
        low=0,
        high=255,
    )
    channel: int = setting(
        0, "Channel", "Channel with the speech, counted from 1; 0 to find it by its sound", low=0, high=255
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.path:
            raise BadAudio("The path of the recording is empty.", "Name a sound file.")
        if self.stop is not None and self.stop <= self.start:
            raise BadAudio(
                f"The stop at {self.stop:g} s does not lie after the start at {self.start:g} s.", "Give a later second."
            )


@dataclass(frozen=True)
class Series(Settings):
    """How often the same speech is performed."""

    takes: int = setting(
        1, "Takes", "How many takes, each with the next seed; the lips are alike", low=1, high=100, soft_high=20
    )


def __getattr__(name: str) -> Any:
    # Scripts have the order from here since before orders had a room of their own; it is made of settings, so it is
    # looked up only when somebody asks.
    if name == "AnimateJob":
        return importlib.import_module(".orders.animate", __package__).AnimateJob
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
