"""What the list of takes says about each: row, summary, state; looked up outside of drawing where it takes long."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .engine_list import can

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take


@dataclass(frozen=True)
class State:
    """What became of a take since it was made."""

    edited: tuple[str, ...] = ()
    """Regions that hold keys which a person changed."""
    stale: str = ""
    """Why it is not what its strip says now; empty where it is."""
    crafted: bool = False
    """Whether its lips were crafted, or it was re-shaped."""
    fixes: int = 0
    """Keys of its fixes."""
    locked: int = 0
    """F-curves that a person locked."""
    mark: str = ""
    """Another mark is of other keys."""

    @property
    def words(self) -> str:
        """The state in a few words; empty for a take as it was made."""
        said = ["stale"] if self.stale else []
        said += ["edited by hand"] if self.edited else []
        said += ["with a fix"] if self.fixes else []
        return ", ".join([*said, *(["crafted"] if self.crafted else [])])


@dataclass(frozen=True)
class Row:
    """One take as the list shows it."""

    take_id: str
    name: str
    active: bool
    rating: int
    variation: str
    engine: str
    length: str
    strip: str
    """Id of the strip it belongs to; empty for a take of none."""
    speech: str
    """What is spoken."""
    summary: str
    warnings: str


_states: dict[str, State] = {}


def rows(rig: Rig | None) -> list[Row]:
    """Return the takes of a character, oldest first; quick."""
    from ..rigs.takes.take import takes_of

    return [_row(rig, take) for take in takes_of(rig)] if rig is not None else []


def _row(rig: Rig, take: Take) -> Row:
    from ..rigs.takes.follow import link_of

    meta, link = take.meta, link_of(rig, take)
    return Row(
        take_id=take.id,
        name=take.name,
        active=take.active,
        rating=take.rating,
        variation=str(meta["seed"]) if "seed" in meta else "",
        engine=_engine(take),
        length=_length(take),
        strip=link.strip if link is not None else "",
        speech=str(meta.get("speech", "")),
        summary=describe(take),
        warnings=" ".join(meta.get("warnings", ())),
    )


def state_of(take_id: str) -> State | None:
    """Return the state of a take as it was looked up last; None where it has to be looked up."""
    return _states.get(take_id)


def look(rig: Rig, takes: Iterable[Take] | None = None) -> None:
    """Look up the states that are not known; means reading every key of those takes."""
    from ..rigs.takes.take import takes_of

    for take in takes_of(rig) if takes is None else takes:
        if take.id not in _states:
            _states[take.id] = _looked(rig, take)


def forget(takes: Iterable[str] | None = None) -> None:
    """Forget the states of takes by their ids, all when missing."""
    for take_id in list(_states) if takes is None else takes:
        _states.pop(take_id, None)


def _looked(rig: Rig, take: Take) -> State:
    from ..inference.shape.settings import Reshape
    from ..rigs.takes import craft, curves, follow, locks, nla, reshape

    link = follow.link_of(rig, take)
    stale = follow.why_stale(link, str((take.meta.get("audio") or {}).get("sha256", ""))) if link is not None else None
    crafted = not craft.craft_of(rig, take).neutral or reshape.reshape_of(rig, take) != Reshape()
    found = nla.tracks(rig, take.id, fixes=True)
    fixes = [item for item in found if item.fix]
    marks = {action.name_full: curves.fingerprint(action) for action in nla.actions(found)}
    return State(
        edited=tuple(reshape.touched_regions(rig, take, marks)),
        stale=stale.message if stale is not None else "",
        crafted=crafted,
        fixes=curves.count_keys(nla.actions(fixes)),
        locked=locks.locked_curves(rig, take),
        mark=" ".join(marks.values()),
    )


def _length(take: Take) -> str:
    frames, fps = take.meta.get("frames"), take.meta.get("fps")
    if not isinstance(frames, int | float) or not isinstance(fps, int | float) or fps <= 0:
        return f"{take.last_frame - take.first_frame:.0f} frames"
    seconds = frames / fps
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)}:{seconds % 60:04.1f} min"


def _engine(take: Take) -> str:
    """Return in words what made a take: the face's engine where it is not the default one, and the body's."""
    from ..inference.setting import settings_of
    from ..inference.settings import AnimateSettings

    said = take.meta.get("settings") or {}
    known = settings_of(AnimateSettings)
    shown = []
    for kind, regions in (("face", {"lips"}), ("body", {"body", "hands"})):
        name = said.get(kind)
        if not isinstance(name, str) or not regions & set(take.regions):
            continue
        default = kind == "face" and name == known[kind].default and "body" in take.regions
        titles = {choice.name: choice.shown for choice in known[kind].choices}
        shown += [] if default else [titles.get(name, name)]
    return ", ".join(shown) or ("Idle" if take.meta.get("idle") else "Recorded" if "imported" in take.meta else "")


def describe(take: Any) -> str:
    """Return one line about a take: emotion, style, keys and the largest errors of the key reduction."""
    from ..inference.emotion.words import write_mixture

    meta = take.meta
    settings = meta.get("settings", {})
    parts = []
    curves = settings.get("emotion_curves") or ()
    if len(curves) == 1:
        parts.append(write_mixture(curves[0][1:]).capitalize())
    elif curves:
        parts.append("Emotions over time")
    elif settings.get("emotion_track"):
        parts.append("Emotion track")
    elif settings.get("emotion") == "neutral":
        parts.append("Neutral")
    elif settings.get("emotion"):
        parts.append(f"{settings['emotion'].capitalize()} {settings.get('intensity', 1.0):.2f}")
    if can("body", settings.get("body", "none"), "gesture") and {"body", "hands"} & set(take.regions):
        parts.append(str(settings.get("gestures", {}).get("style", "")).capitalize())
    if "seed" in meta:
        parts.append(f"Variation {meta['seed']}")
    for record in meta.get("regenerated", [])[-1:]:
        start, stop = record["ranges"][-1]
        edited = "plan" in record and record["seed"] == meta.get("seed")
        how = "with other gestures" if edited else f"anew from variation {record['seed']}"
        parts.append(f"{start:.1f} to {stop:.1f} s {how}")
    if "keys" in meta:
        parts.append(f"{meta['keys']:,} keys")
    errors = meta.get("max_error") or {}
    if errors:
        # Blender shows angles in degrees and lengths in metres; a coefficient is a share of its full movement.
        turned = math.degrees(errors.get("radians", 0.0))
        parts.append(f"off by at most {turned:.2f}° and {100 * errors.get('coefficient', 0.0):.1f} % of a shape")
    return "  ·  ".join(part for part in parts if part)


def settings_words(take: Take) -> list[tuple[str, str]]:
    """Return (title, value) of what a take was made with otherwise than by default, in words."""
    from ..inference.errors import SoliloquyError
    from ..inference.setting_words import in_words, unlike
    from ..inference.settings import AnimateSettings, recorded_settings

    try:
        made = recorded_settings(take.meta)
    except SoliloquyError as error:
        return [("Settings", error.message)]
    return [(title, value) for title, value, _ in unlike(in_words(made), in_words(AnimateSettings()))]


def arranged(items: list[Any], order: str, least: int, strip: str | None) -> tuple[list[bool], list[int]]:
    """Return which rows of the list show, and the place of each.

    Parameters
    ----------
    items : list
        The rows, as the list has them.
    order : str
        ``"MADE"``, ``"NAME"``, ``"RATING"`` or ``"STRIP"``.
    least : int
        Stars that a take has at least.
    strip : str, optional
        What takes of the strip that is meant say under ``strip``; all when missing.
    """
    shows = [item.rating >= least and (strip is None or item.strip == strip) for item in items]
    keys: dict[str, Any] = {
        "MADE": lambda index: index,
        "NAME": lambda index: items[index].name.casefold(),
        "RATING": lambda index: -items[index].rating,
        "STRIP": lambda index: items[index].speech.casefold(),
    }
    places = [0] * len(items)
    for place, index in enumerate(sorted(range(len(items)), key=keys[order])):
        places[index] = place
    return shows, places


def chosen_strip(context: Any) -> str:
    """Return what takes of the strip that is chosen in the Sequencer say under ``strip``; empty where none is."""
    from ..inference.errors import SoliloquyError
    from ..rigs.strip_identity import identity
    from .spoken_strip import meant

    try:
        return identity(meant(context)) or "-"
    except SoliloquyError:
        return ""
